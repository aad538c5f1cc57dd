//! Images: the vendor's distributions and applications in a table, and the account's own, which are snapshots.

use std::borrow::Cow;
use std::sync::LazyLock;

use http::Method;
use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use serde_json::value::to_raw_value;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::regions;
use crate::sim::digitalocean::snapshots;
use crate::sim::digitalocean::snapshots::Kind;
use crate::sim::digitalocean::snapshots::Snapshot;
use crate::sim::digitalocean::tags;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;

/// What a droplet boots from.
struct Image {
    id: u64,
    slug: &'static str,
    is_application: bool,
    distribution: &'static str,
    /// Gigabytes.
    min_disk: u64,
    shown: Box<RawValue>,
}

/// What a request chose to boot from.
pub(super) struct Chosen {
    /// The image's number.
    pub(super) id: u64,
    /// Gigabytes.
    pub(super) min_disk: u64,
    /// Where it is, if it is not everywhere.
    pub(super) region: Option<String>,
}

/// Number, slug, name, distribution, smallest disk in gigabytes; applications come last.
const TABLE: [(u64, &str, &str, &str, u64); 11] = [
    (129211873, "ubuntu-20-04-x64", "20.04 (LTS) x64", "Ubuntu", 7),
    (155133621, "ubuntu-22-04-x64", "22.04 (LTS) x64", "Ubuntu", 7),
    (195932981, "ubuntu-24-04-x64", "24.04 (LTS) x64", "Ubuntu", 7),
    (185929832, "debian-12-x64", "12 x64", "Debian", 7),
    (201276338, "debian-13-x64", "13 x64", "Debian", 7),
    (189410542, "fedora-42-x64", "42 x64", "Fedora", 15),
    (183419744, "centos-stream-9-x64", "9 Stream x64", "CentOS", 10),
    (192468510, "centos-stream-10-x64", "10 Stream x64", "CentOS", 10),
    (193742011, "rockylinux-9-x64", "9 x64", "Rocky Linux", 10),
    (188412039, "docker-20-04", "Docker on Ubuntu 22.04", "Ubuntu", 25),
    (187320644, "wordpress-20-04", "WordPress on Ubuntu 24.04", "Ubuntu", 25),
];

const APPLICATIONS: usize = 2;

/// Snapshots of droplets are numbered from here on.
const FIRST_OWN: u64 = 300_000_001;

static IMAGES: LazyLock<Vec<Image>> = LazyLock::new(|| {
    let image = |(n, (id, slug, name, distribution, min_disk))| {
        let shown = show(id, slug, name, distribution, min_disk);
        Image { id, slug, is_application: n >= TABLE.len() - APPLICATIONS, distribution, min_disk, shown }
    };
    TABLE.into_iter().enumerate().map(image).collect()
});

