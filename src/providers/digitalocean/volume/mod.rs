//! `digitalocean_volume`: block storage that outlives the droplets it is attached to.
//!
//! [`schema`] has the attributes and what cannot be, [`wire`] the API's form. A name is taken once a region, and a volume
//! carries its state's tag from the beginning: by both, one whose creation was cut short is found.

mod schema;
mod wire;

use async_trait::async_trait;
use serde_json::json;

use super::event;
use super::listing;
use super::listing::Listing;
use super::marks;
use super::offers;
use super::prices;
use super::tagging;
use super::taken;
use super::values::compact;
use super::values::differs;
use super::values::listed;
use super::values::unchanged;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Choice;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Marker;
use crate::provider::Planned;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Object;

use schema::SCHEMA;
pub(super) use wire::Wire;

/// A volume, found again by its uuid.
pub(super) struct Volume;

/// How long a droplet may take to let go of it.
const DETACH: Habits = Habits::new(5, 120);

#[async_trait]
impl ResourceType<Rest> for Volume {
    fn name(&self) -> &'static str {
        "digitalocean_volume"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        schema::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => {
                let fixed = ["id", "urn", "droplet_ids", "filesystem_type", "filesystem_label"];
                unchanged(&proposed, prior, &fixed)
            }
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn refuses(&self, prior: &Object, planned: &Object) -> Vec<Problem> {
        schema::refuses(prior, planned)
    }

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        offers::of_region(prior, planned)
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("volumes".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the volume {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let found = read_all(&client.on(cx, "reading volumes").sharing(), &ids).await;
        let reads = found.into_iter().zip(items);
        reads.map(|(found, item)| listing::seen(found.map(|it| Some(Read::Present(it?.object(&item.prior)))))).collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let name = planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("creating the volume {name}"));
        let tags = listed(planned, "tags").unwrap_or_default();
        let body = compact(json!({
            "name": name,
            "region": planned.str("region").map(str::to_lowercase),
            "size_gigabytes": planned.int("size"),
            "description": planned.str("description").filter(|text| !text.is_empty()),
            "snapshot_id": planned.str("snapshot_id"),
            "filesystem_type": planned.str("initial_filesystem_type"),
            "filesystem_label": planned.str("initial_filesystem_label"),
            "tags": tags.into_iter().chain([marks::lineage(cx)]).collect::<Vec<_>>(),
        }));
        let made = api.post("/v2/volumes", &body).one::<Wire>("volume").await;
        let holder = async { Ok(named(&api, planned).await?.first().map(|wire| wire.id.clone())) };
        Ok(taken::named(made, holder).await?.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the volume {}", prior.str("name").unwrap_or_default()));
        // A value that was not known when planning may turn out to be one of these.
        if let Some(problem) = schema::refuses(prior, planned).into_iter().next() {
            return Err(ProviderError::Problem(Box::new(problem)));
        }
        if differs(&SCHEMA, prior, planned, "tags") {
            tagging::update(&api, "volume", prior.id(), prior, planned).await?;
        }
        if differs(&SCHEMA, prior, planned, "size") {
            resize(&api, prior.id(), planned).await?;
        }
        Ok(sure(&api, prior.id()).await?.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the volume {}", prior.str("name").unwrap_or_default()));
        if free(&api, prior.id()).await? { api.delete(&path(prior.id())).gone().await } else { Ok(()) }
    }

    fn price(&self, object: &Object, list: &PriceList) -> Price {
        prices::of_volume(object, list)
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its data")
    }

    fn marker(&self) -> Marker {
        Marker::NaturalKey
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let api = client.on(cx, format!("looking for the volume {}", planned.str("name").unwrap_or_default()));
        let found = match intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            Some(id) => get(&api, id).await?,
            None => {
                let mut named = named(&api, planned).await?.into_iter();
                named.find(|wire| wire.is_ours(cx, intent.since) && !intent.claimed.contains(&wire.id))
            }
        };
        Ok(found.map_or(Found::Absent, |wire| Found::One(wire.object(planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the volume {id}"));
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.empty())))
    }
}

pub(super) fn path(id: &str) -> String {
    format!("/v2/volumes/{}", segment(id))
}

/// Reads a volume.
pub(super) async fn get(api: &Api<'_>, id: &str) -> Result<Option<Wire>> {
    api.get(&path(id)).optional("volume").await
}

/// Reads volumes by list or one by one, one answer an id.
pub(super) async fn read_all(api: &Api<'_>, ids: &[&str]) -> Vec<Result<Option<Wire>>> {
    let listing =
        Listing { path: "/v2/volumes", key: "volumes", one: &path, one_key: "volume", id: |it: &Wire| it.id.clone() };
    listing.read(api, ids).await
}

async fn sure(api: &Api<'_>, id: &str) -> Result<Wire> {
    let gone = || ProviderError::refused(api.doing(), "the volume is gone; the next plan will make a new one");
    get(api, id).await?.ok_or_else(gone)
}

/// The volumes of the planned name in the planned region: one at most.
async fn named(api: &Api<'_>, planned: &Object) -> Result<Vec<Wire>> {
    let region = planned.str("region").unwrap_or_default().to_lowercase();
    let name = planned.str("name").unwrap_or_default();
    let at = format!("/v2/volumes?name={}&region={}", segment(name), segment(&region));
    let mut all: Vec<Wire> = api.pages(&at, "volumes").await?;
    all.retain(|wire| wire.name == name);
    Ok(all)
}

/// Makes a volume larger. One that is so already, from a request whose answer was lost, is left alone.
async fn resize(api: &Api<'_>, id: &str, planned: &Object) -> Result<()> {
    let size = planned.int("size");
    if sure(api, id).await?.size() == size {
        return Ok(());
    }
    let region = planned.str("region").map(str::to_lowercase);
    let body = compact(json!({"type": "resize", "size_gigabytes": size, "region": region}));
    event::run(api, &format!("{}/actions", path(id)), &body, event::EVENT).await
}

/// Waits until no droplet has a volume; whether there still is one. A droplet that goes lets go of it some time after.
async fn free(api: &Api<'_>, id: &str) -> Result<bool> {
    let look = async || match get(api, id).await? {
        Some(wire) => match wire.droplet_ids.iter().flatten().next() {
            Some(droplet) => Ok(Poll::Pending(format!("attached to the droplet {droplet}"))),
            None => Ok(Poll::Ready(true)),
        },
        None => Ok(Poll::Ready(false)),
    };
    match look().await? {
        Poll::Ready(is_there) => Ok(is_there),
        Poll::Pending(_) => api.until(api.doing(), DETACH, look).await,
    }
}
