//! Certificates, as far as a load balancer needs one to name: uploaded ones, whose text is not read.

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
use crate::sim::digitalocean::load_balancers::LoadBalancer;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// A certificate of the account.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Certificate {
    id: String,
    name: String,
    kind: String,
    dns_names: Vec<String>,
    fingerprint: String,
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
    let (dns_names, text, seconds) = match kind {
        "custom" => {
            let (key, leaf) = (body.need_text("private_key")?, body.need_text("leaf_certificate")?);
            body.text("certificate_chain")?;
            if !key.contains("PRIVATE KEY-----") || !leaf.contains("-----BEGIN CERTIFICATE-----") {
                return Err(Refusal::invalid("private_key and leaf_certificate must be PEM encoded"));
            }
            (Vec::new(), leaf.to_owned(), 1.0)
        }
        _ => {
            let names = body.texts("dns_names")?;
            if names.is_empty() {
                return Err(crate::sim::validate::missing("dns_names"));
            }
            (names.iter().map(|name| (*name).to_owned()).collect(), call.world.uuid(), 30.0)
        }
    };
    let certificate = Certificate {
        id: call.world.uuid(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        dns_names,
        fingerprint: hex::encode(Sha1::digest(text.as_bytes())),
        created_at: call.now,
        verified_at: call.after(seconds, 2.0 * seconds),
    };
    let reply = Reply::created("certificate", &show(&certificate, call.now));
    call.put(certificate);
    Ok(reply)
}

fn show(certificate: &Certificate, now: Timestamp) -> Value {
    json!({
        "id": certificate.id,
        "name": certificate.name,
        "not_after": stamp(certificate.created_at + SignedDuration::from_hours(90 * 24)),
        "sha1_fingerprint": certificate.fingerprint,
        "created_at": stamp(certificate.created_at),
        "dns_names": certificate.dns_names,
        "state": if now < certificate.verified_at { "pending" } else { "verified" },
        "type": certificate.kind,
    })
}
