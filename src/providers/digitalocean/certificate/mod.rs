//! `digitalocean_certificate`: a TLS certificate for load balancers.
//!
//! [`schema`] has the attributes, [`wire`] the API's form. Nothing of a certificate can be changed. Its name is what it
//! is known by: Let's Encrypt renews one under another uuid, and load balancers name it. So a successor, which comes
//! first, has a name of its own: [`name`].

mod name;
mod schema;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use serde_json::json;

use super::age;
use super::listing;
use super::taken;
use super::timeouts;
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
use crate::value::Path;
use crate::value::Value;

use schema::SCHEMA;
pub(super) use wire::Wire;

/// A certificate, found again by its name.
pub(super) struct Certificate;

/// Let's Encrypt takes up to ten minutes.
const CREATE: Habits = Habits::new(10, 600);
/// A load balancer that was told to use another certificate lets go of this one some minutes later.
const IN_USE: Duration = Duration::from_secs(900);

#[async_trait]
impl ResourceType<Rest> for Certificate {
    fn name(&self) -> &'static str {
        "digitalocean_certificate"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        schema::problems(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let Some(prior) = prior else {
            return Planned { object: proposed, replace: Vec::new(), warnings: Vec::new() };
        };
        let computed = ["id", "uuid", "state", "not_after", "sha1_fingerprint"];
        let object = unchanged(&proposed, prior, &computed);
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn comes_first(&self) -> bool {
        true
    }

    fn succeed(&self, prior: &Object, planned: Object, comes_first: bool, whose: &str) -> Planned {
        let (before, wanted) = (prior.str("name").unwrap_or_default(), planned.str("name").unwrap_or_default());
        if !name::is_of(before, wanted) {
            return Planned { object: planned, replace: Vec::new(), warnings: Vec::new() };
        }
        if comes_first {
            let marks = planned.get("name").map(Value::marks).unwrap_or_default();
            // A predecessor that was made anew outside, under the same name, has another uuid.
            let seed = format!("{whose} {} {before}", prior.str("uuid").unwrap_or_default());
            let object = planned.set("name", Value::from(name::next(before, wanted, &seed)).with_marks(marks));
            return Planned { object, replace: Vec::new(), warnings: Vec::new() };
        }
        let warnings = vec![gap(prior, &planned, before)];
        Planned { object: planned, replace: Vec::new(), warnings }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("certificates".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the certificate {}", prior.id()));
        Ok(named(&api, prior).await?.map(|wire| wire.object(prior)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let api = client.on(cx, "reading certificates").sharing();
        let is_asked_by_name = items.len() <= listing::FEW && !api.shares();
        let all: Result<Vec<Wire>> =
            if is_asked_by_name { Ok(Vec::new()) } else { api.pages("/v2/certificates", "certificates").await };
        let all = match all {
            Ok(all) => all,
            Err(error) => return items.iter().map(|_| listing::seen(Err(error.duplicate()))).collect(),
        };
        let reads = items.iter().map(async |item| {
            let listed = choose(&all, &item.prior).cloned();
            let found = match listed {
                Some(wire) => Ok(Some(wire)),
                // Lists lag behind, so only being asked for by name can tell that it is gone.
                None => named(&api, &item.prior).await,
            };
            listing::seen(found.map(|wire| Some(Read::Present(wire?.object(&item.prior)))))
        });
        join_all(reads).await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let name = planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("creating the certificate {name}"));
        let is_ours = planned.str("type") != Some("lets_encrypt");
        let text = |name: &str| planned.str(name).filter(|text| !text.is_empty());
        let body = compact(json!({
            "name": planned.str("name"),
            "type": planned.str("type"),
            "private_key": text("private_key"),
            "leaf_certificate": text("leaf_certificate"),
            "certificate_chain": text("certificate_chain"),
            "dns_names": listed(planned, "domains").filter(|_| !is_ours),
        }));
        let made = api.post("/v2/certificates", &body).one("certificate").await;
        let holder = async { Ok(named(&api, planned).await?.map(|wire| wire.name)) };
        let wire: Wire = match taken::named(made, holder).await {
            Err(ProviderError::Taken { .. }) if name::chosen(name).is_some() => return Err(left_over(name)),
            made => made?,
        };
        cx.record(&wire.object(planned)).await?;
        let habits = CREATE.within(timeouts::of(planned, "create"));
        Ok(verified(&api, wire, habits).await?.object(planned))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the certificate {}", prior.str("name").unwrap_or_default()));
        // A renewed one has another uuid by now.
        let Some(wire) = named(&api, prior).await? else {
            return Ok(());
        };
        let patience = timeouts::of(prior, "delete").unwrap_or(IN_USE);
        match api.delete(&path(&wire.id)).patience(patience).gone().await {
            Err(ProviderError::Refused { doing, message, code: code @ Some(403), argument }) => {
                let message = format!(
                    "{message} Something uses it still that this configuration does not give another certificate: one \
                     that names it by hand, or that others look after. Give that another one first, and apply again"
                );
                Err(ProviderError::Refused { doing, message, code, argument })
            }
            end => end,
        }
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let name = planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the certificate {name}"));
        let known = intent.partial.as_ref().unwrap_or(planned);
        let found = named(&api, known).await?;
        let is_new = |wire: &Wire| known.str("uuid").is_some() || age::is_since(wire.created_at(), intent.since);
        let Some(wire) = found.filter(is_new) else {
            return Ok(Found::Absent);
        };
        match verified(&api, wire.clone(), CREATE).await {
            // One that came up broken is known as it is.
            Err(ProviderError::Failed { .. } | ProviderError::TimedOut { .. }) => Ok(Found::One(wire.object(planned))),
            end => Ok(Found::One(end?.object(planned))),
        }
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the certificate {id}"));
        let base = SCHEMA.empty().set("name", id);
        Ok(named(&api, &base).await?.map(|wire| wire.object(&base)))
    }
}

fn path(uuid: &str) -> String {
    format!("/v2/certificates/{}", segment(uuid))
}

/// The certificate with the name of a known one.
async fn named(api: &Api<'_>, known: &Object) -> Result<Option<Wire>> {
    let all = by_name(api, known.str("name").unwrap_or_default()).await?;
    Ok(choose(&all, known).cloned())
}

/// The certificates with a name.
pub(super) async fn by_name(api: &Api<'_>, name: &str) -> Result<Vec<Wire>> {
    let mut all: Vec<Wire> = api.pages(&format!("/v2/certificates?name={}", segment(name)), "certificates").await?;
    all.retain(|wire| wire.name == name);
    Ok(all)
}

/// Which of several certificates is the known one: that of its uuid, else the newest of its name.
fn choose<'a>(all: &'a [Wire], known: &Object) -> Option<&'a Wire> {
    let name = known.str("name").unwrap_or_default();
    let of_name = || all.iter().filter(|wire| wire.name == name);
    let same = of_name().find(|wire| Some(&*wire.id) == known.str("uuid"));
    same.or_else(|| of_name().max_by(|a, b| a.created_at().cmp(&b.created_at())))
}

/// Waits until it can be used; one that could not be had is an error.
async fn verified(api: &Api<'_>, wire: Wire, habits: Habits) -> Result<Wire> {
    let id = wire.id.clone();
    let look = |wire: Wire| match wire.state.as_deref() {
        Some("pending") => Ok(Poll::Pending("pending".to_owned())),
        Some("error") => {
            let message = "DigitalOcean reports that the certificate is in error. Are its domains managed there, and do \
                           their name servers point there?";
            Err(ProviderError::Failed { doing: api.doing().to_owned(), message: message.to_owned() })
        }
        _ => Ok(Poll::Ready(wire)),
    };
    if let Poll::Ready(wire) = look(wire)? {
        return Ok(wire);
    }
    api.until(api.doing(), habits, || async {
        match api.get(&path(&id)).optional::<Wire>("certificate").await? {
            Some(wire) => look(wire),
            None => Ok(Poll::Pending("not yet visible".to_owned())),
        }
    })
    .await
}

/// The name that we chose for a successor is taken. What has it is no object of the user's to take over under the
/// configured name, whoever made it.
fn left_over(name: &str) -> ProviderError {
    let detail = format!(
        "The certificate that takes the place of `{}` was to be called `{name}`, a name that no other state comes to, and a \
         certificate of that name is there already. An earlier run of this state has most likely left it behind. Delete it \
         at DigitalOcean if nothing uses it, and apply again; nothing else has been changed.",
        name::chosen(name).unwrap_or(name)
    );
    ProviderError::problem(Path::of("name"), "Successor's name already taken", detail)
}

/// What it brings with it that a certificate goes before its successor comes.
fn gap(prior: &Object, planned: &Object, name: &str) -> Problem {
    let changes =
        |name: &&str| planned.get(name).is_some_and(Value::is_wholly_known) && differs(&SCHEMA, prior, planned, name);
    let cause = ["type", "domains"].into_iter().chain(schema::HANDED_IN).find(changes);
    Problem {
        path: cause.map_or_else(Path::root, Path::of),
        summary: "Certificate goes before its successor".to_owned(),
        detail: format!(
            "`{name}` is deleted before its successor is made, and it cannot be deleted while a load balancer uses it. \
             Something that it depends on is replaced so too, or its `lifecycle` says `create_before_destroy = false`: \
             without that, the successor comes first, under a name of its own."
        ),
    }
}
