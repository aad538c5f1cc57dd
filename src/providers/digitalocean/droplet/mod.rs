//! `digitalocean_droplet`: a virtual machine.
//!
//! [`schema`] has the attributes, [`wire`] the API's form, [`plan`] what a change brings with it, [`look`] looking and
//! waiting, [`change`] the update. Made with a tag that only this operation has, so that a droplet whose creation was
//! cut short is found; the tag goes once the id is safe.

mod change;
mod look;
mod plan;
mod schema;
mod wire;

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::future::try_join_all;
use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::event;
use super::listing;
use super::listing::Listing;
use super::marks;
use super::offers;
use super::timeouts;
use super::values;
use super::values::compact;
use super::values::differs;
use super::values::listed;
use super::values::only_block;
use crate::net::rest::Api;
use crate::net::rest::Habits;
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
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::providers::digitalocean::prices;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::value::Object;

use schema::SCHEMA;
use wire::Note;
use wire::Policy;
pub(super) use wire::Wire;

/// A droplet, found again by its numeric id.
pub(super) struct Droplet;

/// Most are up within a minute; one from a large snapshot takes over an hour.
const CREATE: Habits = Habits::new(5, 3600);
const DELETE: Habits = Habits::new(5, 600);

#[derive(Deserialize)]
struct Created {
    droplet: Wire,
    #[serde(default)]
    links: Links,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Links {
    actions: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    id: u64,
    rel: String,
}

#[async_trait]
impl ResourceType<Rest> for Droplet {
    fn name(&self) -> &'static str {
        "digitalocean_droplet"
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

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        let is_resized = prior.is_some_and(|prior| differs(&SCHEMA, prior, planned, "size"));
        offers::of_droplet(prior, planned, is_resized)
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("droplets".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the droplet {}", prior.id()));
        let Some(wire) = look::look(&api, number(&api, prior.id())?).await? else {
            return Ok(None);
        };
        let private = cx.private();
        let mut note = Note::of(&private);
        let policies = policies(&api, &[ReadItem { prior: prior.clone(), private }]).await?;
        let object = wire.object(prior, &mut note, policies.get(prior.id()));
        cx.set_private(note.to_json());
        Ok(Some(object))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let api = client.on(cx, "reading droplets");
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: "/v2/droplets",
            key: "droplets",
            one: &path,
            one_key: "droplet",
            id: |droplet: &Wire| droplet.id.to_string(),
        };
        let found = listing.read(&api, &ids).await;
        let policies = policies(&api, items).await;
        let reads = found.into_iter().zip(items).map(|(found, item)| {
            let Some(wire) = found? else {
                return Ok(None);
            };
            let policy = policies.as_ref().map_err(ProviderError::duplicate)?.get(item.prior.id());
            let mut note = Note::of(&item.private);
            let object = wire.object(&item.prior, &mut note, policy);
            let private = note.to_json();
            Ok(Some(if private == item.private { Read::Present(object) } else { Read::Noted(object, private) }))
        });
        reads.map(listing::seen).collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the droplet {}", planned.str("name").unwrap_or_default()));
        let created: Created = api.post("/v2/droplets", &body(cx, planned)).whole().await?;
        let id = created.droplet.id;
        cx.record(&created.droplet.partial(planned)).await?;
        let habits = CREATE.within(timeouts::of(planned, "create"));
        if let Some(link) = created.links.actions.iter().find(|link| link.rel == "create") {
            event::finished(&api, link.id, habits).await?;
        }
        let public = planned.bool("public_networking") != Some(false);
        let wire = match look::look(&api, id).await?.filter(|wire| wire.is_up(public)) {
            Some(wire) => wire,
            None => look::until(&api, id, habits, true, |wire| wire.is_up(public)).await?,
        };
        forget_operation(&api).await;
        let mut note = Note::default();
        let object = wire.object(planned, &mut note, None);
        cx.set_private(note.to_json());
        Ok(object)
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the droplet {}", prior.str("name").unwrap_or_default()));
        let id = number(&api, prior.id())?;
        change::update(&api, id, prior, planned).await?;
        let wire = look::sure(&api, id).await?;
        let mut note = Note::of(&cx.private());
        let object = wire.object(planned, &mut note, None);
        cx.set_private(note.to_json());
        Ok(object)
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let name = prior.str("name").unwrap_or_default();
        let api = client.on(cx, format!("deleting the droplet {name}"));
        let id = number(&api, prior.id())?;
        let Some(mut wire) = look::look(&api, id).await? else {
            return Ok(());
        };
        let habits = DELETE.within(timeouts::of(prior, "delete"));
        if wire.locked {
            // One event at a time: no other can begin before the running one has ended; that may be its own deletion.
            wire = match look::until_free(&api, id, habits).await? {
                Some(wire) => wire,
                None => return Ok(()),
            };
        }
        if prior.bool("graceful_shutdown") == Some(true) && wire.status == "active" {
            change::switch_off(&api, id, Habits::new(5, 60)).await?;
        }
        for volume in wire.volume_ids.iter().flatten() {
            let region = wire.region.as_ref().map(|region| &*region.slug);
            change::volume_event(&api, "detach", volume, id, region, habits).await?;
        }
        api.delete(&path(prior.id())).gone().await?;
        look::until_gone(&api, id, habits).await?;
        // One that was found again after an interruption still has the tag it was found by.
        for tag in wire.tags.iter().flatten().filter(|tag| marks::is_operation(tag)) {
            forget(&api, tag).await;
        }
        Ok(())
    }

