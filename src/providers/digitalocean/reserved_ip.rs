//! `digitalocean_reserved_ip`: a public address that stays when its droplet goes.
//!
//! The vendor offers nothing to tell a new address from others by, so the addresses that exist are noted before one is
//! made. New ones of the same region are interchangeable.
//!
//! Which droplet has it counts only where the user says so here: else it is `digitalocean_reserved_ip_assignment`'s.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::LazyLock;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::event;
use super::event::Event;
use super::listing;
use super::listing::Listing;
use super::offers;
use super::prices;
use super::values::int;
use super::values::unchanged;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::net::rest::Rest;
use crate::provider::BatchKey;
use crate::provider::Choice;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// A reserved IPv4 address; the address is its id.
pub(super) struct ReservedIp;

const ASSIGN: Habits = Habits::new(5, 600);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("ip_address", string().optional_computed()),
        ("region", string().required().replaces().equality(Equality::IgnoreCase)),
        ("droplet_id", number()),
        ("urn", string().computed()),
    ])
});

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) ip: String,
    region: Region,
    droplet: Option<Droplet>,
}

#[derive(Clone, Deserialize)]
struct Region {
    slug: String,
}

#[derive(Clone, Deserialize)]
struct Droplet {
    id: i64,
}

impl Wire {
    /// The droplet that has the address.
    pub(super) fn droplet(&self) -> Option<i64> {
        self.droplet.as_ref().map(|droplet| droplet.id)
    }

    pub(super) fn region(&self) -> &str {
        &self.region.slug
    }

    pub(super) fn urn(&self) -> String {
        format!("do:reservedip:{}", self.ip)
    }

    fn object(&self, base: &Object) -> Object {
        let droplet = base.get("droplet_id").is_some_and(|known| !known.is_null()).then(|| int(self.droplet()));
        let known = self.partial(base).with(droplet.map(|droplet| ("droplet_id".into(), droplet)));
        SCHEMA.settle(&known, [("region", Value::from(self.region()))])
    }

    /// The address alone: what is made durable before it is assigned.
    fn partial(&self, planned: &Object) -> Object {
        let ip = || Value::from(&*self.ip);
        SCHEMA.settle(planned, [("id", ip()), ("ip_address", ip()), ("urn", Value::from(self.urn()))])
    }
}

