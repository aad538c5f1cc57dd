use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use super::CallCx;
use super::CallError;
use super::FileKind;
use super::Files;
use super::Render;
use super::call;
use super::function;
use super::lookup;
use super::names;
use crate::value::Marks;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::json;

/// Files with their contents; a path that others lie below is a folder.
pub(super) struct Tree(pub(super) &'static [(&'static str, &'static [u8])]);

impl Files for Tree {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        let found = self.0.iter().find(|(known, _)| Path::new(known) == path);
        match (found, self.kind(path)?) {
            (Some((_, contents)), FileKind::File) => Ok(Arc::from(*contents)),
            _ => Err(io::ErrorKind::IsADirectory.into()),
        }
    }

    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        if self.0.iter().any(|(known, _)| Path::new(known) == path) {
            return Ok(FileKind::File);
        }
        match self.0.iter().any(|(known, _)| Path::new(known).starts_with(path)) {
            true => Ok(FileKind::Dir),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let below = self.0.iter().filter_map(|(known, _)| Path::new(known).strip_prefix(dir).ok());
        let mut names: Vec<PathBuf> = below.filter_map(|path| path.iter().next().map(PathBuf::from)).collect();
        names.dedup();
        Ok(names)
    }
}

/// Renders by listing what it was given.
struct Listing {
    depth: usize,
}

impl Render for Listing {
    fn template(&self, name: &str, text: &str, vars: &[(Str, Value)], depth: usize) -> Result<Value, CallError> {
        let vars: Vec<&str> = vars.iter().map(|(name, _)| &**name).collect();
        Ok(Value::from(format!("{name} {depth} {vars:?}: {text}")))
    }

    fn depth(&self) -> usize {
        self.depth
    }
}

pub(super) const TREE: Tree = Tree(&[
    ("/work/hello.txt", b"Hello!\n"),
    ("/work/binary", &[0x80, 0xff]),
    ("/work/sub/data.json", b"{}"),
    ("/work/sub/deep/x.txt", b"x"),
    ("/home/user/key", b"secret"),
]);

/// Calls with values, below `/work`.
pub(super) fn run(name: &str, args: &[Value]) -> Result<Value, CallError> {
    run_in(name, args, 0)
}

fn run_in(name: &str, args: &[Value], depth: usize) -> Result<Value, CallError> {
    let cx = CallCx {
        base: Path::new("/work"),
        home: Some(Path::new("/home/user")),
        plan_time: jiff::Timestamp::UNIX_EPOCH,
        now: Some(&|| jiff::Timestamp::MAX),
        files: &TREE,
        render: &Listing { depth },
    };
    call(lookup(name).expect("a function of the language"), &cx, args)
}

/// A call's arguments, and its result or its detail, as JSON.
pub(super) type Case<'a> = (&'a str, &'a str, Result<&'a str, &'a str>);

