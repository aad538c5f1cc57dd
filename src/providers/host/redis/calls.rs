//! What the script does with a Redis server: its calls, phase by phase.

use std::fmt::Write;

use super::directive;
use super::directive::canonical;
use super::directives;
use super::own_path;
use super::wanted;
use crate::net::host::quote;
use crate::providers::host::bundle::Phases;
use crate::providers::host::bundle::expected;
use crate::providers::host::bundle::spoilt;
use crate::providers::host::content;
use crate::providers::host::duration;
use crate::schema::ObjectExt;
use crate::value::Object;

/// The port where nothing else is said.
const PORT: &str = "6379";
/// What changes where or as whom the server is reached: set last, the password at the very end.
const LAST: [&str; 5] = ["bind", "port", "tls-port", "protected-mode", "requirepass"];

/// The calls that make a server's directives what is planned.
pub(super) fn put(at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases) {
    let text = wanted(planned).unwrap_or_default();
    let (conf, own) = paths(planned);
    let staging = phases.content(at, &own_path(planned.str("config_path").unwrap_or_default()), prior, text.as_bytes());
    let objects: Vec<&Object> = std::iter::once(planned).chain(prior).collect();
    reach(at, &objects, phases);
    phases.stage(at, &format!("stage_redis {at} {conf} {own} {staging}"), &staging);
    let _ = writeln!(phases.commit, "commit_redis {at} {conf} {own} || return 1");
    let wishes = directives(planned).unwrap_or_default();
    let before = prior.and_then(directives).unwrap_or_default();
    let gone = before.into_keys().filter(|name| !wishes.contains_key(name));
    let version = prior.and_then(|prior| prior.str("version")).and_then(directive::version);
    begin(at, planned, phases);
    let mut count = 0;
    for name in gone {
        leave(at, count, name, version, phases);
        count += 1;
    }
    let mut wishes: Vec<(&str, &str)> = wishes.into_iter().collect();
    wishes.sort_by_key(|(name, _)| LAST.iter().position(|last| last == name).map_or(0, |at| at + 1));
    for (name, value) in wishes {
        let way = way(name, version);
        let (plain, value) = (quote(&canonical(name, value)), quote(value));
        let _ = writeln!(phases.activate, "wish_redis {at} {count} {name} {value} {plain} {way} || return 1");
        count += 1;
    }
    finish(at, planned, count, phases);
    let deadline = planned.str("deadline").and_then(duration::seconds).unwrap_or(90);
    let _ = writeln!(phases.gate, "gate_redis {at} {deadline} no || return 1");
}

/// The calls that take our directives away from a server, and give it back what it had before them.
pub(super) fn remove(at: usize, prior: &Object, phases: &mut Phases) {
    let (conf, own) = paths(prior);
    let expected = expected(Some(prior));
    reach(at, &[prior], phases);
    phases.stage(at, &format!("stage_redis_removal {at} {conf} {own} {expected}"), "");
    let _ = writeln!(phases.commit, "commit_redis_removal {at} {conf} {own} || return 1");
    let version = prior.str("version").and_then(directive::version);
    begin(at, prior, phases);
    let mut count = 0;
    for name in directives(prior).unwrap_or_default().into_keys() {
        leave(at, count, name, version, phases);
        count += 1;
    }
    finish(at, prior, count, phases);
    let deadline = prior.str("deadline").and_then(duration::seconds).unwrap_or(90);
    let _ = writeln!(phases.gate, "gate_redis {at} {deadline} yes || return 1");
}

