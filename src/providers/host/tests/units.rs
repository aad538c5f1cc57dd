use std::os::unix::fs::symlink;

use super::*;
use crate::value::Type;

/// A block's arguments.
type Config<'a> = Vec<(&'a str, Value)>;
/// Something that happens behind our back.
type Spoil<'a> = Box<dyn Fn() + 'a>;

const TEXT: &str = "[Service]\nExecStart=/bin/sleep 1\n[Install]\nWantedBy=multi-user.target\n";

fn unit<'a>(text: &str, more: impl IntoIterator<Item = (&'a str, Value)>) -> Config<'a> {
    let mut config =
        vec![("name", Value::from("app.service")), ("text", Value::from(text)), ("enabled", Value::from(true))];
    config.extend(more);
    config
}

fn list(elements: &[&str]) -> Value {
    Value::tuple(elements.iter().map(|element| Value::from(*element)).collect())
}

fn gate(pairs: &[(&str, &str)]) -> (&'static str, Value) {
    ("gate", Value::object(pairs.iter().map(|(name, value)| (Str::from(*name), Value::from(*value)))))
}

fn drift(object: &Object) -> Vec<String> {
    object.strings("drift").unwrap().iter().map(|text| text.to_string()).collect()
}

#[tokio::test]
async fn a_unit_is_started_restarted_reloaded_stopped_and_removed_only_as_needed() {
    let bed = Bed::new();
    let made = bed.put("op1", create(UNIT, "u", &unit(TEXT, []))).await;
    assert_eq!(bed.calls(), ["daemon-reload", "start app.service"]);
    assert_eq!(
        (made.str("state"), made.bool("enabled"), made.str("active_state")),
        (Some("running"), Some(true), Some("active"))
    );
    assert_eq!(bed.seen(UNIT, &made).await, Some(made.clone()), "nothing to do");

    let steps: Vec<(Config<'_>, &[&str])> = vec![
        (unit(TEXT, [("restart_on", list(&["a"]))]), &["restart app.service"]),
        (unit(TEXT, [("restart_on", list(&["a"])), ("reload_on", list(&["x"]))]), &["reload app.service"]),
        (unit(TEXT, [("restart_on", list(&["a"])), ("reload_on", list(&["x"])), gate(&[("hold", "1s")])]), &[]),
        (unit(TEXT, [("restart_on", list(&["a", "b"])), ("reload_on", list(&["y"]))]), &["restart app.service"]),
        (unit(&TEXT.replace('1', "2"), [("restart_on", list(&["a", "b"]))]), &["daemon-reload", "restart app.service"]),
        (unit(&TEXT.replace('1', "2"), [("state", Value::from("stopped"))]), &["stop app.service"]),
        (unit(&TEXT.replace('1', "2"), [("enabled", Value::from(false))]), &["start app.service"]),
    ];
    let mut prior = made;
    for (at, (config, calls)) in steps.into_iter().enumerate() {
        // A later setting of the same name wins in a configuration, too.
        let config: Vec<_> = config.into_iter().rev().collect();
        prior = bed.put(&format!("step{at}"), update(UNIT, "u", &prior, &config)).await;
        assert_eq!(bed.calls(), calls, "step {at}");
        assert_eq!(bed.seen(UNIT, &prior).await, Some(prior.clone()), "step {at}");
    }
    assert_eq!(prior.bool("enabled"), Some(false));
    assert!(bed.text("run/units/app.service/process").contains("sleep 2"));
    bed.apply("op9", &[delete(UNIT, "u", &prior)]).await;
    assert_eq!(bed.calls(), ["stop app.service", "daemon-reload"]);
    assert!(!bed.exists("etc/systemd/system/app.service") && !bed.exists("var/lib/infra/applied/app.service"));
}

