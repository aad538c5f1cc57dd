use super::*;
use crate::providers::host::redis::directive::needs_restart;
use crate::providers::host::redis::directive::version;

#[tokio::test]
async fn what_config_set_can_do_is_no_restart_and_lasts() {
    let Some(live) = Live::new("maxmemory 5mb\nsave 900 1") else { return };
    let before = live.bed.text(CONF);
    let wishes =
        [("maxmemory", "64mb"), ("maxmemory-policy", "allkeys-lru"), ("save", "3600 1 300 100"), ("appendonly", "yes")];
    // The first plan tells what there is, directive by directive.
    let prior = live.adopted(&wishes).await;
    let found = ["maxmemory", "maxmemory-policy", "save", "appendonly"].map(|name| directive(&prior, name).unwrap());
    assert_eq!(found, ["5242880", "noeviction", "900 1", "no"]);
    assert_eq!(
        prior.str("version"),
        Some(live.ask(&["INFO", "server"]).split("redis_version:").nth(1).unwrap().split_whitespace().next().unwrap())
    );
    let run = live.run_id();
    let made = live.put("op1", &prior, &wishes).await;
    assert_eq!((live.run_id(), live.restarts()), (run, 0));
    assert!(!resource(REDIS).interrupts(&prior, &made));
    assert_eq!(
        (live.get("maxmemory"), live.get("save"), live.get("appendonly")),
        ("67108864".into(), "3600 1 300 100".into(), "yes".into())
    );
    // It is as it was written, to the byte, with a line more.
    assert_eq!(live.bed.text(CONF), format!("{before}include {OWN}\n"));
    let mode = |path: &str| std::fs::metadata(live.bed.path(path)).unwrap().permissions().mode();
    assert_eq!(mode(OWN), mode(CONF));
    live.systemctl("restart");
    assert_eq!(live.bed.seen(REDIS, &made).await, Some(made.clone()));
    // What differs only in spelling is no change.
    let other = live.config(&[
        ("maxmemory", "65536kb"),
        ("maxmemory-policy", "AllKeys-LRU"),
        ("save", "3600 1  300 100"),
        ("appendonly", "YES"),
    ]);
    assert_eq!(plan(REDIS, Some(&made), &other), made);
}

#[tokio::test]
async fn what_takes_a_restart_is_one_restart_that_was_said_before() {
    let Some(mut live) = Live::new("") else { return };
    let made = live.put("op1", &live.adopted(&[("hz", "20")]).await, &[("hz", "20")]).await;
    let wishes = [("databases", "4"), ("tcp-backlog", "128"), ("hz", "30"), ("unixsocket", "/etc/redis/s")];
    let planned = plan(REDIS, Some(&made), &live.config(&wishes));
    assert!(resource(REDIS).interrupts(&made, &planned));
    let warned = resource(REDIS).plan(Some(&made), planned).warnings;
    assert_eq!(warned.len(), 3, "{warned:?}");
    let run = live.run_id();
    let made = live.put("op2", &made, &wishes).await;
    assert_ne!(live.run_id(), run);
    assert_eq!((live.restarts(), live.get("databases"), live.get("hz")), (1, "4".into(), "30".into()));
    let (port, moved) = (live.port, free_port());
    let mut config = live.config(&[&wishes[..], &[("port", &moved.to_string())]].concat());
    config.retain(|(name, _)| *name != "port");
    let run = live.run_id();
    // Where it was is known to the state, where it is to the configuration: this server can move while it runs.
    let made = live.bed.put("op3", update(REDIS, "r", &made, &config)).await;
    live.port = moved;
    assert_eq!((live.run_id(), live.get("port")), (run, moved.to_string()));
    assert_eq!(live.bed.seen(REDIS, &made).await, Some(made));
    assert_ne!(port, moved);
}

#[tokio::test]
async fn what_another_sets_is_drift_and_put_right_without_a_restart() {
    let Some(live) = Live::new("") else { return };
    let wishes = [("maxmemory", "64mb"), ("hz", "20")];
    let made = live.put("op1", &live.adopted(&wishes).await, &wishes).await;
    let run = live.run_id();
    live.ask(&["CONFIG", "SET", "maxmemory", "1000"]);
    let found = live.bed.seen(REDIS, &made).await.unwrap();
    assert_eq!((directive(&found, "maxmemory"), directive(&found, "hz")), (Some("1000"), Some("20")));
    let made = live.put("op2", &found, &wishes).await;
    assert_eq!((live.get("maxmemory"), live.run_id(), live.restarts()), ("67108864".into(), run, 0));
    // Our file, and the line that takes it up.
    live.bed.write(OWN, "hz 11\n");
    let found = live.bed.seen(REDIS, &made).await.unwrap();
    assert!(found.str("digest") != made.str("digest") && directive(&found, "hz") == Some("20"));
    let made = live.put("op3", &found, &wishes).await;
    live.bed.write(CONF, live.bed.text(CONF).replace("include ", "# include "));
    let found = live.bed.seen(REDIS, &made).await.unwrap();
    assert_eq!(drift(&found), ["the server's own file does not include it"]);
    live.put("op4", &found, &wishes).await;
    assert!(live.bed.text(CONF).ends_with(&format!("include {OWN}\n")));
}

