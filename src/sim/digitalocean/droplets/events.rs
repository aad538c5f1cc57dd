//! `POST /v2/droplets/{id}/actions`: one at a time, each with its own conditions.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::actions;
use crate::sim::digitalocean::actions::Action;
use crate::sim::digitalocean::actions::Subject;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::droplets::Effect;
use crate::sim::digitalocean::droplets::Event;
use crate::sim::digitalocean::droplets::create::check_name;
use crate::sim::digitalocean::droplets::create::default_policy;
use crate::sim::digitalocean::droplets::create::folder;
use crate::sim::digitalocean::droplets::create::policy;
use crate::sim::digitalocean::droplets::need;
use crate::sim::digitalocean::droplets::tagged;
use crate::sim::digitalocean::images;
use crate::sim::digitalocean::network;
use crate::sim::digitalocean::sizes;
use crate::sim::digitalocean::snapshots;
use crate::sim::digitalocean::snapshots::Snapshot;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

/// 422 while something is being done to a droplet already.
pub(in crate::sim::digitalocean) fn refuse_if_busy(droplet: &Droplet, now: Timestamp) -> Result<(), Refusal> {
    if droplet.is_busy(now) { Err(Refusal::invalid("Droplet already has a pending event.")) } else { Ok(()) }
}

/// `POST /v2/droplets/{id}/actions`.
pub(super) fn perform(call: &mut Call<'_>, id: &str, discard: &mut Vec<String>) -> Result<Reply, Refusal> {
    let droplet = need(call, id)?.clone();
    let action = begin(call, &droplet, discard)?;
    Ok(Reply::created("action", &action.show(call.now)))
}

/// `POST /v2/droplets/actions?tag_name=`: the same to every droplet of a tag.
pub(super) fn perform_tagged(call: &mut Call<'_>, discard: &mut Vec<String>) -> Result<Reply, Refusal> {
    let tag = call.query("tag_name").filter(|tag| !tag.is_empty());
    let tag = tag.ok_or_else(|| Refusal::bad_request("tag_name is required."))?;
    let body = call.json()?;
    check_type(Fields::of(&body, "the request body")?.need_text("type")?)?;
    let mut begun = Vec::new();
    for id in tagged(call, tag) {
        let droplet = need(call, &id.to_string())?.clone();
        begun.push(begin(call, &droplet, discard)?);
    }
    let begun: Vec<_> = begun.iter().map(|action| action.show(call.now)).collect();
    Ok(Reply::body(StatusCode::CREATED, &json!({ "actions": begun })))
}

/// Refuses what is no action, even where there is no droplet to do it to.
fn check_type(kind: &str) -> Result<(), Refusal> {
    const TYPES: [&str; 15] = [
        "power_on",
        "power_off",
        "shutdown",
        "reboot",
        "power_cycle",
        "password_reset",
        "rename",
        "resize",
        "enable_ipv6",
        "enable_backups",
        "disable_backups",
        "change_backup_policy",
        "rebuild",
        "snapshot",
        "restore",
    ];
    let is_known = TYPES.contains(&kind) || kind == "change_kernel";
    if is_known { Ok(()) } else { Err(Refusal::invalid(format!("{kind} is not a valid action type."))) }
}

fn begin(call: &mut Call<'_>, droplet: &Droplet, discard: &mut Vec<String>) -> Result<Action, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let kind = body.need_text("type")?;
    refuse_if_busy(droplet, call.now)?;
    let mut droplet = droplet.at(call.now).into_owned();
    let (effect, (low, high)) = effect(call, kind, &body, &droplet)?;
    if let Effect::Rebuild(_) = effect {
        discard.push(droplet.folder.clone());
        droplet.rebuilds += 1;
        // A new folder, so that a crash before the old one is removed leaves no old files behind.
        droplet.folder = folder(&droplet.name, droplet.id, droplet.rebuilds);
    }
    let until = call.after(low, high);
    if kind == "snapshot" {
        let name = body.text("name")?.filter(|name| !name.is_empty()).unwrap_or(&droplet.name);
        snapshot(call, &droplet, name, until);
    }
    let action = actions::start(call, kind, Subject::Droplet(droplet.id), &droplet.region, until);
    droplet.event = Some(Event { until, effect });
    call.put(droplet);
    Ok(action)
}

