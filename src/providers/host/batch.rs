//! Reading: one command sees all that is asked of a host, whatever the types.

use serde_json::Value as Json;

use async_trait::async_trait;

use super::client::Hosts;
use super::kind::kind;
use super::look::Sight;
use super::look::Target;
use super::look::look;
use super::machine;
use super::way::Way;
use crate::diag::with_causes;
use crate::provider::Batch;
use crate::provider::BatchItem;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::Result;
use crate::value::Object;

/// Reads all of a host at once.
pub(super) struct HostBatch;

#[async_trait]
impl Batch<Hosts> for HostBatch {
    async fn read(&self, hosts: &Hosts, cx: &Cx, key: &BatchKey, items: &[BatchItem]) -> Vec<Result<Read>> {
        let stale = |why: String| items.iter().map(|_| Ok(Read::Stale(why.clone()))).collect();
        match sight(hosts, cx, key, items).await {
            Ok(sight) => {
                items.iter().enumerate().map(|(at, item)| Ok(seen(&item.ty, &item.item.prior, &sight, at))).collect()
            }
            Err(error @ ProviderError::Unreachable { .. }) => stale(with_causes(&error)),
            Err(error) => items.iter().map(|_| Err(error.duplicate())).collect(),
        }
    }
}

async fn sight(hosts: &Hosts, cx: &Cx, key: &BatchKey, items: &[BatchItem]) -> Result<Sight> {
    let doing = || format!("reading the host {}", key.0);
    // The machine itself knows best how it is reached now.
    let machine = items.iter().filter(|item| item.ty == machine::NAME);
    let Some(way) = machine.chain(items).find_map(|item| way(&item.ty, &item.item.prior)) else {
        let (doing, to) = (doing(), key.0.clone());
        return Err(ProviderError::Unreachable { doing, to, source: "where it is is not known".into() });
    };
    let shell = hosts.shell(&way, doing, cx).await?;
    let targets = items.iter().map(|item| target(&item.ty, &item.item.prior));
    let mut targets: Vec<Target> = targets.map(|target| target.unwrap_or_else(Target::machine)).collect();
    // A machine that is new has to tell what it is as well: then it need not be asked once more.
    if hosts.met(&way, &*shell).is_none() {
        targets.push(Target::machine());
    }
    let sight = look(&*shell, targets, None, cx).await?;
    if let Some(facts) = &sight.answer.facts {
        hosts.meet(&way, &*shell, facts);
    }
    Ok(sight)
}

/// The way to the host that an object is on, or is.
pub(super) fn way(ty: &str, object: &Object) -> Option<Way> {
    match kind(ty) {
        Some(_) => Way::of_object(object),
        None => Way::of_machine(object),
    }
}

/// What to see of an object; `None` while its name is not known.
pub(super) fn target(ty: &str, reference: &Object) -> Option<Target> {
    kind(ty).map_or_else(|| Some(Target::machine()), |kind| kind.target(reference))
}

/// An object as it was seen.
pub(super) fn seen(ty: &str, reference: &Object, sight: &Sight, at: usize) -> Read {
    match (kind(ty), &sight.answer.facts) {
        (Some(kind), _) => kind.seen(reference, sight, at),
        (None, Some(facts)) => Read::Present(machine::with_facts(reference, facts)),
        (None, None) => Read::Stale("the host did not say what it is".to_owned()),
    }
}

/// The note on a unit to which something is owed.
pub(super) fn note(owed: Option<&str>) -> Json {
    owed.map_or(Json::Null, |owed| serde_json::json!({ "owed": owed }))
}
