//! What others do to a unit shows, and an apply mends what is ours to mend.

use super::*;

const TEXT: &str =
    "[Service]\nExecStart=/bin/sleep infinity\nEnvironmentFile=/etc/app.env\n[Install]\nWantedBy=multi-user.target\n";

fn config() -> Vec<(&'static str, Value)> {
    vec![("name", Value::from("app.service")), ("text", Value::from(TEXT)), ("enabled", Value::from(true))]
}

#[tokio::test]
async fn what_others_do_to_a_unit_shows_and_is_mended() {
    let Some(lab) = Lab::boot() else { return };
    let file = strings([("path", "/etc/app.env"), ("content", "A=1\n")]);
    let ends = lab.bed.apply("first", &[create(FILE, "f", &file), create(UNIT, "u", &config())]).await;
    let mut unit = applied(&ends[1]);
    assert_eq!(unit.strings("drift").map(|drift| drift.len()), Some(0));
    // Times are in whole seconds, and a file counts as newer only when it is so by more than one.
    let pass_time = || std::thread::sleep(std::time::Duration::from_millis(2100));
    for (at, (line, expected)) in [
        ("systemctl disable -q app", &["disabled"][..]),
        ("rm /etc/systemd/system/app.service; systemctl -q mask app", &["masked"]),
        ("systemctl kill -s KILL app; sleep 0.2", &["failed"]),
        ("echo A=2 >/etc/app.env", &["process older than its configuration"]),
        ("echo '# more' >>/etc/systemd/system/app.service", &["text differs", "loaded definition older than the disk"]),
        ("systemctl stop app", &[]),
    ]
    .into_iter()
    .enumerate()
    {
        if expected.contains(&"process older than its configuration") {
            pass_time();
        }
        lab.sh(line);
        let seen = lab.bed.seen(UNIT, &unit).await.unwrap();
        let drift: Vec<String> = seen.strings("drift").unwrap().iter().map(|drift| drift.to_string()).collect();
        for class in expected {
            assert!(drift.iter().any(|drift| drift == class), "{line}: {drift:?}");
        }
        assert_ne!(seen, unit, "{line}");
        unit = lab.bed.put(&format!("mend{at}"), update(UNIT, "u", &seen, &config())).await;
        assert_eq!(unit.strings("drift").map(|drift| drift.len()), Some(0), "{line}: {unit:?}");
        assert_eq!(lab.sh("systemctl is-active app; systemctl is-enabled app"), "active\nenabled", "{line}");
        assert_eq!(lab.property("app", "NeedDaemonReload"), "no", "{line}");
    }

    // A drop-in of somebody else is told of, and left alone.
    lab.sh("mkdir -p /etc/systemd/system/app.service.d && printf '[Service]\\nNice=5\\n' >/etc/systemd/system/app.service.d/x.conf");
    let seen = lab.bed.seen(UNIT, &unit).await.unwrap();
    let drift: Vec<String> = seen.strings("drift").unwrap().iter().map(|drift| drift.to_string()).collect();
    assert!(drift.iter().any(|drift| drift.starts_with("unmanaged drop-in: /etc/")), "{drift:?}");
    let mended = lab.bed.put("last", update(UNIT, "u", &seen, &config())).await;
    assert!(lab.bed.exists("etc/systemd/system/app.service.d/x.conf"));
    assert_eq!(lab.property("app", "NeedDaemonReload"), "no");
    assert_eq!(mended.strings("drift").map(|drift| drift.len()), Some(1));
    assert_eq!(lab.property("app", "Nice"), "5", "what it says holds, since the process has been started anew");
}
