//! Rows of what droplets are given and watched by: volumes, addresses, alerts, checks.

use futures::FutureExt;
use serde_json::Value as Json;
use serde_json::json;

use super::super::super::Lab;
use super::ALL_CHANGE;
use super::ALL_REPLACE;
use super::Row;

const VOLUMES: &str = r#"
    resource "digitalocean_droplet" "need" {
      name   = "need"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
    resource "digitalocean_volume" "need" {
      count  = 2
      name   = "need-${count.index}"
      region = "fra1"
      size   = 10
    }
"#;

const ADDRESSES: &str = r#"
    resource "digitalocean_droplet" "need" {
      count  = 2
      name   = "need-${count.index}"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
    resource "digitalocean_reserved_ip" "need" {
      count  = 2
      region = "fra1"
    }
"#;

const DROPLETS: &str = r#"
    resource "digitalocean_droplet" "need" {
      count  = 2
      name   = "need-${count.index}"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
"#;

const CHECKS: &str = r#"
    resource "digitalocean_uptime_check" "need" {
      count  = 2
      name   = "need-${count.index}"
      target = "https://www.example.com"
    }
"#;

pub(super) fn rows() -> Vec<Row> {
    vec![volume(), volume_attachment(), reserved_ip_assignment(), monitor_alert(), uptime_check(), uptime_alert()]
}

fn volume() -> Row {
    Row {
        ty: "digitalocean_volume",
        needs: "",
        made_at: Some("/v2/volumes"),
        base: "name = \"it\"\nregion = \"FRA1\"\nsize = 10\ndescription = \"rows\"\ninitial_filesystem_type = \"ext4\"",
        // It grows in place too, but there is no way back.
        update: Ok("name = \"it\"\nregion = \"fra1\"\nsize = 10\ndescription = \"rows\"\n\
                    initial_filesystem_type = \"ext4\"\ntags = [\"Data\"]"),
        replace: Ok((
            "name = \"other\"\nregion = \"fra1\"\nsize = 5\ndescription = \"columns\"\n\
             initial_filesystem_type = \"xfs\"",
            &["name", "initial_filesystem_type"],
        )),
        import: Ok((|lab| lab.of_it("digitalocean_volume", "id"), &[])),
        changed: Ok((
            |lab| {
                async {
                    let id = lab.of_it("digitalocean_volume", "id");
                    lab.send("POST", "tags", json!({"name": "stray"})).await;
                    let resource = json!({"resource_id": id, "resource_type": "volume"});
                    lab.send("POST", "tags/stray/resources", json!({"resources": [resource]})).await;
                }
                .boxed()
            },
            &["tags"],
        )),
        gone: Ok(|lab| lab.asks("DELETE", format!("volumes/{}", lab.of_it("digitalocean_volume", "id")), json!(null))),
    }
}

fn volume_attachment() -> Row {
    Row {
        ty: "digitalocean_volume_attachment",
        needs: VOLUMES,
        made_at: Some("/actions"),
        base: "volume_id = digitalocean_volume.need[0].id\ndroplet_id = digitalocean_droplet.need.id",
        update: Err(ALL_REPLACE),
        replace: Ok((
            "volume_id = digitalocean_volume.need[1].id\ndroplet_id = digitalocean_droplet.need.id",
            &["volume_id"],
        )),
        import: Ok((|lab| lab.of_it("digitalocean_volume_attachment", "id"), &[])),
        changed: Err("it is there or it is not"),
        gone: Ok(|lab| {
            async {
                let volume = lab.of_it("digitalocean_volume_attachment", "volume_id");
                let droplet = whole(lab, "digitalocean_volume_attachment.it", "droplet_id");
                let body = json!({"type": "detach", "droplet_id": droplet});
                lab.send("POST", &format!("volumes/{volume}/actions"), body).await;
                lab.wait(120).await;
            }
            .boxed()
        }),
    }
}

fn reserved_ip_assignment() -> Row {
    Row {
        ty: "digitalocean_reserved_ip_assignment",
        needs: ADDRESSES,
        made_at: Some("/actions"),
        base: "ip_address = digitalocean_reserved_ip.need[0].ip_address\ndroplet_id = digitalocean_droplet.need[0].id",
        update: Ok(
            "ip_address = digitalocean_reserved_ip.need[0].ip_address\ndroplet_id = digitalocean_droplet.need[1].id",
        ),
        replace: Ok((
            "ip_address = digitalocean_reserved_ip.need[1].ip_address\ndroplet_id = digitalocean_droplet.need[1].id",
            &["ip_address"],
        )),
        import: Ok((
            |lab| {
                let droplet = whole(lab, "digitalocean_reserved_ip_assignment.it", "droplet_id");
                format!("{},{droplet}", lab.of_it("digitalocean_reserved_ip_assignment", "ip_address"))
            },
            &[],
        )),
        changed: Ok((
            |lab| {
                async {
                    let droplet = lab.attribute("digitalocean_droplet.need[1]", "id");
                    let droplet: u64 = droplet.as_str().and_then(|id| id.parse().ok()).expect("a number");
                    act(lab, json!({"type": "assign", "droplet_id": droplet})).await;
                }
                .boxed()
            },
            &["droplet_id"],
        )),
        gone: Ok(|lab| act(lab, json!({"type": "unassign"})).boxed()),
    }
}

fn monitor_alert() -> Row {
    Row {
        ty: "digitalocean_monitor_alert",
        needs: DROPLETS,
        made_at: Some("/v2/monitoring/alerts"),
        base: r#"
            description = "it"
            type        = "v1/insights/droplet/cpu"
            compare     = "GreaterThan"
            value       = 80.1
            window      = "5m"
            entities    = [digitalocean_droplet.need[0].id]
            alerts {
              email = ["b@example.com", "a@example.com"]
              slack {
                channel = "ops"
                url     = "https://hooks.slack.com/services/T1/A/Z"
              }
            }
        "#,
        update: Ok(r#"
            description = "changed"
            type        = "v1/insights/droplet/load_5"
            compare     = "LessThan"
            value       = 2
            window      = "1h"
            enabled     = false
            tags        = ["web"]
            alerts {
              email = ["a@example.com"]
            }
        "#),
        replace: Err(ALL_CHANGE),
        import: Ok((|lab| lab.of_it("digitalocean_monitor_alert", "id"), &[])),
        changed: Ok((
            |lab| {
                async {
                    let path = format!("monitoring/alerts/{}", lab.of_it("digitalocean_monitor_alert", "id"));
                    let mut policy = lab.send("GET", &path, Json::Null).await["policy"].take();
                    policy.as_object_mut().expect("an object").remove("uuid");
                    policy["value"] = json!(95);
                    policy["enabled"] = json!(false);
                    lab.send("PUT", &path, policy).await;
                }
                .boxed()
            },
            &["value", "enabled"],
        )),
        gone: Ok(|lab| {
            lab.asks(
                "DELETE",
                format!("monitoring/alerts/{}", lab.of_it("digitalocean_monitor_alert", "id")),
                json!(null),
            )
        }),
    }
}

fn uptime_check() -> Row {
    Row {
        ty: "digitalocean_uptime_check",
        needs: "",
        made_at: Some("/v2/uptime/checks"),
        base: "name = \"it\"\ntarget = \"https://www.example.com\"",
        update: Ok("name = \"changed\"\ntarget = \"192.0.2.1\"\ntype = \"ping\"\nregions = [\"eu_west\"]\n\
                    enabled = false"),
        replace: Err(ALL_CHANGE),
        import: Ok((|lab| lab.of_it("digitalocean_uptime_check", "id"), &[])),
        changed: Ok((
            |lab| {
                lab.asks(
                    "PUT",
                    format!("uptime/checks/{}", lab.of_it("digitalocean_uptime_check", "id")),
                    json!({"name": "renamed", "enabled": false}),
                )
            },
            &["name", "enabled"],
        )),
        gone: Ok(|lab| {
            lab.asks("DELETE", format!("uptime/checks/{}", lab.of_it("digitalocean_uptime_check", "id")), json!(null))
        }),
    }
}

fn uptime_alert() -> Row {
    Row {
        ty: "digitalocean_uptime_alert",
        needs: CHECKS,
        made_at: Some("/alerts"),
        base: r#"
            check_id   = digitalocean_uptime_check.need[0].id
            name       = "it"
            type       = "latency"
            threshold  = 300
            comparison = "greater_than"
            period     = "2m"
            notifications {
              email = ["a@example.com"]
              slack {
                channel = "ops"
                url     = "https://hooks.slack.com/services/T1/A/Z"
              }
            }
        "#,
        update: Ok(r#"
            check_id   = digitalocean_uptime_check.need[0].id
            name       = "changed"
            type       = "ssl_expiry"
            threshold  = 14
            comparison = "less_than"
            period     = "1h"
            notifications {
              email = ["b@example.com", "a@example.com"]
            }
        "#),
        replace: Ok((
            r#"
            check_id   = digitalocean_uptime_check.need[1].id
            name       = "it"
            type       = "down"
            period     = "2m"
            notifications {
              email = ["a@example.com"]
            }
        "#,
            &["check_id"],
        )),
        import: Ok((
            |lab| {
                let check = lab.of_it("digitalocean_uptime_alert", "check_id");
                format!("{check},{}", lab.of_it("digitalocean_uptime_alert", "id"))
            },
            &[],
        )),
        changed: Ok((
            |lab| {
                async {
                    let path = alert(lab);
                    let mut told = lab.send("GET", &path, Json::Null).await["alert"].take();
                    told.as_object_mut().expect("an object").remove("id");
                    told["threshold"] = json!(500);
                    lab.send("PUT", &path, told).await;
                }
                .boxed()
            },
            &["threshold"],
        )),
        gone: Ok(|lab| lab.asks("DELETE", alert(lab), json!(null))),
    }
}

fn alert(lab: &Lab) -> String {
    let check = lab.of_it("digitalocean_uptime_alert", "check_id");
    format!("uptime/checks/{check}/alerts/{}", lab.of_it("digitalocean_uptime_alert", "id"))
}

/// A whole number among an instance's attributes.
fn whole(lab: &Lab, addr: &str, name: &str) -> i64 {
    lab.attribute(addr, name).as_i64().expect("a whole number")
}

/// Does something with the assigned address, and lets time pass.
async fn act(lab: &Lab, body: Json) {
    let ip = lab.of_it("digitalocean_reserved_ip_assignment", "ip_address");
    lab.send("POST", &format!("reserved_ips/{ip}/actions"), body).await;
    lab.wait(120).await;
}
