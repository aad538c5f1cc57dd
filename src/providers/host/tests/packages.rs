use super::*;

const PACKAGE: &str = "host_package";

fn package(name: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [&[("name", Value::from(name))], more].concat()
}

fn pin(version: &str) -> (&'static str, Value) {
    ("version", Value::from(version))
}

fn bed() -> Bed {
    let bed = Bed::new();
    bed.write("repository", "nginx 1.26.1-1\nnginx 1.24.0-2\nredis 7.0.15-1\nsour 1\ngrasping 1\n");
    std::fs::create_dir_all(bed.path("var/lib/apt/lists")).unwrap();
    bed
}

#[tokio::test]
async fn packages_of_a_host_are_installed_changed_and_removed_in_one_call_each() {
    let bed = bed();
    let members = [
        create(PACKAGE, "p.nginx", &package("nginx", &[pin("1.24.*"), ("held", Value::from(true))])),
        create(PACKAGE, "p.redis", &package("redis", &[])),
    ];
    let ends = bed.apply("op1", &members).await;
    let (nginx, redis) = (applied(&ends[0]), applied(&ends[1]));
    let told = |object: &Object| (object.str("version").map(str::to_owned), object.str("installed").map(str::to_owned));
    assert_eq!(told(&nginx), (Some("1.24.*".to_owned()), Some("1.24.0-2".to_owned())));
    assert_eq!(told(&redis), (None, Some("7.0.15-1".to_owned())));
    assert_eq!((nginx.bool("held"), nginx.bool("ours"), nginx.id()), (Some(true), Some(true), "10.0.0.5:nginx"));
    let calls = bed.calls();
    let installs: Vec<&String> = calls.iter().filter(|call| call.contains(" install ")).collect();
    assert_eq!(installs.len(), 2, "a rehearsal and the call itself: {calls:?}");
    assert!(
        installs[1].ends_with("install nginx=1.24.0-2 redis=7.0.15-1") && !installs[1].contains(" -s "),
        "{calls:?}"
    );
    assert!(calls.contains(&"policy nginx 101".to_owned()), "{calls:?}");
    assert!(!bed.exists("usr/sbin/policy-rc.d"));

    // Nothing to do is one question, and nothing is asked of the lists.
    bed.commands();
    assert_eq!(bed.seen(PACKAGE, &nginx).await, Some(nginx.clone()));
    assert_eq!((bed.commands(), bed.calls()), (1, Vec::new()));

    let newer = update(PACKAGE, "p.nginx", &nginx, &package("nginx", &[pin("1.26.1-1")]));
    assert_eq!(planned_of(&newer).unwrap().str("installed"), Some("1.26.1-1"), "an exact pin is known before");
    let nginx = bed.put("op2", newer).await;
    assert_eq!((nginx.str("installed"), nginx.bool("held")), (Some("1.26.1-1"), Some(false)));

    let purged = nginx.set("purge", true);
    let ends = bed.apply("op3", &[delete(PACKAGE, "p.nginx", &purged), delete(PACKAGE, "p.redis", &redis)]).await;
    assert!(ends.iter().all(|end| matches!(end, MemberEnd::Applied { object: None, .. })), "{ends:?}");
    assert!(!bed.exists("packages/nginx") && !bed.exists("packages/redis"));
    assert!(bed.seen(PACKAGE, &nginx).await.is_none());
}

