use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;

fn file(path: &str, content: &str) -> Vec<(&'static str, Value)> {
    vec![("path", Value::from(path)), ("content", Value::from(content))]
}

#[tokio::test]
async fn a_file_is_made_changed_and_removed_and_read_as_it_is() {
    let bed = Bed::new();
    let made = bed.put("op1", create(FILE, "host_file.a", &file("/etc/a", "one\n"))).await;
    assert_eq!((bed.text("etc/a").as_str(), made.str("mode"), made.int("size")), ("one\n", Some("0644"), Some(4)));
    assert_eq!(made.id(), "10.0.0.5:/etc/a");
    assert_eq!(bed.seen(FILE, &made).await, Some(made.clone()));

    let mut config = file("/etc/a", "two");
    config.push(("mode", Value::from("600")));
    let changed = bed.put("op2", update(FILE, "host_file.a", &made, &config)).await;
    assert_eq!(bed.path("etc/a").metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(changed.str("mode"), Some("600"), "as it was written");
    assert_eq!(bed.seen(FILE, &changed).await, Some(changed.clone()));
    let kept = content::digest(b"one\n");
    // What was there before is kept no longer than the transaction takes: it may have held what must not be found.
    assert!(!bed.exists(&format!("var/lib/infra/cas/{kept}")));

    bed.write("etc/a", "drifted");
    let drifted = bed.seen(FILE, &changed).await.unwrap();
    assert_eq!(drifted.str("content"), Some("drifted"));
    let ends = bed.apply("op3", &[delete(FILE, "host_file.a", &drifted)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }));
    assert!(!bed.exists("etc/a") && bed.seen(FILE, &drifted).await.is_none());
    let ends = bed.apply("op4", &[delete(FILE, "host_file.a", &drifted)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "gone already");
}

#[tokio::test]
async fn any_name_and_any_content_survive_both_ways() {
    let bed = Bed::new();
    let large = "0123456789abcde\n".repeat(65536);
    let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("/etc/a b", b"no final newline".to_vec()),
        ("/etc/it's \"q\" $x `y` \\z", b"it's \"quoted\" $HOME `id` \\n %s\n".to_vec()),
        ("/etc/two\nlines", b"\n\n".to_vec()),
        ("/etc/-n", b"-e".to_vec()),
        ("/etc/*", Vec::new()),
        ("/etc/\u{e4}\u{2192}", "ä→\u{1f600}\r\n\t".into()),
        ("/etc/binary", binary),
        ("/etc/large", large.into_bytes()),
        ("/etc/end", b"end\nop x\n'".to_vec()),
    ];
    let config = |path: &str, content: &[u8]| match std::str::from_utf8(content) {
        Ok(text) => file(path, text),
        Err(_) => vec![("path", Value::from(path)), ("content_base64", Value::from(STANDARD.encode(content)))],
    };
    let members: Vec<Member> = cases.iter().map(|(path, content)| create(FILE, path, &config(path, content))).collect();
    let ends = bed.apply("op1", &members).await;
    for ((path, content), end) in cases.iter().zip(&ends) {
        let object = applied(end);
        assert!(std::fs::read(bed.path(path)).unwrap() == *content, "{path:?}");
        // Without knowing it, as an import does.
        let endpoint = Endpoint::parse("10.0.0.5").unwrap();
        let id = format!("{endpoint}:{path}");
        let found = resource(FILE).import(&bed.hosts, &cx("read"), &id).await.unwrap().unwrap();
        assert_eq!(found.get("content"), object.get("content"), "{path:?}");
        assert_eq!(found.get("content_base64"), object.get("content_base64"), "{path:?}");
        assert_eq!(found.str("digest"), object.str("digest"));
    }
    let leftovers = std::fs::read_dir(bed.path("etc")).unwrap();
    assert!(leftovers.flatten().all(|entry| !entry.file_name().to_string_lossy().starts_with(".infra")));
}

