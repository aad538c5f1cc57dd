//! Which tiers of checks ran, for the table that `cargo xtask test` prints.

use std::io::Write;

/// Says whether a tier ran, or why it could not.
pub(crate) fn tier(name: &str, skipped: Option<&str>) {
    let line = match skipped {
        None => format!("ran\t{name}\n"),
        Some(reason) => format!("skipped\t{name}\t{reason}\n"),
    };
    if let Some(path) = std::env::var_os("INFRA_TEST_TIERS") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.write_all(line.as_bytes()).unwrap();
    }
}
