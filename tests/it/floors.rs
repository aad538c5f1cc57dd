//! The house rules that can be checked: imports go down, and every test file is part of the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use regex::Regex;

/// Which modules each module may name: those below, or to its left. `*` stands for every module of this list.
const MAY_NAME: [(&str, &[&str]); 18] = [
    ("diag", &[]),
    ("value", &["diag"]),
    ("addr", &["diag", "value"]),
    ("schema", &["diag", "value", "addr"]),
    ("syntax", &[FLOOR_1]),
    ("config", &[FLOOR_1, "syntax"]),
    ("eval", &[FLOOR_1, "syntax", "config"]),
    ("graph", &[FLOOR_1]),
    ("net", &[FLOOR_1, "provider"]),
    ("provider", &[FLOOR_1]),
    ("providers", &[FLOOR_1, "provider", "net"]),
    ("state", &[FLOOR_1, "syntax", "graph"]),
    ("plan", &[FLOOR_1, "syntax", "config", "eval", "graph", "provider", "state"]),
    ("apply", &[FLOOR_1, "syntax", "config", "eval", "graph", "provider", "state", "plan"]),
    ("sim", &[FLOOR_1]),
    (
        "ops",
        &[
            FLOOR_1,
            "syntax",
            "config",
            "eval",
            "graph",
            "provider",
            "net",
            "providers",
            "state",
            "plan",
            "apply",
            "sim",
        ],
    ),
    ("report", &[FLOOR_1, "syntax", "config", "eval", "graph", "provider", "state", "plan", "apply", "ops"]),
    ("cli", &[FLOOR_1, "config", "provider", "net", "providers", "state", "plan", "apply", "sim", "ops", "report"]),
];

/// `diag`, `value`, `addr` and `schema`.
const FLOOR_1: &str = "1";

#[test]
fn imports_go_down() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let named = Regex::new(r"\bcrate::([a-z_][a-z0-9_]*)").unwrap();
    let above = Regex::new(r"\b((?:super::)+)([a-z_][a-z0-9_]*)").unwrap();
    let grouped = Regex::new(r"\bcrate::\{").unwrap();
    let floors: BTreeMap<&str, &[&str]> = MAY_NAME.into_iter().collect();
    let mut wrong = Vec::new();
    for path in files(&source) {
        let inner = path.strip_prefix(&source).unwrap();
        let Some(module) = inner.components().next().map(|first| first.as_os_str().to_string_lossy().into_owned())
        else {
            continue;
        };
        if matches!(&*module, "lib.rs" | "main.rs") {
            continue;
        }
        let Some(allowed) = floors.get(&*module) else {
            wrong.push(format!("{} is in a module that has no floor", inner.display()));
            continue;
        };
        // What tests need of a provider or a simulator is theirs.
        let is_test = |part: std::path::Component<'_>| {
            matches!(&*part.as_os_str().to_string_lossy(), "tests" | "tests.rs" | "testing" | "testing.rs")
        };
        if inner.components().any(is_test) {
            continue;
        }
        // How many folders down the file's module is: so many `super::` lead to its floor, one more to all floors.
        let depth = inner.components().count() - usize::from(inner.ends_with("mod.rs"));
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let place = format!("{}:{}", inner.display(), number + 1);
            if grouped.is_match(line) {
                wrong.push(format!("{place} imports a group: write one module path a line"));
            }
            let upward = above.captures_iter(line).filter(|found| found[1].matches("super").count() >= depth);
            for found in named.captures_iter(line).chain(upward) {
                let other = found.get(2).or(found.get(1)).unwrap().as_str();
                let is_floor_1 = matches!(other, "diag" | "value" | "addr" | "schema");
                let is_allowed = other == module
                    || !floors.contains_key(other)
                    || allowed.contains(&other)
                    || is_floor_1 && allowed.contains(&FLOOR_1);
                if !is_allowed {
                    wrong.push(format!("{place} names {other}, which is not below {module}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_vendor_names_another() {
    let vendors = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/providers");
    let named = Regex::new(r"crate::providers::([a-z_]+)").unwrap();
    for path in files(&vendors) {
        let inner = path.strip_prefix(&vendors).unwrap();
        let vendor = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        for found in named.captures_iter(&fs::read_to_string(&path).unwrap()) {
            let own = found[1] == *vendor || &found[1] == "testing" || !vendors.join(&found[1]).is_dir();
            assert!(own, "{} names {}", inner.display(), &found[1]);
        }
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    // One with a path of its own lies elsewhere.
    let declared = Regex::new(r"(?m)(#\[path.*\n)?^\s*(?:pub(?:\([a-z]+\))? )?mod ([a-z_0-9]+);").unwrap();
    let mut pending = vec![(root.join("main.rs"), root.clone())];
    let mut reached = Vec::new();
    while let Some((file, dir)) = pending.pop() {
        for found in declared.captures_iter(&fs::read_to_string(&file).unwrap()).filter(|found| found.get(1).is_none())
        {
            let name = &found[2];
            let (flat, nested) = (dir.join(format!("{name}.rs")), dir.join(name).join("mod.rs"));
            pending.push((if flat.exists() { flat } else { nested }, dir.join(name)));
        }
        reached.push(file);
    }
    let mut forgotten = files(&root);
    forgotten.retain(|path| !reached.contains(path));
    assert!(forgotten.is_empty(), "no `mod` leads to {forgotten:?}");
}

/// All Rust files in a folder and those below it.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![dir.to_path_buf()];
    while let Some(dir) = pending.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}
