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
    // Linux takes at most 128 KiB in one.
    assert!(SCRIPT.len() < 100_000, "{}", SCRIPT.len());
}
