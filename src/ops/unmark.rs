//! Objects that were found again lose the marks by which they were told, once they are recorded.

use std::collections::BTreeSet;

use super::Planned;
use super::Session;
use super::clients::finding_cx;
use crate::addr::InstanceAddr;
use crate::provider::Marker;
use crate::state;
use crate::state::Event;
use crate::state::ObjectKey;

/// Takes off the marks of what recovery found; their records are durable. A create that lost its object before that was
/// known has a mark too.
pub(super) async fn unmark(session: &Session, planned: &Planned) {
    if planned.recovered.is_empty() {
        return;
    }
    let creates = || planned.base.open.iter().filter(|open| open.op == state::Op::Create);
    let nodes = crate::plan::provider_nodes(&planned.input, creates().map(|open| &open.intent.provider));
    let closing = planned.recovered.iter().filter_map(|record| {
        let is_closed = matches!(record.event, Event::Adopt { .. } | Event::Failed { .. });
        record.instance.as_ref().filter(|_| is_closed).map(|instance| (instance, &record.object))
    });
    let closed: BTreeSet<(&InstanceAddr, &ObjectKey)> = closing.collect();
    let found = creates().filter(|open| closed.contains(&(&open.instance, &open.object)));
    let marks = found.filter_map(|open| {
        let ty = planned.input.registry.resource(&open.instance.ty).filter(|ty| ty.marker() == Marker::Tag)?;
        let (_, client) = planned.clients.get(nodes.get(&open.intent.provider)?)?.clone();
        let cx = finding_cx(session, &open.intent.op_id, &planned.base.tag(), serde_json::Value::Null);
        Some(async move { ty.unmark(&client, &cx).await })
    });
    futures::future::join_all(marks).await;
}
