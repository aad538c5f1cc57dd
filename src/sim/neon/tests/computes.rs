use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::Made;
use crate::sim::neon::tests::project;
use crate::sim::testing::Bench;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

async fn state(bench: &Bench, made: &Made) -> String {
    let path = made.at(&format!("/endpoints/{}", made.endpoint));
    bench.get(&path).await.1["endpoint"]["current_state"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn one_compute_of_a_branch_writes_and_any_number_reads() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let body = |kind: &str| json!({ "endpoint": { "branch_id": made.branch, "type": kind, "name": "n" } });
    let endpoints = made.at("/endpoints");
    let refusal = made.refused(&bench, "POST", &endpoints, body("read_write")).await;
    let message = "read_write endpoint already exists".to_owned();
    assert_eq!(refusal, (422, "ENDPOINTS_LIMIT_EXCEEDED".to_owned(), message));
    for _ in 0..4 {
        let answer = made.change(&bench, "POST", &endpoints, body("read_only")).await;
        assert_has(&answer["endpoint"], &json!({ "type": "read_only", "current_state": "init", "name": "n" }));
    }
    assert_eq!(bench.get(&endpoints).await.1["endpoints"].as_array().unwrap().len(), 5);
    let of_branch = bench.get(&made.in_branch("/endpoints")).await.1;
    assert_eq!(of_branch["endpoints"].as_array().unwrap().len(), 5);
    let empty = made.branch(&bench, json!({ "name": "empty" }), json!([])).await;
    let moved = json!({ "endpoint": { "branch_id": empty } });
    let path = made.at(&format!("/endpoints/{}", made.endpoint));
    let answer = made.change(&bench, "PATCH", &path, moved).await;
    assert_eq!(answer["endpoint"]["branch_id"], json!(empty));
    made.change(&bench, "POST", &endpoints, body("read_write")).await;
    let back = json!({ "endpoint": { "branch_id": made.branch } });
    assert_eq!(made.refused(&bench, "PATCH", &path, back).await.0, 422);
}

#[tokio::test]
async fn power_takes_its_time() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let path = made.at(&format!("/endpoints/{}", made.endpoint));
    let act = |action: &str| format!("{path}/{action}");
    let (status, answer) = bench.call("POST", &act("suspend"), Value::Null).await;
    assert_eq!(status, 200);
    assert_has(&answer, &json!({ "endpoint": { "current_state": "active", "pending_state": "idle" } }));
    let (status, answer) = bench.call("POST", &act("suspend"), Value::Null).await;
    let message = "endpoint is in some transitive state, could not suspend";
    assert_eq!((status, answer["message"].as_str()), (423, Some(message)));
    bench.wait(1.0);
    assert_eq!(state(&bench, &made).await, "idle");
    let shown = bench.get(&path).await.1["endpoint"].clone();
    assert!(shown["suspended_at"].is_string() && shown["started_at"].is_string(), "{shown}");
    let nothing = made.change(&bench, "POST", &act("suspend"), Value::Null).await;
    assert_eq!(nothing["operations"], json!([]));
    made.change(&bench, "POST", &act("start"), Value::Null).await;
    assert_eq!(state(&bench, &made).await, "active");
    let nothing = made.change(&bench, "POST", &act("start"), Value::Null).await;
    assert_eq!(nothing["operations"], json!([]));
    let answer = made.change(&bench, "POST", &act("restart"), Value::Null).await;
    let actions: Vec<&str> =
        answer["operations"].as_array().unwrap().iter().map(|o| o["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["suspend_compute", "start_compute"]);
    assert_eq!(state(&bench, &made).await, "active");
    made.change(&bench, "PATCH", &path, json!({ "endpoint": { "disabled": true } })).await;
    assert_eq!(state(&bench, &made).await, "idle");
    for action in ["start", "restart"] {
        assert_eq!(made.refused(&bench, "POST", &act(action), Value::Null).await.0, 422, "{action}");
    }
}

#[tokio::test]
async fn an_idle_compute_suspends_itself_and_is_woken_for_changes() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let path = made.at(&format!("/endpoints/{}", made.endpoint));
    bench.wait(295.0);
    assert_eq!(state(&bench, &made).await, "active");
    bench.wait(6.0);
    assert_eq!(state(&bench, &made).await, "idle");
    let operations = bench.get(&made.at("/operations")).await.1["operations"].clone();
    let suspended = operations.as_array().unwrap().iter().find(|o| o["action"] == "suspend_compute").unwrap().clone();
    let one = made.at(&format!("/operations/{}", suspended["id"].as_str().unwrap()));
    assert_eq!(bench.get(&one).await.1["operation"], suspended);
    let role = made.change(&bench, "POST", &made.in_branch("/roles"), json!({ "role": { "name": "r" } })).await;
    assert_eq!(role["operations"].as_array().unwrap().len(), 2, "woken and suspended again");
    assert_eq!(state(&bench, &made).await, "idle");
    assert_eq!(bench.get(&one).await.1["operation"], suspended, "and that it slept is remembered");
    made.change(&bench, "POST", &format!("{path}/start"), Value::Null).await;
    bench.wait(400.0);
    let never = json!({ "endpoint": { "suspend_timeout_seconds": -1 } });
    let answer = made.change(&bench, "PATCH", &path, never).await;
    assert_eq!(answer["operations"].as_array().unwrap().len(), 2, "it slept when it was told");
    made.change(&bench, "POST", &format!("{path}/start"), Value::Null).await;
    bench.wait(86_400.0);
    assert_eq!(state(&bench, &made).await, "active");
}

#[tokio::test]
async fn sizes_and_settings_have_bounds_of_the_plan() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let path = made.at(&format!("/endpoints/{}", made.endpoint));
    let cu = |min: f64, max: f64| json!({ "autoscaling_limit_min_cu": min, "autoscaling_limit_max_cu": max });
    let table = [
        (cu(2.0, 1.0), 422),
        (cu(0.25, 9.0), 422),
        (cu(10.0, 17.0), 422),
        (cu(57.0, 57.0), 422),
        (json!({ "suspend_timeout_seconds": 59 }), 400),
        (json!({ "provisioner": "k8s-moon" }), 400),
        (json!({ "settings": {} }), 400),
        (json!({ "settings": { "preload_libraries": { "use_defaults": true } } }), 400),
    ];
    for (body, status) in table {
        let refusal = made.refused(&bench, "PATCH", &path, json!({ "endpoint": body })).await;
        assert_eq!(refusal.0, status, "{body} {refusal:?}");
    }
    let settings = json!({ "pg_settings": { "work_mem": "8MB" }, "preload_libraries": { "use_defaults": true } });
    let good = json!({ "settings": settings, "suspend_timeout_seconds": 60, "provisioner": "k8s-neonvm" });
    let answer = made.change(&bench, "PATCH", &path, json!({ "endpoint": good })).await;
    assert_has(&answer["endpoint"], &good);
    made.change(&bench, "PATCH", &path, json!({ "endpoint": cu(56.0, 56.0) })).await;
    let renamed = bench.must("PATCH", &path, json!({ "endpoint": { "name": "main" } })).await;
    assert_has(&renamed, &json!({ "endpoint": { "name": "main" }, "operations": [] }));
}

