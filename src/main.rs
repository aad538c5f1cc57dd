//! The `infra` program: all of it is in the library's `cli`.

fn main() -> std::process::ExitCode {
    infra::cli::main()
}