/// Where a server may be reached, one a line, the likeliest first.
pub(super) fn addresses(objects: &[&Object]) -> String {
    let mut addresses: Vec<String> = Vec::new();
    for object in objects {
        let wishes = directives(object).unwrap_or_default();
        if let Some(socket) = object.str("socket") {
            addresses.push(format!("unix {socket}"));
            continue;
        }
        let bound = wishes.get("bind").map_or("", |bind| first_address(bind));
        let port = object.int("port").map(|port| port.to_string());
        let port = port.or_else(|| wishes.get("port").map(|port| (*port).to_owned())).filter(|port| is_port(port));
        if let Some(port) = &port {
            addresses.push(format!("{bound} {port}"));
        }
        // Until now it may have been where it is by default; a server with another file is told apart.
        if object.int("port").is_none() {
            addresses.push(format!("{bound} {PORT}"));
            addresses.push(format!("127.0.0.1 {PORT}"));
        }
        if let Some(socket) = wishes.get("unixsocket").filter(|socket| socket.starts_with('/')) {
            addresses.push(format!("unix {socket}"));
        }
    }
    let plain = addresses.into_iter().map(|address| match address.strip_prefix(' ') {
        Some(port) => format!("127.0.0.1 {port}"),
        None => address,
    });
    let mut told: Vec<String> = Vec::new();
    for address in plain {
        if !told.contains(&address) {
            told.push(address);
        }
    }
    told.join("\n")
}

/// What a server may ask of us.
pub(super) fn passwords<'o>(objects: &[&'o Object]) -> Vec<&'o str> {
    let mut passwords = Vec::new();
    for object in objects {
        let wish = directives(object).and_then(|wishes| wishes.get("requirepass").copied());
        for password in object.str("password").into_iter().chain(wish) {
            if !password.is_empty() && !passwords.contains(&password) {
                passwords.push(password);
            }
        }
    }
    passwords
}

/// Defines how member number `at` is reached.
fn reach(at: usize, objects: &[&Object], phases: &mut Phases) {
    let conf = quote(objects[0].str("config_path").unwrap_or_default());
    let passwords: Vec<String> = passwords(objects).into_iter().map(quote).collect();
    let addresses = quote(&addresses(objects));
    let _ = writeln!(phases.stage, "reach_{at}() {{ reach_redis {conf} {addresses} {}; }}", passwords.join(" "));
}

fn paths(object: &Object) -> (String, String) {
    let conf = object.str("config_path").unwrap_or_default();
    (quote(conf), quote(&own_path(conf)))
}

fn begin(at: usize, object: &Object, phases: &mut Phases) {
    phases.wait_for_gates();
    let unit = quote(object.str("unit").unwrap_or_default());
    let (conf, own) = paths(object);
    let _ = writeln!(phases.activate, "begin_redis {at} {unit} {} || return 1", key(object));
    phases.stages_beside(object.str("config_path").unwrap_or_default(), &format!("{at}_conf"));
    phases.undo.push(format!("undo_redis {at} {conf} {own} || spoil {}\n", spoilt(&conf)));
}

/// A directive that is no longer ours.
fn leave(at: usize, number: usize, name: &str, version: Option<directive::Version>, phases: &mut Phases) {
    let way = way(name, version);
    let _ = writeln!(phases.activate, "leave_redis {at} {number} {name} {way} || return 1");
}

fn finish(at: usize, object: &Object, count: usize, phases: &mut Phases) {
    let unit = quote(object.str("unit").unwrap_or_default());
    let key = key(object);
    let _ = writeln!(phases.activate, "finish_redis {at} {unit} {count} {key} || return 1");
    let _ = writeln!(phases.settle, "settle_redis {at} {count} {key}");
    let _ = writeln!(phases.redo, "redo_redis {at} {unit} {count} {key} || spoil {}", spoilt(&unit));
}

/// What the host remembers a server by.
fn key(object: &Object) -> String {
    content::digest(object.str("config_path").unwrap_or_default().as_bytes()).chars().take(16).collect()
}

fn way(name: &str, version: Option<directive::Version>) -> &'static str {
    if directive::needs_restart(name, version) { "restart" } else { "set" }
}

/// The first address that a `bind` names and that can be dialled; empty where it names all.
fn first_address(bind: &str) -> &str {
    let mut all = bind.split_whitespace().map(|address| address.trim_start_matches('-'));
    if all.clone().any(|address| ["127.0.0.1", "0.0.0.0", "*"].contains(&address)) {
        return "";
    }
    all.find(|address| address.chars().all(|c| c.is_ascii_alphanumeric() || ".:".contains(c))).unwrap_or("")
}

fn is_port(port: &str) -> bool {
    port.parse::<u16>().is_ok_and(|port| port > 0)
}
