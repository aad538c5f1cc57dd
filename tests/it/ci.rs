//! `examples/ci`: the workflows ask for no more than they need, and their scripts do what they say, with the real program
//! and a `gh` that notes what it is asked for.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value as Json;
use serde_json::json;
use tempfile::TempDir;

use crate::tier::tier;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci")
}

/// A workflow, as the program itself reads YAML.
fn workflow(name: &str) -> Json {
    let folder = TempDir::new().unwrap();
    std::fs::copy(examples().join("github").join(name), folder.path().join("it.yml")).unwrap();
    std::fs::write(folder.path().join("main.tf"), "output \"it\" {\n  value = yamldecode(file(\"it.yml\"))\n}\n")
        .unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
        let output = command.args(arguments).current_dir(folder.path()).env("HOME", folder.path()).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    run(&["apply", "-auto-approve"]);
    serde_json::from_slice(&run(&["output", "-json", "it"])).unwrap()
}

fn steps(workflow: &Json) -> Vec<Json> {
    let jobs = workflow["jobs"].as_object().unwrap();
    jobs.values().flat_map(|job| job["steps"].as_array().unwrap().clone()).collect()
}

#[test]
fn the_workflows_ask_for_what_they_need_and_no_more() {
    let needed = [
        ("plan.yml", "plan", json!({"contents": "read", "pull-requests": "write"})),
        ("apply.yml", "apply", json!({"actions": "read", "contents": "write", "pull-requests": "write"})),
        ("drift.yml", "drift", json!({"contents": "read", "issues": "write"})),
    ];
    for (name, job, permissions) in needed {
        let workflow = workflow(name);
        assert_eq!(workflow["permissions"], json!({}), "{name}");
        assert_eq!(workflow["jobs"][job]["permissions"], permissions, "{name}");
        assert!(workflow["concurrency"]["group"].is_string(), "{name}");
        assert_eq!(workflow["concurrency"]["cancel-in-progress"], json!(name == "plan.yml"), "{name}");
        assert!(workflow["jobs"][job]["timeout-minutes"].is_number(), "{name}");
        for step in steps(&workflow) {
            if let Some(uses) = step["uses"].as_str() {
                let known = ["actions/checkout@v4", "actions/upload-artifact@v4", "actions/download-artifact@v4"];
                assert!(known.contains(&uses), "{name}: {uses}");
            }
            // What a stranger may have written reaches no script but through the environment.
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{name}: {script}");
        }
    }
}

/// A repository with its runner.
struct Runner {
    dir: TempDir,
}