/// Calls with arguments from JSON, so that arrays are tuples and objects objects.
pub(super) fn check(cases: &[Case<'_>]) {
    for (name, args, expected) in cases {
        let values = json::decode(&format!("[{args}]")).expect("arguments are JSON");
        let result = run(name, values.as_elements().expect("an array"));
        let result = result.map(|value| json::encode(&value).expect("finite and known"));
        let id = lookup(name).expect("a function of the language");
        let result = result.map_err(|error| error.detail(function(id)));
        assert_eq!(result.as_deref().map_err(String::as_str), *expected, "{name}({args})");
    }
}

#[test]
fn names_are_sorted_and_resolve_with_and_without_core() {
    let all: Vec<&str> = names().collect();
    assert!(all.is_sorted());
    assert_eq!(all.len(), 123);
    for name in all {
        let id = lookup(name).expect("its own name");
        assert_eq!(function(id).name(), name);
        assert_eq!(lookup(&format!("core::{name}")), Some(id));
    }
    assert_eq!(lookup("provider::x::upper"), None);
}

#[test]
fn arguments_are_counted_and_converted_for_all_alike() {
    check(&[
        ("upper", "12.50", Ok("\"12.5\"")),
        ("upper", "", Err("Function \"upper\" expects 1 argument(s). Missing value for \"str\".")),
        ("upper", "1, 2", Err("Function \"upper\" expects only 1 argument(s).")),
        ("lookup", "{}", Err("Function \"lookup\" expects at least 2 argument(s). Missing value for \"key\".")),
        ("upper", "[1]", Err("Invalid value for \"str\" parameter: string required.")),
        ("upper", "null", Err("Invalid value for \"str\" parameter: argument must not be null.")),
        ("max", "1, null", Err("Invalid value for \"numbers\" parameter: argument must not be null.")),
        ("compact", "[[\"a\"]]", Err("Invalid value for \"list\" parameter: element 0: string required.")),
    ]);
    let wrong = run("substr", &[Value::tuple(vec![]), Value::from("x"), Value::from(1)]);
    assert_eq!(wrong.map_err(|error| error.each().len()), Err(2));
}

#[test]
fn unknown_arguments_give_unknowns_of_the_right_type() {
    let text = || Value::unknown(Type::STRING);
    let list = |ty| Value::unknown(Type::list(ty));
    for (name, args, expected) in [
        ("upper", vec![text()], Type::STRING),
        ("split", vec![Value::from(","), text()], Type::list(Type::STRING)),
        ("sort", vec![Value::tuple(vec![text()])], Type::list(Type::STRING)),
        ("element", vec![list(Type::BOOL), Value::from(0)], Type::BOOL),
        ("chunklist", vec![list(Type::BOOL), Value::from(2)], Type::list(Type::list(Type::BOOL))),
        ("regex", vec![Value::from("(a)(b)"), text()], Type::tuple(vec![Type::STRING, Type::STRING])),
        ("concat", vec![Value::tuple(vec![]), list(Type::BOOL)], Type::DYNAMIC),
        ("values", vec![Value::unknown(Type::map(Type::NUMBER))], Type::list(Type::NUMBER)),
        ("upper", vec![Value::unknown(Type::DYNAMIC)], Type::STRING),
        ("keys", vec![Value::unknown(Type::DYNAMIC)], Type::DYNAMIC),
        ("tonumber", vec![Value::unknown(Type::DYNAMIC)], Type::NUMBER),
        // A bare null has no type for the result to follow.
        ("format", vec![Value::from("%s"), Value::NULL], Type::DYNAMIC),
    ] {
        let result = run(name, &args).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(!result.is_known(), "{name}");
        assert_eq!(result.ty(), expected, "{name}");
    }
    let prefix = run("format", &[Value::from("ab%%-%s"), text()]).expect("formats");
    assert_eq!(prefix.as_unknown().and_then(|unknown| unknown.refinement().prefix.clone()).as_deref(), Some("ab%-"));
}

#[test]
fn marks_of_arguments_are_on_the_result() {
    let secret = || Value::from("s").sensitive();
    let list = || Value::tuple(vec![secret(), Value::from("b")]);
    let object = || Value::object([("a".into(), secret())]);
    let key = Value::from("a");
    for (name, args, marks, inside) in [
        ("upper", vec![secret()], true, false),
        ("join", vec![key.clone(), list()], true, false),
        ("jsonencode", vec![object()], true, false),
        // These only move elements, whose marks move along.
        ("length", vec![list()], false, false),
        ("keys", vec![object()], false, false),
        ("values", vec![object()], false, true),
        ("reverse", vec![list()], false, true),
        ("concat", vec![list(), list()], false, true),
        ("merge", vec![object(), Value::object([])], false, true),
        ("element", vec![list(), Value::from(1)], false, false),
        ("lookup", vec![object(), key.clone()], true, false),
        ("zipmap", vec![Value::tuple(vec![key.clone()]), Value::tuple(vec![secret()])], false, true),
        ("nonsensitive", vec![secret()], false, false),
    ] {
        let result = run(name, &args).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(result.is_sensitive(), marks, "{name}");
        assert_eq!(result.clone().unmark().0.contains_marked(), inside, "{name}");
    }
    let ephemeral = Value::tuple(vec![Value::from("x").with_marks(Marks::EPHEMERAL), Value::from(1)]);
    let kept = run("ephemeralasnull", &[ephemeral]).expect("any value");
    assert_eq!(kept, Value::tuple(vec![Value::Null(Type::STRING), Value::from(1)]));
}

#[test]
fn messages_hide_sensitive_arguments() {
    let error = run("base64decode", &[Value::from("hunter2!").sensitive()]).expect_err("not Base64");
    assert_eq!(error, CallError::call("failed to decode base64 data (sensitive value)"));
}

#[test]
fn templates_are_rendered_by_the_caller_and_never_inside_one_another() {
    check(&[
        ("templatefile", "\"hello.txt\", {\"a\": 1}", Ok(r#""hello.txt 1 [\"a\"]: Hello!\n""#)),
        ("templatestring", "\"$x\", {\"x\": 1}", Ok(r#""\u003ctemplatestring argument\u003e 1 [\"x\"]: $x""#)),
        (
            "templatefile",
            "\"hello.txt\", []",
            Err("Invalid value for \"vars\" parameter: invalid vars value: must be a map."),
        ),
        (
            "templatefile",
            "\"hello.txt\", {\"1a\": 1}",
            Err(
                "Invalid value for \"vars\" parameter: invalid template variable name \"1a\": must start with a letter, \
             followed by zero or more letters, digits, and underscores.",
            ),
        ),
    ]);
    let nested = run_in("templatefile", &[Value::from("hello.txt"), Value::object([])], 1);
    let message = "cannot recursively call templatefile from inside another template function";
    assert_eq!(nested, Err(CallError::call(message)));
}

#[test]
fn conversions_say_what_they_cannot_convert() {
    check(&[
        ("tostring", "12.50", Ok("\"12.5\"")),
        ("tolist", "[1, \"a\"]", Ok(r#"["1","a"]"#)),
        ("toset", "[\"b\", \"a\", \"a\"]", Ok(r#"["a","b"]"#)),
        ("tobool", "null", Ok("null")),
        (
            "tobool",
            "\"TRUE\"",
            Err(
                "Invalid value for \"v\" parameter: cannot convert \"TRUE\" to bool; only the strings \"true\" or \"false\" \
             are allowed.",
            ),
        ),
        (
            "tonumber",
            "\"x\"",
            Err("Invalid value for \"v\" parameter: cannot convert \"x\" to number; given string must be a decimal \
             representation of a number."),
        ),
        ("tomap", "[]", Err("Invalid value for \"v\" parameter: cannot convert tuple to map of any single type.")),
    ]);
    let error = run("tonumber", &[Value::from("x").sensitive()]).expect_err("no number");
    assert_eq!(error, CallError::argument(0, "cannot convert this sensitive string to number"));
}
