//! Users and groups, by two sets of programs: those of simulated hosts, and, where we are root, the real ones of
//! shadow-utils, told to keep to a folder.

use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::symlink;

use super::*;

const GROUP: &str = "host_group";
const USER: &str = "host_user";
const KEY: &str = "ssh-ed25519 AAAAC3Nz me@home";

/// A host with the programs of simulated ones.
fn simulated() -> Bed {
    super::simulated::simulated()
}

/// A host with the real programs; `None` where they are not there, or need more than we may.
fn real() -> Option<Bed> {
    const PROGRAMS: [&str; 6] = ["useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel"];
    let bed = simulated();
    let is_root = bed.path("etc").metadata().unwrap().uid() == 0;
    let missing = PROGRAMS.iter().find(|name| !std::path::Path::new("/usr/sbin").join(name).exists());
    if !is_root || missing.is_some() {
        crate::diag::tier("shadow-utils", Some("shadow-utils are not installed, or this is not root"));
        return None;
    }
    crate::diag::tier("shadow-utils", None);
    for name in PROGRAMS {
        bed.program(name, &format!("#!/bin/sh\nexec /usr/sbin/{name} --prefix \"$INFRA_ROOT\" \"$@\"\n"));
    }
    for name in ["chown", "stat", "id"] {
        std::fs::remove_file(bed.path(&format!("bin/{name}"))).unwrap();
    }
    Some(bed)
}

fn hosts() -> Vec<Bed> {
    [Some(simulated()), real()].into_iter().flatten().collect()
}

fn user(name: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [&[("name", Value::from(name))], more].concat()
}

fn set(texts: &[&str]) -> Value {
    Value::set(crate::value::Type::STRING, texts.iter().map(|text| Value::from(*text)).collect())
}

/// The line of a name in one of the host's databases.
fn line(bed: &Bed, database: &str, name: &str) -> Option<String> {
    let text = bed.text(&format!("etc/{database}"));
    text.lines().find(|line| line.starts_with(&format!("{name}:"))).map(str::to_owned)
}

