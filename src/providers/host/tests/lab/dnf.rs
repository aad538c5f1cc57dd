//! Packages by the real dnf and rpm, from a repository of our own.

use super::packages::PACKAGE;
use super::packages::package;
use super::room::Room;
use super::*;

const INSTALLED: &str = "rpm -qa --qf '%{NAME} %{VERSION}\\n' 'lab-*' | sort";

fn is_gone(end: &MemberEnd) -> bool {
    matches!(end, MemberEnd::Applied { object: None, .. })
}

#[tokio::test]
async fn packages_are_installed_held_changed_and_removed() {
    let Some(room) = Room::open() else { return };
    let Room { bed, .. } = &room;

    // No lists are there yet. Of all that a pin takes the newest comes, as rpm compares versions, with what it needs.
    let mut pinned = package("lab-web", &[("version", "1.2.*")]);
    pinned.push(("held", Value::from(true)));
    let epoch = package("lab-epoch", &[("version", "2:1-1")]);
    let ends = bed.apply("first", &[create(PACKAGE, "p", &pinned), create(PACKAGE, "e", &epoch)]).await;
    let web = applied(&ends[0]);
    assert_eq!((web.str("installed"), web.bool("ours"), web.bool("held")), (Some("1.2.10-1"), Some(true), Some(true)));
    assert_eq!(applied(&ends[1]).str("installed"), Some("2:1-1"));
    assert_eq!(room.sh(INSTALLED), "lab-base 1\nlab-epoch 1\nlab-web 1.2.10");
    assert!(room.sh("dnf -q upgrade -y; dnf versionlock list").contains("lab-web-0:1.2.10-1"));
    assert_eq!(room.sh("rpm -q lab-web"), "lab-web-1.2.10-1.noarch", "a lock keeps everybody's upgrades away");

    // Nothing to do is nothing done.
    let transactions = || room.sh("rpm -q --qf '%{INSTALLTID} ' lab-web lab-base; dnf -q history list | wc -l");
    let before = transactions();
    assert_eq!(bed.seen(PACKAGE, &web).await, Some(web.clone()));
    bed.put("same", update(PACKAGE, "p", &web, &pinned)).await;
    assert_eq!(transactions(), before);

    // Upward, past the lock; a file that was edited stays as it is.
    room.sh("echo mine >/etc/lab-web/lab-web.conf");
    let newer = package("lab-web", &[("version", "1.26.1-1")]);
    let web = bed.put("second", update(PACKAGE, "p", &web, &newer)).await;
    assert_eq!((web.str("installed"), web.bool("held")), (Some("1.26.1-1"), Some(false)));
    assert_eq!(room.sh("cat /etc/lab-web/lab-web.conf; dnf -q versionlock list"), "mine");

    // Somebody goes back: that shows, with what it would become.
    room.sh("dnf -q -y install lab-web-1.2.0-1");
    let found = bed.seen(PACKAGE, &web).await.unwrap();
    let told = ["version", "installed", "candidate"].map(|name| found.str(name));
    assert_eq!(told, [Some("1.2.0-1"), Some("1.2.0-1"), Some("1.26.1-1")]);
    let web = bed.put("third", update(PACKAGE, "p", &found, &newer)).await;
    let older = package("lab-web", &[("version", "1.2.0-1")]);
    let mut older_and_held = older.clone();
    older_and_held.push(("held", Value::from(true)));
    let web = bed.put("down", update(PACKAGE, "p", &web, &older_and_held)).await;
    assert_eq!((web.str("installed"), web.bool("held")), (Some("1.2.0-1"), Some(true)));
    let web = bed.put("free", update(PACKAGE, "p", &web, &older)).await;
    assert_eq!((web.str("installed"), web.bool("held")), (Some("1.2.0-1"), Some(false)));

    // What came with it is not ours to remove, and others are not taken away with it.
    let base = bed.seen(PACKAGE, &plan(PACKAGE, None, &package("lab-base", &[]))).await.unwrap();
    assert_eq!(base.bool("ours"), Some(false));
    assert!(is_gone(&bed.apply("letgo", &[delete(PACKAGE, "b", &base)]).await[0]));
    room.sh("echo x >/var/lib/infra/packages/lab-base");
    let ends = bed.apply("notso", &[delete(PACKAGE, "b", &base)]).await;
    assert!(failure(&ends[0]).contains("this would remove others too: lab-web;"), "{ends:?}");
    assert_eq!(room.sh(INSTALLED), "lab-base 1\nlab-epoch 1\nlab-web 1.2.0");

    let ends = bed.apply("keep", &[delete(PACKAGE, "p", &web)]).await;
    assert!(is_gone(&ends[0]), "{ends:?}");
    assert_eq!(room.sh(INSTALLED), "lab-base 1\nlab-epoch 1", "what came with it stays");
    assert_eq!(room.sh("cat /etc/lab-web/lab-web.conf.rpmsave"), "mine");
    let web = bed.put("again", create(PACKAGE, "p", &package("lab-web", &[]))).await;
    assert_eq!(web.str("installed"), Some("1.26.1-1"), "the newest, where any will do");
    room.sh("echo mine >/etc/lab-web/lab-web.conf");
    let purged = web.set("purge", true);
    let ends = bed.apply("last", &[delete(PACKAGE, "p", &purged), delete(PACKAGE, "b", &base)]).await;
    assert!(ends.iter().all(is_gone), "{ends:?}");
    assert_eq!(room.sh(&format!("ls /etc/lab-web; {INSTALLED}")), "lab-epoch 1");
    assert!(bed.seen(PACKAGE, &web).await.is_none());
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_changes() {
    let Some(room) = Room::open() else { return };
    let Room { bed, .. } = &room;
    let there = ["lab-web", "lab-old"].map(|name| create(PACKAGE, name, &package(name, &[])));
    let ends = bed.apply("first", &there).await;
    let (web, old) = (applied(&ends[0]), applied(&ends[1]));
    let installed = room.sh(INSTALLED);
    assert_eq!(installed, "lab-base 1\nlab-old 1\nlab-web 1.26.1");
    for (name, version, expected) in [
        ("lab-heir", "1-1", "this would remove others too: lab-old;"),
        ("lab-rival", "1-1", "package lab-rival-1-1.noarch conflicts with lab-web"),
        ("lab-lost", "1-1", "nothing provides lab-nowhere"),
        ("lab-none", "1-1", "lab-none is not among the packages that this host can install"),
        (
            "lab-web",
            "9.*",
            "no version of lab-web that this host can install matches 9.* (there is 1.26.1-1, 1.2.10-1, 1.2.0-1)",
        ),
    ] {
        let refused = create(PACKAGE, "r", &package(name, &[("version", version)]));
        let ends = bed.apply(name, &[refused, create(PACKAGE, "e", &package("lab-epoch", &[]))]).await;
        assert!(failure(&ends[0]).contains(expected), "{ends:?}");
        assert_eq!(room.sh(INSTALLED), installed, "{name}");
    }

    // What goes makes room for what comes in the same call.
    let rival = create(PACKAGE, "r", &package("lab-rival", &[]));
    let ends = bed.apply("swap", &[delete(PACKAGE, "p", &web), rival]).await;
    assert!(is_gone(&ends[0]) && applied(&ends[1]).str("installed") == Some("1-1"), "{ends:?}");
    let heir = create(PACKAGE, "h", &package("lab-heir", &[]));
    let ends = bed.apply("heir", &[heir, delete(PACKAGE, "o", &old)]).await;
    assert!(applied(&ends[0]).str("installed") == Some("1-1") && is_gone(&ends[1]), "{ends:?}");
    assert_eq!(room.sh(INSTALLED), "lab-base 1\nlab-heir 1\nlab-rival 1");
}

#[tokio::test]
async fn a_call_that_fails_half_way_is_told_by_what_is_there_after_it() {
    let Some(room) = Room::open() else { return };
    let Room { bed, .. } = &room;
    let members = ["lab-web", "lab-sour"].map(|name| create(PACKAGE, name, &package(name, &[])));
    let ends = bed.apply("first", &members).await;
    assert_eq!(applied(&ends[0]).str("installed"), Some("1.26.1-1"));
    let message = failure(&ends[1]);
    assert!(
        message.contains("dnf ends with 1:") && message.contains("PREIN scriptlet in rpm package lab-sour"),
        "{message}"
    );
    assert!(bed.seen(PACKAGE, &plan(PACKAGE, None, &package("lab-sour", &[]))).await.is_none());

    let bitter = bed.put("second", create(PACKAGE, "b", &package("lab-bitter", &[]))).await;
    let (web, epoch) = (applied(&ends[0]), create(PACKAGE, "e", &package("lab-epoch", &[])));
    let ends = bed.apply("third", &[delete(PACKAGE, "b", &bitter), delete(PACKAGE, "w", &web), epoch]).await;
    let message = failure(&ends[0]);
    assert!(message.contains("lab-bitter is still there") && message.contains("PREUN scriptlet"), "{message}");
    assert!(is_gone(&ends[1]) && applied(&ends[2]).str("installed") == Some("2:1-1"), "{ends:?}");
    assert_eq!(bed.seen(PACKAGE, &bitter).await, Some(bitter));
}

#[tokio::test]
async fn lists_are_renewed_when_they_do_not_have_what_is_wanted() {
    let Some(room) = Room::open() else { return };
    let Room { bed, .. } = &room;
    let mut web = package("lab-web", &[("version", "1.2.0-1")]);
    web.push(("update_cache_after", Value::from("1h")));
    bed.put("first", create(PACKAGE, "p", &web)).await;
    let lists = "stat -c %y /var/cache/dnf/lab-*/repodata/*primary*";
    let before = room.sh(lists);
    room.publish("package lab-web 2.0 'Requires: lab-base' </dev/null; package lab-late 1 </dev/null");
    bed.put("second", create(PACKAGE, "e", &package("lab-epoch", &[]))).await;
    assert_eq!(room.sh(lists), before, "they are new enough");
    let late = bed.put("third", create(PACKAGE, "l", &package("lab-late", &[]))).await;
    assert_eq!(late.str("installed"), Some("1-1"));
    assert_ne!(room.sh(lists), before);

    // One repository that is away does not keep the others from what they have, and is told where something is missing.
    room.sh("printf '[away]\\nname=away\\nbaseurl=file:///srv/away\\ngpgcheck=0\\n' >/etc/yum.repos.d/away.repo");
    room.publish("package lab-later 1 </dev/null");
    let ends = bed.apply("fourth", &[create(PACKAGE, "n", &package("lab-none", &[]))]).await;
    let message = failure(&ends[0]);
    assert!(
        message.contains("the lists could not be renewed: dnf makecache:") && message.contains("'away'"),
        "{message}"
    );
    bed.put("fifth", create(PACKAGE, "l", &package("lab-later", &[]))).await;

    // A database that cannot be read is no host without packages.
    room.sh("echo garbage >/var/lib/rpm/rpmdb.sqlite");
    let Read::Stale(why) = bed.read(PACKAGE, &late).await else { panic!("it was read") };
    assert!(why.contains("package"), "{why}");
}
