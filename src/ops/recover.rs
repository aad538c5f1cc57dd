//! Recovery: what earlier runs began and whose end is not known is found out before anything is planned.
//!
//! Gives the records that close what was open; `plan` folds them in memory only, `apply` puts them into the journal first.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::Session;
use super::clients::finding_cx;
use super::driver::Connected;
use super::driver::connect;
use super::receipt;
use super::receipt::Word;
use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::plan::Input;
use crate::plan::Mode;
use crate::plan::Options;
use crate::plan::of_error;
use crate::plan::settle;
use crate::provider::AnyResource;
use crate::provider::BatchKey;
use crate::provider::Client;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::MemberEnd;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::state;
use crate::state::DeposedKey;
use crate::state::Event;
use crate::state::ObjectKey;
use crate::state::OpenIntent;
use crate::state::Record;
use crate::state::Snapshot;
use crate::state::fold;
use crate::value::Object;
use crate::value::Str;

/// Resolves every open intent of the input's state, and puts the state in which they are into the input.
pub(super) async fn recover(session: &Session, input: &mut Input, diags: &mut Diagnostics) -> Vec<Record> {
    if input.prior.open.is_empty() {
        return Vec::new();
    }
    let providers = input.prior.open.iter().map(|open| open.intent.provider.clone()).collect();
    let asked = std::mem::replace(&mut input.options, Options { mode: Mode::Destroy, ..Options::default() });
    let (connected, found) = connect(session, input, &providers).await;
    input.options = asked;
    if connected.len() < providers.len() {
        // Why a provider cannot be used; else what is wrong is for the planning to say that is about to begin.
        diags.extend(found);
    }
    let mut words = receipt::words(session, input, &connected).await;
    let mut snapshot = (*input.prior).clone();
    let mut recovery =
        Recovery { session, input, connected: &connected, claimed: Claimed::of(&snapshot), records: Vec::new() };
    for open in input.prior.open.iter() {
        let is_decided = input.options.imports.iter().any(|(addr, _)| *addr == open.instance);
        let resolved = match words.remove(&open.seq) {
            // Somebody says which object it is.
            _ if is_decided => Ok(gone(&snapshot, open)),
            Some(Word::End(end)) => Ok(ended(input, &snapshot, open, end)),
            Some(Word::Silent(why)) => {
                diags.push(silent(open, &why).address(open.instance.to_string()));
                continue;
            }
            Some(Word::None) | None => recovery.resolve(&snapshot, open).await,
        };
        match resolved {
            Ok(events) => recovery.take(&mut snapshot, open, events),
            Err(diagnostic) => diags.push(diagnostic.address(open.instance.to_string())),
        }
    }
    let records = recovery.records;
    input.prior = Arc::new(snapshot);
    records
}

/// The records that lead from a state with open intents to the one in which they were resolved.
pub(super) fn closing(base: &Snapshot, resolved: &Snapshot) -> Vec<Record> {
    let still: BTreeSet<u64> = resolved.open.iter().map(|open| open.seq).collect();
    let mut records = Vec::new();
    for open in base.open.iter().filter(|open| !still.contains(&open.seq)) {
        let record = |event| Record::of_object(open.step, open.instance.clone(), open.object.clone(), open.op, event);
        let events = match (resolved.object(&open.instance, &open.object), open.op) {
            // The object that had made room is back: nothing was made.
            (Some(_), state::Op::Create) if is_restored(resolved, open) => gone(base, open),
            (Some(object), _) => vec![Event::Adopt { object: object.clone() }],
            (None, state::Op::Create) => gone(base, open),
            (None, _) => vec![Event::Done { object: None }],
        };
        records.extend(events.into_iter().map(record));
    }
    records
}

/// Whether the object that an intent deposed is current again.
fn is_restored(resolved: &Snapshot, open: &OpenIntent) -> bool {
    let deposed = |key: &DeposedKey| resolved.object(&open.instance, &ObjectKey::Deposed(key.clone())).is_some();
    open.intent.deposes.as_ref().is_some_and(|key| !deposed(key))
}

/// What finding out has to go by.
struct Recovery<'a> {
    session: &'a Session,
    input: &'a Input,
    connected: &'a Connected,
    claimed: Claimed,
    records: Vec<Record>,
}

