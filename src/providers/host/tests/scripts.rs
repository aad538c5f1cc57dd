use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;
use std::process::Stdio;

use super::super::bundle;
use super::super::kind::KINDS;
use super::super::kind::Kind;
use super::super::look;
use super::super::look::Target;
use super::super::script::Part;
use super::super::script::compose;
use super::*;
use crate::value::Type;

/// What makes an object of a kind.
fn example(kind: &dyn Kind) -> Vec<(&'static str, Value)> {
    let map = |pairs: &[(&str, &str)]| {
        Value::map(Type::STRING, pairs.iter().map(|(name, value)| (Str::from(*name), Value::from(*value))))
    };
    match kind.name() {
        "host_command" => strings([("run", "true"), ("check", "false"), ("undo", "true")]),
        "host_directory" => strings([("path", "/srv/a")]),
        "host_env_file" => vec![("path", Value::from("/etc/a")), ("values", map(&[("A", "1")]))],
        "host_file" => strings([("path", "/etc/a"), ("content", "x")]),
        "host_group" | "host_user" | "host_package" => strings([("name", "a")]),
        "host_redis" => vec![("directives", map(&[("maxmemory", "1mb")]))],
        "host_systemd_unit" => unit_example(),
        other => panic!("{other} has no example"),
    }
}

fn unit_example() -> Vec<(&'static str, Value)> {
    strings([("name", "a.service"), ("text", "[Service]\nExecStart=/bin/a\n")])
}

/// The script and the program of a look, and of making and removing one object, of each kind by itself, as all others are
/// made of these: what a part is and what it finds in a script does not change by what else is there.
fn alone() -> Vec<(String, String, String)> {
    let mut found = vec![
        ("the machine".to_owned(), compose(look::parts(&[Target::machine()])), look::program(&[Target::machine()])),
        ("a receipt".to_owned(), compose([Part::Receipts]), "await_transaction\nobserve_receipt\n".to_owned()),
    ];
    for kind in KINDS {
        let planned = plan(kind.name(), None, &example(kind));
        let targets = [kind.target(&planned).unwrap()];
        let name = kind.name();
        found.push((format!("seeing a {name}"), compose(look::parts(&targets)), look::program(&targets)));
        let made = member(name, "a", MemberCall::Create { planned: planned.clone(), gives_way: false });
        let changed = member(name, "a", MemberCall::Update { prior: planned.clone(), planned: planned.clone() });
        for (what, member) in [("making", made), ("changing", changed), ("removing", delete(name, "a", &planned))] {
            let question = bundle::question("op1", &[member], &targets);
            found.push((format!("{what} a {name}"), question.script, question.program));
        }
    }
    found
}

/// All parts that there are.
fn whole() -> String {
    let parts = KINDS.into_iter().flat_map(|kind| {
        let target = kind.target(&plan(kind.name(), None, &example(kind))).unwrap();
        look::parts(&[target]).chain([kind.part()]).collect::<Vec<_>>()
    });
    compose(parts.chain([Part::Facts]))
}

fn functions(script: &str) -> impl Iterator<Item = &str> {
    let names = script.lines().filter_map(|line| line.split_once("() {")).map(|(name, _)| name);
    names.filter(|name| !name.starts_with(' '))
}

/// What a text calls, as far as that is written out: words where a command begins.
fn called(text: &str) -> BTreeSet<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts =
        ["&& ", "|| ", "| ", "; ", "$(", "( ", "! ", "{ ", "if ", "then ", "else ", "do ", "until ", "while ", ") "];
    let mut called = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let begins = starts.iter().flat_map(|start| line.match_indices(start).map(|(at, _)| at + start.len()));
        for at in begins.chain([0]) {
            let rest = &line[at..];
            let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            if !rest[end..].starts_with(['=', ')', '(']) {
                called.insert(&rest[..end]);
            }
        }
    }
    called
}

#[test]
fn a_script_has_all_that_it_calls() {
    let whole = whole();
    let all: BTreeSet<&str> = functions(&whole).collect();
    for (what, script, program) in alone() {
        let has: BTreeSet<&str> = functions(&script).collect();
        for text in [&script, &program] {
            for name in called(text).into_iter().filter(|name| all.contains(name)) {
                assert!(has.contains(name), "{what} calls {name}, which is in another part");
            }
        }
    }
}

/// What is sent for a look at files tells nothing of packages, nor does a transaction of files of units.
#[test]
fn a_script_has_little_that_it_does_not_call() {
    let sizes: BTreeMap<String, usize> = alone().into_iter().map(|(what, script, _)| (what, script.len())).collect();
    for (what, most) in [
        ("the machine", 4_000),
        ("seeing a host_file", 10_000),
        ("seeing a host_directory", 10_000),
        ("seeing a host_group", 7_000),
        ("seeing a host_systemd_unit", 15_000),
        ("making a host_directory", 23_000),
        ("making a host_file", 32_000),
    ] {
        assert!(sizes[what] < most, "{what}: {} bytes", sizes[what]);
    }
}

#[test]
fn the_scripts_please_shellcheck() {
    let mut scripts: BTreeMap<String, String> = alone().into_iter().map(|(what, script, _)| (script, what)).collect();
    scripts.insert(whole(), "all of it".to_owned());
    for (script, what) in scripts {
        let spawned =
            Command::new("shellcheck").args(["-s", "sh", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = spawned else {
            return crate::diag::tier("shellcheck", Some("shellcheck is not installed"));
        };
        crate::diag::tier("shellcheck", None);
        child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn a_script_fits_into_one_argument() {
    // Linux takes at most 128 KiB in one, as the machine we are on is given it; over SSH it is read as input.
    let whole = whole();
    assert!(whole.len() < 120_000, "{}", whole.len());
}

/// All of them are one text: a function of the same name further down would stand in for the first.
#[test]
fn no_two_functions_share_a_name() {
    let whole = whole();
    let mut seen = BTreeSet::new();
    for name in functions(&whole) {
        assert!(seen.insert(name), "{name}");
    }
    assert!(seen.len() > 100, "{}", seen.len());
}
