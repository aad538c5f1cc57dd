//! VPC networks: a default one for each region, and members that hold them.

use http::Method;
use ipnet::Ipv4Net;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::droplets::Droplet;
use crate::sim::digitalocean::load_balancers::LoadBalancer;
use crate::sim::digitalocean::regions;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;

/// A private network of one region.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Vpc {
    pub(super) id: String,
    pub(super) range: Ipv4Net,
    pub(super) created_at: Timestamp,
    name: String,
    description: String,
    #[serde(deserialize_with = "regions::stored")]
    region: String,
    is_default: bool,
}

impl Stored for Vpc {
    const KIND: &'static str = "vpc";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Everything under `/v2/vpcs`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => page::list(call, "vpcs", &call.list::<Vpc>().collect::<Vec<_>>(), |vpc| show(vpc)),
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::ok("vpc", &show(call.need(id)?))),
        ("PUT", [id]) => update(call, id, true),
        ("PATCH", [id]) => update(call, id, false),
        ("DELETE", [id]) => delete(call, id),
        ("GET", [id, "members"]) => {
            call.need::<Vpc>(id)?;
            let kind = call.query("resource_type");
            let is_meant = |member: &Member| kind.is_none_or(|kind| member.kind == kind);
            let members: Vec<Member> = members(call, id).into_iter().filter(is_meant).collect();
            page::list(call, "members", &members, Member::show)
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// The network a new object of that region belongs to: the one it names, or the region's default.
pub(super) fn choose(call: &mut Call<'_>, asked: Option<&str>, region: &str) -> Result<Vpc, Refusal> {
    match asked.filter(|id| !id.is_empty()) {
        Some(id) => match call.get::<Vpc>(id) {
            Some(vpc) if vpc.region == region => Ok(vpc.clone()),
            Some(_) => Err(Refusal::invalid("The VPC network is not in the specified region.")),
            None => Err(Refusal::invalid("Failed to resolve VPC: the VPC network could not be found.")),
        },
        None => match default_of(call, region) {
            Some(vpc) => Ok(vpc.clone()),
            // Wider than the vendor's /20, so that a region takes as many droplets as a test wants.
            None => found(call, format!("default-{region}"), String::new(), region, free_range(call, 16)?),
        },
    }
}

struct Member {
    kind: &'static str,
    urn_kind: &'static str,
    id: String,
    name: String,
    created_at: Timestamp,
}

impl Member {
    fn show(&self) -> Value {
        let urn = format!("do:{}:{}", self.urn_kind, self.id);
        json!({ "name": self.name, "urn": urn, "created_at": stamp(self.created_at) })
    }
}

fn members(call: &Call<'_>, vpc: &str) -> Vec<Member> {
    let droplets = call.list::<Droplet>().filter(|droplet| droplet.vpc == vpc && !droplet.is_gone(call.now));
    let droplets =
        droplets.map(|droplet| (("droplet", "droplet"), droplet.id.to_string(), &droplet.name, droplet.created_at));
    let balancers = call.list::<LoadBalancer>().filter(|balancer| balancer.vpc == vpc && !balancer.has_left(call.now));
    let balancers = balancers
        .map(|balancer| (("load_balancer", "loadbalancer"), balancer.id(), &balancer.spec.name, balancer.created_at));
    let clusters = call.list::<Cluster>().filter(|cluster| cluster.vpc == vpc && !cluster.is_gone(call.now));
    let clusters = clusters.map(|cluster| (("database", "dbaas"), cluster.id(), &cluster.name, cluster.created_at));
    let all = droplets.chain(balancers).chain(clusters);
    all.map(|((kind, urn_kind), id, name, created_at)| Member { kind, urn_kind, id, name: name.clone(), created_at })
        .collect()
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = checked_name(call, body.need_text("name")?, None)?;
    let description = checked_description(&body)?.unwrap_or_default();
    let region = regions::find(body.need_text("region")?).ok_or_else(|| Refusal::invalid("region is not valid"))?;
    let range = match body.text("ip_range")?.filter(|range| !range.is_empty()) {
        Some(range) => checked_range(call, range)?,
        None => free_range(call, 20)?,
    };
    let vpc = found(call, name, description, region.slug, range)?;
    Ok(Reply::created("vpc", &show(&vpc)))
}

/// The first network of a region becomes its default.
fn found(call: &mut Call<'_>, name: String, description: String, region: &str, range: Ipv4Net) -> Result<Vpc, Refusal> {
    let is_default = default_of(call, region).is_none();
    let (id, region, created_at) = (call.world.uuid(), region.to_owned(), call.now);
    let vpc = Vpc { id, range, name, description, region, is_default, created_at };
    call.put(vpc.clone());
    Ok(vpc)
}

fn update(call: &mut Call<'_>, id: &str, is_whole: bool) -> Result<Reply, Refusal> {
    let vpc = call.need::<Vpc>(id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = match body.text("name")? {
        Some(name) => checked_name(call, name, Some(id))?,
        None if is_whole => return Err(crate::sim::validate::missing("name")),
        None => vpc.name.clone(),
    };
    let description = checked_description(&body)?.unwrap_or_else(|| vpc.description.clone());
    // A whole update without the field says false, and a default network cannot stop being one.
    let is_default = body.flag("default")?.unwrap_or(vpc.is_default && !is_whole);
    if vpc.is_default && !is_default {
        return Err(Refusal::forbidden("Can not unset the default VPC."));
    }
    if is_default && !vpc.is_default {
        let before = default_of(call, &vpc.region).cloned();
        before.into_iter().for_each(|before| call.put(Vpc { is_default: false, ..before }));
    }
    let vpc = Vpc { name, description, is_default, ..vpc };
    let reply = Reply::ok("vpc", &show(&vpc));
    call.put(vpc);
    Ok(reply)
}

fn delete(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    if call.need::<Vpc>(id)?.is_default {
        return Err(Refusal::forbidden("Can not delete default VPC."));
    }
    if !members(call, id).is_empty() {
        return Err(Refusal::conflict("Can not delete VPC with members."));
    }
    call.remove::<Vpc>(id);
    Ok(Reply::done())
}

fn default_of<'a>(call: &'a Call<'_>, region: &str) -> Option<&'a Vpc> {
    call.list::<Vpc>().find(|vpc| vpc.region == region && vpc.is_default)
}

fn checked_name(call: &Call<'_>, name: &str, own: Option<&str>) -> Result<String, Refusal> {
    if !is_made_of(name, 255, |c| c.is_ascii_alphanumeric() || "-.".contains(c)) {
        return Err(Refusal::invalid("name must only contain alphanumeric characters, dashes, and periods"));
    }
    if call.list::<Vpc>().any(|vpc| vpc.name == name && Some(vpc.id.as_str()) != own) {
        return Err(Refusal::invalid("a VPC network with that name already exists in your account"));
    }
    Ok(name.to_owned())
}

fn checked_description(body: &Fields<'_>) -> Result<Option<String>, Refusal> {
    match body.text("description")? {
        Some(text) if text.chars().count() > 255 => Err(Refusal::invalid("description must be 255 characters or less")),
        text => Ok(text.map(str::to_owned)),
    }
}

fn checked_range(call: &Call<'_>, text: &str) -> Result<Ipv4Net, Refusal> {
    let range: Ipv4Net = text.parse().map_err(|_| Refusal::invalid("ip_range is not valid CIDR notation"))?;
    if !(16..=28).contains(&range.prefix_len()) {
        return Err(Refusal::invalid("ip_range must be between /16 and /28"));
    }
    if !range.network().is_private() || range.trunc() != range {
        return Err(Refusal::invalid("ip_range must be a network within the private ranges of RFC 1918"));
    }
    if overlaps(call, range) {
        return Err(Refusal::invalid("This range/size overlaps with another VPC network in your account."));
    }
    Ok(range)
}

/// The first network of that width in 10.100.0.0 and above that nothing overlaps.
fn free_range(call: &Call<'_>, prefix: u8) -> Result<Ipv4Net, Refusal> {
    let wide = Ipv4Net::new_assert(std::net::Ipv4Addr::new(10, 0, 0, 0), 8);
    let mut nets =
        wide.subnets(prefix).expect("a subnet is narrower").skip_while(|net| net.network().octets()[1] < 100);
    nets.find(|net| !overlaps(call, *net)).ok_or_else(|| Refusal::invalid("No private range is free."))
}

fn overlaps(call: &Call<'_>, range: Ipv4Net) -> bool {
    call.list::<Vpc>().any(|vpc| vpc.range.contains(&range) || range.contains(&vpc.range))
}

fn show(vpc: &Vpc) -> Value {
    json!({
        "id": vpc.id,
        "urn": format!("do:vpc:{}", vpc.id),
        "name": vpc.name,
        "description": vpc.description,
        "region": vpc.region,
        "ip_range": vpc.range.to_string(),
        "default": vpc.is_default,
        "created_at": stamp(vpc.created_at),
    })
}
