//! The connections of a run: one a host, whoever asks.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use super::Surroundings;
use super::Target;
use super::connect::Limits;
use super::connect::dial;
use super::error::SshError;
use super::link::Link;
use super::route::Hop;
use super::route::hops;
use super::shell::Reached;
use super::shell::SshShell;
use crate::net::host::note_connection;
use crate::provider::Cx;
use crate::provider::ProviderError;
use crate::provider::Result;

/// How many connections are begun at once: a server refuses by chance from the tenth on.
const AT_ONCE: usize = 8;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often a connection on which nothing happens is proved to be there.
    pub keep_alive: Duration,
    /// After what time without a sign the host counts as gone.
    pub silence: Duration,
    pub(super) limits: Limits,
}

impl Default for Pace {
    fn default() -> Self {
        let limits = Limits { connect: Duration::from_secs(10), step: Duration::from_secs(20) };
        Self { keep_alive: Duration::from_secs(15), silence: Duration::from_secs(60), limits }
    }
}

/// The connections of a run.
pub struct Ssh {
    pub(super) around: Arc<Surroundings>,
    pace: Pace,
    gate: Arc<Semaphore>,
    slots: Mutex<Vec<Slot>>,
}

/// A way and its connection; locked while it is being made, so that it is made once.
#[derive(Clone)]
struct Slot {
    way: Arc<Vec<Hop>>,
    link: Arc<tokio::sync::Mutex<Option<Arc<Link>>>>,
}

impl Ssh {
    /// None yet.
    pub fn new(around: Surroundings, pace: Pace) -> Arc<Self> {
        let gate = Arc::new(Semaphore::new(AT_ONCE));
        Arc::new(Self { around: Arc::new(around), pace, gate, slots: Mutex::default() })
    }

    /// Reaches a host, by the connection that there is or by a new one.
    pub async fn reach(self: &Arc<Self>, target: &Target, doing: &str, cx: &Cx) -> Result<Reached> {
        let hops = hops(target, &self.around).map_err(|why| ProviderError::refused(doing, why))?;
        match self.connected(&hops, doing, cx).await? {
            Ok(link) => {
                let shown = link.shown.to_string();
                Ok(Reached::Up(SshShell { ssh: Arc::clone(self), hops, sudo: target.sudo.clone(), shown }))
            }
            Err(error) => error.obstacle(doing, &hops).map(Reached::Not),
        }
    }

    /// The connection to a host, unless the user wishes to wait no more.
    pub(super) async fn connected(
        &self,
        hops: &[Hop],
        doing: &str,
        cx: &Cx,
    ) -> Result<std::result::Result<Arc<Link>, SshError>> {
        tokio::select! {
            link = self.link(hops) => Ok(link),
            () = cx.cancel.cancelled() => Err(ProviderError::Cancelled { doing: doing.to_owned() }),
        }
    }

    fn link<'a>(&'a self, hops: &'a [Hop]) -> BoxFuture<'a, std::result::Result<Arc<Link>, SshError>> {
        Box::pin(async move {
            let (hop, before) = hops.split_last().expect("a way ends at its host");
            let slot = self.slot(hops);
            let mut held = slot.link.lock().await;
            if let Some(link) = held.as_ref().filter(|link| link.is_alive()) {
                // Whoever made it may have trusted more than we do.
                let known = self.around.known_hosts().of(&hop.host, hop.port);
                hop.trust.judge(&hop.host, hop.port, &link.shown, &known)?;
                return Ok(Arc::clone(link));
            }
            *held = None;
            let since = Instant::now();
            let (socket, through) = match before.last() {
                None => (dial(hop, self.pace.limits.connect).await?, None),
                Some(bastion) => self.through(hop, bastion, before).await?,
            };
            let permit = Arc::clone(&self.gate).acquire_owned().await.expect("the gate is never closed");
            let link = Link::open(hop.clone(), socket, through, Arc::clone(&self.around), self.pace, permit).await?;
            note_connection(&hop.told(), since);
            let link = Arc::new(link);
            *held = Some(Arc::clone(&link));
            Ok(link)
        })
    }

    async fn through(
        &self,
        hop: &Hop,
        bastion: &Hop,
        before: &[Hop],
    ) -> std::result::Result<(OwnedFd, Option<Arc<Link>>), SshError> {
        let name = bastion.told();
        let link = match self.link(before).await {
            Ok(link) => link,
            Err(source) => return Err(SshError::Bastion { bastion: name, source: Box::new(source) }),
        };
        match link.tunnel(hop.host.clone(), hop.port).await {
            Ok(stream) => Ok((stream.into(), Some(link))),
            Err(message) => Err(SshError::Tunnel { bastion: name, message }),
        }
    }

    fn slot(&self, hops: &[Hop]) -> Slot {
        let is_it =
            |slot: &&Slot| slot.way.len() == hops.len() && slot.way.iter().zip(hops).all(|(a, b)| a.is_same_way(b));
        let mut slots = self.slots.lock().expect("no holder panics");
        if let Some(slot) = slots.iter().find(is_it) {
            return slot.clone();
        }
        let slot = Slot { way: Arc::new(hops.to_vec()), link: Arc::default() };
        slots.push(slot.clone());
        slot
    }
}
