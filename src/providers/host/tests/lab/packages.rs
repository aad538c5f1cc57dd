//! Packages by the real apt and dpkg, from a repository on the machine itself.

use super::*;

pub(super) const PACKAGE: &str = "host_package";

pub(super) fn package(name: &str, more: &[(&'static str, &str)]) -> Vec<(&'static str, Value)> {
    let more = more.iter().map(|(name, value)| (*name, Value::from(*value)));
    std::iter::once(("name", Value::from(name))).chain(more).collect()
}

#[tokio::test]
async fn packages_are_installed_held_changed_and_removed() {
    let Some(lab) = Lab::boot() else { return };
    lab.sh(include_str!("repository.sh"));

    // The lists are a day old, and know nothing of it.
    let mut pinned = package("lab-web", &[("version", "1.24.*")]);
    pinned.push(("held", Value::from(true)));
    let web = lab.bed.put("first", create(PACKAGE, "p", &pinned)).await;
    assert_eq!((web.str("installed"), web.bool("ours"), web.bool("held")), (Some("1.24.0-1"), Some(true), Some(true)));
    let status = "dpkg-query -W -f='${db:Status-Want} ${db:Status-Status} ${Version}' lab-web";
    assert_eq!(lab.sh(status), "hold installed 1.24.0-1");
    let service = "systemctl is-enabled lab-web; systemctl is-active lab-web || :";
    assert_eq!(lab.sh(service), "enabled\ninactive", "not started");
    assert!(!lab.bed.exists("usr/sbin/policy-rc.d"));
    assert_eq!(lab.bed.seen(PACKAGE, &web).await, Some(web.clone()));

    // A service that runs is started again with its new version; a file that was edited stays as it is.
    lab.sh("systemctl start lab-web; echo mine >/etc/lab-web/web.conf");
    let began = lab.property("lab-web", "InvocationID");
    let newer = package("lab-web", &[("version", "1.26.1-1")]);
    let web = lab.bed.put("second", update(PACKAGE, "p", &web, &newer)).await;
    assert_eq!(lab.sh(status), "install installed 1.26.1-1");
    assert_eq!(lab.sh("cat /etc/lab-web/web.conf; systemctl is-active lab-web"), "mine\nactive");
    assert_ne!(lab.property("lab-web", "InvocationID"), began);

    // Somebody goes back: that shows, with what it would become.
    lab.sh("apt-get -q -y --allow-downgrades -o Dpkg::Options::=--force-confold install lab-web=1.24.0-1");
    let found = lab.bed.seen(PACKAGE, &web).await.unwrap();
    let told = ["version", "installed", "candidate"].map(|name| found.str(name));
    assert_eq!(told, [Some("1.24.0-1"), Some("1.24.0-1"), Some("1.26.1-1")]);
    let web = lab.bed.put("third", update(PACKAGE, "p", &found, &newer)).await;

    // What came with it is not ours to remove, and others are not taken away with it.
    let base = lab.bed.seen(PACKAGE, &plan(PACKAGE, None, &package("lab-base", &[]))).await.unwrap();
    assert_eq!(base.bool("ours"), Some(false));
    let ends = lab.bed.apply("letgo", &[delete(PACKAGE, "b", &base)]).await;
    assert!(matches!(ends[0], MemberEnd::Applied { object: None, .. }), "{ends:?}");
    lab.sh("echo x >/var/lib/infra/packages/lab-base");
    let ends = lab.bed.apply("notso", &[delete(PACKAGE, "b", &base)]).await;
    assert!(failure(&ends[0]).contains("this would remove others too: lab-web"), "{ends:?}");
    assert_eq!(lab.sh(status), "install installed 1.26.1-1");

    let purged = web.set("purge", true);
    let ends = lab.bed.apply("last", &[delete(PACKAGE, "p", &purged), delete(PACKAGE, "b", &base)]).await;
    assert!(ends.iter().all(|end| matches!(end, MemberEnd::Applied { object: None, .. })), "{ends:?}");
    assert!(!lab.bed.exists("etc/lab-web") && lab.bed.seen(PACKAGE, &web).await.is_none());
    assert_eq!(lab.sh("dpkg-query -W -f='${db:Status-Status} ' lab-base lab-web 2>/dev/null || :"), "");
}

#[tokio::test]
async fn a_package_that_cannot_be_configured_is_told_and_the_others_are_there() {
    let Some(lab) = Lab::boot() else { return };
    lab.sh(include_str!("repository.sh"));
    let members = ["lab-web", "lab-sour", "lab-none"].map(|name| create(PACKAGE, name, &package(name, &[])));
    let ends = lab.bed.apply("first", &members).await;
    let message = failure(&ends[2]);
    assert!(message.contains("lab-none is not among the packages that this host can install"), "{message}");
    assert_eq!(lab.sh("dpkg-query -W -f='${Package}' lab-web lab-sour 2>/dev/null || :"), "");

    let ends = lab.bed.apply("second", &members[..2]).await;
    assert_eq!(applied(&ends[0]).str("installed"), Some("1.26.1-1"));
    assert!(failure(&ends[1]).contains("apt-get ends with 100") && failure(&ends[1]).contains("this package is sour"));
    // What it left half done is completed once its script allows it.
    let found = lab.bed.seen(PACKAGE, &plan(PACKAGE, None, &package("lab-sour", &[]))).await.unwrap();
    assert!(found.get("installed").unwrap().is_null(), "{found:?}");
    lab.sh("printf '#!/bin/sh\\n' >/var/lib/dpkg/info/lab-sour.postinst");
    let sound = lab.bed.put("third", update(PACKAGE, "s", &found, &package("lab-sour", &[]))).await;
    assert_eq!((sound.str("installed"), sound.bool("ours")), (Some("1"), Some(true)));

    // One that was killed within dpkg leaves work behind that apt refuses to go on with.
    lab.sh("sed -i '/^Package: lab-base$/,/^$/s/ ok installed/ ok half-configured/' /var/lib/dpkg/status; echo >/var/lib/dpkg/updates/0001");
    assert!(lab.machine.command("apt-get -y install curl").output().unwrap().status.code() != Some(0));
    let gone = lab.bed.apply("fourth", &[delete(PACKAGE, "s", &sound)]).await;
    assert!(matches!(gone[0], MemberEnd::Applied { object: None, .. }), "{gone:?}");
    assert_eq!(lab.sh("dpkg-query -W -f='${db:Status-Status}' lab-base"), "installed");
}
