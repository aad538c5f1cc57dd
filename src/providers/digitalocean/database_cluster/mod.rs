//! `digitalocean_database_cluster`: a managed PostgreSQL, MySQL, Valkey, MongoDB, Kafka or OpenSearch.
//!
//! [`schema`] has the attributes, [`wire`] the API's form, [`plan`] what a change brings with it, [`change`] the
//! update, [`promotion`] how a replica becomes one. A cluster's name is unique in its account, so one whose creation was cut short is found by it.

mod change;
mod data;
mod plan;
mod promotion;
mod schema;
mod wire;

pub(super) use data::ClusterData;

use async_trait::async_trait;
use futures::future::join_all;
use serde_json::Value as Json;
use serde_json::json;

use super::database_offers;
use super::database_trust;
use super::database_trust::configured;
use super::listing;
use super::listing::Listing;
use super::marks;
use super::timeouts;
use super::values::compact;
use super::values::differs;
use super::values::listed;
use super::values::only_block;
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
use crate::provider::Planned;
use crate::provider::Price;
use crate::provider::PriceList;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::providers::digitalocean::age;
use crate::providers::digitalocean::prices;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

use promotion::Promotion;
use schema::SCHEMA;
use schema::is_cache;
use wire::Extras;
use wire::Wire;

/// A database cluster, found again by its uuid.
pub(super) struct DatabaseCluster;

const CREATE: Habits = Habits::new(10, 1800);
const DELETE: Habits = Habits::new(10, 1800);

#[async_trait]
impl ResourceType<Rest> for DatabaseCluster {
    fn name(&self) -> &'static str {
        "digitalocean_database_cluster"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        schema::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        plan::plan(prior, proposed)
    }

    fn refuses(&self, prior: &Object, planned: &Object) -> Vec<Problem> {
        plan::refuses(prior, planned)
    }

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        let changes = |name| prior.is_some_and(|prior| differs(&SCHEMA, prior, planned, name));
        database_offers::of_cluster(prior, planned, changes)
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("databases".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the database cluster {}", prior.id()));
        match api.get(&path(prior.id())).optional::<Wire>("database").await? {
            Some(wire) => Ok(Some(wire.object(prior, &extras(&api, &wire, prior).await?))),
            None => Ok(None),
        }
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let api = client.on(cx, "reading database clusters").sharing();
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: "/v2/databases",
            key: "databases",
            one: &path,
            one_key: "database",
            id: |wire: &Wire| wire.id.clone(),
        };
        let found = listing.read(&api, &ids).await;
        let api = &api;
        join_all(found.into_iter().zip(items).map(async |(found, item)| {
            let mut is_promoted = false;
            if let Some(promotion) = Promotion::owed(&item.private) {
                match promotion.read(api, &item.prior).await {
                    Ok(None) => is_promoted = true,
                    replica => return listing::seen(replica),
                }
            }
            listing::seen(match found {
                Ok(Some(wire)) if is_promoted => {
                    Ok(Some(Read::Noted(wire.object(&item.prior, &Extras::default()), Json::Null)))
                }
                Ok(Some(wire)) => {
                    let extras = extras(api, &wire, &item.prior).await;
                    extras.map(|extras| Some(Read::Present(wire.object(&item.prior, &extras))))
                }
                Ok(None) => Ok(None),
                Err(error) => Err(error),
            })
        }))
        .await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the database cluster {}", planned.str("name").unwrap_or_default()));
        let wire = change::made(&api, planned, &body(cx, planned)).await?;
        cx.record(&wire.partial(planned)).await?;
        let habits = CREATE.within(timeouts::of(planned, "create"));
        let mut wire = change::online(&api, &wire.id, habits, true, |_| true).await?;
        change::settings(&api, &wire.id, None, planned).await?;
        if only_block(planned, "maintenance_window").is_some() {
            wire = sure(&api, &wire.id).await?;
        }
        let mut extras = Extras::default();
        if !configured(planned).is_empty() {
            // They came with the creation; this makes sure, and learns what the vendor calls them.
            extras.rules = Some(change::trust(&api, &wire.id, planned).await?);
        }
        Ok(wire.object(planned, &extras))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the database cluster {}", prior.str("name").unwrap_or_default()));
        let mut known = prior.clone();
        if let Some(promotion) = Promotion::owed(&cx.private()) {
            known = promotion.perform(&api, prior.id()).await?.object(prior, &Extras::default());
            cx.owe(Json::Null).await?;
        }
        let extras = change::update(&api, &known, planned).await?;
        Ok(sure(&api, prior.id()).await?.object(planned, &extras))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the database cluster {}", prior.str("name").unwrap_or_default()));
        api.delete(&path(prior.id())).gone().await?;
        // It counts as a member of its network until it is really gone.
        let at = path(prior.id());
        let api = &api;
        api.until(api.doing(), DELETE, || async {
            let wire = api.get(&at).optional::<Wire>("database").await?;
            Ok(wire.map_or(Poll::Ready(()), |wire| Poll::Pending(wire.status.unwrap_or_default())))
        })
        .await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let name = intent.planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the database cluster {name}"));
        let known = intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty());
        let found: Option<Wire> = match known {
            Some(id) => api.get(&path(id)).optional("database").await?,
            None => {
                let all: Vec<Wire> = api.pages("/v2/databases", "databases").await?;
                all.into_iter()
                    .find(|wire| wire.name == name && age::is_since(wire.created_at.as_deref(), intent.since))
            }
        };
        let Some(mut wire) = found else {
            return Ok(Found::Absent);
        };
        if !wire.is_online() {
            // Known whole, with its addresses, once it is up.
            wire = match change::online(&api, &wire.id, CREATE, true, |_| true).await {
                Err(ProviderError::TimedOut { .. }) => wire,
                end => end?,
            };
        }
        // What a running cluster is told after it came up was perhaps not told: only what is read counts.
        let extras = extras(&api, &wire, &intent.planned).await?;
        let untold = ["eviction_policy", "sql_mode"].map(|name| (name.into(), Value::Null(Type::STRING)));
        Ok(Found::One(wire.object(&intent.planned.with(untold), &extras)))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the database cluster {id}"));
        let Some(wire) = api.get(&path(id)).optional::<Wire>("database").await? else {
            return Ok(None);
        };
        let mut extras = Extras::default();
        if is_cache(&wire.engine) {
            // Nothing is evicted unless somebody wants it, so that is the same as no policy.
            extras.eviction_policy = eviction_policy(&api, id).await?.filter(|policy| policy != "noeviction");
        }
        Ok(Some(wire.object(&SCHEMA.object::<&str>([]), &extras)))
    }

    fn take_over(&self, ty: &str, object: &Object) -> Option<(Object, Json)> {
        (ty == "digitalocean_database_replica").then(|| promotion::take_over(object))?
    }

    fn owed(&self, private: &Json) -> Option<String> {
        Promotion::owed(private).map(|promotion| promotion.words())
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        ["size", "version", "region"].iter().any(|name| differs(&SCHEMA, prior, planned, name))
    }

    fn price(&self, object: &Object, list: &PriceList) -> Price {
        prices::of_database(object, list, object.int("node_count"))
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its data")
    }
}

