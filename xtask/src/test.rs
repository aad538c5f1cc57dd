//! `cargo xtask test`: all tests, with what they need, and a table of what ran.
//!
//! Streams what cargo prints, counts its results, and ends with the line `N passed, N failed`; the exit code is cargo's.
//! Tests say in a file whether what they need was there (see [`crate::tiers`]).

use std::error::Error;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::process::Stdio;

use crate::cargo;
use crate::crash;
use crate::needs;
use crate::tiers;

/// What the command line asks for.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// Install nothing, also where it could be done.
    pub(crate) no_install: bool,
    /// For `cargo test`.
    pub(crate) arguments: Vec<String>,
}

/// Runs the tests; gives cargo's exit code.
pub(crate) fn run(options: &Options) -> Result<u8, Box<dyn Error>> {
    if !options.no_install {
        needs::install_to_test();
    }
    let words = std::env::temp_dir().join(format!("infra-test-tiers-{}", std::process::id()));
    // A file of an earlier process with the same number would add its words to ours.
    std::fs::write(&words, "")?;
    let mut child = cargo::cargo()
        .args(["test", "--workspace", "--no-fail-fast"])
        .args(&options.arguments)
        .env(tiers::VARIABLE, &words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stderr = child.stderr.take().expect("it is piped");
    let suites = std::thread::spawn(move || {
        let mut suites = Vec::new();
        echo(stderr, std::io::stderr(), |line| suites.extend(suite(line)));
        suites
    });
    let mut count = Count::default();
    let stdout = child.stdout.take().expect("it is piped");
    echo(stdout, std::io::stdout(), |line| count = count.and(Count::of(line)));
    let suites = suites.join().expect("reading lines never panics");
    let status = child.wait()?;
    let mut said = String::from_utf8_lossy(&std::fs::read(&words)?).into_owned();
    std::fs::remove_file(&words)?;
    let mut has_crashed = false;
    // Who asks for some tests only does not ask for these.
    if options.arguments.is_empty() {
        let without = crash::Without::ALL.map(crash::Options::short_without);
        for options in [crash::Options::short()].iter().chain(&without) {
            let is_good = crash::trials(options).unwrap_or_else(|error| {
                println!("crash: {error}");
                false
            });
            count = count.and(Count { passed: u64::from(is_good), failed: u64::from(!is_good) });
            has_crashed |= !is_good;
        }
        said.push_str("ran\tcrash\n");
    }

    print!("\n{}", tiers::table(&suites, &said));
    println!("\n{} passed, {} failed", count.passed, count.failed);
    // Without a code it was killed by a signal.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(code.max(u8::from(has_crashed)))
}

/// Hands a stream on line by line, as it comes.
fn echo(from: impl Read, mut to: impl Write, mut hear: impl FnMut(&str)) {
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        // Whoever read our output may have gone; the tests go on.
        let _ = writeln!(to, "{line}");
        hear(&line);
    }
}

/// How many tests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    /// Reads `test result: ok. 28 passed; 0 failed; 0 ignored; …`; nothing for any other line.
    fn of(line: &str) -> Self {
        let Some((_, results)) = line.split_once("test result: ").and_then(|(_, rest)| rest.split_once(". ")) else {
            return Self::default();
        };
        let number = |word: &str| {
            let part = results.split("; ").find_map(|part| part.trim().strip_suffix(word));
            part.and_then(|number| number.trim().parse().ok()).unwrap_or(0)
        };
        Self { passed: number(" passed"), failed: number(" failed") }
    }

    fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// Which suite a line of cargo's announces.
fn suite(line: &str) -> Option<String> {
    let line = line.trim_start();
    if let Some(rest) = line.strip_prefix("Doc-tests ") {
        return Some(format!("doc tests of {}", rest.trim()));
    }
    let rest = line.strip_prefix("Running ")?;
    let path = rest.strip_prefix("unittests ").unwrap_or(rest).split(" (").next()?;
    // The binary's name in the target folder is the target's, with a hash behind.
    let target = rest.rsplit('/').next()?.trim_end_matches(')').rsplit_once('-')?.0;
    match (rest.starts_with("unittests "), path) {
        (true, "src/lib.rs") => Some("unit".to_owned()),
        (true, _) => Some(format!("unit of {target}")),
        (false, _) => Some(target.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_summed_whatever_stands_around_them() {
        let lines = [
            "running 2 tests",
            "test a::b ... ok",
            "test result: ok. 28 passed; 0 failed; 1 ignored; 0 measured; 36 filtered out; finished in 1.04s",
            "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.08s",
            "error: 1 target failed",
            "test result: ok. unreadable",
        ];
        let sum = lines.iter().fold(Count::default(), |sum, line| sum.and(Count::of(line)));
        assert_eq!(sum, Count { passed: 33, failed: 2 });
    }

    #[test]
    fn a_suite_is_named_by_its_target() {
        for (line, name) in [
            ("     Running unittests src/lib.rs (target/debug/deps/infra-94e64fab29e11b28)", Some("unit")),
            ("     Running unittests src/main.rs (target/debug/deps/xtask-0123456789abcdef)", Some("unit of xtask")),
            ("     Running tests/it/main.rs (target/debug/deps/it-0123456789abcdef)", Some("it")),
            ("   Doc-tests infra", Some("doc tests of infra")),
            ("   Compiling infra v0.1.0", None),
            ("     Running", None),
        ] {
            assert_eq!(suite(line).as_deref(), name, "{line}");
        }
    }

    #[test]
    fn a_stream_is_handed_on_whole() {
        let (mut out, mut lines) = (Vec::new(), Vec::new());
        echo(&b"one\n\xff\nthree"[..], &mut out, |line| lines.push(line.to_owned()));
        assert_eq!(lines, ["one", "\u{fffd}", "three"]);
        assert_eq!(out, "one\n\u{fffd}\nthree\n".as_bytes());
    }
}
