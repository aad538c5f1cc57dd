//! Gates: what a probe says counts by its exit code alone, and nothing waits for ever.

use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use super::*;

const TEXT: &str = "[Service]\nExecStart=/bin/sleep 1\n[Install]\nWantedBy=multi-user.target\n";

/// A bed whose programs are those of the others and one more.
fn with_program(name: &str, script: &str) -> Bed {
    let bed = Bed::new();
    change_program(&bed, name, script);
    bed
}

fn change_program(bed: &Bed, name: &str, script: &str) {
    for entry in std::fs::read_dir(BIN).unwrap().flatten() {
        let text = std::fs::read(entry.path()).unwrap();
        put_program(bed, &entry.file_name().to_string_lossy(), &text);
    }
    put_program(bed, name, script.as_bytes());
    *bed.shared.bin.lock().unwrap() = Some(bed.path("bin"));
}

fn put_program(bed: &Bed, name: &str, text: &[u8]) {
    let path = format!("bin/{name}");
    bed.write(&path, text);
    std::fs::set_permissions(bed.path(&path), std::fs::Permissions::from_mode(0o755)).unwrap();
}

async fn gated(bed: &Bed, gate: &[(&str, &str)]) -> MemberEnd {
    let gate = Value::object(gate.iter().map(|(name, value)| (Str::from(*name), Value::from(*value))));
    let config = vec![("name", Value::from("app.service")), ("text", Value::from(TEXT)), ("gate", gate)];
    bed.apply("op1", &[create(UNIT, "u", &config)]).await.remove(0)
}

#[tokio::test]
async fn a_tcp_probe_goes_by_its_exit_code_whatever_it_says() {
    for (script, is_open) in [
        ("exit 0", true),
        ("echo connection refused; exit 0", true),
        ("echo 127.0.0.1 9 open >&2; exit 1", false),
        ("echo nc: timed out >&2; exit 1", false),
        ("exit 1", false),
    ] {
        let bed = with_program("nc", &format!("#!/bin/sh\n{script}\n"));
        let end = gated(&bed, &[("tcp", ":9"), ("hold", "1s"), ("deadline", "3s")]).await;
        match is_open {
            true => drop(applied(&end)),
            false => assert!(failure(&end).contains("asked:       a connection to 127.0.0.1:9"), "{script}: {end:?}"),
        }
    }
}

#[tokio::test]
async fn a_command_that_does_not_end_fails_the_gate_in_time_and_holds_nobody_up() {
    let bed = Bed::new();
    for command in ["/bin/sleep 300", "/bin/sleep 300 & /bin/sleep 300 & wait", "setsid /bin/sleep 20 & false"] {
        let begun = Instant::now();
        let message = failure(&gated(&bed, &[("command", command), ("deadline", "3s")]).await);
        assert!(
            message.contains("has not passed its gate within 3s after its start:\n\n    asked:       the command `")
        );
        assert!(message.contains("last answer: it has not ended by then") || command.ends_with("false"), "{message}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{command}: {:?}", begun.elapsed());
    }
    // What is left running of the last does not hold the lock.
    bed.put("op2", create(FILE, "f", &strings([("path", "/etc/a"), ("content", "x")]))).await;
}

fn command_gate(command: &str) -> (&'static str, Value) {
    let pairs = [("command", command), ("hold", "1s"), ("deadline", "3s")];
    ("gate", Value::object(pairs.map(|(name, value)| (Str::from(name), Value::from(value)))))
}

fn unit<'a>(more: &[(&'a str, Value)]) -> Vec<(&'a str, Value)> {
    let mut config = vec![("name", Value::from("app.service")), ("text", Value::from(TEXT))];
    config.extend_from_slice(more);
    config
}

#[tokio::test]
async fn every_probe_that_is_given_must_hold() {
    for (nc, command, expected) in [
        ("exit 1", "true", Some("a connection to 127.0.0.1:9")),
        ("exit 0", "false", Some("the command `false`")),
        ("exit 0", "true", None),
    ] {
        let bed = with_program("nc", &format!("#!/bin/sh\n{nc}\n"));
        let end = gated(&bed, &[("tcp", ":9"), ("command", command), ("hold", "1s"), ("deadline", "2s")]).await;
        match expected {
            Some(asked) => assert!(failure(&end).contains(asked), "{end:?}"),
            None => drop(applied(&end)),
        }
    }
}