#[tokio::test]
async fn a_running_unit_that_is_adopted_goes_on_running() {
    let bed = Bed::new();
    let made = bed.put("op1", create(UNIT, "u", &unit(TEXT, []))).await;
    std::fs::remove_dir_all(bed.path("var/lib/infra")).unwrap();
    bed.calls();
    let proposed = plan(UNIT, None, &unit(TEXT, [("restart_on", list(&["a"]))]));
    let found = bed.seen(UNIT, &proposed).await.unwrap();
    assert_eq!(plan(UNIT, Some(&found), &unit(TEXT, [("restart_on", list(&["a"]))])), found, "adopt (identical)");
    bed.put("op2", create(UNIT, "u", &unit(TEXT, [("restart_on", list(&["a"]))]))).await;
    assert_eq!(bed.calls(), [""; 0]);
    assert_eq!(made.str("digest"), found.str("digest"));
}

#[tokio::test]
async fn a_gate_that_fails_puts_everything_back_and_shows_the_journal() {
    for (name, program, gates, expected) in [
        ("cannot start", "fail", vec![], "systemctl restart -- app.service fails:\n\n    Job for app.service failed"),
        ("dies at once", "die", vec![], "app.service has failed after its restart (result: success"),
        ("loops", "loop", vec![], "crash-looping"),
        (
            "does not answer",
            "ok",
            vec![("http", ":9/x"), ("deadline", "3s")],
            "within 3s after its restart:\n\n    asked:       GET http://127.0.0.1:9/x\n    last answer: curl: (7)",
        ),
        (
            "does not listen",
            "ok",
            vec![("tcp", ":9"), ("deadline", "3s")],
            "asked:       a connection to 127.0.0.1:9\n",
        ),
        (
            "fails its command",
            "ok",
            vec![("command", "echo no; false"), ("deadline", "3s")],
            "asked:       the command `echo no; false`\n    last answer: it ends with 1:\n                 no",
        ),
    ] {
        let bed = Bed::new();
        bed.write("etc/app.env", "A=1\n");
        let env = bed.put("op0", create(FILE, "f", &strings([("path", "/etc/app.env"), ("content", "A=1\n")]))).await;
        let text = |what: &str| {
            format!("[Service]\nExecStart={what}\nEnvironmentFile=/etc/app.env\n[Install]\nAlias=b.service\n")
        };
        let made = bed.put("op1", create(UNIT, "u", &unit(&text("good"), []))).await;
        let process = bed.text("run/units/app.service/process");
        bed.calls();
        let members = [
            update(FILE, "f", &env, &strings([("path", "/etc/app.env"), ("content", "A=2\n")])),
            create(FILE, "n", &strings([("path", "/etc/new"), ("content", "x")])),
            update(UNIT, "u", &made, &unit(&text(program), [gate(&gates)])),
        ];
        let ends = bed.apply("op2", &members).await;
        let message = failure(&ends[2]);
        assert!(message.contains(expected), "{name}: {message}");
        let end = "\n\nEverything that was changed on this host with it is put back. The version from before runs again: \
                   app.service.\n\nThe last lines of its journal:\n\n    app[1]: the last words";
        assert!(message.ends_with(end), "{name}: {message}");
        assert!(matches!(ends[..2], [MemberEnd::Restored { .. }, MemberEnd::Restored { .. }]), "{name}: {ends:?}");
        assert_eq!(bed.text("etc/app.env"), "A=1\n", "{name}");
        assert!(!bed.exists("etc/new"), "{name}");
        assert_eq!(bed.text("run/units/app.service/process"), process, "{name}: the earlier one runs");
        assert_eq!(bed.calls().last().map(String::as_str), Some("restart app.service"), "{name}");
        assert_eq!(bed.seen(UNIT, &made).await, Some(made), "{name}: nothing is owed");
        // What was planned still is, and goes well once the cause is gone.
        let again = update(
            UNIT,
            "u",
            &bed.seen(UNIT, planned_of(&members[2]).unwrap()).await.unwrap(),
            &unit(&text("fine"), []),
        );
        bed.put("op3", again).await;
        assert!(bed.text("run/units/app.service/process").contains("fine"), "{name}");
    }
}

