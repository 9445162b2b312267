//! The `ikrar` program: hand the arguments to [`ikrar::cli`].

fn main() {}
