//! `infra import ADDR ID`: takes over an object that exists already.

use clap::Args;

use super::Exit;
use super::Result;
use super::credentials;
use super::options;
use super::options::Locking;
use super::options::Looks;
use super::options::WorldChoice;
use super::place::Place;
use super::screen::Screen;
use super::session;
use super::signals::Signals;
use super::variables::Inputs;
use super::view::View;
use crate::diag::Diagnostics;
use crate::ops;
use crate::ops::PlanRequest;
use crate::report::Secrets;

/// Take over an object that exists already.
///
/// Records the object with the vendor's id ID as the instance ADDRESS, which the configuration must have. Changes nothing
/// in the world. To plan imports together with everything else, write `import` blocks.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  infra import digitalocean_droplet.web 12345678\n  infra import \
    'digitalocean_droplet.web[\"a\"]' 12345678")]
pub(super) struct Options {
    /// The instance's address.
    #[arg(value_name = "ADDRESS")]
    addr: String,
    /// What the vendor calls the object.
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    locking: Locking,
    #[command(flatten)]
    world: WorldChoice,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let addr = options::instance(&options.addr)?;
    let runtime = session::runtime()?;
    let mut session = session::open(&options.world, place, screen, &runtime)?;
    let variables = options.inputs.gather(&session, place, screen)?;
    let mut view = View::begin(screen, false, options.looks.compact_warnings, Secrets::Hidden);
    let asked = credentials::ask_for_missing(&mut session, place, &view, options.inputs.may_ask(screen));
    view.follow(&mut session, None);
    let lock = ops::lock(&session, "OperationTypeImport", options.locking.lock_timeout)?;
    let signals = Signals::listen(&runtime, &session);
    let mut diags = Diagnostics::new();
    let request = PlanRequest { variables, ..PlanRequest::default() };
    let done = runtime.block_on(ops::import(&session, &lock, &addr, &options.id, request, &mut diags));
    drop(signals);
    view.pause();
    let done = done?;
    if done {
        screen.print(&format!(
            "{addr}: Import complete! [id={}]\n\nImport successful! What differs from the configuration, the next plan \
             shows.\n",
            options.id
        ));
    }
    view.diagnostics(&diags, &session.sources);
    if let Some(asked) = asked.filter(|_| done) {
        asked.offer()?;
    }
    Ok(if done { Exit::Done } else { Exit::Failed })
}