    fn marker(&self) -> Marker {
        Marker::Tag
    }

    async fn unmark(&self, client: &Rest, cx: &Cx) {
        forget_operation(&client.on(cx, "removing the tag of an operation")).await;
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let name = intent.planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the droplet {name}"));
        let mut found: Vec<Wire> = match intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            Some(id) => look::look(&api, number(&api, id)?).await?.into_iter().collect(),
            None => {
                let tag = marks::operation(&intent.op);
                api.pages(&format!("/v2/droplets?tag_name={tag}"), "droplets").await?
            }
        };
        if let [wire] = &mut *found {
            *wire = look::settled(&api, wire.clone(), intent.planned.bool("public_networking") != Some(false)).await?;
        }
        let mut note = Note::of(&intent.private);
        Ok(match &*found {
            [] => Found::Absent,
            [wire] => {
                let object = wire.object(&intent.planned, &mut note, None);
                cx.set_private(note.to_json());
                Found::One(object)
            }
            several => Found::Ambiguous(several.iter().map(|wire| (wire.id.to_string(), wire.name.clone())).collect()),
        })
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the droplet {id}"));
        let Some(wire) = look::look(&api, number(&api, id)?).await? else {
            return Ok(None);
        };
        let mut note = Note::default();
        let object = wire.object(&SCHEMA.empty(), &mut note, None);
        cx.set_private(note.to_json());
        Ok(Some(object))
    }

    fn serial_key(&self, planned: &Object) -> Option<String> {
        Some(planned.id()).filter(|id| !id.is_empty()).map(event::queue)
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        differs(&SCHEMA, prior, planned, "size")
    }

    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        self.interrupts(prior, planned).then_some("powered off meanwhile")
    }

    fn price(&self, object: &Object, list: &PriceList) -> Price {
        prices::of_droplet(object, list)
    }

    fn owed(&self, private: &Json) -> Option<String> {
        Note::of(private).owes_power_on.then(|| "being powered on again".to_owned())
    }
}

fn path(id: &str) -> String {
    format!("/v2/droplets/{id}")
}

/// The id as the number that it is.
fn number(api: &Api<'_>, id: &str) -> Result<u64> {
    let bad = || ProviderError::refused(api.doing(), format!("`{id}` is not a droplet's id, which is a number"));
    id.parse().map_err(|_| bad())
}

/// The backup policies by droplet, asked for only where the user has set one: a few by one, many by list.
async fn policies(api: &Api<'_>, items: &[ReadItem]) -> Result<BTreeMap<String, Policy>> {
    let with = items.iter().filter(|item| only_block(&item.prior, "backup_policy").is_some());
    let ids: Vec<_> = with.map(|item| item.prior.id()).collect();
    if ids.len() > listing::FEW {
        return api.pages("/v2/droplets/backups/policies", "policies").await;
    }
    let gets = ids.iter().map(async |id| {
        let policy = api.get(&format!("{}/backups/policy", path(id))).optional("policy").await?;
        Ok(policy.map(|policy| ((*id).to_owned(), policy)))
    });
    Ok(try_join_all(gets).await?.into_iter().flatten().collect())
}

/// The policy block as a body has it.
fn policy_body(planned: &Object) -> Option<Json> {
    let policy = only_block(planned, "backup_policy")?;
    Some(compact(json!({"plan": policy.str("plan"), "weekday": policy.str("weekday"), "hour": policy.int("hour")})))
}

fn body(cx: &Cx, planned: &Object) -> Json {
    let lower = |name: &str| planned.str(name).map(str::to_lowercase);
    let tags = listed(planned, "tags").unwrap_or_default();
    let marks = [marks::lineage(cx), marks::operation(&cx.op)];
    compact(json!({
        "name": planned.str("name"),
        "region": lower("region"),
        "size": lower("size"),
        "image": planned.str("image").map(values::id),
        "ssh_keys": listed(planned, "ssh_keys").map(|keys| keys.iter().map(|key| values::id(key)).collect::<Vec<_>>()),
        "backups": planned.bool("backups"),
        "backup_policy": policy_body(planned),
        "ipv6": planned.bool("ipv6"),
        "monitoring": planned.bool("monitoring"),
        "tags": tags.into_iter().chain(marks).collect::<Vec<_>>(),
        "user_data": planned.str("user_data"),
        "private_networking": planned.bool("private_networking"),
        "volumes": listed(planned, "volume_ids"),
        "vpc_uuid": planned.str("vpc_uuid"),
        "with_droplet_agent": planned.bool("droplet_agent"),
        "public_networking": planned.bool("public_networking"),
        "gpu_partition_mode": planned.str("gpu_partition_mode"),
    }))
}

/// Removes the operation's tag. The id is durable, so it has served; should it stay, it does no harm.
async fn forget_operation(api: &Api<'_>) {
    forget(api, &marks::operation(&api.cx().op)).await;
}

async fn forget(api: &Api<'_>, tag: &str) {
    if let Err(error) = api.delete(&format!("/v2/tags/{tag}")).gone().await {
        tracing::debug!(%tag, %error, "an operation's tag stays");
    }
}
