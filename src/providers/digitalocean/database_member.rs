//! What a database cluster holds under a name of its own: users, databases, connection pools, replicas.
//!
//! The answer on a cluster names its users and databases, and clusters are read anyway: these need no requests of their
//! own.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::listing;
use super::listing::Listing;
use crate::net::rest::Api;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// One kind of member; its objects have a `cluster_id` and a `name`.
pub(super) struct Members {
    /// The list's name in paths and answers.
    pub(super) list: &'static str,
    /// The key that one is under.
    pub(super) key: &'static str,
    /// What a person calls one.
    pub(super) word: &'static str,
}

/// What an answer becomes; `base` is what was known or planned.
pub(super) trait Member: DeserializeOwned + Clone + Send + Sync {
    fn name(&self) -> &str;
    fn object(&self, base: &Object, cluster: &str) -> Object;

    /// Those that the answer on their cluster tells; `None` where it tells of none.
    const TOLD: Option<fn(Told<Self>) -> Vec<Self>> = None;
}

/// A cluster, as far as it tells of its members.
#[derive(Clone, Deserialize)]
pub(super) struct Told<T> {
    id: String,
    pub(super) users: Option<Vec<T>>,
    pub(super) db_names: Option<Vec<String>>,
}

/// The cluster and the name of a member.
pub(super) fn named(object: &Object) -> (&str, &str) {
    (object.str("cluster_id").unwrap_or_default(), object.str("name").unwrap_or_default())
}

/// Where it is reached and with what, as the vendor says.
pub(super) fn connection() -> [(&'static str, Attribute); 8] {
    let secret = || string().computed().sensitive();
    [
        ("host", string().computed()),
        ("private_host", string().computed()),
        ("port", number().computed()),
        ("uri", secret()),
        ("private_uri", secret()),
        ("database", string().computed()),
        ("user", string().computed()),
        ("password", secret()),
    ]
}

/// What of an object another schema has too.
pub(super) fn shared(schema: &Schema, object: &Object) -> Object {
    let names = schema.shape().names().iter();
    schema.object(names.filter_map(|name| Some((name.clone(), object.get(name)?.clone()))))
}

impl Members {
    pub(super) fn all(&self, cluster: &str) -> String {
        format!("/v2/databases/{}/{}", segment(cluster), self.list)
    }

    pub(super) fn path(&self, cluster: &str, name: &str) -> String {
        format!("{}/{}", self.all(cluster), segment(name))
    }

    /// The members of a cluster are read together.
    pub(super) fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(BatchKey(format!("database_{}/{}", self.list, prior.str("cluster_id")?)))
    }

    pub(super) async fn read<T: Member>(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let (cluster, name) = named(prior);
        let api = client.on(cx, format!("reading the {} {name}", self.word));
        let member: Option<T> = api.get(&self.path(cluster, name)).optional(self.key).await?;
        Ok(member.map(|member| member.object(prior, cluster)))
    }

    pub(super) async fn read_batch<T: Member>(&self, client: &Rest, cx: &Cx, items: &[ReadItem]) -> Vec<Result<Read>> {
        let Some(cluster) = items.first().map(|item| named(&item.prior).0) else {
            return Vec::new();
        };
        let api = client.on(cx, format!("reading the {} of the database cluster {cluster}", self.list));
        let told: Vec<T> = self.told(&api, cluster).await;
        let of_name = |name: &str| told.iter().find(|member| member.name() == name);
        let names = items.iter().map(|item| named(&item.prior).1).filter(|name| of_name(name).is_none());
        let names: Vec<_> = names.collect();
        let listing = Listing {
            path: &self.all(cluster),
            key: self.list,
            one: &|name| self.path(cluster, name),
            one_key: self.key,
            id: |member: &T| member.name().to_owned(),
        };
        let mut found = listing.read(&api, &names).await.into_iter();
        let reads = items.iter().map(|item| {
            let (_, name) = named(&item.prior);
            let found =
                of_name(name).map_or_else(|| found.next().unwrap_or(Ok(None)), |member| Ok(Some(member.clone())));
            match found {
                Ok(member) => Ok(member.map(|member| Read::Present(member.object(&item.prior, cluster)))),
                // The list of a cluster that is gone.
                Err(ProviderError::Refused { code: Some(404), .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        reads.map(listing::seen).collect()
    }

    /// Those that are told where clusters are read; whoever is not among them is asked for.
    async fn told<T: Member>(&self, api: &Api<'_>, cluster: &str) -> Vec<T> {
        let Some(told) = T::TOLD.filter(|_| api.cx().moment().is_some()) else {
            return Vec::new();
        };
        let clusters: Result<Vec<Told<T>>> = api.sharing().pages("/v2/databases", "databases").await;
        let cluster = clusters.ok().and_then(|all| all.into_iter().find(|told| told.id == cluster));
        cluster.map(told).unwrap_or_default()
    }

    pub(super) async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let (cluster, name) = named(prior);
        client.on(cx, format!("deleting the {} {name}", self.word)).delete(&self.path(cluster, name)).gone().await
    }

    /// The member that a data source asks for, in what `data` shows of `resource`.
    pub(super) async fn data<T: Member>(
        &self,
        client: &Rest,
        cx: &Cx,
        (resource, data): (&Schema, &Schema),
        config: &Object,
    ) -> Result<Object> {
        let (cluster, name) = named(config);
        let known = resource.object([("cluster_id", Value::from(cluster)), ("name", Value::from(name))]);
        let found = self.read::<T>(client, cx, &known).await?;
        let found = found.ok_or_else(|| {
            let message = format!("the database cluster {cluster} has no {} of this name", self.word);
            ProviderError::refused(format!("reading the {} {name}", self.word), message)
        })?;
        Ok(shared(data, &found))
    }

    /// The cluster and the name in an import id.
    pub(super) fn parts<'a>(&self, id: &'a str) -> Result<(&'a str, &'a str)> {
        let parts = id.split_once(',').filter(|(cluster, name)| !cluster.is_empty() && !name.is_empty());
        parts.ok_or_else(|| {
            let message = format!(
                "`{id}` is not an id. Write the cluster's id and the name of the {}, as in `9cc1…,app`",
                self.word
            );
            ProviderError::refused(format!("importing a {}", self.word), message)
        })
    }
}
