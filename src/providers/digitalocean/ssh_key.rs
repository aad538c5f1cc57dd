//! `digitalocean_ssh_key`: a public key that droplets are made with.
//!
//! The key itself is what tells it from others: no account has the same one twice, and its fingerprint is an id. The
//! list of keys may be asked for ten times a minute only.

use std::sync::LazyLock;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use md5::Digest;
use md5::Md5;
use serde::Deserialize;
use serde_json::json;

use super::listing;
use super::listing::Listing;
use super::taken;
use super::values::text;
use super::values::unchanged;
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
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A key, found again by its numeric id.
pub(super) struct SshKey;

/// A new key can be invisible for a while.
const VISIBLE: Habits = Habits::new(5, 120);
/// Up to so many keys are read one by one, which the limit of the list does not touch.
const FEW: usize = 10;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("public_key", string().required().replaces().equality(Equality::Trimmed)),
        ("fingerprint", string().computed()),
    ])
});

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) public_key: Option<String>,
    pub(super) fingerprint: Option<String>,
}

impl Wire {
    fn object(&self, base: &Object) -> Object {
        SCHEMA.settle(
            base,
            [
                ("id", Value::from(self.id.to_string())),
                ("name", Value::from(&*self.name)),
                ("public_key", text(self.public_key.as_deref())),
                ("fingerprint", text(self.fingerprint.as_deref())),
            ],
        )
    }
}

#[async_trait]
impl ResourceType<Rest> for SshKey {
    fn name(&self) -> &'static str {
        "digitalocean_ssh_key"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(key) = config.str("public_key").filter(|key| fingerprint(key).is_none()) {
            let private = if key.contains("PRIVATE KEY") { " This is a private key; never hand it out." } else { "" };
            let detail = format!(
                "A public key is one line: its type, the key itself and a comment, as in \"ssh-ed25519 AAAAC3… me@home\"\
                 .{private}"
            );
            problems.push(Problem { path: Path::of("public_key"), summary: "Invalid public key".to_owned(), detail });
        }
        if config.str("name").is_some_and(|name| name.trim().is_empty()) {
            let detail = "An SSH key needs a name.".to_owned();
            problems.push(Problem { path: Path::of("name"), summary: "Invalid SSH key name".to_owned(), detail });
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id", "fingerprint"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("ssh_keys".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the SSH key {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let api = client.on(cx, "reading SSH keys");
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let found = match ids.len() {
            ..=FEW => join_all(ids.iter().map(|id| get(&api, id))).await,
            _ => {
                let listing = Listing {
                    path: "/v2/account/keys",
                    key: "ssh_keys",
                    one: &path,
                    one_key: "ssh_key",
                    id: |wire: &Wire| wire.id.to_string(),
                };
                listing.read(&api, &ids).await
            }
        };
        let reads = found.into_iter().zip(items);
        reads
            .map(|(found, item)| listing::seen(found.map(|key| Some(Read::Present(key?.object(&item.prior))))))
            .collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the SSH key {}", planned.str("name").unwrap_or_default()));
        let key = planned.str("public_key").unwrap_or_default().trim();
        let body = json!({"name": planned.str("name"), "public_key": key});
        let made = api.post("/v2/account/keys", &body).one("ssh_key").await;
        let holder = async { Ok(held(&api, key).await?.map(|wire| wire.id.to_string())) };
        let wire: Wire = taken::named(made, holder).await?;
        cx.record(&wire.object(planned)).await?;
        Ok(visible(&api, wire).await?.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("renaming the SSH key {}", prior.str("name").unwrap_or_default()));
        let wire: Wire = api.put(&path(prior.id()), &json!({"name": planned.str("name")})).one("ssh_key").await?;
        Ok(wire.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let name = prior.str("name").unwrap_or_default();
        client.on(cx, format!("deleting the SSH key {name}")).delete(&path(prior.id())).gone().await
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let name = intent.planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the SSH key {name}"));
        let found = held(&api, intent.planned.str("public_key").unwrap_or_default()).await?;
        let found = found.filter(|wire| !intent.claimed.contains(&wire.id.to_string()));
        Ok(found.map_or(Found::Absent, |wire| Found::One(wire.object(&intent.planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the SSH key {id}"));
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.empty())))
    }
}

fn path(id: &str) -> String {
    format!("/v2/account/keys/{}", segment(id))
}

async fn get(api: &Api<'_>, id: &str) -> Result<Option<Wire>> {
    api.get(&path(id)).optional("ssh_key").await
}

/// The account's object with this key, which its fingerprint is an id of too.
async fn held(api: &Api<'_>, key: &str) -> Result<Option<Wire>> {
    match fingerprint(key) {
        Some(fingerprint) => get(api, &fingerprint).await,
        None => Ok(None),
    }
}

/// Waits until a new key can be seen: a droplet that is made with it comes next.
async fn visible(api: &Api<'_>, wire: Wire) -> Result<Wire> {
    let id = wire.id.to_string();
    if let Some(wire) = get(api, &id).await? {
        return Ok(wire);
    }
    api.until(api.doing(), VISIBLE, || async {
        let seen = get(api, &id).await?;
        Ok(seen.map_or_else(|| Poll::Pending("not yet visible".to_owned()), Poll::Ready))
    })
    .await
}

/// The MD5 of a public key in the form that the vendor writes it in; `None` when it is no public key.
fn fingerprint(key: &str) -> Option<String> {
    let mut words = key.split_ascii_whitespace();
    let (kind, coded) = (words.next()?, words.next()?);
    let blob = STANDARD.decode(coded).ok()?;
    // It begins with its type once more, behind four bytes that say how long that is.
    let length = u32::from_be_bytes(blob.get(..4)?.try_into().ok()?);
    let inner = blob.get(4..4 + usize::try_from(length).ok()?)?;
    if inner != kind.as_bytes() {
        return None;
    }
    let digits = Md5::digest(&blob).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
    Some(digits.join(":"))
}