/// What an action comes to and how many seconds it takes, from and to.
fn effect(
    call: &mut Call<'_>,
    kind: &str,
    body: &Fields<'_>,
    droplet: &Droplet,
) -> Result<(Effect, (f64, f64)), Refusal> {
    let need_on = || match droplet.is_on {
        true => Ok(()),
        false => Err(Refusal::invalid("Droplet is currently powered off. Please power it on to run this event.")),
    };
    Ok(match kind {
        "power_on" if droplet.is_on => return Err(Refusal::invalid("Droplet is already powered on.")),
        "power_on" => (Effect::PowerOn, (3.0, 6.0)),
        "power_off" => {
            need_on()?;
            (Effect::PowerOff, (2.0, 4.0))
        }
        "shutdown" => {
            need_on()?;
            (Effect::PowerOff, (5.0, 10.0))
        }
        "reboot" => {
            need_on()?;
            (Effect::Restart, (5.0, 10.0))
        }
        "power_cycle" => {
            need_on()?;
            (Effect::Restart, (4.0, 8.0))
        }
        "password_reset" => (Effect::Restart, (5.0, 10.0)),
        "rename" => {
            let name = body.need_text("name")?;
            check_name(name)?;
            (Effect::Rename(name.to_owned()), (0.5, 1.5))
        }
        "resize" => (resized(body, droplet)?, (20.0, 60.0)),
        "enable_ipv6" => {
            if droplet.ipv6.is_some() {
                return Err(Refusal::invalid("IPv6 is already enabled for this Droplet."));
            }
            if droplet.public_ip.is_none() {
                return Err(Refusal::invalid("IPv6 needs public networking."));
            }
            (Effect::EnableIpv6(network::public_v6(call)), (5.0, 8.0))
        }
        "enable_backups" if droplet.backups.is_some() => {
            return Err(Refusal::invalid("Backups are already enabled for this Droplet."));
        }
        "enable_backups" => {
            let chosen = body.any("backup_policy").map(policy).transpose()?;
            (Effect::Backups(Some(chosen.unwrap_or_else(default_policy))), (1.0, 2.0))
        }
        "disable_backups" | "change_backup_policy" if droplet.backups.is_none() => {
            return Err(Refusal::invalid("Backups are not enabled for this Droplet."));
        }
        "disable_backups" => (Effect::Backups(None), (1.0, 2.0)),
        "change_backup_policy" => {
            let chosen = policy(body.any("backup_policy").ok_or_else(|| missing("backup_policy"))?)?;
            (Effect::Backups(Some(chosen)), (1.0, 2.0))
        }
        "rebuild" => {
            let image = images::named(call, body.any("image").ok_or_else(|| missing("image"))?);
            let image = image.ok_or_else(|| Refusal::invalid("You specified an invalid image for Droplet rebuild."))?;
            if droplet.disk < image.min_disk {
                return Err(Refusal::invalid("The image's minimum disk size is larger than the Droplet's disk."));
            }
            (Effect::Rebuild(image.id), (20.0, 40.0))
        }
        "snapshot" => return Ok((Effect::Elsewhere, (20.0, 60.0))),
        "restore" => {
            body.need_whole("image", 1..=i64::MAX)?;
            return Err(Refusal::invalid("The image is not a backup of this Droplet."));
        }
        "change_kernel" => {
            body.need_whole("kernel", 1..=i64::MAX)?;
            return Err(Refusal::invalid("The kernel of this Droplet is managed by itself."));
        }
        _ => return Err(Refusal::invalid(format!("{kind} is not a valid action type."))),
    })
}

/// A snapshot that is there once the action is over; the droplet runs on meanwhile.
fn snapshot(call: &mut Call<'_>, droplet: &Droplet, name: &str, until: Timestamp) {
    let snapshot = Snapshot {
        id: images::next_own(call).to_string(),
        name: name.to_owned(),
        kind: snapshots::Kind::Droplet,
        resource: droplet.id.to_string(),
        region: droplet.region.clone(),
        min_disk: i64::try_from(droplet.disk).unwrap_or(i64::MAX),
        tags: Vec::new(),
        created_at: call.now,
        available_at: until,
        distribution: images::distribution(call, droplet.image),
        description: String::new(),
        is_deleted: false,
    };
    call.put(snapshot);
}

/// A disk only ever grows; a size without its disk keeps the old one.
fn resized(body: &Fields<'_>, droplet: &Droplet) -> Result<Effect, Refusal> {
    let size = sizes::find(body.need_text("size")?).filter(|size| size.is_available());
    let size = size.ok_or_else(|| Refusal::invalid("You specified an invalid size for Droplet resize."))?;
    let with_disk = body.flag("disk")?.unwrap_or(false);
    if droplet.is_on {
        return Err(Refusal::invalid("You must power off the Droplet before it can be resized."));
    }
    if !size.is_in(&droplet.region) {
        return Err(Refusal::invalid("Size is not available in this region."));
    }
    if size.slug == droplet.size && (!with_disk || size.disk == droplet.disk) {
        return Err(Refusal::invalid("Droplet already has this size."));
    }
    if size.disk < droplet.disk {
        return Err(Refusal::invalid("This size is not available because it has a smaller disk."));
    }
    let disk = if with_disk { size.disk } else { droplet.disk };
    Ok(Effect::Resize { size: size.slug.to_owned(), disk })
}
