use std::path::PathBuf;

use jiff::Timestamp;

use super::super::client::RealDial;
use super::*;
use crate::diag::with_causes;
use crate::provider::Credentials;
use crate::provider::Found;
use crate::provider::HostRoots;
use crate::provider::Intent;
use crate::provider::Standing;
use crate::provider::VirtualClock;
use crate::value::Type;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

/// A connection to an address with more arguments.
fn reached(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, Value)> {
    strings([("address", "10.0.0.5")].into_iter().chain(more.iter().copied()))
}

/// One host, which is up after some looks.
struct Roots {
    place: (PathBuf, PathBuf),
    looks: Mutex<u32>,
}

impl HostRoots for Roots {
    fn host_root(&self, address: &str) -> Result<Standing<(PathBuf, PathBuf)>> {
        let mut looks = self.looks.lock().unwrap();
        *looks = looks.saturating_sub(1);
        Ok(match (address, *looks) {
            ("10.0.0.5" | "local:/srv", 0) => Standing::Up(self.place.clone()),
            ("10.0.0.5", _) => Standing::Down,
            _ => Standing::Gone,
        })
    }
}

fn simulated(dir: &tempfile::TempDir, looks: u32) -> Hosts {
    let place = (dir.path().to_owned(), dir.path().to_owned());
    let roots = Roots { place, looks: Mutex::new(looks) };
    dialling(Some(Arc::new(roots)), dir.path())
}

fn dialling(hosts: Option<Arc<dyn HostRoots>>, dir: &std::path::Path) -> Hosts {
    let ssh = Ssh::new(Surroundings::new(Arc::new(Nobody)), Pace::default());
    Hosts::new(RealDial { hosts, dir: dir.to_owned(), ssh })
}

/// Somebody without a home.
struct Nobody;

impl Credentials for Nobody {
    fn env(&self, _: &[&'static str]) -> Option<(&'static str, String)> {
        None
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }
}

fn machine(id: &str) -> Object {
    super::machine::named(&Endpoint::parse(id).unwrap())
}

/// Surroundings in which time flies, and what was said in them.
fn flying() -> (Cx, Arc<Mutex<Vec<String>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    let progress = Arc::new(move |text: &str| heard.lock().unwrap().push(text.to_owned()));
    let clock = Arc::new(VirtualClock::new(Timestamp::UNIX_EPOCH));
    let (op, lineage) = ("op".to_owned(), "lineage1".to_owned());
    (Cx::new(clock, Cancel::new(), op, lineage, progress, Arc::new(NoRecord), Json::Null), said)
}

#[tokio::test]
async fn a_machine_that_boots_is_waited_for_but_not_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("etc")).unwrap();
    std::fs::write(dir.path().join("etc/hostname"), "web-1\n").unwrap();
    std::fs::write(dir.path().join("etc/os-release"), "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n").unwrap();
    let (cx, said) = flying();
    let made = resource("host_machine").create(&simulated(&dir, 4), &cx, &machine("10.0.0.5")).await.unwrap();
    assert_eq!((made.str("hostname"), made.str("os")), (Some("web-1"), Some("Debian GNU/Linux 12")));
    assert_eq!(*said.lock().unwrap(), ["waiting for the host 10.0.0.5, which is not up"]);
    said.lock().unwrap().clear();
    let error = resource("host_machine").create(&simulated(&dir, 0), &cx, &machine("10.0.0.6")).await.unwrap_err();
    let expected = "waiting for the host: 10.0.0.6 cannot be reached: after 5m00s and 151 attempts it is still nowhere to be \
                    found (no machine has that address). Check the `address`, or have the machine made first";
    assert_eq!(with_causes(&error), expected);
    // At 0, 10, 20, 40, 80 and 160 seconds.
    assert_eq!(*said.lock().unwrap(), ["waiting for the host 10.0.0.6, which is nowhere to be found"; 6]);
}

