use std::process::Command;

use super::*;

struct Host {
    _dir: tempfile::TempDir,
    place: HostRoot,
}

impl Host {
    fn new() -> Host {
        let dir = tempfile::tempdir().unwrap();
        let hosts = Hosts::open(dir.path().to_owned(), HashSet::new()).unwrap();
        let place = hosts.root(&machine(1)).unwrap();
        Host { _dir: dir, place }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.place.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn unit(&self, name: &str, text: &str) {
        self.write(&format!("etc/systemd/system/{name}"), text);
    }

    /// Runs a line as a host's scripts are run; gives the exit status and both outputs.
    fn sh(&self, line: &str) -> (i32, String, String) {
        let path = format!("{}:{}", self.place.bin.display(), std::env::var("PATH").unwrap());
        let run = Command::new("sh")
            .args(["-c", line])
            .env("INFRA_ROOT", &self.place.root)
            .env("PATH", path)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (run.status.code().unwrap(), text(run.stdout), text(run.stderr))
    }

    fn show(&self, unit: &str, properties: &str) -> String {
        let (code, out, err) = self.sh(&format!("systemctl show {unit} -p {properties}"));
        assert_eq!((code, err.as_str()), (0, ""));
        let mut lines: Vec<&str> = out.lines().collect();
        lines.sort_unstable();
        lines.join(" ")
    }
}

fn machine(boots: u32) -> Machine {
    Machine { folder: "web-1".to_owned(), name: "web".to_owned(), boots }
}

const WEB: &str = "[Unit]\nDescription=Web\n[Service]\nType=notify\nExecStart=/bin/sleep 9\nExecReload=/bin/true\n[Install]\nWantedBy=multi-user.target\n";

#[test]
fn a_unit_is_enabled_started_reloaded_and_stopped() {
    let host = Host::new();
    assert_eq!(
        host.show("web", "LoadState,ActiveState,UnitFileState"),
        "ActiveState=inactive LoadState=not-found UnitFileState="
    );
    host.unit("web.service", WEB);
    let all = "Id,LoadState,FragmentPath,DropInPaths,UnitFileState,ActiveState,SubState,Result,NeedDaemonReload,Type,CanReload";
    let stopped = "ActiveState=inactive CanReload=yes DropInPaths= FragmentPath=/etc/systemd/system/web.service Id=web.service \
                   LoadState=loaded NeedDaemonReload=no Result=success SubState=dead Type=notify UnitFileState=disabled";
    assert_eq!(host.show("web.service", all), stopped);
    assert_eq!(host.sh("systemctl enable --now web").0, 0);
    let started = stopped.replace("inactive", "active").replace("dead", "running").replace("disabled", "enabled");
    assert_eq!(host.show("web", all), started);
    let link = host.place.root.join("etc/systemd/system/multi-user.target.wants/web.service");
    assert_eq!(fs::read_link(link).unwrap(), Path::new("/etc/systemd/system/web.service"));
    let invocation = host.show("web", "InvocationID,ActiveEnterTimestampMonotonic");
    assert_eq!(host.sh("systemctl reload web && systemctl start web").0, 0);
    assert_eq!(host.show("web", "InvocationID,ActiveEnterTimestampMonotonic"), invocation, "neither begins it anew");
    assert_eq!(host.sh("systemctl restart web").0, 0);
    assert_ne!(host.show("web", "InvocationID"), invocation);
    assert_eq!(host.sh("systemctl is-active web; systemctl is-enabled web").1, "active\nenabled\n");
    assert_eq!(host.sh("systemctl disable --now web; systemctl is-active web").0, 3);
    assert_eq!(host.show("web", all), stopped);
    assert_eq!(host.sh("systemctl reload web").0, 1);
    let show_two = host.sh("systemctl show web nope --property=Id --value").1;
    assert_eq!(show_two, "web.service\n\nnope.service\n");
}

#[test]
fn a_changed_definition_is_used_only_after_a_reload() {
    let host = Host::new();
    host.unit("web.service", WEB);
    host.sh("systemctl start web");
    host.unit("web.service", &WEB.replace("/bin/sleep", "/nope"));
    assert_eq!(host.show("web", "NeedDaemonReload"), "NeedDaemonReload=yes");
    let (code, _, err) = host.sh("systemctl restart web");
    assert_eq!(code, 0, "the old definition still holds");
    assert!(err.contains("changed on disk"), "{err}");
    assert_eq!(host.sh("systemctl daemon-reload").0, 0);
    assert_eq!(host.show("web", "NeedDaemonReload,ActiveState"), "ActiveState=active NeedDaemonReload=no");
    assert_eq!(host.sh("systemctl restart web").0, 1);
    host.unit("web.service.d/10-fix.conf", "[Service]\nExecStart=\nExecStart=-/bin/sleep 1\n");
    assert_eq!(
        host.show("web", "DropInPaths,NeedDaemonReload"),
        "DropInPaths=/etc/systemd/system/web.service.d/10-fix.conf NeedDaemonReload=yes"
    );
    assert_eq!(host.sh("systemctl daemon-reload; systemctl restart web; systemctl is-active web").1, "active\n");
}

#[test]
fn a_start_fails_as_its_type_lets_it() {
    let properties = "ActiveState,SubState,Result,ExecMainStatus";
    let failed = |status| format!("ActiveState=failed ExecMainStatus={status} Result=exit-code SubState=failed");
    let table = [
        ("Type=exec\nExecStart=/nope", 1, failed(203)),
        ("Type=notify\nExecStart=/bin/false", 1, failed(1)),
        ("Type=oneshot\nExecStart=/bin/true\nExecStart=/nope", 1, failed(203)),
        (
            "Type=oneshot\nExecStart=-/bin/false",
            0,
            "ActiveState=inactive ExecMainStatus=0 Result=success SubState=dead".to_owned(),
        ),
        (
            "Type=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true",
            0,
            "ActiveState=active ExecMainStatus=0 Result=success SubState=exited".to_owned(),
        ),
        ("ExecStartPre=/nope\nExecStart=/bin/sleep 1", 1, failed(203)),
        (
            "ExecStart=app --flag \\\n  --other",
            0,
            "ActiveState=active ExecMainStatus=0 Result=success SubState=running".to_owned(),
        ),
        ("ExecStart=/opt/app", 0, "ActiveState=active ExecMainStatus=0 Result=success SubState=running".to_owned()),
        // The manager notices only a moment after it has answered.
        ("ExecStart=/bin/false", 0, failed(1)),
        (
            "Restart=always\nRestartSec=20\nExecStart=/nope",
            0,
            "ActiveState=activating ExecMainStatus=203 Result=exit-code SubState=auto-restart".to_owned(),
        ),
    ];
    let host = Host::new();
    for path in ["opt/app", "usr/local/bin/app"] {
        host.write(path, "#!/bin/sh\n");
        fs::set_permissions(host.place.root.join(path), fs::Permissions::from_mode(0o755)).unwrap();
    }
    for (n, (service, code, expected)) in table.into_iter().enumerate() {
        host.unit(&format!("u{n}.service"), &format!("[Service]\n{service}\n"));
        let (got, _, err) = host.sh(&format!("systemctl start u{n}"));
        assert_eq!(got, code, "{service}: {err}");
        assert_eq!(err.contains("Job for"), code == 1, "{err}");
        // Pushing the start into the past stands in for waiting.
        host.sh(&format!("f=$INFRA_ROOT/run/infra-units/u{n}.service/since; [ ! -f $f ] || {{ read -r s <$f; echo $((s - 150000)) >$f; }}"));
        assert_eq!(host.show(&format!("u{n}"), properties), expected, "{service}");
    }
    assert_eq!(host.sh("systemctl reset-failed; systemctl is-active u0 u8").1, "inactive\ninactive\n");
    assert!(host.sh("journalctl -u u0 -n 1 --no-pager -o cat").1.contains("Failed with result 'exit-code'"));
}

#[test]
fn a_crash_loop_counts_and_ends_at_the_limit() {
    let host = Host::new();
    let age = |by: u32| {
        host.sh(&format!("f=$INFRA_ROOT/run/infra-units/w.service/since; read -r s <$f; echo $((s - {by})) >$f"))
    };
    for (delay, by, expected) in [
        ("1", 2_300_000, "ActiveState=activating NRestarts=2"),
        ("900ms", 6_000_000, "ActiveState=failed NRestarts=5"),
        ("10", 61_000_000, "ActiveState=activating NRestarts=6"),
    ] {
        host.unit("w.service", &format!("[Service]\nExecStart=/nope\nRestart=on-failure\nRestartSec={delay}\n"));
        host.sh("systemctl stop w; systemctl reset-failed w; systemctl daemon-reload; systemctl start w");
        age(by);
        assert_eq!(host.show("w", "ActiveState,NRestarts"), expected, "{delay}");
    }
}

#[test]
fn masked_static_and_missing_units_are_told_apart() {
    let host = Host::new();
    host.unit("static.service", "[Service]\nExecStart=/bin/true\n");
    host.unit("own.service", WEB);
    let table = [
        ("systemctl mask redis", 0, ""),
        ("systemctl start redis", 1, "Unit redis.service is masked."),
        ("systemctl enable redis", 1, "is masked."),
        ("systemctl unmask redis", 0, ""),
        ("systemctl start redis", 5, "Unit redis.service not found."),
        ("systemctl stop redis", 5, "not loaded"),
        ("systemctl enable redis", 1, "does not exist"),
        ("systemctl is-enabled redis", 1, "No such file or directory"),
        ("systemctl mask own", 1, "already exists"),
        ("systemctl enable static", 0, "no installation config"),
        ("systemctl status redis", 4, "could not be found"),
        ("systemctl frobnicate", 1, "Unknown command verb"),
        ("systemctl start", 1, "Too few arguments"),
        ("env -u INFRA_ROOT systemctl daemon-reload", 1, "INFRA_ROOT"),
    ];
    for (line, code, message) in table {
        let (got, _, err) = host.sh(line);
        assert!(got == code && err.contains(message), "{line}: {got} {err}");
    }
    assert_eq!(host.sh("systemctl is-enabled static own").1, "static\ndisabled\n");
    host.unit("t.timer", "[Timer]\nOnCalendar=daily\n");
    host.unit("n@.service", "[Service]\nExecStart=/bin/sleep 1\n");
    assert_eq!(host.sh("systemctl start t.timer n@1").0, 0);
    assert_eq!(host.show("t.timer", "SubState"), "SubState=waiting");
    assert_eq!(
        host.show("n@1", "FragmentPath,Id,SubState"),
        "FragmentPath=/etc/systemd/system/n@.service Id=n@1.service SubState=running"
    );
}

#[test]
fn verify_refuses_what_is_no_unit() {
    let table = [
        (WEB, ""),
        ("# only\n; comments\n[Service]\nExecStart=a \\\n  b\n[X-Own]\na=b\n", ""),
        ("[Servce]\nExecStart=/bin/true\n", "Unknown section 'Servce'."),
        ("[Service\nExecStart=/bin/true\n", "Invalid section header"),
        ("[Service]\nExecStart=/bin/true\nRestart always\n", "u.service:3: Missing '='."),
        ("[Service]\nType=oneshot\n", "no ExecStart="),
        ("[Service]\nExecStart=/bin/true\nExecStart=\n", "no ExecStart="),
        ("[Unit]\nDescription=x\n", "lacks a [Service] section"),
        ("[Service]\nType=often\nExecStart=/bin/true\n", "Failed to parse service type"),
        ("ExecStart=/bin/true\n", "Assignment outside of section."),
    ];
    let host = Host::new();
    for (text, message) in table {
        host.write("tmp/u.service", text);
        let (code, _, err) = host.sh("systemd-analyze verify --man=no \"$INFRA_ROOT/tmp/u.service\"");
        assert_eq!(code != 0, !message.is_empty(), "{text}: {err}");
        assert!(err.contains(message), "{text}: {err}");
    }
    assert_eq!(host.sh("systemd-analyze verify /nope.service").0, 1);
    assert_eq!(host.sh("systemd-analyze blame").0, 1);
}

#[test]
fn enabled_units_come_up_with_the_machine() {
    let dir = tempfile::tempdir().unwrap();
    let hosts = Hosts::open(dir.path().to_owned(), HashSet::new()).unwrap();
    let host = Host { place: hosts.root(&machine(1)).unwrap(), _dir: dir };
    host.unit("web.service", WEB);
    host.unit("other.service", &WEB.replace("multi-user", "rescue"));
    host.sh("systemctl enable web; systemctl start web other");
    let before = host.show("web", "InvocationID");
    assert_eq!(hosts.root(&machine(1)).unwrap(), host.place);
    assert_eq!(host.show("web", "InvocationID"), before, "the same run of the machine");
    hosts.root(&machine(2)).unwrap();
    assert_eq!(host.sh("systemctl is-active web other").1, "active\ninactive\n");
    assert_ne!(host.show("web", "InvocationID"), before);
    assert_eq!(fs::read_to_string(host.place.root.join("etc/hostname")).unwrap(), "web\n");
}

#[test]
fn folders_of_machines_that_are_no_more_are_swept() {
    let dir = tempfile::tempdir().unwrap();
    let open = |live: &[&str]| {
        Hosts::open(dir.path().to_owned(), live.iter().map(|name| (*name).to_owned()).collect()).unwrap()
    };
    let root = open(&[]).root(&machine(1)).unwrap().root;
    open(&["web-1"]);
    assert!(root.is_dir());
    open(&["web-2"]);
    assert!(!root.exists());
}

#[test]
fn packages_come_and_go_as_debians_do() {
    let host = Host::new();
    let states =
        || host.sh("dpkg-query -W -f='${Package} ${db:Status-Want} ${db:Status-Status} ${Version}\\n' nginx curl").1;
    assert_eq!(states(), "curl install installed 7.88.1-10+deb12u12\n", "what the image brings");
    let policy = host.sh("apt-cache policy nginx curl nope").1;
    assert!(
        policy.starts_with("nginx:\n  Installed: (none)\n  Candidate: 1.22.1-9+deb12u2\n  Version table:\n     1.22")
    );
    assert!(policy.contains("\n *** 7.88.1-10+deb12u12 500\n") && !policy.contains("nope"), "{policy}");

    let (code, _, err) = host.sh("apt-get install -y nope");
    assert_eq!((code, err.as_str()), (100, "E: Unable to locate package nope\n"));
    assert_eq!(host.sh("apt-get install -y nginx=7").2, "E: Version '7' for 'nginx' was not found\n");
    let rehearsed = host.sh("apt-get install -s nginx=1.22.1-9 curl-").1;
    assert!(rehearsed.contains("Inst nginx-common (") && rehearsed.contains("Remv curl ["), "{rehearsed}");
    assert!(!states().contains("nginx"), "a rehearsal");

    assert_eq!(
        host.sh("apt-get install -y nginx=1.22.1-9 && systemctl is-active nginx").0,
        0,
        "its service is started"
    );
    assert_eq!(host.sh("apt-mark hold nginx").1, "nginx set on hold.\n");
    assert!(states().starts_with("nginx hold installed 1.22.1-9\n"), "{}", states());
    let (code, _, err) = host.sh("apt-get install -y nginx");
    assert!(code == 100 && err.starts_with("E: Held packages were changed"), "{err}");
    assert_eq!(host.sh("apt-mark unhold nginx; apt-get install -y nginx").0, 0);
    assert!(host.sh("apt-get install -y nginx=1.22.1-9").2.starts_with("E: Packages were downgraded"));
    assert_eq!(host.sh("apt-get remove -y nginx-common && systemctl is-active nginx").0, 3, "what needs it goes too");
    assert!(states().starts_with("nginx deinstall config-files"), "{}", states());
    assert_eq!(host.sh("apt-get purge -y nginx").0, 0);
    assert!(!states().contains("nginx"));

    host.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n");
    host.sh("chmod 755 $INFRA_ROOT/usr/sbin/policy-rc.d");
    assert_eq!(host.sh("apt-get install -y redis-server && systemctl is-active redis-server").0, 3, "policy says no");
    assert_eq!(host.sh("systemctl is-enabled redis-server").1, "enabled\n");
}

#[test]
fn the_programs_please_shellcheck() {
    let host = Host::new();
    for (name, _) in PROGRAMS {
        let path = host.place.bin.join(name);
        match Command::new("shellcheck").args(["-s", "sh"]).arg(&path).output() {
            Ok(run) => {
                crate::diag::tier("shellcheck", None);
                assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
            }
            Err(_) => crate::diag::tier("shellcheck", Some("shellcheck is not installed")),
        }
    }
}

#[test]
fn users_and_groups_are_as_on_debian_and_change_as_there() {
    let host = Host::new();
    let table = [
        ("getent passwd root nobody | cut -d: -f1,3", 0, "root:0\nnobody:65534\n"),
        ("getent passwd 65534 nope", 2, "nobody:"),
        ("getent hosts", 1, "no database"),
        ("id -un; id -u; id -Gn www-data", 0, "root\n0\nwww-data\n"),
        ("groupadd app && getent group app", 0, "app:x:1000:\n"),
        ("groupadd app", 9, "group 'app' already exists"),
        ("groupadd -g 27 other", 4, "GID '27' already exists"),
        (
            "useradd -M -g app -G sudo,adm -c 'The app' app && getent passwd app",
            0,
            "app:x:1000:1000:The app:/home/app:/bin/sh",
        ),
        ("id -Gn app", 0, "app adm sudo\n"),
        ("useradd app", 9, "user 'app' already exists"),
        ("useradd -u 33 other", 4, "UID 33 is not unique"),
        ("useradd -g nope other", 6, "group 'nope' does not exist"),
        ("useradd -e 1 other", 2, "does not know the option '-e'"),
        ("groupadd taken && useradd taken", 9, "group taken exists"),
        (
            "useradd -r -d /srv svc && getent passwd svc && getent group svc",
            0,
            "svc:x:999:999::/srv:/bin/sh\nsvc:x:999:\n",
        ),
        ("getent shadow app svc | cut -d: -f1,2,4", 0, "app:!:0\nsvc:!:\n"),
        ("usermod -U app", 1, "would result in a passwordless account"),
        ("usermod -p '*' app && usermod -L app && getent shadow app | cut -d: -f2", 0, "!*\n"),
        ("usermod -U app && getent shadow app | cut -d: -f2", 0, "*\n"),
        ("usermod -a -G video app && id -Gn app", 0, "app adm sudo video\n"),
        ("usermod -G video,audio app && id -Gn app", 0, "app audio video\n"),
        (
            "usermod -G '' -s /bin/false -c '' app && getent passwd app && id -Gn app",
            0,
            ":1000::/home/app:/bin/false\napp\n",
        ),
        ("usermod -u 33 app", 4, "UID '33' already exists"),
        ("groupmod -g 3000 app && getent passwd app | cut -d: -f4", 0, "3000\n"),
        ("groupdel app", 8, "cannot remove the primary group of user 'app'"),
        ("userdel nope", 6, "user 'nope' does not exist"),
        ("userdel -r svc", 12, "/srv not owned by svc, not removing"),
        ("getent group svc", 2, ""),
        ("userdel app && getent passwd app", 2, ""),
    ];
    for (line, code, said) in table {
        let (got, out, err) = host.sh(line);
        assert!(got == code && format!("{out}{err}").contains(said), "{line}: {got} {out}{err}");
    }
}

#[test]
fn owners_are_kept_beside_the_files() {
    let host = Host::new();
    let stat = |path: &str| host.sh(&format!("stat -c '%a %u:%g|%U %G' -- \"$INFRA_ROOT/{path}\"")).1;
    host.write("srv/a", "x");
    host.sh("useradd -M -u 2000 app; chmod 640 \"$INFRA_ROOT/srv/a\"");
    assert_eq!(stat("srv/a"), "640 0:0|root root\n");
    assert_eq!(host.sh("chown app:www-data \"$INFRA_ROOT/srv/a\"").0, 0);
    assert_eq!(stat("srv/a"), "640 2000:33|app www-data\n");
    host.sh("mv \"$INFRA_ROOT/srv/a\" \"$INFRA_ROOT/srv/b\"; cp \"$INFRA_ROOT/srv/b\" \"$INFRA_ROOT/srv/c\"");
    assert_eq!((stat("srv/b").as_str(), stat("srv/c").as_str()), ("640 2000:33|app www-data\n", "640 0:0|root root\n"));
    // Another file in its place, perhaps with the same inode, is not its.
    host.sh("rm \"$INFRA_ROOT/srv/b\"");
    host.write("srv/b", "y");
    assert!(stat("srv/b").ends_with("0:0|root root\n"));
    host.sh("mkdir -p \"$INFRA_ROOT/home/app/d\"; chown -hR app: \"$INFRA_ROOT/home/app\"; usermod -u 2001 app");
    assert!(stat("home/app/d").ends_with("2001:2000|app app\n"), "{}", stat("home/app/d"));
    host.sh("chown 77:78 \"$INFRA_ROOT/srv/c\"; cd \"$INFRA_ROOT/srv\" && chown :adm c");
    assert_eq!(stat("srv/c"), "640 77:4|UNKNOWN adm\n");
    for (line, message) in [
        ("chown nope \"$INFRA_ROOT/srv/c\"", "invalid user"),
        ("chown app:nope \"$INFRA_ROOT/srv/c\"", "invalid group"),
        ("chown app \"$INFRA_ROOT/nope\"", "No such file"),
        ("chown root /etc/passwd", "not on the simulated machine"),
        ("chown --reference=/ /x", "does not know the option"),
        ("stat \"$INFRA_ROOT/srv/c\"", "only be asked with a format"),
        ("stat -c %04u \"$INFRA_ROOT/srv/c\"", "does not know the format"),
        ("stat -c %u \"$INFRA_ROOT/nope\"", "No such file"),
    ] {
        let (code, _, err) = host.sh(line);
        assert!(code == 1 || code == 2, "{line}");
        assert!(err.contains(message), "{line}: {err}");
    }
    assert_eq!(host.sh("stat -c '%s %F %%' \"$INFRA_ROOT/srv/c\"").1, "1 regular file %\n");
}

#[test]
fn probes_are_answered_while_a_unit_is_active() {
    let host = Host::new();
    let probes = [
        "curl -fsS -m 5 -o /dev/null -- http://127.0.0.1:8000/healthz",
        "wget -q -T 5 -O /dev/null -- http://127.0.0.1:8000/healthz",
        "nc -z -w 3 -- 127.0.0.1 8000",
        "curl -s -m 3 -o /dev/null -w '%{time_connect}' telnet://127.0.0.1:8000",
    ];
    let codes = || probes.map(|probe| host.sh(probe).0);
    assert_eq!(codes(), [7, 4, 1, 7]);
    assert_eq!(host.sh(probes[3]).1, "0.000000");
    assert!(host.sh(probes[0]).2.contains("curl: (7) Failed to connect to 127.0.0.1 port 8000"));
    host.unit("web.service", WEB);
    host.sh("systemctl start web");
    assert_eq!(codes(), [0, 0, 0, 0]);
    host.write("run/simulated/unhealthy", "");
    assert_eq!(codes(), [22, 8, 1, 7]);
    assert!(host.sh(probes[0]).2.contains("error: 503"));
    host.sh("rm \"$INFRA_ROOT/run/simulated/unhealthy\"; systemctl stop web");
    assert_eq!(codes(), [7, 4, 1, 7]);
    assert_eq!(host.sh("curl -X POST http://127.0.0.1/").0, 2);
}

#[test]
fn a_redis_answers_as_its_unit_runs_and_its_file_says() {
    let host = Host::new();
    let refused = "Could not connect to Redis at 127.0.0.1:6379: Connection refused\n";
    assert_eq!(host.sh("redis-cli PING"), (1, String::new(), refused.to_owned()));
    host.write("etc/redis/more.conf", "maxmemory 5mb\nsave 900 1\nsave 60 5\nrequirepass \"it's \\\"x\\\"\"\n");
    let main = fs::read_to_string(host.place.root.join("etc/redis/redis.conf")).unwrap();
    host.write("etc/redis/redis.conf", &format!("{main}include /etc/redis/more.conf\n"));
    assert_eq!(host.sh("systemctl start redis-server").0, 0);
    let id = |host: &Host| host.sh("REDISCLI_AUTH=\"it's \\\"x\\\"\" redis-cli INFO server | grep run_id").1;
    let first = id(&host);
    assert_eq!(first.trim().len(), 47, "{first}");
    let table = [
        ("PING", "PONG"),
        ("CONFIG GET maxmemory", "maxmemory\n5242880"),
        ("CONFIG GET save", "save\n900 1 60 5"),
        ("CONFIG GET nothing", ""),
        ("CONFIG GET 'hz*' databases", "databases\n16\nhz\n10"),
        ("CONFIG SET maxmemory 1kb hz 20", "OK"),
        ("CONFIG GET maxmemory", "maxmemory\n1024"),
        (
            "CONFIG SET hz 30 maxmemory much",
            "ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value",
        ),
        ("CONFIG GET hz", "hz\n20"),
        (
            "CONFIG SET databases 1",
            "ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config",
        ),
        (
            "CONFIG SET dir /tmp",
            "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config",
        ),
        ("CONFIG SET nothing 1", "ERR Unknown option or number of arguments for CONFIG SET - 'nothing'"),
        (
            "CONFIG SET maxmemory-policy lru",
            "ERR CONFIG SET failed (possibly related to argument 'maxmemory-policy') - argument must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
        ),
        ("CONFIG SET client-output-buffer-limit 'replica 1kb 1kb 1'", "OK"),
        (
            "CONFIG GET client-output-buffer-limit",
            "client-output-buffer-limit\nnormal 0 0 0 slave 1024 1024 1 pubsub 33554432 8388608 60",
        ),
        ("CONFIG SET notify-keyspace-events KEA", "OK"),
        ("CONFIG GET notify-keyspace-events", "notify-keyspace-events\nAKE"),
        ("FLUSHALL", "ERR unknown command 'flushall', with args beginning with: "),
        ("CONFIG REWRITE", "OK"),
    ];
    for (words, expected) in table {
        let (_, said, _) = host.sh(&format!("REDISCLI_AUTH=\"it's \\\"x\\\"\" redis-cli {words}"));
        assert_eq!(said.trim_end_matches('\n'), expected, "{words}");
    }
    assert_eq!(host.sh("redis-cli PING").1, "NOAUTH Authentication required.\n\n");
    assert!(host.sh("REDISCLI_AUTH=x redis-cli PING").2.contains("WRONGPASS"));
    assert_eq!(host.sh("redis-cli -p 6380 PING").0, 1);
    assert_eq!(id(&host), first);
    // What was rewritten stands behind what it includes, and so wins.
    assert_eq!(host.sh("systemctl restart redis-server; printf 'CONFIG GET maxmemory\\nECHO it' | REDISCLI_AUTH=\"it's \\\"x\\\"\" redis-cli").1, "maxmemory\n1024\nit\n");
    assert_ne!(id(&host), first);
    let text = fs::read_to_string(host.place.root.join("etc/redis/redis.conf")).unwrap();
    for bad in ["databases 0", "nothing 1", "requirepass \"x", "include /etc/redis/gone.conf"] {
        host.write("etc/redis/redis.conf", &format!("{text}{bad}\n"));
        assert_eq!(host.sh("systemctl restart redis-server").0, 1, "{bad}");
        assert_eq!(host.sh("redis-cli PING").0, 1, "{bad}");
    }
}
