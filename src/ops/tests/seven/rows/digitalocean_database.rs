//! Rows of DigitalOcean's managed databases.

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value as Json;
use serde_json::json;

use super::super::super::Lab;
use super::ALL_REPLACE;
use super::Row;

const MYSQL: &str = r#"
    resource "digitalocean_database_cluster" "need" {
      name       = "needed"
      engine     = "mysql"
      version    = "8"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
"#;

const POSTGRES: &str = r#"
    resource "digitalocean_database_cluster" "need" {
      name       = "needed"
      engine     = "pg"
      version    = "16"
      size       = "db-s-1vcpu-2gb"
      region     = "fra1"
      node_count = 1
    }
"#;

const TWO_POSTGRES: &str = r#"
    resource "digitalocean_database_cluster" "need" {
      name       = "needed"
      engine     = "pg"
      version    = "16"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
    resource "digitalocean_database_cluster" "other" {
      name       = "other"
      engine     = "pg"
      version    = "16"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
"#;

const TWO_MYSQL: &str = r#"
    resource "digitalocean_database_cluster" "need" {
      name       = "needed"
      engine     = "mysql"
      version    = "8"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
    resource "digitalocean_database_cluster" "other" {
      name       = "other"
      engine     = "mysql"
      version    = "8"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
"#;

const TWO_VALKEY: &str = r#"
    resource "digitalocean_database_cluster" "need" {
      name       = "needed"
      engine     = "valkey"
      version    = "8"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
    resource "digitalocean_database_cluster" "other" {
      name       = "other"
      engine     = "valkey"
      version    = "8"
      size       = "db-s-1vcpu-1gb"
      region     = "fra1"
      node_count = 1
    }
"#;

const ALWAYS_THERE: &str = "a cluster always has a configuration";

/// The cluster's id and the name of a member, as it is imported.
fn member(lab: &Lab, ty: &str) -> String {
    format!("{},{}", lab.of_it(ty, "cluster_id"), lab.of_it(ty, "name"))
}

/// Does something to a part of the cluster that the instance `it` of a type belongs to.
fn does<'l>(lab: &'l Lab, ty: &str, method: &'l str, part: &str, body: Json) -> BoxFuture<'l, ()> {
    let cluster = lab.of_it(ty, "cluster_id");
    lab.asks(method, format!("databases/{cluster}/{part}"), body)
}

/// A configuration's row: its arguments apart from the cluster, others, and what another sets.
fn config(
    ty: &'static str,
    needs: &'static str,
    [base, update, replace]: [&'static str; 3],
    import: super::ImportId,
    (deed, changed): (super::Deed, &'static [&'static str]),
) -> Row {
    Row {
        ty,
        needs,
        made_at: Some("/config"),
        base,
        update: Ok(update),
        replace: Ok((replace, &["cluster_id"])),
        import: Ok((import, &[])),
        changed: Ok((deed, changed)),
        gone: Err(ALWAYS_THERE),
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            ty: "digitalocean_database_cluster",
            needs: "",
            made_at: Some("/v2/databases"),
            base: r#"
                name       = "its-data"
                engine     = "pg"
                version    = "16"
                size       = "db-s-1vcpu-1gb"
                region     = "fra1"
                node_count = 1
            "#,
            update: Ok(r#"
                name       = "its-data"
                engine     = "pg"
                version    = "16"
                size       = "db-s-1vcpu-2gb"
                region     = "fra1"
                node_count = 1
                maintenance_window {
                  day  = "sunday"
                  hour = "03:00"
                }
            "#),
            replace: Ok((
                r#"
                name       = "other"
                engine     = "pg"
                version    = "16"
                size       = "db-s-1vcpu-1gb"
                region     = "fra1"
                node_count = 1
            "#,
                &["name"],
            )),
            import: Ok((|lab| lab.of_it("digitalocean_database_cluster", "id"), &[])),
            changed: Ok((
                |lab| {
                    async {
                        let id = lab.of_it("digitalocean_database_cluster", "id");
                        lab.send("POST", "tags", json!({"name": "stray"})).await;
                        let resource = json!({"resource_id": id, "resource_type": "database"});
                        lab.send("POST", "tags/stray/resources", json!({"resources": [resource]})).await;
                    }
                    .boxed()
                },
                &["tags"],
            )),
            gone: Ok(|lab| {
                lab.asks(
                    "DELETE",
                    format!("databases/{}", lab.of_it("digitalocean_database_cluster", "id")),
                    json!(null),
                )
            }),
        },
        Row {
            ty: "digitalocean_database_user",
            needs: MYSQL,
            made_at: Some("/users"),
            base: "cluster_id = digitalocean_database_cluster.need.id\nname = \"it\"\n\
                   mysql_auth_plugin = \"caching_sha2_password\"",
            update: Ok("cluster_id = digitalocean_database_cluster.need.id\nname = \"it\"\n\
                        mysql_auth_plugin = \"mysql_native_password\""),
            replace: Ok((
                "cluster_id = digitalocean_database_cluster.need.id\nname = \"other\"\n\
                          mysql_auth_plugin = \"caching_sha2_password\"",
                &["name"],
            )),
            import: Ok((
                |lab| {
                    let cluster = lab.of_it("digitalocean_database_user", "cluster_id");
                    format!("{cluster},{}", lab.of_it("digitalocean_database_user", "name"))
                },
                &[],
            )),
            // The vendor sets the password anew with the plugin.
            changed: Ok((
                |lab| {
                    async {
                        let cluster = lab.of_it("digitalocean_database_user", "cluster_id");
                        let body = json!({"mysql_settings": {"auth_plugin": "mysql_native_password"}});
                        lab.send("POST", &format!("databases/{cluster}/users/it/reset_auth"), body).await;
                        lab.wait(60).await;
                    }
                    .boxed()
                },
                &["mysql_auth_plugin", "password"],
            )),
            gone: Ok(|lab| {
                async {
                    let cluster = lab.of_it("digitalocean_database_user", "cluster_id");
                    lab.send("DELETE", &format!("databases/{cluster}/users/it"), json!(null)).await;
                    lab.wait(60).await;
                }
                .boxed()
            }),
        },
        Row {
            ty: "digitalocean_database_db",
            needs: POSTGRES,
            made_at: Some("/dbs"),
            base: "cluster_id = digitalocean_database_cluster.need.id\nname = \"it\"",
            update: Err(ALL_REPLACE),
            replace: Ok(("cluster_id = digitalocean_database_cluster.need.id\nname = \"other\"", &["name"])),
            import: Ok((|lab| member(lab, "digitalocean_database_db"), &[])),
            changed: Err("its name is all it has, and its id"),
            gone: Ok(|lab| does(lab, "digitalocean_database_db", "DELETE", "dbs/it", json!(null))),
        },
        Row {
            ty: "digitalocean_database_connection_pool",
            needs: POSTGRES,
            made_at: Some("/pools"),
            base: r#"
                cluster_id = digitalocean_database_cluster.need.id
                name       = "its-pool"
                mode       = "transaction"
                size       = 5
                db_name    = "defaultdb"
                user       = "doadmin"
            "#,
            update: Ok(r#"
                cluster_id = digitalocean_database_cluster.need.id
                name       = "its-pool"
                mode       = "session"
                size       = 8
                db_name    = "defaultdb"
                user       = "doadmin"
            "#),
            replace: Ok((
                r#"
                cluster_id = digitalocean_database_cluster.need.id
                name       = "other"
                mode       = "transaction"
                size       = 5
                db_name    = "defaultdb"
                user       = "doadmin"
            "#,
                &["name"],
            )),
            import: Ok((|lab| member(lab, "digitalocean_database_connection_pool"), &[])),
            changed: Ok((
                |lab| {
                    let body = json!({"mode": "transaction", "size": 7, "db": "defaultdb", "user": "doadmin"});
                    does(lab, "digitalocean_database_connection_pool", "PUT", "pools/its-pool", body)
                },
                &["size"],
            )),
            gone: Ok(|lab| does(lab, "digitalocean_database_connection_pool", "DELETE", "pools/its-pool", json!(null))),
        },
        Row {
            ty: "digitalocean_database_firewall",
            needs: TWO_POSTGRES,
            made_at: Some("/firewall"),
            base: r#"
                cluster_id = digitalocean_database_cluster.need.id
                rule {
                  type  = "ip_addr"
                  value = "192.0.2.1"
                }
            "#,
            update: Ok(r#"
                cluster_id = digitalocean_database_cluster.need.id
                rule {
                  type  = "ip_addr"
                  value = "192.0.2.1"
                }
                rule {
                  type  = "ip_addr"
                  value = "198.51.100.0/24"
                }
            "#),
            replace: Ok((
                r#"
                cluster_id = digitalocean_database_cluster.other.id
                rule {
                  type  = "ip_addr"
                  value = "192.0.2.1"
                }
            "#,
                &["cluster_id"],
            )),
            import: Ok((|lab| lab.of_it("digitalocean_database_firewall", "cluster_id"), &[])),
            changed: Ok((
                |lab| {
                    let body = json!({"rules": [{"type": "ip_addr", "value": "203.0.113.9"}]});
                    does(lab, "digitalocean_database_firewall", "PUT", "firewall", body)
                },
                &["rule"],
            )),
            gone: Ok(|lab| does(lab, "digitalocean_database_firewall", "PUT", "firewall", json!({"rules": []}))),
        },
        config(
            "digitalocean_database_postgresql_config",
            TWO_POSTGRES,
            [
                "cluster_id = digitalocean_database_cluster.need.id\nwork_mem = 8\njit = false",
                "cluster_id = digitalocean_database_cluster.need.id\nwork_mem = 16\njit = true\n\
                 autovacuum_naptime = 0",
                "cluster_id = digitalocean_database_cluster.other.id\nwork_mem = 8\njit = false",
            ],
            |lab| lab.of_it("digitalocean_database_postgresql_config", "cluster_id"),
            (
                |lab| {
                    let body = json!({"config": {"work_mem": 64}});
                    does(lab, "digitalocean_database_postgresql_config", "PATCH", "config", body)
                },
                &["work_mem"],
            ),
        ),
        config(
            "digitalocean_database_mysql_config",
            TWO_MYSQL,
            [
                "cluster_id = digitalocean_database_cluster.need.id\nwait_timeout = 600\nslow_query_log = true",
                "cluster_id = digitalocean_database_cluster.need.id\nwait_timeout = 900\nslow_query_log = false",
                "cluster_id = digitalocean_database_cluster.other.id\nwait_timeout = 600\nslow_query_log = true",
            ],
            |lab| lab.of_it("digitalocean_database_mysql_config", "cluster_id"),
            (
                |lab| {
                    let body = json!({"config": {"wait_timeout": 60}});
                    does(lab, "digitalocean_database_mysql_config", "PATCH", "config", body)
                },
                &["wait_timeout"],
            ),
        ),
        config(
            "digitalocean_database_valkey_config",
            TWO_VALKEY,
            [
                "cluster_id = digitalocean_database_cluster.need.id\ntimeout = 90\n\
                 valkey_maxmemory_policy = \"allkeys-lru\"",
                "cluster_id = digitalocean_database_cluster.need.id\ntimeout = 0\n\
                 valkey_maxmemory_policy = \"volatile-ttl\"",
                "cluster_id = digitalocean_database_cluster.other.id\ntimeout = 90\n\
                 valkey_maxmemory_policy = \"allkeys-lru\"",
            ],
            |lab| lab.of_it("digitalocean_database_valkey_config", "cluster_id"),
            (
                |lab| {
                    let body = json!({"config": {"valkey_timeout": 30}});
                    does(lab, "digitalocean_database_valkey_config", "PATCH", "config", body)
                },
                &["timeout"],
            ),
        ),
        // Redis clusters are no longer made, but what became Valkey may still be looked after as what it was.
        config(
            "digitalocean_database_redis_config",
            TWO_VALKEY,
            [
                "cluster_id = digitalocean_database_cluster.need.id\ntimeout = 90\n\
                 maxmemory_policy = \"allkeys-lru\"",
                "cluster_id = digitalocean_database_cluster.need.id\ntimeout = 0\n\
                 maxmemory_policy = \"volatile-ttl\"",
                "cluster_id = digitalocean_database_cluster.other.id\ntimeout = 90\n\
                 maxmemory_policy = \"allkeys-lru\"",
            ],
            |lab| lab.of_it("digitalocean_database_redis_config", "cluster_id"),
            (
                |lab| {
                    let body = json!({"config": {"valkey_timeout": 30}});
                    does(lab, "digitalocean_database_redis_config", "PATCH", "config", body)
                },
                &["timeout"],
            ),
        ),
        Row {
            ty: "digitalocean_database_replica",
            needs: POSTGRES,
            made_at: Some("/replicas"),
            base: r#"
                cluster_id = digitalocean_database_cluster.need.id
                name       = "its-copy"
                size       = "db-s-1vcpu-2gb"
                region     = "fra1"
            "#,
            // What it grew to stays when it is no longer configured.
            update: Ok(r#"
                cluster_id       = digitalocean_database_cluster.need.id
                name             = "its-copy"
                size             = "db-s-1vcpu-2gb"
                region           = "fra1"
                storage_size_mib = "40960"
            "#),
            replace: Ok((
                r#"
                cluster_id = digitalocean_database_cluster.need.id
                name       = "other"
                size       = "db-s-1vcpu-2gb"
                region     = "fra1"
            "#,
                &["name"],
            )),
            import: Ok((|lab| member(lab, "digitalocean_database_replica"), &[])),
            changed: Err("all that can change is its size, which only grows, so that there is no way back"),
            gone: Ok(|lab| does(lab, "digitalocean_database_replica", "DELETE", "replicas/its-copy", json!(null))),
        },
    ]
}