/// Everything under `/v2/images`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => list(call),
        ("GET", [id]) => match find(id) {
            Some(image) => Ok(Reply::ok("image", &image.shown)),
            None => Ok(Reply::ok("image", &show_own(need_own(call, id)?))),
        },
        ("PUT", [id]) => update(call, id),
        ("DELETE", [id]) => {
            need_own(call, id)?;
            snapshots::delete(call, id)
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// The image that a request names by slug or number.
pub(super) fn named(call: &Call<'_>, value: &Value) -> Option<Chosen> {
    let (image, id) = match value {
        Value::String(text) => (find(text), text.clone()),
        Value::Number(number) => (number.as_u64().and_then(by_id), number.to_string()),
        _ => return None,
    };
    if let Some(image) = image {
        return Some(Chosen { id: image.id, min_disk: image.min_disk, region: None });
    }
    let own = need_own(call, &id).ok()?;
    let (id, min_disk) = (own.id.parse().ok()?, own.min_disk.try_into().ok()?);
    Some(Chosen { id, min_disk, region: Some(own.region.clone()) })
}

/// The image of a stored number as the API shows it.
pub(super) fn shown(call: &Call<'_>, id: u64) -> Cow<'static, RawValue> {
    if let Some(image) = by_id(id) {
        return Cow::Borrowed(&image.shown);
    }
    let own = call.get::<Snapshot>(&id.to_string()).map_or(Value::Null, show_own);
    Cow::Owned(to_raw_value(&own).expect("an image is plain data"))
}

/// The distribution that an image is of.
pub(super) fn distribution(call: &Call<'_>, id: u64) -> String {
    match by_id(id) {
        Some(image) => image.distribution.to_owned(),
        None => call.get::<Snapshot>(&id.to_string()).map_or_else(String::new, |own| own.distribution.clone()),
    }
}

/// The number of the next snapshot of a droplet.
pub(super) fn next_own(call: &mut Call<'_>) -> u64 {
    FIRST_OWN + call.world.next("image")
}

fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    let own = call.list::<Snapshot>().filter(|own| own.kind == Kind::Droplet && own.is_there(call.now));
    if call.query("private") == Some("true") {
        return page::list(call, "images", &own.collect::<Vec<_>>(), |own| show_own(own));
    }
    if let Some(tag) = call.query("tag_name").filter(|tag| !tag.is_empty()) {
        let own: Vec<_> = own.filter(|own| tags::carries(&own.tags, tag)).collect();
        return page::list(call, "images", &own, |own| show_own(own));
    }
    let wanted = match call.query("type") {
        None | Some("") => None,
        Some("distribution") => Some(false),
        Some("application") => Some(true),
        Some(_) => return Err(Refusal::invalid("type must be one of application, distribution")),
    };
    let public = IMAGES.iter().filter(|image| wanted.is_none_or(|wanted| wanted == image.is_application));
    let public = public.map(|image| Cow::Borrowed(&*image.shown));
    let own = own.filter(|_| wanted.is_none());
    let own = own.map(|own| Cow::Owned(to_raw_value(&show_own(own)).expect("an image is plain data")));
    page::list(call, "images", &public.chain(own).collect::<Vec<Cow<'_, RawValue>>>(), |image| image)
}

/// Of an image of one's own the name, the description and the distribution can be changed.
fn update(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    const DISTRIBUTIONS: [&str; 13] = [
        "Arch Linux",
        "CentOS",
        "CoreOS",
        "Debian",
        "Fedora",
        "Fedora Atomic",
        "FreeBSD",
        "Gentoo",
        "openSUSE",
        "RancherOS",
        "Rocky Linux",
        "Ubuntu",
        "Unknown",
    ];
    if find(id).is_some() {
        return Err(Refusal::forbidden("You do not have access for the attempted action."));
    }
    let mut own = need_own(call, id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    if let Some(name) = body.text("name")?.filter(|name| !name.is_empty()) {
        name.clone_into(&mut own.name);
    }
    if let Some(description) = body.text("description")? {
        description.clone_into(&mut own.description);
    }
    if let Some(distribution) = body.one_of("distribution", &DISTRIBUTIONS)? {
        distribution.clone_into(&mut own.distribution);
    }
    let reply = Reply::ok("image", &show_own(&own));
    call.put(own);
    Ok(reply)
}

fn need_own<'a>(call: &'a Call<'_>, id: &str) -> Result<&'a Snapshot, Refusal> {
    let own = snapshots::need(call, id)?;
    if own.kind == Kind::Droplet { Ok(own) } else { Err(Refusal::not_found()) }
}

fn show(id: u64, slug: &str, name: &str, distribution: &str, min_disk: u64) -> Box<RawValue> {
    let image = json!({
        "id": id,
        "name": name,
        "type": "base",
        "distribution": distribution,
        "slug": slug,
        "public": true,
        "regions": regions::slugs().collect::<Vec<_>>(),
        "created_at": "2025-01-15T10:00:00Z",
        "min_disk_size": min_disk,
        "size_gigabytes": 2.36,
        "description": format!("{distribution} {name}"),
        "tags": [],
        "status": "available",
        "error_message": "",
    });
    to_raw_value(&image).expect("an image is plain data")
}

fn show_own(own: &Snapshot) -> Value {
    json!({
        "id": own.id.parse::<u64>().unwrap_or_default(),
        "name": own.name,
        "type": "snapshot",
        "distribution": own.distribution,
        "slug": null,
        "public": false,
        "regions": [own.region],
        "created_at": stamp(own.created_at),
        "min_disk_size": own.min_disk,
        "size_gigabytes": own.size(),
        "description": own.description,
        "tags": own.tags,
        "status": if own.is_deleted { "deleted" } else { "available" },
        "error_message": "",
    })
}

fn find(text: &str) -> Option<&'static Image> {
    let number = text.parse().ok();
    IMAGES.iter().find(|image| image.slug == text || Some(image.id) == number)
}

fn by_id(id: u64) -> Option<&'static Image> {
    IMAGES.iter().find(|image| image.id == id)
}

/// Reads a stored image; a world that names one that was never made is damaged.
pub(super) fn stored<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let id = u64::deserialize(from)?;
    match by_id(id) {
        Some(_) => Ok(id),
        None if id >= FIRST_OWN => Ok(id),
        None => Err(D::Error::custom(format!("no image is called {id}"))),
    }
}
