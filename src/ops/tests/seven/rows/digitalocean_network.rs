//! Rows of what is around DigitalOcean's droplets: networks, rules, names, keys, projects.

use futures::FutureExt;
use serde_json::json;

use super::ALL_CHANGE;
use super::ALL_REPLACE;
use super::Row;

const DROPLETS: &str = r#"
    resource "digitalocean_droplet" "need" {
      count  = 2
      name   = "need-${count.index}"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
"#;

const DOMAIN: &str = "resource \"digitalocean_domain\" \"need\" {\nname = \"example.com\"\n}\n";

const PROJECTS: &str = r#"
    resource "digitalocean_project" "need" {
      count = 2
      name  = "need-${count.index}"
    }
    resource "digitalocean_droplet" "need" {
      count  = 2
      name   = "need-${count.index}"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
"#;

pub(super) fn rows() -> Vec<Row> {
    vec![vpc(), ssh_key(), firewall(), certificate(), domain(), record(), project(), project_resources()]
}

fn vpc() -> Row {
    Row {
        ty: "digitalocean_vpc",
        // The first network of a region is its default, which cannot be deleted: a droplet brings that one about.
        needs: DROPLETS,
        made_at: Some("/v2/vpcs"),
        base: "name = \"it\"\nregion = \"fra1\"\ndepends_on = [digitalocean_droplet.need]",
        update: Ok("name = \"changed\"\nregion = \"fra1\"\ndescription = \"for tests\"\n\
                    depends_on = [digitalocean_droplet.need]"),
        replace: Ok((
            "name = \"other\"\nregion = \"fra1\"\nip_range = \"192.168.7.0/24\"\n\
             depends_on = [digitalocean_droplet.need]",
            &["ip_range"],
        )),
        import: Ok((|lab| lab.of_it("digitalocean_vpc", "id"), &[])),
        changed: Ok((
            |lab| {
                lab.asks(
                    "PATCH",
                    format!("vpcs/{}", lab.of_it("digitalocean_vpc", "id")),
                    json!({"name": "renamed", "description": "by another"}),
                )
            },
            &["name", "description"],
        )),
        gone: Ok(|lab| lab.asks("DELETE", format!("vpcs/{}", lab.of_it("digitalocean_vpc", "id")), json!(null))),
    }
}

fn ssh_key() -> Row {
    Row {
        ty: "digitalocean_ssh_key",
        needs: "",
        made_at: Some("/v2/account/keys"),
        base: "name = \"it\"\npublic_key = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f \
               me@home\\n\"",
        update: Ok("name = \"changed\"\npublic_key = \"ssh-ed25519 \
                    AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f me@home\""),
        replace: Ok((
            "name = \"it\"\npublic_key = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgEA \
             me@home\"",
            &["public_key"],
        )),
        import: Ok((|lab| lab.of_it("digitalocean_ssh_key", "id"), &[])),
        changed: Ok((
            |lab| {
                lab.asks(
                    "PUT",
                    format!("account/keys/{}", lab.of_it("digitalocean_ssh_key", "id")),
                    json!({"name": "renamed"}),
                )
            },
            &["name"],
        )),
        gone: Ok(|lab| {
            lab.asks("DELETE", format!("account/keys/{}", lab.of_it("digitalocean_ssh_key", "id")), json!(null))
        }),
    }
}

fn firewall() -> Row {
    Row {
        ty: "digitalocean_firewall",
        needs: DROPLETS,
        made_at: Some("/v2/firewalls"),
        base: r#"
            name        = "it"
            droplet_ids = [digitalocean_droplet.need[0].id]
            inbound_rule {
              protocol         = "tcp"
              port_range       = "22"
              source_addresses = ["192.0.2.7", "2001:DB8::/32"]
            }
            inbound_rule {
              protocol         = "icmp"
              source_addresses = ["0.0.0.0/0", "::/0"]
            }
            outbound_rule {
              protocol              = "tcp"
              port_range            = "1-65535"
              destination_addresses = ["0.0.0.0/0", "::/0"]
            }
        "#,
        update: Ok(r#"
            name        = "changed"
            droplet_ids = digitalocean_droplet.need[*].id
            inbound_rule {
              protocol           = "tcp"
              port_range         = "8000-9000"
              source_droplet_ids = [digitalocean_droplet.need[1].id]
            }
            outbound_rule {
              protocol              = "udp"
              port_range            = "all"
              destination_addresses = ["0.0.0.0/0"]
            }
        "#),
        replace: Err(ALL_CHANGE),
        import: Ok((|lab| lab.of_it("digitalocean_firewall", "id"), &[])),
        changed: Ok((
            |lab| {
                async {
                    let path = format!("firewalls/{}/rules", lab.of_it("digitalocean_firewall", "id"));
                    let rule = json!({"protocol": "tcp", "ports": "23", "sources": {"addresses": ["0.0.0.0/0"]}});
                    lab.send("POST", &path, json!({"inbound_rules": [rule]})).await;
                    lab.wait(120).await;
                }
                .boxed()
            },
            &["inbound_rule"],
        )),
        gone: Ok(|lab| {
            lab.asks("DELETE", format!("firewalls/{}", lab.of_it("digitalocean_firewall", "id")), json!(null))
        }),
    }
}

fn certificate() -> Row {
    Row {
        ty: "digitalocean_certificate",
        needs: DOMAIN,
        made_at: Some("/v2/certificates"),
        base: "name = \"it\"\ntype = \"lets_encrypt\"\ndomains = [\"www.example.com\", digitalocean_domain.need.name]",
        update: Err(ALL_REPLACE),
        // Two of one name cannot be, so one that comes first has another.
        replace: Ok((
            "name = \"it\"\ntype = \"lets_encrypt\"\ndomains = [digitalocean_domain.need.name]",
            &["domains"],
        )),
        import: Ok((|_| "it".to_owned(), &[])),
        changed: Err("it can only be replaced, and one of the same name is the same"),
        gone: Ok(|lab| {
            lab.asks("DELETE", format!("certificates/{}", lab.of_it("digitalocean_certificate", "uuid")), json!(null))
        }),
    }
}

fn domain() -> Row {
    Row {
        ty: "digitalocean_domain",
        needs: "",
        made_at: Some("/v2/domains"),
        base: "name = \"example.com\"\nip_address = \"192.0.2.1\"",
        update: Err(ALL_REPLACE),
        replace: Ok(("name = \"example.org\"\nip_address = \"192.0.2.1\"", &["name"])),
        import: Ok((|_| "example.com".to_owned(), &[])),
        changed: Err("its name is all it has, and its records are objects of their own"),
        gone: Ok(|lab| lab.asks("DELETE", "domains/example.com".to_owned(), json!(null))),
    }
}

fn record() -> Row {
    Row {
        ty: "digitalocean_record",
        needs: DOMAIN,
        made_at: Some("/records"),
        base: "domain = digitalocean_domain.need.id\ntype = \"MX\"\nname = \"@\"\nvalue = \"Mail.example.com\"\n\
               priority = 10",
        update: Ok("domain = digitalocean_domain.need.id\ntype = \"MX\"\nname = \"sub.example.com.\"\n\
                    value = \"mail.example.org.\"\npriority = 20\nttl = 600"),
        replace: Ok((
            "domain = digitalocean_domain.need.id\ntype = \"TXT\"\nname = \"@\"\nvalue = \"v=spf1 -all\"",
            &["type"],
        )),
        import: Ok((|lab| format!("example.com,{}", lab.of_it("digitalocean_record", "id")), &[])),
        changed: Ok((
            |lab| {
                async {
                    let path = format!("domains/example.com/records/{}", lab.of_it("digitalocean_record", "id"));
                    let body = json!({"type": "MX", "data": "mail.example.net.", "priority": 30});
                    lab.send("PATCH", &path, body).await;
                }
                .boxed()
            },
            &["value", "priority"],
        )),
        gone: Ok(|lab| {
            lab.asks(
                "DELETE",
                format!("domains/example.com/records/{}", lab.of_it("digitalocean_record", "id")),
                json!(null),
            )
        }),
    }
}

fn project() -> Row {
    Row {
        ty: "digitalocean_project",
        needs: DROPLETS,
        made_at: Some("/v2/projects"),
        base: "name = \"it\"\npurpose = \"Growing plants\"",
        update: Ok("name = \"changed\"\npurpose = \"Service or API\"\ndescription = \"for tests\"\n\
                    environment = \"staging\"\nresources = digitalocean_droplet.need[*].urn"),
        replace: Err(ALL_CHANGE),
        import: Ok((|lab| lab.of_it("digitalocean_project", "id"), &[])),
        changed: Ok((
            |lab| {
                async {
                    lab.wait(60).await;
                    let path = format!("projects/{}", lab.of_it("digitalocean_project", "id"));
                    lab.send("PATCH", &path, json!({"purpose": "IoT", "description": "by another"})).await;
                }
                .boxed()
            },
            &["purpose", "description", "updated_at"],
        )),
        gone: Ok(|lab| {
            lab.asks("DELETE", format!("projects/{}", lab.of_it("digitalocean_project", "id")), json!(null))
        }),
    }
}

fn project_resources() -> Row {
    Row {
        ty: "digitalocean_project_resources",
        needs: PROJECTS,
        made_at: Some("/resources"),
        base: "project = digitalocean_project.need[0].id\nresources = [digitalocean_droplet.need[0].urn]",
        update: Ok("project = digitalocean_project.need[0].id\nresources = digitalocean_droplet.need[*].urn"),
        replace: Ok((
            "project = digitalocean_project.need[1].id\nresources = [digitalocean_droplet.need[0].urn]",
            &["project"],
        )),
        import: Err("cannot be imported"),
        changed: Err("the project that they are in shows it too, so it is not this object's drift alone"),
        gone: Ok(|lab| {
            async {
                let droplet = lab.attribute("digitalocean_droplet.need[0]", "urn");
                let urn = droplet.as_str().expect("a name");
                lab.send("POST", "projects/default/resources", json!({"resources": [urn]})).await;
            }
            .boxed()
        }),
    }
}
