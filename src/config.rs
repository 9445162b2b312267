//! One typed configuration, read once from a file and the environment.
