use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::api;
use crate::sim::neon::tests::project;
use crate::sim::neon::tests::settle;
use crate::sim::testing::bench;

const LOCKED: &str = "project already has running conflicting operations, scheduling of new ones is prohibited";

#[tokio::test]
async fn while_operations_run_no_others_are_scheduled() {
    let bench = bench();
    let (made, other) = (project(&bench, json!({})).await, project(&bench, json!({})).await);
    bench.must("POST", &made.at("/branches"), json!({ "branch": { "name": "dev" } })).await;
    let role = json!({ "role": { "name": "r" } });
    let database = json!({ "database": { "name": "d", "owner_name": "neondb_owner" } });
    let table = [
        ("POST", made.at("/branches"), json!({})),
        ("POST", made.in_branch("/roles"), role.clone()),
        ("POST", made.in_branch("/databases"), database),
        ("DELETE", made.in_branch("/databases/neondb"), Value::Null),
        ("POST", made.at("/endpoints"), json!({ "endpoint": { "branch_id": made.branch, "type": "read_only" } })),
        ("DELETE", made.at(&format!("/endpoints/{}", made.endpoint)), Value::Null),
        ("POST", made.at(&format!("/endpoints/{}/suspend", made.endpoint)), Value::Null),
        ("DELETE", made.path.clone(), Value::Null),
    ];
    for (method, path, body) in table {
        let (status, answer) = bench.call(method, &path, body).await;
        assert_eq!((status, answer["message"].as_str()), (423, Some(LOCKED)), "{method} {path}");
    }
    // What needs no operation is not held up, nor is a refusal for another reason.
    bench.must("PATCH", &made.path, json!({ "project": { "name": "new" } })).await;
    bench.must("PATCH", &made.in_branch(""), json!({ "branch": { "name": "trunk" } })).await;
    let taken = json!({ "role": { "name": "neondb_owner" } });
    assert_eq!(bench.call("POST", &made.in_branch("/roles"), taken).await.0, 409);
    assert_eq!(bench.call("POST", &other.in_branch("/roles"), role.clone()).await.0, 201, "each project for itself");
    bench.wait(1.2);
    assert_eq!(bench.call("POST", &made.in_branch("/roles"), role).await.0, 201);
}

#[tokio::test]
async fn a_child_of_a_branch_that_is_not_ready_is_refused_with_reason() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let parent = bench.must("POST", &made.at("/branches"), json!({})).await["branch"]["id"].clone();
    let (status, body) = bench.call("POST", &made.at("/branches"), json!({ "branch": { "parent_id": parent } })).await;
    assert_eq!((status, body["message"].as_str()), (422, Some("branch not ready yet")));
}

#[tokio::test]
async fn the_vendors_own_work_locks_a_project_now_and_then_and_is_listed() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let path = made.at(&format!("/endpoints/{}", made.endpoint));
    let (mut locked, mut tried) = (0, 0);
    for n in 0..300 {
        let body = json!({ "endpoint": { "autoscaling_limit_max_cu": 1 + n % 2 } });
        let (status, _) = bench.call("PATCH", &path, body).await;
        tried += 1;
        if status == 423 {
            locked += 1;
            let operations = bench.get(&made.at("/operations?limit=5")).await.1["operations"].clone();
            let running: Vec<&Value> =
                operations.as_array().unwrap().iter().filter(|o| o["status"] == "running").collect();
            assert!(running.iter().any(|o| o["action"] == "check_availability"), "{operations}");
            let one = made.at(&format!("/operations/{}", running[0]["id"].as_str().unwrap()));
            assert_eq!(bench.get(&one).await.1["operation"]["status"], "running");
        }
        settle(&bench, &made.path).await;
        bench.wait(3.0);
    }
    assert!((1..=20).contains(&locked), "{locked} of {tried}");
}

#[tokio::test]
async fn operations_are_listed_from_the_newest_on() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    for name in ["a", "b"] {
        made.branch(&bench, json!({ "name": name }), json!([])).await;
    }
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let page = bench.get(&made.at(&format!("/operations?limit=1&cursor={cursor}"))).await.1;
        seen.extend(page["operations"].as_array().unwrap().iter().map(|o| o["action"].as_str().unwrap().to_owned()));
        match page["pagination"]["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    seen.retain(|action| action != "check_availability");
    assert_eq!(seen, ["create_branch", "create_branch", "start_compute", "create_timeline"]);
    assert_eq!(bench.get(&made.at("/operations/none")).await.0, 404);
    for query in ["limit=0", "limit=1001"] {
        assert_eq!(bench.get(&made.at(&format!("/operations?{query}"))).await.0, 400, "{query}");
    }
    assert_eq!(bench.get(&api("/projects/none/operations")).await.0, 404);
}

#[tokio::test]
async fn speed_shortens_operations() {
    use crate::sim::Options;
    let bench = crate::sim::testing::bench_with(|options| Options { speed: 100.0, ..options });
    let made = bench.must("POST", &api("/projects"), json!({ "project": {} })).await;
    let path = api(&format!("/projects/{}/operations", made["project"]["id"].as_str().unwrap()));
    bench.wait(0.05);
    let operations = bench.get(&path).await.1["operations"].clone();
    assert!(operations.as_array().unwrap().iter().all(|o| o["status"] == "finished"), "{operations}");
}
