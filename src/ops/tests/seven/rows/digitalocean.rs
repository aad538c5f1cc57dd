//! Rows of the first DigitalOcean types.

use futures::FutureExt;
use serde_json::json;

use super::ALL_REPLACE;
use super::Row;

const DROPLET: &str = r#"
    resource "digitalocean_droplet" "need" {
      name   = "need"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
"#;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            ty: "digitalocean_tag",
            needs: "",
            made_at: Some("/v2/tags"),
            base: "name = \"it\"",
            update: Err(ALL_REPLACE),
            replace: Ok(("name = \"other\"", &["name"])),
            import: Ok((|_| "it".to_owned(), &[])),
            changed: Err("its name is all it has, and its id"),
            gone: Ok(|lab| async { drop(lab.send("DELETE", "tags/it", json!(null)).await) }.boxed()),
        },
        Row {
            ty: "digitalocean_droplet",
            needs: "",
            made_at: Some("/v2/droplets"),
            base: "name = \"it\"\nimage = \"debian-12-x64\"\nsize = \"s-1vcpu-1gb\"\nregion = \"fra1\"\n\
                   resize_disk = false",
            update: Ok("name = \"changed\"\nimage = \"debian-12-x64\"\nsize = \"s-1vcpu-2gb\"\nregion = \"fra1\"\n\
                   resize_disk = false"),
            replace: Ok((
                "name = \"it\"\nimage = \"ubuntu-24-04-x64\"\nsize = \"s-1vcpu-1gb\"\nregion = \"fra1\"\n\
                   resize_disk = false",
                &["image"],
            )),
            // How it is resized is for us to know.
            import: Ok((|lab| lab.of_it("digitalocean_droplet", "id"), &["resize_disk"])),
            changed: Ok((
                |lab| {
                    lab.asks(
                        "POST",
                        format!("droplets/{}/actions", lab.of_it("digitalocean_droplet", "id")),
                        json!({"type": "rename", "name": "renamed"}),
                    )
                },
                &["name"],
            )),
            gone: Ok(|lab| {
                lab.asks("DELETE", format!("droplets/{}", lab.of_it("digitalocean_droplet", "id")), json!(null))
            }),
        },
        Row {
            ty: "digitalocean_loadbalancer",
            needs: DROPLET,
            made_at: Some("/v2/load_balancers"),
            base: r#"
                name        = "it"
                region      = "fra1"
                droplet_ids = [digitalocean_droplet.need.id]
                forwarding_rule {
                  entry_protocol  = "http"
                  entry_port      = 80
                  target_protocol = "http"
                  target_port     = 8000
                }
            "#,
            update: Ok(r#"
                name        = "changed"
                region      = "fra1"
                droplet_ids = [digitalocean_droplet.need.id]
                forwarding_rule {
                  entry_protocol  = "http"
                  entry_port      = 80
                  target_protocol = "http"
                  target_port     = 9000
                }
                healthcheck {
                  protocol = "tcp"
                  port     = 9000
                }
            "#),
            replace: Ok((
                r#"
                name   = "it"
                region = "ams3"
                forwarding_rule {
                  entry_protocol  = "http"
                  entry_port      = 80
                  target_protocol = "http"
                  target_port     = 8000
                }
            "#,
                &["region"],
            )),
            import: Ok((|lab| lab.of_it("digitalocean_loadbalancer", "id"), &[])),
            changed: Ok((
                |lab| {
                    async {
                        let id = lab.of_it("digitalocean_loadbalancer", "id");
                        let droplet = lab.attribute("digitalocean_droplet.need", "id");
                        let droplet: u64 = droplet.as_str().and_then(|id| id.parse().ok()).expect("a number");
                        let body = json!({"droplet_ids": [droplet]});
                        lab.send("DELETE", &format!("load_balancers/{id}/droplets"), body).await;
                    }
                    .boxed()
                },
                &["droplet_ids"],
            )),
            gone: Ok(|lab| {
                lab.asks(
                    "DELETE",
                    format!("load_balancers/{}", lab.of_it("digitalocean_loadbalancer", "id")),
                    json!(null),
                )
            }),
        },
        Row {
            ty: "digitalocean_reserved_ip",
            needs: DROPLET,
            made_at: Some("/v2/reserved_ips"),
            base: "region = \"fra1\"",
            update: Ok("region = \"fra1\"\ndroplet_id = digitalocean_droplet.need.id"),
            replace: Ok(("region = \"ams3\"", &["region"])),
            import: Ok((|lab| lab.of_it("digitalocean_reserved_ip", "id"), &[])),
            changed: Err("a droplet that is not said here is an assignment's"),
            gone: Ok(|lab| {
                lab.asks("DELETE", format!("reserved_ips/{}", lab.of_it("digitalocean_reserved_ip", "id")), json!(null))
            }),
        },
    ]
}
