//! Which droplets and tags a firewall stands before, and how they are added and taken away.

use crate::sim::call::Call;
use crate::sim::digitalocean::droplets;
use crate::sim::digitalocean::firewalls::Firewall;
use crate::sim::digitalocean::firewalls::MAX_DROPLETS;
use crate::sim::digitalocean::firewalls::MAX_TAGS;
use crate::sim::digitalocean::firewalls::changed;
use crate::sim::digitalocean::firewalls::targets;
use crate::sim::digitalocean::tags;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;
use crate::sim::validate::missing;

/// `POST` and `DELETE /v2/firewalls/{id}/droplets`.
pub(super) fn change_droplets(call: &mut Call<'_>, id: &str, is_added: bool) -> Result<Reply, Refusal> {
    let firewall = call.need::<Firewall>(id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    body.need_list("droplet_ids")?;
    let named = body.numbers("droplet_ids")?;
    if named.is_empty() {
        return Err(missing("droplet_ids"));
    }
    let droplet_ids = if is_added {
        checked_droplets(call, &named, &firewall.droplet_ids)?
    } else {
        firewall.droplet_ids.iter().copied().filter(|id| !named.contains(id)).collect()
    };
    store(call, &firewall, Firewall { droplet_ids, ..firewall.clone() })
}

/// `POST` and `DELETE /v2/firewalls/{id}/tags`.
pub(super) fn change_tags(call: &mut Call<'_>, id: &str, is_added: bool) -> Result<Reply, Refusal> {
    let firewall = call.need::<Firewall>(id)?.clone();
    let body = call.json()?;
    let body = Fields::of(&body, "the request body")?;
    body.need_list("tags")?;
    let named = body.texts("tags")?;
    if named.is_empty() {
        return Err(missing("tags"));
    }
    let tags = if is_added {
        checked_tags(call, &named, &firewall.tags)?
    } else {
        let is_kept = |tag: &&String| !named.iter().any(|name| name.eq_ignore_ascii_case(tag));
        firewall.tags.iter().filter(is_kept).cloned().collect()
    };
    store(call, &firewall, Firewall { tags, ..firewall.clone() })
}

fn store(call: &mut Call<'_>, before: &Firewall, firewall: Firewall) -> Result<Reply, Refusal> {
    let before = targets(call, before);
    let firewall = changed(call, firewall, &before);
    call.put(firewall);
    Ok(Reply::done())
}

/// The droplets of a request after those that are there already, each once.
pub(super) fn checked_droplets(call: &Call<'_>, named: &[u64], before: &[u64]) -> Result<Vec<u64>, Refusal> {
    let mut all = before.to_vec();
    for id in named {
        droplets::need(call, &id.to_string()).map_err(|_| Refusal::invalid(format!("droplet {id} not found")))?;
        if !all.contains(id) {
            all.push(*id);
        }
    }
    if all.len() > MAX_DROPLETS {
        return Err(Refusal::invalid(format!("a firewall can have at most {MAX_DROPLETS} droplets")));
    }
    Ok(all)
}

/// The tags of a request after those that are there already, each once; they must exist.
pub(super) fn checked_tags(call: &Call<'_>, named: &[&str], before: &[String]) -> Result<Vec<String>, Refusal> {
    let mut all = before.to_vec();
    for name in named {
        let name = tags::kept(call, name).ok_or_else(|| Refusal::invalid(format!("tag {name} not found")))?;
        if !all.contains(&name) {
            all.push(name);
        }
    }
    if all.len() > MAX_TAGS {
        return Err(Refusal::invalid(format!("a firewall can have at most {MAX_TAGS} tags")));
    }
    Ok(all)
}
