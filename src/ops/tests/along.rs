//! What goes with the machine that it is on, and a machine that was made and has not been reached.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use serde_json::json;

use super::Lab;
use super::lab::lines;
use super::lab::text;
use crate::addr::InstanceAddr;
use crate::apply::Ended;
use crate::ops;
use crate::plan::Op;
use crate::plan::Options;
use crate::plan::Plan;
use crate::plan::Step;
use crate::provider::HostRoots;
use crate::provider::ProviderError;
use crate::provider::Standing;
use crate::state::Event;
use crate::state::Intent;
use crate::state::ObjectKey;
use crate::state::Record;
use crate::state::fold;

const CONFIG: &str = r#"
    resource "digitalocean_droplet" "it" {
      name   = "it"
      image  = "debian-12-x64"
      size   = "s-1vcpu-1gb"
      region = "fra1"
    }
    resource "host_machine" "it" {
      identity = digitalocean_droplet.it.urn
      connection {
        address = digitalocean_droplet.it.ipv4_address
        timeout = "5h"
      }
    }
    resource "host_user" "it" {
      host = host_machine.it
      name = "app"
    }
    resource "host_file" "it" {
      host    = host_machine.it
      path    = "/etc/motd"
      content = "hi"
    }
"#;

const ALL: [&str; 4] = ["digitalocean_droplet.it", "host_file.it", "host_machine.it", "host_user.it"];

/// The simulator's hosts as they are over SSH: nothing tells one that is gone from one that cannot be reached.
struct Distant {
    hosts: Arc<dyn HostRoots>,
    cut_off: Mutex<BTreeSet<String>>,
}

impl HostRoots for Distant {
    fn host_root(&self, address: &str) -> Result<Standing<(PathBuf, PathBuf)>, ProviderError> {
        let cut_off = self.cut_off.lock().unwrap();
        if cut_off.contains(address) || cut_off.contains("all") {
            return Ok(Standing::Down);
        }
        Ok(match self.hosts.host_root(address)? {
            Standing::Gone => Standing::Down,
            other => other,
        })
    }
}

impl Lab {
    fn distant(config: &str) -> (Lab, Arc<Distant>) {
        let mut lab = Lab::new(config);
        let hosts = lab.session.hosts.clone().unwrap();
        let distant = Arc::new(Distant { hosts, cut_off: Mutex::default() });
        lab.session.hosts = Some(Arc::clone(&distant) as Arc<dyn HostRoots>);
        (lab, distant)
    }

    /// One on which everything is, and where that is.
    async fn distant_applied() -> (Lab, Arc<Distant>, String) {
        let (lab, distant) = Lab::distant(CONFIG);
        lab.apply().await;
        let address = lab.attribute(ALL[0], "ipv4_address").as_str().unwrap().to_owned();
        (lab, distant, address)
    }

    async fn delete_the_droplet(&self) {
        let id = self.of_it("digitalocean_droplet", "id");
        self.send("DELETE", &format!("droplets/{id}"), json!(null)).await;
        self.wait(60).await;
    }

    /// Has an update of an object begun, and not ended.
    fn leave_open(&self, addr: &str) {
        let lock = ops::lock(&self.session, "test", std::time::Duration::ZERO).unwrap();
        let mut snapshot = (*ops::snapshot(&self.session, false).unwrap()).clone();
        let addr: InstanceAddr = addr.parse().unwrap();
        let object = snapshot.current(&addr).unwrap().clone();
        let intent = Intent {
            op_id: "0".repeat(26),
            planned: Some((*object.attributes).clone()),
            prior: Some(object.version),
            before: json!(null),
            deposes: None,
            provider: object.provider,
            private: object.private,
            schema_version: object.schema_version,
            dependencies: object.dependencies,
            create_before_destroy: false,
            trusted: Vec::new(),
            trusts: Vec::new(),
            time: self.session.clock.now(),
        };
        let event = Event::Intent(Box::new(intent));
        let record = Record::of_object(1, addr, ObjectKey::Current, crate::state::Op::Update, event);
        let seq = snapshot.seq + 1;
        fold(&mut snapshot, [&Record { seq, ..record }]);
        self.session.backend.store(&lock, &snapshot).unwrap();
    }

    fn unmet(&self) -> Vec<String> {
        ops::snapshot(&self.session, false).unwrap().unmet.iter().map(ToString::to_string).collect()
    }

