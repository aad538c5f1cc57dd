//! Looking ahead: which places of objects that are not ours yet will be asked about, so that all of a host are seen by one
//! question.
//!
//! A place is known only once what it rests on is planned, and that waits for places itself. So a scout plans first, with
//! what is remembered for what would be read and nothing at any place; it names the places that it comes by, and is
//! forgotten. Where the planning proper comes to the same question, it is answered already; where to another, that is
//! asked as well. A scout decides nothing.

use rustc_hash::FxHashMap;

use super::Answer;
use super::Mode;
use super::NodeKind;
use super::Planner;
use super::Poll;
use super::Request;
use super::request::Pending;
use super::request::ReadPlace;
use crate::addr;
use crate::addr::InstanceAddr;
use crate::addr::ResourceAddr;
use crate::graph::NodeId;
use crate::provider::BatchItem;
use crate::provider::BatchKey;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::value::Object;

/// A question about the place of an object that is not ours yet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sought {
    pub(super) provider: NodeId,
    pub(super) key: BatchKey,
    /// The object that shall be there.
    pub(super) proposed: Object,
}

impl Sought {
    pub(super) fn item(&self, addr: &InstanceAddr) -> BatchItem {
        let item = ReadItem { prior: self.proposed.clone(), private: serde_json::Value::Null };
        BatchItem { ty: addr.ty.to_string(), item }
    }
}

/// A question that was put ahead of its time.
#[derive(Debug)]
pub(super) struct Foreseen {
    sought: Sought,
    answer: Foresight,
}

#[derive(Debug)]
enum Foresight {
    /// Not there yet; these nodes wait for it.
    Awaited(Vec<NodeId>),
    Found(Result<Read, ProviderError>),
}

/// Whether places are looked for ahead.
#[derive(Debug, Default)]
pub(super) enum Scouting {
    /// Not yet.
    #[default]
    Due,
    /// It has been done.
    Done,
    /// This planner is the scout, and has come by these places.
    Scout(Vec<(InstanceAddr, Sought)>),
}

impl Planner<'_> {
    /// Whether this planner only looks ahead.
    pub(super) fn is_scout(&self) -> bool {
        matches!(self.scouting, Scouting::Scout(_))
    }

    /// Asks what stands where a new object shall be; whether the answer is awaited.
    pub(super) fn seek(&mut self, node: NodeId, addr: &InstanceAddr, sought: Sought) -> bool {
        if let Scouting::Scout(places) = &mut self.scouting {
            places.push((addr.clone(), sought));
            return false;
        }
        self.look_ahead();
        match self.foreseen.get_mut(addr).filter(|foreseen| foreseen.sought == sought) {
            Some(Foreseen { answer: Foresight::Awaited(nodes), .. }) => {
                nodes.push(node);
                *self.parked.entry(node).or_default() += 1;
                true
            }
            Some(_) => {
                if let Some(Foreseen { answer: Foresight::Found(read), .. }) = self.foreseen.remove(addr) {
                    self.take_place(node, addr.clone(), read);
                }
                false
            }
            None => {
                *self.parked.entry(node).or_default() += 1;
                let places = vec![ReadPlace::New { node, addr: addr.clone() }];
                self.ask_place(addr, &sought, places);
                true
            }
        }
    }

    /// Asks of all places at once that a scout comes by.
    pub(super) fn look_ahead(&mut self) {
        if !matches!(self.scouting, Scouting::Due) {
            return;
        }
        self.scouting = Scouting::Done;
        for (addr, sought) in self.scouted() {
            if self.unconfigured.contains_key(&sought.provider) || self.places.contains_key(&addr) {
                continue;
            }
            self.ask_place(&addr, &sought, vec![ReadPlace::Foreseen { addr: addr.clone() }]);
            self.foreseen.insert(addr, Foreseen { sought, answer: Foresight::Awaited(Vec::new()) });
        }
    }

    /// The same as soon as a provider can be asked, where it is to have objects of resources of which there are none: then
    /// places go into the question about what is ours already. That nothing is new must not cost a second planning, so an
    /// instance more of a resource is not looked for here.
    pub(super) fn look_ahead_with(&mut self, provider: NodeId) {
        if self.is_scout() || self.input.options.mode == Mode::Destroy || !self.input.options.refresh {
            return;
        }
        let adopting = self.nodes.iter().filter_map(|(_, node)| match node.kind {
            NodeKind::Resource(slot) if self.nodes.provider(node.path, slot) == Some(provider) => {
                let def = &self.module(node.path).resources[slot as usize];
                let adopts = def.mode == addr::Mode::Managed
                    && self.input.registry.resource(&def.ty).is_some_and(|ty| ty.adopts());
                adopts.then(|| ResourceAddr {
                    module: self.tree.path(node.path).path.clone(),
                    mode: def.mode,
                    ty: def.ty.clone(),
                    name: def.name.clone(),
                })
            }
            _ => None,
        });
        let mut adopting: FxHashMap<ResourceAddr, bool> = adopting.map(|resource| (resource, false)).collect();
        if adopting.is_empty() {
            return;
        }
        for (_, entry) in self.objects.iter() {
            if let Some(is_there) = adopting.get_mut(&entry.addr.resource()) {
                *is_there = true;
            }
        }
        if adopting.values().any(|is_there| !is_there) {
            self.look_ahead();
        }
    }

    fn scouted(&self) -> Vec<(InstanceAddr, Sought)> {
        // What is wrong is told by the planning proper.
        let Ok(mut scout) = Planner::new(self.input) else { return Vec::new() };
        scout.scouting = Scouting::Scout(Vec::new());
        while let Poll::Need(requests) = scout.poll() {
            for (id, request) in requests {
                let answer = match request {
                    Request::Configure { .. } => Answer::Configured(Ok(())),
                    Request::Read { items, .. } => {
                        Answer::Read(items.into_iter().map(|item| Ok(Read::Present(item.item.prior))).collect())
                    }
                    Request::Data { config, .. } => Answer::Data(Ok((*config).clone())),
                    Request::Import { .. } => Answer::Imported(Ok(None)),
                };
                scout.answer(id, answer);
            }
        }
        match scout.scouting {
            Scouting::Scout(places) => places,
            Scouting::Due | Scouting::Done => Vec::new(),
        }
    }

    fn ask_place(&mut self, addr: &InstanceAddr, sought: &Sought, places: Vec<ReadPlace>) {
        let (provider, key) = (sought.provider, sought.key.clone());
        self.request(Request::Read { provider, key, items: vec![sought.item(addr)] }, Pending::Read { places });
    }

    /// Takes in the answer to a question that was put ahead.
    pub(super) fn take_foreseen(&mut self, addr: &InstanceAddr, read: Result<Read, ProviderError>) {
        let Some(foreseen) = self.foreseen.get_mut(addr) else { return };
        let before = std::mem::replace(&mut foreseen.answer, Foresight::Found(read));
        if let Foresight::Awaited(nodes) = before {
            nodes.into_iter().for_each(|node| self.unpark(node));
        }
    }
}
