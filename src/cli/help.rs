//! What `-help` prints: an overview of the verbs, and each verb's page, made from its options.

use clap::Arg;
use clap::Command;
use clap::CommandFactory as _;

use super::command::Cli;

/// Columns of a page.
const WIDTH: usize = 78;
/// Columns of what stands to the left of an explanation.
const LEFT: usize = 28;

/// Verbs of Terraform, or of the plan for this program, that are not there yet.
pub(super) const NOT_YET: [&str; 12] =
    ["completions", "console", "fmt", "get", "man", "metadata", "modules", "report", "runs", "stacks", "test", "why"];

/// Options that a verb takes for who is used to them, and that change nothing there: a plan takes no lock and reads all at
/// once, a refresh makes no calls that change anything.
const IDLE: [(&str, &str); 6] = [
    ("plan", "lock-timeout"),
    ("plan", "parallelism"),
    ("refresh", "parallelism"),
    ("validate", "sim"),
    ("graph", "sim"),
    ("providers", "sim"),
];

/// The page of the command that the words name; the overview where they name none.
pub(super) fn page(words: &[String]) -> String {
    let mut command = Cli::command();
    let mut path = vec!["infra".to_owned()];
    for word in words {
        let Some(inner) = command.find_subcommand(word).cloned() else { break };
        path.push(word.clone());
        command = inner;
    }
    if path.len() == 1 { OVERVIEW.to_owned() } else { of(&command, &path.join(" ")) }
}

/// All verbs, grouped by when they are wanted.
pub(super) fn overview() -> &'static str {
    OVERVIEW
}

/// Breaks a text into lines; paragraphs stay.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

fn of(command: &Command, path: &str) -> String {
    let about = command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default();
    let mut page = format!("{}\n\nUsage: {path}{}\n", wrap(&about, WIDTH).join("\n"), usage(command));
    let verbs: Vec<(String, String)> =
        command.get_subcommands().map(|verb| (verb.get_name().to_owned(), about_of(verb))).collect();
    section(&mut page, "Commands", &verbs);
    let named: Vec<(String, String)> =
        command.get_positionals().map(|argument| (value_name(argument), help_of(argument))).collect();
    section(&mut page, "Arguments", &named);
    let is_idle = |argument: &Arg| IDLE.contains(&(command.get_name(), argument.get_long().unwrap_or_default()));
    let is_shown = |argument: &&Arg| !argument.is_hide_set() && !argument.is_positional() && !is_idle(argument);
    let shown = || command.get_arguments().filter(is_shown);
    let mut headings: Vec<&str> = Vec::new();
    for argument in shown() {
        let heading = argument.get_help_heading().unwrap_or("Options");
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        let of_heading = shown().filter(|argument| argument.get_help_heading().unwrap_or("Options") == heading);
        let lines: Vec<(String, String)> = of_heading.map(|argument| (option(argument), help_of(argument))).collect();
        section(&mut page, heading, &lines);
    }
    if let Some(more) = command.get_after_help() {
        page.push_str(&format!("\n{more}\n"));
    }
    page
}

fn usage(command: &Command) -> String {
    let mut usage = String::new();
    let is_family = command.get_subcommands().next().is_some();
    if is_family {
        usage.push_str(" COMMAND");
    }
    if command.get_arguments().any(|argument| !argument.is_positional() && !argument.is_hide_set()) {
        usage.push_str(" [OPTIONS]");
    }
    for argument in command.get_positionals() {
        let name = value_name(argument);
        usage.push_str(&if argument.is_required_set() { format!(" {name}") } else { format!(" [{name}]") });
    }
    // A family with options of its own works without a verb too.
    if is_family && !command.is_subcommand_required_set() { usage.replacen(" COMMAND", " [COMMAND]", 1) } else { usage }
}

/// An option as it is written: what a bare one means is its default's opposite.
fn option(argument: &Arg) -> String {
    let long = argument.get_long().unwrap_or_default();
    let is_switch = argument.get_value_names().is_some_and(|names| names.iter().any(|name| name.as_str() == "BOOL"));
    let is_on = argument.get_default_values().iter().any(|value| value.to_str() == Some("true"));
    let may_be_bare = argument.get_num_args().is_some_and(|count| count.min_values() == 0);
    match (is_switch, is_on, may_be_bare) {
        (true, true, _) => format!("-{long}=false"),
        (true, false, _) => format!("-{long}"),
        (false, _, true) => format!("-{long}[={}]", value_name(argument)),
        (false, _, false) => format!("-{long}={}", value_name(argument)),
    }
}

fn value_name(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let name = names.first().map_or_else(|| argument.get_id().to_string().to_uppercase(), ToString::to_string);
    let is_list = argument.is_positional() && argument.get_num_args().is_some_and(|count| count.max_values() > 1);
    if is_list { format!("{name}...") } else { name }
}

fn about_of(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

fn help_of(argument: &Arg) -> String {
    argument.get_long_help().or_else(|| argument.get_help()).map(ToString::to_string).unwrap_or_default()
}

fn section(page: &mut String, title: &str, lines: &[(String, String)]) {
    if lines.is_empty() {
        return;
    }
    page.push_str(&format!("\n{title}:\n"));
    for (left, right) in lines {
        let mut explained = wrap(&right.replace("\n\n", " "), WIDTH - LEFT).into_iter();
        let first = explained.next().unwrap_or_default();
        if left.chars().count() + 3 > LEFT {
            page.push_str(&format!("  {left}\n{:LEFT$}{first}\n", ""));
        } else {
            page.push_str(&format!("  {left:width$}{first}\n", width = LEFT - 2));
        }
        explained.for_each(|line| page.push_str(&format!("{:LEFT$}{line}\n", "")));
    }
}

const OVERVIEW: &str = "\
infra plans and applies infrastructure, in the cloud and on the hosts, from HCL.

Usage: infra [-chdir=DIR] COMMAND [OPTIONS]

Every day:
  plan        Show what would change
  apply       Make the world as it is written
  destroy     Destroy everything that is managed here
  drift       Show what others changed, and what is not applied yet

Looking:
  show        Show the state, or a saved plan
  output      Show the outputs
  validate    Find mistakes without touching anything
  graph       Print what depends on what
  providers   List the providers that the configuration uses
  login       Keep a vendor's credential in the keyring
  logout      Remove it from there
  version     Show the version

State:
  import      Take over an object that exists already
  state       List, show, move and forget what is recorded
  taint       Mark an object as one that must be replaced
  untaint     Take that mark off again
  refresh     Take over into the state what the world has become
  workspace   List, make, select and delete workspaces
  lock        Show who holds the lock on the state, or break it

Setting up:
  init        Check the folder; never needed before the others
  sim         Serve simulated vendors, to try things without an account

Examples:
  infra plan                        what would change here
  infra apply -auto-approve         change it without asking
  infra plan -out=p && infra apply p
  infra plan -sim                   on a simulated world, without an account

Options have one dash or two. `infra COMMAND -help` tells more of a command.
";
