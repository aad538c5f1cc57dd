use super::*;
use crate::providers::host::look;
use crate::providers::host::look::Target;

/// All that an apply may change.
fn condition(live: &Live) -> (String, Option<String>, String, [String; 3]) {
    let own = live.bed.exists(OWN).then(|| live.bed.text(OWN));
    (live.bed.text(CONF), own, live.run_id(), ["maxmemory", "hz", "databases"].map(|name| live.get(name)))
}

#[tokio::test]
async fn one_value_that_is_refused_and_all_is_as_before() {
    let Some(live) = Live::new("") else { return };
    for round in ["first", "second"] {
        let prior = match round {
            "first" => live.adopted(&[("maxmemory", "1mb")]).await,
            _ => live.put("op0", &live.adopted(&[("maxmemory", "5mb")]).await, &[("maxmemory", "5mb")]).await,
        };
        let before = condition(&live);
        let bad = live.config(&[("hz", "20"), ("maxmemory", "64mb"), ("maxmemory-policy", "whatever")]);
        let file = create(FILE, "f", &strings([("path", "/etc/f"), ("content", "x")]));
        let ends = live.bed.apply("op1", &[file, update(REDIS, "r", &prior, &bad)]).await;
        let message = failure(&ends[1]);
        assert!(
            message.contains("does not take the new value of `maxmemory-policy`: ERR CONFIG SET failed"),
            "{message}"
        );
        assert!(matches!(ends[0], MemberEnd::Restored { .. }), "{ends:?}");
        assert_eq!(condition(&live), before);
        assert!(!live.bed.exists("etc/f"));
    }
    let unknown = live.config(&[("max-memory", "1mb")]);
    let prior = live.adopted(&[]).await;
    let message = failure(&live.bed.apply("op2", &[update(REDIS, "r", &prior, &unknown)]).await[0]);
    assert!(message.contains("knows no directive `max-memory`"), "{message}");
}

#[tokio::test]
async fn a_server_that_does_not_come_up_again_runs_as_before() {
    let Some(live) = Live::new("") else { return };
    let made = live.put("op1", &live.adopted(&[("hz", "20")]).await, &[("hz", "20")]).await;
    live.ask(&["CONFIG", "SET", "hz", "25"]);
    let prior = live.bed.seen(REDIS, &made).await.unwrap();
    let (conf, own, run, values) = condition(&live);
    let bad = live.config(&[("hz", "30"), ("databases", "0")]);
    let message = failure(&live.bed.apply("op2", &[update(REDIS, "r", &prior, &bad)]).await[0]);
    assert!(message.contains("systemctl restart -- redis-server.service"), "{message}");
    assert!(message.contains("The last lines of its journal"), "{message}");
    let after = condition(&live);
    assert_eq!((&after.0, &after.1, &after.3), (&conf, &own, &values));
    assert_ne!(after.2, run, "it was restarted, and so it is again");
    assert_eq!(live.bed.seen(REDIS, &prior).await, Some(prior));
}

#[tokio::test]
async fn a_server_that_is_dead_is_told_and_started() {
    let Some(live) = Live::new("") else { return };
    let made = live.put("op1", &live.adopted(&[("hz", "20")]).await, &[("hz", "20")]).await;
    live.systemctl("stop");
    let found = live.bed.seen(REDIS, &made).await.unwrap();
    assert_eq!(directive(&found, "hz"), Some("20"));
    assert!(drift(&found)[0].starts_with("it does not answer: Could not connect"), "{found:?}");
    // What somebody has written meanwhile is what it will have.
    live.bed.write(OWN, "hz 30\nmaxmemory 5mb\n");
    let found = live.bed.seen(REDIS, &made).await.unwrap();
    assert_eq!((directive(&found, "hz"), directive(&found, "maxmemory")), (Some("30"), Some("5mb")));
    live.put("op2", &found, &[("hz", "20")]).await;
    assert_eq!(live.ask(&["PING"]), "PONG");
    assert_eq!(live.get("hz"), "20");
}

#[tokio::test]
async fn whoever_cannot_be_asked_is_not_taken_for_changed() {
    let Some(live) = Live::new("requirepass hidden") else { return };
    let reference = plan(REDIS, None, &live.config(&[("hz", "20")]));
    let Read::Stale(why) = live.bed.read(REDIS, &reference).await else { panic!("not stale") };
    assert!(why.contains("NOAUTH") && why.contains("`password`"), "{why}");
    let message = failure(&live.bed.apply("op1", &[create(REDIS, "r", &live.config(&[("hz", "20")]))]).await[0]);
    assert!(message.contains("`password` must be the one"), "{message}");
    assert!(!live.bed.exists(OWN) && !live.bed.text(CONF).contains("include"));
    let mut config = live.config(&[("hz", "20")]);
    config.push(("password", Value::from("hidden")));
    live.bed.put("op2", create(REDIS, "r", &config)).await;
    // Another server than the one with this file.
    let mut config = live.config(&[("hz", "20")]);
    config.extend([("password", Value::from("hidden")), ("config_path", Value::from("/etc/redis/other.conf"))]);
    let message = failure(&live.bed.apply("op3", &[create(REDIS, "r", &config)]).await[0]);
    assert!(message.contains("a server runs with /etc/redis/redis.conf, not with /etc/redis/other.conf"), "{message}");
    assert!(!live.bed.exists("etc/redis/other.conf") && !live.bed.exists("etc/redis/other.infra.conf"));
}

