//! In which ways a unit differs from what it should be, beyond its attributes.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::providers::host::answer::Answer;
use crate::providers::host::answer::UnitRecord;

/// How a unit may have drifted; ordered as they are told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Drift {
    /// Its file is not what was last applied.
    Text,
    /// Somebody else's file adds to it or overrides it. Nothing of ours takes it away.
    DropIn(String),
    /// It should start at boot and would not.
    Disabled,
    /// It cannot be started at all.
    Masked,
    /// Its process ended badly.
    Failed,
    /// Its process ends and is started again and again.
    CrashLooping,
    /// The manager goes by an older text than the disk's.
    StaleDefinition,
    /// Its process is older than a file that it is configured by.
    StaleProcess,
    /// An earlier run was broken off before it could do this: `restart`, `reload`, `stop`, `gate`.
    Owed(String),
}

/// How soon after a start a process must be seen to count as one that keeps ending.
const YOUNG: f64 = 30.0;
/// Times are in whole seconds.
const SLACK: f64 = 1.0;

impl Drift {
    /// As the `drift` attribute tells it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text => "text differs".to_owned(),
            Self::DropIn(path) => format!("{DROP_IN}{path}"),
            Self::Disabled => "disabled".to_owned(),
            Self::Masked => "masked".to_owned(),
            Self::Failed => "failed".to_owned(),
            Self::CrashLooping => CRASH_LOOPING.to_owned(),
            Self::StaleDefinition => STALE_DEFINITION.to_owned(),
            Self::StaleProcess => STALE_PROCESS.to_owned(),
            Self::Owed(what) => format!("{what}{OWED}"),
        }
    }
}

const DROP_IN: &str = "unmanaged drop-in: ";
const CRASH_LOOPING: &str = "crash-looping";
const STALE_DEFINITION: &str = "loaded definition older than the disk";
pub(super) const STALE_PROCESS: &str = "process older than its configuration";
const OWED: &str = " owed";
const GATE_OWED: &str = "gate owed";
pub(super) const RELOAD_OWED: &str = "reload owed";

/// Whether an apply takes this away.
pub(super) fn is_mended(drift: &str) -> bool {
    !drift.starts_with(DROP_IN)
}

/// Whether taking it away needs a new process although no file changes.
pub(super) fn needs_restart(drift: &str) -> bool {
    [CRASH_LOOPING, STALE_DEFINITION, STALE_PROCESS].contains(&drift)
        || drift.ends_with(OWED) && ![GATE_OWED, RELOAD_OWED].contains(&drift)
}

/// What a unit should be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) is_running: bool,
    pub(super) is_enabled: bool,
    /// The hash of its text, where that is known.
    pub(super) digest: Option<&'a str>,
}

/// Compares a unit with what it should be. `found` is the hash of its file, `None` where no file of its own stands.
pub(super) fn drift(
    wish: Wish<'_>,
    found: Option<&str>,
    properties: Option<&BTreeMap<String, String>>,
    record: &UnitRecord,
    answer: &Answer,
) -> Vec<Drift> {
    let mut drift = Vec::new();
    if wish.digest.is_some_and(|digest| found != Some(digest)) {
        drift.push(Drift::Text);
    }
    if let Some(properties) = properties {
        let get = |name: &str| properties.get(name).map_or("", String::as_str);
        let number = |name: &str| get(name).parse::<f64>().unwrap_or(0.0);
        // Those below /usr are a package's, as the unit itself may be.
        let is_told =
            |path: &&str| (path.starts_with("/etc/") || path.starts_with("/run/")) && !answer.ours.contains(*path);
        let drop_ins: BTreeSet<&str> = drop_ins(properties, answer).collect();
        drift.extend(drop_ins.iter().copied().filter(is_told).map(|path| Drift::DropIn(path.to_owned())));
        let is_masked = get("LoadState") == "masked" || get("UnitFileState").starts_with("masked");
        if is_masked {
            drift.push(Drift::Masked);
        } else if wish.is_enabled && get("UnitFileState") != "enabled" {
            drift.push(Drift::Disabled);
        }
        if get("NeedDaemonReload") == "yes" {
            drift.push(Drift::StaleDefinition);
        }
        if wish.is_running {
            let started = started(number("ActiveEnterTimestampMonotonic"), answer);
            let now = answer.now.map_or(0.0, |(now, _)| now);
            let is_young = started.is_some_and(|started| now - started < YOUNG);
            if get("ActiveState") == "failed" {
                drift.push(Drift::Failed);
            } else if get("SubState") == "auto-restart" || number("NRestarts") >= 3.0 && is_young {
                drift.push(Drift::CrashLooping);
            }
            if get("ActiveState") == "active"
                && let Some(started) = started
            {
                let fresh = started.max(record.applied.unwrap_or(0.0));
                // A time in the future is somebody's clock, not a change.
                let is_newer = |written: &&f64| **written > fresh + SLACK && **written <= now;
                if parts(properties)
                    .chain(drop_ins)
                    .filter_map(|path| answer.parts.get(path))
                    .any(|written| is_newer(&written))
                {
                    drift.push(Drift::StaleProcess);
                }
            }
        }
    }
    drift.extend(record.owed.as_deref().map(|what| match what {
        "reload" => Drift::Owed("reload".to_owned()),
        "stop" => Drift::Owed("stop".to_owned()),
        "ask" => Drift::Owed("gate".to_owned()),
        _ => Drift::Owed("restart".to_owned()),
    }));
    drift.sort();
    drift
}

