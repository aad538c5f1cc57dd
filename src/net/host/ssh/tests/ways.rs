//! Ways to a host: by what the user's file says, through others, and where there is none.

use super::*;

#[tokio::test]
async fn the_users_file_says_where_a_host_is_and_how_to_get_in() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    std::fs::copy(lab.path("client"), lab.path("home/.ssh/web key")).unwrap();
    let config = format!(
        "Host web-*\n  HostName 127.0.0.1\n  Port {}\n  User {}\n  IdentityFile \"~/.ssh/web key\"\n",
        server.port,
        lab::me()
    );
    lab.write("home/.ssh/config", &config);
    let target = Target { host: "web-1".to_owned(), ..Target::default() };
    let why = refusal(&lab.ssh(), &target).await;
    // A host is known by where it really is.
    assert!(why.contains(&format!("[127.0.0.1]:{}", server.port)), "{why}");
    lab.write("home/.ssh/known_hosts", &format!("[127.0.0.1]:{} {}\n", server.port, lab.public("host")));
    run(&lab.ssh(), &target, "true").await.unwrap();
}

#[tokio::test]
async fn a_bastion_leads_to_many_hosts_over_one_connection() {
    let Some(lab) = Lab::new() else { return };
    lab.keygen("bastion", &["-t", "ed25519"]);
    let bastion = lab.server_at(lab::free_port(), &["bastion"], "", "");
    let servers = [lab.server(""), lab.server("")];
    let route = format!("{}@127.0.0.1:{}", lab::me(), bastion.port);
    let through = |server, key: &str| Target {
        bastion: Some(Bastion { route: route.clone(), login: None, host_key: Some(lab.public(key)) }),
        ..lab.target(server)
    };
    let ssh = lab.ssh();
    // 3 MB each way, so that all windows fill up.
    let load = "x".repeat(3_000_000);
    let (first, second) = (through(&servers[0], "bastion"), through(&servers[1], "bastion"));
    let ends = tokio::join!(
        run_with(&ssh, &first, "cat; echo first >&2", &load),
        run_with(&ssh, &second, "cat; echo second >&2", &load)
    );
    for (end, name) in [(ends.0, "first"), (ends.1, "second")] {
        let output = end.unwrap();
        assert!(text(&output.stdout) == load && output.complaint() == name, "{name}: {}", output.stdout.len());
    }
    assert_eq!([bastion.connections(), servers[0].connections(), servers[1].connections()], [1, 1, 1]);

    // It is held to its key, as any host is.
    let why = refusal(&lab.ssh(), &through(&servers[0], "host")).await;
    assert!(why.contains("its bastion") && why.contains(&lab.fingerprint("bastion")), "{why}");
    let nowhere = Target { port: Some(lab::free_port()), ..first.clone() };
    let found = obstacle(&lab.ssh(), &nowhere).await;
    assert_eq!(found.state, format!("out of reach of its bastion {route}"));
    // When it goes, those behind it go, and a later run finds its way again.
    bastion.signal_connections(rustix::process::Signal::KILL);
    run(&ssh, &first, "true").await.unwrap();
    // Two others were made for the two that led nowhere.
    assert_eq!(bastion.connections(), 4);
}

#[tokio::test]
async fn the_users_file_may_lead_through_two_others() {
    let Some(lab) = Lab::new() else { return };
    let (one, two, last) = (lab.server(""), lab.server(""), lab.server(""));
    std::fs::copy(lab.path("client"), lab.path("home/.ssh/id_ed25519")).unwrap();
    let (me, key) = (lab::me(), lab.public("host"));
    let config = format!(
        "Host last\n  HostName 127.0.0.1\n  Port {}\n  ProxyJump one,two\nHost one\n  HostName 127.0.0.1\n  Port {}\n\
         Host two\n  HostName 127.0.0.1\n  Port {}\nHost *\n  User {me}\n",
        last.port, one.port, two.port
    );
    lab.write("home/.ssh/config", &config);
    lab.write("home/.ssh/known_hosts", &format!("[127.0.0.1]:* {key}\n"));
    let target = Target { host: "last".to_owned(), ..Target::default() };
    let output = run(&lab.ssh(), &target, "echo $SSH_CONNECTION").await.unwrap();
    assert!(text(&output.stdout).trim().ends_with(&format!("127.0.0.1 {}", last.port)), "{output:?}");
    assert_eq!([one.connections(), two.connections(), last.connections()], [1, 1, 1]);
}

#[tokio::test]
async fn what_is_in_the_way_is_told_apart() {
    let Some(lab) = Lab::new() else { return };
    let server = lab.server("");
    let port = lab::free_port();
    let at = |port| Target { port: Some(port), ..lab.target(&server) };
    let found = obstacle(&lab.ssh(), &at(port)).await;
    assert_eq!(found.state, format!("refusing connections on port {port}"));
    assert!(found.cause.contains("Connection refused"), "{found:?}");
    let named = Target { host: "no-such-host.invalid".to_owned(), ..at(22) };
    assert_eq!(obstacle(&lab.ssh(), &named).await.state, "without an address for `no-such-host.invalid`");
    // It takes connections and says nothing; the second one waits for a free place in vain.
    let (_listener, port) = lab::deaf();
    let mut pace = Pace::default();
    pace.limits.step = Duration::from_millis(300);
    let ssh = Ssh::new(Surroundings::new(Arc::new(lab.user())), pace);
    assert_eq!(obstacle(&ssh, &at(port)).await.state, format!("without an SSH server that answers on port {port}"));
    let wrong =
        Target { bastion: Some(Bastion { route: "a b".to_owned(), ..Bastion::default() }), ..lab.target(&server) };
    assert!(refusal(&lab.ssh(), &wrong).await.contains("`a b` is not a host to go through"));
}
