//! Which tiers of checks ran, told by the tests themselves.

/// Says whether a tier of checks ran or why it could not, in the file that `INFRA_TEST_TIERS` names: one line a word, for
/// the table that `cargo xtask test` prints.
pub(crate) fn tier(name: &str, skipped: Option<&str>) {
    use std::io::Write;
    let line = match skipped {
        None => format!("ran\t{name}\n"),
        Some(reason) => format!("skipped\t{name}\t{reason}\n"),
    };
    if let Some(reason) = skipped {
        eprintln!("SKIPPED {name}: {reason}");
    }
    if let Some(path) = std::env::var_os("INFRA_TEST_TIERS") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        // One write, so that the lines of tests in other threads do not mix with it.
        file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the file of tiers can be written");
    }
}
