use super::*;

const COMMAND: &str = "host_command";

fn command(run: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [&[("run", Value::from(run))], more].concat()
}

/// Appends a word to a file in the host's root.
fn say(word: &str) -> String {
    format!("echo {word} >>\"$INFRA_ROOT/said\"")
}

fn said(bed: &Bed) -> Vec<String> {
    let said = std::fs::read_to_string(bed.path("said")).unwrap_or_default();
    said.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_command_runs_once_and_again_when_its_text_changes() {
    let bed = Bed::new();
    let made = bed.put("op1", create(COMMAND, "host_command.a", &command(&say("one"), &[]))).await;
    assert_eq!(said(&bed), ["one"]);
    assert_eq!(bed.seen(COMMAND, &made).await, Some(made.clone()));
    // A run that was killed before it could say so is not repeated.
    bed.put("op1", create(COMMAND, "host_command.a", &command(&say("one"), &[]))).await;
    assert_eq!(said(&bed), ["one"]);
    let changed = bed.put("op2", update(COMMAND, "host_command.a", &made, &command(&say("two"), &[]))).await;
    assert_eq!((said(&bed), changed.id()), (vec!["one".to_owned(), "two".to_owned()], made.id()));
    // A host that is new has run nothing.
    std::fs::remove_dir_all(bed.path("var/lib/infra")).unwrap();
    assert_eq!(bed.seen(COMMAND, &changed).await, None);
}

#[tokio::test]
async fn once_per_decides_instead_of_the_text() {
    let bed = Bed::new();
    let of = |word: &str, release: i64| command(&say(word), &[("once_per", Value::from(release))]);
    let made = bed.put("op1", create(COMMAND, "host_command.a", &of("one", 1))).await;
    let same = bed.put("op2", update(COMMAND, "host_command.a", &made, &of("two", 1))).await;
    assert_eq!(said(&bed), ["one"]);
    bed.put("op3", update(COMMAND, "host_command.a", &same, &of("two", 2))).await;
    assert_eq!(said(&bed), ["one", "two"]);
}

#[tokio::test]
async fn a_check_decides_whether_there_is_anything_to_run() {
    let bed = Bed::new();
    let check = ("check", Value::from("test -f \"$INFRA_ROOT/opt/flag\""));
    let config = command(&format!("{}; : >\"$INFRA_ROOT/opt/flag\"", say("ran")), std::slice::from_ref(&check));
    let reference = plan(COMMAND, None, &config);
    assert_eq!(bed.seen(COMMAND, &reference).await, None);
    let made = bed.put("op1", create(COMMAND, "host_command.a", &config)).await;
    assert_eq!((said(&bed).len(), made.bool("satisfied")), (1, Some(true)));
    std::fs::remove_file(bed.path("opt/flag")).unwrap();
    let drifted = bed.seen(COMMAND, &made).await.unwrap();
    assert_eq!(drifted.bool("satisfied"), Some(false));
    bed.put("op2", update(COMMAND, "host_command.a", &drifted, &config)).await;
    assert_eq!(said(&bed).len(), 2);
    // What holds already is taken over without a run.
    std::fs::remove_dir_all(bed.path("var/lib/infra")).unwrap();
    assert!(bed.seen(COMMAND, &reference).await.is_some());
    bed.put("op3", create(COMMAND, "host_command.a", &config)).await;
    assert_eq!(said(&bed).len(), 2);
    let idle = create(COMMAND, "host_command.b", &command("true", &[("check", Value::from("echo no; false"))]));
    assert!(failure(&bed.apply("op4", &[idle]).await[0]).contains("its check ends with 1:\n\n    no"));
}

#[tokio::test]
async fn it_runs_again_when_what_it_creates_is_gone() {
    let bed = Bed::new();
    let creates = ("creates", Value::from("/opt/tool"));
    let run = format!("{}; : >\"$INFRA_ROOT/opt/tool\"", say("ran"));
    // That it is there says nothing of who made it: a killed run may have left half of it.
    bed.write("opt/tool", "half");
    let config = command(&run, std::slice::from_ref(&creates));
    assert_eq!(bed.seen(COMMAND, &plan(COMMAND, None, &config)).await, None);
    let made = bed.put("op1", create(COMMAND, "host_command.a", &config)).await;
    assert_eq!((said(&bed).len(), made.bool("satisfied")), (1, Some(true)));
    assert_eq!(bed.seen(COMMAND, &made).await, Some(made.clone()));
    std::fs::remove_file(bed.path("opt/tool")).unwrap();
    let drifted = bed.seen(COMMAND, &made).await.unwrap();
    assert_eq!(drifted.bool("satisfied"), Some(false));
    bed.put("op2", update(COMMAND, "host_command.a", &drifted, &config)).await;
    assert_eq!(said(&bed).len(), 2);
    let idle = create(COMMAND, "host_command.b", &command("echo done", &[("creates", Value::from("/opt/none"))]));
    let ends = bed.apply("op3", &[idle]).await;
    assert!(failure(&ends[0]).contains("the command ended well, and there is no /opt/none:\n\n    done"), "{ends:?}");
}

#[tokio::test]
async fn a_failure_tells_the_last_words_and_what_came_before_is_put_back() {
    let bed = Bed::new();
    bed.write("etc/a", "before");
    let file = [("path", Value::from("/etc/a")), ("content", Value::from("after"))];
    let prior = bed.seen(FILE, &plan(FILE, None, &file)).await.unwrap();
    let undo = ("undo", Value::from(say("undone")));
    let members = [
        update(FILE, "host_file.a", &prior, &file),
        create(COMMAND, "host_command.kept", &command(&say("kept"), &[])),
        create(COMMAND, "host_command.undone", &command(&say("done"), std::slice::from_ref(&undo))),
        create(COMMAND, "host_command.bad", &command("echo it broke; exit 3", &[])),
    ];
    let ends = bed.apply("op1", &members).await;
    assert_eq!(
        failure(&ends[3]),
        "On the host 10.0.0.5: the command ends with 3:\n\n    it broke\n\nEverything that was changed on this host with it \
         is put back, but for commands that have run."
    );
    assert!(matches!(ends[0], MemberEnd::Restored { .. }), "{ends:?}");
    assert_eq!(bed.text("etc/a"), "before");
    // It has run, and nothing takes that back.
    applied(&ends[1]);
    assert!(matches!(ends[2], MemberEnd::Restored { .. }), "{ends:?}");
    assert_eq!(said(&bed), ["kept", "done", "undone"]);
}

#[tokio::test]
async fn it_is_undone_when_it_goes_and_runs_in_its_own_surroundings() {
    let bed = Bed::new();
    let variables = Value::map(crate::value::Type::STRING, [("WORD".into(), Value::from("it's $x").sensitive())]);
    let config = command(
        "printf '%s in %s\\n' \"$WORD\" \"$PWD\" >>\"$INFRA_ROOT/said\"",
        &[
            ("environment", variables),
            ("directory", Value::from("/opt")),
            ("undo", Value::from(say("undone"))),
            ("name", Value::from("seed")),
        ],
    );
    let made = bed.put("op1", create(COMMAND, "host_command.a", &config)).await;
    assert_eq!(said(&bed), [format!("it's $x in {}", bed.path("opt").display())]);
    let ends = bed.apply("op2", &[delete(COMMAND, "host_command.a", &made)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "{ends:?}");
    assert_eq!(said(&bed).last().unwrap(), "undone");
    assert_eq!(bed.seen(COMMAND, &made).await, None);
    let slow = command("echo slow; tail -f /dev/null", &[("timeout", Value::from("1s"))]);
    let ends = bed.apply("op3", &[create(COMMAND, "host_command.slow", &slow)]).await;
    assert!(failure(&ends[0]).contains("the command ends with 124:\n\n    slow"), "{ends:?}");
}

/// A command that depends on a unit comes after the unit's gate.
#[tokio::test]
async fn a_command_waits_for_the_units_before_it() {
    let bed = Bed::new();
    let unit = |name: &'static str, gate: &str| {
        let gate = Value::map(
            crate::value::Type::STRING,
            [("command".into(), Value::from(gate)), ("hold".into(), "0s".into())],
        );
        let text = "[Service]\nExecStart=/bin/sleep 9\n";
        vec![("name", Value::from(name)), ("text", Value::from(text)), ("gate", gate)]
    };
    let gate = format!("{}; true", say("gate"));
    let members = [
        create(UNIT, "host_systemd_unit.a", &unit("a.service", &gate)),
        create(COMMAND, "host_command.a", &command(&say("command"), &[])),
        create(UNIT, "host_systemd_unit.b", &unit("b.service", &say("last"))),
    ];
    for end in bed.apply("op1", &members).await {
        applied(&end);
    }
    assert_eq!(said(&bed), ["gate", "command", "last"]);
}