impl Recovery<'_> {
    /// Takes in how one intent ended.
    fn take(&mut self, snapshot: &mut Snapshot, open: &OpenIntent, events: Vec<Event>) {
        for event in events {
            if let Event::Adopt { object } = &event {
                self.claimed.add(&open.instance.ty, &object.attributes);
            }
            let seq = snapshot.seq + 1;
            let record = Record {
                seq,
                ..Record::of_object(open.step, open.instance.clone(), open.object.clone(), open.op, event)
            };
            fold(snapshot, [&record]);
            self.records.push(record);
        }
    }

    async fn resolve(&self, snapshot: &Snapshot, open: &OpenIntent) -> Result<Vec<Event>, Diagnostic> {
        let Some(ty) = self.input.registry.resource(&open.instance.ty) else {
            let detail =
                format!("There is no type {} any more, so it cannot be found out how it ended.", open.instance.ty);
            return Err(Diagnostic::error("Interrupted operation cannot be resolved", detail));
        };
        let Some((_, client)) = self.connected.get(&open.intent.provider) else {
            let detail = format!(
                "An earlier run was interrupted while it worked on {}; the provider {} is needed to find out how that \
                 ended, and is not configured. Put its block back.",
                open.instance, open.intent.provider
            );
            return Err(Diagnostic::error("Interrupted operation cannot be resolved", detail));
        };
        match open.op {
            state::Op::Create => self.find(&*ty, client, snapshot, open).await,
            _ => look(self.session, &*ty, client, snapshot, open).await,
        }
    }

    /// A create: what it made is looked for, for as long as it may still turn up.
    async fn find(
        &self,
        ty: &dyn AnyResource,
        client: &Client,
        snapshot: &Snapshot,
        open: &OpenIntent,
    ) -> Result<Vec<Event>, Diagnostic> {
        let session = self.session;
        let cx = finding_cx(session, &open.intent.op_id, &snapshot.tag(), open.intent.private.clone());
        let planned = open.intent.planned.clone().unwrap_or_else(|| ty.schema().empty());
        let intent = Intent {
            op: open.intent.op_id.clone(),
            planned: planned.clone(),
            partial: open.partial.clone(),
            private: open.intent.private.clone(),
            before: open.intent.before.clone(),
            since: open.intent.time,
            claimed: self.claimed.by_others(open),
        };
        if !session.finds {
            return Ok(gone(snapshot, open));
        }
        let window = ty.consistency_window();
        loop {
            match ty.find(client, &cx, &intent).await {
                Ok(Found::One(object)) => {
                    return Ok(vec![Event::Adopt { object: adopted(ty, open, &planned, &object, cx.private()) }]);
                }
                Ok(Found::Absent) => {
                    let age =
                        Duration::try_from(session.clock.now().duration_since(open.intent.time)).unwrap_or_default();
                    if age >= window {
                        return Ok(gone(snapshot, open));
                    }
                    let rest = (window - age).min(Duration::from_secs(1));
                    session.clock.sleep(rest).await;
                }
                Ok(Found::Ambiguous(candidates)) => return Err(ambiguous(open, &candidates)),
                Err(error) => return Err(of_error(&error)),
            }
        }
    }
}

/// A member of a bundle, as its receipt has it.
fn ended(input: &Input, snapshot: &Snapshot, open: &OpenIntent, end: MemberEnd) -> Vec<Event> {
    let known = snapshot.object(&open.instance, &open.object);
    let kept = |error: String, private: Option<serde_json::Value>| {
        let Some(known) = known else { return gone(snapshot, open) };
        let private = private.unwrap_or_else(|| known.private.clone());
        vec![Event::Failed { error, object: Some(state::Object { private, ..known.clone() }) }]
    };
    match end {
        MemberEnd::Applied { object: None, .. } => vec![Event::Done { object: None }],
        MemberEnd::Applied { object: Some(found), private } => {
            let ty = input.registry.resource(&open.instance.ty).expect("a receipt is asked for known types only");
            let planned = open.intent.planned.clone().unwrap_or_else(|| ty.schema().empty());
            vec![Event::Adopt { object: adopted(&*ty, open, &planned, &found, private) }]
        }
        MemberEnd::Restored { private } => kept("it was put back".to_owned(), Some(private)),
        MemberEnd::Untouched => kept("it was not reached".to_owned(), None),
        MemberEnd::Failed { error, private } => kept(error.to_string(), Some(private)),
    }
}

/// The host cannot be asked: what was begun there stays open, and the rest goes on without it.
fn silent(open: &OpenIntent, why: &str) -> Diagnostic {
    let detail = format!(
        "An earlier run was interrupted while it worked on {}, and its host cannot say how that ended: {why}. It is asked \
         again at the next run; until then what was last known of it is taken for true.",
        open.instance
    );
    Diagnostic::warning("Interrupted operation cannot be resolved yet", detail)
}

