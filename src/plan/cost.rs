//! What a plan costs a month, before and after.
//!
//! Pure: takes the changes, and a price list for each vendor. What depends on use, and what is in no list, is named and
//! never counted as nothing.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Change;
use super::Plan;
use super::Registry;
use crate::addr::InstanceAddr;
use crate::addr::Mode;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::state::ObjectKey;
use crate::value::Object;
use crate::value::Value;

/// What a plan costs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cost {
    /// What is known of the cost of all that is there now, a month in US dollars.
    pub before: f64,
    /// Whether something that is there now is not counted.
    pub is_before_partial: bool,
    /// The same once the plan is applied.
    pub after: f64,
    /// Objects whose cost changes, by address.
    pub lines: Vec<CostLine>,
    /// Objects in `after` that are not counted, and why: by use, by an unknown price.
    pub uncounted: Vec<(InstanceAddr, String)>,
    /// The day of the lists that are not live, where one was used.
    pub as_of: Option<String>,
}

/// An object whose cost changes.
#[derive(Debug, Clone, PartialEq)]
pub struct CostLine {
    /// The instance.
    pub addr: InstanceAddr,
    /// A month in US dollars; `None` when there was none, or it was not known.
    pub before: Option<f64>,
    /// The same afterwards.
    pub after: Option<f64>,
}

/// The price lists of the vendors by name.
pub type PriceLists = BTreeMap<String, PriceList>;

/// What a plan costs by these lists; beside it the prices that the lists lack: vendor and name.
pub fn cost(plan: &Plan, registry: &Registry, lists: &PriceLists) -> (Cost, BTreeSet<(String, String)>) {
    let mut cost = Cost::default();
    let mut lacking = BTreeSet::new();
    let nothing = PriceList::default();
    for change in plan.changes.iter().filter(|change| change.addr.mode == Mode::Managed) {
        let Some(ty) = registry.resource(&change.addr.ty) else { continue };
        let vendor = registry.provider_of(Mode::Managed, &change.addr.ty);
        let list = lists.get(&*vendor).unwrap_or(&nothing);
        let price = |object: &Object| ty.price(&object.without_marks(), list);
        let before = change.prior.as_deref().map(price);
        let after = after(change).map(price);
        for price in before.iter().chain(&after) {
            match price {
                Price::Unlisted(name) => _ = lacking.insert((vendor.to_string(), name.clone())),
                Price::Monthly(_) if cost.as_of.is_none() => cost.as_of.clone_from(&list.as_of),
                _ => {}
            }
        }
        cost.is_before_partial |= before.as_ref().and_then(uncounted).is_some();
        if let (Some(price), Some(object)) = (&after, change.planned.as_deref())
            && let Some(why) = uncounted(price)
        {
            // A reason quotes what the price hangs on. Where it is another one without the secrets, it quotes a secret.
            let is_open = !object.contains_marked() || ty.price(&without_secrets(object), list) == *price;
            let why = if is_open { why } else { "what its price hangs on is sensitive".to_owned() };
            cost.uncounted.push((change.addr.clone(), why));
        }
        let (before, after) = (before.as_ref().and_then(monthly), after.as_ref().and_then(monthly));
        cost.before += before.unwrap_or(0.0);
        cost.after += after.unwrap_or(0.0);
        if before != after {
            cost.lines.push(CostLine { addr: change.addr.clone(), before, after });
        }
    }
    (cost, lacking)
}

/// The object that there is afterwards: one that is only let go of goes on costing, yet is not ours any more.
fn after(change: &Change) -> Option<&Object> {
    match change.object {
        ObjectKey::Current => change.planned.as_deref(),
        ObjectKey::Deposed(_) => None,
    }
}

/// An object without marks, and with an unknown in place of everything that is sensitive.
fn without_secrets(object: &Object) -> Object {
    Object::new(object.iter().map(|(name, value)| (name.clone(), without_secret(value))))
}

fn without_secret(value: &Value) -> Value {
    match value.is_sensitive() {
        true => Value::unknown(value.ty()),
        false => value.unmarked().clone().map_children(&mut without_secret),
    }
}

fn monthly(price: &Price) -> Option<f64> {
    match price {
        Price::Free => Some(0.0),
        Price::Monthly(sum) => Some(*sum),
        Price::Usage(_) | Price::Unlisted(_) | Price::Unknown(_) => None,
    }
}

fn uncounted(price: &Price) -> Option<String> {
    match price {
        Price::Free | Price::Monthly(_) => None,
        Price::Usage(by) => Some(format!("charged by {by}")),
        Price::Unlisted(name) => Some(format!("no price is known for {name}")),
        Price::Unknown(why) => Some(why.clone()),
    }
}