#[async_trait]
impl ResourceType<Rest> for ReservedIp {
    fn name(&self) -> &'static str {
        "digitalocean_reserved_ip"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id", "ip_address", "urn"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        offers::of_region(prior, planned)
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("reserved_ips".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the reserved IP {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let found = read_all(&client.on(cx, "reading reserved IPs").sharing(), &ids).await;
        let reads = found.into_iter().zip(items);
        reads.map(|(found, item)| listing::seen(found.map(|ip| Some(Read::Present(ip?.object(&item.prior)))))).collect()
    }

    async fn before_create(&self, client: &Rest, cx: &Cx, _: &Object) -> Result<Json> {
        let api = client.on(cx, "noting the reserved IPs that exist");
        let existing: Vec<Wire> = api.pages("/v2/reserved_ips", "reserved_ips").await?;
        Ok(existing.into_iter().map(|wire| wire.ip).collect())
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, "creating a reserved IP");
        let region = planned.str("region").unwrap_or_default().to_lowercase();
        let wire: Wire = api.post("/v2/reserved_ips", &json!({"region": region})).one("reserved_ip").await?;
        cx.record(&wire.partial(planned)).await?;
        let droplet = planned.int("droplet_id");
        let Some(droplet) = droplet.filter(|droplet| wire.droplet() != Some(*droplet)) else {
            return Ok(wire.object(planned));
        };
        let api = api.about(format!("assigning the reserved IP {} to the droplet {droplet}", wire.ip));
        assign(&api, &wire.ip, Some(droplet)).await?;
        Ok(sure(&api, &wire.ip).await?.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let ip = prior.id();
        let droplet = planned.int("droplet_id");
        let api = client.on(
            cx,
            match droplet {
                Some(droplet) => format!("assigning the reserved IP {ip} to the droplet {droplet}"),
                None => format!("unassigning the reserved IP {ip}"),
            },
        );
        if sure(&api, ip).await?.droplet() != droplet {
            // Assigning moves the address from its droplet in one go, so there is no moment without it.
            assign(&api, ip, droplet).await?;
        }
        Ok(sure(&api, ip).await?.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the reserved IP {}", prior.id()));
        let Some(wire) = get(&api, prior.id()).await? else {
            return Ok(());
        };
        if wire.droplet.is_some() {
            match assign(&api, prior.id(), None).await {
                // Its droplet went meanwhile, and the assignment with it.
                Ok(()) | Err(ProviderError::Refused { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        api.delete(&path(prior.id())).gone().await
    }

    fn serial_key(&self, planned: &Object) -> Option<String> {
        planned.int("droplet_id").map(event::queue)
    }

    fn marker(&self) -> Marker {
        Marker::None
    }

    fn price(&self, object: &Object, list: &PriceList) -> Price {
        prices::of_reserved_ip(object, list)
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let api = client.on(cx, "looking for the reserved IP");
        if let Some(id) = intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            let found = get(&api, id).await?;
            return Ok(found.map_or(Found::Absent, |wire| Found::One(wire.object(&intent.planned))));
        }
        let accounted: BTreeSet<_> = intent.before.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let (region, droplet) = (intent.planned.str("region").unwrap_or_default(), intent.planned.int("droplet_id"));
        let all: Vec<Wire> = api.pages("/v2/reserved_ips", "reserved_ips").await?;
        let new = all.into_iter().filter(|wire| {
            !accounted.contains(&*wire.ip)
                && !intent.claimed.contains(&wire.ip)
                && wire.region.slug.eq_ignore_ascii_case(region)
                // We assign an address only once its id is noted.
                && (wire.droplet().is_none() || wire.droplet() == droplet)
        });
        let first = new.min_by(|a, b| a.ip.cmp(&b.ip));
        Ok(first.map_or(Found::Absent, |wire| Found::One(wire.object(&intent.planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the reserved IP {id}"));
        if id.parse::<Ipv4Addr>().is_err() {
            return Err(ProviderError::refused(api.doing(), format!("`{id}` is not an IPv4 address")));
        }
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.object::<&str>([]))))
    }
}

fn path(ip: &str) -> String {
    format!("/v2/reserved_ips/{ip}")
}

/// Reads an address.
pub(super) async fn get(api: &Api<'_>, ip: &str) -> Result<Option<Wire>> {
    api.get(&path(ip)).optional("reserved_ip").await
}

/// Reads addresses by list or one by one, one answer an address.
pub(super) async fn read_all(api: &Api<'_>, ips: &[&str]) -> Vec<Result<Option<Wire>>> {
    let listing = Listing {
        path: "/v2/reserved_ips",
        key: "reserved_ips",
        one: &path,
        one_key: "reserved_ip",
        id: |wire: &Wire| wire.ip.clone(),
    };
    listing.read(api, ips).await
}

async fn sure(api: &Api<'_>, ip: &str) -> Result<Wire> {
    let gone = || ProviderError::refused(api.doing(), "the reserved IP is gone; the next plan will make a new one");
    get(api, ip).await?.ok_or_else(gone)
}

/// Assigns an address to a droplet, or to none, and waits until it is so.
pub(super) async fn assign(api: &Api<'_>, ip: &str, droplet: Option<i64>) -> Result<()> {
    let body = match droplet {
        Some(droplet) => json!({"type": "assign", "droplet_id": droplet}),
        None => json!({"type": "unassign"}),
    };
    let event: Event = api.post(&format!("{}/actions", path(ip)), &body).one("action").await?;
    match event.look(api.doing())? {
        Poll::Ready(()) => Ok(()),
        Poll::Pending(_) => ended(api, ip, event.id, droplet).await,
    }
}

/// Waits for the end of what is being done with an address, good or bad.
pub(super) async fn settled(api: &Api<'_>, ip: &str) -> Result<()> {
    let events: Vec<Event> = api.pages(&format!("{}/actions", path(ip)), "actions").await?;
    for event in events {
        if let Ok(Poll::Pending(_)) = event.look(api.doing()) {
            let droplet = get(api, ip).await?.and_then(|wire| wire.droplet());
            match ended(api, ip, event.id, droplet).await {
                Ok(()) | Err(ProviderError::Failed { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// Waits for the end of an event that gives an address to a droplet, or to none.
async fn ended(api: &Api<'_>, ip: &str, event: u64, droplet: Option<i64>) -> Result<()> {
    let event_path = format!("{}/actions/{event}", path(ip));
    api.until(api.doing(), ASSIGN, || async {
        match api.get(&event_path).optional::<Event>("action").await? {
            Some(event) => event.look(api.doing()),
            // The events of addresses that were brought along cannot be read; the address itself can.
            None => match get(api, ip).await? {
                Some(wire) if wire.droplet() == droplet => Ok(Poll::Ready(())),
                _ => Ok(Poll::Pending("in-progress".to_owned())),
            },
        }
    })
    .await
}