    /// Applies, and gives how that ended and how many minutes it took.
    async fn try_to_apply(&self) -> (Ended, i64) {
        let begun = self.session.clock.now();
        let planned = self.plan().await;
        let ended = self.perform(planned).await.outcome.ended;
        (ended, self.session.clock.now().duration_since(begun).as_mins())
    }
}

impl Distant {
    fn cut_off(&self, address: &str) {
        self.cut_off.lock().unwrap().insert(address.to_owned());
    }

    fn is_back(&self) {
        self.cut_off.lock().unwrap().clear();
    }
}

#[tokio::test]
async fn what_was_on_a_droplet_that_somebody_deleted_is_gone_with_it() {
    let (lab, _, _) = Lab::distant_applied().await;
    lab.delete_the_droplet().await;
    let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    let planned = planned.unwrap();
    assert_eq!(text(&diags), "", "that it cannot be reached is no news");
    assert_eq!(lines(&planned), ALL.map(|address| format!("Create {address}")));
    let drift: Vec<String> = planned.made.plan.drift.iter().map(|drift| drift.addr.to_string()).collect();
    assert_eq!(drift, ALL);
    assert!(planned.made.plan.drift.iter().all(|drift| drift.after.is_none()));
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
    assert_eq!(lab.planned().await, [""; 0]);

    // And where nothing of it is wanted any more there is nothing to do.
    lab.delete_the_droplet().await;
    lab.write("");
    assert_eq!(lab.planned().await, [""; 0]);
    assert_eq!(lab.try_to_apply().await, (Ended::Complete, 0));
    assert_eq!(lab.addresses(), [""; 0]);
}

#[tokio::test]
async fn a_droplet_that_goes_is_not_waited_for_when_its_host_cannot_be_reached() {
    let (lab, distant, address) = Lab::distant_applied().await;
    distant.cut_off(&address);
    let begun = lab.session.clock.now();
    lab.destroy().await;
    assert!(lab.session.clock.now().duration_since(begun).as_mins() < 30);
    assert_eq!(lab.addresses(), [""; 0]);

    // So it is when it is replaced.
    let (lab, distant, address) = Lab::distant_applied().await;
    distant.cut_off(&address);
    let replace = vec![ALL[0].parse().unwrap()];
    let (planned, diags) = lab.plan_with(Options { refresh: true, replace, ..Options::default() }).await;
    assert!(!diags.has_errors(), "{}", text(&diags));
    let planned = planned.unwrap();
    assert_eq!(lines(&planned), ALL.map(|address| format!("DeleteThenCreate {address}")));
    let begun = lab.session.clock.now();
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
    assert!(lab.session.clock.now().duration_since(begun).as_mins() < 30);
    assert_eq!(lab.planned().await, [""; 0]);
}

#[tokio::test]
async fn a_host_that_stays_is_waited_for_though_it_is_no_longer_configured() {
    let (lab, distant, address) = Lab::distant_applied().await;
    distant.cut_off(&address);
    let (droplet, _) = CONFIG.split_once("resource \"host_machine\"").unwrap();
    lab.write(droplet);
    let (ended, minutes) = lab.try_to_apply().await;
    assert_eq!((ended, minutes / 60), (Ended::Failed, 5));
    assert!(lab.addresses().contains(&"host_file.it".to_owned()));
    distant.is_back();
    assert_eq!(lab.try_to_apply().await.0, Ended::Complete);
    assert_eq!(lab.addresses(), [ALL[0]]);
}

/// That it is new to everybody is remembered for as long as nobody has reached it.
#[tokio::test]
async fn a_new_machine_stays_new_until_it_is_reached() {
    let (lab, distant) = Lab::distant(CONFIG);
    distant.cut_off("all");
    assert_eq!(lab.try_to_apply().await.0, Ended::Failed);
    let urn = lab.attribute(ALL[0], "urn").as_str().unwrap().to_owned();
    assert_eq!((lab.addresses(), lab.unmet()), (vec![ALL[0].to_owned()], vec![urn.clone()]));
    assert_eq!(lab.try_to_apply().await.0, Ended::Failed);
    assert_eq!(lab.unmet(), [urn]);
    distant.is_back();
    assert_eq!(lab.try_to_apply().await.0, Ended::Complete);
    assert_eq!(lab.unmet(), [""; 0]);

    // So it is when the run did not come to it at all; and what is gone is nobody's any more.
    let after = CONFIG.replace("identity =", "depends_on = [host_machine.other]\n      identity =");
    let other =
        "resource \"host_machine\" \"other\" {\n connection {\n address = \"10.9.9.9\"\n timeout = \"1s\"\n }\n}\n";
    let (lab, _) = Lab::distant(&format!("{after}{other}"));
    assert_eq!(lab.try_to_apply().await.0, Ended::Failed);
    assert_eq!(lab.unmet().len(), 1);
    lab.destroy().await;
    assert_eq!(lab.unmet(), [""; 0]);
}

