//! Which engines, versions, sizes and numbers of nodes there are: tables, and the checks on them.

use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::digitalocean::regions;
use crate::sim::refusal::Refusal;

/// A database engine on offer.
pub(super) struct Engine {
    pub(super) slug: &'static str,
    /// Version, the minor release behind it, end of availability, end of life.
    versions: &'static [(&'static str, &'static str, Option<&'static str>, Option<&'static str>)],
    pub(super) default_version: &'static str,
    max_nodes: i64,
    pub(super) port: u16,
    pub(super) scheme: &'static str,
    pub(super) admin: &'static str,
    pub(super) has_dbs: bool,
    pub(super) has_backups: bool,
    pub(super) has_replicas: bool,
    /// Whether it is still handed out.
    is_open: bool,
}

const ENGINES: [Engine; 5] = [
    Engine {
        slug: "pg",
        versions: &[
            ("14", "14.20", None, Some("2026-11-12T00:00:00Z")),
            ("15", "15.15", Some("2027-05-12T00:00:00Z"), Some("2027-11-11T00:00:00Z")),
            ("16", "16.11", Some("2028-05-09T00:00:00Z"), Some("2028-11-09T00:00:00Z")),
            ("17", "17.7", Some("2029-05-08T00:00:00Z"), Some("2029-11-08T00:00:00Z")),
        ],
        default_version: "17",
        max_nodes: 3,
        port: 25060,
        scheme: "postgresql",
        admin: "doadmin",
        has_dbs: true,
        has_backups: true,
        has_replicas: true,
        is_open: true,
    },
    Engine {
        slug: "mysql",
        versions: &[("8", "8.0.44", None, None), ("8.4", "8.4.7", None, None)],
        default_version: "8",
        max_nodes: 3,
        port: 25060,
        scheme: "mysql",
        admin: "doadmin",
        has_dbs: true,
        has_backups: true,
        has_replicas: true,
        is_open: true,
    },
    Engine {
        slug: "valkey",
        versions: &[("8", "8.1.4", None, None)],
        default_version: "8",
        max_nodes: 2,
        port: 25061,
        scheme: "rediss",
        admin: "default",
        has_dbs: false,
        has_backups: false,
        has_replicas: false,
        is_open: true,
    },
    Engine {
        slug: "redis",
        versions: &[("7", "7.2.4", Some("2025-04-30T00:00:00Z"), Some("2025-06-30T00:00:00Z"))],
        default_version: "7",
        max_nodes: 2,
        port: 25061,
        scheme: "rediss",
        admin: "default",
        has_dbs: false,
        has_backups: false,
        has_replicas: false,
        is_open: false,
    },
    Engine {
        slug: "mongodb",
        versions: &[("7.0", "7.0.26", None, None), ("8.0", "8.0.16", None, None)],
        default_version: "8.0",
        max_nodes: 3,
        port: 27017,
        scheme: "mongodb+srv",
        admin: "doadmin",
        has_dbs: true,
        has_backups: true,
        has_replicas: false,
        is_open: true,
    },
];

/// Slug, whether standby nodes are possible, least and most storage in MiB.
const SIZES: [(&str, bool, i64, i64); 14] = [
    ("db-s-1vcpu-1gb", false, 10_240, 30_720),
    ("db-s-1vcpu-2gb", true, 30_720, 61_440),
    ("db-s-2vcpu-4gb", true, 61_440, 143_360),
    ("db-s-4vcpu-8gb", true, 143_360, 296_960),
    ("db-s-6vcpu-16gb", true, 296_960, 593_920),
    ("db-s-8vcpu-32gb", true, 593_920, 1_187_840),
    ("db-amd-1vcpu-2gb", true, 40_960, 81_920),
    ("db-amd-2vcpu-4gb", true, 81_920, 163_840),
    ("db-intel-1vcpu-2gb", true, 40_960, 81_920),
    ("db-intel-2vcpu-4gb", true, 81_920, 163_840),
    ("gd-2vcpu-8gb", true, 40_960, 102_400),
    ("gd-4vcpu-16gb", true, 81_920, 204_800),
    ("so1_5-2vcpu-16gb", true, 409_600, 819_200),
    ("so1_5-4vcpu-32gb", true, 798_720, 1_597_440),
];

