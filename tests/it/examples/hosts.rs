//! What becomes of the service on its hosts when it does not come up, and when the run is killed.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use insta::assert_snapshot;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process_group;

use super::Stack;

impl Stack {
    fn host(&self, name: &str) -> PathBuf {
        let hosts =
            fs::read_dir(self.path().join(".infra/sim/world/hosts")).unwrap().map(|entry| entry.unwrap().path());
        let is_it = |host: &PathBuf| host.file_name().unwrap().to_string_lossy().contains(&format!("{name}-"));
        hosts.into_iter().find(is_it).unwrap()
    }
}

/// From the first error on, with times and addresses that are the same in every run.
fn error(said: &str) -> String {
    let error = &said[said.find("Error: ").unwrap()..];
    let error = regex::Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000").unwrap().replace_all(error, "<time>");
    let error = regex::Regex::new(r"root@[0-9.]+").unwrap().replace_all(&error, "root@<address>");
    // The journal is told since the second in which the change began: its first start may be of that second, too.
    let earlier = regex::Regex::new(r"(journal:\n\n) +<time> \S+ systemd\[1\]: \S+ Started[^\n]*\n").unwrap();
    let error = earlier.replace(&error, "$1");
    // How long an address is decides where that line breaks.
    error.replace("within\n90s", "within 90s")
}

