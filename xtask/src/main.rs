//! The project's chores, as `cargo xtask CHORE`.
//!
//! Each chore is a file of its own; this one only reads the arguments.

mod crash;
mod needs;
mod test;
mod tiers;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask CHORE

  test [--no-install] [-- ARGUMENTS]   run all tests and say which kinds ran; on Debian as root, install first the
                                       programs that they use; ARGUMENTS go to `cargo test`
  crash [--every-boundary] [--trials N] [--seed S] [--without intents|syncs|find]
                                       kill an apply at every 5th or at every boundary of its journal, and at N (50)
                                       random moments, run it again, and compare cloud, hosts and state; must fail
                                       without one of the three things that keep it safe
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments) {
        Ok(Chore::Help) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Chore::Test(options)) => match test::run(&options) {
            Ok(code) => ExitCode::from(code),
            Err(error) => {
                eprintln!("xtask: {error}");
                ExitCode::FAILURE
            }
        },
        Ok(Chore::Crash(options)) => match crash::run(&options) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                eprintln!("xtask: {error}");
                ExitCode::FAILURE
            }
        },
        Err(problem) => {
            eprint!("xtask: {problem}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// What is asked for.
#[derive(Debug, PartialEq)]
enum Chore {
    Help,
    Test(test::Options),
    Crash(crash::Options),
}

fn parse(arguments: &[String]) -> Result<Chore, String> {
    let (chore, rest) = match arguments.split_first() {
        None => return Ok(Chore::Help),
        Some((chore, rest)) => (chore.as_str(), rest),
    };
    match chore {
        "help" | "-h" | "--help" => Ok(Chore::Help),
        "test" => {
            let mut options = test::Options::default();
            let mut rest = rest.iter();
            while let Some(argument) = rest.next() {
                match argument.as_str() {
                    "--no-install" => options.no_install = true,
                    "-h" | "--help" => return Ok(Chore::Help),
                    "--" => options.arguments = rest.by_ref().cloned().collect(),
                    other => return Err(format!("`{other}` is not an option of `test`")),
                }
            }
            Ok(Chore::Test(options))
        }
        "crash" if rest.iter().any(|argument| matches!(argument.as_str(), "-h" | "--help")) => Ok(Chore::Help),
        "crash" => crash::Options::parse(rest).map(Chore::Crash),
        other => Err(format!("there is no chore `{other}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_behind_two_dashes_go_to_cargo() {
        let parse = |line: &str| parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let test = |no_install, arguments: &[&str]| {
            let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
            Ok(Chore::Test(test::Options { no_install, arguments }))
        };
        for (line, expected) in [
            ("", Ok(Chore::Help)),
            ("test --help", Ok(Chore::Help)),
            ("test", test(false, &[])),
            ("test --no-install -- --lib --no-install", test(true, &["--lib", "--no-install"])),
            ("test --lib", Err("`--lib` is not an option of `test`".to_owned())),
            ("demo", Err("there is no chore `demo`".to_owned())),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}
