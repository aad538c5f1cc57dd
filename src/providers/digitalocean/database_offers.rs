//! What database clusters and their replicas can be made of, by the vendor's own list.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use crate::net::rest::Rest;
use crate::provider::Catalogue;
use crate::provider::Choice;
use crate::provider::Cx;
use crate::provider::List;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;

/// Where the vendor tells all of it.
pub(super) const SOURCE: &str = "/v2/databases/options";
const ENGINE: List = List::new(SOURCE, "database engine");
const REPLICA_REGION: List = List::new(SOURCE, "region for database replicas");
const REPLICA_SIZE: List = List::new(SOURCE, "size of database replicas");
/// Engines that the vendor documents and need not list: those of a preview are not for every account.
const UNLISTED: [&str; 2] = ["advanced_pg", "advanced_mysql"];
/// Engines whose clusters have replicas.
const REPLICATED: [&str; 4] = ["pg", "mysql", "advanced_pg", "advanced_mysql"];

/// What clusters of an engine can be made of.
#[derive(Deserialize)]
pub(super) struct Options {
    #[serde(default)]
    regions: Vec<String>,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    layouts: Vec<Layout>,
}

/// The sizes that a number of nodes may have.
#[derive(Deserialize)]
struct Layout {
    num_nodes: i64,
    #[serde(default)]
    sizes: Vec<String>,
}

/// What of a cluster is chosen from a list that each engine has of its own.
#[derive(Clone, Copy)]
enum Part {
    Region,
    Version,
    Nodes,
    Size,
}

impl Part {
    fn word(self) -> &'static str {
        match self {
            Part::Region => "region",
            Part::Version => "version",
            Part::Nodes => "number of nodes",
            Part::Size => "size",
        }
    }

    /// The list that an engine has of it.
    fn of(self, engine: &str) -> List {
        List { source: SOURCE, what: format!("{} for databases of the engine {engine}", self.word()).into() }
    }
}

