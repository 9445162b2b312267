//! Whole stories through the portal, one file each.

mod crash;
