//! Domains: a zone by its name, born with the vendor's own name servers in it.

mod checks;
mod records;

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::projects;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

pub(super) use self::records::Record;

/// A zone; its name is its id, in lower case.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) created_at: Timestamp,
}

/// Seconds, where nothing else is said.
const TTL: i64 = 1800;

impl Stored for Domain {
    const KIND: &'static str = "domain";

    fn id(&self) -> String {
        self.name.clone()
    }
}

/// Everything under `/v2/domains`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    let lower = path.first().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
    match (method.as_str(), path) {
        ("GET", []) => {
            let all: Vec<&Domain> = call.list().collect();
            page::list(call, "domains", &all, |domain| show(call, domain))
        }
        ("POST", []) => create(call),
        ("GET", [_]) => Ok(Reply::ok("domain", &show(call, call.need(&lower)?))),
        ("DELETE", [_]) => delete(call, &lower),
        (_, [_, "records", rest @ ..]) => {
            call.need::<Domain>(&lower)?;
            records::route(call, method, &lower, rest)
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?.trim_end_matches('.').to_ascii_lowercase();
    checks::domain(&name)?;
    if call.get::<Domain>(&name).is_some() {
        return Err(Refusal::invalid("Name This domain is already in use."));
    }
    let address = body.text("ip_address")?.filter(|text| !text.is_empty());
    records::found(call, &name, address)?;
    projects::join(call, &format!("do:domain:{name}"), None)?;
    call.put(Domain { name: name.clone(), created_at: call.now });
    // The zone is written later; the answer to the creation never has it.
    Ok(Reply::created("domain", &json!({ "name": name, "ttl": TTL, "zone_file": null })))
}

/// Deleting a zone deletes all that is in it.
fn delete(call: &mut Call<'_>, name: &str) -> Result<Reply, Refusal> {
    call.need::<Domain>(name)?;
    let ids: Vec<String> = records::of(call, name).map(Stored::id).collect();
    ids.iter().for_each(|id| call.remove::<Record>(id));
    projects::leave(call, &format!("do:domain:{name}"));
    call.remove::<Domain>(name);
    Ok(Reply::done())
}

fn show(call: &Call<'_>, domain: &Domain) -> Value {
    let lines: String = records::of(call, &domain.name).map(Record::line).collect();
    let zone = format!("$ORIGIN {}.\n$TTL {TTL}\n{lines}", domain.name);
    json!({ "name": domain.name, "ttl": TTL, "zone_file": zone })
}
