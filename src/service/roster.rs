//! Persons and their place on an election's roster.

pub use crate::store::roster::MemberRow;
pub use crate::store::roster::PersonRow;
pub use crate::store::roster::find_member;
pub use crate::store::roster::find_person;
pub use crate::store::roster::list_memberships;
