//! Applying: what was planned is performed, recorded, and becomes the state.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::Failure;
use super::Planned;
use super::Session;
use super::clients;
use super::digest::digest;
use super::unmark::unmark;
use super::world::are_same_accounts;
use crate::apply::Ended;
use crate::apply::Event;
use crate::apply::Outcome;
use crate::apply::Run;
use crate::apply::perform;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::plan::Plan;
use crate::state;
use crate::state::Lock;
use crate::state::LockInfo;
use crate::state::Notice;
use crate::state::OpenIntent;
use crate::state::Record;
use crate::state::Snapshot;
use crate::state::Stored;

/// How a plan is performed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApplyOptions {
    /// How many calls may run at once; `None` for as many as the order allows.
    pub parallelism: Option<usize>,
}

/// What applying came to.
#[derive(Debug)]
pub struct Applied {
    /// How the steps ended.
    pub outcome: Outcome,
    /// The state as it is now.
    pub snapshot: Arc<Snapshot>,
    /// What became of it on the disk.
    pub stored: Stored,
    /// How many records and syncs the journal took, and its bytes.
    pub written: state::Written,
}

/// Locks the workspace, telling who waits for whom.
pub fn lock(session: &Session, operation: &str, timeout: Duration) -> Result<Lock, Failure> {
    if !timeout.is_zero()
        && let Ok(Some(holder)) = session.backend.holder()
    {
        let text = format!("Waiting for the state lock, held by {} ({}).", holder.who, holder.operation);
        session.observer.event(Event::Notice(text));
    }
    let info = LockInfo {
        id: uuid::Uuid::new_v4().to_string(),
        operation: operation.to_owned(),
        info: String::new(),
        who: session.who.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        created: session.clock.now().to_string(),
        path: session.workspace.clone(),
    };
    Ok(session.backend.lock(info, timeout)?)
}

/// Performs a plan under a lock. Refuses one that is no longer about this state; says so in `diags` and gives `None`.
pub async fn apply(
    session: &Session,
    planned: Planned,
    lock: &Lock,
    options: ApplyOptions,
    diags: &mut Diagnostics,
) -> Result<Option<Applied>, Failure> {
    let mut loaded = session.backend.load()?;
    if loaded.is_new {
        // A history that is not stored yet is named anew by each reading; the marks at the vendors carry the plan's name.
        Arc::make_mut(&mut loaded.snapshot).lineage.clone_from(&planned.base.lineage);
    }
    // Who only takes objects over makes nothing a second time.
    let acts = !planned.made.plan.steps.steps.is_empty();
    if let Some(diagnostic) = super::foreign_state(session, true)?.filter(|_| acts) {
        diags.push(diagnostic);
        return Ok(None);
    }
    if let Some(diagnostic) = stale(&planned, &loaded.snapshot) {
        diags.push(diagnostic);
        return Ok(None);
    }
    // Another run may have begun on another account since this was planned.
    let world = match super::world::check(session, &loaded.snapshot, &planned.accounts) {
        Ok(world) => world,
        Err(diagnostic) => {
            diags.push(*diagnostic);
            return Ok(None);
        }
    };
    // That another credential of the same account was seen is recorded beside what changes, and changes nothing alone.
    let world = world.filter(|world| acts || !are_same_accounts(loaded.snapshot.world.as_ref(), world));
    let digest = digest(&planned.made.plan);
    let journal = Arc::new(session.backend.journal(lock, &loaded.snapshot, session.journal)?);
    notices(session, journal.notices());
    let mut first: Vec<Record> = planned.recovered.clone();
    first.extend(world.map(|world| Record::of_run(state::Event::World(world))));
    let is_written = first.is_empty()
        || match journal.commit(first).await {
            Ok(_) => true,
            Err(error) => {
                diags.push(Diagnostic::error("Journal cannot be written", format!("{error}. Nothing was done.")));
                false
            }
        };
    if !is_written {
        return Ok(None);
    }
    unmark(session, &planned).await;
    let make = {
        let parts = session.parts();
        Box::new(move |name: &str, config: &crate::value::Object| clients::make(&parts, name, config))
    };
    let is_targeted = !planned.made.plan.targets.is_empty();
    let unresolved = planned.input.prior.open.iter().filter(|open| !is_gone(&planned.made.plan, open));
    let unresolved = unresolved.map(|open| open.instance.clone()).collect();
    let run = Run {
        input: &planned.input,
        made: planned.made,
        clients: planned.clients,
        configure: make,
        journal: Arc::clone(&journal),
        clock: Arc::clone(&session.clock),
        stop: session.stop.clone(),
        cancel: session.cancel.clone(),
        observer: Arc::clone(&session.observer),
        parallelism: options.parallelism,
        unresolved,
        digest,
    };
    let mut outcome = perform(run).await;
    let written = journal.counters();
    let records = close(journal);
    if is_targeted {
        outcome.diags.push(incomplete());
    }
    if outcome.ended == Ended::Interrupted {
        outcome.diags.push(interrupted());
    }
    let mut snapshot = match records {
        Some(records) => {
            let mut snapshot = Arc::unwrap_or_clone(loaded.snapshot);
            state::fold(&mut snapshot, &records);
            snapshot
        }
        None => Arc::unwrap_or_clone(session.backend.load()?.snapshot),
    };
    declare(session, &mut snapshot);
    let stored = match session.backend.store(lock, &snapshot) {
        Ok(stored) => stored,
        Err(error) => {
            outcome.diags.push(unstored(&error));
            Stored { serial: snapshot.serial, changed: false, notices: Vec::new() }
        }
    };
    notices(session, &stored.notices);
    Ok(Some(Applied { outcome, snapshot: Arc::new(snapshot), stored, written }))
}

