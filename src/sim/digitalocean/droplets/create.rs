//! `POST /v2/droplets`: everything is checked before anything is made.

use std::net::Ipv4Addr;

use http::StatusCode;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::actions;
use crate::sim::digitalocean::actions::Subject;
use crate::sim::digitalocean::droplets::BackupPolicy;
use crate::sim::digitalocean::droplets::Beside;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::droplets::Effect;
use crate::sim::digitalocean::droplets::Event;
use crate::sim::digitalocean::droplets::shown;
use crate::sim::digitalocean::images;
use crate::sim::digitalocean::images::Chosen;
use crate::sim::digitalocean::network;
use crate::sim::digitalocean::projects;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::sizes;
use crate::sim::digitalocean::sizes::Size;
use crate::sim::digitalocean::ssh_keys;
use crate::sim::digitalocean::tags;
use crate::sim::digitalocean::tags::Tagged;
use crate::sim::digitalocean::volumes;
use crate::sim::digitalocean::volumes::Volume;
use crate::sim::digitalocean::vpcs;
use crate::sim::digitalocean::vpcs::Vpc;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

const USER_DATA: usize = 64 * 1024;

/// What all droplets of one request have in common.
struct Order {
    size: &'static Size,
    image: Chosen,
    region: &'static str,
    vpc: Vpc,
    tags: Vec<String>,
    volumes: Vec<Volume>,
    is_public: bool,
    has_ipv6: bool,
    monitoring: bool,
    backups: Option<BackupPolicy>,
}

/// `POST /v2/droplets`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let (names, is_single) = names(&body)?;
    let order = order(call, &body)?;
    let mut links = Vec::new();
    let mut made = Vec::new();
    if names.len() > 1 && !order.volumes.is_empty() {
        return Err(Refusal::invalid("Volumes can not be attached to several Droplets at once."));
    }
    for name in names {
        let droplet = make(call, &order, name)?;
        let until = droplet.event.as_ref().map_or(call.now, |event| event.until);
        let action = actions::start(call, "create", Subject::Droplet(droplet.id), &droplet.region, until);
        links.push(actions::link(call, &action, "create"));
        projects::join(call, &format!("do:droplet:{}", droplet.id), None)?;
        call.put(droplet.clone());
        made.push(droplet);
    }
    let last = made.last().expect("at least one name was given").id.to_string();
    tags::touch(call, &order.tags, Tagged::Droplets, &last);
    if let [single] = made.as_slice() {
        order.volumes.into_iter().for_each(|volume| volumes::give(call, volume, single.id));
    }
    let beside = Beside::of(call);
    let made: Vec<_> = made.iter().map(|droplet| shown(call, droplet, &beside)).collect();
    let document = match made.as_slice() {
        [single] if is_single => json!({ "droplet": single, "links": { "actions": links } }),
        made => json!({ "droplets": made, "links": { "actions": links } }),
    };
    Ok(Reply::body(StatusCode::ACCEPTED, &document))
}

/// The name or names, and whether it was `name` that was given.
fn names<'a>(body: &Fields<'a>) -> Result<(Vec<&'a str>, bool), Refusal> {
    let (names, is_single) = match (body.has("name"), body.has("names")) {
        (true, true) => return Err(Refusal::invalid("name and names can not be combined")),
        (false, true) => (body.texts("names")?, false),
        (_, false) => (vec![body.need_text("name")?], true),
    };
    if names.is_empty() || names.len() > 10 {
        return Err(Refusal::invalid("names must hold from 1 to 10 names"));
    }
    names.iter().try_for_each(|name| check_name(name))?;
    Ok((names, is_single))
}

/// A name is like a host's: it ends in a letter or digit.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let is_word = |c: char| c.is_ascii_alphanumeric();
    let is_plain = name.chars().all(|c| is_word(c) || ".-".contains(c));
    if name.len() > 255 || !is_plain || !name.chars().last().is_some_and(is_word) {
        return Err(Refusal::invalid("Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"));
    }
    Ok(())
}

