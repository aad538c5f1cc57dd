//! `digitalocean_database_replica`: a copy of a PostgreSQL or MySQL cluster that is kept up to date and only read.
//!
//! At the vendor a replica has two names: one within its cluster, by which it is made and read, and a uuid, by which it
//! is resized and has its firewall, as any cluster. The uuid is its id here.

mod data;

pub(super) use data::ReplicaData;

use std::sync::LazyLock;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::database_access::Access;
use super::database_access::PRIVATE;
use super::database_access::PUBLIC;
use super::database_cluster::storage_body;
use super::database_member::Member;
use super::database_member::Members;
use super::database_member::connection;
use super::database_member::named;
use super::database_offers;
use super::marks;
use super::tagging;
use super::timeouts;
use super::values::compact;
use super::values::differs;
use super::values::listed;
use super::values::text;
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
use crate::providers::digitalocean::prices;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

/// A replica, found again by its cluster and name.
pub(super) struct DatabaseReplica;

const REPLICAS: Members = Members { list: "replicas", key: "replica", word: "database replica" };
const CREATE: Habits = Habits::new(10, 1800);
const CHANGE: Habits = Habits::new(15, 6 * 3600);
const DELETE: Habits = Habits::new(10, 1800);
/// For so long the vendor may not show a replica that it has accepted.
const HIDDEN: Duration = Duration::from_secs(600);
/// A cluster in its first backup says "later" for as long.
const PATIENCE: Duration = Duration::from_secs(1800);

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let own = [
        ("id", string().computed()),
        ("uuid", string().computed()),
        ("cluster_id", string().required().replaces()),
        ("name", string().required().replaces()),
        ("region", string().optional_computed().replaces().equality(Equality::IgnoreCase)),
        ("size", string().optional_computed().equality(Equality::IgnoreCase)),
        ("storage_size_mib", string().optional_computed()),
        ("private_network_uuid", string().optional_computed().replaces()),
        // They are given with the creation; afterwards the vendor takes tags of clusters only.
        ("tags", tagging::attribute().replaces()),
    ];
    Schema::new(own.into_iter().chain(connection())).block("timeouts", timeouts::block(&["create"]))
});

#[derive(Clone, Deserialize)]
struct Wire {
    id: Option<String>,
    name: String,
    region: Option<String>,
    size: Option<String>,
    status: Option<String>,
    tags: Option<Vec<String>>,
    private_network_uuid: Option<String>,
    storage_size_mib: Option<u64>,
    connection: Option<Access>,
    private_connection: Option<Access>,
}

impl Wire {
    /// The documentation calls it active where the interface says online.
    fn is_online(&self) -> bool {
        matches!(self.status.as_deref(), Some("online" | "active"))
    }

    fn state(self) -> String {
        self.status.unwrap_or_else(|| "in an unknown state".to_owned())
    }

    fn has_size(&self, size: &str) -> bool {
        self.size.as_deref().is_some_and(|is| is.eq_ignore_ascii_case(size))
    }
}

impl Member for Wire {
    fn name(&self) -> &str {
        &self.name
    }

    fn object(&self, base: &Object, cluster: &str) -> Object {
        let mut given = vec![("cluster_id", Value::from(cluster)), ("name", Value::from(&*self.name))];
        let id = text(self.id.as_deref());
        let told = [
            ("id", id.clone()),
            ("uuid", id),
            ("region", text(self.region.as_deref())),
            ("size", text(self.size.as_deref())),
            ("private_network_uuid", text(self.private_network_uuid.as_deref())),
        ];
        given.extend(told.into_iter().filter(|(_, value)| !value.is_null()));
        given.extend(self.storage_size_mib.map(|size| ("storage_size_mib", Value::from(size.to_string()))));
        given.extend(self.tags.as_ref().map(|tags| ("tags", tagging::shown(base, tags))));
        given.extend(self.connection.iter().flat_map(|access| access.shown(PUBLIC)));
        given.extend(self.private_connection.iter().flat_map(|access| access.shown(PRIVATE)));
        SCHEMA.settle(base, given)
    }
}

