//! Users of simulated hosts: who owns what there, who goes, and what the probes of a gate are answered.

use std::path::PathBuf;
use std::process::Command;

use super::lab::Lab;
use super::lab::lines;
use super::lab::text;
use crate::apply::Ended;

const MACHINE: &str = r#"
    resource "digitalocean_droplet" "app" {
      name   = "app"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
    resource "host_machine" "app" {
      connection {
        address = digitalocean_droplet.app.ipv4_address
        user    = "root"
      }
    }
"#;

const USER: &str = r#"
    resource "host_group" "app" {
      host   = host_machine.app
      name   = "app"
      system = true
    }
    resource "host_user" "app" {
      host   = host_machine.app
      name   = "app"
      group  = host_group.app.name
      home   = "/srv/app"
      system = true
    }
"#;

const FILES: &str = r#"
    resource "host_directory" "app" {
      host  = host_machine.app
      path  = "/srv/app/data"
      owner = host_user.app.name
      group = host_group.app.name
    }
    resource "host_file" "app" {
      host    = host_machine.app
      path    = "${host_directory.app.path}/it"
      content = "it"
      owner   = host_user.app.name
      group   = "www-data"
    }
    resource "host_env_file" "app" {
      host   = host_machine.app
      path   = "/etc/default/app"
      values = { A = "1" }
      owner  = host_user.app.uid
    }
"#;

const NOTHING: Vec<String> = Vec::new();

fn root(lab: &Lab) -> PathBuf {
    let mut hosts = std::fs::read_dir(lab.world().join("hosts")).unwrap().filter_map(Result::ok);
    hosts.next().expect("one host").path()
}

/// What a program of the simulated host says.
fn on_host(lab: &Lab, program: &str, words: &[&str]) -> String {
    let program = lab.world().join("bin").join(program);
    let output = Command::new(program).args(words).env("INFRA_ROOT", root(lab)).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_belong_to_users_that_only_the_simulated_host_has() {
    let lab = Lab::new(&[MACHINE, USER, FILES].concat());
    lab.apply().await;
    assert_eq!(lab.planned().await, NOTHING);
    let owner = |path: &str| on_host(&lab, "stat", &["-c", "%U:%G", root(&lab).join(path).to_str().unwrap()]);
    let owners = ["srv/app", "srv/app/data", "srv/app/data/it", "etc/default/app"].map(owner);
    assert_eq!(owners, ["app:app", "app:app", "app:www-data", "app:root"]);

    for path in ["srv/app/data", "srv/app/data/it", "etc/default/app"] {
        on_host(&lab, "chown", &["daemon:daemon", root(&lab).join(path).to_str().unwrap()]);
    }
    let planned = lab.plan().await;
    assert_eq!(planned.made.plan.drift.len(), 3, "{:?}", planned.made.plan.drift);
    assert_eq!(lines(&planned), ["Update host_directory.app", "Update host_env_file.app", "Update host_file.app"]);
    lab.perform(planned).await;
    assert_eq!(lab.planned().await, NOTHING);
    assert_eq!(owner("srv/app/data/it"), "app:www-data");
}

/// What the configuration leaves to the host is chosen there once: another number later is somebody's doing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_changes_behind_our_back_is_drift() {
    let lab = Lab::new(&[MACHINE, USER].concat());
    lab.apply().await;
    let drifts = async || {
        let planned = lab.plan().await;
        assert_eq!(lines(&planned), NOTHING, "the configuration does not say which");
        planned.made.plan.drift.iter().map(|drift| drift.addr.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(drifts().await, NOTHING);
    on_host(&lab, "usermod", &["-u", "4321", "app"]);
    assert_eq!(drifts().await, ["host_user.app"]);
    on_host(&lab, "usermod", &["-u", "999", "app"]);
    assert_eq!(drifts().await, NOTHING);
    on_host(&lab, "usermod", &["-s", "/bin/sh", "app"]);
    assert_eq!(drifts().await, ["host_user.app"]);
    on_host(&lab, "groupmod", &["-g", "4321", "app"]);
    assert_eq!(drifts().await, ["host_group.app", "host_user.app"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_that_is_no_longer_configured_stays_unless_it_was_said() {
    let lab = Lab::new(&[MACHINE, USER].concat());
    lab.apply().await;
    lab.write(MACHINE);
    let (planned, diags) = lab.plan_with(crate::plan::Options { refresh: true, ..Default::default() }).await;
    let planned = planned.unwrap();
    assert_eq!(lines(&planned), ["Delete host_group.app", "Forget host_user.app"]);
    assert!(text(&diags).contains("a user is removed only with `remove = true`"), "{}", text(&diags));
    lab.perform(planned).await;
    assert!(on_host(&lab, "getent", &["passwd", "app"]).starts_with("app:x:999:999::/srv/app:"));
    assert!(on_host(&lab, "getent", &["group", "app"]).starts_with("app:"), "it cannot be without its group");

    // Taken up again, it is as it was; and now it is to go.
    lab.write(&[MACHINE, &USER.replace("home ", "remove = true\nhome ")].concat());
    let planned = lab.plan().await;
    assert!(planned.made.plan.changes.iter().filter(|change| change.adopts).count() == 2, "{:?}", lines(&planned));
    lab.perform(planned).await;
    lab.write(MACHINE);
    assert_eq!(lab.planned().await, ["Delete host_group.app", "Delete host_user.app"]);
    lab.apply().await;
    let accounts = std::fs::read_to_string(root(&lab).join("etc/passwd")).unwrap();
    let groups = std::fs::read_to_string(root(&lab).join("etc/group")).unwrap();
    assert!(!accounts.contains("app") && !groups.contains("\napp:"), "{accounts}{groups}");
    assert!(root(&lab).join("srv/app").is_dir());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gates_of_a_simulated_host_ask_nobody_else() {
    let unit = |seconds: u32, gate: &str| {
        format!(
            "{MACHINE}\nresource \"host_systemd_unit\" \"app\" {{\nhost = host_machine.app\nname = \"app.service\"\n\
             text = \"[Service]\\nExecStart=/bin/sleep {seconds}\\n\"\n\
             gate {{\n{gate} = \":8000\"\nhold = \"0s\"\ndeadline = \"2s\"\n}}\n}}\n"
        )
    };
    let lab = Lab::new(&unit(1, "http"));
    lab.apply().await;
    lab.write(&unit(2, "tcp"));
    lab.apply().await;
    std::fs::create_dir_all(root(&lab).join("run/simulated")).unwrap();
    std::fs::write(root(&lab).join("run/simulated/unhealthy"), "").unwrap();
    for (seconds, gate, why) in [
        (3, "http", "The requested URL returned error: 503"),
        (4, "tcp", "asked:       a connection to 127.0.0.1:8000"),
    ] {
        lab.write(&unit(seconds, gate));
        let applied = lab.perform(lab.plan().await).await;
        assert_ne!(applied.outcome.ended, Ended::Complete);
        assert!(text(&applied.outcome.diags).contains(why), "{}", text(&applied.outcome.diags));
    }
}
