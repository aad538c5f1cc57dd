//! The project's chores, as `cargo xtask CHORE`.
//!
//! Each chore is a file of its own; this one only reads the arguments.

mod bench;
mod cargo;
mod crash;
mod demo;
mod needs;
mod test;
mod tiers;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask CHORE

  bench [--shapes a,b] [--sizes 100,1000] [--no-terraform] [--quick]
                                       time the release program beside Terraform, and check that its work is linear
  bench --hosts [--fleets 1x20,20x200] [--quick]
                                       what it costs simulated hosts, and one behind sshd where that is installed:
                                       time, and on each host commands, connections, bytes; hosts x resources on each
                                       both take [--program PATH], to measure that instead of a release build
  demo                                 build infra and walk its main job on a simulated world, command by command
  test [--no-install] [-- ARGUMENTS]   run all tests and say which kinds ran; on Debian as root, install first the
                                       programs that they use; ARGUMENTS go to `cargo test`
  crash [--every-boundary] [--trials N] [--seed S] [--without intents|syncs|find]
                                       kill an apply at every 5th or at every boundary of its journal, and at N (50)
                                       random moments, run it again, and compare cloud, hosts and state; without one
                                       of the three things that keep it safe, it is good when trials fail
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments) {
        Ok(Chore::Help) => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        Ok(Chore::Demo) => end(demo::run()),
        Ok(Chore::Test(options)) => end(test::run(&options)),
        Ok(Chore::Crash(options)) => end(crash::run(&options)),
        Ok(Chore::Bench(options)) => end(bench::run(&options)),
        Err(problem) => {
            eprint!("xtask: {problem}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn end<E: std::fmt::Display>(result: Result<u8, E>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is asked for.
#[derive(Debug, PartialEq)]
enum Chore {
    Help,
    Demo,
    Test(test::Options),
    Bench(bench::Options),
    Crash(crash::Options),
}

fn parse(arguments: &[String]) -> Result<Chore, String> {
    let (chore, rest) = match arguments.split_first() {
        None => return Ok(Chore::Help),
        Some((chore, rest)) => (chore.as_str(), rest),
    };
    match chore {
        "help" | "-h" | "--help" => Ok(Chore::Help),
        "demo" => match rest.first().map(String::as_str) {
            None => Ok(Chore::Demo),
            Some("-h" | "--help") => Ok(Chore::Help),
            Some(other) => Err(format!("`{other}` is not an option of `demo`")),
        },
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
        "bench" => Ok(bench::parse(rest)?.map_or(Chore::Help, Chore::Bench)),
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
            ("demo", Ok(Chore::Demo)),
            ("demo --fast", Err("`--fast` is not an option of `demo`".to_owned())),
            ("deploy", Err("there is no chore `deploy`".to_owned())),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}