#[tokio::test]
async fn what_the_server_writes_itself_survives_and_does_not_win() {
    let Some(live) = Live::new("") else { return };
    let wishes = [("maxmemory", "64mb"), ("save", "3600 1 300 100")];
    let made = live.put("op1", &live.adopted(&wishes).await, &wishes).await;
    // The same values are no drift, wherever the server has put them.
    live.ask(&["CONFIG", "SET", "timeout", "77"]);
    assert_eq!(live.ask(&["CONFIG", "REWRITE"]), "OK");
    assert!(live.bed.text(CONF).contains("\nmaxmemory 64mb\n"), "{}", live.bed.text(CONF));
    assert_eq!(live.bed.seen(REDIS, &made).await, Some(made.clone()));
    live.ask(&["CONFIG", "SET", "maxmemory", "1mb"]);
    live.ask(&["CONFIG", "REWRITE"]);
    live.ask(&["CONFIG", "SET", "maxmemory", "64mb"]);
    let found = live.bed.seen(REDIS, &made).await.unwrap();
    assert_eq!(drift(&found), ["the server's own file overrides it: maxmemory"]);
    let made = live.put("op2", &found, &wishes).await;
    let text = live.bed.text(CONF);
    assert!(text.contains("# Generated by CONFIG REWRITE\n") && text.contains("timeout 77\n"), "{text}");
    live.systemctl("restart");
    assert_eq!(
        (live.get("maxmemory"), live.get("timeout"), live.get("save")),
        ("67108864".into(), "77".into(), "3600 1 300 100".into())
    );
    assert_eq!(live.bed.seen(REDIS, &made).await, Some(made));
}

#[tokio::test]
async fn what_is_no_longer_ours_is_what_it_was_before() {
    let Some(live) = Live::new("maxmemory 5mb") else { return };
    let before = live.bed.text(CONF);
    let wishes = [("maxmemory", "64mb"), ("hz", "20"), ("databases", "4")];
    let made = live.put("op1", &live.adopted(&wishes).await, &wishes).await;
    live.bed.calls();
    let run = live.run_id();
    let made = live.put("op2", &made, &[("hz", "30"), ("databases", "4")]).await;
    assert_eq!((live.get("maxmemory"), live.run_id(), live.restarts()), ("5242880".into(), run, 0));
    let ends = live.bed.apply("op3", &[delete(REDIS, "r", &made)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "{ends:?}");
    assert_eq!(live.bed.text(CONF), before);
    assert!(!live.bed.exists(OWN));
    // That one takes a restart on the way back too.
    assert_eq!((live.get("hz"), live.get("databases"), live.restarts()), ("10".into(), "16".into(), 1));
    assert_eq!(std::fs::read_dir(live.bed.path("var/lib/infra/redis")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_password_is_set_changed_and_taken_back_and_nobody_sees_it() {
    let Some(live) = Live::new("") else { return };
    let secret = "it's \"a\" $secret \\";
    let wishes = [("requirepass", secret), ("hz", "20")];
    let made = live.put("op1", &live.adopted(&wishes).await, &wishes).await;
    assert!(live.ask(&["PING"]).contains("NOAUTH"));
    assert_eq!(live.ask(&["-a", secret, "--no-auth-warning", "PING"]), "PONG");
    let second = [("requirepass", "another"), ("hz", "30")];
    let made = live.put("op2", &made, &second).await;
    live.systemctl("restart");
    assert_eq!(live.bed.seen(REDIS, &made).await, Some(made.clone()));
    // What everybody on the host can see.
    let asked = live.bed.text("run/asked");
    assert!(
        asked.contains("CONFIG SET requirepass") && !asked.contains("secret") && !asked.contains("another"),
        "{asked}"
    );
    let schema = resource(REDIS).schema();
    let marked = schema.root().attributes()["directives"].mark(made.get("directives").unwrap().clone());
    let told = format!("{marked:?}");
    assert!(told.contains("30") && !told.contains("another"), "{told}");
    live.put("op3", &made, &[("hz", "30")]).await;
    assert_eq!(live.ask(&["PING"]), "PONG");
}

#[tokio::test]
async fn the_table_of_what_takes_a_restart_is_this_servers() {
    let Some(live) = Live::new("") else { return };
    let adopted = live.adopted(&[]).await;
    let version = version(adopted.str("version").unwrap());
    assert!(version.is_some());
    let told = live.ask(&["CONFIG", "GET", "*"]);
    let lines: Vec<&str> = told.lines().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for pair in lines.chunks(2).filter(|pair| pair.len() == 2) {
        let said = live.ask(&["CONFIG", "SET", pair[0], pair[1]]);
        let is_fixed = said.contains("immutable") || said.contains("protected");
        // An old name, which is refused before it comes to that.
        if is_fixed != needs_restart(pair[0], version) && pair[0] != "slaveof" {
            wrong.push(format!("{}: {said}", pair[0]));
        }
        seen += usize::from(is_fixed);
    }
    assert!(wrong.is_empty() && seen > 20, "{seen}: {wrong:?}");
}
