use std::io::Write as _;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process_group;
use tokio::io::AsyncWriteExt;

use super::*;

/// Starts a script and ends all of it, with all that it has started, after a time.
pub(super) async fn run_and_kill(shell: &LocalShell, script: &str, stdin: Bytes, delay: Duration) -> Result<Output> {
    let mut child = shell.start(script).unwrap();
    let group = Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap();
    let mut input = child.stdin.take().unwrap();
    let feed = tokio::spawn(async move {
        let _ = input.write_all(&stdin).await;
    });
    tokio::time::sleep(delay).await;
    let _ = kill_process_group(group, Signal::KILL);
    child.wait().await.unwrap();
    feed.abort();
    Err(ProviderError::AnswerLost { doing: "running a script".to_owned(), source: "it was killed".into() })
}

fn text(version: &str) -> String {
    format!(
        "[Service]\nExecStart=/bin/app {version}\nEnvironmentFile=/etc/app.env\n[Install]\nWantedBy=multi-user.target\n"
    )
}

/// A drop-in of the unit.
fn part(version: &str) -> String {
    format!("[Service]\nEnvironment=PART={}\n", version.len())
}

/// A type, an address, and the arguments, where there is such a block.
type Wanted = (&'static str, &'static str, Option<Vec<(&'static str, Value)>>);

/// What the configuration says at a version: two files and a unit that takes up both its text and one of them; a second
/// unit comes and goes.
fn wanted(version: &str) -> Vec<Wanted> {
    let env = format!("VERSION={version}\n");
    let digest = content::digest(env.as_bytes());
    let file =
        |path: &'static str, content: String| vec![("path", Value::from(path)), ("content", Value::from(content))];
    let unit = |name: &'static str, text: String| -> Vec<(&'static str, Value)> {
        let restart_on = Value::tuple(vec![Value::from(digest.clone())]);
        let (name, text) = (("name", Value::from(name)), ("text", Value::from(text)));
        vec![name, text, ("enabled", Value::from(true)), ("restart_on", restart_on)]
    };
    // Stopped by the version that is interrupted.
    let mut halted = unit("halted.service", text("halted"));
    halted.push(("state", Value::from(if version == "1" { "running" } else { "stopped" })));
    vec![
        (UNIT, "host_systemd_unit.halted", Some(halted)),
        (FILE, "host_file.part", Some(file("/etc/systemd/system/app.service.d/own.conf", part(version)))),
        (FILE, "host_file.env", Some(file("/etc/app.env", env))),
        (FILE, "host_file.large", Some(file("/etc/large", version.repeat(200_000)))),
        (UNIT, "host_systemd_unit.app", Some(unit("app.service", text(version)))),
        (UNIT, "host_systemd_unit.extra", (version != "2").then(|| unit("extra.service", text("extra")))),
    ]
}

/// What the engine remembers: each object by its address.
type State = std::collections::BTreeMap<&'static str, Object>;

/// Reads what is known, and what of the rest stands there already, as a refresh does.
async fn refresh(bed: &Bed, state: &State, version: &str) -> State {
    let mut seen = State::new();
    for (ty, address, config) in wanted(version) {
        let reference = match (state.get(address), &config) {
            (Some(prior), _) => prior.clone(),
            (None, Some(config)) => plan(ty, None, config),
            (None, None) => continue,
        };
        if let Some(object) = bed.seen(ty, &reference).await {
            seen.insert(address, object);
        }
    }
    seen
}

/// What changes, as a plan has it.
fn changes(state: &State, version: &str) -> Vec<Member> {
    let change = |(ty, address, config): (&'static str, &'static str, Option<Vec<(&str, Value)>>)| match (
        state.get(address),
        config,
    ) {
        (None, Some(config)) => Some(create(ty, address, &config)),
        (Some(prior), Some(config)) => {
            let update = update(ty, address, prior, &config);
            (planned_of(&update) != Some(prior)).then_some(update)
        }
        (Some(prior), None) => Some(delete(ty, address, prior)),
        (None, None) => None,
    };
    wanted(version).into_iter().filter_map(change).collect()
}

fn fold(state: &mut State, version: &str, members: &[Member], ends: Vec<MemberEnd>) {
    for (member, end) in members.iter().zip(ends) {
        let (_, address, _) = wanted(version).into_iter().find(|(_, address, _)| *address == member.address).unwrap();
        if let MemberEnd::Applied { object, .. } = end {
            match object {
                Some(object) => state.insert(address, object),
                None => state.remove(address),
            };
        }
    }
}

/// Applies until there is nothing to do; how often it took.
async fn converge(bed: &Bed, state: &mut State, version: &str, run: &str) -> usize {
    for round in 0..4 {
        *state = refresh(bed, state, version).await;
        let members = changes(state, version);
        if members.is_empty() {
            return round;
        }
        let ends = bed.apply(&format!("{run}r{round}"), &members).await;
        for end in &ends {
            assert!(matches!(end, MemberEnd::Applied { .. }), "{run}: {end:?}");
        }
        fold(state, version, &members, ends);
    }
    panic!("{run}: there is always something to do");
}

/// A run that is killed at any time is completed by the next: the files are whole and new, each process runs with the
/// newest of its configuration, nothing is left over.
#[tokio::test]
async fn what_was_killed_at_any_time_is_completed_by_the_next_run() {
    kill_and_converge("2", "2").await;
}

/// The same when the run that is killed was about to fail its gate and to put all back, and its author went back too.
#[tokio::test]
async fn what_was_killed_while_it_was_put_back_is_put_back_by_the_next_run() {
    kill_and_converge("die", "1").await;
}

async fn kill_and_converge(killed: &str, next: &str) {
    let trials: u32 = std::env::var("INFRA_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut landed = std::collections::BTreeMap::<String, u32>::new();
    for trial in 0..trials {
        let bed = Bed::new();
        bed.write("etc/systemd/system/app.service.d/.keep", "");
        let mut state = State::new();
        let members = changes(&state, "1");
        let started = std::time::Instant::now();
        let ends = bed.apply("first", &members).await;
        let whole = started.elapsed();
        fold(&mut state, "1", &members, ends);
        assert_eq!(converge(&bed, &mut state, "1", "still").await, 0);

        let members = changes(&state, killed);
        // Spread over the time that a run takes, a little irregularly.
        let share = (f64::from(trial) + f64::from(trial * 7919 % 13) / 13.0) / f64::from(trials);
        *bed.shared.kill_after.lock().unwrap() = Some(whole.mul_f64(share));
        let end = HostBundle.apply(&bed.hosts, &cx("killed"), &members).await;
        assert!(matches!(end, Err(ProviderError::AnswerLost { .. })));
        *bed.shared.kill_after.lock().unwrap() = None;

        // Recovery: the receipt tells what has come about.
        let receipt = HostBundle.receipt(&bed.hosts, &cx("recovery"), "killed", &members).await.unwrap();
        let phase = std::fs::read_to_string(bed.path("var/lib/infra/receipts/killed")).unwrap_or_default();
        let phase = phase.lines().next().and_then(|line| line.rsplit(' ').next()).unwrap_or("none").to_owned();
        assert_eq!(receipt.is_some(), phase != "none");
        fold(&mut state, killed, &members, receipt.unwrap_or_default());
        let name = format!("trial {trial}, killed while {phase}");
        let rounds = converge(&bed, &mut state, next, "again").await;
        is_as_wanted(&bed, next, &name);
        // Where there was nothing more to do, nobody has come by to sweep.
        if rounds > 0 {
            is_swept(&bed, &name);
        }
        *landed.entry(phase).or_default() += 1;
    }
    let _ = writeln!(std::io::stderr(), "kills landed in: {landed:?}");
}

fn is_as_wanted(bed: &Bed, version: &str, name: &str) {
    let env = format!("VERSION={version}\n");
    assert_eq!(bed.text("etc/app.env"), env, "{name}");
    assert!(bed.text("etc/large") == version.repeat(200_000), "{name}");
    assert_eq!(bed.text("etc/systemd/system/app.service"), text(version), "{name}");
    let process = text(version) + &part(version) + &env;
    assert_eq!(bed.text("run/units/app.service/process"), process, "{name}: the process is old");
    let halted = bed.text("run/units/halted.service/active");
    assert_eq!(halted.trim(), if version == "1" { "active" } else { "inactive" }, "{name}");
    let extra = wanted(version).into_iter().any(|(_, address, config)| address.ends_with("extra") && config.is_some());
    assert_eq!(bed.exists("etc/systemd/system/extra.service"), extra, "{name}");
    assert_eq!(std::fs::read_dir(bed.path("var/lib/infra/owed")).unwrap().count(), 0, "{name}: nothing is owed");
}

fn is_swept(bed: &Bed, name: &str) {
    for folder in ["etc", "etc/systemd/system", "var/lib/infra", "var/lib/infra/cas", "var/lib/infra/receipts"] {
        let names = std::fs::read_dir(bed.path(folder)).unwrap().flatten();
        let names: Vec<String> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let is_left =
            |name: &&String| name.starts_with(".infra") || name.ends_with(".tmp") || name.starts_with("lock.");
        assert_eq!(names.iter().find(is_left), None, "{name}: {names:?}");
    }
}

#[tokio::test]
async fn an_upload_that_breaks_off_changes_nothing() {
    let bed = Bed::new();
    let shell = LocalShell { root: Some(bed.dir.path().to_owned()), bin: None };
    let members = [create(FILE, "f", &strings([("path", "/etc/a"), ("content", "0123456789")]))];
    let question = super::super::bundle::question("op1", &members, &[]);
    let mut whole = format!("{}\n{}", question.program.len(), question.program).into_bytes();
    whole.extend_from_slice(&question.contents);
    for cut in [0, 2, 100, whole.len() - 11, whole.len() - 1] {
        let output = shell.run(&question.script, Bytes::copy_from_slice(&whole[..cut]), &cx("op1")).await.unwrap();
        assert!(!bed.exists("etc/a"), "cut at {cut}: {output:?}");
    }
    assert_eq!(std::fs::read_dir(bed.path("etc")).unwrap().count(), 1);
}

#[tokio::test]
async fn folders_that_were_made_while_staging_go_with_a_killed_run() {
    let bed = Bed::new();
    let parents = ("create_parents", Value::from(true));
    let file = |path: &'static str| vec![("path", Value::from(path)), ("content", Value::from("x")), parents.clone()];
    let members = [create(FILE, "f", &file("/srv/it's a/b/f")), create(FILE, "g", &file("/srv/it's a/b/c/g"))];
    let mut question = super::super::bundle::question("op1", &members, &[]);
    let killed = "open_store && note_leftovers \"$leftovers\" && stage_all; kill -9 $$\n";
    question.program = question.program.replace("transact\necho end\n", killed);
    assert!(question.program.ends_with(killed));
    let mut whole = format!("{}\n{}", question.program.len(), question.program).into_bytes();
    whole.extend_from_slice(&question.contents);
    let shell = LocalShell { root: Some(bed.dir.path().to_owned()), bin: None };
    let output = shell.run(&question.script, whole.into(), &cx("op1")).await.unwrap();
    assert!(output.code.is_none() && bed.exists("srv/it's a/b/c"), "{output:?}");
    // The next run may be about something else altogether.
    bed.put("op2", create("host_directory", "h", &strings([("path", "/etc/h")]))).await;
    assert!(!bed.exists("srv"));
}

#[tokio::test]
async fn services_that_a_killed_run_kept_from_starting_may_start_whatever_comes_next() {
    let bed = Bed::new();
    bed.write("usr/sbin/policy-rc.d", "#!/bin/sh\n# infra: keeps\n");
    bed.write("usr/sbin/policy-rc.d.infra", "#!/bin/sh\nexit 0\n");
    bed.write("var/lib/infra/leftovers", "restore_policy\n");
    bed.put("op1", create(FILE, "h", &strings([("path", "/etc/h"), ("content", "x")]))).await;
    assert_eq!(bed.text("usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 0\n");
    assert!(!bed.exists("var/lib/infra/leftovers"));
}
