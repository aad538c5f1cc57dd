//! Certificates: uploaded ones, and such as are had from Let's Encrypt, which takes a while.
//!
//! They can not be changed, and not be deleted while a load balancer has them.

mod x509;

use http::Method;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use sha1::Digest;
use sha1::Sha1;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::certificates::x509::Facts;
use crate::sim::digitalocean::load_balancers::LoadBalancer;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;
use crate::sim::validate::is_made_of;

/// A certificate of the account.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Certificate {
    id: String,
    name: String,
    kind: String,
    dns_names: Vec<String>,
    fingerprint: String,
    not_after: Timestamp,
    created_at: Timestamp,
    verified_at: Timestamp,
}

impl Stored for Certificate {
    const KIND: &'static str = "certificate";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Everything under `/v2/certificates`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => {
            let name = call.query("name");
            let all = call.list::<Certificate>().filter(|certificate| name.is_none_or(|name| certificate.name == name));
            page::list(call, "certificates", &all.collect::<Vec<_>>(), |certificate| show(certificate, call.now))
        }
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::ok("certificate", &show(call.need(id)?, call.now))),
        ("DELETE", [id]) => {
            call.need::<Certificate>(id)?;
            if call
                .list::<LoadBalancer>()
                .any(|balancer| !balancer.has_left(call.now) && balancer.spec.names_certificate(id))
            {
                return Err(Refusal::forbidden("Make sure the certificate is not in use before deleting it"));
            }
            call.remove::<Certificate>(id);
            Ok(Reply::done())
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let name = body.need_text("name")?;
    let kind = body.one_of("type", &["custom", "lets_encrypt"])?.unwrap_or("custom");
    if call.list::<Certificate>().any(|certificate| certificate.name == name) {
        return Err(Refusal::invalid("Certificate name is already in use"));
    }
    let issued = call.now + SignedDuration::from_hours(90 * 24);
    let made = |text: String| hex::encode(Sha1::digest(text.as_bytes()));
    let (facts, seconds) = match kind {
        "custom" => {
            let (key, leaf) = (body.need_text("private_key")?, body.need_text("leaf_certificate")?);
            let chain = body.text("certificate_chain")?.filter(|chain| !chain.is_empty());
            if !key.contains("PRIVATE KEY-----") || !leaf.contains("-----BEGIN CERTIFICATE-----") {
                return Err(Refusal::invalid("private_key and leaf_certificate must be PEM encoded"));
            }
            if chain.is_some_and(|chain| !chain.contains("-----BEGIN CERTIFICATE-----")) {
                return Err(Refusal::invalid("certificate_chain must be PEM encoded"));
            }
            // Whoever only tries things out need not have a real one.
            let blank = Facts { fingerprint: made(leaf.to_owned()), not_after: issued, names: Vec::new() };
            (x509::facts(leaf).unwrap_or(blank), 1.0)
        }
        _ => {
            let names = body.texts("dns_names")?;
            if names.is_empty() {
                return Err(crate::sim::validate::missing("dns_names"));
            }
            let is_host = |name: &&str| is_made_of(name, 253, |c| c.is_ascii_alphanumeric() || "-.*".contains(c));
            if let Some(bad) = names.iter().find(|name| !is_host(name) || !name.contains('.')) {
                return Err(Refusal::invalid(format!("{bad} is not a valid domain name")));
            }
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            (Facts { fingerprint: made(call.world.uuid()), not_after: issued, names }, 30.0)
        }
    };
    let certificate = Certificate {
        id: call.world.uuid(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        dns_names: facts.names,
        fingerprint: facts.fingerprint,
        not_after: facts.not_after,
        created_at: call.now,
        verified_at: call.after(seconds, 2.0 * seconds),
    };
    let reply = Reply::created("certificate", &show(&certificate, call.now));
    call.put(certificate);
    Ok(reply)
}

/// A name that can never be reached can never be verified either.
fn state(certificate: &Certificate, now: Timestamp) -> &'static str {
    let is_hopeless = certificate.dns_names.iter().any(|name| name.ends_with(".invalid"));
    match now < certificate.verified_at {
        true => "pending",
        false if certificate.kind == "lets_encrypt" && is_hopeless => "error",
        false => "verified",
    }
}

fn show(certificate: &Certificate, now: Timestamp) -> Value {
    json!({
        "id": certificate.id,
        "name": certificate.name,
        "not_after": stamp(certificate.not_after),
        "sha1_fingerprint": certificate.fingerprint,
        "created_at": stamp(certificate.created_at),
        "dns_names": certificate.dns_names,
        "state": state(certificate, now),
        "type": certificate.kind,
    })
}
