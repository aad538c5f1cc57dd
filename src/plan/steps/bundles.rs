//! Bundles: the steps of one host, drawn together as far as the order of all steps allows.
//!
//! The order is played through: first every ready step that is none of a host's; then what makes room on a host; then,
//! when nothing else is ready, one host's transaction, with every member whose outside dependencies are done. As bundles
//! come out in an order that can be performed, drawing them together closes no circle.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Builder;
use crate::graph::Dag;
use crate::plan::Change;
use crate::plan::Op;
use crate::plan::Step;
use crate::plan::StepGraph;
use crate::plan::StepId;
use crate::plan::decide::is_same_place;
use crate::provider::BundleClass;
use crate::value::Object;

impl Builder<'_, '_> {
    pub(super) fn contract_bundles(self) -> StepGraph {
        let members = self.members();
        if members.is_empty() {
            return self.graph;
        }
        let groups = play(&self.graph, &members);
        let commands = self.count_commands(&groups);
        contract(StepGraph { commands, ..self.graph }, groups)
    }

    /// The class and host of each step that can be in a bundle.
    fn members(&self) -> BTreeMap<StepId, (BundleClass, String)> {
        let mut members = BTreeMap::new();
        for (id, step) in (0..).zip(&self.graph.steps) {
            let Step::Change { change, op } = step else { continue };
            let change = &self.planner.changes[*change];
            let class = self.planner.input.registry.resource(&change.addr.ty).and_then(|ty| ty.bundle());
            let object = match op {
                Op::Create | Op::Update => &change.planned,
                // Within one transaction its place would be cleared after the new one was staged there.
                Op::Delete if is_in_place(change) => continue,
                Op::Delete => &change.prior,
                Op::Release | Op::Retake | Op::DeleteDeposed | Op::Read | Op::Forget => continue,
            };
            if let (Some(class), Some(host)) = (class, object.as_deref().and_then(host_of)) {
                members.insert(id, (class, host));
            }
        }
        members
    }
}

/// Whether an object is replaced by one at the same place.
fn is_in_place(change: &Change) -> bool {
    let both = change.prior.as_deref().zip(change.planned.as_deref()).filter(|_| change.action.is_replace());
    both.is_some_and(|(prior, planned)| is_same_place(prior, planned))
}

/// The host of an object: its id where it is known, else the machine whose id it will be.
pub(crate) fn host_of(object: &Object) -> Option<String> {
    let host = object.get("host")?;
    let id = host.get("id").unwrap_or(host);
    match id.as_str() {
        Some(id) => Some(id.to_owned()),
        None => id.as_unknown()?.origin().map(|origin| origin.instance.to_string()),
    }
}

/// The members of a bundle, and the carriers that were gone through between them.
pub(super) struct Group {
    pub(super) class: BundleClass,
    pub(super) host: String,
    pub(super) members: Vec<StepId>,
    carriers: Vec<StepId>,
}

/// The order of steps being played through.
struct Play<'g> {
    graph: &'g StepGraph,
    /// By step: which class and host it is of, by the place in `classes`.
    host_of: Vec<Option<u32>>,
    /// The classes of the hosts, those that make room first, each with its hosts by name.
    classes: Vec<BundleClass>,
    hosts: Vec<String>,
    /// By step: how many steps it waits for.
    waiting: Vec<usize>,
    /// By member: how many steps it waits for when all of its host are taken that can be.
    blocked: Vec<usize>,
    /// By host: how many of its members could not be taken now.
    left: Vec<usize>,
    /// By host: its members that may start.
    ready: Vec<BTreeSet<StepId>>,
    /// The hosts with members that may start, by class and by how many they would leave behind.
    open: BTreeSet<(BundleClass, usize, u32)>,
    /// The steps of no host that may start.
    plain: Vec<StepId>,
    /// The carriers among them.
    carriers: Vec<StepId>,
}

/// Plays the order through and gives the groups as they come.
fn play(graph: &StepGraph, members: &BTreeMap<StepId, (BundleClass, String)>) -> Vec<Group> {
    let mut play = Play::new(graph, members);
    let mut groups: Vec<Group> = Vec::new();
    loop {
        if let Some(plain) = play.plain.pop().or_else(|| play.carriers.pop()) {
            play.finish(plain);
            continue;
        }
        // All that are ready are members. What makes room comes first; then the host that leaves least behind, so that
        // the others can still grow.
        let Some((class, _, host)) = play.open.first().copied() else { return groups };
        let (mut taken, mut carriers) = (Vec::new(), Vec::new());
        while let Some(id) = play.take(host) {
            taken.push(id);
            play.finish(id);
            // Carriers among the members are gone through, as they wait for nothing else.
            while let Some(carrier) = play.carriers.pop() {
                carriers.push(carrier);
                play.finish(carrier);
            }
        }
        groups.push(Group { class, host: play.hosts[host as usize].clone(), members: taken, carriers });
    }
}

