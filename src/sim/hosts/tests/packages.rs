use super::*;

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

    let conf = host.place.root.join("etc/redis/redis.conf");
    assert!(!conf.exists());
    assert_eq!(host.sh("apt-get install -y redis-server && redis-cli PING").1.lines().last(), Some("PONG"));
    assert!(conf.exists());
    host.write("etc/redis/redis.conf", "port 6380\n");
    assert_eq!(host.sh("apt-get remove -y redis-server && apt-get install -y redis-server").0, 0);
    assert_eq!(fs::read_to_string(&conf).unwrap(), "port 6380\n", "an edited file stays");
    assert_eq!(host.sh("apt-get purge -y redis-server").0, 0);
    assert!(!conf.parent().unwrap().exists() && !host.place.root.join("usr/bin/redis-server").exists());

    host.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n");
    host.sh("chmod 755 $INFRA_ROOT/usr/sbin/policy-rc.d");
    assert_eq!(host.sh("apt-get install -y redis-server && systemctl is-active redis-server").0, 3, "policy says no");
    assert_eq!(host.sh("systemctl is-enabled redis-server").1, "enabled\n");
}
