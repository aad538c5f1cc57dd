//! Every answer of a walk through all that is served, checked against the vendor's published schemas.

use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::spec::Spec;
use crate::sim::testing::bench;

const PROJECT: &str = "/projects/{project_id}";

#[tokio::test]
async fn answers_are_what_the_specification_says() {
    let Some(mut spec) = Spec::load() else {
        return crate::diag::tier("neon responses", Some("the vendor's specification is not beside the project"));
    };
    crate::diag::tier("neon responses", None);
    let (mut bench, spec) = (bench(), &mut spec);
    for token in ["sim_blue.org", "sim_blue.member"] {
        bench.token = token;
        for path in ["/auth", "/users/me", "/users/me/organizations", "/regions", "/projects"] {
            spec.send(&bench, "GET", path, &[], Value::Null).await;
        }
    }
    bench.token = "t";
    let bench = &bench;
    let of = |tail: &str| format!("{PROJECT}{tail}");
    let none = || Value::Null;
    let full = json!({
        "name": "p", "history_retention_seconds": 3600,
        "settings": {
            "quota": { "active_time_seconds": 1 }, "allowed_ips": { "ips": ["::1"], "protected_branches_only": true },
            "audit_log_level": "base", "preload_libraries": { "use_defaults": true, "enabled_libraries": ["x"] },
        },
        "default_endpoint_settings": { "pg_settings": { "a": "b" }, "pgbouncer_settings": { "a": "b" } },
        "branch": { "annotations": { "a": "b" } },
    });
    spec.send(bench, "POST", "/projects", &[], json!({ "project": {} })).await;
    let (_, made) = spec.send(bench, "POST", "/projects", &[], json!({ "project": full })).await;
    let id = |pointer: &str| made.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let (project, branch, endpoint) = (&id("/project/id")[..], &id("/branch/id")[..], &id("/endpoints/0/id")[..]);
    let operation = id("/operations/0/id");
    spec.send(bench, "GET", "/projects", &[], none()).await;
    spec.send(bench, "GET", PROJECT, &[project], none()).await;
    spec.send(bench, "PATCH", PROJECT, &[project], json!({ "project": { "name": "q" } })).await;
    spec.send(bench, "GET", &of("/operations"), &[project], none()).await;
    spec.send(bench, "GET", &of("/operations/{operation_id}"), &[project, &operation], none()).await;
    let (_, granted) =
        spec.send(bench, "POST", &of("/permissions"), &[project], json!({ "email": "a@example.com" })).await;
    spec.send(bench, "GET", &of("/permissions"), &[project], none()).await;
    let permission = granted["id"].as_str().unwrap();
    spec.send(bench, "DELETE", &of("/permissions/{permission_id}"), &[project, permission], none()).await;

    let one = of("/branches/{branch_id}");
    let made_at: jiff::Timestamp = id("/branch/created_at").parse().unwrap();
    let since = (made_at + jiff::SignedDuration::from_secs(1)).to_string();
    let body = json!({
        "branch": { "name": "b", "expires_at": "2026-01-02T00:00:00Z", "parent_timestamp": since },
        "endpoints": [{ "type": "read_write", "settings": { "pg_settings": {}, "pgbouncer_settings": {} } }],
        "annotation_value": { "a": "b" },
    });
    bench.wait(5.0);
    let (_, made) = spec.send(bench, "POST", &of("/branches"), &[project], body).await;
    let child = made["branch"]["id"].as_str().unwrap();
    spec.send(bench, "GET", &one, &[project, child], none()).await;
    let schema = json!({ "branch": { "init_source": "schema-only", "archived": true } });
    spec.send(bench, "POST", &of("/branches"), &[project], schema).await;
    for query in ["", "?include_deleted=true", "?limit=1"] {
        spec.send(bench, "GET", &of(&format!("/branches{query}")), &[project], none()).await;
    }
    spec.send(bench, "GET", &of("/branches/count"), &[project], none()).await;
    spec.send(bench, "PATCH", &one, &[project, child], json!({ "branch": { "expires_at": null } })).await;
    spec.send(bench, "PATCH", &one, &[project, child], json!({ "branch": { "protected": true } })).await;
    spec.send(bench, "GET", &one, &[project, child], none()).await;
    spec.send(bench, "PATCH", &one, &[project, child], json!({ "branch": { "protected": false } })).await;
    for id in [child, branch] {
        spec.send(bench, "POST", &of("/branches/{branch_id}/set_as_default"), &[project, id], none()).await;
    }
    spec.send(bench, "GET", &of("/branches/{branch_id}/endpoints"), &[project, child], none()).await;

    let roles = of("/branches/{branch_id}/roles");
    let (role, in_role) = (of("/branches/{branch_id}/roles/{role_name}"), &[project, branch, "r"]);
    spec.send(bench, "POST", &roles, &[project, branch], json!({ "role": { "name": "r" } })).await;
    let mute = json!({ "role": { "name": "mute", "no_login": true } });
    spec.send(bench, "POST", &roles, &[project, branch], mute).await;
    spec.send(bench, "GET", &roles, &[project, branch], none()).await;
    spec.send(bench, "GET", &role, in_role, none()).await;
    spec.send(bench, "GET", &format!("{role}/reveal_password"), in_role, none()).await;
    spec.send(bench, "GET", &format!("{role}/reveal_password"), &[project, branch, "mute"], none()).await;
    spec.send(bench, "GET", &format!("{role}/reveal_password"), &[project, branch, "none"], none()).await;
    spec.send(bench, "POST", &format!("{role}/reset_password"), in_role, none()).await;
    let databases = of("/branches/{branch_id}/databases");
    let (database, in_database) = (of("/branches/{branch_id}/databases/{database_name}"), &[project, branch, "d"]);
    let body = json!({ "database": { "name": "d", "owner_name": "r" } });
    spec.send(bench, "POST", &databases, &[project, branch], body).await;
    spec.send(bench, "GET", &databases, &[project, branch], none()).await;
    spec.send(bench, "GET", &database, in_database, none()).await;
    let uri = of("/connection_uri?database_name=d&role_name=r&pooled=true");
    spec.send(bench, "GET", &uri, &[project], none()).await;
    spec.send(bench, "PATCH", &database, in_database, json!({ "database": { "owner_name": "neondb_owner" } })).await;

    let compute = of("/endpoints/{endpoint_id}");
    let body = json!({ "endpoint": { "branch_id": branch, "type": "read_only", "name": "n", "disabled": true } });
    let (_, made) = spec.send(bench, "POST", &of("/endpoints"), &[project], body).await;
    let replica = made["endpoint"]["id"].as_str().unwrap();
    let settings = json!({ "pg_settings": { "a": "b" }, "preload_libraries": { "use_defaults": false } });
    spec.send(bench, "PATCH", &compute, &[project, replica], json!({ "endpoint": { "settings": settings } })).await;
    for action in ["suspend", "start", "restart"] {
        spec.send(bench, "POST", &format!("{compute}/{action}"), &[project, endpoint], none()).await;
        spec.send(bench, "GET", &compute, &[project, endpoint], none()).await;
    }
    bench.wait(1000.0);
    spec.send(bench, "GET", &of("/endpoints"), &[project], none()).await;
    spec.send(bench, "GET", &of("/operations"), &[project], none()).await;

    for (template, parts) in [
        (&compute, &[project, replica][..]),
        (&database, &in_database[..]),
        (&role, &in_role[..]),
        (&one, &[project, child][..]),
    ] {
        for expected in [200, 204] {
            let (status, _) = spec.send(bench, "DELETE", template, parts, none()).await;
            assert_eq!(status, expected, "{template}");
        }
    }
    spec.send(bench, "GET", &of("/branches?include_deleted=true"), &[project], none()).await;
    spec.send(bench, "POST", &format!("{one}/recover"), &[project, child], none()).await;
    spec.send(bench, "DELETE", PROJECT, &[project], none()).await;
    spec.send(bench, "GET", "/projects?recoverable=true", &[], none()).await;
    spec.send(bench, "POST", &of("/recover"), &[project], none()).await;
    assert_eq!(spec.faults, Vec::<String>::new());
    assert!(spec.checked.len() > 70, "{}", spec.checked.len());
}