#[tokio::test]
async fn a_new_unit_whose_gate_fails_is_gone_again_and_so_is_what_came_with_it() {
    let bed = Bed::new();
    let members = [
        create(
            FILE,
            "f",
            &[
                strings([("path", "/opt/a/b/app"), ("content", "x"), ("mode", "0755")]),
                vec![("create_parents", Value::from(true))],
            ]
            .concat(),
        ),
        create(UNIT, "u", &unit("[Service]\nExecStart=/opt/a/b/app\n# die\n[Install]\nAlias=b.service\n", [])),
    ];
    let ends = bed.apply("op1", &members).await;
    assert!(failure(&ends[1]).contains("app.service has failed"));
    assert!(!bed.exists("opt/a") && !bed.exists("etc/systemd/system/app.service"));
    assert_eq!(bed.calls().last().map(String::as_str), Some("daemon-reload"));
    assert!(bed.seen(UNIT, planned_of(&members[1]).unwrap()).await.is_none());
}

#[tokio::test]
async fn a_text_that_the_manager_refuses_changes_nothing() {
    let bed = Bed::new();
    let refused = [
        create(FILE, "f", &strings([("path", "/etc/x"), ("content", "x")])),
        create(UNIT, "u", &unit("refused\n[Install]\nAlias=b.service\n", [])),
    ];
    let ends = bed.apply("op1", &refused).await;
    assert!(failure(&ends[1]).contains("app.service: this is refused"), "{ends:?}");
    assert!(!bed.exists("etc/x") && bed.calls().is_empty());
    let missing = create(UNIT, "u", &unit("[Service]\nExecStart=/opt/app\n[Install]\nAlias=b.service\n", []));
    assert!(failure(&bed.apply("op2", &[missing]).await[0]).contains("/opt/app is not executable"));
    // Another unit's fault is not this one's.
    bed.put("op2b", create(UNIT, "v", &unit("[Service]\n# neighbour\n[Install]\nAlias=b.service\n", []))).await;
    std::fs::remove_file(bed.path("etc/systemd/system/app.service")).unwrap();
    // A program that comes with the unit is not there while the unit is checked.
    let members = [
        create(FILE, "f", &strings([("path", "/opt/app"), ("content", "x"), ("mode", "0755")])),
        create(UNIT, "u", &unit("[Service]\nExecStart=/opt/app\n[Install]\nAlias=b.service\n", [])),
    ];
    bed.apply("op3", &members).await.iter().for_each(|end| {
        applied(end);
    });
}

#[tokio::test]
async fn what_a_killed_run_owed_and_had_done_is_forgiven() {
    let bed = Bed::new();
    let config = || unit(TEXT, [("state", Value::from("stopped"))]);
    let made = bed.put("op1", create(UNIT, "u", &config())).await;
    bed.write("var/lib/infra/owed/app.service", "stop op0\n");
    let found = bed.seen(UNIT, &made).await.unwrap();
    assert_eq!(drift(&found), ["stop owed"]);
    let mended = bed.put("op2", update(UNIT, "u", &found, &config())).await;
    assert_eq!((drift(&mended), bed.exists("var/lib/infra/owed/app.service")), (vec![], false));
}

