use super::*;

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
    assert_eq!(host.sh("systemctl daemon-reload; systemctl restart web; systemctl is-active web").1, "active\n");
}

/// As systemd 252 answers the same lines.
#[test]
fn drop_ins_are_seen_where_the_manager_looks_for_them() {
    let host = Host::new();
    let shown = |line: &str| {
        let (_, _, err) = host.sh(&format!("cd \"$INFRA_ROOT/etc/systemd/system\"; {line}"));
        assert_eq!(err, "", "{line}");
        host.show("web", "DropInPaths,NeedDaemonReload,UnitFileState").replace("/etc/systemd/system/web.service.d/", "")
    };
    let seen =
        |dropins: &str, stale: &str| format!("DropInPaths={dropins} NeedDaemonReload={stale} UnitFileState=disabled");
    host.unit("web.service", WEB);
    for (line, dropins, stale) in [
        // Nobody needs a unit that does nothing: it is read whenever it is asked for.
        ("mkdir web.service.d; echo '[Service]' >web.service.d/a.conf", "a.conf", "no"),
        ("rm -r web.service.d; systemctl start web", "", "no"),
        // In a folder that was not there it is neither seen nor missed.
        ("mkdir web.service.d; echo '[Service]' >web.service.d/a.conf", "", "no"),
        ("systemctl restart web", "", "no"),
        ("systemctl daemon-reload", "a.conf", "no"),
        ("echo '[Service]' >web.service.d/b.conf", "a.conf", "yes"),
        ("systemctl daemon-reload", "a.conf b.conf", "no"),
        ("sleep 0.02; echo '# more' >>web.service.d/a.conf", "a.conf b.conf", "yes"),
        ("systemctl daemon-reload; rm -r web.service.d", "a.conf b.conf", "yes"),
        ("systemctl daemon-reload", "", "no"),
        ("sleep 0.02; touch web.service", "", "yes"),
        ("systemctl stop web", "", "no"),
    ] {
        assert_eq!(shown(line), seen(dropins, stale), "{line}");
    }
    let gone = shown("systemctl start web; rm web.service");
    assert_eq!(gone, "DropInPaths= NeedDaemonReload=yes UnitFileState=bad");
    assert_eq!(host.show("web", "ActiveState,LoadState"), "ActiveState=active LoadState=loaded");
    assert_eq!(shown("systemctl daemon-reload"), "DropInPaths= NeedDaemonReload=no UnitFileState=");
    assert_eq!(host.show("web", "ActiveState,LoadState"), "ActiveState=active LoadState=not-found");
}

/// As systemd 252 answers the same lines.
#[test]
fn what_has_ended_and_is_wanted_by_nobody_is_forgotten() {
    let host = Host::new();
    let text = |more: &str| format!("[Service]\nType=oneshot\n{more}\n");
    let all = "ActiveEnterTimestampMonotonic,ActiveState,InvocationID,NeedDaemonReload,Result,SubState";
    let shown = |line: &str| {
        host.sh(line);
        let shown = host.show("once", all);
        let (before, rest) = shown.split_once("InvocationID=").unwrap();
        let (invocation, after) = rest.split_once(' ').unwrap();
        format!("{before}{}{after}", if invocation.is_empty() { "forgotten " } else { "" })
    };
    let was = |how: &str, known: &str, stale: &str| {
        format!("ActiveEnterTimestampMonotonic=0 ActiveState={how} {known}NeedDaemonReload={stale} Result=")
    };
    let forgotten = was("inactive", "forgotten ", "no") + "success SubState=dead";
    host.unit("once.service", &text("ExecStart=/bin/true"));
    assert_eq!(shown("systemctl start once"), forgotten);
    // The next start is one of what is on disk then.
    host.unit("once.service", &text("ExecStart=/bin/false"));
    assert_eq!(shown("true"), forgotten);
    assert_eq!(shown("systemctl start once"), was("failed", "", "no") + "exit-code SubState=failed");
    // One that has failed is kept, with its text.
    host.unit("once.service", &text("ExecStart=/bin/true"));
    assert_eq!(shown("systemctl start once"), was("failed", "", "yes") + "exit-code SubState=failed");
    assert_eq!(shown("systemctl reset-failed once"), forgotten);
    // So is one that somebody wants.
    host.unit("once.service", &text("ExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target"));
    assert_eq!(
        shown("systemctl enable once; systemctl start once"),
        was("inactive", "", "no") + "success SubState=dead"
    );
    host.unit("once.service", &text("ExecStart=/bin/true\nNice=3\n[Install]\nWantedBy=multi-user.target"));
    assert_eq!(shown("true"), was("inactive", "", "yes") + "success SubState=dead");
    assert_eq!(shown("systemctl disable once"), forgotten);
    host.unit("once.service", "[Service]\nExecStart=/bin/sleep 9\n");
    assert_eq!(shown("systemctl start once; systemctl stop once"), forgotten);
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
    // Times are as people read them.
    let shape = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    for (output, expected) in
        [("short-iso", "0000-00-00T00:00:00+0000 web systemd"), ("short", "00 00:00:00 web systemd")]
    {
        let said = shape(&host.sh(&format!("journalctl -u u0 -n 1 -o {output}")).1);
        assert!(said.contains(expected) && said.contains(": u0.service: Failed with result"), "{said}");
    }
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
