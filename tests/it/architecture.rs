//! What people read says what is there: `ARCHITECTURE.md`, `README.md` and the pages in `docs/` against the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use infra::addr::Mode;
use infra::plan::Registry;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All pages, by their path from the root.
fn pages() -> Vec<String> {
    let mut pages = vec!["README.md".to_owned(), "ARCHITECTURE.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for folder in ["docs", "modules", "state"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    pages
}

/// The fenced parts of a page that are in some language.
fn fences(page: &str, language: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => open = Some((info == language, String::new())),
            (Some(_), Some((wanted, text))) => parts.extend(wanted.then_some(text)),
            (None, Some((wanted, text))) => open = Some((wanted, text + line + "\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    parts
}

fn infra(arguments: &[&str], dir: &Path) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
    for (name, _) in std::env::vars_os() {
        if ["TF_", "INFRA_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(dir).output().unwrap()
}

#[test]
fn the_architecture_names_each_folder_of_the_source_and_is_short() {
    let page = read("ARCHITECTURE.md");
    assert!(page.lines().count() < 300, "{} lines", page.lines().count());
    for entry in fs::read_dir(root().join("src")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            let name = entry.file_name().into_string().unwrap();
            assert!(page.contains(&format!("### `src/{name}`")), "src/{name} is not in the code map");
        }
    }
}

#[test]
fn every_path_in_the_pages_exists() {
    const TOPS: [&str; 8] = ["src/", "docs/", "tests/", "examples/", "modules/", "state/", "xtask/", ".ci/"];
    // Files of a user, beside a configuration.
    const THEIRS: [&str; 2] = ["state/.key", "state/"];
    for page in pages() {
        for word in read(&page).split(|c: char| c.is_whitespace() || "`()[]|,;".contains(c)) {
            let word = word.trim_end_matches(['.', ':', '…']);
            let is_pattern = word.contains(['<', '*', '$']);
            if TOPS.iter().any(|top| word.starts_with(top)) && !is_pattern && !THEIRS.contains(&word) {
                assert!(root().join(word).exists(), "{page} speaks of {word}, which is not there");
            }
        }
    }
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    for page in pages() {
        let folder = root().join(&page).parent().map(PathBuf::from).unwrap();
        for link in read(&page).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap();
            let is_elsewhere = target.is_empty() || target.contains("://");
            assert!(is_elsewhere || folder.join(target).exists(), "{page} links to {link}");
        }
    }
}

#[test]
fn every_command_in_the_pages_is_known_with_its_options() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    for page in pages() {
        let text = read(&page);
        let shown = fences(&text, "console").concat();
        let typed = shown.lines().filter_map(|line| line.strip_prefix("$ infra "));
        let named = text.split('`').filter_map(|code| code.strip_prefix("infra ")).filter(|code| !code.contains('\n'));
        for line in typed.chain(named) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let verb: Vec<&str> = match words.as_slice() {
                // A verb that has verbs of its own.
                [verb @ ("state" | "lock" | "workspace"), part, ..] => vec![verb, part],
                ["sim", "request", ..] => vec!["sim", "request"],
                [verb, ..] => vec![verb],
                [] => continue,
            };
            let is_written_out = verb.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
            if !is_written_out {
                continue;
            }
            let help = infra(&[verb.as_slice(), &["-help"]].concat(), dir.path());
            assert!(help.status.success(), "{page}: `infra {line}`: there is no such command");
            let help = String::from_utf8(help.stdout).unwrap();
            for option in words.iter().filter(|word| word.starts_with('-') && word.len() > 1) {
                let option = option.trim_start_matches('-').split('=').next().unwrap();
                assert!(
                    option == "help" || help.contains(&format!("  -{option}")),
                    "{page}: `infra {line}`: -{option}"
                );
            }
            seen.insert(verb.join(" "));
        }
    }
    for verb in ["plan", "apply", "drift", "destroy", "state mv", "sim"] {
        assert!(seen.contains(verb), "no page shows `infra {verb}`: {seen:?}");
    }
}

#[test]
fn the_readme_lists_the_types_there_are() {
    let page = read("README.md");
    let registry = Registry::new(infra::providers::all());
    let listed: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    for mode in [Mode::Managed, Mode::Data] {
        for name in registry.names(mode) {
            let row = if mode == Mode::Data { format!("data {name}") } else { name.to_owned() };
            assert!(listed.contains(&*row), "`{row}` has no row in README.md");
        }
    }
    for row in listed.iter().filter(|row| row.contains('_')) {
        let is_known = match row.strip_prefix("data ") {
            Some(name) => registry.data(name).is_some(),
            None => registry.resource(row).is_some(),
        };
        assert!(is_known, "README.md has a row for `{row}`, which is not there");
    }
}

#[test]
fn the_first_look_in_the_readme_is_what_is_printed() {
    let page = read("README.md");
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("main.tf"), &fences(&page, "hcl")[0]).unwrap();
    let output = infra(&["plan", "-sim"], dir.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let shown = &fences(&page, "console")[0];
    let shown = shown.strip_prefix("$ infra plan -sim\n").expect("the first command is a plan");
    // `…` alone in a line stands for any lines.
    let mut rest = printed.as_str();
    for part in shown.split("  …\n") {
        let at =
            rest.find(part).unwrap_or_else(|| panic!("README.md shows\n{part}\nand what is printed is\n{printed}"));
        rest = &rest[at + part.len()..];
    }
}

#[test]
fn the_page_on_writing_a_resource_shows_the_code() {
    let page = read("docs/writing-a-resource.md");
    let tag = read("src/providers/digitalocean/tag.rs");
    let parts = fences(&page, "rust");
    assert!(parts.len() > 5);
    for part in parts {
        assert!(tag.contains(part.trim_end()), "this is no longer in tag.rs:\n{part}");
    }
    let table = read("src/providers/digitalocean/mod.rs");
    let exchanges = read("tests/providers/digitalocean/tag.http");
    let parts = fences(&page, "text");
    assert!(table.contains(parts[0].trim_end()) && exchanges.contains(parts[1].trim_end()), "{parts:?}");
}