#[tokio::test]
async fn a_host_without_a_client_says_so() {
    let bed = Bed::new();
    bed.write(CONF, "port 1\n");
    // A private root without programs of its own has none: the machine's would ask the machine's servers.
    let shell = LocalShell { root: Some(bed.dir.path().to_owned()), bin: None };
    let reference = plan(REDIS, None, &[("directives", Value::map(Type::STRING, Vec::new()))]);
    let targets: Vec<Target> = vec![crate::providers::host::batch::target(REDIS, &reference).unwrap()];
    let sight = look::look(&shell, targets, None, &cx("look")).await.unwrap();
    let Read::Stale(why) = crate::providers::host::batch::seen(REDIS, &reference, &sight, 0) else {
        panic!("not stale")
    };
    assert!(why.contains("there is no redis-cli on the host") && why.contains("redis-tools"), "{why}");
    std::fs::remove_file(bed.path(CONF)).unwrap();
    assert_eq!(bed.seen(REDIS, &reference).await, None);
}

#[tokio::test]
async fn a_replica_counts_once_its_link_is_up_and_a_large_data_set_once_it_is_loaded() {
    let (Some(live), Some(master)) = (Live::new(""), Live::new("repl-diskless-sync-delay 0")) else { return };
    let of = |port: u16| format!("127.0.0.1 {port}");
    let adopted = live.adopted(&[]).await;
    let mut config = live.config(&[("replicaof", &of(free_port()))]);
    config.retain(|(name, _)| *name != "deadline");
    config.push(("deadline", Value::from("3s")));
    let message = failure(&live.bed.apply("op1", &[update(REDIS, "r", &adopted, &config)]).await[0]);
    assert!(message.contains("within 3s: its link to the master is down"), "{message}");
    assert!(live.ask(&["INFO", "replication"]).contains("role:master"));
    let wishes = [("replicaof", &*of(master.port))];
    let adopted = live.adopted(&wishes).await;
    let mut config = live.config(&wishes);
    config.retain(|(name, _)| *name != "deadline");
    config.push(("deadline", Value::from("20m")));
    live.bed.put("op2", update(REDIS, "r", &adopted, &config)).await;
    assert!(live.ask(&["INFO", "replication"]).contains("master_link_status:up"));
    // A thousand keys, each of which takes a millisecond to load.
    master.ask(&["DEBUG", "POPULATE", "1000"]);
    master.ask(&["EVAL", "for i = 1, 1000 do redis.call('SET', i, i) end", "0"]);
    let wishes = [("databases", "20"), ("save", "900 1")];
    let slow = master.bed.text(CONF) + "key-load-delay 1000\n";
    master.bed.write(CONF, slow);
    let started = std::time::Instant::now();
    master.put("op3", &master.adopted(&wishes).await, &wishes).await;
    assert!(started.elapsed() > std::time::Duration::from_millis(900));
    assert_eq!(master.ask(&["DBSIZE"]), "1000");
}

#[tokio::test]
async fn a_kill_anywhere_is_brought_to_its_end_by_the_next_run() {
    let Some(live) = Live::new("") else { return };
    let wishes = |round: u32| {
        let pairs = [("databases", (round + 2).to_string()), ("hz", (round + 20).to_string())];
        pairs.map(|(name, value)| (name, value))
    };
    let plain = |wishes: &[(&'static str, String); 2]| wishes.each_ref().map(|(name, value)| (*name, value.clone()));
    let first = plain(&wishes(0));
    let first: Vec<(&str, &str)> = first.iter().map(|(name, value)| (*name, &**value)).collect();
    let started = std::time::Instant::now();
    let mut made = live.put("op", &live.adopted(&first).await, &first).await;
    let whole = started.elapsed();
    for round in 1..=8 {
        let wanted = wishes(round);
        let wanted: Vec<(&str, &str)> = wanted.iter().map(|(name, value)| (*name, &**value)).collect();
        *live.bed.shared.kill_after.lock().unwrap() = Some(whole.mul_f64(f64::from(round) / 9.0));
        let killed = [update(REDIS, "r", &made, &live.config(&wanted))];
        let end = HostBundle.apply(&live.bed.hosts, &cx("killed"), &killed).await;
        assert!(matches!(end, Err(ProviderError::AnswerLost { .. })));
        *live.bed.shared.kill_after.lock().unwrap() = None;
        let receipt = HostBundle.receipt(&live.bed.hosts, &cx("recovery"), "killed", &killed).await.unwrap();
        if let Some(MemberEnd::Applied { object, .. }) = receipt.and_then(|ends| ends.into_iter().next()) {
            made = object.unwrap();
        }
        let found = live.bed.seen(REDIS, &made).await.unwrap();
        made = live.put("again", &found, &wanted).await;
        assert_eq!(
            ["databases", "hz"].map(|name| live.get(name)),
            [&wanted[0].1, &wanted[1].1].map(|value| (*value).to_owned())
        );
    }
    let left = std::fs::read_dir(live.bed.path("etc/redis")).unwrap().flatten();
    assert_eq!(left.filter(|entry| entry.file_name().to_string_lossy().starts_with(".infra")).count(), 0);
}