/// An update or a delete: the object is read again.
async fn look(
    session: &Session,
    ty: &dyn AnyResource,
    client: &Client,
    snapshot: &Snapshot,
    open: &OpenIntent,
) -> Result<Vec<Event>, Diagnostic> {
    let Some(known) = snapshot.object(&open.instance, &open.object) else {
        return Ok(vec![Event::Done { object: None }]);
    };
    let private = open.intent.private.clone();
    let cx = finding_cx(session, &open.intent.op_id, &snapshot.tag(), private.clone());
    let key = ty.read_key(&known.attributes).unwrap_or_else(|| BatchKey(open.instance.to_string()));
    let item = ReadItem { prior: (*known.attributes).clone(), private: private.clone() };
    let read = ty.read_batch(client, &cx, &key, std::slice::from_ref(&item)).await.into_iter().next();
    let (object, private) = match read {
        None | Some(Ok(Read::Absent)) => return Ok(vec![Event::Done { object: None }]),
        Some(Ok(Read::Present(object))) => (object, private),
        Some(Ok(Read::Noted(object, note))) => (object, note),
        Some(Ok(Read::Stale(why))) => {
            let detail = format!(
                "An earlier run was interrupted while it worked on {}, and how that ended cannot be seen now: {why}.",
                open.instance
            );
            return Err(Diagnostic::error("Interrupted operation cannot be resolved", detail));
        }
        Some(Err(error)) => return Err(of_error(&error)),
    };
    let attributes = Arc::new(settle(ty.schema(), &known.attributes, &object));
    Ok(vec![Event::Adopt { object: state::Object { attributes, private, ..known.clone() } }])
}

/// The object that was found, as it is recorded. What it was meant to be and cannot be read is as planned.
fn adopted(
    ty: &dyn AnyResource,
    open: &OpenIntent,
    planned: &Object,
    found: &Object,
    private: serde_json::Value,
) -> state::Object {
    state::Object {
        provider: open.intent.provider.clone(),
        schema_version: open.intent.schema_version,
        attributes: Arc::new(settle(ty.schema(), planned, found)),
        private,
        dependencies: Arc::clone(&open.intent.dependencies),
        create_before_destroy: open.intent.create_before_destroy,
        tainted: false,
        version: 0,
    }
}

/// Nothing was made: the object that had made room for it is current again.
fn gone(snapshot: &Snapshot, open: &OpenIntent) -> Vec<Event> {
    let failed = Event::Failed { error: "it was never made".to_owned(), object: None };
    let is_free = open.object == ObjectKey::Current && snapshot.current(&open.instance).is_none();
    let key = open.intent.deposes.clone().filter(|_| is_free);
    std::iter::once(failed).chain(key.map(|key| Event::Restored { key })).collect()
}

/// Ids of objects that are accounted for, by type: in the state, or noted by operations whose end is not known.
struct Claimed {
    /// With how many claim it: an operation's own note claims nothing against itself.
    ids: BTreeMap<Str, BTreeMap<String, usize>>,
}

impl Claimed {
    fn of(snapshot: &Snapshot) -> Self {
        let mut claimed = Self { ids: BTreeMap::new() };
        for (addr, instance) in &snapshot.instances {
            instance.objects().for_each(|(_, object)| claimed.add(&addr.ty, &object.attributes));
        }
        for open in &snapshot.open {
            open.partial.iter().for_each(|partial| claimed.add(&open.instance.ty, partial));
        }
        claimed
    }

    fn add(&mut self, ty: &Str, object: &Object) {
        if let Some(id) = id(object) {
            *self.ids.entry(Str::clone(ty)).or_default().entry(id).or_default() += 1;
        }
    }

    /// All but what only this intent has noted.
    fn by_others(&self, open: &OpenIntent) -> Vec<String> {
        let own = open.partial.as_ref().and_then(id);
        let ids = self.ids.get(&open.instance.ty).into_iter().flatten();
        let others = ids.filter(|(id, count)| own.as_ref() != Some(*id) || **count > 1);
        others.map(|(id, _)| id.clone()).collect()
    }
}

fn id(object: &Object) -> Option<String> {
    object.get("id").and_then(|id| id.as_str().map(str::to_owned))
}

fn ambiguous(open: &OpenIntent, candidates: &[(String, String)]) -> Diagnostic {
    let list = candidates.iter().map(|(id, about)| format!("\n  {id}  {about}")).collect::<String>();
    let detail = format!(
        "An earlier run was interrupted while it made {}, and several objects could be it:{list}\n\nTo take one over, run \
         `infra import '{}' ID`. If none is it, run `infra state rm '{}'`, and delete by hand what should not be.",
        open.instance, open.instance, open.instance
    );
    Diagnostic::error("Interrupted operation is ambiguous", detail)
}
