//! The same scripts against the service manager of simulated machines, which was written without a look at them.

use super::*;

/// The programs for users, groups and owners.
const ACCOUNTS: [&str; 10] =
    ["getent", "id", "useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel", "chown", "stat"];

pub(super) fn simulated() -> Bed {
    let bed = Bed::new();
    let sources = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/sim/hosts"));
    for file in ["passwd", "group", "shadow"] {
        bed.write(&format!("etc/{file}"), std::fs::read(sources.join("accounts").join(file)).unwrap());
    }
    for name in ACCOUNTS {
        let parts = ["words", name].map(|part| sources.join(format!("accounts/{part}.sh")));
        bed.program(name, &parts.map(|part| std::fs::read_to_string(part).unwrap()).concat());
    }
    for (name, parts) in [
        ("systemctl", &["systemctl/units.sh", "systemctl/verbs.sh", "systemctl/main.sh"][..]),
        ("systemd-analyze", &["systemd-analyze.sh"]),
        ("journalctl", &["journalctl.sh"]),
    ] {
        let text: String = parts.iter().map(|part| std::fs::read_to_string(sources.join(part)).unwrap()).collect();
        bed.program(name, &text);
    }
    bed
}

fn unit(program: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let text = format!("[Service]\nExecStart={program}\n[Install]\nWantedBy=multi-user.target\n");
    let mut config =
        vec![("name", Value::from("app.service")), ("text", Value::from(text)), ("enabled", Value::from(true))];
    config.extend_from_slice(more);
    config
}

#[tokio::test]
async fn a_simulated_machine_is_managed_as_a_real_one() {
    let bed = simulated();
    let program = [strings([("path", "/opt/app"), ("content", "#!/bin/sh\n"), ("mode", "0755")])].concat();
    let members = [create(FILE, "f", &program), create(UNIT, "u", &unit("/opt/app", &[]))];
    let ends = bed.apply("op1", &members).await;
    let (file, made) = (applied(&ends[0]), applied(&ends[1]));
    assert_eq!((bed.seen(FILE, &file).await, bed.seen(UNIT, &made).await), (Some(file.clone()), Some(made.clone())));
    let invocation = || bed.text("run/infra-units/app.service/invocation");
    let first = invocation();

    let restart_on = ("restart_on", Value::tuple(vec![Value::from("1")]));
    let made = bed.put("op2", update(UNIT, "u", &made, &unit("/opt/app", std::slice::from_ref(&restart_on)))).await;
    let second = invocation();
    assert_ne!(first, second, "restarted");

    // A program that is not there: the process is found dead only a moment after its start.
    let changed = unit("/bin/false", std::slice::from_ref(&restart_on));
    let ends = bed.apply("op3", &[update(UNIT, "u", &made, &changed)]).await;
    let message = failure(&ends[0]);
    assert!(message.contains("app.service has failed") && message.contains("journal"), "{message}");
    let restored = bed.seen(UNIT, &made).await.unwrap();
    assert_eq!(restored, made, "as before");

    bed.write("etc/systemd/system/app.service.d/own.conf", "[Service]\nNice=1\n");
    let found = bed.seen(UNIT, &made).await.unwrap();
    // The manager has not looked into the new folder, and does not say so. The process is older, which shows after a second.
    let drift: Vec<String> = found.strings("drift").unwrap().iter().map(|text| text.to_string()).collect();
    assert_eq!(drift[0], "unmanaged drop-in: /etc/systemd/system/app.service.d/own.conf");
    assert!(!drift.iter().any(|text| text.contains("loaded definition")), "{drift:?}");
    let mended = bed.put("op4", update(UNIT, "u", &found, &unit("/opt/app", std::slice::from_ref(&restart_on)))).await;
    let stopped = [restart_on, ("state", Value::from("stopped"))];
    let stopped = bed.put("op5", update(UNIT, "u", &mended, &unit("/opt/app", &stopped))).await;
    assert_eq!(stopped.str("active_state"), Some("inactive"));
    let ends = bed.apply("op6", &[delete(UNIT, "u", &stopped), delete(FILE, "f", &file)]).await;
    assert!(ends.iter().all(|end| matches!(end, MemberEnd::Applied { object: None, .. })), "{ends:?}");
    assert!(!bed.exists("etc/systemd/system/app.service") && !bed.exists("opt/app"));
}