/// Nobody could look at it when it was planned, and whose it is is no question: the machine was made for this.
#[tokio::test]
async fn what_an_image_brought_to_a_new_machine_gives_way() {
    let named = r#"
        resource "host_file" "name" {
          host    = host_machine.it
          path    = "/etc/hostname"
          content = "web\n"
        }
    "#;
    let (lab, _) = Lab::distant(&format!("{CONFIG}{named}"));
    let planned = lab.plan().await;
    assert!(lines(&planned).contains(&"Create host_file.name".to_owned()));
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
    assert_eq!(lab.planned().await, [""; 0]);

    // So it is where the machine comes to be in one run and is reached by the next.
    let (lab, distant) = Lab::distant(&format!("{CONFIG}{named}"));
    distant.cut_off("all");
    assert_eq!(lab.try_to_apply().await.0, Ended::Failed);
    let planned = lab.plan().await;
    distant.is_back();
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));

    // And where it comes anew; but on a machine that stays, what nobody had seen is not written over.
    let replace = vec![ALL[0].parse().unwrap()];
    let (planned, _) = lab.plan_with(Options { refresh: true, replace, ..Options::default() }).await;
    let applied = lab.perform(planned.unwrap()).await;
    assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
    let other = named.replace("\"name\"", "\"other\"").replace("hostname", "group");
    lab.write(&format!("{CONFIG}{named}{other}"));
    distant.cut_off("all");
    let planned = lab.plan().await;
    distant.is_back();
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Failed);
    assert!(text(&applied.outcome.diags).contains("was not when this was planned"), "{}", text(&applied.outcome.diags));
}

/// What its type keeps is kept on a host that stays, and goes with one that does not.
#[tokio::test]
async fn a_user_goes_with_its_machine_and_stays_where_that_does() {
    let (lab, _, _) = Lab::distant_applied().await;
    lab.write("");
    let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    assert_eq!(lines(&planned.unwrap()), ALL.map(|address| format!("Delete {address}")));
    assert_eq!(text(&diags), "");
    let (droplet, _) = CONFIG.split_once("resource \"host_machine\"").unwrap();
    lab.write(droplet);
    let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    assert!(lines(&planned.unwrap()).contains(&"Forget host_user.it".to_owned()));
    assert_eq!(text(&diags).matches("remove = true").count(), 1, "{}", text(&diags));
}

#[tokio::test]
async fn what_must_not_be_destroyed_does_not_go_with_its_machine() {
    let (lab, _, _) = Lab::distant_applied().await;
    lab.write(&CONFIG.replace("name = \"app\"", "name = \"app\"\n lifecycle { prevent_destroy = true }"));
    let options = Options { mode: crate::plan::Mode::Destroy, refresh: true, ..Options::default() };
    let (_, diags) = lab.plan_with(options).await;
    assert!(text(&diags).contains("Instance cannot be destroyed"), "{}", text(&diags));
}

/// Whether a step comes behind another, by whatever lies between.
fn follows(plan: &Plan, later: (&str, Op), earlier: (&str, Op)) -> bool {
    let is_it = |at: usize, op: Op, wanted: (&str, Op)| (plan.changes[at].addr.to_string().as_str(), op) == wanted;
    let find = |wanted: (&str, Op)| {
        let mut steps = (0..).zip(&plan.steps.steps);
        steps.find_map(|(id, step)| match step {
            Step::Change { change, op } => is_it(*change, *op, wanted).then_some(id),
            Step::Bundle { members, .. } => members.iter().any(|(at, op)| is_it(*at, *op, wanted)).then_some(id),
            _ => None,
        })
    };
    let (later, earlier) = (find(later).unwrap(), find(earlier).unwrap());
    let (mut pending, mut seen) = (vec![later], BTreeSet::new());
    while let Some(id) = pending.pop() {
        pending.extend(plan.steps.order.dependencies(id).filter(|other| seen.insert(*other)));
    }
    seen.contains(&earlier)
}