impl Engine {
    /// The version of that number, or the default one.
    pub(super) fn version(&self, asked: Option<&str>) -> Result<&'static str, Refusal> {
        let asked = asked.unwrap_or(self.default_version);
        let known = self.versions.iter().find(|(version, ..)| *version == asked);
        known
            .map(|(version, ..)| *version)
            .ok_or_else(|| Refusal::invalid(format!("invalid version: {asked} is not available for {}", self.slug)))
    }

    /// The release that a version stands for, and its two ends.
    pub(super) fn release(&self, version: &str) -> (&'static str, Option<&'static str>, Option<&'static str>) {
        let known = self.versions.iter().find(|(known, ..)| *known == version);
        known.map_or(("", None, None), |(_, release, availability, life)| (release, *availability, *life))
    }

    /// Refuses a size, a number of nodes or their combination that is not on offer; gives the
    /// size's least and most storage.
    pub(super) fn check_layout(&self, size: &str, nodes: i64) -> Result<(i64, i64), Refusal> {
        let known = SIZES.iter().find(|(slug, ..)| *slug == size);
        let (_, has_standby, least, most) = known.ok_or_else(|| Refusal::invalid("invalid size"))?;
        if !(1..=self.max_nodes).contains(&nodes) || (self.slug == "mongodb" && nodes == 2) {
            return Err(Refusal::invalid("invalid num_nodes"));
        }
        if nodes > 1 && !has_standby {
            return Err(Refusal::invalid("invalid size: standby nodes are not available for this plan"));
        }
        Ok((*least, *most))
    }
}

/// The gigabytes of memory of a size, which its name ends in.
pub(super) fn memory(size: &str) -> i64 {
    let last = size.rsplit('-').next().and_then(|part| part.strip_suffix("gb"));
    last.and_then(|number| number.parse().ok()).unwrap_or(1)
}

/// How many connections the pools of a cluster can have between them: some are kept for maintenance.
pub(super) fn connections(size: &str) -> i64 {
    25 * memory(size) - 3
}

/// A version as numbers that can be compared.
pub(super) fn numbers(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or_default()).collect()
}

/// The engine of a create request.
pub(super) fn open(slug: &str) -> Result<&'static Engine, Refusal> {
    match ENGINES.iter().find(|engine| engine.slug == slug) {
        Some(engine) if engine.is_open => Ok(engine),
        Some(_) => Err(Refusal::invalid(format!("{slug} clusters can no longer be created"))),
        None => Err(Refusal::invalid("invalid cluster engine")),
    }
}

/// The engine of a stored cluster.
pub(super) fn known(slug: &str) -> &'static Engine {
    ENGINES.iter().find(|engine| engine.slug == slug).expect("stored engines exist")
}

/// `GET /v2/databases/options`.
pub(super) fn document() -> Value {
    let (mut options, mut versions) = (Map::new(), Map::new());
    for engine in &ENGINES {
        let layout = |nodes: i64| {
            let fitting = SIZES.iter().map(|(slug, ..)| *slug).filter(|slug| engine.check_layout(slug, nodes).is_ok());
            (nodes, fitting.collect::<Vec<_>>())
        };
        let layouts = (1..=engine.max_nodes).map(layout).filter(|(_, sizes)| !sizes.is_empty());
        let layouts: Vec<_> = layouts.map(|(nodes, sizes)| json!({ "num_nodes": nodes, "sizes": sizes })).collect();
        let listed = engine.versions.iter().map(|(version, ..)| *version);
        options.insert(
            engine.slug.to_owned(),
            json!({
                "regions": regions::slugs().filter(|slug| regions::is_open(slug)).collect::<Vec<_>>(),
                "versions": listed.collect::<Vec<_>>(),
                "layouts": layouts,
                "default_version": engine.default_version,
            }),
        );
        let availability = engine.versions.iter().map(|(version, _, availability, life)| {
            json!({
                "version": version,
                "end_of_availability": availability,
                "end_of_life": life,
                "default": *version == engine.default_version,
            })
        });
        versions.insert(engine.slug.to_owned(), availability.collect());
    }
    json!({ "options": options, "version_availability": versions })
}

/// Reads a stored engine; a world that names another one is damaged.
pub(super) fn stored<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let slug = String::deserialize(from)?;
    match ENGINES.iter().find(|engine| engine.slug == slug) {
        Some(_) => Ok(slug),
        None => Err(D::Error::custom(format!("no engine is called {slug}"))),
    }
}