#[tokio::test]
async fn what_was_there_before_us_is_adopted_and_let_go_of() {
    let bed = bed();
    bed.write("packages/nginx", "install installed 1.24.0-2\n");
    let found = bed.seen(PACKAGE, &plan(PACKAGE, None, &package("nginx", &[]))).await.unwrap();
    assert_eq!((found.str("installed"), found.bool("ours")), (Some("1.24.0-2"), Some(false)));
    assert_eq!(plan(PACKAGE, Some(&found), &package("nginx", &[])), found, "identical");
    let ends = bed.apply("op1", &[delete(PACKAGE, "p", &found)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "{ends:?}");
    assert_eq!(bed.text("packages/nginx"), "install installed 1.24.0-2\n");

    // Another version than the one wanted is a difference that shows both, and what it would become.
    let found = bed.seen(PACKAGE, &plan(PACKAGE, None, &package("nginx", &[pin("1.26.*")]))).await.unwrap();
    assert_eq!((found.str("version"), found.str("candidate")), (Some("1.24.0-2"), Some("1.26.1-1")));
    let changed = update(PACKAGE, "p", &found, &package("nginx", &[pin("1.26.*")]));
    assert_eq!(planned_of(&changed).unwrap().str("installed"), Some("1.26.1-1"));
    let changed = bed.put("op2", changed).await;
    assert_eq!((changed.str("installed"), changed.bool("ours")), (Some("1.26.1-1"), Some(false)));
}

#[tokio::test]
async fn what_cannot_be_had_is_refused_before_anything_is_installed() {
    let bed = bed();
    for (name, version, expected) in [
        ("nowhere", "1.*", "nowhere is not among the packages that this host can install"),
        (
            "nginx",
            "1.99.*",
            "no version of nginx that this host can install matches 1.99.* (there is 1.26.1-1, 1.24.0-2)",
        ),
    ] {
        let members = [
            create(PACKAGE, "p.redis", &package("redis", &[])),
            create(PACKAGE, "p.other", &package(name, &[pin(version)])),
        ];
        let ends = bed.apply("op1", &members).await;
        assert!(failure(&ends[1]).contains(expected), "{ends:?}");
        assert!(matches!(ends[0], MemberEnd::Untouched) && !bed.exists("packages/redis"), "{ends:?}");
    }
    let both = ["nowhere", "redis", "neither"].map(|name| create(PACKAGE, name, &package(name, &[])));
    let ends = bed.apply("op5", &both).await;
    assert!(failure(&ends[0]).contains("nowhere is not among") && failure(&ends[2]).contains("neither is not among"));
    assert!(matches!(ends[1], MemberEnd::Untouched), "{ends:?}");
    // The lists are renewed before that is said.
    bed.write("coming", "nowhere 3\n");
    let made = bed.put("op2", create(PACKAGE, "p.other", &package("nowhere", &[]))).await;
    assert_eq!(made.str("installed"), Some("3"));
    // Also where it is not the last that is asked for.
    bed.write("coming", "later 4\n");
    let both = ["later", "redis"].map(|name| create(PACKAGE, name, &package(name, &[])));
    let ends = bed.apply("op4", &both).await;
    let told = [&ends[0], &ends[1]].map(|end| applied(end).str("installed").map(str::to_owned));
    assert_eq!(told, [Some("4".to_owned()), Some("7.0.15-1".to_owned())]);

    bed.write("packages/victim", "install installed 1\n");
    let ends = bed.apply("op3", &[create(PACKAGE, "p", &package("grasping", &[]))]).await;
    assert!(failure(&ends[0]).contains("this would remove others too: victim"), "{ends:?}");
    assert!(bed.exists("packages/victim") && !bed.exists("packages/grasping"));
}

#[tokio::test]
async fn each_member_is_told_as_it_is_when_the_call_fails() {
    let bed = bed();
    let policy = "#!/bin/sh\nexit 0\n";
    bed.write("usr/sbin/policy-rc.d", policy);
    let members = ["nginx", "sour", "redis"].map(|name| create(PACKAGE, name, &package(name, &[])));
    let ends = bed.apply("op1", &members).await;
    assert_eq!(applied(&ends[0]).str("installed"), Some("1.26.1-1"));
    for end in &ends[1..] {
        assert!(
            failure(end).contains("apt-get ends with 100:") && failure(end).contains("its script failed"),
            "{ends:?}"
        );
    }
    assert_eq!(bed.text("usr/sbin/policy-rc.d"), policy, "somebody else's is put back");
    let told = HostBundle.receipt(&bed.hosts, &cx("find"), "op1", &members).await.unwrap().unwrap();
    assert!(
        matches!(told[0], MemberEnd::Applied { .. }) && failure(&told[2]).contains("its script failed"),
        "{told:?}"
    );
    // It stands there half installed: that shows, and is not taken for installed.
    let found = bed.seen(PACKAGE, &plan(PACKAGE, None, &package("sour", &[]))).await.unwrap();
    assert!(found.get("installed").unwrap().is_null() && found.bool("ours") == Some(true), "{found:?}");
}

#[tokio::test]
async fn a_services_start_is_allowed_where_it_is_wanted() {
    let bed = bed();
    let starts = ("start_services", Value::from(true));
    let members = [create(PACKAGE, "a", &package("redis", &[])), create(PACKAGE, "b", &package("nginx", &[starts]))];
    bed.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 7\n");
    std::fs::set_permissions(bed.path("usr/sbin/policy-rc.d"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    bed.apply("op1", &members).await;
    let calls = bed.calls();
    assert!(
        calls.contains(&"policy redis 101".to_owned()) && calls.contains(&"policy nginx 7".to_owned()),
        "{calls:?}"
    );
}

#[tokio::test]
async fn a_private_root_never_reaches_the_machines_packages() {
    let bed = bed();
    *bed.shared.bin.lock().unwrap() = Some(bed.path("opt"));
    let reference = plan(PACKAGE, None, &package("nginx", &[]));
    let Read::Stale(why) = bed.read(PACKAGE, &reference).await else { panic!("it was read") };
    assert!(why.contains("no package manager"), "{why}");
    let ends = bed.apply("op1", &[create(PACKAGE, "p", &package("nginx", &[]))]).await;
    assert!(failure(&ends[0]).contains("no package manager"), "{ends:?}");
}
