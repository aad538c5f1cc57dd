//! Events on a droplet: asked for one at a time and waited for to their end.

use serde::Deserialize;
use serde_json::Value as Json;

use super::wire::Wire;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::provider::ProviderError;
use crate::provider::Result;

#[derive(Debug, Deserialize)]
pub(in super::super) struct Event {
    pub(in super::super) id: u64,
    pub(in super::super) status: String,
}

impl Event {
    /// Whether it is over; an error when it went wrong.
    pub(in super::super) fn look(&self, doing: &str) -> Result<Poll<()>> {
        match &*self.status {
            "completed" => Ok(Poll::Ready(())),
            "errored" => {
                let message = format!("DigitalOcean reports that event {} went wrong", self.id);
                Err(ProviderError::Failed { doing: doing.to_owned(), message })
            }
            status => Ok(Poll::Pending(status.to_owned())),
        }
    }
}

/// Events take seconds to minutes; moving a large disk takes longer.
pub(super) const EVENT: Habits = Habits::new(5, 3600);

/// Asks for an event on a droplet and waits for its end. While another event is pending, the request waits its turn.
pub(super) async fn act(api: &Api<'_>, droplet: u64, body: &Json, habits: Habits) -> Result<()> {
    run(api, &format!("/v2/droplets/{droplet}/actions"), body, habits).await
}

/// Asks for an event at a path and waits for its end.
pub(super) async fn run(api: &Api<'_>, path: &str, body: &Json, habits: Habits) -> Result<()> {
    let event: Event = api.post(path, body).one("action").await?;
    match event.look(api.doing())? {
        Poll::Ready(()) => Ok(()),
        Poll::Pending(_) => finished(api, event.id, habits).await,
    }
}

/// Waits for an event's end. It may not be readable at once.
pub(super) async fn finished(api: &Api<'_>, event: u64, habits: Habits) -> Result<()> {
    let path = format!("/v2/actions/{event}");
    api.until(api.doing(), habits, || async {
        match api.get(&path).optional::<Event>("action").await? {
            Some(event) => event.look(api.doing()),
            None => Ok(Poll::Pending("not yet visible".to_owned())),
        }
    })
    .await
}

/// Reads a droplet.
pub(super) async fn look(api: &Api<'_>, droplet: u64) -> Result<Option<Wire>> {
    api.get(&format!("/v2/droplets/{droplet}")).optional("droplet").await
}

/// Reads a droplet that must be there.
pub(super) async fn sure(api: &Api<'_>, droplet: u64) -> Result<Wire> {
    look(api, droplet)
        .await?
        .ok_or_else(|| ProviderError::refused(api.doing(), "the droplet is gone; the next plan will make a new one"))
}

/// Waits until a droplet is as wanted. Only a new one may be invisible for a while.
pub(super) async fn until(
    api: &Api<'_>,
    droplet: u64,
    habits: Habits,
    is_new: bool,
    wanted: impl Fn(&Wire) -> bool + Send + Sync,
) -> Result<Wire> {
    let wanted = &wanted;
    api.until(api.doing(), habits, || async move {
        match look(api, droplet).await? {
            Some(wire) if wanted(&wire) => Ok(Poll::Ready(wire)),
            Some(wire) if wire.locked => Ok(Poll::Pending(format!("{}, locked", wire.status))),
            Some(wire) => Ok(Poll::Pending(wire.status)),
            None if is_new => Ok(Poll::Pending("not yet visible".to_owned())),
            None => Err(ProviderError::refused(api.doing(), "the droplet went away meanwhile")),
        }
    })
    .await
}