impl<'g> Play<'g> {
    fn new(graph: &'g StepGraph, members: &BTreeMap<StepId, (BundleClass, String)>) -> Play<'g> {
        let hosts: BTreeSet<&(BundleClass, String)> = members.values().collect();
        let place: BTreeMap<&(BundleClass, String), u32> = hosts.iter().copied().zip(0..).collect();
        let (classes, hosts): (Vec<BundleClass>, Vec<String>) = hosts.into_iter().cloned().unzip();
        let mut host_of = vec![None; graph.steps.len()];
        let mut left = vec![0; classes.len()];
        for (id, host) in members {
            host_of[*id as usize] = Some(place[host]);
            left[place[host] as usize] += 1;
        }
        let ids = 0..StepId::try_from(graph.steps.len()).expect("32 bits");
        let waiting: Vec<usize> = ids.clone().map(|id| graph.order.dependencies(id).count()).collect();
        let mut play = Play {
            graph,
            host_of,
            blocked: waiting.clone(),
            waiting,
            left,
            ready: vec![BTreeSet::new(); classes.len()],
            open: BTreeSet::new(),
            plain: Vec::new(),
            carriers: Vec::new(),
            classes,
            hosts,
        };
        let free: Vec<StepId> = ids.filter(|id| play.waiting[*id as usize] == 0).collect();
        for id in free {
            if play.host_of[id as usize].is_some() {
                play.unblock(id);
            }
            play.release(id);
        }
        play
    }

    /// A step waits for nothing more.
    fn release(&mut self, id: StepId) {
        let Some(host) = self.host_of[id as usize] else {
            match self.graph.steps[id as usize] {
                Step::Carrier => self.carriers.push(id),
                _ => self.plain.push(id),
            }
            return;
        };
        self.open.insert((self.classes[host as usize], self.left[host as usize], host));
        self.ready[host as usize].insert(id);
    }

    /// A member can be taken once others of its host are; so can those that waited only for it.
    fn unblock(&mut self, id: StepId) {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            let Some(host) = self.host_of[id as usize] else { continue };
            let at = host as usize;
            let was_open = self.open.remove(&(self.classes[at], self.left[at], host));
            self.left[at] -= 1;
            if was_open {
                self.open.insert((self.classes[at], self.left[at], host));
            }
            for next in self.graph.order.dependents(id) {
                if self.host_of[next as usize] == Some(host) {
                    self.blocked[next as usize] -= 1;
                    if self.blocked[next as usize] == 0 {
                        pending.push(next);
                    }
                }
            }
        }
    }

    /// The next member of a host that may start.
    fn take(&mut self, host: u32) -> Option<StepId> {
        let at = host as usize;
        let id = self.ready[at].pop_first()?;
        if self.ready[at].is_empty() {
            self.open.remove(&(self.classes[at], self.left[at], host));
        }
        Some(id)
    }

    /// A step is over: what waited for nothing else may start.
    fn finish(&mut self, id: StepId) {
        let host = self.host_of[id as usize];
        for next in self.graph.order.dependents(id) {
            let is_of = self.host_of[next as usize];
            // What waits for one of its own host was told when that became free to be taken.
            if is_of.is_some() && is_of != host {
                self.blocked[next as usize] -= 1;
                if self.blocked[next as usize] == 0 {
                    self.unblock(next);
                }
            }
            self.waiting[next as usize] -= 1;
            if self.waiting[next as usize] == 0 {
                self.release(next);
            }
        }
    }
}

/// Makes one step of each group.
fn contract(graph: StepGraph, groups: Vec<Group>) -> StepGraph {
    let mut stands_for: Vec<StepId> = (0..).take(graph.steps.len()).collect();
    let mut steps = graph.steps;
    // The room that is made on each host, for what comes later there. As groups come in an order that can be performed, no
    // circle is closed.
    let mut rooms: BTreeMap<String, Vec<StepId>> = BTreeMap::new();
    let mut after_rooms = Vec::new();
    for Group { class, host, members, carriers } in groups {
        let Some(first) = members.first().copied() else { continue };
        let makes = |id: &StepId| matches!(steps[*id as usize], Step::Change { op: Op::Create | Op::Update, .. });
        match class {
            BundleClass::Prepare if members.iter().any(makes) => rooms.entry(host).or_default().push(first),
            BundleClass::Prepare => {}
            BundleClass::Transaction => {
                after_rooms.extend(rooms.get(&host).into_iter().flatten().map(|room| (first, *room)));
            }
        }
        let mut parts = Vec::with_capacity(members.len());
        for id in members {
            stands_for[id as usize] = first;
            let step = std::mem::replace(&mut steps[id as usize], Step::Absorbed);
            if let Step::Change { change, op } = step {
                parts.push((change, op));
            }
        }
        steps[first as usize] = Step::Bundle { class, members: parts };
        // A carrier that leads back to a member would close a circle with the bundle, so it becomes part of it.
        for carrier in carriers.into_iter().rev() {
            if graph.order.dependents(carrier).any(|next| stands_for[next as usize] == first) {
                stands_for[carrier as usize] = first;
                steps[carrier as usize] = Step::Absorbed;
            }
        }
    }
    let mut order = Dag::with_nodes(steps.len());
    for id in (0..).take(steps.len()) {
        let to = stands_for[id as usize];
        for other in graph.order.dependencies(id) {
            let from = stands_for[other as usize];
            if from != to {
                order.after(to, from);
            }
        }
    }
    after_rooms.into_iter().for_each(|(later, room)| order.after(later, room));
    StepGraph { steps, order, handovers: graph.handovers, waves: graph.waves, commands: graph.commands }
}
