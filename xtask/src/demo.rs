//! `cargo xtask demo`: the main job, from an empty folder to an empty world, by the commands that a user would type.
//!
//! Works in a temporary folder on a simulated world: no account, no root, and nothing is left behind but the build. A step
//! says what it shows, prints its command and runs it on the user's terminal. Then its end is checked, so that the demo is
//! a test as much as a show: the first step that does not do what it should ends it.

use std::error::Error;
use std::fs;
use std::io;
use std::io::IsTerminal;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitStatus;
use std::time::Instant;

use crate::cargo;
use crate::needs;

/// A command that is shown.
struct Step {
    /// What it shows.
    shows: &'static str,
    command: &'static str,
    /// How it must end.
    code: i32,
    /// What must be true behind it.
    checks: &'static [Check],
}

/// A command that is not shown, and what it must print or must not.
struct Check {
    command: &'static str,
    says: &'static [&'static str],
    never: &'static [&'static str],
}

/// The configuration that is walked, and what it calls.
const EXAMPLE: &str = "examples/ha-python";
const MODULES: &str = "modules";

const LIST: &str = "infra state list -sim";
const PLAN: &str = "infra plan -sim";

const STEPS: [Step; 13] = [
    Step {
        shows: "What would change? `-sim` simulates the vendors, and the hosts too; `-out` saves the plan.",
        command: "infra plan -sim -out=first.plan",
        code: 0,
        checks: &[
            Check {
                command: "infra show -sim first.plan",
                says: &["Plan: 51 to add, 0 to change, 0 to destroy."],
                never: &[],
            },
            Check { command: PLAN, says: &["Monthly cost: $0.00 -> $281.70"], never: &[] },
        ],
    },
    Step {
        shows: "Do exactly that. Times are simulated: nobody waits for the database.",
        command: "infra apply -sim first.plan",
        code: 0,
        checks: &[
            Check {
                command: LIST,
                says: &[
                    "module.web.digitalocean_loadbalancer.web",
                    "module.service.host_systemd_unit.service[\"app-3\"]",
                ],
                never: &[],
            },
            Check {
                command: "cat .infra/sim/world/hosts/visits-app-1-*/etc/visits.env",
                says: &["WEB_CONCURRENCY=\"5\"", "DATABASE_URL_READ="],
                never: &[],
            },
        ],
    },
    Step {
        shows: "What came of it. A sensitive output is not shown unless it is asked for by name.",
        command: "infra output -sim",
        code: 0,
        checks: &[Check {
            command: "infra output -sim",
            says: &["address = ", "monthly_cost = 281.7", "database_url_write = <sensitive>"],
            never: &["postgres"],
        }],
    },
    Step {
        shows: "The same again: nothing is left to do. (-detailed-exitcode would end with 2 if there were.)",
        command: "infra plan -sim -detailed-exitcode",
        code: 0,
        checks: &[Check { command: PLAN, says: &["No changes."], never: &[] }],
    },
    Step {
        shows: "Behind its back: somebody edits the application on a host. A simulated host is a folder ...",
        command: "sed -i s/SECONDS/MINUTES/ .infra/sim/world/hosts/visits-app-1-*/srv/visits/main.py",
        code: 0,
        checks: &[Check {
            command: "cat .infra/sim/world/hosts/visits-app-1-*/srv/visits/main.py",
            says: &["MINUTES = 30"],
            never: &["SECONDS"],
        }],
    },
    Step {
        shows: "... and somebody deletes the tag by which the load balancer finds the droplets. This asks the simulated vendor.",
        command: "infra sim request DELETE /v2/tags/visits-serving",
        code: 0,
        checks: &[],
    },
    Step {
        shows: "What has changed behind our back? Nothing is touched; 2 means that something has.",
        command: "infra drift -sim",
        code: 2,
        checks: &[Check {
            command: "infra drift -sim",
            says: &["host_file.app[\"app-1/main.py\"]", "digitalocean_tag.serving"],
            never: &["host_file.app[\"app-2/main.py\"]"],
        }],
    },
    Step {
        shows: "Put right what differs, and nothing else. Without -auto-approve, infra would ask first.",
        command: "infra apply -sim -auto-approve",
        code: 0,
        checks: &[Check {
            command: "cat .infra/sim/world/hosts/visits-app-1-*/srv/visits/main.py",
            says: &["SECONDS = 30"],
            never: &["MINUTES"],
        }],
    },
    Step {
        shows: "Nothing differs any more.",
        command: "infra drift -sim",
        code: 0,
        checks: &[Check { command: PLAN, says: &["No changes."], never: &[] }],
    },
    Step {
        shows: "A change that the service does not survive: on the second host it will not be healthy ...",
        command: "cd .infra/sim/world/hosts/visits-app-2-*/run && mkdir simulated && touch simulated/unhealthy",
        code: 0,
        checks: &[],
    },
    Step {
        shows: "... so one host restarts, the second is put back as it was, and the third is never touched.",
        command: "infra apply -sim -auto-approve -var='overrides={WEB_THREADS=\"2\"}'",
        code: 1,
        checks: &[
            Check {
                command: "cat .infra/sim/world/hosts/visits-app-1-*/etc/visits.env",
                says: &["WEB_THREADS=\"2\""],
                never: &[],
            },
            Check {
                command: "cat .infra/sim/world/hosts/visits-app-[23]-*/etc/visits.env",
                says: &["WEB_THREADS=\"1\""],
                never: &["WEB_THREADS=\"2\""],
            },
        ],
    },
    Step {
        shows: "Once it is healthy again, the same command does the rest.",
        command: "rm .infra/sim/world/hosts/*/run/simulated/unhealthy\n\
                  infra apply -sim -auto-approve -var='overrides={WEB_THREADS=\"2\"}'",
        code: 0,
        checks: &[Check {
            command: "cat .infra/sim/world/hosts/visits-app-*/etc/visits.env",
            says: &["WEB_THREADS=\"2\""],
            never: &["WEB_THREADS=\"1\""],
        }],
    },
    Step {
        shows: "Take it all down, in the right order. What holds data has to be named.",
        command: "infra destroy -sim -auto-approve",
        code: 0,
        checks: &[
            Check { command: LIST, says: &[], never: &["module", "digitalocean", "host"] },
            Check { command: "infra sim request GET /v2/droplets", says: &["droplets"], never: &["visits-app-1"] },
        ],
    },
];

