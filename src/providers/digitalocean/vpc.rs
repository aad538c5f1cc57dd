//! `digitalocean_vpc`: a private network of a region.
//!
//! The first network of a region is its default, which the vendor never deletes. Deleting waits until what was in the
//! network has left it, and names what has not.

use std::net::Ipv4Addr;
use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use ipnet::Ipv4Net;
use regex::Regex;
use serde::Deserialize;
use serde_json::json;

use super::age;
use super::listing;
use super::listing::Listing;
use super::offers;
use super::taken;
use super::timeouts;
use super::values::compact;
use super::values::text;
use super::values::text_or_empty;
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
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A network, found again by its uuid.
pub(super) struct Vpc;

/// What was deleted stays a member for a while.
const LEAVING: Duration = Duration::from_secs(120);
const VISIBLE: Habits = Habits::new(5, 120);
/// So many members are named when they stand in the way.
const NAMED: usize = 10;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("name", string().required()),
        ("region", string().required().replaces().equality(Equality::IgnoreCase)),
        ("description", string()),
        ("ip_range", string().optional_computed().replaces().equality(Equality::Semantic(same_range))),
        ("default", boolean().computed()),
        ("urn", string().computed()),
        ("created_at", string().computed()),
    ])
    .block("timeouts", timeouts::block(&["delete"]))
});

static NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[a-zA-Z0-9\-.]+$").expect("the pattern is valid"));

#[derive(Clone, Deserialize)]
pub(super) struct Wire {
    pub(super) id: String,
    pub(super) name: String,
    description: Option<String>,
    pub(super) region: String,
    ip_range: Option<String>,
    #[serde(default)]
    pub(super) default: bool,
    urn: Option<String>,
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    name: Option<String>,
    urn: String,
}

impl Wire {
    /// What the answer says, by attribute.
    pub(super) fn attributes(&self) -> Vec<(&'static str, Value)> {
        let urn = self.urn.clone().unwrap_or_else(|| format!("do:vpc:{}", self.id));
        vec![
            ("id", Value::from(&*self.id)),
            ("name", Value::from(&*self.name)),
            ("region", Value::from(&*self.region)),
            ("description", text(self.description.as_deref())),
            ("ip_range", text(self.ip_range.as_deref())),
            ("default", Value::from(self.default)),
            ("urn", Value::from(urn)),
            ("created_at", text(self.created_at.as_deref())),
        ]
    }

    fn object(&self, base: &Object) -> Object {
        let mut given = self.attributes();
        given.push(("description", text_or_empty(base, "description", self.description.as_deref())));
        SCHEMA.settle(base, given)
    }
}

