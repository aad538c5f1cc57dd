use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::project;
use crate::sim::neon::tests::settle;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

fn seconds_from_start(seconds: i64) -> String {
    let start: jiff::Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    crate::sim::call::stamp(start + jiff::SignedDuration::from_secs(seconds))
}

#[tokio::test]
async fn a_branch_has_what_its_parent_had_and_no_compute_unless_asked() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let body = json!({ "branch": { "name": "dev" }, "annotation_value": { "ref": "x" } });
    let answer = made.change(&bench, "POST", &made.at("/branches"), body).await;
    assert_has(&answer["branch"], &json!({ "name": "dev", "parent_id": made.branch, "current_state": "init" }));
    assert_eq!((&answer["endpoints"], answer.get("connection_uris")), (&json!([]), None));
    let path = made.at(&format!("/branches/{}", answer["branch"]["id"].as_str().unwrap()));
    let shown = bench.get(&path).await.1;
    assert_has(&shown, &json!({ "branch": { "current_state": "ready" }, "annotation": { "value": { "ref": "x" } } }));
    assert_eq!(bench.get(&format!("{path}/roles")).await.1["roles"][0]["name"], "neondb_owner");
    assert_eq!(bench.get(&format!("{path}/databases")).await.1["databases"][0]["name"], "neondb");
    let with_compute = json!({ "branch": { "name": "ci" }, "endpoints": [{ "type": "read_write" }] });
    let answer = made.change(&bench, "POST", &made.at("/branches"), with_compute).await;
    assert_eq!(answer["operations"].as_array().unwrap().len(), 2);
    assert_eq!(answer["connection_uris"].as_array().unwrap().len(), 1);
    let nothing = made.change(&bench, "POST", &made.at("/branches"), Value::Null).await;
    assert_eq!(nothing["branch"]["name"], nothing["branch"]["id"], "a body is not needed");
    made.change(&bench, "POST", &made.in_branch("/roles"), json!({ "role": { "name": "other" } })).await;
    let two = json!({ "endpoints": [{ "type": "read_write" }] });
    let answer = made.change(&bench, "POST", &made.at("/branches"), two).await;
    assert_eq!(answer.get("connection_uris"), None, "which of the two roles would it be?");
}

#[tokio::test]
async fn a_new_branch_may_be_unknown_for_a_moment() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let (mut unknown, mut known) = (0, 0);
    for n in 0..12 {
        let body = json!({ "branch": { "name": format!("b{n}") } });
        let (status, answer) = bench.call("POST", &made.at("/branches"), body).await;
        if status == 423 {
            bench.wait(1.0);
            continue;
        }
        let path = made.at(&format!("/branches/{}", answer["branch"]["id"].as_str().unwrap()));
        match bench.get(&path).await.0 {
            404 => unknown += 1,
            _ => known += 1,
        }
        let listed = bench.get(&made.at("/branches")).await.1["branches"].to_string();
        assert!(listed.contains(&format!("\"b{n}\"")), "lists know it");
        bench.wait(1.0);
        assert_eq!(bench.get(&path).await.0, 200);
        settle(&bench, &made.path).await;
    }
    assert!(unknown > 0 && known > 0, "{unknown} {known}");
}

#[tokio::test]
async fn names_are_taken_once() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let dev = made.branch(&bench, json!({ "name": "dev" }), json!([])).await;
    let (branches, dev) = (made.at("/branches"), made.at(&format!("/branches/{dev}")));
    let body = |name: &str| json!({ "branch": { "name": name } });
    let refusal = made.refused(&bench, "POST", &branches, body("dev")).await;
    let taken = "branch already exists; branch_name:\"dev\"".to_owned();
    assert_eq!(refusal, (409, "BRANCH_ALREADY_EXISTS".to_owned(), taken));
    assert_eq!(made.refused(&bench, "PATCH", &dev, body("main")).await.0, 409);
    let renamed = bench.must("PATCH", &dev, body("development")).await;
    assert_has(&renamed, &json!({ "branch": { "name": "development" }, "operations": [] }));
    assert_eq!(bench.get(&made.at("/branches/count?search=dev")).await.1, json!({ "count": 1 }));
    made.branch(&bench, json!({ "name": "dev" }), json!([])).await;
}

