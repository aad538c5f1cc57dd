//! A bundle's call: one operation on one host, an intent for each member and a result for each.

use std::sync::Arc;

use super::call::Call;
use super::call::End;
use super::call::Finished;
use super::call::Part;
use super::record::durable;
use super::run::Prepared;
use super::run::State;
use crate::plan::Op;
use crate::plan::Secrets;
use crate::plan::StepId;
use crate::plan::equal_objects;
use crate::plan::hidden;
use crate::plan::host_of;
use crate::provider::Client;
use crate::provider::Connection;
use crate::provider::Cx;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::provider::MemberEnd;
use crate::provider::NoRecord;
use crate::provider::ProviderError;
use crate::state::Event;
use crate::state::Journal;
use crate::state::Record;
use crate::value::Object;

/// A prepared bundle.
struct Bundle {
    step: StepId,
    connection: Arc<dyn Connection>,
    client: Client,
    cx: Cx,
    journal: Arc<Journal>,
    calls: Vec<Call>,
    /// What else is on the host and has secrets.
    beside: Vec<Arc<Object>>,
}

impl State<'_> {
    pub(super) fn prepare_bundle(&mut self, step: StepId, members: &[(usize, Op)]) -> Prepared {
        let mut calls = Vec::with_capacity(members.len());
        let mut found = None;
        for (at, op) in members {
            let change = self.run.made.plan.changes[*at].clone();
            let Some(ty) = self.run.input.registry.resource(&change.addr.ty) else { return Prepared::Failed };
            let Some((connection, client)) = self.client(&change) else { return Prepared::Failed };
            let planned = match op {
                Op::Create | Op::Update => match self.planned(&change, *op, &*ty) {
                    Some(planned) => Some(planned),
                    None => return Prepared::Failed,
                },
                _ => None,
            };
            let prior = if *op == Op::Create { None } else { change.prior.clone() };
            if let (Some(prior), Some(planned)) = (&prior, &planned)
                && equal_objects(prior, planned)
                && ty.owed(&change.private).is_none()
            {
                // What was not known has turned out to be as it was.
                self.set_value(&change, planned);
                continue;
            }
            calls.push(self.call(step, *at, *op, change, ty, client.clone(), prior, planned));
            found = Some((connection, client));
            // A member refers to others of its bundle by what they were promised to be: those are applied in one go.
            if let Some(planned) = calls.last().and_then(|call| call.planned.clone()) {
                let change = self.run.made.plan.changes[*at].clone();
                self.set_value(&change, &planned);
            }
        }
        let Some((connection, client)) = found else { return Prepared::Done };
        let host = calls.iter().flat_map(Call::objects).find_map(host_of);
        let beside = host.map(|host| self.secret_objects(&host)).unwrap_or_default();
        let secrets = Secrets::of(calls.iter().flat_map(Call::objects).chain(beside.iter().map(Arc::as_ref)));
        let cx = self.cx(self.names(step), Arc::new(NoRecord), serde_json::Value::Null, secrets);
        // What is on one host goes with it, or nothing of it does.
        let cx = cx.going_along(members.iter().all(|(at, _)| self.run.made.plan.changes[*at].goes_with.is_some()));
        let journal = Arc::clone(&self.run.journal);
        let names = calls.iter().map(|call| self.name(call.at, call.op)).collect();
        let bundle = Bundle { step, connection, client, cx, journal, calls, beside };
        Prepared::Call { future: Box::pin(bundle.perform()), names, id: None, serial: Vec::new() }
    }
}

