//! Tiers: kinds of checks that need more than Rust, and whether they ran.
//!
//! A test that needs a program, a daemon or files from elsewhere appends one line to the file that [`VARIABLE`] names:
//! `ran<TAB>TIER`, or `skipped<TAB>TIER<TAB>REASON` where what it needs is not there. It passes in both cases. Without the
//! variable it says nothing. A line is one write, so that tests in parallel do not garble each other.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// The environment variable that names the file.
pub(crate) const VARIABLE: &str = "INFRA_TEST_TIERS";

/// Tiers that some test ought to speak of: silence means that a whole kind of checks has been lost.
const EXPECTED: [&str; 13] = [
    "conformance",
    "crash",
    "dnf",
    "keys by openssl",
    "keys by ssh-keygen",
    "lab",
    "openapi responses",
    "programs",
    "python service",
    "python service behind a pooler",
    "python service on a machine",
    "shellcheck",
    "sshd",
];

#[derive(Default)]
struct Tier<'a> {
    ran: bool,
    skipped: BTreeSet<&'a str>,
}

/// The table of suites and tiers, from what cargo announced and what tests said.
pub(crate) fn table(suites: &[String], said: &str) -> String {
    let mut tiers: BTreeMap<&str, Tier<'_>> = EXPECTED.iter().map(|name| (*name, Tier::default())).collect();
    for line in said.lines() {
        let mut parts = line.splitn(3, '\t');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("ran"), Some(name), None) => tiers.entry(name).or_default().ran = true,
            (Some("skipped"), Some(name), Some(reason)) => {
                tiers.entry(name).or_default().skipped.insert(reason);
            }
            _ => {
                tiers.entry("(garbled)").or_default().skipped.insert(line);
            }
        }
    }
    let mut rows: Vec<(&str, String)> = suites.iter().map(|suite| (suite.as_str(), "ran".to_owned())).collect();
    rows.extend(tiers.iter().map(|(name, tier)| (*name, tier.outcome())));
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(name, outcome)| format!("{name:width$}  {outcome}\n")).collect()
}

impl Tier<'_> {
    fn outcome(&self) -> String {
        let reasons = self.skipped.iter().copied().collect::<Vec<_>>().join("; ");
        match (self.ran, reasons.is_empty()) {
            (true, true) => "ran".to_owned(),
            (true, false) => format!("ran in part: {reasons}"),
            (false, false) => format!("SKIPPED: {reasons}"),
            (false, true) => "NOT RUN: no test spoke of it".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_ran_was_skipped_or_was_never_spoken_of() {
        let said = "ran\toracle\nran\toracle\nskipped\tkeyring\tno daemon\nskipped\tkeyring\tno bus\n\
                    ran\tlab\nskipped\tlab\tno systemd-nspawn\nskipped\ttorn\n";
        let expected = "\
unit                            ran
(garbled)                       SKIPPED: skipped\ttorn
conformance                     NOT RUN: no test spoke of it
crash                           NOT RUN: no test spoke of it
dnf                             NOT RUN: no test spoke of it
keyring                         SKIPPED: no bus; no daemon
keys by openssl                 NOT RUN: no test spoke of it
keys by ssh-keygen              NOT RUN: no test spoke of it
lab                             ran in part: no systemd-nspawn
openapi responses               NOT RUN: no test spoke of it
oracle                          ran
programs                        NOT RUN: no test spoke of it
python service                  NOT RUN: no test spoke of it
python service behind a pooler  NOT RUN: no test spoke of it
python service on a machine     NOT RUN: no test spoke of it
shellcheck                      NOT RUN: no test spoke of it
sshd                            NOT RUN: no test spoke of it
";
        assert_eq!(table(&["unit".to_owned()], said), expected);
    }
}
