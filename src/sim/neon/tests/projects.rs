use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::api;
use crate::sim::neon::tests::project;
use crate::sim::neon::tests::settle;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

#[tokio::test]
async fn a_project_comes_with_a_branch_a_compute_a_role_and_a_database() {
    let bench = bench();
    let branch = json!({ "name": "production", "role_name": "sally", "database_name": "app" });
    let body = json!({ "name": "shop", "region_id": "aws-eu-central-1", "pg_version": 16, "branch": branch });
    let made = bench.must("POST", &api("/projects"), json!({ "project": body })).await;
    let project = api(&format!("/projects/{}", made["project"]["id"].as_str().unwrap()));
    let endpoint = made["endpoints"][0]["id"].as_str().unwrap().to_owned();
    let host = format!("{endpoint}.eu-central-1.aws.neon.tech");
    let password = made["roles"][0]["password"].as_str().unwrap();
    let expected = json!({
        "project": { "name": "shop", "region_id": "aws-eu-central-1", "pg_version": 16, "store_passwords": true },
        "branch": { "name": "production", "current_state": "init", "pending_state": "ready", "default": true },
    });
    assert_has(&made, &expected);
    assert_has(&made["endpoints"][0], &json!({ "host": host, "current_state": "init", "pending_state": "active" }));
    assert_has(&made["databases"][0], &json!({ "name": "app", "owner_name": "sally" }));
    let pooler = format!("{endpoint}-pooler.eu-central-1.aws.neon.tech");
    let parameters = json!({
        "host": host, "pooler_host": pooler, "role": "sally", "database": "app", "password": password,
    });
    let uri = format!("postgresql://sally:{password}@{host}/app?sslmode=require");
    let connection = json!({ "connection_uri": uri, "connection_parameters": parameters });
    assert_eq!(made["connection_uris"], json!([connection]));
    let statuses = |answer: &Value| -> Vec<String> {
        let all = answer["operations"].as_array().unwrap().iter();
        all.map(|o| format!("{} {}", o["action"].as_str().unwrap(), o["status"].as_str().unwrap())).collect()
    };
    assert_eq!(statuses(&made), ["create_timeline running", "start_compute scheduling"]);
    bench.wait(1.2);
    let listed = bench.get(&format!("{project}/operations")).await.1;
    assert_eq!(statuses(&listed).last().unwrap(), "create_timeline finished");
    settle(&bench, &project).await;
    let endpoint = bench.get(&format!("{project}/endpoints/{endpoint}")).await.1["endpoint"].clone();
    assert_has(&endpoint, &json!({ "current_state": "active", "autoscaling_limit_min_cu": 0.25 }));
    assert_eq!(endpoint.get("pending_state"), None);
    let id = made["operations"][1]["id"].as_str().unwrap();
    let operation = bench.get(&format!("{project}/operations/{id}")).await.1["operation"].clone();
    assert_has(&operation, &json!({ "status": "finished", "failures_count": 0 }));
    assert!(operation["total_duration_ms"].as_i64().unwrap() >= 800, "{operation}");
}

#[tokio::test]
async fn what_is_not_said_is_the_vendors_choice() {
    let bench = bench();
    let made = project(&bench, json!({})).await.answer;
    let shown = &made["project"];
    assert_eq!(shown["name"], shown["id"]);
    assert_has(shown, &json!({ "region_id": "aws-us-east-2", "pg_version": 17, "history_retention_seconds": 86_400 }));
    assert_eq!((&made["databases"][0]["name"], &made["roles"][0]["name"]), (&json!("neondb"), &json!("neondb_owner")));
    assert_eq!(made["branch"]["name"], "main");
    let parts: Vec<&str> = shown["id"].as_str().unwrap().split('-').collect();
    assert!(parts.len() == 3 && parts[2].len() == 8 && parts[2].parse::<u64>().is_ok(), "{parts:?}");
    assert!(shown["settings"]["maintenance_window"]["weekdays"][0].as_i64().is_some_and(|day| (1..=7).contains(&day)));
}

