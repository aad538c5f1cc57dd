//! Importing one object by its vendor's id.

use super::ApplyOptions;
use super::Failure;
use super::Loaded;
use super::PlanRequest;
use super::Session;
use crate::addr::InstanceAddr;
use crate::addr::Target;
use crate::addr::meant;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::plan::Action;
use crate::state::Lock;
use crate::value::Str;

/// Records the object of an id under an address that the configuration has. Says whether it was done.
pub async fn import(
    session: &Session,
    lock: &Lock,
    addr: &InstanceAddr,
    id: &str,
    mut request: PlanRequest,
    diags: &mut Diagnostics,
) -> Result<bool, Failure> {
    let Some(loaded) = super::load(session, diags) else { return Ok(false) };
    if let Some(diagnostic) = undeclared(&loaded, addr) {
        diags.push(diagnostic);
        return Ok(false);
    }
    let state = session.backend.load()?;
    if state.snapshot.current(addr).is_some() {
        let detail =
            format!("{addr} is in the state already. To import another object, remove this one from the state first.");
        diags.push(Diagnostic::error("Resource already managed by infra", detail));
        return Ok(false);
    }
    request.options.refresh = false;
    request.options.imports = vec![(addr.clone(), Str::from(id))];
    request.options.targets = vec![Target::from(addr)];
    let mut found = Diagnostics::new();
    let planned = super::plan::make(session, &request, loaded, state.snapshot, &mut found).await?;
    // That this is about one object only is no news.
    diags.extend(found.into_iter().filter(|diagnostic| diagnostic.summary != "Resource targeting is in effect"));
    let Some(mut planned) = planned else { return Ok(false) };
    if planned.made.plan.errored {
        return Ok(false);
    }
    let found = planned.made.plan.changes.iter().any(|change| change.addr == *addr && change.importing.is_some());
    if !found {
        let made: Vec<InstanceAddr> =
            planned.made.plan.changes.iter().map(|change| change.addr.clone()).filter(|known| known != addr).collect();
        let hint = meant(&Target::from(addr), &made);
        let detail = format!("The configuration makes no instance {addr}.{hint}");
        diags.push(Diagnostic::error("Cannot import to non-existent resource address", detail));
        return Ok(false);
    }
    // Only recorded: what differs from the configuration is for the next plan to say.
    for change in planned.made.plan.changes.iter_mut() {
        change.action = Action::NoOp;
    }
    planned.made.plan.changes.retain(|change| change.addr == *addr);
    planned.made.plan.outputs.clear();
    planned.made.plan.targets.clear();
    planned.made.plan.steps = crate::plan::StepGraph::default();
    let applied = super::apply(session, planned, lock, ApplyOptions::default(), diags).await?;
    let Some(applied) = applied else { return Ok(false) };
    let done = !applied.outcome.diags.has_errors();
    diags.extend(applied.outcome.diags);
    Ok(done)
}

/// What is wrong where the configuration has no such resource.
fn undeclared(loaded: &Loaded, addr: &InstanceAddr) -> Option<Diagnostic> {
    let mut module = loaded.config.root();
    for name in addr.module.path().names() {
        module = loaded.config.module(module.calls.get(name)?.module?);
    }
    let is_meant = |resource: &crate::config::Resource| {
        (resource.mode, &resource.ty, &resource.name) == (addr.mode, &addr.ty, &addr.name)
    };
    if module.resources.values().any(is_meant) {
        return None;
    }
    let place = if addr.module.is_root() { "the root module".to_owned() } else { addr.module.to_string() };
    let detail = format!(
        "Before importing this resource, please create its configuration in {place}. For example:\n\nresource \"{}\" \
         \"{}\" {{\n  # (resource arguments)\n}}",
        addr.ty, addr.name
    );
    let resource = addr.with_key(crate::addr::InstanceKey::None);
    Some(Diagnostic::error(format!("resource address \"{resource}\" does not exist in the configuration."), detail))
}
