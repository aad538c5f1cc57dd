//! The records of a zone. Several may have the same name and type; those of one name share their time to live.

use http::Method;
use serde::Deserialize;
use serde::Serialize;

use crate::sim::call::Call;
use crate::sim::digitalocean::domains::TTL;
use crate::sim::digitalocean::domains::checks;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

/// One record.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::sim::digitalocean) struct Record {
    domain: String,
    id: u64,
    pub(super) kind: String,
    name: String,
    data: String,
    ttl: i64,
    pub(super) priority: Option<i64>,
    pub(super) port: Option<i64>,
    pub(super) weight: Option<i64>,
    pub(super) flags: Option<i64>,
    pub(super) tag: Option<String>,
}

/// A record as the API shows it.
#[derive(Serialize)]
struct Shown<'a> {
    id: u64,
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    data: &'a str,
    priority: Option<i64>,
    port: Option<i64>,
    ttl: i64,
    weight: Option<i64>,
    flags: Option<i64>,
    tag: Option<&'a str>,
}

impl Stored for Record {
    const KIND: &'static str = "domain_record";

    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Record {
    fn show(&self) -> Shown<'_> {
        let Record { id, kind, name, data, ttl, priority, port, weight, flags, tag, .. } = self;
        let (priority, port, weight, flags, tag) = (*priority, *port, *weight, *flags, tag.as_deref());
        Shown { id: *id, kind, name, data, priority, port, ttl: *ttl, weight, flags, tag }
    }

    /// The record as a line of a zone file.
    pub(super) fn line(&self) -> String {
        let numbers = [self.flags, self.priority, self.weight, self.port];
        let numbers: String = numbers.into_iter().flatten().map(|number| format!("{number} ")).collect();
        let tag = self.tag.as_deref().map(|tag| format!("{tag} ")).unwrap_or_default();
        format!("{} {} IN {} {numbers}{tag}{}\n", self.whole_name(), self.ttl, self.kind, self.data)
    }

    fn whole_name(&self) -> String {
        if self.name == "@" { format!("{}.", self.domain) } else { format!("{}.{}.", self.name, self.domain) }
    }
}

/// The records of a zone in order of creation.
pub(super) fn of<'a>(call: &'a Call<'_>, domain: &str) -> impl Iterator<Item = &'a Record> {
    call.list::<Record>().filter(move |record| record.domain == domain)
}

/// Makes what every new zone has, and an address where one was given.
pub(super) fn found(call: &mut Call<'_>, domain: &str, address: Option<&str>) -> Result<(), Refusal> {
    let blank = |kind: &str, data: String| Record {
        domain: domain.to_owned(),
        id: 0,
        kind: kind.to_owned(),
        name: "@".to_owned(),
        data,
        ttl: TTL,
        priority: None,
        port: None,
        weight: None,
        flags: None,
        tag: None,
    };
    let mut records = vec![blank("SOA", TTL.to_string())];
    records.extend((1..=3).map(|n| blank("NS", format!("ns{n}.digitalocean.com"))));
    if let Some(address) = address {
        records.push(blank("A", checks::data("A", None, address)?));
    }
    for record in records {
        let id = next_id(call);
        call.put(Record { id, ..record });
    }
    Ok(())
}

fn next_id(call: &mut Call<'_>) -> u64 {
    1_800_000_001 + call.world.next("domain_record")
}

