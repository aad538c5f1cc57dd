//! Mistakes in the arguments: what is wrong, and what may have been meant.

use clap::CommandFactory as _;
use clap::error::ContextKind;
use clap::error::ContextValue;
use clap::error::ErrorKind;

use super::Exit;
use super::Problem;
use super::command::Cli;
use super::help;
use super::screen::Screen;
use crate::diag::did_you_mean;

/// Says what is wrong with the arguments.
pub(super) fn report(error: &clap::Error, words: &[String], screen: &Screen) -> Exit {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    };
    let verb = verb(words);
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let name = context(ContextKind::InvalidSubcommand).unwrap_or_default();
            screen.say(&unknown(&name, words));
            return Exit::Failed;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            screen.say(help::page(words).trim_end());
            return Exit::Failed;
        }
        _ => {}
    }
    let argument = context(ContextKind::InvalidArg).unwrap_or_default();
    // The argument as the user knows it: one dash, and without the name of its value.
    let name = argument.split([' ', '=', '[']).next().unwrap_or_default().replacen("--", "-", 1);
    let (summary, detail) = match error.kind() {
        ErrorKind::UnknownArgument if name.starts_with('-') => {
            let known = known_options(words);
            let hint = did_you_mean(&name, known.iter().map(String::as_str));
            (FLAGS, format!("Option provided but not defined: {name}.{hint}"))
        }
        ErrorKind::UnknownArgument => {
            ("Too many command line arguments", format!("Nothing is expected at \"{name}\"."))
        }
        ErrorKind::MissingRequiredArgument => {
            ("Missing command line arguments", format!("{} is needed.", argument.trim_matches(['<', '>'])))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = context(ContextKind::InvalidValue).unwrap_or_default();
            let why = std::error::Error::source(error).map(|why| format!(": {why}")).unwrap_or_default();
            let detail = match value.is_empty() {
                true => format!("{name} needs a value."),
                false => format!("\"{value}\" is not a value for {name}{why}."),
            };
            (FLAGS, detail)
        }
        ErrorKind::NoEquals => (FLAGS, format!("Write the value of {name} behind an equals sign.")),
        _ => (FLAGS, error.to_string().trim_start_matches("error: ").trim_end().to_owned()),
    };
    screen.fail(&Problem::new(summary, detail));
    screen.say(&format!("\nFor more help on using this command, run:\n  infra {verb} -help"));
    Exit::Failed
}

const FLAGS: &str = "Failed to parse command-line flags";

/// The command that the words name, and the words for it.
fn verb(words: &[String]) -> String {
    let mut command = Cli::command();
    let mut path = Vec::new();
    for word in words {
        let Some(inner) = command.find_subcommand(word).cloned() else { break };
        path.push(word.as_str());
        command = inner;
    }
    path.join(" ")
}

fn known_options(words: &[String]) -> Vec<String> {
    let mut command = Cli::command();
    for word in words {
        let Some(inner) = command.find_subcommand(word).cloned() else { break };
        command = inner;
    }
    let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
    shown.filter_map(|argument| argument.get_long()).map(|long| format!("-{long}")).collect()
}

fn unknown(name: &str, words: &[String]) -> String {
    let path = verb(words);
    let command = path
        .split_whitespace()
        .fold(Cli::command(), |command, word| command.find_subcommand(word).cloned().unwrap_or_default());
    let known: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    let hint = did_you_mean(name, known.iter().map(String::as_str));
    let (family, list) = if path.is_empty() { ("infra".to_owned(), known) } else { (format!("infra {path}"), known) };
    let first = match path.is_empty() && help::NOT_YET.contains(&name) {
        true => format!("infra has no command \"{name}\" yet."),
        false => format!("{family} has no command named \"{name}\".{hint}"),
    };
    let list = help::wrap(&format!("There are: {}.", list.join(", ")), 78).join("\n");
    format!("{first}\n\n{list}\n\nTo see what they do, run:\n  {family} -help")
}
