//! Actions: what is or was going on with a droplet or a reserved address.

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;

use crate::sim::call::Call;
use crate::sim::call::stamp;
use crate::sim::digitalocean::regions;
use crate::sim::page;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::store::Stored;

/// One action; whether it is over hangs on the moment alone.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Action {
    pub(super) id: u64,
    kind: String,
    subject: Subject,
    #[serde(deserialize_with = "regions::stored")]
    region: String,
    started_at: Timestamp,
    completes_at: Timestamp,
}

/// What an action is done to.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Subject {
    /// A droplet, by number.
    Droplet(u64),
    /// A reserved address, and the droplet that is given or relieved of it.
    ReservedIp {
        /// The address.
        ip: std::net::Ipv4Addr,
        /// The droplet.
        droplet: Option<u64>,
    },
    /// A volume, and the droplet that is given or relieved of it.
    Volume {
        /// The volume's id.
        id: String,
        /// The droplet.
        droplet: Option<u64>,
    },
}

impl Stored for Action {
    const KIND: &'static str = "action";

    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// An action as the API shows it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: u64,
    status: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    started_at: String,
    completed_at: Option<String>,
    resource_id: Option<u64>,
    resource_type: &'static str,
    region: &'static RawValue,
    region_slug: &'a str,
}

impl Action {
    /// The action as it stands at that moment.
    pub(super) fn show(&self, now: Timestamp) -> Shown<'_> {
        let is_over = now >= self.completes_at;
        let (resource_id, resource_type) = match self.subject {
            Subject::Droplet(id) => (Some(id), "droplet"),
            Subject::ReservedIp { ip, .. } => (Some(u64::from(ip.to_bits())), "reserved_ip"),
            // A volume's id is no number, and so the vendor names none.
            Subject::Volume { .. } => (None, "volume"),
        };
        Shown {
            id: self.id,
            status: if is_over { "completed" } else { "in-progress" },
            kind: &self.kind,
            started_at: stamp(self.started_at),
            completed_at: is_over.then(|| stamp(self.completes_at)),
            resource_id,
            resource_type,
            region: regions::shown(&self.region),
            region_slug: &self.region,
        }
    }

    /// Whether that droplet takes part in it.
    pub(super) fn concerns_droplet(&self, id: u64) -> bool {
        match self.subject {
            Subject::Droplet(droplet) => droplet == id,
            Subject::ReservedIp { droplet, .. } | Subject::Volume { droplet, .. } => droplet == Some(id),
        }
    }

    /// Whether it is about that volume.
    pub(super) fn concerns_volume(&self, volume: &str) -> bool {
        matches!(&self.subject, Subject::Volume { id, .. } if id == volume)
    }

    /// Whether it is about that reserved address.
    pub(super) fn concerns_address(&self, address: &str) -> bool {
        matches!(self.subject, Subject::ReservedIp { ip, .. } if ip.to_string() == address)
    }
}

/// Starts an action that is over at that moment; gives it back for the answer.
pub(super) fn start(call: &mut Call<'_>, kind: &str, subject: Subject, region: &str, until: Timestamp) -> Action {
    let action = Action {
        id: 2_000_000_001 + call.world.next("action"),
        kind: kind.to_owned(),
        subject,
        region: region.to_owned(),
        started_at: call.now,
        completes_at: until,
    };
    call.put(action.clone());
    action
}

/// The entry of an action under `links` in the answer to the request that began it.
pub(super) fn link(call: &Call<'_>, action: &Action, rel: &str) -> Value {
    json!({ "id": action.id, "rel": rel, "href": call.url(&format!("/v2/actions/{}", action.id)) })
}

/// `GET /v2/actions`, the newest first.
pub(super) fn list(call: &Call<'_>) -> Result<Reply, Refusal> {
    list_where(call, |_| true)
}

/// A list of the actions that are about something, the newest first.
pub(super) fn list_where(call: &Call<'_>, is_meant: impl Fn(&Action) -> bool) -> Result<Reply, Refusal> {
    let actions: Vec<&Action> = call.list::<Action>().rev().filter(|action| is_meant(action)).collect();
    page::list(call, "actions", &actions, |action| action.show(call.now))
}

/// `GET /v2/actions/{id}`.
pub(super) fn get(call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    get_where(call, id, |_| true)
}

/// One action, if it is about something.
pub(super) fn get_where(call: &Call<'_>, id: &str, is_meant: impl Fn(&Action) -> bool) -> Result<Reply, Refusal> {
    let action = call.get::<Action>(id).filter(|action| is_meant(action)).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok("action", &action.show(call.now)))
}