#[tokio::test]
async fn what_holds_a_branch_and_what_does_not() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let parent = made.branch(&bench, json!({ "name": "parent" }), json!([{ "type": "read_write" }])).await;
    let child = made.branch(&bench, json!({ "name": "child", "parent_id": parent }), json!([])).await;
    let root = made.branch(&bench, json!({ "name": "schema", "init_source": "schema-only" }), json!([])).await;
    let at = |id: &str| made.at(&format!("/branches/{id}"));
    let message = async |id: &str| {
        let (status, _, message) = made.refused(&bench, "DELETE", &at(id), Value::Null).await;
        (status, message)
    };
    assert_eq!(message(&made.branch).await, (422, "cannot delete default branch".to_owned()));
    assert_eq!(message(&parent).await, (422, "cannot delete branch that has children".to_owned()));
    made.change(&bench, "POST", &format!("{}/set_as_default", at(&child)), Value::Null).await;
    assert_eq!(message(&made.branch).await, (422, "cannot delete root branch".to_owned()));
    assert_eq!(bench.get(&at(&made.branch)).await.1["branch"]["default"], false);
    made.change(&bench, "POST", &format!("{}/set_as_default", at(&made.branch)), Value::Null).await;
    made.change(&bench, "PATCH", &at(&child), json!({ "branch": { "protected": true } })).await;
    assert_eq!(message(&child).await, (422, "cannot delete protected branch".to_owned()));
    made.change(&bench, "PATCH", &at(&child), json!({ "branch": { "protected": false } })).await;
    for id in [&child, &parent, &root] {
        made.change(&bench, "DELETE", &at(id), Value::Null).await;
        assert_eq!(bench.get(&at(id)).await.0, 404);
        assert_eq!(bench.call("DELETE", &at(id), Value::Null).await, (204, Value::Null), "it is gone already");
    }
    assert_eq!(bench.get(&made.at("/endpoints")).await.1["endpoints"].as_array().unwrap().len(), 1);
    let listed = bench.get(&made.at("/branches?include_deleted=true&sort_by=name&sort_order=asc")).await.1;
    let names: Vec<&str> = listed["branches"].as_array().unwrap().iter().map(|b| b["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["child", "main", "parent", "schema"]);
    let back = bench.must("POST", &format!("{}/recover", at(&parent)), Value::Null).await;
    assert_eq!(back["endpoints"][0]["current_state"], "idle");
    made.change(&bench, "DELETE", &format!("{}?hard_delete=true", at(&parent)), Value::Null).await;
    assert_eq!(bench.call("POST", &format!("{}/recover", at(&parent)), Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_child_of_a_protected_branch_has_passwords_of_its_own() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let compute = json!([{ "type": "read_write" }]);
    let open = made.branch(&bench, json!({ "name": "open" }), compute.clone()).await;
    made.change(&bench, "PATCH", &made.in_branch(""), json!({ "branch": { "protected": true } })).await;
    let closed = made.branch(&bench, json!({ "name": "closed" }), compute).await;
    let password = async |branch: &str| {
        let path = made.at(&format!("/branches/{branch}/roles/neondb_owner/reveal_password"));
        bench.get(&path).await.1["password"].as_str().unwrap().to_owned()
    };
    let own = password(&made.branch).await;
    assert_eq!((own == password(&open).await, own == password(&closed).await), (true, false));
    let shown = bench.get(&made.in_branch("")).await.1;
    assert_eq!(shown["branch"]["restricted_actions"][1]["name"], "delete-rw-endpoint");
}

#[tokio::test]
async fn a_branch_goes_by_itself_when_its_time_has_come() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let at = seconds_from_start(7200);
    let id = made.branch(&bench, json!({ "name": "short", "expires_at": at }), json!([{ "type": "read_write" }])).await;
    let path = made.at(&format!("/branches/{id}"));
    let shown = bench.get(&path).await.1["branch"].clone();
    assert_eq!(shown["expires_at"], json!(at));
    assert!((7100..7200).contains(&shown["ttl_interval_seconds"].as_i64().unwrap()), "{shown}");
    let patch = |value: Value| json!({ "branch": { "expires_at": value } });
    assert_eq!(bench.must("PATCH", &path, patch(Value::Null)).await["branch"].get("expires_at"), None, "null clears");
    bench.must("PATCH", &path, patch(json!(at))).await;
    bench.must("PATCH", &path, json!({ "branch": { "name": "brief" } })).await;
    for (value, status) in
        [(json!("2025-01-01T00:00:00Z"), 400), (json!("2026-03-01T00:00:00Z"), 400), (json!("x"), 400)]
    {
        assert_eq!(bench.call("PATCH", &path, patch(value.clone())).await.0, status, "{value}");
    }
    let protect = json!({ "branch": { "protected": true } });
    assert_eq!(made.refused(&bench, "PATCH", &path, protect).await.0, 422, "it expires");
    assert_eq!(bench.call("PATCH", &made.in_branch(""), patch(json!(at))).await.0, 422, "it is the default");
    assert_eq!(bench.call("POST", &format!("{path}/set_as_default"), Value::Null).await.0, 422);
    let child = json!({ "branch": { "parent_id": id } });
    assert_eq!(made.refused(&bench, "POST", &made.at("/branches"), child).await.0, 422, "nothing hangs on it");
    bench.wait(7200.0 + 60.0);
    assert_eq!(bench.get(&path).await.0, 404);
    assert_eq!(bench.get(&made.at("/endpoints")).await.1["endpoints"].as_array().unwrap().len(), 1);
    let listed = bench.get(&made.at("/branches?include_deleted=true&search=brief")).await.1;
    assert_eq!(listed["branches"][0]["recovery"]["deletion_method"], "ttl");
}

#[tokio::test]
async fn points_in_the_past_are_checked() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    bench.wait(100.0);
    let forgetful = json!({ "project": { "history_retention_seconds": 20 } });
    bench.must("PATCH", &made.path, forgetful).await;
    let past = json!({ "branch": { "parent_timestamp": seconds_from_start(50) } });
    assert_eq!(made.refused(&bench, "POST", &made.at("/branches"), past).await.0, 422, "it remembers 20 seconds");
    bench.must("PATCH", &made.path, json!({ "project": { "history_retention_seconds": 86_400 } })).await;
    let branch = |body: Value| json!({ "branch": body });
    let table = [
        (json!({ "parent_lsn": "0/15000A0" }), None),
        (json!({ "parent_timestamp": seconds_from_start(50) }), None),
        (json!({ "parent_lsn": "x" }), Some(400)),
        (json!({ "parent_timestamp": "yesterday" }), Some(400)),
        (json!({ "parent_timestamp": seconds_from_start(5000) }), Some(400)),
        (json!({ "parent_timestamp": seconds_from_start(-50) }), Some(422)),
        (json!({ "parent_lsn": "0/1", "parent_timestamp": seconds_from_start(50) }), Some(400)),
        (json!({ "parent_id": "br-none-such-12345678" }), Some(404)),
    ];
    for (body, refusal) in table {
        match refusal {
            Some(status) => {
                let refused = made.refused(&bench, "POST", &made.at("/branches"), branch(body.clone())).await;
                assert_eq!(refused.0, status, "{body} {refused:?}");
            }
            None => {
                let answer = made.change(&bench, "POST", &made.at("/branches"), branch(body.clone())).await;
                assert_has(&answer["branch"], &body);
            }
        }
    }
}

#[tokio::test]
async fn a_plan_has_so_many_branches() {
    let mut bench = bench();
    bench.token = "sim_free";
    let made = project(&bench, json!({})).await;
    let schema = json!({ "branch": { "init_source": "schema-only" } });
    for _ in 0..2 {
        made.change(&bench, "POST", &made.at("/branches"), schema.clone()).await;
    }
    let code = async |method: &str, path: &str, body: Value| {
        let (status, code, _) = made.refused(&bench, method, path, body).await;
        (status, code)
    };
    let branches = made.at("/branches");
    let limit = |code: &str| (422, format!("{code}_LIMIT_EXCEEDED"));
    assert_eq!(code("POST", &branches, schema).await, limit("ROOT_BRANCHES"));
    for _ in 0..7 {
        made.change(&bench, "POST", &branches, json!({})).await;
    }
    assert_eq!(code("POST", &branches, json!({})).await, limit("BRANCHES"));
    let protect = json!({ "branch": { "protected": true } });
    assert_eq!(code("PATCH", &made.in_branch(""), protect).await, limit("BRANCHES_PROTECTED"));
}

#[tokio::test]
async fn pages_of_branches_name_the_next_one_while_there_is_one() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    for name in ["a", "b", "c"] {
        made.branch(&bench, json!({ "name": name }), json!([])).await;
    }
    let (mut query, mut names) = (String::new(), Vec::new());
    loop {
        let page = bench.get(&made.at(&format!("/branches?sort_by=name&sort_order=desc&limit=2{query}"))).await.1;
        names.extend(page["branches"].as_array().unwrap().iter().map(|b| b["name"].as_str().unwrap().to_owned()));
        match page["pagination"]["next"].as_str() {
            Some(next) => query = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["main", "c", "b", "a"]);
    for query in ["sort_by=id", "sort_order=up", "limit=0", "limit=10001", "include_deleted=1"] {
        assert_eq!(bench.get(&made.at(&format!("/branches?{query}"))).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn what_cannot_be_had_back_is_forgotten() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let (first, second) =
        (made.branch(&bench, json!({}), json!([])).await, made.branch(&bench, json!({}), json!([])).await);
    made.change(&bench, "DELETE", &made.at(&format!("/branches/{first}")), Value::Null).await;
    let dropped = || {
        let text = std::fs::read_to_string(bench.dir.path().join("world.jsonl")).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let changes = lines.flat_map(|line| line["changes"].as_array().cloned().unwrap_or_default());
        let gone = changes.filter(|change| change.get("row").is_none());
        gone.map(|change| change["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(dropped(), Vec::<String>::new(), "it can be had back");
    bench.wait(7.0 * 86_400.0);
    made.change(&bench, "DELETE", &made.at(&format!("/branches/{second}")), Value::Null).await;
    let gone = dropped();
    assert!(gone.contains(&first) && gone.contains(&format!("{first}/neondb_owner")), "{gone:?}");
    assert!(!gone.contains(&second));
}