/// The files that a process is configured by, as its manager names them.
fn parts(properties: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    let get = |name: &str| properties.get(name).map_or("", String::as_str);
    let environment = get("EnvironmentFiles").lines().map(|line| line.split(" (ignore_errors=").next().unwrap_or(line));
    get("FragmentPath").lines().chain(environment)
}

/// The drop-ins that the manager knows, and those that it will find when it reads its units the next time.
fn drop_ins<'a>(properties: &'a BTreeMap<String, String>, answer: &'a Answer) -> impl Iterator<Item = &'a str> {
    let get = |name: &str| properties.get(name).map_or("", String::as_str);
    let folders = ["/etc/systemd/system", "/run/systemd/system"].map(|folder| format!("{folder}/{}.d/", get("Id")));
    let on_disk = answer.parts.keys().map(String::as_str);
    let on_disk = on_disk.filter(move |path| folders.iter().any(|folder| path.starts_with(folder)));
    get("DropInPaths").split_whitespace().chain(on_disk)
}

/// When a unit became active by the host's clock; the manager counts microseconds since boot.
fn started(monotonic: f64, answer: &Answer) -> Option<f64> {
    let (now, uptime) = answer.now?;
    (monotonic > 0.0).then(|| now - uptime + monotonic / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &[(&str, &str)] = &[
        ("LoadState", "loaded"),
        ("UnitFileState", "enabled"),
        ("ActiveState", "active"),
        ("SubState", "running"),
        ("FragmentPath", "/etc/systemd/system/a.service"),
        ("EnvironmentFiles", "/etc/a.env (ignore_errors=no)"),
        // The host has been up for 1000 s and it is 9000: this is 8900.
        ("ActiveEnterTimestampMonotonic", "900000000"),
        ("NRestarts", "7"),
    ];

    #[test]
    fn each_class_of_drift_is_told_and_a_sound_unit_has_none() {
        let with = |changes: &[(&str, &str)]| -> BTreeMap<String, String> {
            ONE.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let record = |owed: Option<&str>, applied: Option<f64>| UnitRecord { owed: owed.map(str::to_owned), applied };
        let part = |path: &str, written: f64| vec![(path.to_owned(), written)];
        let none = || record(None, None);
        let env = "/etc/a.env";
        for (name, changes, found, record, parts, expected) in [
            ("sound", &[][..], "x", none(), part(env, 8800.0), &[][..]),
            ("text", &[], "y", none(), vec![], &["text differs"]),
            ("drop-in", &[("DropInPaths", "/run/o.conf")], "x", none(), vec![], &["unmanaged drop-in: /run/o.conf"]),
            ("a package's", &[("DropInPaths", "/usr/lib/systemd/o.conf")], "x", none(), vec![], &[]),
            ("disabled", &[("UnitFileState", "disabled")], "x", none(), vec![], &["disabled"]),
            ("masked", &[("UnitFileState", "masked-runtime")], "x", none(), vec![], &["masked"]),
            ("failed", &[("ActiveState", "failed")], "x", none(), vec![], &["failed"]),
            ("looping", &[("SubState", "auto-restart")], "x", none(), vec![], &["crash-looping"]),
            ("young", &[("ActiveEnterTimestampMonotonic", "990000000")], "x", none(), vec![], &["crash-looping"]),
            ("stale", &[("NeedDaemonReload", "yes")], "x", none(), vec![], &["loaded definition older than the disk"]),
            ("older", &[], "x", none(), part(env, 8950.0), &["process older than its configuration"]),
            ("reloaded", &[], "x", record(None, Some(8960.0)), part(env, 8950.0), &[]),
            ("skewed", &[], "x", none(), part(env, 9500.0), &[]),
            ("owed", &[], "x", record(Some("start"), None), vec![], &["restart owed"]),
            ("unasked", &[], "x", record(Some("ask"), None), vec![], &["gate owed"]),
        ] {
            let answer =
                Answer { now: Some((9000.0, 1000.0)), parts: parts.into_iter().collect(), ..Answer::default() };
            let wish = Wish { is_running: true, is_enabled: true, digest: Some("x") };
            let found = drift(wish, Some(found), Some(&with(changes)), &record, &answer);
            assert_eq!(found.iter().map(Drift::text).collect::<Vec<_>>(), expected, "{name}");
        }
    }
}
