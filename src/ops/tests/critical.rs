//! An apply takes hardly longer than the longest chain of what has to be made one after another.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value as Json;

use super::Lab;
use crate::addr::InstanceAddr;
use crate::state::Snapshot;
use crate::value::Object;

const LATENCY: Duration = Duration::from_millis(50);
/// Where the simulator notes its requests, in its world.
const LOG: &str = "requests.jsonl";

/// What the simulator itself decided, as it stands in its world and its log.
struct Decided {
    /// Each object as it was last stored, by its id.
    rows: BTreeMap<String, Json>,
    /// The requests, each once, however often it was sent: looking again is not on the path.
    requests: BTreeSet<String>,
}

impl Decided {
    fn of(lab: &Lab) -> Self {
        let read = |name: &str| std::fs::read_to_string(lab.world().join(name)).expect("a file of the world");
        let parsed = |text: &str| -> Vec<Json> {
            text.lines().map(|line| serde_json::from_str(line).expect("one document a line")).collect()
        };
        let mut rows = BTreeMap::new();
        for batch in parsed(&read("world.jsonl")) {
            for change in batch["changes"].as_array().into_iter().flatten() {
                let id = change["id"].as_str().expect("an id").to_owned();
                rows.insert(id, change["row"].clone());
            }
        }
        let requests = parsed(&read(LOG)).into_iter().map(|line| format!("{} {}", line["method"], line["path"]));
        Self { rows, requests: requests.collect() }
    }

    /// How many seconds after its creation something became true of an object; nothing where it is so at once.
    fn after(&self, id: &str, what: &str) -> f64 {
        let moment = |name: &str| self.rows.get(id)?.get(name)?.as_str()?.parse::<Timestamp>().ok();
        let (Some(created), Some(then)) = (moment("created_at"), moment(what)) else { return 0.0 };
        then.duration_since(created).as_secs_f64()
    }

    /// How long an object takes to come up.
    fn comes_up(&self, id: &str) -> f64 {
        ["online_at", "active_at", "verified_at"].iter().map(|what| self.after(id, what)).fold(0.0, f64::max)
    }

    /// How long the requests about an object take: the one that makes it, and those at its own path.
    fn asked(&self, id: &str) -> f64 {
        let about = self.requests.iter().filter(|request| request.contains(id)).count();
        (1 + about) as f64 * LATENCY.as_secs_f64()
    }
}

/// A chain of objects of which each needs the one before it.
#[derive(Debug, Clone, Default)]
struct Chain {
    seconds: f64,
    of: Vec<String>,
}

impl Chain {
    fn or_longer(self, other: Chain) -> Chain {
        if other.seconds > self.seconds { other } else { self }
    }

    fn then(mut self, addr: &InstanceAddr, seconds: f64) -> Chain {
        self.seconds += seconds;
        self.of.push(format!("{addr} {seconds:.1}s"));
        self
    }
}

/// What the vendor calls an object.
fn id(object: &Object) -> &str {
    let text = |name: &str| object.get(name).and_then(|value| value.unmarked().as_str());
    text("uuid").or_else(|| text("id")).expect("an id")
}

/// The chains by whose ends the instances can be made.
struct Chains<'s> {
    snapshot: &'s Snapshot,
    decided: &'s Decided,
    known: BTreeMap<InstanceAddr, Chain>,
}

impl Chains<'_> {
    /// The longest chain before an instance.
    fn before(&mut self, addr: &InstanceAddr) -> Chain {
        let object = self.snapshot.current(addr).expect("it is in the state");
        let needed: Vec<InstanceAddr> = self.snapshot.instances.keys().cloned().collect();
        let needed = needed.iter().filter(|one| object.dependencies.contains(&one.resource()));
        let mut longest = Chain::default();
        for one in needed {
            longest = longest.or_longer(self.through(one));
            // A cluster takes no replica before its first backup.
            if &*addr.ty == "digitalocean_database_replica" {
                let needed = self.snapshot.current(one).expect("it is in the state");
                let cluster = id(&needed.attributes);
                let backed_up = self.decided.after(cluster, "backed_up_at") + self.decided.asked(cluster);
                longest = longest.or_longer(self.before(one).then(one, backed_up));
            }
        }
        longest
    }

    /// The longest chain up to an instance, and that.
    fn through(&mut self, addr: &InstanceAddr) -> Chain {
        if let Some(known) = self.known.get(addr) {
            return known.clone();
        }
        let object = self.snapshot.current(addr).expect("it is in the state");
        let id = id(&object.attributes);
        // A part of a cluster that goes by its cluster's id has come up with it.
        let is_part = object.attributes.get("cluster_id").and_then(|cluster| cluster.as_str()) == Some(id);
        let comes_up = if is_part { 0.0 } else { self.decided.comes_up(id) };
        let chain = self.before(addr).then(addr, comes_up + self.decided.asked(id));
        self.known.insert(addr.clone(), chain.clone());
        chain
    }
}

/// The chain that takes longest, by what the simulator decided.
fn critical(snapshot: &Snapshot, decided: &Decided) -> Chain {
    let mut chains = Chains { snapshot, decided, known: BTreeMap::new() };
    snapshot.instances.keys().fold(Chain::default(), |longest, addr| longest.or_longer(chains.through(addr)))
}

#[tokio::test]
async fn a_hundred_droplets_and_databases_take_hardly_longer_than_the_critical_path() {
    let change = |text: String| text.replace("  default     = 2\n", "  default     = 100\n");
    for seed in 0..3 {
        let lab = Lab::of_example_with("ha-cloud", change, |options| {
            options.seed = seed;
            options.latency = LATENCY;
            options.log = Some(options.dir.join(LOG));
        });
        let since = lab.session.clock.now();
        let applied = lab.apply().await;
        let took = lab.session.clock.now().duration_since(since).as_secs_f64();
        let chain = critical(&applied.snapshot, &Decided::of(&lab));
        let ends = ["digitalocean_database_replica.read[0]", "digitalocean_database_firewall.read[0]"];
        assert!(ends.iter().all(|end| chain.of.iter().any(|link| link.starts_with(end))), "{chain:#?}");
        // The vendor's own times leave no way to be faster; were it so, the chain would be too long to measure by.
        assert!(chain.seconds <= took, "{took:.1}s for {chain:#?}");
        assert!(took <= 1.15 * chain.seconds, "{took:.1}s for {chain:#?}");
    }
}
