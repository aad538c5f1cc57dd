//! `digitalocean_loadbalancer`: one address for many droplets.
//!
//! [`schema`] has the attributes, [`wire`] the API's form and [`body`] what is written, [`plan`] what a change brings
//! with it, [`certificates`] names and ids. The API offers no mark, and names may repeat: one whose creation was cut
//! short is found by name, region and age.

mod body;
mod certificates;
mod plan;
mod schema;
mod wire;

use async_trait::async_trait;

use super::listing;
use super::listing::Listing;
use super::offers;
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

use certificates::Certificates;
pub(super) use schema::SCHEMA;
pub(super) use wire::Wire;

/// A load balancer, found again by its uuid.
pub(super) struct LoadBalancer;

/// Up within three minutes as a rule.
const CREATE: Habits = Habits::new(10, 900);
const DELETE: Habits = Habits::new(5, 300);

#[async_trait]
impl ResourceType<Rest> for LoadBalancer {
    fn name(&self) -> &'static str {
        "digitalocean_loadbalancer"
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

    fn spares(&self, object: &Object, ty: &str) -> Vec<String> {
        plan::spares(object, ty)
    }

    fn without(&self, object: &Object, planned: &Object, ty: &str, gone: &[&Object]) -> Option<Object> {
        plan::without(object, planned, ty, gone)
    }

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        offers::of_region(prior, planned)
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("load_balancers".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading the load balancer {}", prior.id()));
        read(&api, prior.id(), prior).await
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let api = client.on(cx, "reading load balancers");
        let ids: Vec<_> = items.iter().map(|item| item.prior.id()).collect();
        let listing = Listing {
            path: "/v2/load_balancers",
            key: "load_balancers",
            one: &path,
            one_key: "load_balancer",
            id: |wire: &Wire| wire.id.clone(),
        };
        let found = listing.read(&api, &ids).await;
        let are_needed = found.iter().flatten().flatten().any(Wire::has_certificates);
        let certificates = Certificates::read(&api.sharing(), are_needed).await;
        let reads = found.into_iter().zip(items).map(|(found, item)| {
            let certificates = certificates.as_ref().map_err(ProviderError::duplicate);
            match found? {
                Some(wire) => Ok(Some(Read::Present(wire.object(&item.prior, certificates?)))),
                None => Ok(None),
            }
        });
        reads.map(listing::seen).collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("creating the load balancer {}", planned.str("name").unwrap_or_default()));
        let certificates = Certificates::read(&api, body::names_certificates(planned)).await?;
        let body = body::with_ip(body::body(&api, planned, &certificates)?, planned);
        let wire: Wire = api.post("/v2/load_balancers", &body).one("load_balancer").await?;
        cx.record(&wire.partial(planned)).await?;
        let wire = active(&api, wire, true).await?;
        finished(&api, &wire, planned, certificates).await
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let api = client.on(cx, format!("changing the load balancer {}", prior.str("name").unwrap_or_default()));
        let certificates = Certificates::read(&api, body::names_certificates(planned)).await?;
        let body = body::body(&api, planned, &certificates)?;
        let wire: Wire = api.put(&path(prior.id()), &body).one("load_balancer").await?;
        let wire = active(&api, wire, false).await?;
        finished(&api, &wire, planned, certificates).await
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("deleting the load balancer {}", prior.str("name").unwrap_or_default()));
        let at = path(prior.id());
        api.delete(&at).gone().await?;
        let api = &api;
        // Its network and certificates are free only when it is really gone.
        api.until(api.doing(), DELETE, || async {
            let wire = api.get(&at).optional::<Wire>("load_balancer").await?;
            Ok(wire.map_or(Poll::Ready(()), |wire| Poll::Pending(wire.status)))
        })
        .await
    }

    fn price(&self, object: &Object, list: &PriceList) -> Price {
        prices::of_loadbalancer(object, list)
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its address")
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let name = planned.str("name").unwrap_or_default();
        let api = client.on(cx, format!("looking for the load balancer {name}"));
        let found: Vec<Wire> = match intent.partial.as_ref().map(Object::id).filter(|id| !id.is_empty()) {
            Some(id) => api.get(&path(id)).optional("load_balancer").await?.into_iter().collect(),
            None => {
                let region = planned.str("region").map(str::to_lowercase);
                let mut all: Vec<Wire> = api.pages("/v2/load_balancers", "load_balancers").await?;
                all.retain(|wire| {
                    wire.name == name
                        && wire.region.as_ref().map(|region| &*region.slug) == region.as_deref()
                        && age::is_since(wire.created_at.as_deref(), intent.since)
                        && !intent.claimed.contains(&wire.id)
                });
                all
            }
        };
        Ok(match &*found {
            [] => Found::Absent,
            [wire] => {
                // Known whole once it is up; one that came up broken is known as it is.
                let wire = match active(&api, wire.clone(), true).await {
                    Err(ProviderError::Failed { .. } | ProviderError::TimedOut { .. }) => wire.clone(),
                    end => end?,
                };
                let certificates = Certificates::read(&api, wire.has_certificates()).await?;
                Found::One(wire.object(planned, &certificates))
            }
            several => {
                let words = |wire: &Wire| format!("{}, made {}", wire.name, wire.created_at.as_deref().unwrap_or("?"));
                Found::Ambiguous(several.iter().map(|wire| (wire.id.clone(), words(wire))).collect())
            }
        })
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let api = client.on(cx, format!("importing the load balancer {id}"));
        read(&api, id, &SCHEMA.object::<&str>([])).await
    }
}

pub(super) fn path(id: &str) -> String {
    format!("/v2/load_balancers/{}", segment(id))
}

/// All that an answer says, for those who only look.
pub(super) async fn told(api: &Api<'_>, wire: &Wire) -> Result<Object> {
    let certificates = Certificates::read(api, wire.has_certificates()).await?;
    Ok(wire.object(&SCHEMA.empty(), &certificates))
}

async fn read(api: &Api<'_>, id: &str, base: &Object) -> Result<Option<Object>> {
    let Some(wire) = api.get(&path(id)).optional::<Wire>("load_balancer").await? else {
        return Ok(None);
    };
    let certificates = Certificates::read(api, wire.has_certificates()).await?;
    Ok(Some(wire.object(base, &certificates)))
}

/// Waits until it is up; one that came up broken is an error.
async fn active(api: &Api<'_>, wire: Wire, is_new: bool) -> Result<Wire> {
    let id = wire.id.clone();
    let look = |wire: Wire| match &*wire.status {
        "active" => Ok(Poll::Ready(wire)),
        "errored" => {
            let message = "DigitalOcean reports that the load balancer is errored".to_owned();
            Err(ProviderError::Failed { doing: api.doing().to_owned(), message })
        }
        status => Ok(Poll::Pending(status.to_owned())),
    };
    if let Poll::Ready(wire) = look(wire)? {
        return Ok(wire);
    }
    api.until(api.doing(), CREATE, || async {
        match api.get(&path(&id)).optional::<Wire>("load_balancer").await? {
            Some(wire) => look(wire),
            None if is_new => Ok(Poll::Pending("not yet visible".to_owned())),
            None => Err(ProviderError::refused(api.doing(), "the load balancer went away meanwhile")),
        }
    })
    .await
}

/// The object at the end of a write, with the names of certificates that were given by id.
async fn finished(api: &Api<'_>, wire: &Wire, planned: &Object, certificates: Certificates) -> Result<Object> {
    let is_missing = wire.has_certificates() && !body::names_certificates(planned);
    let certificates = if is_missing { Certificates::read(api, true).await? } else { certificates };
    Ok(wire.object(planned, &certificates))
}