#[async_trait]
impl ResourceType<Rest> for DatabaseReplica {
    fn name(&self) -> &'static str {
        "digitalocean_database_replica"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = tagging::problems(config);
        problems.extend(timeouts::problems(config));
        if let Some(size) = config.str("storage_size_mib").filter(|size| size.parse::<u64>().is_err()) {
            let detail = format!("`{size}` is not a whole number of MiB.");
            let path = Path::of("storage_size_mib");
            problems.push(Problem { path, summary: "Invalid storage size".to_owned(), detail });
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let changes = |name| prior.is_some_and(|prior| differs(&SCHEMA, prior, &proposed, name));
        let object = match changes("size") && !changes("storage_size_mib") {
            // A larger plan comes with more storage.
            true => proposed.set("storage_size_mib", Value::unknown(Type::STRING)),
            false => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn choices(&self, prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
        let is_resized = prior.is_some_and(|prior| differs(&SCHEMA, prior, planned, "size"));
        database_offers::of_replica(prior, planned, is_resized)
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        REPLICAS.read_key(prior)
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        REPLICAS.read::<Wire>(client, cx, prior).await
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        REPLICAS.read_batch::<Wire>(client, cx, items).await
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(planned);
        let api = client.on(cx, format!("creating the database replica {name}"));
        let lower = |name: &str| planned.str(name).map(str::to_lowercase);
        let tags = listed(planned, "tags").unwrap_or_default();
        let body = compact(json!({
            "name": name,
            "region": lower("region"),
            "size": lower("size"),
            "storage_size_mib": storage_body(planned),
            "private_network_uuid": planned.str("private_network_uuid"),
            "tags": tags.into_iter().chain([marks::lineage(cx)]).collect::<Vec<_>>(),
        }));
        let wire: Wire = api.post(&REPLICAS.all(cluster), &body).patience(PATIENCE).one("replica").await?;
        cx.record(&wire.object(planned, cluster)).await?;
        let habits = CREATE.within(timeouts::of(planned, "create"));
        Ok(online(&api, planned, habits, true, |_| true).await?.object(planned, cluster))
    }

    async fn update(&self, client: &Rest, cx: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        let (cluster, name) = named(prior);
        let api = client.on(cx, format!("changing the database replica {name}"));
        let changes = |name| differs(&SCHEMA, prior, planned, name);
        let sets_storage = changes("storage_size_mib") && planned.str("storage_size_mib").is_some();
        if changes("size") || sets_storage {
            let size = planned.str("size").unwrap_or_default().to_lowercase();
            let mut body = json!({"size": size, "num_nodes": 1});
            if sets_storage {
                body["storage_size_mib"] = storage_body(planned);
            }
            let path = format!("/v2/databases/{}/resize", segment(prior.str("uuid").unwrap_or_default()));
            match api.put(&path, &body).patience(PATIENCE).done().await {
                Err(refused @ ProviderError::Refused { .. }) => {
                    // An earlier try, of which no answer came, may have done it.
                    let wire: Wire = api.get(&REPLICAS.path(cluster, name)).one("replica").await?;
                    if !wire.has_size(&size) {
                        return Err(refused);
                    }
                }
                end => end?,
            }
            online(&api, prior, CHANGE, false, |wire| wire.has_size(&size)).await?;
        }
        let wire: Wire = api.get(&REPLICAS.path(cluster, name)).one("replica").await?;
        Ok(wire.object(planned, cluster))
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let (cluster, name) = named(prior);
        let api = client.on(cx, format!("deleting the database replica {name}"));
        let path = REPLICAS.path(cluster, name);
        api.delete(&path).gone().await?;
        let (api, path) = (&api, &path);
        // It counts as a member of its network until it is really gone.
        api.until(api.doing(), DELETE, || async move {
            let wire = api.get(path).optional::<Wire>("replica").await?;
            Ok(wire.map_or(Poll::Ready(()), |wire| Poll::Pending(wire.state())))
        })
        .await
    }

    fn price(&self, object: &Object, list: &PriceList) -> Price {
        prices::of_database(object, list, Some(1))
    }

    fn guards(&self) -> Option<&'static str> {
        Some("its copy of the data, and its address")
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let (cluster, name) = named(planned);
        let api = client.on(cx, format!("looking for the database replica {name}"));
        let path = &REPLICAS.path(cluster, name);
        let mut seen: Option<Wire> = api.get(path).optional("replica").await?;
        let age = Duration::try_from(cx.clock.now().duration_since(intent.since)).unwrap_or_default();
        if seen.is_none() && age < HIDDEN {
            let habits = Habits { limit: HIDDEN - age, ..CREATE };
            let api = &api;
            let look = api.until(api.doing(), habits, || async move {
                let seen = api.get(path).optional::<Wire>("replica").await?;
                Ok(seen.map_or_else(|| Poll::Pending("not visible".to_owned()), Poll::Ready))
            });
            seen = match look.await {
                Err(ProviderError::TimedOut { .. }) => None,
                end => Some(end?),
            };
        }
        let Some(mut wire) = seen else {
            return Ok(Found::Absent);
        };
        if !wire.is_online() {
            // Known whole, with its addresses, once it is up.
            wire = match online(&api, planned, CREATE, true, |_| true).await {
                Err(ProviderError::TimedOut { .. }) => wire,
                end => end?,
            };
        }
        Ok(Found::One(wire.object(planned, cluster)))
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let (cluster, name) = REPLICAS.parts(id)?;
        let known = SCHEMA.object([("cluster_id", Value::from(cluster)), ("name", Value::from(name))]);
        self.read(client, cx, &known).await
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        differs(&SCHEMA, prior, planned, "size")
    }
}

/// Waits until a replica is online and as wanted. Only a new one may be invisible for a while.
async fn online(
    api: &Api<'_>,
    object: &Object,
    habits: Habits,
    is_new: bool,
    wanted: impl Fn(&Wire) -> bool + Send + Sync,
) -> Result<Wire> {
    let (cluster, name) = named(object);
    let (path, wanted) = (&REPLICAS.path(cluster, name), &wanted);
    api.until(api.doing(), habits, || async move {
        match api.get(path).optional::<Wire>("replica").await? {
            Some(wire) if wire.is_online() && wanted(&wire) => Ok(Poll::Ready(wire)),
            Some(wire) => Ok(Poll::Pending(wire.state())),
            None if is_new => Ok(Poll::Pending("not yet visible".to_owned())),
            None => Err(ProviderError::refused(api.doing(), "the database replica went away meanwhile")),
        }
    })
    .await
}