/// Whether what an intent is about was found to be gone, and with it whatever was begun there.
fn is_gone(plan: &Plan, open: &OpenIntent) -> bool {
    plan.drift.iter().any(|drift| {
        let addr = drift.previous.as_ref().unwrap_or(&drift.addr);
        drift.after.is_none() && drift.object == open.object && *addr == open.instance
    })
}

/// Says to the state what the types of its objects look like.
pub(super) fn declare(session: &Session, snapshot: &mut Snapshot) {
    let types: std::collections::BTreeSet<(crate::addr::Mode, crate::value::Str)> =
        snapshot.instances.keys().map(|addr| (addr.mode, addr.ty.clone())).collect();
    for (mode, ty) in types {
        let schema = match mode {
            crate::addr::Mode::Managed => session.registry.resource(&ty).map(|ty| ty.schema().clone()),
            crate::addr::Mode::Data => session.registry.data(&ty).map(|source| source.schema().clone()),
        };
        if let Some(schema) = schema {
            let sealed = schema.root().attributes().iter().filter(|(_, attribute)| attribute.sealed);
            let sealed = sealed.map(|(name, _)| name.clone()).collect();
            let declared = state::Declared { ty: schema.ty(), sealed };
            snapshot.declare(mode, &ty, schema.version, declared);
        }
    }
}

/// Whether an object that the plan read has changed since, or one came where there was none.
fn stale(planned: &Planned, now: &Snapshot) -> Option<Diagnostic> {
    let then = &planned.base;
    if now.lineage == then.lineage && now.seq == then.seq {
        return None;
    }
    let known: BTreeSet<u64> = then.open.iter().map(|open| open.seq).collect();
    let is_begun = |open: &&state::OpenIntent| {
        !known.contains(&open.seq) && planned.made.plan.changes.iter().any(|change| change.addr == open.instance)
    };
    if let Some(open) = now.open.iter().find(is_begun) {
        let detail = format!(
            "After the plan was created, another run began to work on {} and was interrupted: what came of that is not \
             known to the plan. Make a new plan.",
            open.instance
        );
        return Some(Diagnostic::error("Saved plan is stale", detail));
    }
    let is_new = then.seq == 0 && then.instances.is_empty();
    if now.lineage != then.lineage && !is_new {
        let detail = "The plan was made for a state of another history. Make a new plan.";
        return Some(Diagnostic::error("Saved plan does not match the given state", detail));
    }
    let version = |snapshot: &Snapshot, addr: &crate::addr::InstanceAddr| {
        snapshot
            .instances
            .get(addr)
            .map(|instance| instance.objects().map(|(key, object)| (key, object.version)).collect::<Vec<_>>())
    };
    let changed = planned.made.plan.changes.iter().find(|change| {
        let addr = change.previous_addr.as_ref().unwrap_or(&change.addr);
        version(then, addr) != version(now, addr)
    });
    changed.map(|change| {
        let detail = format!(
            "The given plan file can no longer be applied because the state was changed by another operation after the \
             plan was created: {} is no longer what the plan read. Make a new plan.",
            change.addr
        );
        Diagnostic::error("Saved plan is stale", detail)
    })
}

/// The journal has all of it, so nothing is lost; but whoever reads the file alone does not see it.
fn unstored(error: &state::BackendError) -> Diagnostic {
    let cause = crate::diag::with_causes(error);
    let detail = format!(
        "{cause}. What was done is recorded in the journal beside the state, and the next run takes it from there; make \
         it possible to write the state, and leave the journal where it is."
    );
    Diagnostic::error("State could not be written", detail)
}

fn incomplete() -> Diagnostic {
    let detail = "The plan was created with the -target option in effect, so some changes requested in the configuration may \
                  have been ignored and the output values may not be fully updated. Run the following command to verify \
                  that no other changes are pending:\n    infra plan\n\nNote that the -target option is not suitable for \
                  routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, \
                  or when infra specifically suggests to use it as part of an error message.";
    Diagnostic::warning("Applied changes may be incomplete", detail)
}

fn interrupted() -> Diagnostic {
    let detail =
        "What had begun was brought to its end and recorded; nothing else was begun. Run `infra apply` to go on.";
    Diagnostic::error("Interrupted", detail)
}

pub(super) fn notices(session: &Session, notices: &[Notice]) {
    for notice in notices {
        let text = match notice {
            Notice::KeyMade { path } => format!(
                "A key for the sensitive values in the state was made: {}. Keep a copy: without it they cannot be read.",
                path.display()
            ),
        };
        session.observer.event(Event::Notice(text));
    }
}

/// Ends the journal's thread, when nobody else writes any more. Gives what it wrote, where that is sure.
pub(super) fn close(journal: Arc<state::Journal>) -> Option<Vec<Record>> {
    Arc::into_inner(journal)?.close()
}
