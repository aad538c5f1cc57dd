//! Objects that were found again lose the marks by which they were told, once they are recorded.

use super::Planned;
use super::Session;
use super::clients::finding_cx;
use crate::provider::Marker;
use crate::state;
use crate::state::Event;

/// Takes off the marks of what recovery found; their records are durable. A create that lost its object before that was
/// known has a mark too.
pub(super) async fn unmark(session: &Session, planned: &Planned) {
    let creates = planned.base.open.iter().filter(|open| open.op == state::Op::Create);
    let marks = creates.filter_map(|open| {
        let is_of =
            |record: &&state::Record| record.instance.as_ref() == Some(&open.instance) && record.object == open.object;
        let record = planned.recovered.iter().find(is_of)?;
        let is_closed = matches!(record.event, Event::Adopt { .. } | Event::Failed { .. });
        let ty = planned.input.registry.resource(&open.instance.ty).filter(|ty| ty.marker() == Marker::Tag)?;
        let node = crate::plan::provider_node(&planned.input, &open.intent.provider)?;
        let (_, client) = planned.clients.get(&node)?.clone();
        let cx = finding_cx(session, &open.intent.op_id, &planned.base.tag(), serde_json::Value::Null);
        is_closed.then_some(async move { ty.unmark(&client, &cx).await })
    });
    futures::future::join_all(marks).await;
}
