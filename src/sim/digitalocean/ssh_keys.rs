//! SSH keys: unique by fingerprint, found by number or fingerprint.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use md5::Digest;
use md5::Md5;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::sim::call::Call;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;
use crate::sim::validate::Fields;

/// A public key of the account; stored as it is shown.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SshKey {
    id: u64,
    fingerprint: String,
    public_key: String,
    name: String,
}

impl Stored for SshKey {
    const KIND: &'static str = "ssh_key";

    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// Everything under `/v2/account/keys`.
pub(super) fn route(call: &mut Call<'_>, method: &Method, path: &[&str]) -> Result<Reply, Refusal> {
    match (method.as_str(), path) {
        ("GET", []) => page::list(call, "ssh_keys", &call.list::<SshKey>().collect::<Vec<_>>(), |key| *key),
        ("POST", []) => create(call),
        ("GET", [id]) => Ok(Reply::ok("ssh_key", find(call, id).ok_or_else(Refusal::not_found)?)),
        ("PUT", [id]) => rename(call, id),
        ("DELETE", [id]) => {
            let key = find(call, id).ok_or_else(Refusal::not_found)?.id();
            call.remove::<SshKey>(&key);
            Ok(Reply::done())
        }
        (_, [] | [_]) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::not_found()),
    }
}

/// The keys that a droplet's create request names, or the refusal of the first that is not there.
pub(super) fn check(call: &Call<'_>, keys: &[Value]) -> Result<(), Refusal> {
    for key in keys {
        let name = match key {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(Refusal::invalid("ssh_keys must hold numbers and fingerprints")),
        };
        if find(call, &name).is_none() {
            return Err(Refusal::invalid(format!("{name} are invalid key identifiers for Droplet creation.")));
        }
    }
    Ok(())
}

fn find<'a>(call: &'a Call<'_>, id: &str) -> Option<&'a SshKey> {
    call.get(id).or_else(|| call.list::<SshKey>().find(|key| key.fingerprint == id))
}

fn create(call: &mut Call<'_>) -> Result<Reply, Refusal> {
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    let (name, public_key) = (body.need_text("name")?, body.need_text("public_key")?);
    let fingerprint =
        fingerprint(public_key).ok_or_else(|| Refusal::invalid("Key invalid, please check the public key"))?;
    if find(call, &fingerprint).is_some() {
        return Err(Refusal::invalid("SSH Key is already in use on your account"));
    }
    let id = 40_000_001 + call.world.next("ssh_key");
    let (name, public_key) = (name.to_owned(), public_key.to_owned());
    let key = SshKey { id, fingerprint, public_key, name };
    let reply = Reply::created("ssh_key", &key);
    call.put(key);
    Ok(reply)
}

fn rename(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let key = find(call, id).ok_or_else(Refusal::not_found)?.clone();
    let body = call.json()?;
    let name = Fields::of(&body, "the request body")?.need_text("name")?.to_owned();
    let key = SshKey { name, ..key };
    let reply = Reply::ok("ssh_key", &key);
    call.put(key);
    Ok(reply)
}

/// The MD5 fingerprint of a key line such as `ssh-ed25519 AAAA… comment`, if it is one.
fn fingerprint(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (kind, blob) = (words.next()?, words.next()?);
    let blob = STANDARD.decode(blob).ok()?;
    // A key's blob begins with the length and the text of its kind.
    let length: [u8; 4] = blob.get(..4)?.try_into().ok()?;
    let inside = blob.get(4..)?.get(..usize::try_from(u32::from_be_bytes(length)).ok()?)?;
    if inside != kind.as_bytes() || blob.len() < 4 + kind.len() + 32 {
        return None;
    }
    let hash: Vec<String> = Md5::digest(&blob).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(hash.join(":"))
}
