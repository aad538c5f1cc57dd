//! A replica that becomes a cluster of its own.
//!
//! A `moved` block from a `digitalocean_database_replica` to a `digitalocean_database_cluster` is what asks for it. The
//! cluster has the replica's uuid and all that is in it; its primary goes on without it. Until the vendor has promoted
//! it, the promotion is owed: the note says whose replica it is, and under which name.

use serde_json::Value as Json;
use serde_json::json;

use super::change;
use super::path;
use super::schema::SCHEMA;
use super::wire::Wire;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::segment;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Value;

const PROMOTE: Habits = Habits::new(10, 1800);

/// What is the same in both.
const SHARED: [&str; 14] = [
    "name",
    "region",
    "size",
    "storage_size_mib",
    "private_network_uuid",
    "tags",
    "host",
    "private_host",
    "port",
    "uri",
    "private_uri",
    "database",
    "user",
    "password",
];

/// Whose replica a cluster still is.
pub(super) struct Promotion {
    primary: String,
    name: String,
}

/// What a replica becomes, and the note of what is owed to it.
pub(super) fn take_over(replica: &Object) -> Option<(Object, Json)> {
    let (uuid, primary, name) = (replica.str("uuid")?, replica.str("cluster_id")?, replica.str("name")?);
    // Only its address tells the engine, until it is read; a cluster of an unknown engine would be replaced.
    let engine = match replica.get("uri")?.unmarked().as_str()?.split(':').next()? {
        "postgres" | "postgresql" => "pg",
        "mysql" => "mysql",
        _ => return None,
    };
    let own = [
        ("id", Value::from(uuid)),
        ("urn", format!("do:dbaas:{uuid}").into()),
        ("engine", Value::from(engine)),
        ("node_count", Value::from(1)),
    ];
    let shared = SHARED.iter().filter_map(|name| Some((*name, replica.get(name)?.clone())));
    let note = json!({"promotes": {"primary": primary, "name": name}});
    Some((SCHEMA.object(own.into_iter().chain(shared)), note))
}

impl Promotion {
    /// The promotion that a note says is owed.
    pub(super) fn owed(private: &Json) -> Option<Self> {
        let note = private.get("promotes")?;
        let text = |key: &str| note.get(key)?.as_str().map(str::to_owned);
        Some(Self { primary: text("primary")?, name: text("name")? })
    }

    /// What it says in a plan.
    pub(super) fn words(&self) -> String {
        let Self { primary, name } = self;
        format!(
            "the promotion of the replica {name} of the database cluster {primary} to a cluster of its own; there is no way back"
        )
    }

    fn path(&self) -> String {
        format!("{}/replicas/{}", path(&self.primary), segment(&self.name))
    }

    /// Reads it as long as it is a replica: its primary tells engine and version. `None` when it is one no more.
    pub(super) async fn read(&self, api: &Api<'_>, prior: &Object) -> Result<Option<Read>> {
        if api.get(&self.path()).optional::<Json>("replica").await?.is_none() {
            return Ok(None);
        }
        let primary: Option<Wire> = api.get(&path(&self.primary)).optional("database").await?;
        let told = primary.iter().flat_map(|primary| {
            let version = primary.version.as_deref().map(|version| ("version".into(), Value::from(version)));
            [Some(("engine".into(), Value::from(&*primary.engine))), version].into_iter().flatten()
        });
        Ok(Some(Read::Present(prior.with(told.collect::<Vec<_>>()))))
    }

    /// Promotes it and waits until it is a cluster.
    pub(super) async fn perform(&self, api: &Api<'_>, id: &str) -> Result<Wire> {
        let name = &self.name;
        let api = api.about(format!("promoting the database replica {name}"));
        match api.put(&format!("{}/promote", self.path()), &json!({})).patience(change::PATIENCE).done().await {
            // An earlier try, of which no answer came, has done it: its primary no longer knows it.
            Err(ProviderError::Refused { code: Some(404), .. }) => {}
            end => end?,
        }
        change::online(&api, id, PROMOTE, true, |_| true).await
    }
}
