//! Files and a unit that takes them up: made, left alone, restarted, gated, put back, and completed after a kill.

use super::*;

/// A program that answers over HTTP with what its environment says.
const SERVER: &str = r#"#!/usr/bin/perl
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1:8000", Listen => 5, ReuseAddr => 1) or die "no port: $!";
while (my $client = $server->accept) {
    while (defined(my $line = <$client>)) { last if $line =~ /^\r?\n$/ }
    print $client "HTTP/1.0 $ENV{STATUS} it is\r\n\r\n$ENV{GREETING}\n";
    close $client;
}
"#;

fn unit_text(program: &str, more: &str) -> String {
    format!(
        "[Service]\nType=exec\nExecStart={program}\nEnvironmentFile=/etc/app.env\n{more}\n[Install]\nWantedBy=multi-user.target\n"
    )
}

fn gate(pairs: &[(&'static str, &'static str)]) -> (&'static str, Value) {
    ("gate", Value::object(pairs.iter().map(|(name, value)| (Str::from(*name), Value::from(*value)))))
}

const ADDRESSES: [(&str, &str); 4] = [("host_directory", "d"), (FILE, "f"), ("host_env_file", "e"), (UNIT, "u")];

/// What is wanted: a folder, a program in it, its variables, and its unit, gated by what it answers.
fn wanted(greeting: &'static str, status: &'static str, text: &str) -> Vec<Vec<(&'static str, Value)>> {
    let variables =
        [("GREETING", greeting), ("STATUS", status)].map(|(name, value)| (Str::from(name), Value::from(value)));
    let values = Value::map(crate::value::Type::STRING, variables);
    let marker = Value::tuple(vec![Value::from(greeting), Value::from(status)]);
    vec![
        vec![("path", Value::from("/srv/app")), ("owner", Value::from("games"))],
        strings([("path", "/srv/app/serve"), ("content", SERVER), ("mode", "0755")]),
        vec![("path", Value::from("/etc/app.env")), ("values", values)],
        vec![
            ("name", Value::from("app.service")),
            ("text", Value::from(text)),
            ("enabled", Value::from(true)),
            ("restart_on", marker),
            gate(&[("http", ":8000/"), ("hold", "1s"), ("deadline", "15s")]),
        ],
    ]
}

