//! `POST /v2/databases`.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Map;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::Maintenance;
use crate::sim::digitalocean::databases::Shape;
use crate::sim::digitalocean::databases::dbs;
use crate::sim::digitalocean::databases::dbs::Db;
use crate::sim::digitalocean::databases::events;
use crate::sim::digitalocean::databases::firewall;
use crate::sim::digitalocean::databases::is_listed;
use crate::sim::digitalocean::databases::options;
use crate::sim::digitalocean::databases::options::Engine;
use crate::sim::digitalocean::databases::policies;
use crate::sim::digitalocean::databases::shown;
use crate::sim::digitalocean::databases::users;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::tags;
use crate::sim::digitalocean::tags::Tagged;
use crate::sim::digitalocean::vpcs;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// `POST /v2/databases`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?;
    check_name(call, name)?;
    let engine = options::open(body.need_text("engine")?)?;
    let version = engine.version(body.text("version")?.filter(|version| !version.is_empty()))?;
    let size = body.need_text("size")?;
    let nodes = body.need_whole("num_nodes", 1..=100)?;
    let shape = checked_shape(engine, size, nodes, body.whole("storage_size_mib", 0..=i64::MAX)?, None)?;
    let region = regions::find(body.need_text("region")?).filter(|region| regions::is_open(region.slug));
    let region = region.ok_or_else(|| Refusal::invalid("invalid region"))?.slug;
    let source = body.object("backup_restore")?.map(|fields| backup(call, engine, &fields)).transpose()?;
    let autoscale = policies::scaling_at_birth(&body)?;
    let vpc = vpcs::choose(call, body.text("private_network_uuid")?, region)?.id;
    let tags = tags::ensure(call, &body.texts("tags")?)?;
    let id = call.world.uuid();
    let rules = firewall::rules(call, &id, body.list("rules")?.unwrap_or_default(), &[])?;
    let weekday = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let chosen = |fraction: f64, of: usize| (fraction * of as f64) as usize;
    let day = weekday[chosen(call.world.fraction(), 7)].to_owned();
    let hour = format!("{:02}:00:00", chosen(call.world.fraction(), 24));
    let online_at = call.after(210.0, 270.0);
    let backed_up_at = if engine.has_backups { events::first_backup(call, online_at) } else { online_at };
    let cluster = Cluster {
        id: id.clone(),
        name: name.to_owned(),
        vpc,
        tags,
        created_at: call.now,
        engine: engine.slug.to_owned(),
        version: version.to_owned(),
        shape,
        region: region.to_owned(),
        maintenance: Maintenance { day, hour },
        eviction_policy: (engine.slug == "valkey").then(|| "noeviction".to_owned()),
        sql_mode: (engine.slug == "mysql").then(|| policies::SQL_MODE.to_owned()),
        config: Map::new(),
        autoscale,
        cnames: policies::cnames(&body)?,
        rules,
        events: Vec::new(),
        primary: None,
        is_fork: source.is_some(),
        visible_at: call.after(0.3, 0.9),
        online_at,
        backed_up_at,
        change: None,
        gone_at: None,
        users_busy_until: None,
    };
    tags::touch(call, &cluster.tags, Tagged::Databases, &id);
    projects::join(call, &format!("do:dbaas:{id}"), body.text("project_id")?)?;
    users::make_admin(call, &id, engine);
    if engine.has_dbs {
        call.put(Db::new(&id, "defaultdb"));
    }
    if let Some(source) = source {
        users::copy(call, &source, &id);
        dbs::copy(call, &source, &id);
    }
    let cluster = events::noted(call, cluster, "cluster_create");
    call.put(cluster.clone());
    Ok(Reply::body(StatusCode::CREATED, &json!({ "database": shown(call, &cluster) })))
}

/// The cluster whose backup is to be restored.
fn backup(call: &Call<'_>, engine: &Engine, fields: &Fields<'_>) -> Result<String, Refusal> {
    let name = fields.need_text("database_name")?;
    let source = call.list::<Cluster>().find(|source| source.name == name && is_listed(call, source));
    let source = source.filter(|source| source.engine == engine.slug && engine.has_backups);
    let backups = source.map(|source| events::made(source, call.now)).unwrap_or_default();
    let none = || Refusal::invalid("backup_restore: the backup could not be found");
    let asked = fields.text("backup_created_at")?.filter(|at| !at.is_empty());
    let asked = asked.map(|at| at.parse::<Timestamp>().map_err(|_| none())).transpose()?;
    let is_there =
        asked.map_or(!backups.is_empty(), |asked| backups.iter().any(|at| at.as_second() == asked.as_second()));
    source.filter(|_| is_there).map(Stored::id).ok_or_else(none)
}

/// A size, nodes and storage that go together; storage may grow beyond what the size brings.
pub(super) fn checked_shape(
    engine: &Engine,
    size: &str,
    nodes: i64,
    storage: Option<i64>,
    before: Option<&Shape>,
) -> Result<Shape, Refusal> {
    let (least, most) = engine.check_layout(size, nodes)?;
    let kept = before.map_or(least, |shape| shape.storage_mib.clamp(least, most));
    let storage_mib = storage.filter(|storage| *storage != 0).unwrap_or(kept);
    if !(least..=most).contains(&storage_mib) {
        return Err(Refusal::invalid(format!("invalid storage_size_mib: must be between {least} and {most}")));
    }
    if before.is_some_and(|shape| shape.size == size && storage_mib < shape.storage_mib) {
        return Err(Refusal::invalid("invalid storage_size_mib: storage can not shrink"));
    }
    Ok(Shape { size: size.to_owned(), nodes, storage_mib })
}

fn check_name(call: &Call<'_>, name: &str) -> Result<(), Refusal> {
    let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let starts = name.chars().next().is_some_and(|c| c.is_ascii_lowercase());
    if !(3..=63).contains(&name.len()) || !is_plain || !starts || name.ends_with('-') {
        return Err(Refusal::invalid(
            "invalid cluster name: must be 3 to 63 lowercase letters, numbers and dashes, beginning with a letter",
        ));
    }
    if call.list::<Cluster>().any(|cluster| cluster.name == name && is_listed(call, cluster)) {
        return Err(Refusal::invalid("cluster name is not available"));
    }
    Ok(())
}
