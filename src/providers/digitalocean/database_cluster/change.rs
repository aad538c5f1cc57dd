//! Changing a database cluster in place, one thing after another, each waited for.

use std::time::Duration;

use serde_json::json;

use super::super::database_trust;
use super::super::database_trust::Rule;
use super::super::database_trust::configured;
use super::super::tagging;
use super::super::values::differs;
use super::super::values::only_block;
use super::path;
use super::schema::SCHEMA;
use super::schema::is_cache;
use super::storage_body;
use super::wire::Extras;
use super::wire::Wire;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::net::rest::segment;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// How long the name of a deleted cluster is held.
const NAME: Habits = Habits::new(10, 600);
/// Moving the data of a large cluster takes hours.
const CHANGE: Habits = Habits::new(15, 6 * 3600);
/// A cluster under maintenance, or in its first backup, says "later" for as long.
pub(super) const PATIENCE: Duration = Duration::from_secs(1800);

/// Has a new cluster made. The vendor holds the name of one that was deleted for some time: while no cluster has it, it is
/// waited for.
pub(super) async fn made(api: &Api<'_>, planned: &Object, body: &serde_json::Value) -> Result<Wire> {
    let name = planned.str("name").unwrap_or_default();
    let first = api.post("/v2/databases", body).one("database").await;
    let Err(ProviderError::Taken { .. }) = first else { return first };
    api.until(api.doing(), NAME, || async {
        let all: Vec<Wire> = api.pages("/v2/databases", "databases").await?;
        if let Some(holder) = all.into_iter().find(|wire| wire.name == name) {
            let message = format!("a database cluster named {name} is there already");
            let (doing, argument) = (api.doing().to_owned(), Some(Path::of("name")));
            return Err(ProviderError::Taken { doing, message, id: Some(holder.id), argument });
        }
        match api.post("/v2/databases", body).one("database").await {
            Err(ProviderError::Taken { .. }) => {
                Ok(Poll::Pending("its name is still held by one that was deleted".to_owned()))
            }
            made => made.map(Poll::Ready),
        }
    })
    .await
}

/// Makes a cluster be as planned. Gives what was learned that the cluster itself does not tell.
pub(super) async fn update(api: &Api<'_>, prior: &Object, planned: &Object) -> Result<Extras> {
    let id = prior.id();
    let changes = |name| differs(&SCHEMA, prior, planned, name);
    let lower = |name: &str| planned.str(name).unwrap_or_default().to_lowercase();
    let sets_storage = changes("storage_size_mib") && planned.str("storage_size_mib").is_some();
    if changes("size") || changes("node_count") || sets_storage {
        let (size, nodes) = (lower("size"), planned.int("node_count").unwrap_or(1));
        let mut body = json!({"size": size, "num_nodes": nodes});
        if sets_storage {
            body["storage_size_mib"] = storage_body(planned);
        }
        match api.put(&format!("{}/resize", path(id)), &body).patience(PATIENCE).done().await {
            Err(refused @ ProviderError::Refused { .. }) => {
                // An earlier try, of which no answer came, may have done it.
                let wire: Wire = api.get(&path(id)).one("database").await?;
                if (&*wire.size, wire.num_nodes) != (&*size, nodes) {
                    return Err(refused);
                }
            }
            end => end?,
        }
        online(api, id, CHANGE, false, |wire| wire.size == size && wire.num_nodes == nodes).await?;
    }
    if changes("region") {
        let region = lower("region");
        let migrate = api.put(&format!("{}/migrate", path(id)), &json!({"region": region}));
        migrate.patience(PATIENCE).done().await?;
        online(api, id, CHANGE, false, |wire| wire.region == region).await?;
    }
    if changes("version") {
        let version = planned.str("version").unwrap_or_default();
        let upgrade = api.put(&format!("{}/upgrade", path(id)), &json!({"version": version}));
        upgrade.patience(PATIENCE).done().await?;
        online(api, id, CHANGE, false, |wire| wire.version.as_deref() == Some(version)).await?;
    }
    if changes("storage_autoscale") {
        let storage = super::autoscale_body(planned).unwrap_or_else(|| json!({"enabled": false}));
        let autoscale = api.put(&format!("{}/autoscale", path(id)), &json!({"storage": storage}));
        autoscale.patience(PATIENCE).done().await?;
    }
    settings(api, id, Some(prior), planned).await?;
    if changes("tags") {
        tagging::update(api, "database", id, prior, planned).await?;
    }
    let project = planned.str("project_id").filter(|_| changes("project_id"));
    if let Some(project) = project {
        let body = json!({"resources": [format!("do:dbaas:{id}")]});
        // Each object is in one project, so this moves it; twice is the same as once.
        api.post(&format!("/v2/projects/{}/resources", segment(project)), &body).idempotent().done().await?;
    }
    let rules = if changes("rule") { Some(trust(api, id, planned).await?) } else { None };
    Ok(Extras { rules, ..Extras::default() })
}