#[tokio::test]
async fn an_adopted_file_is_not_written() {
    let bed = Bed::new();
    bed.write("etc/motd", "hello");
    let inode = || bed.path("etc/motd").metadata().unwrap().ino();
    let before = inode();
    // As a create that nobody looked before, and as an adoption.
    let config = file("/etc/motd", "hello");
    bed.put("op1", create(FILE, "host_file.motd", &config)).await;
    assert_eq!(inode(), before);
    assert!(resource(FILE).adopts());
    let proposed = plan(FILE, None, &config);
    let found = bed.seen(FILE, &proposed).await.unwrap();
    assert_eq!(plan(FILE, Some(&found), &config), found, "identical: nothing to do");
    let differs = bed.seen(FILE, &plan(FILE, None, &file("/etc/motd", "bye"))).await.unwrap();
    assert_eq!(differs.str("content"), Some("hello"), "the diff is known");
    bed.put("op2", update(FILE, "host_file.motd", &differs, &file("/etc/motd", "bye"))).await;
    assert_eq!(bed.text("etc/motd"), "bye");
    // Only the mode: the file stays, its mode changes.
    let found = bed.seen(FILE, &plan(FILE, None, &file("/etc/motd", "bye"))).await.unwrap();
    let before = inode();
    let config = [file("/etc/motd", "bye"), strings([("mode", "0640")])].concat();
    bed.put("op3", update(FILE, "host_file.motd", &found, &config)).await;
    assert_eq!((inode(), bed.path("etc/motd").metadata().unwrap().mode() & 0o777), (before, 0o640));
}

#[tokio::test]
async fn a_symlink_is_replaced_and_never_written_through() {
    let bed = Bed::new();
    bed.write("etc/real", "precious");
    symlink("real", bed.path("etc/link")).unwrap();
    let config = file("/etc/link", "mine");
    let found = bed.seen(FILE, &plan(FILE, None, &config)).await.unwrap();
    assert!(found.get("digest").unwrap().is_null());
    assert_eq!(found.str("instead"), Some("a symlink to real"));
    let warnings = resource(FILE).plan(Some(&found), plan(FILE, Some(&found), &config)).warnings;
    assert!(warnings.len() == 1 && warnings[0].detail.contains("/etc/link is a symlink to real."), "{warnings:?}");
    let made = bed.put("op1", update(FILE, "host_file.link", &found, &config)).await;
    assert!(made.get("instead").unwrap().is_null());
    assert!(resource(FILE).plan(Some(&made), made.clone()).warnings.is_empty());
    assert_eq!((bed.text("etc/real").as_str(), bed.text("etc/link").as_str()), ("precious", "mine"));
    assert!(!bed.path("etc/link").symlink_metadata().unwrap().is_symlink());
}

/// Where a symlink leads is told whatever it leads to, by one program for all and by one for each.
#[tokio::test]
async fn what_stands_in_the_place_of_a_file_is_told() {
    let bed = Bed::new();
    bed.write("opt/real/it", "x");
    symlink("/no where/ä", bed.path("opt/dangling")).unwrap();
    symlink("real", bed.path("opt/folder")).unwrap();
    symlink("/dev/null", bed.path("opt/line\nend")).unwrap();
    for (path, told) in [
        ("/opt/dangling", "a symlink to /no where/ä"),
        ("/opt/folder", "a symlink to real"),
        ("/opt/line\nend", "a symlink to /dev/null"),
        ("/opt/real", "a directory"),
    ] {
        let config = file(path, "mine");
        let found = bed.seen(FILE, &plan(FILE, None, &config)).await.unwrap();
        assert_eq!(found.str("instead"), Some(told), "{path:?}");
        let warnings = resource(FILE).plan(Some(&found), plan(FILE, Some(&found), &config)).warnings;
        let is_replaced = told.starts_with("a symlink");
        assert_eq!(warnings[0].summary == "Symlink is replaced", is_replaced, "{warnings:?}");
        let end = &bed.apply("op1", &[update(FILE, "f", &found, &config)]).await[0];
        assert_eq!(matches!(end, MemberEnd::Applied { .. }), is_replaced, "{end:?}");
    }
}