#[tokio::test]
async fn defaults_are_for_computes_to_come() {
    let bench = bench();
    let made = project(&bench, json!({ "default_endpoint_settings": { "autoscaling_limit_max_cu": 4 } })).await;
    assert_eq!(made.answer["endpoints"][0]["autoscaling_limit_max_cu"], json!(4.0));
    let defaults =
        json!({ "autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 1, "suspend_timeout_seconds": 60 });
    let body = json!({ "project": { "default_endpoint_settings": defaults, "name": "other" } });
    let changed = bench.must("PATCH", &made.path, body).await;
    assert_has(&changed, &json!({ "project": { "name": "other" }, "operations": [] }));
    let first = bench.get(&made.at(&format!("/endpoints/{}", made.endpoint))).await.1;
    assert_eq!(first["endpoint"]["autoscaling_limit_max_cu"], json!(4.0), "it stays as it was made");
    let body = json!({ "endpoint": { "branch_id": made.branch, "type": "read_only" } });
    let second = made.change(&bench, "POST", &made.at("/endpoints"), body).await;
    let expected =
        json!({ "autoscaling_limit_min_cu": 1.0, "autoscaling_limit_max_cu": 1.0, "suspend_timeout_seconds": 60 });
    assert_has(&second["endpoint"], &expected);
}

#[tokio::test]
async fn settings_are_replaced_part_by_part_and_replication_stays() {
    let bench = bench();
    let quota = json!({ "written_data_bytes": 5, "nonsense": 1 });
    let made = project(&bench, json!({ "settings": { "quota": quota } })).await;
    let settings = json!({ "allowed_ips": { "ips": ["192.0.2.1", "198.51.100.0/24", "10.0.0.1-10.0.0.9"] } });
    let body = json!({ "project": { "settings": settings } });
    let shown = bench.must("PATCH", &made.path, body).await["project"]["settings"].clone();
    assert_eq!(shown["quota"], json!({ "written_data_bytes": 5 }), "what is not known is not kept");
    assert_has(&shown["allowed_ips"], &json!({ "protected_branches_only": false }));
    let logical = |on: bool| json!({ "project": { "settings": { "enable_logical_replication": on } } });
    let answer = made.change(&bench, "PATCH", &made.path, logical(true)).await;
    assert_eq!(answer["operations"][0]["action"], "suspend_compute", "every compute that is up is suspended");
    let endpoint = bench.get(&made.at(&format!("/endpoints/{}", made.endpoint))).await.1;
    assert_eq!(endpoint["endpoint"]["current_state"], "idle");
    assert_eq!(bench.call("PATCH", &made.path, logical(false)).await.0, 422);
    let hipaa = json!({ "project": { "settings": { "hipaa": true } } });
    assert_eq!(bench.call("PATCH", &made.path, hipaa).await.0, 422, "no organization is enabled for it");
}

#[tokio::test]
async fn a_deleted_project_can_be_had_back_for_a_week() {
    let bench = bench();
    let made = project(&bench, json!({ "name": "gone" })).await;
    let protected = |on: bool| json!({ "branch": { "protected": on } });
    made.change(&bench, "PATCH", &made.in_branch(""), protected(true)).await;
    assert_eq!(made.refused(&bench, "DELETE", &made.path, Value::Null).await.0, 422, "a branch is protected");
    made.change(&bench, "PATCH", &made.in_branch(""), protected(false)).await;
    loop {
        let (status, _) = bench.call("DELETE", &made.path, Value::Null).await;
        bench.wait(0.5);
        match status {
            423 => {}
            status => break assert_eq!(status, 200),
        }
    }
    for (method, path) in [("GET", ""), ("DELETE", ""), ("GET", "/branches"), ("GET", "/operations")] {
        assert_eq!(bench.call(method, &made.at(path), Value::Null).await.0, 404, "{method} {path}");
    }
    assert_eq!(bench.get(&api("/projects")).await.1["projects"], json!([]));
    let recoverable = bench.get(&api("/projects?recoverable=true")).await.1["projects"].clone();
    assert_has(&recoverable[0], &json!({ "name": "gone" }));
    assert!(recoverable[0]["recoverable_until"].is_string());
    let back = bench.must("POST", &made.at("/recover"), Value::Null).await;
    assert_eq!(back["branches"][0]["id"], json!(made.branch));
    assert_eq!(bench.get(&made.in_branch("")).await.0, 200);
    assert_eq!(bench.call("POST", &made.at("/recover"), Value::Null).await.0, 422, "it is not deleted");
    made.change(&bench, "PATCH", &made.in_branch(""), json!({ "branch": { "name": "still-here" } })).await;
    assert_eq!(bench.call("DELETE", &made.path, Value::Null).await.0, 200);
    bench.wait(7.0 * 86_400.0);
    assert_eq!(bench.call("POST", &made.at("/recover"), Value::Null).await.0, 404);
    assert_eq!(bench.get(&api("/projects?recoverable=true")).await.1["projects"], json!([]));
}

#[tokio::test]
async fn lists_go_on_after_the_cursor_until_a_page_is_empty() {
    let bench = bench();
    for n in 0..7 {
        bench.must("POST", &api("/projects"), json!({ "project": { "name": format!("p{n}") } })).await;
    }
    let (mut cursor, mut names) = (String::new(), Vec::new());
    loop {
        let page = bench.get(&api(&format!("/projects?limit=3&cursor={cursor}"))).await.1;
        let projects = page["projects"].as_array().unwrap();
        names.extend(projects.iter().map(|project| project["name"].as_str().unwrap().to_owned()));
        match page["pagination"]["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break assert!(projects.is_empty()),
        }
    }
    assert_eq!(names, ["p6", "p5", "p4", "p3", "p2", "p1", "p0"]);
    assert_eq!(bench.get(&api("/projects?search=p3")).await.1["projects"].as_array().unwrap().len(), 1);
    for query in ["limit=0", "limit=401", "limit=x", "cursor=%21", "recoverable=maybe", "timeout=99", "timeout=30001"] {
        assert_eq!(bench.get(&api(&format!("/projects?{query}"))).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn a_plan_has_so_many_projects() {
    let mut bench = bench();
    bench.token = "sim_free";
    let make = async || bench.call("POST", &api("/projects"), json!({ "project": {} })).await;
    for _ in 0..100 {
        assert_eq!(make().await.0, 201);
        bench.wait(0.1);
    }
    let (status, body) = make().await;
    assert_eq!((status, body["code"].as_str()), (422, Some("PROJECTS_LIMIT_EXCEEDED")));
    assert_eq!(body["message"], "user projects limit of 100 exceeded, got 100");
    let too_much = json!({ "project": { "history_retention_seconds": 86_400 } });
    assert_eq!(bench.call("POST", &api("/projects"), too_much).await.0, 422, "six hours on this plan");
}
