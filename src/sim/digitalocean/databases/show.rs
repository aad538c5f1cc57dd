//! A cluster as the API shows it, with how to connect to it.

use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::account;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::dbs;
use crate::sim::digitalocean::databases::options;
use crate::sim::digitalocean::databases::users;

/// Shows a cluster that is up to date.
pub(super) fn show(call: &Call<'_>, cluster: &Cluster) -> Value {
    let engine = options::known(&cluster.engine);
    let (release, end_of_availability, end_of_life) = engine.release(&cluster.version);
    let users: Vec<Value> = users::of(call, &cluster.id).map(users::User::show).collect();
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
        "project_id": cluster.project_id.clone().unwrap_or_else(|| account::default_project(call)),
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
    if !cluster.rules.is_empty() {
        shown["rules"] = json!(cluster.rules);
    }
    shown
}

fn host(call: &Call<'_>, cluster: &Cluster, prefix: &str) -> String {
    // As the vendor's: the cluster's name, something of the owner's, and the domain of all clusters.
    format!("{prefix}{}-do-user-{}-0.db.ondigitalocean.com", cluster.name, &call.world.id()[..8])
}

fn connection(call: &Call<'_>, cluster: &Cluster, prefix: &str) -> Value {
    let engine = options::known(&cluster.engine);
    let (host, port, user) = (host(call, cluster, prefix), engine.port, engine.admin);
    let password = users::password(call, &cluster.id, user);
    let scheme = engine.scheme;
    let (database, tail) = match engine.slug {
        "pg" => ("defaultdb", "/defaultdb?sslmode=require"),
        "mysql" => ("defaultdb", "/defaultdb?ssl-mode=REQUIRED"),
        "mongodb" => ("admin", "/admin?tls=true&authSource=admin"),
        _ => ("", ""),
    };
    // A service record stands for host and port together.
    let at = if scheme.ends_with("+srv") { host.clone() } else { format!("{host}:{port}") };
    json!({
        "protocol": scheme,
        "uri": format!("{scheme}://{user}:{password}@{at}{tail}"),
        "database": database,
        "host": host,
        "port": port,
        "user": user,
        "password": password,
        "ssl": true,
    })
}
