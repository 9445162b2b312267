//! The `ikrar` program: hand the arguments to [`ikrar::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    ikrar::cli::run()
}