#[tokio::test]
async fn a_protected_branch_keeps_its_computes() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let path = made.at(&format!("/endpoints/{}", made.endpoint));
    let protected = |on: bool| json!({ "branch": { "protected": on } });
    made.change(&bench, "PATCH", &made.in_branch(""), protected(true)).await;
    assert_eq!(made.refused(&bench, "DELETE", &path, Value::Null).await.0, 422);
    made.change(&bench, "PATCH", &made.in_branch(""), protected(false)).await;
    made.change(&bench, "DELETE", &path, Value::Null).await;
    assert_eq!((bench.get(&path).await.0, bench.call("DELETE", &path, Value::Null).await.0), (404, 204));
    assert_eq!(bench.call("POST", &format!("{path}/start"), Value::Null).await.0, 404);
}

#[tokio::test]
async fn so_many_computes_run_at_once() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let branch = made.branch(&bench, json!({ "name": "many" }), json!([])).await;
    let endpoints = made.at("/endpoints");
    let body = |branch: &str, disabled: bool| {
        json!({ "endpoint": {
            "branch_id": branch, "type": "read_only", "disabled": disabled, "suspend_timeout_seconds": -1,
        } })
    };
    for _ in 0..20 {
        made.change(&bench, "POST", &endpoints, body(&branch, false)).await;
    }
    let refusal = made.refused(&bench, "POST", &endpoints, body(&branch, false)).await;
    assert_eq!((refusal.0, refusal.1.as_str()), (422, "ACTIVE_ENDPOINTS_LIMIT_EXCEEDED"));
    made.change(&bench, "POST", &endpoints, body(&branch, true)).await;
    made.change(&bench, "POST", &endpoints, body(&made.branch, false)).await;
}