fn order(call: &mut Call<'_>, body: &Fields<'_>) -> Result<Order, Refusal> {
    let size = body.need_text("size")?;
    let size = sizes::find(size).filter(|size| size.is_available());
    let size = size.ok_or_else(|| Refusal::invalid("You specified an invalid size for Droplet creation."))?;
    let image = images::named(call, body.any("image").ok_or_else(|| missing("image"))?);
    let image = image.ok_or_else(|| Refusal::invalid("You specified an invalid image for Droplet creation."))?;
    let region = regions::choose(body.text("region")?.filter(|region| !region.is_empty()));
    let region = region.ok_or_else(|| Refusal::invalid("You specified an invalid region for Droplet creation."))?.slug;
    if !regions::is_open(region) {
        return Err(Refusal::invalid("Region is not available"));
    }
    if !size.is_in(region) {
        return Err(Refusal::invalid("Size is not available in this region."));
    }
    if size.disk < image.min_disk {
        return Err(Refusal::invalid("The image's minimum disk size is larger than the size's disk."));
    }
    if image.region.as_deref().is_some_and(|place| place != region) {
        return Err(Refusal::invalid("The image is not available in the selected region."));
    }
    ssh_keys::check(call, body.list("ssh_keys")?.unwrap_or_default())?;
    if body.text("user_data")?.is_some_and(|text| text.len() > USER_DATA) {
        return Err(Refusal::invalid("User data is too long (maximum is 65536 bytes)."));
    }
    let volumes = volumes::check(call, body.list("volumes")?.unwrap_or_default(), region)?;
    body.flag("with_droplet_agent")?;
    body.flag("private_networking")?;
    let is_public = body.flag("public_networking")?.unwrap_or(true);
    let has_ipv6 = body.flag("ipv6")?.unwrap_or(false);
    if has_ipv6 && !is_public {
        return Err(Refusal::invalid("ipv6 needs public networking."));
    }
    let policy = body.any("backup_policy").map(policy).transpose()?;
    let backups = match body.flag("backups")?.unwrap_or(false) {
        true => Some(policy.unwrap_or_else(default_policy)),
        false if policy.is_some() => return Err(Refusal::invalid("backup_policy needs backups to be enabled.")),
        false => None,
    };
    let monitoring = body.flag("monitoring")?.unwrap_or(false);
    let names = body.texts("tags")?;
    let vpc = vpcs::choose(call, body.text("vpc_uuid")?, region)?;
    let tags = tags::ensure(call, &names)?;
    Ok(Order { size, image, region, vpc, tags, volumes, is_public, has_ipv6, monitoring, backups })
}

fn make(call: &mut Call<'_>, order: &Order, name: &str) -> Result<Droplet, Refusal> {
    let id = 400_000_001 + call.world.next("droplet");
    let public_ip: Option<Ipv4Addr> = if order.is_public { Some(network::public_v4(call)?) } else { None };
    Ok(Droplet {
        id,
        name: name.to_owned(),
        region: order.region.to_owned(),
        vpc: order.vpc.id.clone(),
        tags: order.tags.clone(),
        private_ip: network::private_v4(call, &order.vpc)?,
        public_ip,
        created_at: call.now,
        ipv6: order.has_ipv6.then(|| network::public_v6(call)),
        size: order.size.slug.to_owned(),
        disk: order.size.disk,
        image: order.image.id,
        monitoring: order.monitoring,
        backups: order.backups.clone(),
        is_on: false,
        visible_at: call.after(0.6, 1.2),
        gone_at: None,
        event: Some(Event { until: call.after(20.0, 40.0), effect: Effect::Create }),
        folder: folder(name, id, 0),
        rebuilds: 0,
        boots: 0,
    })
}

/// The folder for a droplet's files; file systems allow names of 255 bytes, and so does the vendor.
pub(super) fn folder(name: &str, id: u64, rebuilds: u32) -> String {
    let name = &name[..name.len().min(200)];
    if rebuilds == 0 { format!("{name}-{id}") } else { format!("{name}-{id}-rebuilt-{rebuilds}") }
}

/// What backups are made by when nothing else is said.
pub(super) fn default_policy() -> BackupPolicy {
    BackupPolicy { plan: "daily".to_owned(), weekday: None, hour: 0 }
}

/// A backup policy in a request.
pub(super) fn policy(value: &Value) -> Result<BackupPolicy, Refusal> {
    let fields = Fields::of(value, "backup_policy")?;
    let plan = fields.one_of("plan", &["daily", "weekly"])?.unwrap_or("daily");
    let weekday = fields.one_of("weekday", &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])?;
    let hour = fields.whole("hour", 0..=20)?.unwrap_or(0);
    if hour % 4 != 0 {
        return Err(Refusal::invalid("hour must be one of 0, 4, 8, 12, 16, 20"));
    }
    let weekday = match (plan, weekday) {
        ("weekly", None) => return Err(missing("weekday")),
        ("weekly", day) => day.map(str::to_owned),
        _ => None,
    };
    Ok(BackupPolicy { plan: plan.to_owned(), weekday, hour })
}
