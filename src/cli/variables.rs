//! Values for variables: `-var` and `-var-file` in their order, the environment's, and what a person types.

use std::io::BufRead as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::ArgMatches;
use clap::Args;
use clap::Command;
use clap::FromArgMatches;

use super::Result;
use super::options::boolean;
use super::place::Place;
use super::quiet;
use super::screen::Screen;
use crate::config::Input;
use crate::ops;
use crate::ops::Session;

/// The options that give values to variables.
#[derive(Debug, Clone)]
pub(super) struct Inputs {
    /// `-var` and `-var-file` in the order in which they were given: later ones win.
    given: Vec<Input>,
    /// `-input`
    may_ask: bool,
}

#[derive(Debug, Clone, Args)]
struct InputOptions {
    /// Set a variable of the root module. May be given several times; later ones win.
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Variables")]
    var: Vec<String>,
    /// Read values of variables from a file.
    #[arg(long, value_name = "FILE", help_heading = "Variables")]
    var_file: Vec<PathBuf>,
    /// Never ask for variables that have no value. Also: TF_INPUT=0.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "true", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL",
          help_heading = "Variables")]
    input: bool,
}

impl FromArgMatches for Inputs {
    fn from_arg_matches(matches: &ArgMatches) -> std::result::Result<Self, clap::Error> {
        let options = InputOptions::from_arg_matches(matches)?;
        let places = |name: &str| matches.indices_of(name).into_iter().flatten();
        let flags = places("var").zip(options.var.into_iter().map(Input::Flag));
        let files = places("var_file").zip(options.var_file.into_iter().map(Input::File));
        let mut all: Vec<(usize, Input)> = flags.chain(files).collect();
        all.sort_by_key(|(place, _)| *place);
        Ok(Self { given: all.into_iter().map(|(_, input)| input).collect(), may_ask: options.input })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> std::result::Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Inputs {
    fn augment_args(command: Command) -> Command {
        InputOptions::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        InputOptions::augment_args_for_update(command)
    }
}

impl Inputs {
    /// All values that are given.
    pub(super) fn without_asking(&self, place: &Place) -> Vec<Input> {
        place.environment.inputs().into_iter().chain(self.given.iter().cloned()).collect()
    }

    /// Whether anybody may be asked anything.
    pub(super) fn may_ask(&self, screen: &Screen) -> bool {
        self.may_ask && screen.is_interactive
    }

    /// All values there are; those that are missing are asked for, where somebody can answer.
    pub(super) fn gather(&self, session: &Session, place: &Place, screen: &Screen) -> Result<Vec<Input>> {
        let mut inputs = self.without_asking(place);
        if self.may_ask(screen) {
            for missing in ops::missing_variables(session, &inputs) {
                let value = ask(&missing)?;
                // As if it were in the environment: text for a primitive type, an expression for any other.
                inputs.insert(0, Input::Env { name: missing.name, value });
            }
        }
        Ok(inputs)
    }
}

fn ask(missing: &ops::MissingVariable) -> Result<String> {
    let mut to = std::io::stderr().lock();
    writeln!(to, "var.{}", missing.name)?;
    for line in missing.description.iter().flat_map(|text| text.lines()) {
        writeln!(to, "  {line}")?;
    }
    let question = "\n  Enter a value: ";
    if missing.sensitive {
        drop(to);
        return Ok(quiet::ask(question)?);
    }
    write!(to, "{question}")?;
    to.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    writeln!(to)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}
