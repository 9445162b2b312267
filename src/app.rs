//! The composition root: what a running portal is made of.
