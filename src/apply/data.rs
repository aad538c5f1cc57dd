//! Data sources that can only be read while applying.

use std::sync::Arc;

use serde_json::Value as Json;

use super::call::End;
use super::call::Finished;
use super::call::Part;
use super::run::Prepared;
use super::run::State;
use crate::addr::InstanceAddr;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::diag::Diagnostics;
use crate::diag::Severity;
use crate::plan::NodeKind;
use crate::plan::Op;
use crate::plan::Place;
use crate::plan::Secrets;
use crate::plan::StepId;
use crate::provider::AnyData;
use crate::provider::Client;
use crate::provider::Cx;
use crate::provider::NoRecord;
use crate::state;
use crate::state::Event;
use crate::state::Journal;
use crate::state::ObjectKey;
use crate::state::Record;
use crate::value::Object;
use crate::value::Value;

impl State<'_> {
    pub(super) fn prepare_read(&mut self, step: StepId, at: usize) -> Prepared {
        let change = self.run.made.plan.changes[at].clone();
        let Some(source) = self.run.input.registry.data(&change.addr.ty) else { return Prepared::Failed };
        let Some((node, module)) = change.place else { return Prepared::Failed };
        let kind = self.run.made.nodes.node(node);
        let NodeKind::Resource(slot) = kind.kind else { return Prepared::Failed };
        let Some(repetition) = self.repetition(node, kind.path, slot, module, &change.addr.key) else {
            return Prepared::Failed;
        };
        let def = &self.module(kind.path).resources[slot as usize];
        if !self.check_before(&change) {
            return Prepared::Failed;
        }
        let place = Place { path: kind.path, instance: module, repetition: &repetition, this: None, touched: None };
        let mut found = Diagnostics::new();
        let decoded = self.evaluation().decode(place, def.body, source.schema(), def.span, &mut found);
        let failed = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        self.extend_for(&change, def, found);
        let (plain, _) = decoded.unmark_deep();
        let Value::Object(config) = plain else { return Prepared::Failed };
        if failed {
            return Prepared::Failed;
        }
        let Some((_, client)) = self.client(&change) else { return Prepared::Failed };
        let cx = self.cx(self.names(step), Arc::new(NoRecord), serde_json::Value::Null, Secrets::default());
        let reading = Reading {
            step,
            at,
            addr: change.addr.clone(),
            source,
            client,
            config,
            cx,
            journal: Arc::clone(&self.run.journal),
            provider: change.provider.clone(),
            dependencies: Arc::clone(&change.dependencies),
        };
        Prepared::Call { future: Box::pin(reading.perform()), names: self.names(step), id: None, serial: Vec::new() }
    }
}

/// A read of a data source.
struct Reading {
    step: StepId,
    at: usize,
    addr: InstanceAddr,
    source: Arc<dyn AnyData>,
    client: Client,
    config: Arc<Object>,
    cx: Cx,
    journal: Arc<Journal>,
    provider: ProviderAddr,
    dependencies: Arc<[ResourceAddr]>,
}

impl Reading {
    async fn perform(self) -> Finished {
        let schema = self.source.schema();
        let (object, end) = match self.source.read(&self.client, &self.cx, &self.config).await {
            Ok(found) => {
                let found = Arc::new(crate::plan::mark(schema.root(), found));
                let stored = state::Object {
                    provider: self.provider.clone(),
                    schema_version: schema.version,
                    attributes: Arc::clone(&found),
                    private: Json::Null,
                    dependencies: Arc::clone(&self.dependencies),
                    create_before_destroy: false,
                    tainted: false,
                    version: 0,
                };
                let event = Event::Done { object: Some(stored) };
                let record =
                    Record::of_object(self.step, self.addr.clone(), ObjectKey::Current, state::Op::Read, event);
                self.journal.append(vec![record]);
                (Some(found), End::Well)
            }
            Err(error) => (None, End::Failed(error)),
        };
        Finished { step: self.step, parts: vec![Part { at: self.at, op: Op::Read, object, end }], journal: None }
    }
}