#[tokio::test]
async fn this_machine_answers_and_a_simulation_leaves_it_alone() {
    let hosts = dialling(None, &std::env::temp_dir());
    let found = resource("host_machine").import(&hosts, &cx("read"), "local").await.unwrap().unwrap();
    assert!(found.int("cpus").unwrap() > 0 && found.str("kernel").is_some() && found.id() == "local");
    resource("host_machine").delete(&hosts, &cx("op"), &machine("10.0.0.5")).await.unwrap();
    // A simulation leaves the real machine alone, even where the configuration names it.
    let dir = tempfile::tempdir().unwrap();
    let simulated = simulated(&dir, 1);
    let dial = async |id: &str| simulated.dial(&Way::of_machine(&machine(id)).unwrap(), &cx("read")).await.unwrap();
    assert!(matches!(dial("local").await, Dialled::Gone));
    assert!(matches!(dial("local:/srv").await, Dialled::Up(_)), "below the simulated world");
    let here = format!("local:{}", dir.path().display());
    assert!(matches!(dial(&here).await, Dialled::Gone), "although it is here");
}

/// What keeps a host from being reached is said, and is not waited for without end.
#[tokio::test]
async fn a_host_at_an_address_is_waited_for_with_the_reason() {
    let hosts = dialling(None, &std::env::temp_dir());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = format!("root@127.0.0.1:{port}");
    let connection = machine(&host).get("connection").unwrap().as_object().unwrap().set("timeout", "10s");
    let machine = machine(&host).set("connection", Value::Object(Arc::new(connection)));
    let (cx, said) = flying();
    let error = resource("host_machine").create(&hosts, &cx, &machine).await.unwrap_err();
    let state = format!("refusing connections on port {port}");
    assert_eq!(*said.lock().unwrap(), [format!("waiting for the host {host}, which is {state}")]);
    let expected = format!(
        "waiting for the host: {host} cannot be reached: after 10s and 6 attempts it is still {state} (port {port} of 127.0.0.1 \
         cannot be connected to: Connection refused (os error 111)). See whether its SSH server runs, whether this is its `port`, \
         and whether a firewall refuses us"
    );
    assert_eq!(with_causes(&error), expected);
    // A plan goes by what was last known.
    let key = Endpoint::parse(&host).unwrap().batch_key();
    let item = ReadItem { prior: machine.clone(), private: Json::Null };
    let items = [BatchItem { ty: "host_machine".to_owned(), item }];
    let read = HostBatch.read(&hosts, &cx, &key, &items).await.remove(0).unwrap();
    assert!(matches!(&read, Read::Stale(why) if why.contains("Connection refused")), "{read:?}");
}

/// A host that is switched off still has its files; one that is gone has none.
#[tokio::test]
async fn only_what_was_on_a_host_that_is_gone_counts_as_deleted() {
    let bed = Bed::new();
    let made = bed.put("op1", create(FILE, "f", &strings([("path", "/etc/a"), ("content", "x")]))).await;
    let deletes = [delete(FILE, "f", &made)];
    let creates = [create(FILE, "g", &strings([("path", "/etc/b"), ("content", "x")]))];
    let (cx, _) = flying();
    *bed.shared.is_down.lock().unwrap() = true;
    let error = HostBundle.apply(&bed.hosts, &cx, &deletes).await.unwrap_err();
    assert!(matches!(error, ProviderError::Unreachable { .. }), "{error}");
    for members in [&deletes, &creates] {
        let error = HostBundle.receipt(&bed.hosts, &cx, "op2", members).await.unwrap_err();
        assert!(matches!(error, ProviderError::Unreachable { .. }), "{error}");
    }
    assert!(matches!(bed.read(FILE, &made).await, Read::Stale(why) if why.contains("not up")));

    *bed.shared.is_down.lock().unwrap() = false;
    *bed.shared.root.lock().unwrap() = None;
    let ends = HostBundle.apply(&bed.hosts, &cx, &deletes).await.unwrap();
    assert!(matches!(ends[..], [MemberEnd::Applied { object: None, .. }]), "{ends:?}");
    let ends = HostBundle.receipt(&bed.hosts, &cx, "op2", &deletes).await.unwrap().unwrap();
    assert!(matches!(ends[..], [MemberEnd::Applied { object: None, .. }]), "{ends:?}");
    let ends = HostBundle.receipt(&bed.hosts, &cx, "op2", &creates).await.unwrap().unwrap();
    assert!(matches!(ends[..], [MemberEnd::Untouched]), "what was to be made was not: {ends:?}");
    assert!(matches!(bed.read(FILE, &made).await, Read::Stale(why) if why.contains("no such host")));
}

