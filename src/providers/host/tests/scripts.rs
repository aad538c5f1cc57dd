use std::io::Write;
use std::process::Command;
use std::process::Stdio;

use crate::providers::host::bundle::SCRIPT;
use crate::providers::host::look;

#[test]
fn the_scripts_please_shellcheck() {
    let scripts = [("observe", look::SCRIPT), ("apply", SCRIPT)];
    for (name, script) in scripts {
        let spawned =
            Command::new("shellcheck").args(["-s", "sh", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = spawned else {
            return crate::diag::tier("shellcheck", Some("shellcheck is not installed"));
        };
        crate::diag::tier("shellcheck", None);
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn a_script_fits_into_one_argument() {
    // Linux takes at most 128 KiB in one, as the machine we are on is given it; over SSH it is read as input.
    assert!(SCRIPT.len() < 120_000, "{}", SCRIPT.len());
}

/// All of them are one text: a function of the same name further down would stand in for the first.
#[test]
fn no_two_functions_share_a_name() {
    let mut seen = std::collections::BTreeSet::new();
    for name in SCRIPT.lines().filter_map(|line| line.split_once("() {")).map(|(name, _)| name) {
        assert!(name.starts_with(' ') || seen.insert(name), "{name}");
    }
    assert!(seen.len() > 100, "{}", seen.len());
}