fn path(id: &str) -> String {
    format!("/v2/databases/{}", segment(id))
}

async fn sure(api: &Api<'_>, id: &str) -> Result<Wire> {
    let gone = || ProviderError::refused(api.doing(), "the database cluster went away meanwhile");
    api.get(&path(id)).optional("database").await?.ok_or_else(gone)
}

/// What has addresses of its own, asked for only where the user has set it.
async fn extras(api: &Api<'_>, wire: &Wire, prior: &Object) -> Result<Extras> {
    let mut extras = Extras::default();
    if prior.str("eviction_policy").is_some() && is_cache(&wire.engine) {
        extras.eviction_policy = eviction_policy(api, &wire.id).await?;
    }
    if prior.str("sql_mode").is_some() {
        extras.sql_mode = api.get(&format!("{}/sql_mode", path(&wire.id))).optional("sql_mode").await?;
    }
    if !configured(prior).is_empty() {
        extras.rules = database_trust::read(api, &wire.id).await?;
    }
    Ok(extras)
}

async fn eviction_policy(api: &Api<'_>, id: &str) -> Result<Option<String>> {
    api.get(&format!("{}/eviction_policy", path(id))).optional("eviction_policy").await
}

/// The storage as a body has it: a number.
pub(super) fn storage_body(planned: &Object) -> Json {
    planned.str("storage_size_mib").and_then(|size| size.parse::<u64>().ok()).map_or(Json::Null, Json::from)
}

fn autoscale_body(planned: &Object) -> Option<Json> {
    let autoscale = only_block(planned, "storage_autoscale")?;
    Some(compact(json!({
        "enabled": autoscale.bool("enabled"),
        "threshold_percent": autoscale.int("threshold_percent"),
        "increment_gib": autoscale.int("increment_gib"),
    })))
}

fn body(cx: &Cx, planned: &Object) -> Json {
    let lower = |name: &str| planned.str(name).map(str::to_lowercase);
    let tags = listed(planned, "tags").unwrap_or_default();
    let rules: Vec<_> = configured(planned).into_iter().map(database_trust::body).collect();
    let restore = only_block(planned, "backup_restore").map(|restore| {
        json!({
            "database_name": restore.str("database_name"),
            "backup_created_at": restore.str("backup_created_at"),
        })
    });
    compact(json!({
        "name": planned.str("name"),
        "engine": planned.str("engine"),
        "version": planned.str("version"),
        "size": lower("size"),
        "region": lower("region"),
        "num_nodes": planned.int("node_count"),
        "tags": tags.into_iter().chain([marks::lineage(cx)]).collect::<Vec<_>>(),
        "private_network_uuid": planned.str("private_network_uuid"),
        "project_id": planned.str("project_id"),
        "storage_size_mib": storage_body(planned),
        "autoscale": autoscale_body(planned).map(|storage| json!({"storage": storage})),
        "backup_restore": restore,
        "rules": (!rules.is_empty()).then_some(rules),
    }))
}
