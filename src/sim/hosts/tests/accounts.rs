use super::*;

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
