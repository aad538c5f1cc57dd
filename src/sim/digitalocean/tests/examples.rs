//! Every request example that the vendor publishes, sent to a world that has what it names.

use serde_json::Value;

use crate::sim::digitalocean::tests::spec::Spec;
use crate::sim::digitalocean::tests::stage::Stage;

/// What the examples name, and what stands for it here.
const NAMES: [(&str, &str); 18] = [
    ("nyc1", "nyc3"),
    ("8043964", "{droplet_id}"),
    ("49696269", "{droplet_id}"),
    ("13457723", "{droplet_id}"),
    ("163973392", "{droplet_id}"),
    ("11612190", "{droplet_id}"),
    ("3164444", "{droplet_id}"),
    ("3164445", "{other_droplet}"),
    ("289794", "{ssh_key_identifier}"),
    ("3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45", "{fingerprint}"),
    ("4de7ac8b-495b-4884-9a69-1050c6793cd6", "{lb_id}"),
    ("760e09ef-dc84-11e8-981e-3cfdfeaae000", "{vpc_id}"),
    ("c33931f2-a26a-4e61-b85c-4e95a2ec431b", "{lb_vpc}"),
    ("9cc10173-e9ea-4176-9dbc-a4cee4c4ff30", "{project_id}"),
    ("892071a0-bb95-49bc-8021-3afd67a210bf", "{certificate_id}"),
    ("b0798135-fb76-11eb-946a-0a58ac146f33", "{snapshot_id}"),
    ("\"example\"", "\"{volume_name}\""),
    ("do:domain:example.com", "do:domain:{domain_name}"),
];

/// Examples that mean another thing than the first of its kind: operation, example, which name, what it stands for.
const PLACES: [(&str, &str, &str, &str); 9] = [
    ("PATCH /v2/databases/{database_cluster_uuid}/config", "example", "database_cluster_uuid", "mysql"),
    ("PUT /v2/databases/{database_cluster_uuid}/eviction_policy", "example", "database_cluster_uuid", "valkey"),
    ("PUT /v2/databases/{database_cluster_uuid}/sql_mode", "example", "database_cluster_uuid", "mysql"),
    (USERS, "Add New User with MySQL Auth Plugin", "database_cluster_uuid", "mysql"),
    (USERS, "Add New Read Only User (MongoDB Only)", "database_cluster_uuid", "mongodb"),
    (USERS, "Add New User that is restricted to a database (MongoDB Only)", "database_cluster_uuid", "mongodb"),
    (
        "POST /v2/databases/{database_cluster_uuid}/users/{username}/reset_auth",
        "example",
        "database_cluster_uuid",
        "mysql",
    ),
    ("POST /v2/volumes/actions", "VolumeActionDetach", "volume_name", "held_name"),
    ("POST /v2/volumes/{volume_id}/actions", "VolumeActionDetach", "volume_id", "attached"),
];

const USERS: &str = "POST /v2/databases/{database_cluster_uuid}/users";
const USER: &str = "PUT /v2/databases/{database_cluster_uuid}/users/{username}";

/// Examples that are refused: operation, example, status, why.
const REFUSED: [(&str, &str, u16, &str); 11] = [
    (CLUSTERS, "Create a New PostgreSQL Advanced Edition Cluster", 422, ADVANCED),
    (CLUSTERS, "Create a New MySQL Advanced Edition Cluster", 422, ADVANCED),
    (CLUSTERS, "Create a Single-Node MySQL Advanced Edition Cluster", 422, ADVANCED),
    (CLUSTERS, "Restore from a Database Cluster Backup", 422, "it names a backup of 2019, and none is so old"),
    ("PUT /v2/databases/{database_cluster_uuid}/upgrade", "example", 422, "the cluster has that version already"),
    (USERS, "Add New User with Kafka ACLs", 422, "Kafka is not simulated, and no other engine has such rights"),
    (USER, "Update User Kafka ACLs", 422, "Kafka is not simulated, and no other engine has such rights"),
    (
        "PUT /v2/domains/{domain_name}/records/{domain_record_id}",
        "example",
        422,
        "it makes a CNAME of an A record, and a record keeps its type",
    ),
    ("DELETE /v2/firewalls/{firewall_id}/rules", "example", 404, "the firewall has no such rules"),
    ("POST /v2/volumes", "xfs volume", 422, "the vendor takes no underscore in a volume's name"),
    ("POST /v2/volumes", "Volume from a snapshot", 422, "the vendor takes no underscore in a volume's name"),
];

const CLUSTERS: &str = "POST /v2/databases";
const ADVANCED: &str = "the advanced editions are not simulated";

#[tokio::test]
async fn published_examples_are_taken_or_refused_for_a_stated_reason() {
    let Some(spec) = Spec::load("openapi examples") else { return };
    let (mut faults, mut taken, mut refused) = (Vec::new(), 0, 0);
    for (operation, of) in spec.operations() {
        let Some(request) = spec.request(of) else { continue };
        let (method, template) = operation.split_once(' ').unwrap();
        for (name, example) in spec.examples(request) {
            let mut stage = Stage::set().await;
            let place = PLACES.iter().find(|(at, of, ..)| *at == operation && *of == name);
            if let Some((_, _, named, ours)) = place {
                stage.ids.insert(named, stage.ids[ours].clone());
            }
            let body = placed(&stage, &example);
            let (status, answer) = stage.bench.call(method, &stage.path(template), body.clone()).await;
            let stated =
                REFUSED.iter().find(|(at, of, ..)| *at == operation && *of == name).map(|(.., status, _)| *status);
            match stated {
                Some(expected) if status == expected => refused += 1,
                None if (200..300).contains(&status) => taken += 1,
                _ => faults.push(format!("{operation}, {name}: {status} {answer} for {body}")),
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(refused, REFUSED.len(), "each stated reason is needed");
    assert!(taken > 40, "{taken}");
}

/// The example with our own ids where it names the vendor's.
fn placed(stage: &Stage, example: &Value) -> Value {
    let mut text = example.to_string();
    for (theirs, ours) in NAMES {
        text = text.replace(theirs, &stage.path(ours));
    }
    serde_json::from_str(&text).unwrap()
}