/// Builds the program, walks the steps and says where to go on.
pub(crate) fn run() -> Result<u8, Box<dyn Error>> {
    let place = Place::new()?;
    let look = Look { colour: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() };
    println!(
        "\nThe stack of examples/ha-python: three droplets behind a load balancer, PostgreSQL with a standby and a replica,\n\
         a cache, and on each droplet a Python service under systemd. It is copied to {}.\n\
         Every vendor and host is simulated: no account, no root, no costs. Files on hosts are real, services are not.",
        place.folder.display()
    );
    let began = Instant::now();
    for (at, step) in STEPS.iter().enumerate() {
        println!(
            "\n{}\n{}\n",
            look.title(&format!("{}/{}  {}", at + 1, STEPS.len(), step.shows)),
            look.prompt(step.command)
        );
        let status = place.shell(step.command).status()?;
        place.check(step, status).map_err(|problem| format!("the demo stops at step {}: {problem}", at + 1))?;
    }
    println!("\n{}", look.title(&format!("Done, in {:.1} seconds.", began.elapsed().as_secs_f64())));
    println!(
        "\nTo go on by yourself:\n  \
           cd {}\n  \
           alias infra={}\n  \
           infra plan -sim\n\n\
         README.md tells what there is, docs/simulator.md how to break things, docs/hosts.md what hosts can be told.",
        cargo::root().join(EXAMPLE).display(),
        place.program.display(),
    );
    Ok(0)
}

/// The program, and a folder with the example that goes when the demo ends.
struct Place {
    program: PathBuf,
    folder: PathBuf,
}

impl Place {
    fn new() -> Result<Self, Box<dyn Error>> {
        needs::install_to_build();
        eprintln!("xtask: building infra, which takes some minutes the first time");
        let program = cargo::build()?;
        let folder = std::env::temp_dir().join(format!("infra-demo-{}", std::process::id()));
        // Not `create_dir_all`: what is there already is not ours to work in, or to remove.
        fs::create_dir(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        let place = Self { program, folder };
        for tree in [EXAMPLE, MODULES] {
            copy(&cargo::root().join(tree), &place.folder.join(tree))?;
        }
        Ok(place)
    }

    /// A command as a user would type it here, in an environment that says nothing to `infra`.
    fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(self.folder.join(EXAMPLE));
        for (name, _) in std::env::vars_os() {
            if ["TF_", "INFRA_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                shell.env_remove(name);
            }
        }
        let folders = self.program.parent().map(Path::to_owned).into_iter();
        let path = std::env::var_os("PATH").unwrap_or_default();
        // A path with a colon in it cannot be joined; then nothing of ours would be found, and the first step says so.
        if let Ok(path) = std::env::join_paths(folders.chain(std::env::split_paths(&path))) {
            shell.env("PATH", path);
        }
        shell
    }

    fn check(&self, step: &Step, status: ExitStatus) -> Result<(), String> {
        if status.code() != Some(step.code) {
            return Err(format!("it should end with {}, and ended with {status}", step.code));
        }
        for check in step.checks {
            let output = self.shell(check.command).output().map_err(|error| error.to_string())?;
            let text = String::from_utf8_lossy(&output.stdout);
            if let Some(problem) = check.problem(&text) {
                let complaint = String::from_utf8_lossy(&output.stderr);
                return Err(format!("`{}` {problem}. It says:\n{text}{complaint}", check.command));
            }
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whatever stays is in the folder for temporary things.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Check {
    fn problem(&self, text: &str) -> Option<String> {
        let missing =
            self.says.iter().find(|words| !text.contains(**words)).map(|words| format!("does not say `{words}`"));
        let wrong = || self.never.iter().find(|words| text.contains(**words)).map(|words| format!("says `{words}`"));
        missing.or_else(wrong)
    }
}

/// How the demo's own lines look.
struct Look {
    colour: bool,
}

impl Look {
    fn title(&self, text: &str) -> String {
        if self.colour { format!("\u{1b}[1;36m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn prompt(&self, command: &str) -> String {
        if self.colour { format!("\u{1b}[1m$ {command}\u{1b}[0m") } else { format!("$ {command}") }
    }
}

/// What a folder holds, but for what `infra` keeps beside a configuration.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, to) = (entry.file_name(), to.join(entry.file_name()));
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to)?;
        } else if name != ".infra" && name != "state" {
            copy(&entry.path(), &to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_tells_what_is_missing_and_what_should_not_be() {
        let check = Check { command: "", says: &["one", "two"], never: &["three"] };
        assert_eq!(check.problem("two one"), None);
        assert_eq!(check.problem("one three").as_deref(), Some("does not say `two`"));
        assert_eq!(check.problem("one two three").as_deref(), Some("says `three`"));
    }
}
