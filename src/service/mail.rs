//! The outbox as the mailer sees it. Which mails are queued is decided by the use-case that announces something.

pub use crate::store::outbox::OutboxMail;
pub use crate::store::outbox::cancel;
pub use crate::store::outbox::claim;
pub use crate::store::outbox::count;
pub use crate::store::outbox::list_due;
pub use crate::store::outbox::mark_failed;
pub use crate::store::outbox::mark_sent;
pub use crate::store::outbox::note_error;
