//! Asking and being told: requests wait for their provider's client, reads of one batch go out together, and nodes that
//! wait are visited again once all is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Planner;
use super::objects::EntryId;
use super::planner::Unconfigured;
use super::request::Answer;
use super::request::Pending;
use super::request::ReadPlace;
use super::request::Request;
use super::request::RequestId;
use crate::addr::InstanceAddr;
use crate::graph::NodeId;
use crate::provider::BatchItem;
use crate::provider::BatchKey;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::value::Object;
use crate::value::Str;

impl Planner<'_> {
    /// Takes in an answer. Each request is answered once.
    pub fn answer(&mut self, request: RequestId, answer: Answer) {
        let pending = self.pending.remove(&request).expect("each request is answered once");
        match (pending, answer) {
            (Pending::Configure { provider }, Answer::Configured(Ok(()))) => {
                self.configured.insert(provider);
                self.request_reads(provider);
                for (request, pending) in self.held.remove(&provider).unwrap_or_default() {
                    self.request(request, pending);
                }
            }
            (Pending::Configure { provider }, Answer::Configured(Err(error))) => {
                self.report_provider(provider, &error);
                self.give_up_reads(provider, Unconfigured::Failed);
            }
            (Pending::Read { places }, Answer::Read(reads)) => {
                for (place, read) in places.into_iter().zip(reads) {
                    match place {
                        ReadPlace::Entry(entry) => {
                            self.take_read(entry, read);
                            self.settle(entry);
                        }
                        ReadPlace::New { node, addr } => {
                            self.take_place(node, addr, read);
                            self.unpark(node);
                        }
                        ReadPlace::Foreseen { addr } => self.take_foreseen(&addr, read),
                    }
                }
            }
            (Pending::Data { node, addr }, Answer::Data(result)) => {
                self.counters.reads += 1;
                let object = match result {
                    Ok(object) => Some(Arc::new(object)),
                    Err(error) => {
                        self.report_instance(node, &addr, &error);
                        None
                    }
                };
                self.data.insert(addr, object);
                self.unpark(node);
            }
            (Pending::Import { node, by, addr, id }, Answer::Imported(result)) => {
                self.take_import(by, addr, id, result);
                self.unpark(node);
            }
            _ => panic!("an answer is of its request's kind"),
        }
    }

    pub(super) fn unpark(&mut self, node: NodeId) {
        if let Some(count) = self.parked.get_mut(&node) {
            *count -= 1;
            if *count == 0 {
                self.parked.remove(&node);
                self.resumed.push(node);
            }
        }
    }

    fn settle(&mut self, entry: EntryId) {
        self.objects.get_mut(entry).is_awaited = false;
        if let Some(node) = self.waiters.remove(&entry) {
            self.unpark(node);
        }
    }

    /// A request whose provider has no client, and will have none.
    fn give_up(&mut self, provider: NodeId, why: Unconfigured, pending: Pending) {
        match pending {
            Pending::Configure { .. } => {}
            Pending::Read { places } => {
                for place in places {
                    match place {
                        ReadPlace::Entry(entry) => self.settle(entry),
                        ReadPlace::New { node, addr } => {
                            self.places.insert(addr, None);
                            self.unpark(node);
                        }
                        ReadPlace::Foreseen { addr } => self.take_foreseen(&addr, Ok(Read::Absent)),
                    }
                }
            }
            Pending::Data { node, addr } => {
                self.data.insert(addr, None);
                self.unpark(node);
            }
            Pending::Import { node, addr, .. } => {
                self.give_up_import(addr, provider, why);
                self.unpark(node);
            }
        }
    }

    pub(super) fn request(&mut self, request: Request, pending: Pending) {
        let provider = match &request {
            Request::Configure { .. } => None,
            Request::Read { provider, .. } | Request::Data { provider, .. } | Request::Import { provider, .. } => {
                Some(*provider)
            }
        };
        // Nothing is asked of a provider before it has a client.
        if let Some(provider) = provider.filter(|provider| !self.configured.contains(provider)) {
            assert!(!self.unconfigured.contains_key(&provider), "nothing is asked of a provider that was given up");
            self.use_provider(provider);
            self.held.entry(provider).or_default().push((request, pending));
            return;
        }
        let (request, pending) = match self.join_batch(request, pending) {
            Some(alone) => alone,
            None => return,
        };
        if let Request::Read { provider, key, .. } = &request {
            self.batches.insert((*provider, key.clone()), self.requests.len());
        }
        let id = self.next_request;
        self.next_request += 1;
        self.pending.insert(id, pending);
        self.requests.push((id, request));
    }

    /// Adds a read to one of the same batch that has not gone out yet; gives it back where there is none.
    fn join_batch(&mut self, request: Request, pending: Pending) -> Option<(Request, Pending)> {
        let (provider, key, more, added) = match (request, pending) {
            (Request::Read { provider, key, items }, Pending::Read { places }) => (provider, key, items, places),
            other => return Some(other),
        };
        let at = self.batches.get(&(provider, key.clone())).copied();
        if let Some((id, Request::Read { items, .. })) = at.and_then(|at| self.requests.get_mut(at))
            && let Some(Pending::Read { places }) = self.pending.get_mut(id)
        {
            items.extend(more);
            places.extend(added);
            return None;
        }
        Some((Request::Read { provider, key, items: more }, Pending::Read { places: added }))
    }

    /// The requests that are to go out now.
    pub(super) fn take_requests(&mut self) -> Vec<(RequestId, Request)> {
        self.batches.clear();
        self.has_asked = true;
        for (_, request) in &self.requests {
            let Request::Read { key, items, .. } = request else { continue };
            let is_bundled =
                |item: &BatchItem| self.input.registry.resource(&item.ty).is_some_and(|ty| ty.bundle().is_some());
            if items.iter().any(is_bundled) {
                *self.looks.entry(key.clone()).or_default() += 1;
            }
        }
        std::mem::take(&mut self.requests)
    }

    /// Has a provider ready. A client is asked for once something of the provider is in use, and its objects are read once
    /// there is one.
    pub(super) fn offer_client(&mut self, provider: NodeId, name: Str, config: Arc<Object>) {
        for at in 0..self.by_provider.get(&provider).map_or(0, Vec::len) {
            let entry = self.by_provider[&provider][at];
            let reads = self.is_read(entry);
            self.objects.get_mut(entry).is_awaited = reads;
        }
        self.idle.insert(provider, (name, config));
        if self.by_provider.contains_key(&provider) || self.used.contains(&provider) {
            self.use_provider(provider);
        }
    }

    /// Something of a provider is in use: its client is asked for, once, and as soon as its configuration is known.
    pub(crate) fn use_provider(&mut self, provider: NodeId) {
        match self.idle.remove(&provider) {
            Some((name, config)) => {
                let entries = self.by_provider.get(&provider).map_or(&[][..], Vec::as_slice);
                let is_read = entries.iter().any(|entry| self.objects.get(*entry).is_awaited);
                let request = Request::Configure { provider, name, config, is_read };
                self.request(request, Pending::Configure { provider });
            }
            None => _ = self.used.insert(provider),
        }
    }

    fn is_read(&self, entry: EntryId) -> bool {
        let entry = self.objects.get(entry);
        entry.addr.mode == crate::addr::Mode::Managed
            && self.input.options.refresh
            && !self.is_scout()
            && self.selection.selects(&entry.addr)
            && self.input.registry.resource(&entry.addr.ty).is_some_and(|ty| ty.is_read())
    }

    fn request_reads(&mut self, provider: NodeId) {
        self.look_ahead_with(provider);
        let mut batches: BTreeMap<BatchKey, Vec<EntryId>> = BTreeMap::new();
        for id in self.by_provider.remove(&provider).unwrap_or_default() {
            let entry = self.objects.get(id);
            if !entry.is_awaited {
                continue;
            }
            let ty = self.input.registry.resource(&entry.addr.ty).expect("only objects of known types are awaited");
            let alone = || BatchKey(entry.addr.to_string());
            let key = ty.read_key(&entry.before).unwrap_or_else(alone);
            batches.entry(key).or_default().push(id);
        }
        for (key, entries) in batches {
            let items = entries.iter().map(|id| {
                let entry = self.objects.get(*id);
                let item = ReadItem { prior: (*entry.before).clone(), private: entry.private.clone() };
                BatchItem { ty: entry.addr.ty.to_string(), item }
            });
            let request = Request::Read { provider, key, items: items.collect() };
            self.request(request, Pending::Read { places: entries.into_iter().map(ReadPlace::Entry).collect() });
        }
    }

    /// The provider has no client: its objects stay as they were last known, and what was going to be asked of it is not.
    pub(super) fn give_up_reads(&mut self, provider: NodeId, why: Unconfigured) {
        self.unconfigured.insert(provider, why);
        for id in self.by_provider.remove(&provider).unwrap_or_default() {
            self.settle(id);
        }
        for (_, pending) in self.held.remove(&provider).unwrap_or_default() {
            self.give_up(provider, why, pending);
        }
    }

    pub(super) fn request_data(
        &mut self,
        node: NodeId,
        provider: NodeId,
        ty: Str,
        config: Arc<Object>,
        addr: InstanceAddr,
    ) {
        *self.parked.entry(node).or_default() += 1;
        let pending = Pending::Data { node, addr: addr.clone() };
        self.request(Request::Data { provider, ty, config, addr }, pending);
    }
}
