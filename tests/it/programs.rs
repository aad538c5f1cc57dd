//! Whole programs: what Terraform answered to each step, beside what `infra` answers, where that data is at hand.
//!
//! A program is a folder with the files of its first step, `step-N/` that is laid over them before step N, the steps in
//! `program.json`, and Terraform's answers in `expected.json`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use regex::Regex;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;
use tempfile::TempDir;

use crate::tier::tier;

/// The programs in which we do not answer as Terraform does, and why.
const DIFFERENT: [&str; 3] = [
    // What `replace_triggered_by` names is looked for before planning, so that no plan is saved; Terraform finds it while
    // planning.
    "021-replace-triggered-by-bad",
    // Provisioners are refused.
    "060-provisioner-taint",
    // There is no `fmt` yet.
    "073-graph-validate-misc",
];

#[test]
fn programs_go_as_terraform_has_them_go() {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|dir| dir.join("shared/conformance/programs"));
    let Some(programs) = found.into_iter().find(|programs| programs.is_dir()) else {
        return tier("programs", Some("there is no conformance data beside the project"));
    };
    tier("programs", None);
    let mut names: Vec<String> = fs::read_dir(&programs)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("program.json").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let mut different = Vec::new();
    for name in &names {
        let program = programs.join(name);
        let expected = read(&program.join("expected.json"));
        let got = Player::play(&program);
        let steps = expected.as_array().unwrap().iter().zip(&got).enumerate();
        let differences: Vec<String> = steps.flat_map(|(at, (expected, got))| compare(at + 1, expected, got)).collect();
        if !differences.is_empty() || expected.as_array().unwrap().len() != got.len() {
            eprintln!("{name}:\n  {}", differences.join("\n  "));
            different.push(name.as_str());
        }
    }
    assert_eq!(different, DIFFERENT, "of {} programs", names.len());
}