impl Bundle {
    async fn perform(mut self) -> Finished {
        // All members carry the bundle's name, so that its receipt tells of each.
        self.calls.iter_mut().for_each(|call| call.cx.op.clone_from(&self.cx.op));
        let intents = self.calls.iter().map(|call| call.intent(serde_json::Value::Null)).collect();
        if let Err(error) = durable(&self.journal, &*self.cx.clock, intents).await {
            return Finished { step: self.step, parts: Vec::new(), journal: Some(error) };
        }
        let members: Vec<Member> = self.calls.iter().map(member).collect();
        let ends = match self.connection.apply_bundle(&self.client, &self.cx, &members).await {
            Ok(ends) => ends,
            Err(error) => {
                let error = self.hidden(error);
                return self.broken(error).await;
            }
        };
        let mut records = Vec::new();
        let mut parts = Vec::new();
        for (call, end) in self.calls.iter().zip(ends) {
            let (event, object, end) = take(call, self.discreet(end));
            if let Some(event) = event {
                records.push(Record::of_object(
                    call.step,
                    call.addr.clone(),
                    call.object.clone(),
                    call.journal_op,
                    event,
                ));
            }
            parts.push(Part { at: call.at, op: call.op, object, end });
        }
        let journal = durable(&self.journal, &*self.cx.clock, records).await.err();
        Finished { step: self.step, parts, journal }
    }

    /// An error without the secrets of anything that is on the host.
    fn hidden(&self, error: ProviderError) -> ProviderError {
        hidden(error, self.calls.iter().flat_map(Call::objects).chain(self.beside.iter().map(Arc::as_ref)))
    }

    /// What the host said of a failure, without its secrets: a unit's journal may repeat what a file told it.
    fn discreet(&self, end: MemberEnd) -> MemberEnd {
        match end {
            MemberEnd::Failed { error, private } => MemberEnd::Failed { error: self.hidden(error), private },
            end => end,
        }
    }

    /// Nothing is known of any member, or nothing was done at all.
    async fn broken(self, error: ProviderError) -> Finished {
        let is_open = error.is_ambiguous() || matches!(error, ProviderError::Cancelled { .. });
        let mut journal = None;
        if !is_open {
            let records = self.calls.iter().map(|call| {
                let object = call.kept(call.cx.private());
                let event = Event::Failed { error: error.to_string(), object };
                Record::of_object(call.step, call.addr.clone(), call.object.clone(), call.journal_op, event)
            });
            journal = durable(&self.journal, &*self.cx.clock, records.collect()).await.err();
        }
        let end = || if is_open { End::Unknown } else { End::Untouched };
        let mut parts: Vec<Part> =
            self.calls.iter().map(|call| Part { at: call.at, op: call.op, object: None, end: end() }).collect();
        if let Some(first) = parts.first_mut() {
            first.end = End::Failed(error);
        }
        Finished { step: self.step, parts, journal }
    }
}

fn member(call: &Call) -> Member {
    let plain = |object: &Option<Arc<Object>>| object.as_deref().map(Object::without_marks);
    let member_call = match (plain(&call.prior), plain(&call.planned)) {
        (None, Some(planned)) => MemberCall::Create { planned, gives_way: call.gives_way },
        (Some(prior), Some(planned)) => MemberCall::Update { prior, planned },
        (Some(prior), None) => MemberCall::Delete { prior },
        (None, None) => MemberCall::Delete { prior: call.ty.schema().empty() },
    };
    Member { address: call.addr.to_string(), ty: call.ty.name(), call: member_call, private: call.cx.private() }
}

/// One member's end, as it is recorded.
fn take(call: &Call, end: MemberEnd) -> (Option<Event>, Option<Arc<Object>>, End) {
    match end {
        MemberEnd::Applied { object: None, .. } => (Some(Event::Done { object: None }), None, End::Well),
        MemberEnd::Applied { object: Some(actual), private } => {
            let (settled, end) = call.settled(&actual);
            let stored = call.stored(&settled, false, private);
            (Some(Event::Done { object: Some(stored) }), Some(settled), end)
        }
        MemberEnd::Restored { private } => {
            let object = call.kept(private);
            let event =
                Event::Failed { error: "put back, because another part of the bundle failed".to_owned(), object };
            (Some(event), None, End::Restored)
        }
        MemberEnd::Untouched => {
            let object = call.kept(call.cx.private());
            (Some(Event::Failed { error: "not reached".to_owned(), object }), None, End::Untouched)
        }
        MemberEnd::Failed { error, private } => {
            let object = call.kept(private);
            (Some(Event::Failed { error: error.to_string(), object }), None, End::Failed(error))
        }
    }
}
