//! `digitalocean_volume_attachment`: a volume on a droplet.
//!
//! The vendor has no object for it, only the volume that says which droplet has it, so volume and droplet are its key.
//! A droplet does one thing at a time: its attachments are made one after another, and wait for whatever else it does.

use std::sync::LazyLock;

use async_trait::async_trait;
use serde_json::json;

use super::event;
use super::event::Event;
use super::listing;
use super::values::unchanged;
use super::volume;
use super::volume::Wire;
use crate::net::rest::Api;
use crate::net::rest::Poll;
use crate::net::rest::Rest;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// An attachment, known by its volume and its droplet.
pub(super) struct VolumeAttachment;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("volume_id", string().required().replaces()),
        ("droplet_id", number().required().replaces()),
    ])
});

#[async_trait]
impl ResourceType<Rest> for VolumeAttachment {
    fn name(&self) -> &'static str {
        "digitalocean_volume_attachment"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("volume_attachments".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading which droplet has the volume {}", pair(prior).0));
        Ok(volume::get(&api, pair(prior).0).await?.and_then(|wire| object(&wire, prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| pair(&item.prior).0).collect();
        let found = volume::read_all(&client.on(cx, "reading which droplets have volumes").sharing(), &ids).await;
        let reads = found.into_iter().zip(items);
        reads
            .map(|(found, item)| listing::seen(found.map(|wire| Some(Read::Present(object(&wire?, &item.prior)?)))))
            .collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let (id, droplet) = pair(planned);
        let api = client.on(cx, format!("attaching the volume {id} to the droplet {droplet}"));
        let gone = || ProviderError::refused(api.doing(), "there is no such volume");
        let wire = volume::get(&api, id).await?.ok_or_else(gone)?;
        if !wire.is_on(droplet) {
            if let Some(other) = wire.droplet_ids.iter().flatten().next() {
                let message = format!("the droplet {other} has it, and a volume is on one droplet at a time");
                return Err(ProviderError::refused(api.doing(), message));
            }
            act(&api, "attach", id, droplet).await?;
        }
        Ok(attached(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let (id, droplet) = pair(prior);
        let api = client.on(cx, format!("detaching the volume {id} from the droplet {droplet}"));
        let is_on =
            async || Ok::<_, ProviderError>(volume::get(&api, id).await?.is_some_and(|wire| wire.is_on(droplet)));
        if !is_on().await? {
            return Ok(());
        }
        match act(&api, "detach", id, droplet).await {
            // Either may have gone meanwhile, and the attachment with it.
            Err(error @ ProviderError::Refused { .. }) if is_on().await? => Err(error),
            Ok(()) | Err(ProviderError::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let (id, droplet) = pair(&intent.planned);
        let api = client.on(cx, format!("looking whether the droplet {droplet} has the volume {id}"));
        let Some(mut wire) = volume::get(&api, id).await? else {
            return Ok(Found::Absent);
        };
        if !wire.is_on(droplet) {
            // It may be on its way.
            settled(&api, id).await?;
            match volume::get(&api, id).await? {
                Some(now) => wire = now,
                None => return Ok(Found::Absent),
            }
        }
        Ok(object(&wire, &intent.planned).map_or(Found::Absent, Found::One))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let parts = id.split_once(',').and_then(|(volume, droplet)| Some((volume, droplet.parse::<i64>().ok()?)));
        let Some((volume, droplet)) = parts.filter(|(volume, _)| !volume.is_empty()) else {
            let message =
                format!("`{id}` is not an id. Write the volume's id and the droplet's, as in `506f…,3164444`");
            return Err(ProviderError::refused("importing a volume attachment", message));
        };
        let known = SCHEMA.object([("volume_id", Value::from(volume)), ("droplet_id", Value::from(droplet))]);
        self.read(client, cx, &known).await
    }

    fn serial_key(&self, planned: &Object) -> Option<String> {
        planned.int("droplet_id").map(event::queue)
    }
}

fn pair(object: &Object) -> (&str, i64) {
    (object.str("volume_id").unwrap_or_default(), object.int("droplet_id").unwrap_or_default())
}

/// The attachment, if the volume is on its droplet.
fn object(wire: &Wire, base: &Object) -> Option<Object> {
    wire.is_on(pair(base).1).then(|| attached(base))
}

/// The attachment; a state that comes from Terraform has an id of its own for it.
fn attached(base: &Object) -> Object {
    let (volume, droplet) = pair(base);
    let id = Some(base.id()).filter(|id| !id.is_empty()).map_or_else(|| format!("{volume},{droplet}"), str::to_owned);
    SCHEMA.settle(base, [("id", id)].map(|(name, id)| (name, Value::from(id))))
}

async fn act(api: &Api<'_>, kind: &str, id: &str, droplet: i64) -> Result<()> {
    let body = json!({"type": kind, "droplet_id": droplet});
    event::run(api, &format!("{}/actions", volume::path(id)), &body, event::EVENT).await
}

/// Waits for the end of what is being done with a volume, good or bad.
async fn settled(api: &Api<'_>, id: &str) -> Result<()> {
    let events: Vec<Event> = api.pages(&format!("{}/actions", volume::path(id)), "actions").await?;
    for event in events {
        if let Ok(Poll::Pending(_)) = event.look(api.doing()) {
            match event::finished(api, event.id, event::EVENT).await {
                Ok(()) | Err(ProviderError::Failed { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
