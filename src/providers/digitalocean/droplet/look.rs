//! Looking at a droplet, once or until it is as wanted; and its events.

use serde_json::Value as Json;

use super::super::event;
use super::wire::Wire;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::provider::ProviderError;
use crate::provider::Result;

/// How long a droplet that was found is waited for.
const FOUND: Habits = Habits::new(5, 300);

/// Asks for an event on a droplet and waits for its end.
pub(super) async fn act(api: &Api<'_>, droplet: u64, body: &Json, habits: Habits) -> Result<()> {
    event::run(api, &format!("/v2/droplets/{droplet}/actions"), body, habits).await
}

/// Reads a droplet.
pub(super) async fn look(api: &Api<'_>, droplet: u64) -> Result<Option<Wire>> {
    api.get(&format!("/v2/droplets/{droplet}")).optional("droplet").await
}

/// Reads a droplet that must be there.
pub(super) async fn sure(api: &Api<'_>, droplet: u64) -> Result<Wire> {
    let gone = || ProviderError::refused(api.doing(), "the droplet is gone; the next plan will make a new one");
    look(api, droplet).await?.ok_or_else(gone)
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

/// Waits until no event is at work on a droplet; `None` when it went away meanwhile.
pub(super) async fn until_free(api: &Api<'_>, droplet: u64, habits: Habits) -> Result<Option<Wire>> {
    api.until(api.doing(), habits, || async move {
        Ok(match look(api, droplet).await? {
            Some(wire) if wire.locked => Poll::Pending(format!("{}, locked", wire.status)),
            found => Poll::Ready(found),
        })
    })
    .await
}

/// Waits until a droplet is gone.
pub(super) async fn until_gone(api: &Api<'_>, droplet: u64, habits: Habits) -> Result<()> {
    api.until(api.doing(), habits, || async move {
        Ok(look(api, droplet).await?.map_or(Poll::Ready(()), |wire| Poll::Pending(wire.status)))
    })
    .await
}

/// Waits a while for a droplet that was found being made, so that it is known whole; one that does not come up is known
/// as it is.
pub(super) async fn settled(api: &Api<'_>, wire: Wire, public: bool) -> Result<Wire> {
    if wire.status != "new" {
        return Ok(wire);
    }
    match until(api, wire.id, FOUND, true, |wire| wire.is_up(public)).await {
        Err(ProviderError::TimedOut { .. }) => Ok(wire),
        end => end,
    }
}
