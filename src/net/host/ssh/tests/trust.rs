//! Whether the host is who it should be, as a real server shows it.

use std::process::Command;

use super::*;

fn without_pin(lab: &Lab, server: &Server) -> Target {
    Target { trust: Trust::default(), ..lab.target(server) }
}

#[tokio::test]
async fn a_stranger_is_refused_until_somebody_vouches_for_it() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let stranger = without_pin(&lab, &server);
    let why = refusal(&lab.ssh(), &stranger).await;
    let name = format!("[127.0.0.1]:{}", server.port);
    let line = format!("{name} {}", lab.public("host"));
    assert!(why.contains(&lab.fingerprint("host")) && why.contains(&format!("`{line}`")), "{why}");
    assert!(!server.log().contains("Accepted"), "it was not logged in to: {}", server.log());
    // The line that the message tells to add, in clear and hashed.
    lab.write("home/.ssh/known_hosts", &format!("{line}\n"));
    run(&lab.ssh(), &stranger, "true").await.unwrap();
    let hash = Command::new("ssh-keygen").args(["-q", "-H", "-f"]).arg(lab.path("home/.ssh/known_hosts")).output();
    assert!(hash.unwrap().status.success() && lab.read("home/.ssh/known_hosts").starts_with("|1|"));
    run(&lab.ssh(), &stranger, "true").await.unwrap();
    // Another port is another host.
    lab.write("home/.ssh/known_hosts", &format!("127.0.0.1 {}\n", lab.public("host")));
    refusal(&lab.ssh(), &stranger).await;
    // A wildcard, and its own key among several.
    lab.keygen("older", &["-t", "ed25519"]);
    let lines = format!("[127.0.0.*]:* {}\n{name} {}\n", lab.public("older"), lab.public("host"));
    lab.write("home/.ssh/known_hosts", &lines);
    run(&lab.ssh(), &stranger, "true").await.unwrap();
    lab.write("home/.ssh/known_hosts", &format!("{lines}@revoked * {}\n", lab.public("host")));
    assert!(refusal(&lab.ssh(), &stranger).await.contains("@revoked"));
}

#[tokio::test]
async fn a_new_machine_is_accepted_once_and_then_held_to_its_key() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let accepts = Trust { host_key: None, accepts_new: true };
    let shell = up(&lab.ssh(), &Target { trust: accepts.clone(), ..lab.target(&server) }).await;
    let shown = shell.host_key().unwrap();
    assert_eq!(shown, lab.public("host"));
    assert!(!lab.path("home/.ssh/known_hosts").exists(), "what was accepted is the caller's to keep");
    // Set up anew under the same address.
    lab.keygen("anew", &["-t", "ed25519"]);
    let port = server.port;
    drop(server);
    let server = lab.server_at(port, &["anew"], "", "");
    let held = Trust { host_key: Some(shown), accepts_new: true };
    let why = refusal(&lab.ssh(), &Target { trust: held, ..lab.target(&server) }).await;
    for part in [lab.fingerprint("host"), lab.fingerprint("anew"), "-replace=ADDRESS".to_owned()] {
        assert!(why.contains(&part), "{part} is not in: {why}");
    }
    lab.write("home/.ssh/known_hosts", &format!("[127.0.0.1]:{port} {}\n", lab.public("host")));
    let why = refusal(&lab.ssh(), &Target { trust: accepts, ..lab.target(&server) }).await;
    for part in [lab.fingerprint("host"), lab.fingerprint("anew"), format!("ssh-keygen -R '[127.0.0.1]:{port}'")] {
        assert!(why.contains(&part), "{part} is not in: {why}");
    }
    assert!(why.contains("~/.ssh/known_hosts:1"), "{why}");
}

#[tokio::test]
async fn a_host_with_several_keys_shows_the_one_that_it_is_known_by() {
    let Some(lab) = Lab::new() else { return };
    lab.keygen("host-rsa", &["-t", "rsa"]);
    lab.keygen("host-ecdsa", &["-t", "ecdsa"]);
    let server = lab.server_at(lab::free_port(), &["host", "host-rsa", "host-ecdsa"], "", "");
    for name in ["host-rsa", "host-ecdsa", "host"] {
        lab.write("home/.ssh/known_hosts", &format!("[127.0.0.1]:{} {}\n", server.port, lab.public(name)));
        let shell = up(&lab.ssh(), &without_pin(&lab, &server)).await;
        assert_eq!(shell.host_key().unwrap(), lab.public(name));
        let pinned = Trust { host_key: Some(lab.public(name)), accepts_new: false };
        up(&lab.ssh(), &Target { trust: pinned, ..lab.target(&server) }).await;
    }
}

#[tokio::test]
async fn a_connection_that_was_made_by_who_trusts_more_is_judged_anew() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let ssh = lab.ssh();
    let accepts = Trust { host_key: None, accepts_new: true };
    up(&ssh, &Target { trust: accepts, ..lab.target(&server) }).await;
    refusal(&ssh, &without_pin(&lab, &server)).await;
    up(&ssh, &lab.target(&server)).await;
    assert_eq!(server.connections(), 1);
}

/// What the user has told OpenSSH counts here, too.
#[tokio::test]
async fn the_users_file_may_accept_new_hosts() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    lab.write("home/.ssh/config", "Host 127.*\n  StrictHostKeyChecking accept-new\n");
    up(&lab.ssh(), &without_pin(&lab, &server)).await;
    lab.write("home/.ssh/config", "Host 127.*\n  StrictHostKeyChecking no\n");
    refusal(&lab.ssh(), &without_pin(&lab, &server)).await;
}
