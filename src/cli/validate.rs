//! `infra validate`.

use clap::Args;

use super::Exit;
use super::Result;
use super::options::Json;
use super::options::Looks;
use super::options::WorldChoice;
use super::place::Place;
use super::screen::Screen;
use super::session;
use crate::diag::Diagnostics;
use crate::ops;
use crate::report;

/// Find mistakes without touching anything: no state, no credentials, no values of variables.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.world, place)?;
    let mut diags = Diagnostics::new();
    ops::validate(&session, &mut diags);
    if options.json.json {
        screen.print(&format!("{:#}\n", report::validate_json(&diags, &session.sources)));
    } else {
        if !diags.has_errors() {
            let but = if diags.is_empty() { "" } else { ", but there were some validation warnings as shown below" };
            screen.print(&format!("Success! The configuration is valid{but}.\n"));
        }
        screen.diagnostics(&diags, &session.sources, options.looks.compact_warnings);
    }
    Ok(if diags.has_errors() { Exit::Failed } else { Exit::Done })
}
