//! `POST /v2/volumes`.

use crate::sim::call::Call;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::snapshots;
use crate::sim::digitalocean::tags;
use crate::sim::digitalocean::tags::Tagged;
use crate::sim::digitalocean::volumes::Volume;
use crate::sim::digitalocean::volumes::show;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;
use crate::sim::validate::missing;

/// Gibibytes.
pub(super) const MAX_SIZE: i64 = 16_384;

/// `POST /v2/volumes`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?;
    check_name(name)?;
    let size = body.need_whole("size_gigabytes", 1..=MAX_SIZE)?;
    let snapshot = match body.text("snapshot_id")?.filter(|id| !id.is_empty()) {
        Some(id) => Some(snapshots::need_of_volume(call, id)?.clone()),
        None => None,
    };
    let region = match (body.text("region")?.filter(|region| !region.is_empty()), &snapshot) {
        (Some(slug), _) => regions::find(slug).ok_or_else(|| Refusal::invalid("invalid region"))?.slug,
        (None, Some(snapshot)) => regions::find(&snapshot.region).ok_or_else(|| missing("region"))?.slug,
        (None, None) => return Err(missing("region")),
    };
    if let Some(snapshot) = &snapshot {
        if snapshot.region != region {
            return Err(Refusal::invalid("the snapshot is not in the volume's region"));
        }
        if snapshot.min_disk > size {
            return Err(Refusal::invalid("the volume must not be smaller than its snapshot"));
        }
    }
    let (filesystem_type, filesystem_label) = filesystem(&body)?;
    let description = body.text("description")?.unwrap_or_default().to_owned();
    if call.list::<Volume>().any(|volume| volume.name == name && volume.region == region) {
        return Err(Refusal::conflict("already exists"));
    }
    let tags = tags::ensure(call, &body.texts("tags")?)?;
    let volume = Volume {
        id: call.world.uuid(),
        name: name.to_owned(),
        region: region.to_owned(),
        size,
        tags,
        created_at: call.now,
        description,
        filesystem_type,
        filesystem_label,
        droplet: None,
        change: None,
    };
    projects::join(call, &format!("do:volume:{}", volume.id), None)?;
    tags::touch(call, &volume.tags, Tagged::Volumes, &volume.id);
    let reply = Reply::created("volume", &show(call, &volume));
    call.put(volume);
    Ok(reply)
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let is_plain = is_made_of(name, 64, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !is_plain || !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.ends_with('-') {
        return Err(Refusal::invalid(
            "invalid name: must be lowercase letters, numbers and dashes, begin with a letter and have at most 64 characters",
        ));
    }
    Ok(())
}

/// The kind of file system a volume is born with, and its label; both may be empty.
fn filesystem(body: &Fields<'_>) -> Result<(String, String), Refusal> {
    let kind = body.text("filesystem_type")?.unwrap_or_default();
    let label = body.text("filesystem_label")?.unwrap_or_default();
    let longest = match kind.to_ascii_lowercase().as_str() {
        "ext4" => 16,
        "xfs" => 12,
        "" => 0,
        _ => return Err(Refusal::invalid("filesystem_type must be one of ext4, xfs")),
    };
    if label.len() > longest {
        return Err(Refusal::invalid(format!("filesystem_label is too long (maximum is {longest} characters)")));
    }
    Ok((kind.to_ascii_lowercase(), label.to_owned()))
}