#[tokio::test]
async fn a_drop_in_of_the_same_bundle_is_taken_up_by_its_unit() {
    let bed = Bed::new();
    let path = "/etc/systemd/system/app.service.d/own.conf";
    let file = |content: &'static str| {
        vec![("path", Value::from(path)), ("content", Value::from(content)), ("create_parents", Value::from(true))]
    };
    let config = |is_enabled: bool| -> Config<'static> {
        vec![("name", Value::from("app.service")), ("text", Value::from(TEXT)), ("enabled", Value::from(is_enabled))]
    };
    let made = bed.put("op1", create(UNIT, "u", &config(true))).await;
    bed.calls();
    let process = || bed.text("run/units/app.service/process");
    let ends =
        bed.apply("op2", &[create(FILE, "f", &file("Nice=1\n")), update(UNIT, "u", &made, &config(false))]).await;
    let (part, made) = (applied(&ends[0]), applied(&ends[1]));
    assert_eq!(bed.calls(), ["daemon-reload", "restart app.service"]);
    assert!(process().ends_with("Nice=1\n"), "{}", process());
    assert_eq!(bed.seen(UNIT, &made).await, Some(made.clone()), "it is ours, and taken up");

    let members = [update(FILE, "f", &part, &file("Nice=2\n")), update(UNIT, "u", &made, &config(true))];
    let ends = bed.apply("op3", &members).await;
    let (part, made) = (applied(&ends[0]), applied(&ends[1]));
    assert_eq!(bed.calls(), ["daemon-reload", "restart app.service"]);
    assert!(process().ends_with("Nice=2\n"), "{}", process());

    let ends = bed.apply("op4", &[delete(FILE, "f", &part), update(UNIT, "u", &made, &config(false))]).await;
    assert_eq!(bed.calls(), ["daemon-reload", "restart app.service"]);
    assert!(!process().contains("Nice"), "{}", process());
    let made = applied(&ends[1]);
    assert_eq!(bed.seen(UNIT, &made).await, Some(made.clone()));
    // A drop-in alone makes the manager read again, too.
    bed.put("op5", create(FILE, "f", &file("Nice=3\n"))).await;
    assert_eq!(bed.calls(), ["daemon-reload"]);
}

#[tokio::test]
async fn drift_is_named_and_mended() {
    let bed = Bed::new();
    let config = || unit(TEXT, []);
    let made = bed.put("op1", create(UNIT, "u", &config())).await;
    let ago = |path: &str, seconds: u64| {
        let then = std::time::SystemTime::now() - Duration::from_secs(seconds);
        std::fs::File::options().write(true).open(bed.path(path)).unwrap().set_modified(then).unwrap();
    };
    let cases: Vec<(&str, Spoil<'_>, &[&str], &[&str])> = vec![
        (
            "text",
            Box::new(|| bed.write("etc/systemd/system/app.service", "[Service]\n[Install]\nAlias=b.service\n")),
            &["text differs", "loaded definition older than the disk"],
            &["daemon-reload", "restart app.service"],
        ),
        (
            "disabled",
            Box::new(|| std::fs::remove_file(bed.path("run/units/app.service/enabled")).unwrap()),
            &["disabled"],
            &[],
        ),
        (
            "failed",
            Box::new(|| bed.write("run/units/app.service/active", "failed")),
            &["failed"],
            &["start app.service"],
        ),
        (
            "masked",
            Box::new(|| {
                std::fs::remove_file(bed.path("etc/systemd/system/app.service")).unwrap();
                symlink("/dev/null", bed.path("etc/systemd/system/app.service")).unwrap();
            }),
            &["text differs", "masked", "loaded definition older than the disk"],
            &["daemon-reload", "restart app.service"],
        ),
        (
            "older",
            Box::new(|| {
                // It began a minute ago, and its text was touched since.
                let up: f64 =
                    std::fs::read_to_string("/proc/uptime").unwrap().split(' ').next().unwrap().parse().unwrap();
                bed.write("run/units/app.service/mono", format!("{}", ((up - 60.0).max(0.01) * 1e6) as u64));
                ago("var/lib/infra/applied/app.service", 60);
                ago("etc/systemd/system/app.service", 5);
            }),
            &["process older than its configuration"],
            &["restart app.service"],
        ),
        (
            "owed",
            Box::new(|| bed.write("var/lib/infra/owed/app.service", "restart opx\n")),
            &["restart owed"],
            &["restart app.service"],
        ),
    ];
    let mut prior = made;
    for (name, spoil, expected, calls) in cases {
        bed.calls();
        spoil();
        let found = bed.seen(UNIT, &prior).await.unwrap();
        assert_eq!(drift(&found), expected, "{name}");
        let planned = plan(UNIT, Some(&found), &config());
        assert_ne!(planned, found, "{name}: there is something to do");
        prior = bed.put(name, update(UNIT, "u", &found, &config())).await;
        assert_eq!(
            (drift(&prior), bed.calls()),
            (vec![], calls.iter().map(|call| call.to_string()).collect()),
            "{name}"
        );
    }
    bed.write("etc/systemd/system/app.service.d/own.conf", "[Service]\nNice=1\n");
    let found = bed.seen(UNIT, &prior).await.unwrap();
    let own = "unmanaged drop-in: /etc/systemd/system/app.service.d/own.conf";
    assert_eq!(drift(&found), [own, "loaded definition older than the disk"]);
    let planned = resource(UNIT).plan(Some(&found), found.clone());
    assert_eq!((planned.warnings.len(), drift(&planned.object)), (1, vec![own.to_owned()]));
    let mended = bed.put("op9", update(UNIT, "u", &found, &config())).await;
    assert_eq!(plan(UNIT, Some(&mended), &config()), mended, "it stays, and is no reason to do it again");
}

