//! `infra providers`: which providers the configuration uses. All are built in.

use clap::Args;

use super::Exit;
use super::Result;
use super::options::Looks;
use super::options::WorldChoice;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::diag::Diagnostics;
use crate::ops;

/// List the providers that the configuration uses, by module.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.world, place)?;
    let mut diags = Diagnostics::new();
    let used = ops::providers(&session, &mut diags);
    screen.diagnostics(&diags, &session.sources, options.looks.compact_warnings);
    let Some(used) = used.filter(|_| !diags.has_errors()) else { return Ok(Exit::Failed) };
    let mut text = String::from("Providers that the configuration uses, all built in:\n");
    for (module, providers) in used {
        let name = if module.is_root() { ".".to_owned() } else { module.to_string() };
        text.push_str(&format!("{name}\n"));
        for (at, provider) in providers.iter().enumerate() {
            let branch = match (screen.out.unicode, at + 1 == providers.len()) {
                (true, true) => "└── ",
                (true, false) => "├── ",
                (false, _) => "|-- ",
            };
            text.push_str(&format!("{branch}provider[{provider}]\n"));
        }
    }
    screen.print(&text);
    Ok(Exit::Done)
}