/// Makes the planned rules be all that there are: one that somebody added lets in whom the configuration does not. Gives them
/// as they are then.
pub(super) async fn trust(api: &Api<'_>, id: &str, planned: &Object) -> Result<Vec<Rule>> {
    let gone = || ProviderError::refused(api.doing(), "the database cluster went away meanwhile");
    let there = database_trust::read(api, id).await?.ok_or_else(gone)?;
    let wanted = configured(planned);
    let stays = |rule: &&Rule| wanted.iter().any(|wanted| rule.is_meant_by(wanted));
    let missing: Vec<_> = wanted.iter().filter(|wanted| !there.iter().any(|rule| rule.is_meant_by(wanted))).collect();
    if missing.is_empty() && there.iter().all(|rule| stays(&rule)) {
        return Ok(there);
    }
    let kept = there.iter().filter(stays).map(Rule::body);
    let all: Vec<_> = kept.chain(missing.into_iter().map(|rule| database_trust::body(rule))).collect();
    database_trust::replace(api, id, &all).await?;
    database_trust::read(api, id).await?.ok_or_else(gone)
}

/// Sets what only a running cluster takes: its maintenance window, eviction policy and SQL mode.
pub(super) async fn settings(api: &Api<'_>, id: &str, prior: Option<&Object>, planned: &Object) -> Result<()> {
    let changes = |name: &str| match prior {
        Some(prior) => differs(&SCHEMA, prior, planned, name),
        None => planned.get(name).is_some_and(|value| !value.is_null()),
    };
    let window = only_block(planned, "maintenance_window");
    if let Some(window) = window.filter(|_| changes("maintenance_window")) {
        let body = json!({"day": window.str("day").map(str::to_lowercase), "hour": window.str("hour")});
        api.put(&format!("{}/maintenance", path(id)), &body).patience(PATIENCE).done().await?;
    }
    if changes("eviction_policy") && planned.str("engine").is_some_and(is_cache) {
        let policy = planned.str("eviction_policy").unwrap_or("noeviction");
        let put = api.put(&format!("{}/eviction_policy", path(id)), &json!({"eviction_policy": policy}));
        put.patience(PATIENCE).done().await?;
    }
    // There is no mode to go back to: a mode that is no longer configured stays.
    if let Some(mode) = planned.get("sql_mode").and_then(Value::as_str).filter(|_| changes("sql_mode")) {
        api.put(&format!("{}/sql_mode", path(id)), &json!({"sql_mode": mode})).patience(PATIENCE).done().await?;
    }
    Ok(())
}

/// Waits until a cluster is online and as wanted. Only a new one may be invisible for a while. The status alone does
/// not do: it may lag behind the change that was asked for.
pub(super) async fn online(
    api: &Api<'_>,
    id: &str,
    habits: Habits,
    is_new: bool,
    wanted: impl Fn(&Wire) -> bool + Send + Sync,
) -> Result<Wire> {
    let wanted = &wanted;
    api.until(api.doing(), habits, || async move {
        match api.get(&path(id)).optional::<Wire>("database").await? {
            Some(wire) if wire.is_online() && wanted(&wire) => Ok(Poll::Ready(wire)),
            Some(wire) => Ok(Poll::Pending(wire.status.unwrap_or_else(|| "in an unknown state".to_owned()))),
            None if is_new => Ok(Poll::Pending("not yet visible".to_owned())),
            None => Err(ProviderError::refused(api.doing(), "the database cluster went away meanwhile")),
        }
    })
    .await
}