/// Everything under `/v2/domains/{domain}/records`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, domain: &str, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => list(call, domain),
        ("POST", []) => create(call, domain),
        ("GET", [id]) => Ok(Reply::ok("domain_record", &find(call, domain, id)?.show())),
        ("PUT" | "PATCH", [id]) => update(call, domain, id),
        ("DELETE", [id]) => {
            if find(call, domain, id)?.kind == "SOA" {
                return Err(Refusal::invalid("SOA records can not be deleted."));
            }
            call.remove::<Record>(id);
            Ok(Reply::done())
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

fn find<'a>(call: &'a Call<'_>, domain: &str, id: &str) -> Result<&'a Record, Refusal> {
    call.get::<Record>(id).filter(|record| record.domain == domain).ok_or_else(Refusal::not_found)
}

/// Filtered by a whole name and by type.
fn list(call: &Call<'_>, domain: &str) -> Result<Reply, Refusal> {
    let whole = call.query("name").filter(|name| !name.is_empty());
    let whole = whole.map(|name| format!("{}.", name.trim_end_matches('.').to_ascii_lowercase()));
    let kind = call.query("type").filter(|kind| !kind.is_empty());
    if kind.is_some_and(|kind| !checks::TYPES.contains(&kind)) {
        return Err(Refusal::invalid("type is not a valid record type"));
    }
    let meant = of(call, domain).filter(|record| {
        kind.is_none_or(|kind| record.kind == kind)
            && whole.as_ref().is_none_or(|name| record.whole_name().eq_ignore_ascii_case(name))
    });
    page::list(call, "domain_records", &meant.collect::<Vec<_>>(), |record| record.show())
}

fn create(call: &mut Call<'_>, domain: &str) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let kind = body.need_one_of("type", &checks::TYPES)?;
    if kind == "SOA" {
        return Err(Refusal::invalid("SOA records can not be created."));
    }
    let name = match (body.text("name")?.filter(|name| !name.is_empty()), kind) {
        (Some(name), _) => name,
        // Mail for a domain mostly goes to the domain itself, and only there may the name be left out.
        (None, "MX") => "@",
        (None, _) => return Err(missing("name")),
    };
    body.need_text("data")?;
    let (name, id) = (checks::name(name, domain)?, next_id(call));
    let (domain, data) = (domain.to_owned(), String::new());
    let (priority, port, weight, flags, tag) = (None, None, None, None, None);
    let blank = Record { domain, id, kind: kind.to_owned(), name, data, ttl: TTL, priority, port, weight, flags, tag };
    let record = filled(call, &body, blank)?;
    let reply = Reply::created("domain_record", &record.show());
    call.put(record);
    Ok(reply)
}

fn update(call: &mut Call<'_>, domain: &str, id: &str) -> Result<Reply, Refusal> {
    let mut record = find(call, domain, id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    if body.one_of("type", &checks::TYPES)?.is_some_and(|kind| kind != record.kind) {
        return Err(Refusal::invalid("The type of a record can not be changed."));
    }
    if let Some(name) = body.text("name")?.filter(|name| !name.is_empty()) {
        record.name = checks::name(name, domain)?;
    }
    let record = filled(call, &body, record)?;
    let reply = Reply::ok("domain_record", &record.show());
    call.put(record);
    Ok(reply)
}

/// The record with what a request says of data and numbers.
fn filled(call: &mut Call<'_>, body: &Fields<'_>, mut record: Record) -> Result<Record, Refusal> {
    let short = 0..=65_535;
    record.priority = body.whole("priority", short.clone())?.or(record.priority);
    record.port = body.whole("port", short.clone())?.or(record.port);
    record.weight = body.whole("weight", short)?.or(record.weight);
    record.flags = body.whole("flags", 0..=255)?.or(record.flags);
    record.tag = body.text("tag")?.filter(|tag| !tag.is_empty()).map(str::to_owned).or(record.tag);
    let keep = |is_kept: bool, number: Option<i64>| number.filter(|_| is_kept);
    let (is_mail, is_service, is_caa) = (record.kind == "MX", record.kind == "SRV", record.kind == "CAA");
    record.priority = keep(is_mail || is_service, record.priority);
    record.port = keep(is_service, record.port);
    record.weight = keep(is_service, record.weight);
    record.flags = keep(is_caa, record.flags);
    record.tag = record.tag.filter(|_| is_caa);
    if let Some(data) = body.text("data")?.filter(|data| !data.is_empty() && record.kind != "SOA") {
        record.data = checks::data(&record.kind, record.tag.as_deref(), data)?;
    }
    checks::whole(&record)?;
    let others = call.list::<Record>();
    let others = others.filter(|other| other.id != record.id && other.domain == record.domain);
    let others: Vec<Record> = others.filter(|other| other.name == record.name).cloned().collect();
    if others.iter().any(|other| record.kind == "CNAME" || other.kind == "CNAME") {
        return Err(Refusal::invalid("CNAME records cannot share a name with other records"));
    }
    if let Some(ttl) = body.whole("ttl", 30..=2_147_483_647)? {
        record.ttl = ttl;
        for other in others.into_iter().filter(|other| other.ttl != ttl && other.kind != "SOA") {
            call.put(Record { ttl, ..other });
        }
    }
    if record.kind == "SOA" {
        record.data = record.ttl.to_string();
    }
    Ok(record)
}
