//! The command line: arguments in, text and an exit code out.
//!
//! One file a verb: it parses its options, builds a [`crate::ops::Session`], calls one operation, and has `report` render
//! what came of it. Only here are the environment and the terminal read, signals handled and exit codes chosen. No
//! decision about infrastructure is taken here.

mod apply;
mod approval;
mod arguments;
mod command;
mod credentials;
mod drift;
mod environment;
mod graph;
mod help;
mod import;
mod init;
mod lock;
mod log;
mod login;
mod mistake;
mod options;
mod output;
mod panic;
mod place;
mod plan;
mod problem;
mod providers;
mod quiet;
mod reports;
mod screen;
mod session;
mod show;
mod signals;
mod sim;
mod state;
mod taint;
mod validate;
mod variables;
mod version;
mod view;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

use command::Cli;
use command::Command;
use environment::Environment;
use place::Place;
use problem::Problem;
use screen::Screen;

/// What a verb came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// It did what was asked.
    Done,
    /// It failed; why has been said.
    Failed,
    /// There are changes, and the caller asked to be told by the exit code.
    Changes,
    /// What was approved is done; what is next needs a new approval.
    Unapproved,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Changes => 2,
            Exit::Unapproved => 3,
        })
    }
}

/// What every verb gives: an exit, or a problem that has not been said yet.
type Result<T = Exit> = std::result::Result<T, Problem>;

/// Runs the program on this process's arguments, environment and terminal.
pub fn main() -> ExitCode {
    panic::install();
    let environment = Environment::of_process();
    log::begin(&environment);
    let given = std::env::args_os().skip(1).map(text_of).collect::<Result<Vec<String>>>();
    let arguments = match given.and_then(|given| arguments::prepare(given, &environment)) {
        Ok(arguments) => arguments,
        Err(problem) => return Screen::new(&environment, false).fail(&problem).into(),
    };
    // Known before parsing, so that a mistake in the arguments is shown in the right colours too.
    let is_plain = arguments.words.iter().any(|word| matches!(&**word, "--no-color" | "--no-color=true"));
    let screen = Screen::new(&environment, is_plain);
    if arguments.words.is_empty() {
        screen.print(help::overview());
        return Exit::Failed.into();
    }
    if arguments.words.iter().take_while(|word| *word != "--").any(|word| word == "--help") {
        screen.print(&help::page(&arguments.words));
        return Exit::Done.into();
    }
    let words = std::iter::once("infra").chain(arguments.words.iter().map(String::as_str));
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => return mistake::report(&error, &arguments.words, &screen).into(),
    };
    let place = match Place::new(environment, arguments.chdir.as_deref()) {
        Ok(place) => place,
        Err(problem) => return screen.fail(&problem).into(),
    };
    match run(cli.command, &place, &screen) {
        Ok(exit) => exit.into(),
        Err(problem) => screen.fail(&problem).into(),
    }
}

/// An argument as text. One with other bytes in it would name another file than is meant.
fn text_of(argument: std::ffi::OsString) -> Result<String> {
    argument.into_string().map_err(|argument| {
        let detail =
            format!("The argument {argument:?} is not valid UTF-8. Rename the file that it names, or leave it out.");
        Problem::new("Invalid argument", detail)
    })
}

fn run(command: Command, place: &Place, screen: &Screen) -> Result {
    match command {
        Command::Init(options) => init::run(&options, place, screen),
        Command::Validate(options) => validate::run(&options, place, screen),
        Command::Plan(options) => plan::run(&options, place, screen),
        Command::Apply(options) => apply::run(&options, place, screen, false),
        Command::Destroy(options) => apply::run(&options, place, screen, true),
        Command::Refresh(options) => apply::refresh(&options, place, screen),
        Command::Drift(options) => drift::run(&options, place, screen),
        Command::Show(options) => show::run(&options, place, screen),
        Command::Output(options) => output::run(&options, place, screen),
        Command::Graph(options) => graph::run(&options, place, screen),
        Command::Import(options) => import::run(&options, place, screen),
        Command::State(command) => state::run(command, place, screen),
        Command::Taint(options) => taint::run(&options, place, screen, true),
        Command::Untaint(options) => taint::run(&options, place, screen, false),
        Command::Workspace(command) => workspace::run(command, place, screen),
        Command::Lock(command) => lock::run(command, place, screen),
        Command::ForceUnlock(options) => lock::force_unlock(&options, place, screen),
        Command::Providers(options) => providers::run(&options, place, screen),
        Command::Login(options) => login::login(&options, place, screen),
        Command::Logout(options) => login::logout(&options, place, screen),
        Command::Sim(options) => sim::run(options, place, screen),
        Command::Version(options) => version::run(&options, screen),
    }
}
