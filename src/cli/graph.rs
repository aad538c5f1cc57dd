//! `infra graph`: what depends on what, for Graphviz.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::Result;
use super::options::Looks;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::diag::Diagnostics;
use crate::ops;

/// Print what depends on what, in Graphviz's language.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  infra graph | dot -Tsvg > graph.svg")]
pub(super) struct Options {
    // Accepted for who is used to them: there is one graph, it is the same for every kind of plan, and it has no cycles.
    #[arg(long = "type", hide = true, value_parser = ["plan", "plan-refresh-only", "plan-destroy", "apply"])]
    kind: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    draw_cycles: Option<bool>,
    #[arg(long, hide = true)]
    plan: Option<PathBuf>,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.world, place)?;
    let mut diags = Diagnostics::new();
    let graph = ops::graph(&session, &mut diags);
    screen.diagnostics(&diags, &session.sources, options.looks.compact_warnings);
    let Some(graph) = graph.filter(|_| !diags.has_errors()) else { return Ok(Exit::Failed) };
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text =
        String::from("digraph G {\n  rankdir = \"RL\";\n  node [shape = rect, fontname = \"sans-serif\"];\n");
    for name in graph.keys() {
        let name = quoted(&name.to_string());
        text.push_str(&format!("  {name} [label={name}];\n"));
    }
    for (from, needs) in &graph {
        for to in needs {
            text.push_str(&format!("  {} -> {};\n", quoted(&from.to_string()), quoted(&to.to_string())));
        }
    }
    text.push_str("}\n");
    screen.print(&text);
    Ok(Exit::Done)
}
