//! `infra state list`.

use clap::Args;

use super::Reading;
use crate::addr::Target;
use crate::cli::Exit;
use crate::cli::Problem;
use crate::cli::Result;
use crate::cli::options;
use crate::cli::place::Place;
use crate::cli::screen::Screen;
use crate::cli::session;
use crate::ops;

/// List the instances that have objects.
#[derive(Debug, Args)]
pub(in crate::cli) struct Options {
    /// Only these: modules, resources or instances.
    #[arg(value_name = "ADDRESS")]
    addrs: Vec<String>,
    /// Only those whose object the vendor calls so.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    reading: Reading,
}

pub(super) fn run(options: &Options, place: &Place, screen: &Screen) -> Result {
    let targets = options.addrs.iter().map(|text| options::target(text)).collect::<Result<Vec<Target>>>()?;
    let session = session::local(&options.reading.world, place)?;
    let snapshot = ops::snapshot(&session, true)?;
    for target in &targets {
        if !snapshot.instances.keys().any(|addr| target.covers(addr)) {
            return Err(absent(target, &ops::meant_in_state(&session, target)));
        }
    }
    let with_id = snapshot.instances.iter().filter(|(_, instance)| {
        let Some(wanted) = &options.id else { return true };
        let id = instance.current.as_ref().and_then(|object| object.attributes.get("id"));
        id.and_then(|id| id.as_str()) == Some(wanted)
    });
    let shown = with_id.filter(|(addr, _)| targets.is_empty() || targets.iter().any(|target| target.covers(addr)));
    screen.write(|to| {
        shown.filter(|(_, instance)| instance.current.is_some()).try_for_each(|(addr, _)| writeln!(to, "{addr}"))
    })?;
    Ok(Exit::Done)
}

fn absent(target: &Target, hint: &str) -> Problem {
    let (summary, what) = match &target.resource {
        Some(_) => ("Unknown resource", "resource"),
        None => ("Unknown module", "module instance"),
    };
    let detail = format!(
        "The current state contains no {what} {target}.{hint} If you've just added this resource to the configuration, you must \
         run \"infra apply\" first to create the resource's entry in the state."
    );
    Problem::new(summary, detail)
}
