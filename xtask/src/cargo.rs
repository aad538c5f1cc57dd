//! Calls of cargo, and the program that it builds.
//!
//! OpenSSL takes minutes to build, so `.cargo/config.toml` says to take the system's. Where that is missing, calls from here
//! say otherwise.

use std::error::Error;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

/// Says whether OpenSSL is the system's (`1`) or built from source (`0`).
const VARIABLE: &str = "OPENSSL_NO_VENDOR";

/// A call of the cargo that has called us, in the repository.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    if std::env::var_os(VARIABLE).is_none() && !has_openssl() {
        cargo.env(VARIABLE, "0");
    }
    cargo
}

/// Whether programs can be built with the system's OpenSSL.
pub(crate) fn has_openssl() -> bool {
    let asked = Command::new("pkg-config").args(["--exists", "openssl"]).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// Builds the program; gives its path.
pub(crate) fn build() -> Result<PathBuf, Box<dyn Error>> {
    let arguments =
        ["build", "--quiet", "--package", "infra", "--bin", "infra", "--message-format", "json-render-diagnostics"];
    let output = cargo().args(arguments).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("infra cannot be built".into());
    }
    executable(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| "cargo does not say where infra is".into())
}

/// Where cargo's messages say that the program is; it need not be below `target`.
fn executable(messages: &str) -> Option<PathBuf> {
    let of_line = |line: &str| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    };
    messages.lines().find_map(of_line)
}

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask is a folder of the repository")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_tells_where_the_program_is() {
        let messages = "{\"reason\":\"compiler-artifact\",\"executable\":null}\nnot json\n\
                        {\"reason\":\"compiler-artifact\",\"executable\":\"/t/debug/infra\"}\n";
        assert_eq!(executable(messages), Some(PathBuf::from("/t/debug/infra")));
        assert_eq!(executable(""), None);
    }
}
