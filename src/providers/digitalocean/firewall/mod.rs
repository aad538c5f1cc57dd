//! `digitalocean_firewall`: which traffic reaches droplets and leaves them.
//!
//! [`schema`] has the attributes, [`rules`] what a rule means, [`wire`] the API's form. A write is over when the droplets
//! have the rules, not when it was accepted.

mod rules;
mod schema;
mod wire;

use async_trait::async_trait;

use super::age;
use super::listing;
use super::listing::Listing;
use super::taken;
use super::values::is_change;
use super::values::unchanged;
use super::values::unsettled;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Value;

pub(super) use rules::Direction;
pub(super) use rules::INBOUND;
pub(super) use rules::OUTBOUND;
pub(super) use schema::SCHEMA;
pub(super) use schema::pending_type;
pub(super) use wire::Wire;

/// A firewall, found again by its uuid.
pub(super) struct Firewall;

/// Droplets have new rules within seconds.
const SETTLE: Habits = Habits::new(5, 300);

#[async_trait]
impl ResourceType<Rest> for Firewall {
    fn name(&self) -> &'static str {
        "digitalocean_firewall"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        schema::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            None => proposed,
            Some(prior) => {
                let object = unchanged(&proposed, prior, &["id", "created_at", "status", "pending_changes"]);
                let is_at_rest = prior.str("status") == Some("succeeded")
                    && prior.get("pending_changes").and_then(Value::as_elements).is_none_or(<[Value]>::is_empty);
                // Rules on their way to droplets are there when the change is over.
                match is_change(&SCHEMA, prior, &object) && !is_at_rest {
                    true => unsettled(&SCHEMA, &object, &["status", "pending_changes"]),
                    false => object,
                }
            }
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("firewalls".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the firewall {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: "/v2/firewalls",
            key: "firewalls",
            one: &path,
            one_key: "firewall",
            id: |wire: &Wire| wire.id.clone(),
        };
        let found = listing.read(&client.on(cx, "reading firewalls"), &ids).await;
        let reads = found.into_iter().zip(items);
        reads
            .map(|(found, item)| listing::seen(found.map(|wire| Some(Read::Present(wire?.object(&item.prior))))))
            .collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the firewall {}", planned.str("name").unwrap_or_default()));
        let made = api.post("/v2/firewalls", &wire::body(planned)).one("firewall").await;
        let holder = async {
            let all: Vec<Wire> = api.pages("/v2/firewalls", "firewalls").await?;
            Ok(all.into_iter().find(|wire| Some(&*wire.name) == planned.str("name")).map(|wire| wire.id))
        };
        let wire: Wire = taken::named(made, holder).await?;
        cx.record(&wire.object(planned)).await?;
        Ok(settled(&api, wire, true).await?.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the firewall {}", prior.str("name").unwrap_or_default()));
        let wire: Wire = api.put(&path(prior.id()), &wire::body(planned)).one("firewall").await?;
        Ok(settled(&api, wire, false).await?.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let name = prior.str("name").unwrap_or_default();
        client.on(cx, format!("deleting the firewall {name}")).delete(&path(prior.id())).gone().await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let name = intent.planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the firewall {name}"));
        let found: Vec<Wire> = match intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            Some(id) => get(&api, id).await?.into_iter().collect(),
            None => {
                let mut all: Vec<Wire> = api.pages("/v2/firewalls", "firewalls").await?;
                all.retain(|wire| {
                    wire.name == name
                        && !intent.claimed.contains(&wire.id)
                        && age::is_since(wire.created_at.as_deref(), intent.since)
                });
                all
            }
        };
        Ok(match &*found {
            [] => Found::Absent,
            [wire] => match settled(&api, wire.clone(), true).await {
                // What it is like, it is found with; the next plan tells what is to be done about it.
                Err(ProviderError::Failed { .. } | ProviderError::TimedOut { .. }) => {
                    Found::One(wire.object(&intent.planned))
                }
                end => Found::One(end?.object(&intent.planned)),
            },
            several => {
                let words = |wire: &Wire| format!("{}, made {}", wire.name, wire.created_at.as_deref().unwrap_or("?"));
                Found::Ambiguous(several.iter().map(|wire| (wire.id.clone(), words(wire))).collect())
            }
        })
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the firewall {id}"));
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.empty())))
    }
}

pub(super) fn path(id: &str) -> String {
    format!("/v2/firewalls/{}", segment(id))
}

async fn get(api: &Api<'_>, id: &str) -> Result<Option<Wire>> {
    api.get(&path(id)).optional("firewall").await
}

/// Waits until its droplets have the rules.
async fn settled(api: &Api<'_>, wire: Wire, is_new: bool) -> Result<Wire> {
    let id = wire.id.clone();
    let look = |wire: Wire| {
        let on_the_way = wire.pending_changes.as_ref().map_or(0, Vec::len);
        match wire.status.as_deref() {
            Some("failed") => {
                let message = "DigitalOcean reports that the rules could not be brought to all droplets".to_owned();
                Err(ProviderError::Failed { doing: api.doing().to_owned(), message })
            }
            Some(status) if status == "waiting" || on_the_way > 0 => Ok(Poll::Pending(status.to_owned())),
            _ => Ok(Poll::Ready(wire)),
        }
    };
    if let Poll::Ready(wire) = look(wire)? {
        return Ok(wire);
    }
    api.until(api.doing(), SETTLE, || async {
        match get(api, &id).await? {
            Some(wire) => look(wire),
            None if is_new => Ok(Poll::Pending("not yet visible".to_owned())),
            None => Err(ProviderError::refused(api.doing(), "the firewall went away meanwhile")),
        }
    })
    .await
}
