//! What must hold once a killed run was run again: cloud, hosts and state are the same, object by object.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs::File;
use std::fs::TryLockError;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use super::cloud;
use super::stack::OnHosts;
use super::stack::Phase;
use super::world::World;

/// How long a transaction whose starter was killed may go on.
const STILL_AT_WORK: Duration = Duration::from_secs(10);
/// How long between two looks at it.
const POLL: Duration = Duration::from_millis(20);

/// All that is wrong, a line each. `addresses` are those that the state must have, a line each.
pub(super) fn check(world: &World, phase: &Phase, addresses: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut wrong = Vec::new();
    let plan = world.run(&["plan", "-detailed-exitcode"], &phase.options(), None)?;
    if plan.status.code() != Some(0) {
        wrong.push(format!("the next plan is not empty: {}", tail(&plan.said)));
    }
    let listed = listed(world)?;
    if listed != addresses {
        let known = |all: &str, one: &str| all.lines().any(|line| line == one);
        let missing = addresses.lines().filter(|one| !known(&listed, one)).map(|one| format!("lacks {one}"));
        let more = listed.lines().filter(|one| !known(addresses, one)).map(|one| format!("has {one} too many"));
        wrong.push(format!("the state {}", missing.chain(more).collect::<Vec<_>>().join(", ")));
    }
    let document: Value = serde_json::from_slice(&std::fs::read(world.state())?)?;
    let objects = cloud::objects(&world.address)?;
    for (ty, found) in &objects {
        let (recorded, deposed) = recorded(&document, ty);
        wrong.extend(deposed.iter().map(|id| format!("left over: {ty} {id} is still deposed in the state")));
        let names: BTreeSet<&String> = found.iter().filter(|(id, _)| recorded.contains(*id)).map(|(_, n)| n).collect();
        for (id, name) in found.iter().filter(|(id, _)| !recorded.contains(*id) && !deposed.contains(*id)) {
            let what = if names.contains(name) { "duplicate" } else { "orphan" };
            wrong.push(format!("{what}: {ty} {id} `{name}` is in the cloud and not in the state"));
        }
        let lost = recorded.iter().filter(|id| !found.contains_key(*id));
        wrong.extend(lost.map(|id| format!("lost: {ty} {id} is in the state and not in the cloud")));
    }
    hosts(world, phase, &mut wrong)?;
    let note = world.stack().join("note.txt");
    if note.exists() == phase.is_destroy {
        wrong.push(format!("{} is there: {}", note.display(), note.exists()));
    }
    Ok(wrong)
}

/// The addresses in the state, a line each.
pub(super) fn listed(world: &World) -> Result<String, Box<dyn Error>> {
    let list = world.run(&["state", "list"], &[], None)?;
    match list.status.success() {
        true => Ok(list.said),
        false => Err(format!("the state cannot be read: {}", tail(&list.said)).into()),
    }
}

/// The ids of a type's objects in the document of a state: current and deposed ones.
fn recorded(document: &Value, ty: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let id = |object: &Value| object["values"]["id"].as_str().unwrap_or("(without an id)").to_owned();
    let (mut current, mut deposed) = (BTreeSet::new(), BTreeSet::new());
    let is_of =
        |resource: &&Value| resource["address"].as_str().is_some_and(|address| address.split('.').next() == Some(ty));
    for resource in document["resources"].as_array().into_iter().flatten().filter(is_of) {
        for instance in resource["instances"].as_array().into_iter().flatten() {
            if instance.get("values").is_some() {
                current.insert(id(instance));
            }
            deposed.extend(instance["deposed"].as_object().into_iter().flat_map(|old| old.values().map(id)));
        }
    }
    (current, deposed)
}

