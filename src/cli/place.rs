//! Where the program runs: folders, workspace, and the files that it keeps there.

use std::path::Path;
use std::path::PathBuf;

use super::Problem;
use super::Result;
use super::environment::Environment;
use super::options::WorldChoice;

/// Where the program runs.
#[derive(Debug)]
pub(super) struct Place {
    /// The environment.
    pub(super) environment: Environment,
    /// Where the user stands.
    pub(super) cwd: PathBuf,
    /// The root module's folder.
    pub(super) dir: PathBuf,
}

/// Which world a verb works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum World {
    /// The vendors.
    Real,
    /// A simulation in this process.
    Inside,
    /// A simulation that listens at an address.
    At(String),
}

impl Place {
    /// Goes to the folder that `-chdir` names.
    pub(super) fn new(environment: Environment, chdir: Option<&str>) -> Result<Self> {
        let gone = |error: std::io::Error| Problem::of("The current folder cannot be used", &error);
        let cwd = std::env::current_dir().map_err(gone)?;
        if let Some(dir) = chdir {
            std::env::set_current_dir(dir).map_err(|error| {
                let detail = format!("The folder \"{dir}\" of -chdir cannot be entered: {error}.");
                Problem::new("Error handling -chdir option", detail)
            })?;
        }
        let dir = std::env::current_dir().map_err(gone)?;
        Ok(Self { environment, cwd, dir })
    }

    /// The folder for what is ours and not worth keeping: `.infra`.
    pub(super) fn data_dir(&self) -> PathBuf {
        self.dir.join(self.environment.setting("DATA_DIR").unwrap_or(".infra"))
    }

    /// The folder of the simulation's world.
    pub(super) fn world_dir(&self) -> PathBuf {
        self.data_dir().join("sim/world")
    }

    /// The folder of the state.
    pub(super) fn state_dir(&self, world: &World) -> PathBuf {
        match world {
            World::Real => self.dir.join("state"),
            World::Inside | World::At(_) => self.data_dir().join("sim/state"),
        }
    }

    /// Which world is worked on: by option, else by the environment.
    pub(super) fn world(&self, choice: &WorldChoice) -> World {
        match choice.sim.as_deref().or_else(|| self.environment.get("INFRA_SIM")) {
            None | Some("0" | "false" | "off" | "no") => World::Real,
            Some("1" | "true" | "on" | "yes") => World::Inside,
            Some(address) => {
                let address = address.strip_prefix("http://").unwrap_or(address);
                World::At(address.trim_end_matches('/').to_owned())
            }
        }
    }

    /// The workspace: by the environment, else as it was selected.
    pub(super) fn workspace(&self) -> String {
        let selected = || std::fs::read_to_string(self.selection()).ok();
        let named = self.environment.setting("WORKSPACE").map(str::to_owned).or_else(selected);
        named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned())
    }

    /// The file that says which workspace is selected.
    pub(super) fn selection(&self) -> PathBuf {
        self.data_dir().join("workspace")
    }

    /// A path as the user would write it from here.
    pub(super) fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.dir).unwrap_or(path)
    }
}