#[test]
fn a_unit_that_cannot_be_is_refused_before_anything_is_done() {
    let base = plan(UNIT, None, &unit(TEXT, []));
    let gated = |pairs: &[(&str, &str)]| base.set("gate", gate(pairs).1);
    // What is not known yet may be enough.
    let hold = (Str::from("hold"), Value::from("2m"));
    let unknown = (Str::from("deadline"), Value::unknown(Type::STRING));
    for (object, expected) in [
        (base.clone(), vec![]),
        (base.set("name", "app"), vec!["name"]),
        (base.set("name", "../x.service"), vec!["name"]),
        (base.set("state", "up"), vec!["state"]),
        (base.set("text", "[Service]\nWantedBy=x\n[Install]\n[X]\nWantedBy=x"), vec!["enabled"]),
        (base.set("text", "[Service]\n[Install]\nAlso=x.socket"), vec!["enabled"]),
        (base.set("name", "w@.service"), vec!["state"]),
        (base.set("name", "w@.service").set("state", "stopped").set("enabled", false), vec![]),
        (base.set("restart_on", "a"), vec!["restart_on"]),
        (gated(&[("hold", "soon")]), vec!["gate.hold"]),
        (gated(&[("hold", "91s")]), vec!["gate.hold"]),
        (gated(&[("hold", "91s"), ("deadline", "90s")]), vec!["gate.hold"]),
        (gated(&[("hold", "90s"), ("deadline", "90s")]), vec![]),
        (gated(&[("deadline", "1s")]), vec!["gate.deadline"]),
        (gated(&[("http", ":80/"), ("tcp", ":80"), ("command", "true")]), vec![]),
        (base.set("gate", Value::object([hold.clone(), unknown.clone()])), vec![]),
        (base.set("gate", Value::object([hold, (unknown.0, Value::Null(Type::STRING))])), vec!["gate.hold"]),
    ] {
        let paths: Vec<String> =
            resource(UNIT).validate(&object).iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{object:?}");
    }
    let prior = base.set("drift", Value::list(crate::value::Type::STRING, vec![]));
    for (changed, interrupts, effect) in [
        (prior.clone(), false, None),
        (prior.set("enabled", false), false, None),
        (prior.set("reload_on", list(&["x"])), false, Some("reloaded")),
        (prior.set("restart_on", list(&["x"])), true, Some("restarted")),
        (prior.set("restart_on", Value::unknown(crate::value::Type::DYNAMIC)), true, Some("restarted if need be")),
        (prior.set("text", "x"), true, Some("restarted")),
        (prior.set("state", "stopped"), true, Some("stopped")),
    ] {
        assert_eq!(resource(UNIT).interrupts(&prior, &changed), interrupts);
        assert_eq!(resource(UNIT).side_effect(&prior, &changed), effect);
    }
    assert_eq!(resource(UNIT).side_effect(&prior.set("state", "stopped"), &prior), Some("started"));
}