/// What a cluster is made of; `changes` says which arguments of one that there is are altered.
pub(super) fn of_cluster(
    prior: Option<&Object>,
    planned: &Object,
    changes: impl Fn(&'static str) -> bool,
) -> Vec<Choice> {
    let Some(engine) = planned.str("engine") else { return Vec::new() };
    let is_new = |name| prior.is_none() || changes(name);
    let mut choices = Vec::new();
    if prior.is_none() {
        choices.push(Choice::new("engine", ENGINE, engine));
    }
    let chosen = |name| planned.str(name).filter(|_| is_new(name));
    choices.extend(chosen("version").map(|version| Choice::new("version", Part::Version.of(engine), version)));
    choices
        .extend(chosen("region").map(|region| Choice::new("region", Part::Region.of(engine), region.to_lowercase())));
    let nodes = planned.int("node_count");
    if let (Some(count), true) = (nodes, is_new("node_count")) {
        choices.push(Choice::new("node_count", Part::Nodes.of(engine), count.to_string()));
    }
    if let Some(size) = planned.str("size").filter(|_| is_new("size") || is_new("node_count")) {
        let size = size.to_lowercase();
        let choice = Choice::new("size", Part::Size.of(engine), &*size);
        choices.push(choice.unless(move |facts| {
            let counts: Vec<i64> = facts.as_array()?.iter().filter_map(Json::as_i64).collect();
            let count = nodes.filter(|count| !counts.contains(count))?;
            let counts = counts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ");
            Some(format!("A cluster of the size `{size}` cannot have {count} nodes, only {counts}."))
        }));
    }
    choices
}

/// What a replica is made of. Its engine is its cluster's, of which only the id is known here.
pub(super) fn of_replica(prior: Option<&Object>, planned: &Object, is_resized: bool) -> Vec<Choice> {
    let region = planned.str("region").filter(|_| prior.is_none());
    let size = planned.str("size").filter(|_| prior.is_none() || is_resized);
    let region = region.map(|region| Choice::new("region", REPLICA_REGION, region.to_lowercase()));
    let size = size.map(|size| Choice::new("size", REPLICA_SIZE, size.to_lowercase()));
    region.into_iter().chain(size).collect()
}

/// The vendor's list, by engine.
pub(super) async fn options(client: &Rest, cx: &Cx) -> Result<BTreeMap<String, Options>> {
    client.on(cx, "reading what databases can be made of").get(SOURCE).one("options").await
}

/// Puts the vendor's list into a catalogue.
pub(super) fn add(catalogue: &mut Catalogue, options: &BTreeMap<String, Options>) {
    let nothing = |name: &String| (name.clone(), Json::Null);
    let engines = options.keys().map(String::as_str).chain(UNLISTED);
    catalogue.add(ENGINE, engines.map(|engine| (engine.to_owned(), Json::Null)));
    for (engine, offered) in options {
        let mut sizes: BTreeMap<&String, Vec<i64>> = BTreeMap::new();
        for layout in &offered.layouts {
            layout.sizes.iter().for_each(|size| sizes.entry(size).or_default().push(layout.num_nodes));
        }
        let sizes: Vec<_> = sizes.into_iter().map(|(size, counts)| (size.clone(), json!(counts))).collect();
        let counts = offered.layouts.iter().map(|layout| layout.num_nodes.to_string());
        let parts: [(Part, Vec<(String, Json)>); 4] = [
            (Part::Region, offered.regions.iter().map(nothing).collect()),
            (Part::Version, offered.versions.iter().map(nothing).collect()),
            (Part::Nodes, counts.map(|count| nothing(&count)).collect()),
            (Part::Size, sizes),
        ];
        let is_replicated = REPLICATED.contains(&&**engine);
        for (part, offers) in parts.into_iter().filter(|(_, offers)| !offers.is_empty()) {
            match part {
                Part::Region if is_replicated => catalogue.add(REPLICA_REGION, offers.clone()),
                Part::Size if is_replicated => catalogue.add(REPLICA_SIZE, offers.clone()),
                Part::Region | Part::Version | Part::Nodes | Part::Size => {}
            }
            catalogue.add(part.of(engine), offers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(prior: Option<&Object>, planned: &[(&str, &str)], count: i64) -> Vec<String> {
        let given = planned.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let planned = Object::new(given.chain([("node_count".into(), count.into())]));
        let options = json!({
            "pg": {
                "regions": ["fra1", "nyc3"],
                "versions": ["16", "17"],
                "layouts": [{"num_nodes": 1, "sizes": ["db-1", "db-2"]}, {"num_nodes": 2, "sizes": ["db-2"]}],
            },
            "valkey": {},
        });
        let mut catalogue = Catalogue::default();
        add(&mut catalogue, &serde_json::from_value(options).expect("options"));
        let choices = of_cluster(prior, &planned, |name| name == "size");
        let problems = choices.iter().filter_map(|choice| catalogue.problem(choice));
        problems.map(|problem| format!("{}: {}", problem.path, problem.detail.replace("\n\n", " "))).collect()
    }

    #[test]
    fn a_cluster_is_of_what_there_is_for_its_engine() {
        let none: [&str; 0] = [];
        assert_eq!(told(None, &[("engine", "pg"), ("version", "17"), ("size", "DB-2"), ("region", "FRA1")], 2), none);
        assert_eq!(
            told(None, &[("engine", "valkey"), ("version", "99"), ("size", "any")], 9),
            none,
            "nothing is listed"
        );
        assert_eq!(told(None, &[("engine", "advanced_pg"), ("version", "17")], 1), none);
        assert_eq!(
            told(None, &[("engine", "pg"), ("version", "18"), ("size", "db-1"), ("region", "ams3")], 2),
            [
                "version: The vendor has no version for databases of the engine pg called `18`. Write one of: 16, 17.",
                "region: The vendor has no region for databases of the engine pg called `ams3`. Write one of: fra1, nyc3.",
                "size: A cluster of the size `db-1` cannot have 2 nodes, only 1. Write one of: db-2.",
            ]
        );
        let said = told(None, &[("engine", "pgg")], 4);
        assert!(
            said[0].starts_with("engine: The vendor has no database engine called `pgg`. Did you mean \"pg\"?"),
            "{said:?}"
        );
    }

    #[test]
    fn of_a_change_only_what_changes_is_chosen() {
        let prior = Object::new([("size".into(), "db-2".into())]);
        let said = told(Some(&prior), &[("engine", "pg"), ("version", "12"), ("size", "db-9"), ("region", "old1")], 1);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("size: "), "{said:?}");
    }
}