#[tokio::test]
async fn what_was_not_seen_is_not_overwritten() {
    let bed = Bed::new();
    let made = bed.put("op1", create(FILE, "host_file.a", &file("/etc/a", "one"))).await;
    bed.write("etc/a", "someone else's");
    std::fs::create_dir(bed.path("etc/folder")).unwrap();
    let parents = vec![("create_parents", Value::from(true))];
    let cases = [
        (update(FILE, "host_file.a", &made, &file("/etc/a", "two")), "changed since it was last read"),
        (delete(FILE, "host_file.a", &made), "changed since it was last read"),
        (create(FILE, "host_file.a", &file("/etc/a", "two")), "is there already, with another content"),
        (create(FILE, "host_file.f", &file("/etc/folder", "x")), "is a directory"),
        (create(FILE, "host_file.f", &file("/etc/no/such/x", "x")), "the folder /etc/no/such does not exist"),
        (create(FILE, "host_file.f", &file("/etc/a/x", "x")), "/etc/a is no folder"),
        (create(FILE, "host_file.f", &[file("/etc/a/b/c/x", "x"), parents].concat()), "/etc/a is no folder"),
        (
            create(FILE, "host_file.o", &[file("/etc/o", "x"), strings([("owner", "nobody-here")])].concat()),
            "nobody-here",
        ),
    ];
    for (at, (member, expected)) in cases.into_iter().enumerate() {
        let other = create(FILE, "host_file.other", &file("/etc/other", "x"));
        let ends = bed.apply(&format!("bad{at}"), &[other, member]).await;
        let message = failure(&ends[1]);
        assert!(message.contains(expected), "{message}");
        assert!(matches!(ends[0], MemberEnd::Untouched) && !bed.exists("etc/other"), "{ends:?}");
        let names = std::fs::read_dir(bed.path("etc")).unwrap().flatten().map(|entry| entry.file_name());
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        assert_eq!(names, ["a", "folder", "systemd"]);
    }
    assert_eq!(bed.text("etc/a"), "someone else's");
    // All that is wrong is told in one go, of a unit and of files that bring much as of those that bring nothing.
    let members = [
        update(FILE, "host_file.a", &made, &file("/etc/a", "two")),
        create(FILE, "host_file.other", &file("/etc/other", &"x".repeat(100_000))),
        create(FILE, "host_file.f", &file("/etc/folder", "xyz")),
        create(FILE, "host_file.last", &file("/etc/last", "x")),
        create(UNIT, "host_systemd_unit.u", &[("name", Value::from("u.service")), ("text", Value::from("refused"))]),
    ];
    let ends = bed.apply("bads", &members).await;
    assert!(
        failure(&ends[0]).contains("changed since it was last read") && failure(&ends[2]).contains("is a directory")
    );
    assert!(failure(&ends[0]).contains("Nothing was changed on this host."), "{ends:?}");
    assert!([1, 3, 4].map(|at| matches!(ends[at], MemberEnd::Untouched)).iter().all(|is| *is), "{ends:?}");
    let units = ["a", "b", "c"].map(|name| {
        let text = if name == "b" { "[Service]" } else { "refused" };
        create(UNIT, name, &[("name", Value::from(format!("{name}.service"))), ("text", Value::from(text))])
    });
    let ends = bed.apply("texts", &units).await;
    assert!(
        failure(&ends[0]).contains("a.service: this is refused") && failure(&ends[2]).contains("c.service: this is")
    );
    assert!(matches!(ends[1], MemberEnd::Untouched) && bed.calls().is_empty(), "{ends:?}");
    let config = [file("/etc/no/such/x", "x"), vec![("create_parents", Value::from(true))]].concat();
    bed.put("op2", create(FILE, "host_file.f", &config)).await;
    assert_eq!(bed.path("etc/no/such").metadata().unwrap().mode() & 0o777, 0o755);
}

