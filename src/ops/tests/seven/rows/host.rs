//! Rows of what is on hosts.

use std::path::PathBuf;

use futures::FutureExt;

use super::super::super::Lab;
use super::Row;

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

/// Two machines with a server each, of which nothing stays when it goes.
const TWO_SERVERS: &str = r#"
    resource "digitalocean_droplet" "need" {
      count  = 2
      name   = "need-${count.index}"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
    resource "host_machine" "need" {
      count = 2
      connection {
        address = digitalocean_droplet.need[count.index].ipv4_address
        user    = "root"
      }
    }
    resource "host_package" "need" {
      count = 2
      host  = host_machine.need[count.index]
      name  = "redis-server"
      purge = true
    }
"#;

const UNIT: &str = r#"
    host  = host_machine.need
    name  = "it.service"
    text  = "[Service]\nExecStart=/bin/sleep 1000\n"
"#;

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            ty: "host_machine",
            needs: TWO_DROPLETS,
            made_at: None,
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
            made_at: None,
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
            ty: "host_command",
            needs: MACHINE,
            made_at: None,
            base: "host = host_machine.need\nname = \"it\"\nrun = \"it\"\ncheck = \"is it?\"",
            update: Ok("host = host_machine.need\nname = \"it\"\nrun = \"that\"\ncheck = \"is it?\""),
            replace: Ok(("host = host_machine.need\nname = \"other\"\nrun = \"it\"\ncheck = \"is it?\"", &["name"])),
            import: Ok((
                |lab| format!("root@{}:/{}", address(lab), lab.of_it("host_command", "key")),
                &["run", "check", "name"],
            )),
            changed: Ok((
                |lab| async { std::fs::remove_dir_all(lab.host().join("var/lib/simulated")).expect("it ran") }.boxed(),
                &["satisfied"],
            )),
            gone: Ok(|lab| {
                async {
                    for folder in ["var/lib/simulated", "var/lib/infra/commands"] {
                        std::fs::remove_dir_all(lab.host().join(folder)).expect("it ran");
                    }
                }
                .boxed()
            }),
        },
        Row {
            ty: "host_directory",
            needs: MACHINE,
            made_at: None,
            base: "host = host_machine.need\npath = \"/srv/it\"",
            update: Ok("host = host_machine.need\npath = \"/srv/it\"\nmode = \"0700\""),
            replace: Ok(("host = host_machine.need\npath = \"/srv/other\"", &["path"])),
            import: Ok((|lab| format!("root@{}:/srv/it", address(lab)), &[])),
            changed: Ok((
                |lab| {
                    async {
                        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o777);
                        std::fs::set_permissions(lab.host().join("srv/it"), mode).expect("it is there");
                    }
                    .boxed()
                },
                &["mode"],
            )),
            gone: Ok(|lab| async { std::fs::remove_dir(lab.host().join("srv/it")).expect("it is there") }.boxed()),
        },
        Row {
            ty: "host_env_file",
            needs: MACHINE,
            made_at: None,
            base: "host = host_machine.need\npath = \"/etc/it.env\"\nvalues = { A = \"one\", B = \"$x\" }",
            update: Ok("host = host_machine.need\npath = \"/etc/it.env\"\nvalues = { A = \"two\" }\nmode = \"0640\""),
            replace: Ok((
                "host = host_machine.need\npath = \"/etc/other.env\"\nvalues = { A = \"one\", B = \"$x\" }",
                &["path"],
            )),
            import: Ok((|lab| format!("root@{}:/etc/it.env", address(lab)), &[])),
            changed: Ok((
                |lab| {
                    async { std::fs::write(lab.host().join("etc/it.env"), "A=three\n").expect("it is there") }.boxed()
                },
                &["values", "digest"],
            )),
            gone: Ok(|lab| async { std::fs::remove_file(lab.host().join("etc/it.env")).expect("it is there") }.boxed()),
        },
        Row {
            ty: "host_group",
            needs: MACHINE,
            made_at: None,
            base: "host = host_machine.need\nname = \"it\"\ngid = 2900",
            update: Ok("host = host_machine.need\nname = \"it\"\ngid = 3000"),
            replace: Ok(("host = host_machine.need\nname = \"other\"\ngid = 2901", &["name"])),
            import: Ok((|lab| format!("root@{}:/it", address(lab)), &[])),
            changed: Ok((|lab| async { on_host(lab, "groupmod", &["-g", "3100", "it"]) }.boxed(), &["gid"])),
            gone: Ok(|lab| async { on_host(lab, "groupdel", &["it"]) }.boxed()),
        },
        Row {
            ty: "host_user",
            needs: MACHINE,
            made_at: None,
            base: "host = host_machine.need\nname = \"it\"\nshell = \"/bin/sh\"\nremove = true\nremove_home = true",
            update: Ok("host = host_machine.need\nname = \"it\"\nshell = \"/bin/bash\"\ngroups = [\"sudo\"]\n\
                        authorized_keys = [\"ssh-ed25519 AAAA it\"]\nlocked = true\nremove = true"),
            replace: Ok((
                "host = host_machine.need\nname = \"other\"\nshell = \"/bin/sh\"\nremove = true\nremove_home = true",
                &["name"],
            )),
            import: Ok((|lab| format!("root@{}:/it", address(lab)), &["remove", "remove_home"])),
            changed: Ok((|lab| async { on_host(lab, "usermod", &["-s", "/bin/false", "it"]) }.boxed(), &["shell"])),
            gone: Ok(|lab| async { on_host(lab, "userdel", &["-r", "it"]) }.boxed()),
        },
        Row {
            ty: "host_package",
            needs: MACHINE,
            made_at: None,
            base: "host = host_machine.need\nname = \"nginx\"\nversion = \"1.22.1-9\"",
            update: Ok("host = host_machine.need\nname = \"nginx\"\nversion = \"1.22.1-9+*\"\nheld = true"),
            replace: Ok(("host = host_machine.need\nname = \"haproxy\"", &["name"])),
            import: Ok((|lab| format!("root@{}:/nginx", address(lab)), &["version"])),
            changed: Ok((
                |lab| {
                    async {
                        let status = lab.host().join("var/lib/dpkg/status");
                        let text = std::fs::read_to_string(&status).expect("something is installed");
                        let text = text.replace("Version: 1.22.1-9\n", "Version: 1.18.0-6\n");
                        std::fs::write(status, text).expect("it is there");
                    }
                    .boxed()
                },
                &["version", "installed", "candidate"],
            )),
            gone: Ok(|lab| {
                async { std::fs::write(lab.host().join("var/lib/dpkg/status"), "").expect("it is there") }.boxed()
            }),
        },
        Row {
            ty: "host_redis",
            needs: TWO_SERVERS,
            made_at: None,
            base: "host = host_machine.need[0]\ndepends_on = [host_package.need]\ndirectives = { maxmemory = \"64mb\", hz = \"20\" }",
            update: Ok(
                "host = host_machine.need[0]\ndepends_on = [host_package.need]\ndirectives = { maxmemory = \"128mb\", databases = \"4\", requirepass = \"it's $x\" }",
            ),
            replace: Ok((
                "host = host_machine.need[1]\ndepends_on = [host_package.need]\ndirectives = { maxmemory = \"64mb\", hz = \"20\" }",
                &["host"],
            )),
            import: Ok((
                |lab| {
                    let address = lab.attribute("digitalocean_droplet.need[0]", "ipv4_address");
                    format!("root@{}:/etc/redis/redis.conf", address.as_str().expect("an address"))
                },
                &[],
            )),
            changed: Ok((
                |lab| {
                    async {
                        let values = first_host(lab).join("var/lib/simulated/redis/redis-server.service/values");
                        let text = std::fs::read_to_string(&values).expect("it runs");
                        let changed = text.replace("\nmaxmemory 67108864\n", "\nmaxmemory 1000\n");
                        assert_ne!(text, changed);
                        std::fs::write(values, changed).expect("it runs");
                    }
                    .boxed()
                },
                &["directives"],
            )),
            gone: Ok(|lab| {
                async { std::fs::remove_file(first_host(lab).join("etc/redis/redis.conf")).expect("it is there") }
                    .boxed()
            }),
        },
        Row {
            ty: "host_systemd_unit",
            needs: MACHINE,
            made_at: None,
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

/// Runs a program of the simulated host behind our back.
fn on_host(lab: &Lab, program: &str, words: &[&str]) {
    let program = lab.world().join("bin").join(program);
    let output = std::process::Command::new(program).args(words).env("INFRA_ROOT", lab.host()).output();
    let output = output.expect("it is there");
    assert!(output.status.success(), "{output:?}");
}

/// The root folder of the first of two hosts.
fn first_host(lab: &Lab) -> PathBuf {
    let is_first = |host: &PathBuf| host.file_name().is_some_and(|name| name.to_string_lossy().starts_with("need-0-"));
    lab.hosts().into_iter().find(is_first).expect("it is up")
}

fn address(lab: &Lab) -> String {
    let address = lab.attribute("digitalocean_droplet.need", "ipv4_address");
    address.as_str().expect("an address").to_owned()
}