/// What the host says of something, by its own program.
fn said(bed: &Bed, program: &str, words: &[&str]) -> String {
    let own = bed.path(&format!("bin/{program}"));
    let program = if own.exists() { own } else { PathBuf::from(program) };
    let output = std::process::Command::new(program).args(words).env("INFRA_ROOT", bed.dir.path()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

fn owner(bed: &Bed, path: &str) -> String {
    said(bed, "stat", &["-c", "%u:%g %a", "--", bed.path(path).to_str().unwrap()])
}

#[tokio::test]
async fn a_group_is_made_renumbered_and_removed() {
    for bed in hosts() {
        let made = bed.put("op1", create(GROUP, "g", &user("app", &[("system", Value::from(true))]))).await;
        let gid = made.int("gid").unwrap();
        assert!((100..1000).contains(&gid) && made.id() == "10.0.0.5:app", "{made:?}");
        assert_eq!(bed.seen(GROUP, &made).await, Some(made.clone()));
        let with_gid = user("app", &[("system", Value::from(true)), ("gid", Value::from(2345))]);
        let changed = bed.put("op2", update(GROUP, "g", &made, &with_gid)).await;
        assert_eq!(changed.int("gid"), Some(2345));
        let taken = create(GROUP, "h", &user("other", &[("gid", Value::from(2345))]));
        assert!(failure(&bed.apply("op3", &[taken]).await[0]).contains("GID '2345' already exists"));
        let ends = bed.apply("op4", &[delete(GROUP, "g", &changed)]).await;
        assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "{ends:?}");
        assert_eq!((line(&bed, "group", "app"), bed.seen(GROUP, &changed).await), (None, None));
    }
}

#[tokio::test]
async fn a_user_is_made_with_its_group_home_and_keys() {
    for bed in hosts() {
        bed.write("etc/skel/.profile", "hello\n");
        let config = user(
            "app",
            &[
                ("group", Value::from("app")),
                ("groups", set(&["sudo", "adm"])),
                ("comment", Value::from("The app")),
                ("authorized_keys", set(&[KEY])),
                ("uid", Value::from(1200)),
                ("home", Value::from("/srv/deep/app")),
            ],
        );
        let members = [create(GROUP, "g", &user("app", &[])), create(USER, "u", &config)];
        let ends = bed.apply("op1", &members).await;
        let (group, made) = (applied(&ends[0]), applied(&ends[1]));
        let gid = group.int("gid").unwrap();
        assert!(line(&bed, "passwd", "app").unwrap().starts_with(&format!("app:x:1200:{gid}:The app:/srv/deep/app:")));
        assert!(line(&bed, "shadow", "app").unwrap().starts_with("app:*:"), "no password, and not locked");
        assert_eq!((made.bool("locked"), made.str("group")), (Some(false), Some("app")));
        for (path, mode) in [("", "755"), ("/.profile", "644"), ("/.ssh", "700"), ("/.ssh/authorized_keys", "600")] {
            let expected = format!("1200:{gid} {mode}");
            // The mode of a copied file is the mask's.
            let found = owner(&bed, &format!("srv/deep/app{path}"));
            assert!(
                found == expected || path == "/.profile" && found.starts_with(&format!("1200:{gid}")),
                "{path} {found}"
            );
        }
        assert_eq!(bed.text("srv/deep/app/.ssh/authorized_keys"), format!("{KEY}\n"));
        assert!(!bed.exists("srv/deep/.infra-home-app") && !bed.exists("srv/deep/app/.ssh/.infra-keys"));
        assert_eq!(bed.seen(USER, &made).await, Some(made.clone()));
        assert_eq!(bed.seen(USER, &plan(USER, None, &config)).await, Some(made.clone()), "adopted as identical");
        assert_eq!(bed.put("op2", update(USER, "u", &made, &config)).await, made, "nothing to do does no harm");

        let imported = resource(USER).import(&bed.hosts, &cx("import"), "10.0.0.5:/app").await.unwrap().unwrap();
        assert_eq!((imported.int("uid"), imported.id()), (Some(1200), made.id()));
        assert!(imported.get("groups").unwrap().is_null() && imported.get("authorized_keys").unwrap().is_null());
    }
}

#[tokio::test]
async fn each_attribute_drifts_by_itself_and_is_put_right() {
    for bed in hosts() {
        let config = user(
            "app",
            &[
                ("uid", Value::from(1200)),
                ("group", Value::from("staff")),
                ("groups", set(&["sudo"])),
                ("home", Value::from("/home/app")),
                ("shell", Value::from("/bin/sh")),
                ("comment", Value::from("it")),
                ("locked", Value::from(false)),
                ("authorized_keys", set(&[KEY])),
            ],
        );
        let made = bed.put("op1", create(USER, "u", &config)).await;
        let keys = "/home/app/.ssh/authorized_keys";
        let root = bed.dir.path().to_owned();
        let home = root.join("home/app").to_str().unwrap().to_owned();
        let told = root.join(keys.trim_start_matches('/')).to_str().unwrap().to_owned();
        let table: [(&str, &str, &[&str]); 11] = [
            ("uid", "usermod", &["-u", "1300", "app"]),
            ("group", "usermod", &["-g", "users", "app"]),
            ("groups", "usermod", &["-G", "", "app"]),
            ("home", "usermod", &["-d", "/home/app2", "-m", "app"]),
            ("shell", "usermod", &["-s", "/bin/false", "app"]),
            ("comment", "usermod", &["-c", "", "app"]),
            ("locked", "usermod", &["-L", "app"]),
            ("authorized_keys", "sh", &["-c", "echo ssh-rsa BBBB >>\"$0\"", &told]),
            ("drift", "chown", &["0:0", &told]),
            ("drift", "chmod", &["0666", &told]),
            ("drift", "rm", &["-rf", &home]),
        ];
        for (n, (attribute, program, words)) in table.into_iter().enumerate() {
            said(&bed, program, words);
            let found = bed.seen(USER, &made).await.unwrap();
            let differs = |name: &&Str| found.get(name) != made.get(name);
            let differing: Vec<&str> = made.iter().map(|(name, _)| name).filter(differs).map(|name| &**name).collect();
            // Keys belong to the number that their user had, or go with the home.
            assert!(differing.contains(&attribute), "{words:?}: {differing:?}");
            let others = differing.iter().filter(|name| **name != attribute);
            assert!(
                others.clone().all(|name| words[0] == "-rf" && *name == "authorized_keys"),
                "{words:?}: {differing:?}"
            );
            let mended = bed.put(&format!("mend{n}"), update(USER, "u", &found, &config)).await;
            assert_eq!(mended, made, "{words:?}");
            assert_eq!(bed.seen(USER, &made).await.as_ref(), Some(&made), "{words:?}");
        }
    }
}

/// What failed half-way is there, and what comes next goes on from it.
#[tokio::test]
async fn a_user_that_was_left_half_made_is_completed() {
    for bed in hosts() {
        let config = user("app", &[("groups", set(&["later"])), ("home", Value::from("/srv/homes/app"))]);
        let message = failure(&bed.apply("op1", &[create(USER, "u", &config)]).await[0]);
        assert!(message.contains("later"), "{message}");
        assert!(line(&bed, "passwd", "app").is_some() && !bed.exists("srv/homes/app"));

        bed.put("op2", create(GROUP, "g", &user("later", &[]))).await;
        bed.write("srv/homes", "no folder");
        let found = bed.seen(USER, &plan(USER, None, &config)).await.unwrap();
        let message = failure(&bed.apply("op3", &[update(USER, "u", &found, &config)]).await[0]);
        assert!(message.contains("the home /srv/homes/app cannot be made"), "{message}");

        std::fs::remove_file(bed.path("srv/homes")).unwrap();
        let found = bed.seen(USER, &plan(USER, None, &config)).await.unwrap();
        assert_eq!(found.strings("drift").unwrap().len(), 1, "{found:?}");
        let made = bed.put("op4", update(USER, "u", &found, &config)).await;
        assert!(bed.exists("srv/homes/app") && line(&bed, "group", "later").unwrap().ends_with(":app"));
        assert_eq!(bed.seen(USER, &made).await, Some(made));
    }
}

#[tokio::test]
async fn groups_of_others_stay_unless_they_are_excluded() {
    for bed in hosts() {
        let of =
            |groups: &[&str], more: &[(&'static str, Value)]| user("app", &[&[("groups", set(groups))], more].concat());
        let member = |group: &str| line(&bed, "group", group).unwrap().ends_with(":app");
        let made = bed.put("op1", create(USER, "u", &of(&["adm", "sudo"], &[]))).await;
        said(&bed, "usermod", &["-a", "-G", "video", "app"]);
        assert_eq!(bed.seen(USER, &made).await, Some(made.clone()), "somebody else's is no drift");
        let made = bed.put("op2", update(USER, "u", &made, &of(&["adm", "audio"], &[]))).await;
        assert_eq!(["adm", "audio", "video", "sudo"].map(member), [true, true, true, false]);
        let exclusive = [("exclusive_groups", Value::from(true))];
        let found = bed.seen(USER, &plan(USER, Some(&made), &of(&["adm"], &exclusive))).await.unwrap();
        assert_eq!(found.strings("groups").unwrap().len(), 3, "{found:?}");
        bed.put("op3", update(USER, "u", &found, &of(&["adm"], &exclusive))).await;
        assert_eq!(["adm", "audio", "video", "sudo"].map(member), [true, false, false, false]);
        let lost = bed.apply("op4", &[update(USER, "u", &made, &of(&["nowhere"], &[]))]).await;
        assert!(failure(&lost[0]).contains("group 'nowhere' does not exist"), "{lost:?}");
    }
}

#[tokio::test]
async fn a_lock_is_put_on_and_taken_off_whatever_is_behind_it() {
    for bed in hosts() {
        let locked = |is: bool| user("app", &[("locked", Value::from(is)), ("create_home", Value::from(false))]);
        let secret = |bed: &Bed| line(bed, "shadow", "app").unwrap().split(':').nth(1).unwrap().to_owned();
        let mut made = bed.put("op1", create(USER, "u", &locked(true))).await;
        assert_eq!((secret(&bed).as_str(), bed.exists("home/app")), ("!*", false));
        for (n, (before, is_locked, after)) in [
            ("!*", false, "*"),
            ("*", true, "!*"),
            ("!", false, "*"),
            ("!$y$hash", false, "$y$hash"),
            ("$y$hash", true, "!$y$hash"),
        ]
        .into_iter()
        .enumerate()
        {
            said(&bed, "usermod", &["-p", before, "app"]);
            made = bed.put(&format!("op-{n}"), update(USER, "u", &made, &locked(is_locked))).await;
            assert_eq!((secret(&bed).as_str(), made.bool("locked")), (after, Some(is_locked)), "{before}");
        }
        assert!(!format!("{made:?}").contains("hash"));
    }
}

#[tokio::test]
async fn a_user_goes_only_when_asked_and_takes_only_what_is_its_own() {
    for bed in hosts() {
        let made = bed.put("op1", create(USER, "u", &user("app", &[]))).await;
        assert!(line(&bed, "group", "app").is_some(), "a group of its own");
        assert!(resource(USER).keeps(&made, &Json::Null).is_some());
        let ends = bed.apply("op2", &[delete(USER, "u", &made)]).await;
        assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "{ends:?}");
        assert!(line(&bed, "passwd", "app").is_some(), "replaced by another, it stays");

        let asked = made.set("remove", true);
        assert_eq!(resource(USER).keeps(&asked, &Json::Null), None);
        said(&bed, "chown", &["0:0", bed.path("home/app").to_str().unwrap()]);
        let ends = bed.apply("op3", &[delete(USER, "u", &asked.set("remove_home", true))]).await;
        assert!(failure(&ends[0]).contains("the home /home/app does not belong to app"), "{ends:?}");
        bed.apply("op4", &[delete(USER, "u", &asked)]).await;
        assert_eq!((line(&bed, "passwd", "app"), line(&bed, "group", "app")), (None, None));
        assert!(bed.exists("home/app") && bed.seen(USER, &made).await.is_none());

        // A group that was there before it stays when it goes, and one that its user still has stays with it.
        let members = [create(GROUP, "g", &user("web", &[])), create(USER, "u", &user("web", &[]))];
        let ends = bed.apply("op5", &members).await;
        let (group, web) = (applied(&ends[0]), applied(&ends[1]).set("remove", true).set("remove_home", true));
        bed.apply("op6", &[delete(GROUP, "g", &group)]).await;
        assert!(line(&bed, "group", "web").is_some());
        bed.apply("op7", &[delete(USER, "u", &web)]).await;
        assert_eq!((line(&bed, "passwd", "web"), bed.exists("home/web")), (None, false));
        assert_eq!(bed.seen(GROUP, &group).await, Some(group.clone()));
        bed.apply("op8", &[delete(GROUP, "g", &group)]).await;
        assert_eq!(line(&bed, "group", "web"), None);
    }
}

#[tokio::test]
async fn whoever_we_are_is_not_removed() {
    let bed = simulated();
    bed.put("op1", create(USER, "u", &user("deploy", &[]))).await;
    let deploy = plan(USER, None, &user("deploy", &[("remove", Value::from(true))]));
    let machine = machine::named(&Endpoint::parse("deploy@10.0.0.5").unwrap());
    let login = deploy.set("host", Value::Object(Arc::new(machine)));
    let root = plan(USER, None, &user("daemon", &[])).set("name", "root").set("remove", true);
    for (n, prior) in [&login, &root].into_iter().enumerate() {
        let ends = bed.apply(&format!("op-{n}"), &[delete(USER, "u", prior)]).await;
        assert!(failure(&ends[0]).contains("is not removed: we are logged in as that user"), "{ends:?}");
    }
    assert!(line(&bed, "passwd", "deploy").is_some() && line(&bed, "passwd", "root").is_some());
    let problems = |config: &Object| -> Vec<String> {
        resource(USER)
            .validate(config)
            .into_iter()
            .map(|problem| format!("{}: {}", problem.path, problem.summary))
            .collect()
    };
    assert_eq!(problems(&login), ["remove: Login in use"]);
    assert_eq!(problems(&root), ["remove: Login in use"]);
    let shut = login.set("remove", false).set("shell", "/bin/false").set("authorized_keys", set(&[]));
    assert_eq!(problems(&shut), ["authorized_keys: Login in use", "shell: Login in use"]);
}

#[tokio::test]
async fn what_cannot_be_a_user_is_said_before_anything_is_asked() {
    let with = |more: &[(&'static str, Value)]| {
        let mut object = plan(USER, None, &user("app", &[]));
        for (name, value) in more {
            object = object.set(name, value.clone());
        }
        resource(USER).validate(&object).into_iter().map(|problem| problem.path.to_string()).collect::<Vec<_>>()
    };
    for (name, value) in [
        ("name", Value::from("0day")),
        ("name", Value::from("a:b")),
        ("uid", Value::from(0)),
        ("uid", Value::from(-1)),
        ("group", Value::from("a b")),
        ("home", Value::from("srv")),
        ("home", Value::from("/srv/a:b")),
        ("shell", Value::from("sh")),
        ("comment", Value::from("a:b")),
        ("exclusive_groups", Value::from(true)),
        ("remove_home", Value::from(true)),
    ] {
        assert_eq!(with(&[(name, value.clone())]), [name], "{value:?}");
    }
    assert_eq!(with(&[("authorized_keys", set(&["nonsense"]))]).len(), 1);
    assert_eq!(with(&[("groups", set(&["a,b"]))]).len(), 1);
    assert_eq!(with(&[("home", Value::from("/"))]), Vec::<String>::new());
}

#[tokio::test]
async fn keys_are_not_written_through_links() {
    for bed in hosts() {
        let keys = [("authorized_keys", set(&[KEY]))];
        let made = bed.put("op1", create(USER, "u", &user("app", &[]))).await;
        std::fs::create_dir(bed.path("opt/target")).unwrap();
        bed.write("opt/file", "mine");
        symlink(bed.path("opt/target"), bed.path("home/app/.ssh")).unwrap();
        let ends = bed.apply("op2", &[update(USER, "u", &made, &user("app", &keys))]).await;
        assert!(failure(&ends[0]).contains("/home/app/.ssh: the folder leads elsewhere"), "{ends:?}");
        assert_eq!(std::fs::read_dir(bed.path("opt/target")).unwrap().count(), 0);
        std::fs::remove_file(bed.path("home/app/.ssh")).unwrap();
        std::fs::create_dir(bed.path("home/app/.ssh")).unwrap();
        for name in ["authorized_keys", ".infra-keys"] {
            symlink(bed.path("opt/file"), bed.path(&format!("home/app/.ssh/{name}"))).unwrap();
        }
        let found = bed.seen(USER, &plan(USER, Some(&made), &user("app", &keys))).await.unwrap();
        assert_eq!(found.strings("drift").unwrap().len(), 1, "{found:?}");
        bed.put("op3", update(USER, "u", &found, &user("app", &keys))).await;
        assert_eq!(bed.text("opt/file"), "mine");
        assert!(bed.path("home/app/.ssh/authorized_keys").symlink_metadata().unwrap().is_file());
    }
}

#[tokio::test]
async fn a_host_without_the_programs_says_so_and_this_machine_is_left_alone() {
    let bed = simulated();
    std::fs::remove_file(bed.path("bin/useradd")).unwrap();
    let ends = bed.apply("op1", &[create(USER, "u", &user("infra-test-user", &[]))]).await;
    assert!(failure(&ends[0]).contains("this host has no useradd"), "{ends:?}");
    std::fs::remove_file(bed.path("bin/getent")).unwrap();
    let reference = plan(USER, None, &user("root", &[]));
    assert!(matches!(bed.read(USER, &reference).await, Read::Stale(why) if why.contains("getent")));
    assert!(!std::fs::read_to_string("/etc/passwd").unwrap().contains("infra-test-user"));
}

#[tokio::test]
async fn files_belong_to_users_that_only_the_host_has() {
    let bed = simulated();
    let own = [("owner", Value::from("app")), ("group", Value::from("app"))];
    let file = [&strings([("path", "/srv/it"), ("content", "x"), ("mode", "0640")])[..], &own].concat();
    let folder = [&[("path", Value::from("/srv"))], &own[..]].concat();
    let ends = bed.apply("op1", &[create(USER, "u", &user("app", &[])), create("host_directory", "d", &folder)]).await;
    let folder = applied(&ends[1]);
    let made = bed.put("op2", create(FILE, "f", &file)).await;
    assert_eq!([&made, &folder].map(|object| object.str("owner")), [Some("app"); 2]);
    said(&bed, "chown", &["nobody", bed.path("srv/it").to_str().unwrap()]);
    let found = bed.seen(FILE, &made).await.unwrap();
    assert_eq!((found.str("owner"), found.str("group")), (Some("nobody"), Some("app")));
    assert_eq!(bed.put("op3", update(FILE, "f", &found, &file)).await, made);
    let lost = strings([("path", "/srv/it"), ("content", "x"), ("mode", "0640"), ("owner", "none")]);
    let ends = bed.apply("op4", &[update(FILE, "f", &made, &lost)]).await;
    assert!(failure(&ends[0]).contains("invalid user"), "{ends:?}");
}
