//! The verbs and their options, as the parser knows them.

use clap::Parser;
use clap::Subcommand;

use super::apply;
use super::drift;
use super::graph;
use super::import;
use super::init;
use super::lock;
use super::login;
use super::output;
use super::plan;
use super::providers;
use super::show;
use super::sim;
use super::state;
use super::taint;
use super::validate;
use super::version;
use super::workspace;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "infra", args_override_self = true, disable_help_flag = true, disable_help_subcommand = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// A verb.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Init(init::Options),
    Validate(validate::Options),
    Plan(plan::PlanOptions),
    Apply(apply::Options),
    /// Destroy everything that is managed here.
    ///
    /// The same as `infra apply -destroy`: plans, shows the plan, asks, and performs it.
    Destroy(apply::Options),
    Refresh(apply::RefreshOptions),
    Drift(drift::Options),
    Show(show::Options),
    Output(output::Options),
    Graph(graph::Options),
    Import(import::Options),
    #[command(subcommand)]
    State(state::Command),
    /// Mark an object as one that must be replaced.
    Taint(taint::Options),
    /// Take that mark off again.
    Untaint(taint::Options),
    #[command(subcommand)]
    Workspace(workspace::Command),
    #[command(subcommand)]
    Lock(lock::Command),
    ForceUnlock(lock::Unlock),
    Providers(providers::Options),
    Login(login::LoginOptions),
    Logout(login::LogoutOptions),
    Sim(sim::Options),
    Version(version::Options),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_definitions_are_sound_and_every_verb_is_in_the_overview() {
        Cli::command().debug_assert();
        let overview = crate::cli::help::overview();
        for verb in Cli::command().get_subcommands() {
            let name = verb.get_name();
            assert!(
                overview.contains(&format!("\n  {name} ")) || name == "force-unlock",
                "{name} is not in the overview"
            );
        }
    }
}