/// Makes room first, and then all the rest as one transaction.
async fn make(lab: &Lab, wanted: &[Vec<(&'static str, Value)>]) -> Vec<Object> {
    let members: Vec<Member> =
        ADDRESSES.iter().zip(wanted).map(|((ty, name), config)| create(ty, name, config)).collect();
    let mut made = vec![lab.bed.put("prepare", members[0].clone()).await];
    made.extend(lab.bed.apply("first", &members[1..]).await.iter().map(applied));
    made
}

async fn all_seen(lab: &Lab, objects: &[Object]) -> Vec<Object> {
    let mut seen = Vec::new();
    for ((ty, _), object) in ADDRESSES.iter().zip(objects) {
        seen.push(lab.bed.seen(ty, object).await.unwrap());
    }
    seen
}

fn changes(objects: &[Object], wanted: &[Vec<(&'static str, Value)>]) -> Vec<Member> {
    let all = ADDRESSES.iter().zip(objects.iter().zip(wanted));
    let changes = all.map(|((ty, name), (prior, config))| update(ty, name, prior, config));
    changes
        .filter(|change| !matches!(&change.call, MemberCall::Update { prior, planned } if prior == planned))
        .collect()
}

#[tokio::test]
async fn a_service_is_made_left_alone_changed_put_back_and_removed() {
    let Some(lab) = Lab::boot() else { return };
    let program = unit_text("/srv/app/serve", "User=games");
    let made = make(&lab, &wanted("hello", "200", &program)).await;
    let answer = || lab.sh("curl -s http://127.0.0.1:8000/");
    assert_eq!(answer(), "hello");
    assert_eq!(
        lab.sh("stat -c '%U %a' /srv/app /etc/app.env; systemctl is-enabled app"),
        "games 755\nroot 600\nenabled"
    );
    assert_eq!(made[3].str("active_state"), Some("active"));

    // Nothing to do is seen as nothing to do, and doing it does nothing.
    assert_eq!(all_seen(&lab, &made).await, made);
    assert!(changes(&made, &wanted("hello", "200", &program)).is_empty());
    let began = lab.property("app", "InvocationID");
    lab.bed.apply("again", &[update(UNIT, "u", &made[3], &wanted("hello", "200", &program)[3])]).await;
    assert_eq!(lab.property("app", "InvocationID"), began, "left alone");

    let changed = changes(&made, &wanted("moved", "200", &program));
    assert_eq!(changed.len(), 2, "the variables, and the unit that takes them up");
    let ends = lab.bed.apply("second", &changed).await;
    let made = vec![made[0].clone(), made[1].clone(), applied(&ends[0]), applied(&ends[1])];
    assert_eq!(answer(), "moved");
    let began = lab.property("app", "InvocationID");

    // It runs, and does not answer well: the gate stays shut.
    let ends = lab.bed.apply("third", &changes(&made, &wanted("ill", "503", &program))).await;
    assert!(matches!(ends[0], MemberEnd::Restored { .. }), "{ends:?}");
    let message = failure(&ends[1]);
    assert!(message.contains("has not passed its gate within 15s") && message.contains("503"), "{message}");
    assert_ne!(lab.property("app", "InvocationID"), began, "started again with what it had");
    assert_eq!((answer().as_str(), all_seen(&lab, &made).await == made), ("moved", true));

    // It ends and is started again and again: systemd would go on with that for ever.
    let loops = unit_text(
        "/bin/sh -c 'echo I cannot work; exit 3'",
        "Type=simple\nRestart=always\nRestartSec=100ms\nStartLimitBurst=99",
    );
    let ends = lab.bed.apply("fourth", &changes(&made, &wanted("moved", "200", &loops))).await;
    let message = failure(&ends[0]);
    assert!(message.contains("app.service is crash-looping"), "{message}");
    assert!(message.contains("The last lines of its journal:") && message.contains("I cannot work"), "{message}");
    assert_eq!((answer().as_str(), all_seen(&lab, &made).await == made), ("moved", true));

    // systemd itself refuses a text before anything is touched.
    let began = lab.property("app", "InvocationID");
    let ends =
        lab.bed.apply("fifth", &changes(&made, &wanted("moved", "200", &unit_text("serve app", "Type=odd")))).await;
    let message = failure(&ends[0]);
    assert!(message.contains("systemd-analyze does not accept app.service"), "{message}");
    assert_eq!(lab.property("app", "InvocationID"), began);

    let ends = lab.bed.apply("last", &[3, 2, 1].map(|at| delete(ADDRESSES[at].0, ADDRESSES[at].1, &made[at]))).await;
    assert!(ends.iter().all(|end| matches!(end, MemberEnd::Applied { object: None, .. })), "{ends:?}");
    lab.bed.apply("empty", &[delete("host_directory", "d", &made[0])]).await;
    assert_eq!(
        lab.sh(
            "ls -d /etc/app.env /srv/app /etc/systemd/system/*/app.service 2>/dev/null; systemctl is-active app || :"
        ),
        "inactive"
    );
    assert_eq!(lab.property("app", "LoadState"), "not-found");
    assert_eq!(lab.sh("systemctl is-system-running"), "running", "no failure is left over");
}

#[tokio::test]
async fn what_was_killed_between_file_and_restart_is_finished_by_the_next_run() {
    let Some(lab) = Lab::boot() else { return };
    let program = unit_text("/srv/app/serve", "");
    let made = make(&lab, &wanted("old", "200", &program)).await;
    let members = changes(&made, &wanted("new", "200", &program));
    let mut question = super::super::super::bundle::question("killed", &members, &[]);
    question.program = question.program.replace("activate_all() {\n", "activate_all() {\nkill -9 $$\n");
    let mut whole = format!("{}\n{}", question.program.len(), question.program).into_bytes();
    whole.extend_from_slice(&question.contents);
    let output = lab.machine.run(&question.script, whole.into(), &cx("killed")).await.unwrap();
    assert_ne!(output.code, Some(0));
    assert!(lab.bed.text("etc/app.env").contains("new"), "the file is there");
    assert_eq!(lab.sh("curl -s http://127.0.0.1:8000/"), "old", "the process does not know it");

    let ends = HostBundle.receipt(&lab.bed.hosts, &cx("find"), "killed", &members).await.unwrap().unwrap();
    let MemberEnd::Applied { object: Some(unit), private } = &ends[1] else { panic!("{ends:?}") };
    assert_eq!(private["owed"], "restart");
    let unit = lab.bed.seen(UNIT, unit).await.unwrap();
    let drift = unit.strings("drift").unwrap();
    assert!(drift.iter().any(|drift| &**drift == "restart owed"), "{drift:?}");
    lab.bed.put("next", update(UNIT, "u", &unit, &wanted("new", "200", &program)[3])).await;
    assert_eq!(lab.sh("curl -s http://127.0.0.1:8000/"), "new");
}

#[tokio::test]
async fn commands_run_as_whom_they_say_and_kinds_of_units_are_told_apart() {
    let Some(lab) = Lab::boot() else { return };
    let command = [
        ("name", Value::from("who")),
        ("run", Value::from("id -un >/tmp/who; pwd >>/tmp/who; echo \"$WORD\" >>/tmp/who")),
        ("check", Value::from("test -e /tmp/who")),
        ("user", Value::from("games")),
        ("directory", Value::from("/usr")),
        ("environment", Value::map(crate::value::Type::STRING, [(Str::from("WORD"), Value::from("it's $one"))])),
    ];
    let made = lab.bed.put("op1", create("host_command", "c", &command)).await;
    assert_eq!(lab.sh("cat /tmp/who; stat -c %U /tmp/who"), "games\n/usr\nit's $one\ngames");
    assert_eq!(lab.bed.seen("host_command", &made).await, Some(made));
    let fails = [("name", Value::from("no")), ("run", Value::from("echo alas; exit 4"))];
    let ends = lab.bed.apply("op2", &[create("host_command", "n", &fails)]).await;
    assert!(failure(&ends[0]).contains("the command ends with 4:\n\n    alas"), "{ends:?}");

    let text = |name: &'static str, text: &'static str| vec![("name", Value::from(name)), ("text", Value::from(text))];
    let once = text("once.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo x >>/tmp/once'\n");
    let mut timer = text("once.timer", "[Timer]\nOnCalendar=monthly\n[Install]\nWantedBy=timers.target\n");
    timer.push(("enabled", Value::from(true)));
    let mut template = text("work@.service", "[Service]\nExecStart=/bin/sleep %i\n");
    template.push(("state", Value::from("stopped")));
    let socket = text("ear.socket", "[Socket]\nListenStream=127.0.0.1:9000\nAccept=yes\n");
    let mut ear = text("ear@.service", "[Service]\nStandardInput=socket\nExecStart=/bin/cat\n");
    ear.push(("state", Value::from("stopped")));
    let instance = text("work@900.service", "[Service]\nExecStart=/bin/sleep 900\n");
    let members: Vec<Member> = [("t", template), ("i", instance), ("e", ear), ("s", socket), ("o", once), ("m", timer)]
        .iter()
        .map(|(name, config)| create(UNIT, name, config))
        .collect();
    let ends = lab.bed.apply("op3", &members).await;
    let made: Vec<Object> = ends
        .iter()
        .map(|end| match end {
            MemberEnd::Applied { object: Some(object), .. } => object.clone(),
            _ => panic!("{ends:?}"),
        })
        .collect();
    assert_eq!(lab.sh("cat /tmp/once"), "x");
    assert_eq!(lab.sh("systemctl is-active once.timer ear.socket work@900"), "active\nactive\nactive");
    for object in &made {
        assert_eq!(lab.bed.seen(UNIT, object).await.as_ref(), Some(object));
    }
}
