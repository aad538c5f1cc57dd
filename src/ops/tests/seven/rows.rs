//! A row for each resource type: what it looks like, how it changes, and what it cannot do, with the reason.

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;

use super::super::Lab;

/// Something done to the world behind our back.
pub(in super::super) type Deed = fn(&Lab) -> BoxFuture<'_, ()>;

/// What a type can do, or why it cannot.
pub(in super::super) type Or<T> = Result<T, &'static str>;

/// Finds out an import id.
pub(in super::super) type ImportId = fn(&Lab) -> String;

/// One resource type.
pub(in super::super) struct Row {
    pub(in super::super) ty: &'static str,
    /// Blocks that it needs.
    pub(in super::super) needs: &'static str,
    /// The arguments of the instance `it`.
    pub(in super::super) base: &'static str,
    /// Arguments that change it in place.
    pub(in super::super) update: Or<&'static str>,
    /// Arguments that replace it, and the paths that make them.
    pub(in super::super) replace: Or<(&'static str, &'static [&'static str])>,
    /// Its import id, and the attributes in which what is read differs from what is configured; or how it is refused.
    pub(in super::super) import: Or<(ImportId, &'static [&'static str])>,
    /// What another does to it, and the attributes in which that shows.
    pub(in super::super) changed: Or<(Deed, &'static [&'static str])>,
    /// How another removes it.
    pub(in super::super) gone: Or<Deed>,
}

const STATE_ONLY: &str = "it is in the state only, so nobody else can reach it";
const ALL_REPLACE: &str = "each argument replaces";

