//! The whole route table on one page.
