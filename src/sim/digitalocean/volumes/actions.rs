//! What is done to a volume: it is attached, detached, or made larger.

use crate::sim::call::Call;
use crate::sim::digitalocean::actions;
use crate::sim::digitalocean::actions::Subject;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::tags;
use crate::sim::digitalocean::tags::Tagged;
use crate::sim::digitalocean::volumes::Change;
use crate::sim::digitalocean::volumes::Effect;
use crate::sim::digitalocean::volumes::MAX_ATTACHED;
use crate::sim::digitalocean::volumes::Volume;
use crate::sim::digitalocean::volumes::attached;
use crate::sim::digitalocean::volumes::create::MAX_SIZE;
use crate::sim::digitalocean::volumes::holder;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;

/// `POST /v2/volumes/{id}/actions`.
pub(super) fn perform(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let volume = call.need::<Volume>(id)?.clone();
    let body = call.json()?;
    begin(call, volume, &Fields::of(&body, "the request body")?)
}

/// `POST /v2/volumes/actions`: the volume is named in the body; it can not be resized this way.
pub(super) fn perform_named(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    body.need_one_of("type", &["attach", "detach"])?;
    let (name, region) = (body.need_text("volume_name")?, body.need_text("region")?);
    let region = regions::find(region).ok_or_else(|| Refusal::invalid("invalid region"))?.slug;
    let is_meant = |volume: &&Volume| volume.name == name && volume.region == region;
    let volume = call.list::<Volume>().find(is_meant).ok_or_else(Refusal::not_found)?.clone();
    begin(call, volume, &body)
}

/// `GET /v2/volumes/{id}/actions`.
pub(super) fn list(call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    call.need::<Volume>(id)?;
    actions::list_where(call, |action| action.concerns_volume(id))
}

/// `GET /v2/volumes/{id}/actions/{action}`.
pub(super) fn get(call: &Call<'_>, id: &str, action: &str) -> Result<Reply, Refusal> {
    call.need::<Volume>(id)?;
    actions::get_where(call, action, |action| action.concerns_volume(id))
}

fn begin(call: &mut Call<'_>, volume: Volume, body: &Fields<'_>) -> Result<Reply, Refusal> {
    let kind = body.need_one_of("type", &["attach", "detach", "resize"])?;
    if let Some(region) = body.text("region")?.filter(|region| !region.is_empty()) {
        let region = regions::find(region).ok_or_else(|| Refusal::invalid("invalid region"))?;
        if region.slug != volume.region {
            return Err(Refusal::not_found());
        }
    }
    if volume.change.as_ref().is_some_and(|change| change.until > call.now) {
        return Err(Refusal::invalid("Volume already has a pending event."));
    }
    let volume = volume.at(call.now);
    let tags = tags::ensure(call, &body.texts("tags")?)?;
    let (effect, droplet) = match kind {
        "attach" => {
            let droplet = able_droplet(call, &volume, body)?;
            (Effect::Attach(droplet.id), Some(droplet))
        }
        "detach" => {
            let id = body.need_whole("droplet_id", 1..=i64::MAX)?;
            let droplet = holder(call, &volume).filter(|droplet| i64::try_from(droplet.id) == Ok(id));
            let droplet = droplet.ok_or_else(|| Refusal::invalid("Attachment not found"))?;
            droplets::refuse_if_busy(droplet, call.now)?;
            (Effect::Detach, Some(droplet.clone()))
        }
        _ => {
            let size = body.need_whole("size_gigabytes", 1..=MAX_SIZE)?;
            if size <= volume.size {
                return Err(Refusal::invalid("The volume can only be resized to a larger size."));
            }
            (Effect::Resize(size), None)
        }
    };
    let until = call.after(2.0, 6.0);
    let subject = Subject::Volume { id: volume.id.clone(), droplet: droplet.as_ref().map(|droplet| droplet.id) };
    let action = actions::start(call, &format!("{kind}_volume"), subject, &volume.region, until);
    if let Some(droplet) = droplet {
        let droplet = droplet.occupied(call.now, until);
        call.put(droplet);
    }
    let mut volume = volume;
    if !tags.is_empty() {
        volume.tags.extend(tags.iter().filter(|tag| !tags::carries(&volume.tags, tag)).cloned().collect::<Vec<_>>());
        tags::touch(call, &tags, Tagged::Volumes, &volume.id);
    }
    call.put(Volume { change: Some(Change { until, effect }), ..volume });
    Ok(Reply::accepted("action", &action.show(call.now)))
}

/// The droplet that is to get a volume: there, idle, in its region, with room for one more.
fn able_droplet(call: &Call<'_>, volume: &Volume, body: &Fields<'_>) -> Result<Droplet, Refusal> {
    let id = body.need_whole("droplet_id", 1..=i64::MAX)?;
    let droplet =
        droplets::need(call, &id.to_string()).map_err(|_| Refusal::invalid("The Droplet could not be found."))?;
    if holder(call, volume).is_some() {
        return Err(Refusal::invalid("This volume is already attached"));
    }
    if droplet.region != volume.region {
        return Err(Refusal::invalid("The volume and the Droplet are not in the same region."));
    }
    droplets::refuse_if_busy(droplet, call.now)?;
    if attached(call).get(&droplet.id).is_some_and(|volumes| volumes.len() >= MAX_ATTACHED) {
        return Err(Refusal::invalid(format!("A Droplet can have at most {MAX_ATTACHED} volumes.")));
    }
    Ok(droplet.clone())
}