const DROPLET: &str = r#"
    resource "digitalocean_droplet" "need" {
      name   = "need"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
"#;

const TWO_DROPLETS: &str = r#"
    resource "digitalocean_droplet" "need" {
      count  = 2
      name   = "need-${count.index}"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
"#;

const MACHINE: &str = r#"
    resource "digitalocean_droplet" "need" {
      name   = "need"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
    resource "host_machine" "need" {
      connection {
        address = digitalocean_droplet.need.ipv4_address
        user    = "root"
      }
    }
"#;

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

fn random(ty: &'static str) -> Row {
    Row {
        ty,
        needs: "",
        base: "",
        update: Err(ALL_REPLACE),
        replace: Err(""),
        import: Err("cannot be imported"),
        changed: Err(STATE_ONLY),
        gone: Err(STATE_ONLY),
    }
}

fn drawn() -> [Row; 8] {
    [
        Row {
            base: "length = 8",
            update: Ok("length = 8\nkeepers = { a = null }"),
            replace: Ok(("length = 9", &["length"])),
            import: Ok((|lab| lab.of_it("random_bytes", "base64"), &[])),
            ..random("random_bytes")
        },
        Row {
            base: "byte_length = 8\nprefix = \"p-\"",
            update: Ok("byte_length = 8\nprefix = \"p-\"\nkeepers = { a = null }"),
            replace: Ok(("byte_length = 9\nprefix = \"q-\"", &["byte_length", "prefix"])),
            import: Ok((|lab| format!("p-,{}", lab.of_it("random_id", "id")), &[])),
            ..random("random_id")
        },
        Row {
            base: "min = 1\nmax = 1000000",
            update: Ok("min = 1\nmax = 1000000\nkeepers = { a = null }"),
            replace: Ok(("min = 1\nmax = 2000000", &["max"])),
            import: Ok((|lab| format!("{},1,1000000", lab.of_it("random_integer", "id")), &[])),
            ..random("random_integer")
        },
        Row {
            base: "length = 20",
            update: Ok("length = 20\nkeepers = { a = null }"),
            replace: Ok(("length = 20\nspecial = false", &["special"])),
            import: Ok((|lab| lab.of_it("random_password", "result"), &[])),
            ..random("random_password")
        },
        Row {
            base: "length = 2",
            update: Ok("length = 2\nkeepers = { a = null }"),
            replace: Ok(("length = 3", &["length"])),
            ..random("random_pet")
        },
        Row {
            base: "input = [\"a\", \"b\", \"c\"]",
            update: Ok("input = [\"a\", \"b\", \"c\"]\nkeepers = { a = null }"),
            replace: Ok(("input = [\"a\", \"b\"]", &["input"])),
            ..random("random_shuffle")
        },
        Row {
            base: "length = 20",
            update: Ok("length = 20\nkeepers = { a = null }"),
            replace: Ok(("length = 21", &["length"])),
            import: Ok((|lab| lab.of_it("random_string", "result"), &[])),
            ..random("random_string")
        },
        Row {
            base: "",
            update: Ok("keepers = { a = null }"),
            replace: Ok(("keepers = { a = \"b\" }", &["keepers"])),
            import: Ok((|lab| lab.of_it("random_uuid", "id"), &[])),
            ..random("random_uuid")
        },
    ]
}

fn file(ty: &'static str) -> Row {
    Row {
        ty,
        needs: "",
        base: "filename = \"made/it\"\ncontent = \"one\"",
        update: Err(ALL_REPLACE),
        replace: Ok(("filename = \"made/other\"\ncontent = \"one\"", &["filename"])),
        import: Err("cannot be imported"),
        changed: Err("a file with another content is not ours any more, so it counts as gone"),
        gone: Ok(|lab| async { std::fs::write(lab.root().join("made/it"), "two").expect("it is there") }.boxed()),
    }
}

fn small() -> [Row; 4] {
    [
        Row {
            ty: "terraform_data",
            needs: "",
            base: "input = \"one\"",
            update: Ok("input = \"two\""),
            replace: Ok(("input = \"one\"\ntriggers_replace = 1", &["triggers_replace"])),
            // An import knows the id alone.
            import: Ok((|lab| lab.of_it("terraform_data", "id"), &["input", "output"])),
            changed: Err(STATE_ONLY),
            gone: Err(STATE_ONLY),
        },
        Row {
            ty: "tls_private_key",
            needs: "",
            base: "algorithm = \"ED25519\"",
            update: Err(ALL_REPLACE),
            replace: Ok(("algorithm = \"ECDSA\"\necdsa_curve = \"P256\"", &["algorithm", "ecdsa_curve"])),
            import: Err("cannot be imported"),
            changed: Err(STATE_ONLY),
            gone: Err(STATE_ONLY),
        },
        file("local_file"),
        file("local_sensitive_file"),
    ]
}

fn digitalocean() -> [Row; 6] {
    [
        Row {
            ty: "digitalocean_tag",
            needs: "",
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
                    async {
                        let path = format!("droplets/{}/actions", lab.of_it("digitalocean_droplet", "id"));
                        lab.send("POST", &path, json!({"type": "rename", "name": "renamed"})).await;
                        lab.wait(60).await;
                    }
                    .boxed()
                },
                &["name"],
            )),
            gone: Ok(|lab| {
                async {
                    let path = format!("droplets/{}", lab.of_it("digitalocean_droplet", "id"));
                    lab.send("DELETE", &path, json!(null)).await;
                    lab.wait(120).await;
                }
                .boxed()
            }),
        },
        Row {
            ty: "digitalocean_loadbalancer",
            needs: DROPLET,
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
                async {
                    let path = format!("load_balancers/{}", lab.of_it("digitalocean_loadbalancer", "id"));
                    lab.send("DELETE", &path, json!(null)).await;
                    lab.wait(120).await;
                }
                .boxed()
            }),
        },
        Row {
            ty: "digitalocean_database_cluster",
            needs: "",
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
                async {
                    let path = format!("databases/{}", lab.of_it("digitalocean_database_cluster", "id"));
                    lab.send("DELETE", &path, json!(null)).await;
                    lab.wait(120).await;
                }
                .boxed()
            }),
        },
        Row {
            ty: "digitalocean_database_user",
            needs: MYSQL,
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
            ty: "digitalocean_reserved_ip",
            needs: DROPLET,
            base: "region = \"fra1\"",
            update: Ok("region = \"fra1\"\ndroplet_id = digitalocean_droplet.need.id"),
            replace: Ok(("region = \"ams3\"", &["region"])),
            import: Ok((|lab| lab.of_it("digitalocean_reserved_ip", "id"), &[])),
            changed: Ok((
                |lab| {
                    async {
                        let ip = lab.of_it("digitalocean_reserved_ip", "id");
                        let droplet = lab.attribute("digitalocean_droplet.need", "id");
                        let droplet: u64 = droplet.as_str().and_then(|id| id.parse().ok()).expect("a number");
                        let body = json!({"type": "assign", "droplet_id": droplet});
                        lab.send("POST", &format!("reserved_ips/{ip}/actions"), body).await;
                        lab.wait(60).await;
                    }
                    .boxed()
                },
                &["droplet_id"],
            )),
            gone: Ok(|lab| {
                async {
                    let path = format!("reserved_ips/{}", lab.of_it("digitalocean_reserved_ip", "id"));
                    lab.send("DELETE", &path, json!(null)).await;
                }
                .boxed()
            }),
        },
    ]
}