impl Runner {
    fn new() -> Self {
        let runner = Self { dir: TempDir::new().unwrap() };
        for folder in ["repo", "bin", "temp", "home"] {
            std::fs::create_dir(runner.path(folder)).unwrap();
        }
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_infra"), runner.path("bin/infra")).unwrap();
        let gh = "#!/bin/sh\necho \"$*\" >> \"$GH_LOG\"\ncase \"$*\" in *--paginate*) cat \"$GH_KNOWN\" ;; esac\n";
        std::fs::write(runner.path("bin/gh"), gh).unwrap();
        std::fs::write(runner.path("known"), "").unwrap();
        let config =
            "resource \"local_file\" \"f\" {\n  content  = \"text\\n\"\n  filename = \"/tmp-of-runner/f.txt\"\n}\n";
        let file = runner.path("f.txt").display().to_string();
        std::fs::write(runner.path("repo/main.tf"), config.replace("/tmp-of-runner/f.txt", &file)).unwrap();
        runner
            .bash("chmod +x ../bin/gh; git init -q -b main; git config user.name n; git config user.email e@e.e", &[]);
        runner.bash("git init -q --bare ../remote; git remote add origin ../remote", &[]);
        runner.bash("git add .; git commit -qm first; git push -qu origin main", &[]);
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs a script as a runner does; gives its exit code, what it says, and the outputs of the step.
    fn bash(&self, script: &str, more: &[(&str, &str)]) -> (i32, String, BTreeMap<String, String>) {
        std::fs::write(self.path("output"), "").unwrap();
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(self.path("repo"));
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        command.env_clear().env("PATH", path).env("HOME", self.path("home")).env("FOLDER", ".");
        command.env("RUNNER_TEMP", self.path("temp")).env("GITHUB_OUTPUT", self.path("output"));
        command.env("GITHUB_STEP_SUMMARY", self.path("summary")).env("GITHUB_REPOSITORY", "o/r");
        command.env("GH_LOG", self.path("asked")).env("GH_KNOWN", self.path("known")).env("NUMBER", "7");
        command.env("INFRA_STATE_KEY", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        let output = command.envs(more.iter().copied()).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let outputs = std::fs::read_to_string(self.path("output")).unwrap();
        let outputs = outputs.lines().filter_map(|line| line.split_once('='));
        let outputs = outputs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        (output.status.code().unwrap(), said, outputs)
    }

    /// Runs a step of a workflow that must end with a code.
    fn step(&self, workflow: &Json, name: &str, more: &[(&str, &str)], code: i32) -> BTreeMap<String, String> {
        let step = steps(workflow).into_iter().find(|step| step["name"] == name).unwrap();
        let (ended, said, outputs) = self.bash(step["run"].as_str().unwrap(), more);
        assert_eq!(ended, code, "{name}: {said}");
        outputs
    }

    /// What `gh` was asked for since it was last looked at.
    fn asked(&self) -> String {
        let asked = std::fs::read_to_string(self.path("asked")).unwrap_or_default();
        let _ = std::fs::remove_file(self.path("asked"));
        asked.replace(&*self.dir.path().to_string_lossy(), "<dir>")
    }
}

#[test]
fn a_pull_request_is_planned_commented_on_and_applied_exactly() {
    let (plan, apply, runner) = (workflow("plan.yml"), workflow("apply.yml"), Runner::new());
    let outputs = runner.step(&plan, "Plan", &[], 0);
    assert_eq!(outputs["code"], "2");
    runner.step(&plan, "Comment", &[], 0);
    let asked = runner.asked();
    let post = "api --silent --method POST repos/o/r/issues/7/comments -F body=@<dir>/temp/infra/report.md\n";
    assert!(asked.starts_with("api --paginate repos/o/r/issues/7/comments --jq ") && asked.ends_with(post), "{asked}");
    std::fs::write(runner.path("known"), "42\n").unwrap();
    runner.step(&plan, "Comment", &[], 0);
    assert!(runner.asked().contains("--method PATCH repos/o/r/issues/comments/42 -F body=@"));
    for (given, code) in [("0", 0), ("2", 0), ("1", 1), ("3", 3), ("", 1)] {
        runner.step(&plan, "Result", &[("CODE", given)], code);
    }
    // Not to other files than it was made for.
    runner.bash("echo '# more' >> main.tf; git commit -qam more", &[]);
    runner.step(&apply, "Apply", &[], 1);
    assert!(!runner.path("f.txt").exists());
    runner.bash("git reset -q --hard HEAD~", &[]);
    runner.step(&apply, "Apply", &[], 0);
    assert_eq!(std::fs::read_to_string(runner.path("f.txt")).unwrap(), "text\n");
    runner.step(&apply, "Keep the state", &[], 0);
    let (_, names, _) = runner.bash("git -C ../remote ls-tree -r --name-only main; git status --porcelain", &[]);
    assert_eq!(names, "main.tf\nstate/.gitignore\nstate/default.json\n");
    runner.step(&apply, "Keep the state", &[], 0);
    runner.step(&apply, "Comment", &[], 0);
    assert!(runner.asked().contains("--method POST repos/o/r/issues/7/comments -F body=@<dir>/temp/infra/applied.md"));
    assert_eq!(runner.step(&plan, "Plan", &[], 0)["code"], "0");
    runner.bash("echo nonsense >> main.tf", &[]);
    assert_eq!(runner.step(&plan, "Plan", &[], 0)["code"], "1");
    let summary = std::fs::read_to_string(runner.path("summary")).unwrap();
    for verdict in ["plan: changes", "apply: changes", "plan: nothing to do", "plan: errors"] {
        assert!(summary.contains(&format!("## infra {verdict}\n")), "{verdict}");
    }
}

#[test]
fn one_issue_is_kept_about_drift() {
    let (drift, runner) = (workflow("drift.yml"), Runner::new());
    runner.bash("infra apply -auto-approve", &[]);
    assert_eq!(runner.step(&drift, "Drift", &[], 0)["code"], "0");
    runner.step(&drift, "Issue", &[("CODE", "0")], 0);
    assert!(!runner.asked().contains("issue "));
    std::fs::remove_file(runner.path("f.txt")).unwrap();
    assert_eq!(runner.step(&drift, "Drift", &[], 0)["code"], "2");
    runner.step(&drift, "Issue", &[("CODE", "2")], 0);
    assert!(runner.asked().contains("issue create --repo o/r --title Drift --body-file <dir>/temp/infra/report.md"));
    std::fs::write(runner.path("known"), "9\n").unwrap();
    runner.step(&drift, "Issue", &[("CODE", "2")], 0);
    assert!(runner.asked().contains("issue edit 9 --repo o/r --body-file"));
    runner.step(&drift, "Issue", &[("CODE", "0")], 0);
    assert!(runner.asked().contains("issue close 9 --repo o/r"));
    for (given, code) in [("0", 0), ("2", 0), ("1", 1), ("", 1)] {
        runner.step(&drift, "Result", &[("CODE", given)], code);
    }
}

#[test]
fn the_timer_starts_what_the_program_takes() {
    let runner = Runner::new();
    let unit = std::fs::read_to_string(examples().join("systemd/infra-drift.service")).unwrap();
    let line = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/")).unwrap();
    let line = line.replace("/var/lib/infra-drift", &runner.path("temp").to_string_lossy());
    let (code, said, _) = runner.bash(&line, &[]);
    assert_eq!(code, 2, "{said}");
    assert!(unit.contains("\nSuccessExitStatus=2\n"), "what differs is no failure of the unit");
    assert!(runner.path("temp/report.md").exists() && runner.path("temp/infra.prom").exists());
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return tier("systemd-units", Some("systemd-analyze is not installed"));
    }
    tier("systemd-units", None);
    let units = runner.path("units");
    std::fs::create_dir(&units).unwrap();
    let here = unit.replace("/usr/local/bin/infra", env!("CARGO_BIN_EXE_infra"));
    std::fs::write(units.join("infra-drift.service"), here).unwrap();
    std::fs::copy(examples().join("systemd/infra-drift.timer"), units.join("infra-drift.timer")).unwrap();
    let mut command = Command::new("systemd-analyze");
    command.args(["verify", "--man=no", "--recursive-errors=no"]).arg(units.join("infra-drift.timer"));
    let output = command.arg(units.join("infra-drift.service")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !said.contains("infra-drift"), "{said}");
}
