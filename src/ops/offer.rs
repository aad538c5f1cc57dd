//! What is planned, held against what the vendors say that they offer.

use std::collections::BTreeMap;

use futures::future::join_all;

use super::Session;
use super::clients::reading_cx;
use crate::addr::Mode;
use crate::apply::Clients;
use crate::diag::Diagnostics;
use crate::graph::NodeId;
use crate::plan;
use crate::plan::Input;
use crate::plan::Made;
use crate::plan::PriceLists;
use crate::provider::Catalogue;
use crate::provider::Wanted;

/// What of a plan cannot be had; and the prices that the vendors told by the way. Each configured provider is asked once,
/// for the lists from which something is chosen; one that does not
/// answer refuses nothing, one that does not accept the credential is an error.
pub(super) async fn check(
    session: &Session,
    input: &Input,
    made: &Made,
    clients: &Clients,
) -> (Diagnostics, PriceLists) {
    let chosen = plan::choices(&made.plan, &session.registry);
    let mut wanted: BTreeMap<NodeId, Wanted> = BTreeMap::new();
    for one in &chosen {
        let lists = wanted.entry(one.provider).or_default();
        lists.entry(one.choice.list.clone()).or_default().insert(one.choice.name.clone());
    }
    let asked = wanted.iter().filter_map(|(provider, wanted)| {
        let (connection, client) = clients.get(provider)?;
        Some(async move { (*provider, connection.catalogue(client, &reading_cx(session), wanted).await) })
    });
    let mut catalogues: BTreeMap<NodeId, Catalogue> = BTreeMap::new();
    let mut diags = Diagnostics::new();
    for (provider, catalogue) in join_all(asked).await {
        match catalogue {
            Ok(catalogue) => drop(catalogues.insert(provider, catalogue)),
            Err(error) => diags.push(plan::unasked(made, input, provider, &error)),
        }
    }
    let mut prices = PriceLists::new();
    for change in made.plan.changes.iter().filter(|change| change.addr.mode == Mode::Managed) {
        let Some(catalogue) = change.provider_node.and_then(|node| catalogues.get(&node)) else { continue };
        let vendor = session.registry.provider_of(Mode::Managed, &change.addr.ty).to_string();
        prices.entry(vendor).or_insert_with(|| catalogue.prices.clone());
    }
    diags.extend(plan::unavailable(made, input, &chosen, |provider| catalogues.get(&provider)));
    (diags, prices)
}