#[tokio::test]
async fn one_command_reads_a_host_whatever_is_on_it() {
    let bed = Bed::new();
    let paths: Vec<String> = (0..40).map(|n| format!("/etc/f{n}")).collect();
    let members: Vec<Member> = paths.iter().map(|path| create(FILE, path, &file(path, path))).collect();
    let ends = bed.apply("op1", &members).await;
    assert_eq!(bed.commands(), 1, "one command applies");
    let mut items: Vec<BatchItem> = ends
        .iter()
        .map(|end| BatchItem { ty: FILE.to_owned(), item: ReadItem { prior: applied(end), private: Json::Null } })
        .collect();
    let unit = plan(UNIT, None, &strings([("name", "a.service"), ("text", "x")]));
    let machine = host().as_object().unwrap().clone();
    for (ty, prior) in [(UNIT, unit), ("host_machine", machine.clone())] {
        items.push(BatchItem { ty: ty.to_owned(), item: ReadItem { prior, private: Json::Null } });
    }
    let key = resource("host_machine").read_key(&machine).unwrap();
    assert!(items.iter().all(|item| resource(&item.ty).read_key(&item.item.prior).as_ref() == Some(&key)));
    let reads = HostBatch.read(&bed.hosts, &cx("read"), &key, &items).await;
    assert_eq!(bed.commands(), 1, "one command reads");
    for (item, read) in items.iter().zip(&reads[..40]) {
        assert!(matches!(read, Ok(Read::Present(object)) if *object == item.item.prior));
    }
    assert!(matches!(reads[40], Ok(Read::Absent)));
    let Ok(Read::Present(machine)) = &reads[41] else { panic!("{:?}", reads[41]) };
    assert!(machine.int("cpus").unwrap() > 0 && machine.int("memory_mb").unwrap() > 0);
}

#[tokio::test]
async fn a_host_that_is_gone_takes_its_files_along() {
    let bed = Bed::new();
    let made = bed.put("op1", create(FILE, "host_file.a", &file("/etc/a", "one"))).await;
    *bed.shared.root.lock().unwrap() = None;
    let Read::Stale(why) = bed.read(FILE, &made).await else { panic!("not stale") };
    assert!(why.ends_with("there is no such host any more"), "{why}");
    let ends = bed.apply("op2", &[delete(FILE, "host_file.a", &made)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }));
    resource(FILE).delete(&bed.hosts, &cx("op3"), &made).await.unwrap();
}

#[tokio::test]
async fn a_secret_marks_its_hash_and_keeps_its_mark() {
    let bed = Bed::new();
    let config = [("path", Value::from("/etc/s")), ("content", Value::from("secret").sensitive())];
    let made = bed.put("op1", create(FILE, "host_file.s", &config)).await;
    bed.write("etc/s", "changed");
    let seen = bed.seen(FILE, &made).await.unwrap();
    for object in [&made, &seen] {
        assert!(object.get("content").unwrap().is_sensitive() && object.get("digest").unwrap().is_sensitive());
    }
    let printed = format!("{made:?}{seen:?}");
    assert!(!printed.contains("secret\"") && !printed.contains("changed"), "{printed}");
}

#[test]
fn a_file_that_cannot_be_is_refused_before_anything_is_done() {
    let schema = resource(FILE).schema();
    let base =
        machine::nulls(schema.ty()).set("host", host()).set("path", "/a").set("content", "x").set("mode", "0644");
    for (object, expected) in [
        (base.clone(), vec![]),
        (base.set("path", "a"), vec!["path"]),
        (base.set("path", "/a/../b"), vec!["path"]),
        (base.set("path", "/"), vec!["path"]),
        (base.set("mode", "rw"), vec!["mode"]),
        (base.set("mode", "0688"), vec!["mode"]),
        (base.set("owner", "a:b"), vec!["owner"]),
        (base.set("content_base64", "eA=="), vec!["content"]),
        (
            base.set("content", Value::Null(crate::value::Type::STRING)).set("content_base64", "?"),
            vec!["content_base64"],
        ),
        (base.set("host", "web"), vec!["host"]),
    ] {
        let paths: Vec<String> =
            resource(FILE).validate(&object).iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(paths, expected, "{object:?}");
    }
}
