//! `infra state show ADDR`.

use clap::Args;

use super::Reading;
use crate::addr::Target;
use crate::cli::Exit;
use crate::cli::Problem;
use crate::cli::Result;
use crate::cli::options;
use crate::cli::options::Sight;
use crate::cli::place::Place;
use crate::cli::screen::Screen;
use crate::cli::session;
use crate::ops;
use crate::report;

/// Show the object of an instance.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// The instance's address.
    #[arg(value_name = "ADDRESS")]
    addr: String,
    #[command(flatten)]
    sight: Sight,
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let addr = options::instance(&options.addr)?;
    let session = session::local(&options.reading.world, place)?;
    let snapshot = ops::snapshot(&session, !options.sight.show_sensitive)?;
    let Some(instance) = snapshot.instances.get(&addr) else {
        let hint = ops::meant_in_state(&session, &Target::from(&addr));
        let detail = format!(
            "This command requires that the address references one specific instance, and there is no {addr}.{hint} To view \
             the available instances, use \"infra state list\"."
        );
        return Err(Problem::new("No instance found for the given address!", detail));
    };
    let secrets = options.sight.secrets();
    screen.write(|to| {
        instance.objects().try_for_each(|(key, object)| {
            report::object_text(to, &addr, &key, object, &session.registry, screen.out, secrets)
        })
    })?;
    Ok(Exit::Done)
}
