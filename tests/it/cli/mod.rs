//! The program, run in an empty folder with a clean environment: what it prints, where, and how it ends.

mod apply;
mod arguments;
mod commands;
mod cost;
mod drift;
mod elsewhere;
mod ephemeral;
mod hosts;
mod import;
mod init;
mod login;
mod moves;
mod output;
mod pace;
mod places;
mod plan;
mod report;
mod rules;
mod secrets;
mod show;
pub(crate) mod sim;
mod ssh;
mod state;
mod taint;
mod terminal;
mod validate;
mod version;
mod workspace;

use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use regex::Regex;
use tempfile::TempDir;

/// A folder of its own, and the program in it.
pub(crate) struct Folder {
    dir: TempDir,
    environment: Vec<(String, String)>,
}

impl Folder {
    /// An empty one.
    pub(crate) fn empty() -> Self {
        Self { dir: TempDir::new().unwrap(), environment: Vec::new() }
    }

    /// One with a configuration.
    pub(crate) fn with(config: &str) -> Self {
        let folder = Self::empty();
        folder.write("main.tf", config);
        folder
    }

    /// One with a configuration that has been applied.
    fn applied(config: &str) -> Self {
        let folder = Self::with(config);
        let ended = folder.run("apply -auto-approve");
        assert!(ended.contains("exit 0"), "{ended}");
        folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Sets a variable of the environment from now on.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
        command.args(line.split(' ').filter(|word| !word.is_empty()));
        command.current_dir(self.dir.path()).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.dir.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the program. Arguments are separated by spaces. Gives all that can be seen of it, what changes from run to run
    /// made the same.
    pub(crate) fn run(&self, line: &str) -> String {
        self.run_with(&[], line)
    }

    /// The same with more in the environment.
    pub(crate) fn run_with(&self, environment: &[(&str, &str)], line: &str) -> String {
        let output = self.command(line).envs(environment.iter().copied()).output().unwrap();
        let mut seen = String::new();
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                seen.push_str(&format!("--- {name}\n{}", String::from_utf8_lossy(bytes)));
                if !seen.ends_with('\n') {
                    seen.push('\n');
                }
            }
        }
        let code = output.status.code().map_or("by a signal".to_owned(), |code| code.to_string());
        seen.push_str(&format!("--- exit {code}"));
        self.same(&seen)
    }

    /// Only the exit code.
    pub(crate) fn code(&self, line: &str) -> i32 {
        self.command(line).output().unwrap().status.code().unwrap()
    }

    /// Only stdout, as it is.
    pub(crate) fn stdout(&self, line: &str) -> String {
        String::from_utf8(self.command(line).output().unwrap().stdout).unwrap()
    }

    /// What the program prints as JSON.
    pub(crate) fn json(&self, line: &str) -> serde_json::Value {
        let text = self.stdout(line);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error} in {text}"))
    }

    fn same(&self, text: &str) -> String {
        let text = text.replace(&*self.dir.path().canonicalize().unwrap().to_string_lossy(), "<dir>");
        let text = text.replace(&*self.dir.path().to_string_lossy(), "<dir>");
        let known = [
            (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<uuid>"),
            (r"after \d+s", "after 0s"),
            (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>"),
        ];
        known
            .iter()
            .fold(text, |text, (pattern, name)| Regex::new(pattern).unwrap().replace_all(&text, *name).into_owned())
    }
}
