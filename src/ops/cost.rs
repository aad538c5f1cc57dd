//! What a plan costs: by the user's own list, the vendor's live prices, and the lists that come with the program. Prices
//! that came with the vendor's offers are not asked for again.

use std::collections::BTreeMap;

use super::Planned;
use super::Session;
use super::clients::reading_cx;
use crate::addr::Mode;
use crate::plan;
use crate::plan::Cost;
use crate::plan::PriceLists;
use crate::provider::PriceList;

/// What a plan costs. `own` is the user's list, which wins. A vendor is asked only for prices that no list has; should it
/// not answer, its objects are named as uncounted.
pub async fn cost(session: &Session, planned: &Planned, own: &PriceList) -> Cost {
    let plan = &planned.made.plan;
    let mut lists = PriceLists::new();
    for provider in session.registry.providers() {
        let told = planned.prices.get(provider.name()).cloned().unwrap_or_default();
        let known = own.clone().or(&told).or(&provider.connection().price_list());
        lists.insert(provider.name().to_owned(), known);
    }
    let (cost, lacking) = plan::cost(plan, &session.registry, &lists);
    let mut clients = BTreeMap::new();
    for change in plan.changes.iter().filter(|change| change.addr.mode == Mode::Managed) {
        let vendor = session.registry.provider_of(Mode::Managed, &change.addr.ty);
        // What it has told already is all that it has.
        if planned.prices.get(&*vendor).is_some_and(|told| !told.monthly.is_empty()) {
            continue;
        }
        let Some(client) = change.provider_node.and_then(|node| planned.clients.get(&node)) else { continue };
        if lacking.iter().any(|(of, name)| **of == *vendor && client.0.has_live_price(name)) {
            clients.entry(vendor.to_string()).or_insert(client);
        }
    }
    if clients.is_empty() {
        return cost;
    }
    for (vendor, (connection, client)) in clients {
        let cx = reading_cx(session);
        if let Ok(live) = connection.live_prices(client, &cx).await {
            let known = lists.remove(&vendor).unwrap_or_default();
            lists.insert(vendor, PriceList { as_of: known.as_of.clone(), ..own.clone().or(&live).or(&known) });
        }
    }
    plan::cost(plan, &session.registry, &lists).0
}