/// The second goes only when all that is on the first is there again.
#[tokio::test]
async fn machines_are_replaced_one_by_one_with_all_that_is_on_them() {
    let config = CONFIG.replace("\"it\" {", "\"it\" {\n count = 2");
    let config = config.replace("digitalocean_droplet.it.", "digitalocean_droplet.it[count.index].");
    let config = config.replace("host_machine.it\n", "host_machine.it[count.index]\n");
    let config =
        config.replace("name   = \"it\"", "name   = \"it-${count.index}\"\n lifecycle { ignore_changes = [tags] }");
    let lab = Lab::new(&config);
    lab.apply().await;
    let replace = vec!["digitalocean_droplet.it[0]".parse().unwrap(), "digitalocean_droplet.it[1]".parse().unwrap()];
    let (planned, diags) = lab.plan_with(Options { refresh: true, replace, ..Options::default() }).await;
    assert!(!diags.has_errors(), "{}", text(&diags));
    let planned = planned.unwrap();
    let plan = &planned.made.plan;
    assert_eq!(lines(&planned).len(), 8, "{:?}", lines(&planned));
    for ty in ["digitalocean_droplet", "host_file", "host_user"] {
        let first = format!("{ty}.it[0]");
        assert!(follows(plan, ("digitalocean_droplet.it[1]", Op::Delete), (&first, Op::Create)), "{ty}");
    }
    assert!(follows(plan, ("host_file.it[1]", Op::Delete), ("host_file.it[0]", Op::Create)));
    assert!(follows(plan, ("digitalocean_droplet.it[1]", Op::Delete), ("host_file.it[1]", Op::Delete)));
    assert!(!follows(plan, ("digitalocean_droplet.it[0]", Op::Delete), ("host_file.it[1]", Op::Delete)));
    let applied = lab.perform(planned).await;
    assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
    assert_eq!(lab.planned().await, [""; 0]);
}

/// As it is printed, where the host is, or by its name alone: the configuration says on which host it is.
#[tokio::test]
async fn what_is_on_a_host_is_imported_by_any_of_its_names() {
    let named = r#"
        resource "host_file" "name" {
          host    = host_machine.it
          path    = "/etc/hostname"
          content = "it\n"
        }
    "#;
    let addr: InstanceAddr = "host_file.name".parse().unwrap();
    for id in ["{urn}:/etc/hostname", "root@{address}:/etc/hostname", "{address}:/etc/hostname", "/etc/hostname"] {
        let (lab, _, address) = Lab::distant_applied().await;
        let urn = lab.attribute(ALL[0], "urn").as_str().unwrap().to_owned();
        lab.write(&format!("{CONFIG}{named}"));
        let id = id.replace("{urn}", &urn).replace("{address}", &address);
        let (is_done, diags) = lab.import(&addr, &id).await;
        assert!(is_done, "{id}: {}", text(&diags));
        assert_eq!(lab.attribute("host_file.name", "id").as_str(), Some(&*format!("{urn}:/etc/hostname")));
        assert_eq!(lab.planned().await, [""; 0], "{id}");
    }
    let (lab, _, _) = Lab::distant_applied().await;
    lab.write(&format!("{CONFIG}{named}"));
    let (is_done, diags) = lab.import(&addr, "10.9.9.9:/etc/hostname").await;
    assert!(!is_done && text(&diags).contains("it belongs on do:droplet:"), "{}", text(&diags));
}

/// What an interrupted run had begun on a host ends with that, too.
#[tokio::test]
async fn what_is_not_known_of_a_machine_that_is_gone_holds_nothing_up() {
    for is_deleted in [true, false] {
        let (lab, distant, address) = Lab::distant_applied().await;
        lab.leave_open("host_file.it");
        distant.cut_off(&address);
        let options = match is_deleted {
            true => {
                lab.delete_the_droplet().await;
                Options { refresh: true, ..Options::default() }
            }
            false => Options { refresh: true, replace: vec![ALL[0].parse().unwrap()], ..Options::default() },
        };
        let (planned, diags) = lab.plan_with(options).await;
        assert!(text(&diags).contains("cannot be resolved yet"), "{}", text(&diags));
        let applied = lab.perform(planned.unwrap()).await;
        assert_eq!(applied.outcome.ended, Ended::Complete, "{}", text(&applied.outcome.diags));
        assert!(applied.snapshot.open.is_empty());
        assert_eq!(lab.planned().await, [""; 0]);
    }
}
