//! `infra init`: reads the configuration and says whether it can be worked with. Nothing is downloaded.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::Result;
use super::options::Looks;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::place::World;
use super::screen::Screen;
use super::session;
use crate::diag::Diagnostics;
use crate::ops;

/// Check the folder. Never needed before the others: providers are built in, and nothing is downloaded.
#[derive(Debug, Args)]
pub(super) struct Options {
    // Accepted for who is used to them: there is nothing that they could do here.
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    input: Option<bool>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    upgrade: Option<bool>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    reconfigure: Option<bool>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    migrate_state: Option<bool>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    force_copy: Option<bool>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    backend: Option<bool>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    get: Option<bool>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = boolean)]
    lock: Option<bool>,
    #[arg(long, hide = true)]
    lock_timeout: Option<String>,
    #[arg(long, hide = true)]
    backend_config: Vec<String>,
    #[arg(long, hide = true)]
    plugin_dir: Vec<PathBuf>,
    #[arg(long, hide = true)]
    lockfile: Option<String>,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let session = session::local(&options.world, place)?;
    let mut diags = Diagnostics::new();
    let is_simulated = place.world(&options.world) != World::Real;
    let is_empty = ops::init(&session, is_simulated, &mut diags);
    if diags.has_errors() {
        screen.say("infra found problems in the configuration. Mend them and try again.");
        screen.diagnostics(&diags, &session.sources, options.looks.compact_warnings);
        return Ok(Exit::Failed);
    }
    let text = if is_empty {
        "The folder has no configuration yet: there are no files that end in .tf or .infra.hcl.\n"
    } else {
        "Everything that is needed is here: providers are built in, and the configuration can be read.\n\nTo see what \
         would change, run:\n  infra plan\n"
    };
    screen.print(text);
    screen.diagnostics(&diags, &session.sources, options.looks.compact_warnings);
    Ok(Exit::Done)
}