#[test]
fn a_gate_that_does_not_open_is_told_with_all_that_follows() {
    let stack = Stack::new("ha-python");
    stack.settles(&[]);
    let ill = stack.host("app-2").join("run/simulated");
    fs::create_dir_all(&ill).unwrap();
    fs::write(ill.join("unhealthy"), "").unwrap();
    let apply = ["apply", "-sim", "-auto-approve", "-var=overrides={WEB_THREADS=\"2\"}"];
    let said = stack.ends(&apply, 1);
    assert!(
        said.contains(
            "module.service.host_env_file.service[\"app-2\"]: Put back after 0s, as \
             module.service.host_systemd_unit.service[\"app-2\"] failed\n"
        ),
        "{said}"
    );
    assert_snapshot!(error(&said), @r#"
    Error: Gate did not open

      with module.service.host_systemd_unit.service["app-2"],
      on ../../modules/python-service/main.infra.hcl line 157, in resource "host_systemd_unit" "service":
     157: resource "host_systemd_unit" "service" {
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    On the host root@<address>: visits.service has not passed its gate within 90s after its restart:

        asked:       GET http://127.0.0.1:8000/healthz
        last answer: curl: (22) The requested URL returned error: 503

    Everything that was changed on this host with it is put back. The version
    from before runs again: visits.service.

    Put back with it, and as before:
      - module.service.host_env_file.service["app-2"]

    These have the new version:
      - module.service.host_systemd_unit.service["app-1"]

    These have the version from before:
      - module.service.host_systemd_unit.service["app-2"] (put back)
      - module.service.host_systemd_unit.service["app-3"] (not tried)

    The last lines of its journal:

        <time> visits-app-2 systemd[1]: visits.service: Stopped visits.service.
        <time> visits-app-2 systemd[1]: visits.service: Started visits.service.
    "#);
    // What has been tried again and failed again leaves the first with its new version all the same.
    let said = stack.ends(&apply, 1);
    let newer = "These have the new version:\n  - module.service.host_systemd_unit.service[\"app-1\"]\n\nThese have";
    assert!(said.contains(newer), "{said}");
}

/// The program's stand-in on hosts stops before the restart and waits to be killed: the application's files are committed by
/// then.
const HALTED: &str = "#!/bin/sh
case \" $* \" in *' systemctl restart -- visits.service '*)
    if mkdir \"$INFRA_ROOT/../../halted\" 2>/dev/null; then
        read -r _ _ _ _ group _ </proc/$$/stat
        printf '%s %s\\n' \"$group\" \"$INFRA_ROOT\" >\"$INFRA_ROOT/../../halted/new\"
        mv \"$INFRA_ROOT/../../halted/new\" \"$INFRA_ROOT/../../halted/at\"
        exec /bin/sleep 600
    fi
    ;;
esac
exec /usr/bin/timeout \"$@\"
";

#[test]
fn a_restart_that_a_killed_run_owed_is_made_by_the_next() {
    let stack = Stack::new("ha-python");
    stack.settles(&[]);
    let world = stack.path().join(".infra/sim/world");
    let names = ["app-1", "app-2", "app-3"];
    let process = |name: &str| stack.on_host(name, "run/infra-units/visits.service/invocation");
    let first = names.map(process);
    let main = stack.path().join("app/main.py");
    let version = fs::read_to_string(&main).unwrap() + "# The next version.\n";
    fs::write(&main, &version).unwrap();

    fs::write(world.join("bin/timeout"), HALTED).unwrap();
    fs::set_permissions(world.join("bin/timeout"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let mut killed = stack.command(&["apply", "-sim", "-auto-approve"]);
    let mut killed = killed.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let at = loop {
        if let Ok(at) = fs::read_to_string(world.join("halted/at")) {
            break at;
        }
        assert!(begun.elapsed() < Duration::from_secs(60) && killed.try_wait().unwrap().is_none(), "it was not halted");
        std::thread::sleep(Duration::from_millis(20));
    };
    let (group, root) = at.trim().split_once(' ').unwrap();
    // The run first: it must not hear how its script ended.
    killed.kill().unwrap();
    killed.wait().unwrap();
    kill_process_group(Pid::from_raw(group.parse().unwrap()).unwrap(), Signal::KILL).unwrap();

    let halted = names.into_iter().position(|name| root.contains(&format!("visits-{name}-"))).unwrap();
    for (at, name) in names.into_iter().enumerate() {
        assert_eq!(process(name), first[at], "{name} is not restarted");
        let has_new = stack.on_host(name, "srv/visits/main.py") == version;
        assert_eq!(has_new, at == halted, "{name}: one host at a time");
    }
    assert!(stack.on_host(names[halted], "var/lib/infra/owed/visits.service").starts_with("restart "));

    let planned = stack.ends(&["plan", "-sim"], 0);
    assert!(planned.contains("restart owed"), "{planned}");
    stack.ends(&["apply", "-sim", "-auto-approve"], 0);
    for (at, name) in names.into_iter().enumerate() {
        assert_ne!(process(name), first[at], "{name} is restarted");
        assert_eq!(stack.on_host(name, "srv/visits/main.py"), version);
        let owed = fs::read_dir(stack.host(name).join("var/lib/infra/owed")).unwrap();
        assert_eq!(owed.count(), 0, "{name}: nothing is owed");
    }
    stack.ends(&["plan", "-sim", "-detailed-exitcode"], 0);
}

#[test]
fn all_that_is_wrong_is_told_and_what_was_not_tried_is_not_said_to_have_errored() {
    let stack = Stack::empty();
    let file = |name: &str, path: &str| {
        format!("resource \"host_file\" \"{name}\" {{\nhost = host_machine.m\npath = \"{path}\"\ncontent = \"x\"\n}}\n")
    };
    let machine = "resource \"host_machine\" \"m\" {\nconnection { local = true }\n}\n".to_owned();
    let config = [machine, file("a", "/no/a"), file("b", "/etc/b"), file("c", "/no/c")].concat();
    fs::write(stack.path().join("main.infra.hcl"), config).unwrap();
    let said = stack.ends(&["apply", "-sim", "-auto-approve"], 1);
    assert_eq!(said.matches("Error: Change on a host failed").count(), 2, "{said}");
    assert_eq!(said.matches("the folder /no does not exist").count(), 4, "each in a line and in an error: {said}");
    assert!(said.contains("host_file.b: Not tried, as host_file.a failed\n"), "{said}");
    assert_eq!(said.matches("Nothing was changed on this host.\n\nNot tried:\n  - host_file.b\n").count(), 1, "{said}");
    assert!(!said.contains("host_file.b: Creation errored"), "{said}");
}