fn read(path: &Path) -> Json {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// What differs in a step's record, all but the printed texts.
fn compare(step: usize, expected: &Json, got: &Json) -> Vec<String> {
    let (expected, got) = (lenient(expected), lenient(got));
    let keys: BTreeSet<&String> = expected.keys().chain(got.keys()).collect();
    let differs = keys
        .into_iter()
        .filter(|key| !matches!(key.as_str(), "stdout" | "stderr") && expected.get(*key) != got.get(*key));
    differs.map(|key| format!("step {step} {key}: {:?}, not {:?}", got.get(key), expected.get(key))).collect()
}

/// Errors as a set: no repeats, no words of `init` around them, a cycle by its members in order.
fn lenient(record: &Json) -> Map<String, Json> {
    let mut record = record.as_object().unwrap().clone();
    for key in ["errors", "init_errors", "apply_errors"] {
        let Some(list) = record.get(key).and_then(Json::as_array) else { continue };
        let texts = list.iter().filter_map(Json::as_str);
        let kept = texts.filter(|text| !text.starts_with("Terraform encountered problems during init"));
        let kept: BTreeSet<String> = kept.map(members).collect();
        record.insert(key.to_owned(), json!(kept));
    }
    record
}

fn members(text: &str) -> String {
    let Some(list) = text.strip_prefix("Cycle: ") else { return text.to_owned() };
    let suffix = Regex::new(r" \(.*\)$").unwrap();
    let members: BTreeSet<_> = list.split(", ").map(|member| suffix.replace(member, "").into_owned()).collect();
    format!("Cycle: {}", members.into_iter().collect::<Vec<_>>().join(", "))
}

/// A program being played in a folder of its own.
struct Player {
    dir: TempDir,
    environment: Vec<(String, String)>,
    uuid: Regex,
    changing: Regex,
}

impl Player {
    fn play(program: &Path) -> Vec<Json> {
        let mut player = Self {
            dir: TempDir::new().unwrap(),
            environment: Vec::new(),
            uuid: Regex::new(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap(),
            changing: Regex::new(r"after \d+m?\d*s|\d{4}-\d\d-\d\dT[\d:.]+Z").unwrap(),
        };
        for entry in fs::read_dir(program).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            if !matches!(&*name, "program.json" | "expected.json") && !name.starts_with("step-") {
                copy(&entry.path(), &player.path(&name));
            }
        }
        let steps = read(&program.join("program.json"));
        let steps = steps["steps"].as_array().unwrap().clone();
        steps
            .iter()
            .enumerate()
            .map(|(at, step)| player.step(step, &program.join(format!("step-{}", at + 1))))
            .collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn step(&mut self, step: &Json, overlay: &Path) -> Json {
        for name in texts(&step["delete"]) {
            let _ = fs::remove_file(self.path(&name));
        }
        if overlay.is_dir() {
            copy(overlay, self.dir.path());
        }
        let environment = step["env"].as_object().into_iter().flatten();
        let environment = environment.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        self.environment = environment.collect();
        let args = texts(&step["args"]);
        let mut record = json!({ "cmd": step["cmd"], "args": args });
        if args.first().is_none_or(|first| first != "init") {
            let init = self.run(&["init", "-input=false", "-no-color"]);
            if code(&init) != 0 {
                record["init_rc"] = json!(code(&init));
                record["init_errors"] = self.messages(&err(&init), "Error");
            }
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        match step["cmd"].as_str().unwrap() {
            "raw" => self.raw(&args, &mut record),
            command => self.planned(command, &args, step["order"].as_bool() == Some(true), &mut record),
        }
        record
    }

    fn raw(&self, args: &[&str], record: &mut Json) {
        let output = self.run(args);
        record["rc"] = json!(code(&output));
        record["errors"] = self.messages(&err(&output), "Error");
        record["warnings"] = self.messages(&(out(&output) + &err(&output)), "Warning");
        record["summary"] = first(&out(&output), r"Plan: .*|No changes\..*|(?:Apply|Destroy) complete!.*");
    }

    fn planned(&self, command: &str, args: &[&str], is_ordered: bool, record: &mut Json) {
        let mut line = vec!["plan", "-input=false", "-no-color", "-detailed-exitcode", "-out=.p.bin"];
        line.extend((command == "destroy").then_some("-destroy"));
        line.extend(args);
        let plan = self.run(&line);
        record["plan_rc"] = json!(code(&plan));
        record["errors"] = self.messages(&err(&plan), "Error");
        record["warnings"] = self.messages(&(out(&plan) + &err(&plan)), "Warning");
        record["plan_summary"] = first(&out(&plan), r"Plan: .*|No changes\..*");
        if self.path(".p.bin").exists() {
            self.shown(record);
        }
        if command != "plan" && code(&plan) != 1 {
            self.applied(is_ordered, record);
        }
        let _ = fs::remove_file(self.path(".p.bin"));
    }

    /// What the saved plan says of itself.
    fn shown(&self, record: &mut Json) {
        let plan: Json = serde_json::from_str(&out(&self.run(&["show", "-json", ".p.bin"]))).unwrap();
        let change = |of: &Json| {
            let mut entry = json!({ "address": of["address"], "actions": of["change"]["actions"] });
            for key in ["previous_address", "action_reason", "deposed"] {
                if let Some(value) = of.get(key) {
                    entry[key] = value.clone();
                }
            }
            for key in ["replace_paths", "importing", "after_unknown"] {
                if let Some(value) = of["change"].get(key).filter(|value| is_something(value)) {
                    entry[key] = value.clone();
                }
            }
            entry
        };
        let mut changes: Vec<Json> = plan["resource_changes"].as_array().into_iter().flatten().map(change).collect();
        changes.sort_by_key(|entry| entry["address"].as_str().unwrap_or_default().to_owned());
        record["resource_changes"] = json!(changes);
        let outputs = plan["output_changes"].as_object().into_iter().flatten().map(|(name, of)| {
            let unknown = of.get("after_unknown").cloned().unwrap_or(json!(false));
            let mut entry = json!({ "actions": of["actions"], "after_unknown": unknown });
            if let Some(after) = of.get("after").filter(|_| !is_something(&unknown)) {
                entry["after"] = self.same(after);
            }
            (name.clone(), entry)
        });
        record["output_changes"] = Json::Object(outputs.collect());
        record["errored"] = plan.get("errored").cloned().unwrap_or(json!(false));
        record["applyable"] = plan["applyable"].clone();
        record["complete"] = plan["complete"].clone();
    }

    fn applied(&self, is_ordered: bool, record: &mut Json) {
        let mut line = vec!["apply", "-input=false", "-no-color"];
        line.extend(is_ordered.then_some("-parallelism=1"));
        line.push(".p.bin");
        let apply = self.run(&line);
        let text = out(&apply);
        record["apply_rc"] = json!(code(&apply));
        record["apply_errors"] = self.messages(&err(&apply), "Error");
        record["apply_warnings"] = self.messages(&(out(&apply) + &err(&apply)), "Warning");
        record["apply_summary"] = first(&text, r"(?:Apply|Destroy) complete!.*");
        if is_ordered {
            let event = r"(?m)^(\S+(?: \(deposed object \w+\))?: (?:Creating|Destroying|Modifying|Creation|Destruction|Modifications)[a-z ]*)";
            let deposed = Regex::new(r"\(deposed object \w+\)").unwrap();
            let event = Regex::new(event).unwrap();
            let events = event.find_iter(&text).map(|found| self.plain(found.as_str()).trim().to_owned());
            let events: Vec<String> = events.map(|event| deposed.replace(&event, "(deposed)").into_owned()).collect();
            record["order"] = json!(events);
        }
        let outputs: Json = serde_json::from_str(&out(&self.run(&["output", "-json"]))).unwrap_or(json!({}));
        let outputs = outputs.as_object().into_iter().flatten().map(|(name, of)| {
            let value = self.same(&of["value"]);
            (name.clone(), json!({ "value": value, "type": of["type"], "sensitive": of["sensitive"] }))
        });
        record["outputs"] = Json::Object(outputs.collect());
        let list = out(&self.run(&["state", "list"]));
        record["state_list"] = json!(list.lines().collect::<Vec<_>>());
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
        command.args(args).current_dir(self.dir.path()).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.dir.path());
        command.env("NO_COLOR", "1").env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.output().unwrap()
    }

    /// The summaries of a kind, in order.
    fn messages(&self, text: &str, kind: &str) -> Json {
        let line = Regex::new(&format!(r"(?m)^[│ ]*{kind}: (.*)$")).unwrap();
        let mut found: Vec<String> = line.captures_iter(text).map(|found| self.plain(&found[1])).collect();
        found.sort();
        json!(found)
    }

    /// A text with what changes from run to run made the same.
    fn plain(&self, text: &str) -> String {
        let text = self.uuid.replace_all(text, "<uuid>");
        let text = self.changing.replace_all(&text, "<t>");
        text.replace(&*self.dir.path().to_string_lossy(), "<dir>")
    }

    fn same(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => Json::String(self.uuid.replace_all(text, "<uuid>").into_owned()),
            Json::Array(list) => list.iter().map(|value| self.same(value)).collect(),
            Json::Object(map) => map.iter().map(|(name, value)| (name.clone(), self.same(value))).collect(),
            other => other.clone(),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

fn texts(list: &Json) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// Neither null, nor false, nor empty.
fn is_something(value: &Json) -> bool {
    !matches!(value, Json::Null | Json::Bool(false)) && *value != json!({}) && *value != json!([])
}

fn first(text: &str, pattern: &str) -> Json {
    Regex::new(pattern).unwrap().find(text).map_or(Json::Null, |found| json!(found.as_str()))
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
