//! A cluster as the API shows it, with how to connect to it.

use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::dbs;
use crate::sim::digitalocean::databases::options;
use crate::sim::digitalocean::databases::users;
use crate::sim::digitalocean::projects;

/// Shows a cluster that is up to date.
pub(super) fn show(call: &Call<'_>, cluster: &Cluster) -> Value {
    let engine = options::known(&cluster.engine);
    let (release, end_of_availability, end_of_life) = engine.release(&cluster.version);
    let users: Vec<Value> = users::of(call, &cluster.id).map(|user| users::show(call, user)).collect();
    let mut shown = json!({
        "id": cluster.id,
        "name": cluster.name,
        "engine": cluster.engine,
        "version": cluster.version,
        "semantic_version": release,
        "num_nodes": cluster.shape.nodes,
        "size": cluster.shape.size,
        "storage_size_mib": cluster.shape.storage_mib,
        "region": cluster.region,
        "status": cluster.status(call.now),
        "created_at": stamp(cluster.created_at),
        "private_network_uuid": cluster.vpc,
        "tags": cluster.tags,
        "db_names": null,
        "users": users,
        "connection": connection(call, cluster, ""),
        "private_connection": connection(call, cluster, "private-"),
        "maintenance_window": {
            "day": cluster.maintenance.day,
            "hour": cluster.maintenance.hour,
            "pending": false,
        },
        "project_id": projects::of(call, &format!("do:dbaas:{}", cluster.id)),
        "metrics_endpoints": [{ "host": host(call, cluster, ""), "port": 9273 }],
    });
    if engine.has_dbs {
        shown["db_names"] = dbs::of(call, &cluster.id).map(|db| db.name.as_str()).collect();
    }
    if cluster.shape.nodes > 1 {
        shown["standby_connection"] = connection(call, cluster, "replica-");
        shown["standby_private_connection"] = connection(call, cluster, "private-replica-");
    }
    if let Some(end) = end_of_life {
        shown["version_end_of_life"] = json!(end);
    }
    if let Some(end) = end_of_availability {
        shown["version_end_of_availability"] = json!(end);
    }
    if !cluster.cnames.is_empty() {
        shown["do_settings"] = json!({ "service_cnames": cluster.cnames });
    }
    if let Some(autoscale) = &cluster.autoscale {
        shown["autoscale"] = json!({ "storage": autoscale });
        shown["storage_autoscale"] = json!(autoscale);
    }
    if !cluster.rules.is_empty() {
        shown["rules"] = json!(cluster.rules);
    }
    shown
}

fn host(call: &Call<'_>, cluster: &Cluster, prefix: &str) -> String {
    // As the vendor's: the cluster's name, something of the owner's, and the domain of all clusters.
    format!("{prefix}{}-do-user-{}-0.db.ondigitalocean.com", cluster.name, &call.world.id()[..8])
}

/// How to connect to a cluster or a replica as its admin.
pub(super) fn connection(call: &Call<'_>, cluster: &Cluster, prefix: &str) -> Value {
    let engine = options::known(&cluster.engine);
    let database = match engine.slug {
        "pg" | "mysql" => "defaultdb",
        "mongodb" => "admin",
        _ => "",
    };
    // A replica has the users of the cluster that it follows.
    let password = users::password(call, cluster.primary.as_ref().unwrap_or(&cluster.id), engine.admin);
    address(call, cluster, prefix, engine.port, database, Some((engine.admin, password)))
}

/// How to connect through a pool; who connects brings their own name where the pool has none.
pub(super) fn pooled(call: &Call<'_>, cluster: &Cluster, prefix: &str, pool: &str, user: Option<&str>) -> Value {
    let user = user.map(|user| (user, users::password(call, &cluster.id, user)));
    address(call, cluster, prefix, options::known(&cluster.engine).port + 1, pool, user)
}

fn address(
    call: &Call<'_>,
    cluster: &Cluster,
    prefix: &str,
    port: u16,
    database: &str,
    user: Option<(&str, String)>,
) -> Value {
    let engine = options::known(&cluster.engine);
    let (host, scheme) = (host(call, cluster, prefix), engine.scheme);
    let (user, password) = user.unwrap_or_default();
    let tail = match engine.slug {
        "pg" => format!("/{database}?sslmode=require"),
        "mysql" => format!("/{database}?ssl-mode=REQUIRED"),
        "mongodb" => format!("/{database}?tls=true&authSource=admin"),
        _ => String::new(),
    };
    // A service record stands for host and port together.
    let at = if scheme.ends_with("+srv") { host.clone() } else { format!("{host}:{port}") };
    let who = match (user, call.may(users::CREDENTIALS)) {
        ("", _) | (_, false) => String::new(),
        (user, true) => format!("{user}:{password}@"),
    };
    json!({
        "protocol": scheme,
        "uri": format!("{scheme}://{who}{at}{tail}"),
        "database": database,
        "host": host,
        "port": port,
        "user": user,
        "password": if call.may(users::CREDENTIALS) { password } else { String::new() },
        "ssl": true,
    })
}
