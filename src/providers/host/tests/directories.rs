use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;

use super::*;

const DIRECTORY: &str = "host_directory";

fn directory(path: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [&[("path", Value::from(path))], more].concat()
}

#[tokio::test]
async fn a_directory_is_made_changed_and_removed_and_read_as_it_is() {
    let bed = Bed::new();
    let made = bed.put("op1", create(DIRECTORY, "host_directory.a", &directory("/srv-a b", &[]))).await;
    let mode = |path: &str| bed.path(path).metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("srv-a b"), made.str("mode"), made.id()), (0o755, Some("0755"), "10.0.0.5:/srv-a b"));
    assert_eq!(bed.seen(DIRECTORY, &made).await, Some(made.clone()));

    let closed = directory("/srv-a b", &[("mode", Value::from("700"))]);
    let changed = bed.put("op2", update(DIRECTORY, "host_directory.a", &made, &closed)).await;
    assert_eq!((mode("srv-a b"), changed.str("mode")), (0o700, Some("700")));
    bed.write("srv-a b/kept", "x");
    let inode = bed.path("srv-a b").metadata().unwrap().ino();
    let again = bed.put("op3", update(DIRECTORY, "host_directory.a", &changed, &directory("/srv-a b", &[]))).await;
    assert_eq!((bed.path("srv-a b").metadata().unwrap().ino(), bed.text("srv-a b/kept").as_str()), (inode, "x"));

    let ends = bed.apply("op4", &[delete(DIRECTORY, "host_directory.a", &again)]).await;
    assert!(failure(&ends[0]).contains("something is in it still"), "{ends:?}");
    let recursive = again.set("recursive", true);
    let ends = bed.apply("op5", &[delete(DIRECTORY, "host_directory.a", &recursive)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "{ends:?}");
    assert!(!bed.exists("srv-a b") && bed.seen(DIRECTORY, &again).await.is_none());
}

#[tokio::test]
async fn what_is_made_stays_made_when_a_later_one_fails() {
    let bed = Bed::new();
    bed.write("etc/taken", "a file");
    let members = [
        create(DIRECTORY, "host_directory.one", &directory("/deep/er", &[("create_parents", Value::from(true))])),
        create(DIRECTORY, "host_directory.two", &directory("/etc/taken", &[])),
        create(DIRECTORY, "host_directory.three", &directory("/three", &[])),
    ];
    let ends = bed.apply("op1", &members).await;
    applied(&ends[0]);
    assert!(failure(&ends[1]).contains("/etc/taken is there already, and is no directory (regular)"), "{ends:?}");
    assert!(matches!(ends[2], MemberEnd::Untouched), "{ends:?}");
    assert!(bed.exists("deep/er") && !bed.exists("three"));
    // The next run's question finds the same.
    let told = HostBundle.receipt(&bed.hosts, &cx("find"), "op1", &members).await.unwrap().unwrap();
    assert!(matches!(told[0], MemberEnd::Applied { .. }) && matches!(told[2], MemberEnd::Untouched), "{told:?}");
    let orphan = create(DIRECTORY, "host_directory.four", &directory("/no/parent", &[]));
    assert!(failure(&bed.apply("op2", &[orphan]).await[0]).contains("create_parents"));
}

#[tokio::test]
async fn a_link_is_not_followed() {
    let bed = Bed::new();
    std::fs::create_dir(bed.path("opt/real")).unwrap();
    symlink("real", bed.path("opt/link")).unwrap();
    let made = create(DIRECTORY, "host_directory.a", &directory("/opt/link", &[("mode", Value::from("0700"))]));
    assert!(failure(&bed.apply("op1", &[made]).await[0]).contains("is no directory (link)"));
    assert_eq!(bed.path("opt/real").metadata().unwrap().permissions().mode() & 0o777, 0o755);
    let reference = plan(DIRECTORY, None, &directory("/opt/link", &[]));
    let found = bed.seen(DIRECTORY, &reference).await.unwrap();
    assert!(found.get("mode").unwrap().is_null());
    assert_eq!(found.str("instead"), Some("a symlink to real"));
    let warnings = resource(DIRECTORY).plan(Some(&found), found.clone()).warnings;
    assert_eq!(warnings[0].summary, "Something else is in its place");
    // Nor can there be one below what is none.
    bed.write("opt/file", "x");
    for more in [&[][..], &[("create_parents", Value::from(true))]] {
        let below = create(DIRECTORY, "host_directory.b", &directory("/opt/file/a", more));
        assert!(failure(&bed.apply("op2", &[below]).await[0]).contains("/opt/file is no folder"));
    }
}
