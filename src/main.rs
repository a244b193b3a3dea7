//! The `portalctl` binary: everything is in the library.

fn main() -> std::process::ExitCode {
    portalctl::cli::main()
}
