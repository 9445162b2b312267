//! Complaints as received, what the linkage proposed, what a person decided.
