//! The vendor's events: asked for one at a time and waited for to their end.

use std::fmt::Display;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::provider::ProviderError;
use crate::provider::Result;

/// An event as the API tells it, which calls it an action.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) id: u64,
    status: String,
}

/// Events take seconds to minutes; moving a large disk takes longer.
pub(super) const EVENT: Habits = Habits::new(5, 3600);

/// The key of all calls that begin events on a droplet, which does one thing at a time and refuses what else is asked.
pub(super) fn queue(droplet: impl Display) -> String {
    format!("digitalocean_droplet/{droplet}")
}

impl Event {
    /// Whether it is over; an error when it went wrong.
    pub(super) fn look(&self, doing: &str) -> Result<Poll<()>> {
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

/// Asks for an event at a path and waits for its end. While another event is pending, the request waits its turn.
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