const UNIT: &str = r#"
    host  = host_machine.need
    name  = "it.service"
    text  = "[Service]\nExecStart=/bin/sleep 1000\n"
"#;

fn host() -> [Row; 3] {
    [
        Row {
            ty: "host_machine",
            needs: TWO_DROPLETS,
            base: "connection {\naddress = digitalocean_droplet.need[0].ipv4_address\nuser = \"root\"\n}",
            update: Ok("connection {\naddress = digitalocean_droplet.need[0].ipv4_address\nuser = \"root\"\n\
                        sudo = true\n}"),
            replace: Ok((
                "connection {\naddress = digitalocean_droplet.need[1].ipv4_address\nuser = \"root\"\n}",
                &["connection"],
            )),
            import: Ok((|lab| lab.of_it("host_machine", "id"), &[])),
            changed: Err("its arguments only say how to reach it, and its facts are nobody's doing"),
            gone: Err("a host that does not answer is not taken for one that is no more"),
        },
        Row {
            ty: "host_file",
            needs: MACHINE,
            base: "host = host_machine.need\npath = \"/etc/it\"\ncontent = \"one\"",
            update: Ok("host = host_machine.need\npath = \"/etc/it\"\ncontent = \"two\"\nmode = \"0600\""),
            replace: Ok(("host = host_machine.need\npath = \"/etc/other\"\ncontent = \"one\"", &["path"])),
            import: Ok((|lab| format!("root@{}:/etc/it", address(lab)), &[])),
            changed: Ok((
                |lab| async { std::fs::write(lab.host().join("etc/it"), "three").expect("it is there") }.boxed(),
                &["content", "digest", "size"],
            )),
            gone: Ok(|lab| async { std::fs::remove_file(lab.host().join("etc/it")).expect("it is there") }.boxed()),
        },
        Row {
            ty: "host_systemd_unit",
            needs: MACHINE,
            base: UNIT,
            update: Ok(r#"
                host  = host_machine.need
                name  = "it.service"
                text  = "[Service]\nExecStart=/bin/sleep 2000\n[Install]\nWantedBy=multi-user.target\n"
                enabled = true
            "#),
            replace: Ok((
                "host = host_machine.need\nname = \"other.service\"\ntext = \"[Service]\\nExecStart=/bin/sleep 1\\n\"",
                &["name"],
            )),
            import: Ok((|lab| format!("root@{}:/it.service", address(lab)), &[])),
            changed: Ok((
                |lab| {
                    async {
                        let unit = lab.host().join("etc/systemd/system/it.service");
                        std::fs::write(unit, "[Service]\nExecStart=/bin/sleep 3000\n").expect("it is there");
                    }
                    .boxed()
                },
                &["text", "digest", "drift"],
            )),
            gone: Ok(|lab| {
                async {
                    let unit = lab.host().join("etc/systemd/system/it.service");
                    std::fs::remove_file(unit).expect("it is there");
                }
                .boxed()
            }),
        },
    ]
}

fn address(lab: &Lab) -> String {
    let address = lab.attribute("digitalocean_droplet.need", "ipv4_address");
    address.as_str().expect("an address").to_owned()
}

/// All rows.
pub(in super::super) fn rows() -> Vec<Row> {
    drawn().into_iter().chain(small()).chain(digitalocean()).chain(host()).collect()
}
