//! The program `fresh-eyes`.

fn main() -> std::process::ExitCode {
    server::command::run()
}