#[test]
fn trust_follows_what_a_machine_is_and_not_where_it_is() {
    let resource = resource("host_machine");
    let at = |id: &str, identity: Value| machine(id).set("identity", identity).set("id", Value::unknown(Type::STRING));
    let droplet = |n: i64| Value::from(format!("do:droplet:{n}"));
    let prior = resource.plan(None, at("10.0.0.5", droplet(1))).object;
    assert_eq!(prior.id(), "do:droplet:1");
    let plain = resource.plan(None, at("10.0.0.5", Value::Null(Type::STRING))).object;
    assert_eq!(plain.id(), "10.0.0.5");
    for (prior, proposed, is_replaced) in [
        (&prior, at("10.0.0.9", droplet(1)), false),
        (&prior, at("10.0.0.5", droplet(2)), true),
        (&plain, at("10.0.0.5", droplet(1)), false),
        (&plain, at("10.0.0.9", Value::Null(Type::STRING)), true),
    ] {
        let planned = resource.plan(Some(prior), proposed.clone());
        assert_eq!(!planned.replace.is_empty(), is_replaced, "{proposed:?}");
        assert_eq!(planned.object.get("id") == prior.get("id"), !is_replaced, "{proposed:?}");
    }
    let given = |pairs: &[(&str, Value)]| {
        let connection = machine("10.0.0.5").get("connection").unwrap().as_object().unwrap().clone();
        let connection = connection.set("address", Value::Null(Type::STRING));
        let connection = connection.with(pairs.iter().map(|(name, value)| (Str::from(*name), value.clone())));
        machine("10.0.0.5").set("connection", Value::Object(Arc::new(connection)))
    };
    for (pairs, is_good) in [
        (vec![("address", Value::from("10.0.0.5"))], true),
        (vec![("address", Value::unknown(Type::STRING))], true),
        (vec![("local", Value::from(true)), ("root", Value::from("/srv"))], true),
        (vec![], false),
        (vec![("local", Value::from(true)), ("address", Value::from("x"))], false),
        (vec![("root", Value::from("/srv")), ("address", Value::from("x"))], false),
        (reached(&[("timeout", "10m"), ("bastion", "ops@a:23,[fd00::1]"), ("bastion_host_key", KEY)]), true),
        (reached(&[("timeout", "soon")]), false),
        (reached(&[("bastion", "a b")]), false),
        (reached(&[("bastion", "a"), ("bastion_host_key", "SHA256:x")]), false),
        (reached(&[("bastion_host_key", KEY)]), false),
        (reached(&[("certificate", "x")]), false),
        (reached(&[("sudo_password", "x")]), false),
        (vec![("address", Value::from("10.0.0.5")), ("port", Value::from(0))], false),
        (vec![("address", Value::from("10.0.0.5")), ("port", Value::from(65535))], true),
    ] {
        assert_eq!(resource.validate(&given(&pairs)).is_empty(), is_good, "{pairs:?}");
    }
    let pinned = |key: &str| resource.validate(&machine("10.0.0.5").set("host_key", key)).is_empty();
    assert!(pinned(KEY) && pinned(&format!("{KEY} a\n{KEY} b\n")) && !pinned("ssh-ed25519"));
}

#[test]
fn a_host_stays_itself_by_another_way_and_is_told_from_one_behind_another_bastion() {
    let at = |id: &str| machine(id);
    let endpoint = |id: &str| Endpoint::parse(id).unwrap();
    let resource = resource("host_machine");
    let prior = resource.plan(None, at("root@10.0.0.5").set("id", Value::unknown(Type::STRING))).object;
    assert!(resource.plan(Some(&prior), at("root@10.0.0.5 via ops@a")).replace.is_empty());
    assert_ne!(endpoint("10.0.0.5 via a").batch_key(), endpoint("10.0.0.5 via b").batch_key());
}

#[tokio::test]
async fn a_create_of_unknown_end_is_told_by_what_stands_there() {
    let bed = Bed::new();
    let config = strings([("path", "/etc/a"), ("content", "one")]);
    let planned = plan(FILE, None, &config);
    let intent = Intent {
        op: "op1".to_owned(),
        planned: planned.clone(),
        partial: None,
        private: Json::Null,
        before: Json::Null,
        since: Timestamp::UNIX_EPOCH,
        claimed: Vec::new(),
    };
    let find = async || resource(FILE).find(&bed.hosts, &cx("find"), &intent).await.unwrap();
    assert!(matches!(find().await, Found::Absent));
    bed.write("etc/a", "another");
    assert!(matches!(find().await, Found::Absent));
    bed.write("etc/a", "one");
    let Found::One(object) = find().await else { panic!("not found") };
    honours(&planned, &object);
}
