//! The folders of `tests/plan`: a configuration, the state before it, and the plan that is expected.
//!
//! `main.infra.hcl` may begin with a comment that gives options as the command line has them; `prior.json` holds the
//! objects by address, with what is no attribute under `#`; `expected.plan` is the plan as text: the changes with their
//! reasons, the calls with those that come right before each, and the problems.

use std::fs;
use std::path::Path;

use super::Trial;
use crate::config::DiskFiles;
use crate::plan::Mode;

#[test]
fn every_scenario_makes_the_plan_that_is_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/plan");
    let mut folders: Vec<_> = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    let mut wrong = String::new();
    for folder in folders {
        let made = plan(&folder);
        let expected = fs::read_to_string(folder.join("expected.plan")).unwrap_or_default();
        if made != expected {
            let name = folder.file_name().unwrap().to_string_lossy();
            wrong.push_str(&format!("=== {name}: expected\n{expected}--- but the plan is\n{made}"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

fn plan(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("main.infra.hcl")).unwrap();
    let mut trial = Trial::read_from(Box::new(DiskFiles::new(folder)));
    let options = text.lines().map_while(|line| line.strip_prefix("# ")).flat_map(str::split_whitespace);
    for option in options.filter(|word| word.starts_with('-')) {
        match option.split_once('=') {
            Some(("-target", addr)) => trial.options.targets.push(addr.parse().unwrap()),
            Some(("-replace", addr)) => trial.options.replace.push(addr.parse().unwrap()),
            _ if option == "-destroy" => trial.options.mode = Mode::Destroy,
            _ => panic!("{option} is no option of a scenario"),
        }
    }
    if let Ok(prior) = fs::read_to_string(folder.join("prior.json")) {
        trial = trial.with_prior(&serde_json::from_str(&prior).unwrap());
    }
    let tried = trial.plan();
    let mut lines = tried.changes();
    if !tried.diags.has_errors() && !lines.is_empty() {
        lines.push(String::new());
        lines.extend(tried.order());
    }
    if !tried.diags.is_empty() {
        lines.push(String::new());
        lines.extend(tried.problems());
    }
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().trim_start().to_owned()
}