#[tokio::test]
async fn a_gate_that_is_new_or_changed_is_asked_of_the_process_that_runs() {
    let bed = Bed::new();
    let made = bed.put("op1", create(UNIT, "u", &unit(&[]))).await;
    let file = bed.put("op2", create(FILE, "f", &strings([("path", "/etc/a"), ("content", "1")]))).await;
    bed.calls();
    let changed = |command: &str| {
        let file = update(FILE, "f", &file, &strings([("path", "/etc/a"), ("content", "2")]));
        [file, update(UNIT, "u", &made, &unit(&[command_gate(command)]))]
    };
    let ends = bed.apply("op3", &changed("echo not yet; false")).await;
    assert_eq!(
        failure(&ends[1]),
        "On the host 10.0.0.5: app.service has not passed its gate within 3s (nothing was done to its process):\n\n    \
         asked:       the command `echo not yet; false`\n    last answer: it ends with 1:\n                 not yet\n\n\
         Everything that was changed on this host with it is put back.\n\nThe last lines of its journal:\n\n    app[1]: the last \
         words"
    );
    assert!(matches!(ends[0], MemberEnd::Restored { .. }) && bed.text("etc/a") == "1", "{ends:?}");
    assert_eq!(bed.seen(UNIT, &made).await, Some(made.clone()), "nothing is owed");

    bed.write("opened", "");
    let command = format!("[ -e {} ]", bed.path("opened").display());
    let ends = bed.apply("op4", &changed(&command)).await;
    let guarded = applied(&ends[1]);
    assert_eq!(bed.calls(), [""; 0], "nothing is restarted");

    // What lets go of the boot, or stops it, asks nothing; what hooks it in does, and is taken back.
    std::fs::remove_file(bed.path("opened")).unwrap();
    let with = |more: (&'static str, Value)| unit(&[command_gate(&command), more]);
    let hooked = update(UNIT, "u", &guarded, &with(("enabled", Value::from(true))));
    assert!(
        failure(&bed.apply("op5", std::slice::from_ref(&hooked)).await[0])
            .contains("has not passed its gate within 3s")
    );
    assert_eq!(bed.seen(UNIT, &guarded).await.unwrap().bool("enabled"), Some(false));
    bed.write("opened", "");
    let hooked = bed.put("op6", hooked).await;
    std::fs::remove_file(bed.path("opened")).unwrap();
    let unhooked = bed.put("op7", update(UNIT, "u", &hooked, &with(("enabled", Value::from(false))))).await;
    bed.put("op8", update(UNIT, "u", &unhooked, &with(("state", Value::from("stopped"))))).await;
    assert_eq!(bed.calls(), ["stop app.service"]);
}

#[tokio::test]
async fn a_gate_that_a_killed_run_did_not_come_to_ask_is_asked_by_the_next() {
    let bed = Bed::new();
    let made = bed.put("op1", create(UNIT, "u", &unit(&[]))).await;
    bed.calls();
    let members = [update(UNIT, "u", &made, &unit(&[command_gate("/bin/sleep 300")]))];
    *bed.shared.kill_after.lock().unwrap() = Some(Duration::from_millis(1500));
    assert!(HostBundle.apply(&bed.hosts, &cx("killed"), &members).await.is_err());
    *bed.shared.kill_after.lock().unwrap() = None;
    let ends = HostBundle.receipt(&bed.hosts, &cx("recovery"), "killed", &members).await.unwrap().unwrap();
    let MemberEnd::Applied { object: Some(found), private } = &ends[0] else { panic!("{ends:?}") };
    assert!(!private.is_null(), "it is noted that something is owed");
    let drift: Vec<String> = found.strings("drift").unwrap().iter().map(|text| text.to_string()).collect();
    assert_eq!(drift, ["gate owed"]);
    assert!(!resource(UNIT).interrupts(found, planned_of(&members[0]).unwrap()), "no process is touched for it");
    let again = |command| [update(UNIT, "u", found, &unit(&[command_gate(command)]))];
    assert!(failure(&bed.apply("op2", &again("false")).await[0]).contains("nothing was done to its process"));
    assert!(!bed.seen(UNIT, found).await.unwrap().strings("drift").unwrap().is_empty(), "it still is");
    let asked = applied(&bed.apply("op3", &again("true")).await[0]);
    assert!(asked.strings("drift").unwrap().is_empty() && bed.calls().is_empty());
}

#[tokio::test]
async fn it_is_told_when_the_version_from_before_does_not_run_either() {
    let bed = Bed::new();
    let made = bed.put("op1", create(UNIT, "u", &unit(&[]))).await;
    // Whatever is started again falls over, whatever its text.
    let text = TEXT.replace("sleep 1", "sleep 2");
    let systemctl = std::fs::read_to_string(std::path::Path::new(BIN).join("systemctl")).unwrap();
    let falls_over = "grep -q die \"$kept/$name/process\" && [ \"$shows\" -ge 2 ]";
    assert!(systemctl.contains(falls_over));
    let ill = systemctl.replace(falls_over, "grep -q ^restart \"$root/run/calls\"");
    bed.calls();
    change_program(&bed, "systemctl", &ill);
    let changed = vec![("name", Value::from("app.service")), ("text", Value::from(text))];
    let message = failure(&bed.apply("op2", &[update(UNIT, "u", &made, &changed)]).await[0]);
    assert!(
        message.contains("is put back. The version from before does not run either: app.service is failed ("),
        "{message}"
    );
    assert_eq!(bed.text("etc/systemd/system/app.service"), TEXT);
}