/// Compares each host's files, units and processes.
fn hosts(world: &World, phase: &Phase, wrong: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    let droplets = cloud::droplets(&world.address)?;
    let mut expected = BTreeSet::new();
    for (id, (name, is_on)) in &droplets {
        if !is_on {
            wrong.push(format!("forgotten: {name} is still switched off"));
        }
        let folder = format!("{name}-{id}");
        if let (true, Some(wanted)) = (name.starts_with("app-"), phase.on_hosts) {
            let mut found = Vec::new();
            host(&world.hosts().join(&folder), wanted, &mut found)
                .unwrap_or_else(|error| found.push(format!("cannot be looked at: {error}")));
            wrong.extend(found.into_iter().map(|found| format!("host {name}: {found}")));
        }
        expected.insert(folder);
    }
    for entry in std::fs::read_dir(world.hosts())? {
        let folder = entry?.file_name().to_string_lossy().into_owned();
        if !expected.contains(&folder) {
            wrong.push(format!("orphan: the files of {folder}, a droplet that is no more"));
        }
    }
    Ok(())
}

fn host(root: &Path, wanted: OnHosts, wrong: &mut Vec<String>) -> std::io::Result<()> {
    let ours = root.join("var/lib/infra");
    if !is_free(&ours.join("lock"))? {
        wrong.push("left over: a transaction is still at work".to_owned());
    }
    let (conf, text) = (root.join("etc/app.conf"), root.join("etc/systemd/system/app.service"));
    let part = root.join("etc/systemd/system/app.service.d/part.conf");
    for (path, line) in [(&conf, wanted.file), (&text, wanted.about), (&part, wanted.about)] {
        if !std::fs::read_to_string(path)?.contains(line) {
            wrong.push(format!("{} does not say {line:?}", path.display()));
        }
    }
    let running = root.join("run/infra-units/app.service");
    let state = std::fs::read_to_string(running.join("active"))?;
    if state.trim() != "active" {
        wrong.push(format!("the service is {}", state.trim()));
    }
    let on_disk = [std::fs::read(&text)?, std::fs::read(&part)?].join(&b'\n');
    if std::fs::read(running.join("text"))? != on_disk {
        wrong.push("owed: the service manager has loaded another text of the unit than the one on the disk".to_owned());
    }
    let since = std::fs::read_to_string(running.join("since"))?.trim().parse::<i64>().unwrap_or(0);
    for path in [&conf, &text, &part, &root.join("etc/app.key")] {
        let meta = std::fs::metadata(path)?;
        if meta.mtime() * 1_000_000 + meta.mtime_nsec() / 1000 > since {
            wrong.push(format!("owed: the process is older than {}", path.display()));
        }
    }
    let helper = std::fs::read_to_string(root.join("run/infra-units/helper.service/active")).unwrap_or_default();
    if (helper.trim() == "active") != wanted.has_helper {
        wrong.push(format!("the helper is {helper:?}"));
    }
    for owed in std::fs::read_dir(ours.join("owed"))? {
        wrong.push(format!("owed: {} is noted on the host", owed?.file_name().to_string_lossy()));
    }
    if ours.join("leftovers").exists() {
        wrong.push("left over: what a transaction had to clear away".to_owned());
    }
    for folder in ["etc", "etc/systemd/system", "etc/systemd/system/app.service.d"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.starts_with(".infra-") {
                wrong.push(format!("left over: {folder}/{name}"));
            }
        }
    }
    Ok(())
}

/// Whether nobody holds a host's lock, or lets go of it soon: a script outlives the run that started it.
fn is_free(lock: &Path) -> std::io::Result<bool> {
    let lock = File::open(lock)?;
    let begun = Instant::now();
    loop {
        match lock.try_lock_shared() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if begun.elapsed() < STILL_AT_WORK => std::thread::sleep(POLL),
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// The last words of a run, for a line of a report.
pub(super) fn tail(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let error = lines.iter().position(|line| line.trim_start().starts_with("Error: "));
    let from = error.unwrap_or(lines.len().saturating_sub(8));
    lines[from..lines.len().min(from + 14)].join("\n    ")
}