#[async_trait]
impl ResourceType<Rest> for Vpc {
    fn name(&self) -> &'static str {
        "digitalocean_vpc"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id", "urn", "created_at", "default"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        offers::of_region(prior, planned)
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("vpcs".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the VPC {}", prior.id()));
        Ok(get(&api, prior.id()).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing =
            Listing { path: "/v2/vpcs", key: "vpcs", one: &path, one_key: "vpc", id: |wire: &Wire| wire.id.clone() };
        let found = listing.read(&client.on(cx, "reading VPCs"), &ids).await;
        let reads = found.into_iter().zip(items);
        reads
            .map(|(found, item)| listing::seen(found.map(|vpc| Some(Read::Present(vpc?.object(&item.prior))))))
            .collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the VPC {}", planned.str("name").unwrap_or_default()));
        let body = compact(json!({
            "name": planned.str("name"),
            "description": planned.str("description"),
            "region": planned.str("region").map(str::to_lowercase),
            "ip_range": planned.str("ip_range"),
        }));
        let made = api.post("/v2/vpcs", &body).one("vpc").await;
        let holder = async {
            let all: Vec<Wire> = api.pages("/v2/vpcs", "vpcs").await?;
            Ok(all.into_iter().find(|wire| Some(&*wire.name) == planned.str("name")).map(|wire| wire.id))
        };
        let wire: Wire = taken::named(made, holder).await?;
        cx.record(&wire.object(planned)).await?;
        Ok(visible(&api, wire).await?.object(planned))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the VPC {}", prior.str("name").unwrap_or_default()));
        // Without the last, a default network would have to stop being one, which is refused.
        let body = compact(json!({
            "name": planned.str("name"),
            "description": planned.str("description").unwrap_or_default(),
            "default": prior.bool("default"),
        }));
        let wire: Wire = api.put(&path(prior.id()), &body).one("vpc").await?;
        Ok(wire.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the VPC {}", prior.str("name").unwrap_or_default()));
        let patience = timeouts::of(prior, "delete").unwrap_or(LEAVING);
        match api.delete(&path(prior.id())).patience(patience).gone().await {
            Err(ProviderError::Refused { .. }) if prior.bool("default") == Some(true) => {
                stand_in(&api, prior).await?;
                api.delete(&path(prior.id())).patience(patience).gone().await
            }
            Err(ProviderError::Refused { doing, message, code, argument }) => {
                let why = reason(&api, prior, message).await;
                Err(ProviderError::Refused { doing, message: why, code, argument })
            }
            end => end,
        }
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let name = intent.planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the VPC {name}"));
        if let Some(id) = intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            let found = get(&api, id).await?;
            return Ok(found.map_or(Found::Absent, |wire| Found::One(wire.object(&intent.planned))));
        }
        let all: Vec<Wire> = api.pages("/v2/vpcs", "vpcs").await?;
        // Names are unique in an account.
        let found = all.into_iter().find(|wire| {
            wire.name == name
                && !intent.claimed.contains(&wire.id)
                && age::is_since(wire.created_at.as_deref(), intent.since)
        });
        Ok(found.map_or(Found::Absent, |wire| Found::One(wire.object(&intent.planned))))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the VPC {id}"));
        Ok(get(&api, id).await?.map(|wire| wire.object(&SCHEMA.empty())))
    }

    /// Ranges that the vendor chooses at the same time can overlap.
    fn serial_key(&self, planned: &Object) -> Option<String> {
        let is_chosen = planned.str("ip_range").is_none();
        is_chosen.then(|| format!("digitalocean_vpc/{}", planned.str("region").unwrap_or_default().to_lowercase()))
    }
}

pub(super) fn path(id: &str) -> String {
    format!("/v2/vpcs/{}", segment(id))
}

async fn get(api: &Api<'_>, id: &str) -> Result<Option<Wire>> {
    api.get(&path(id)).optional("vpc").await
}

/// Waits until a new network can be seen, as what is made next refers to it.
async fn visible(api: &Api<'_>, wire: Wire) -> Result<Wire> {
    if let Some(wire) = get(api, &wire.id).await? {
        return Ok(wire);
    }
    api.until(api.doing(), VISIBLE, || async {
        let seen = get(api, &wire.id).await?;
        Ok(seen.map_or_else(|| Poll::Pending("not yet visible".to_owned()), Poll::Ready))
    })
    .await
}

/// Makes another network the default of the region, as the vendor keeps one in each region where there ever was any and
/// deletes it never: one that is there, else an empty one by the name that the vendor gives to such.
async fn stand_in(api: &Api<'_>, prior: &Object) -> Result<()> {
    let region = prior.str("region").unwrap_or_default();
    let all: Vec<Wire> = api.pages("/v2/vpcs", "vpcs").await?;
    let other = all.into_iter().find(|wire| wire.region == region && wire.id != prior.id());
    let other = match other {
        Some(other) => other,
        None => {
            let body = json!({"name": format!("default-{region}"), "region": region});
            let made: Wire = api.post("/v2/vpcs", &body).one("vpc").await?;
            visible(api, made).await?
        }
    };
    api.cx().progress(&format!("{}: {} becomes the default network of {region}", api.doing(), other.name));
    let body = json!({"name": other.name, "description": other.description.unwrap_or_default(), "default": true});
    api.put(&path(&other.id), &body).done().await
}

/// Why a network cannot be deleted, in words that say what to do.
async fn reason(api: &Api<'_>, prior: &Object, message: String) -> String {
    let members: Vec<Member> = match api.pages(&format!("{}/members", path(prior.id())), "members").await {
        Ok(members) => members,
        Err(error) => {
            tracing::debug!(%error, "the members of a network cannot be listed");
            return message;
        }
    };
    if members.is_empty() {
        return message;
    }
    let named = members.iter().take(NAMED).map(|member| match member.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} ({})", member.urn),
        None => member.urn.clone(),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let more = members.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{message} These are in it: {named}{rest}")
}

/// The same network in another spelling.
fn same_range(a: &Value, b: &Value) -> bool {
    let net = |value: &Value| value.as_str()?.trim().parse::<Ipv4Net>().ok().map(|net| net.trunc());
    net(a).is_some_and(|a| Some(a) == net(b))
}

/// What the vendor would refuse.
fn problems(config: &Object) -> Vec<Problem> {
    let mut problems = timeouts::problems(config);
    let mut push = |name: &str, summary: &str, detail: String| {
        problems.push(Problem { path: Path::of(name), summary: summary.to_owned(), detail });
    };
    if let Some(name) = config.str("name").filter(|name| !NAME.is_match(name)) {
        let detail = format!("`{name}` cannot be a VPC's name, which has letters, digits, dashes and dots only.");
        push("name", "Invalid VPC name", detail);
    }
    if config.str("description").is_some_and(|text| text.chars().count() > 255) {
        push("description", "Description too long", "A VPC's description has at most 255 characters.".to_owned());
    }
    if let Some(range) = config.str("ip_range")
        && let Err(why) = usable(range)
    {
        push("ip_range", "Invalid IP range", format!("`{range}` cannot be a VPC's range: {why}."));
    }
    problems
}

fn usable(range: &str) -> std::result::Result<(), &'static str> {
    let net: Ipv4Net = range.parse().map_err(|_| "write an IPv4 network as in \"10.10.10.0/24\"")?;
    let is_private = Ipv4Addr::is_private;
    if !is_private(&net.network()) || !is_private(&net.broadcast()) {
        return Err("it must lie in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
    }
    if !(16..=28).contains(&net.prefix_len()) {
        return Err("it must be no larger than /16 and no smaller than /28");
    }
    Ok(())
}
