use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::project;
use crate::sim::testing::assert_has;
use crate::sim::testing::bench;

#[tokio::test]
async fn a_role_has_a_password_that_can_be_revealed_and_replaced() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let roles = made.in_branch("/roles");
    let role = made.change(&bench, "POST", &roles, json!({ "role": { "name": "sally" } })).await;
    assert_has(&role, &json!({ "role": { "name": "sally", "authentication_method": "password" } }));
    let password = role["role"]["password"].clone();
    assert!(password.as_str().unwrap().starts_with("npg_"));
    let sally = format!("{roles}/sally");
    assert_eq!(bench.get(&sally).await.1["role"].get("password"), None, "only what is new is shown");
    assert_eq!(bench.get(&format!("{sally}/reveal_password")).await.1, json!({ "password": password }));
    let reset = made.change(&bench, "POST", &format!("{sally}/reset_password"), Value::Null).await;
    assert_ne!(reset["role"]["password"], password);
    let revealed = bench.get(&format!("{sally}/reveal_password")).await.1;
    assert_eq!(revealed["password"], reset["role"]["password"]);
    let mute = json!({ "role": { "name": "mute", "no_login": true } });
    let mute = made.change(&bench, "POST", &roles, mute).await["role"].clone();
    assert_eq!((&mute["authentication_method"], mute.get("password")), (&json!("no_login"), None));
    assert_eq!(bench.get(&format!("{roles}/mute/reveal_password")).await.0, 412);
    assert_eq!(bench.get(&format!("{roles}/none/reveal_password")).await.0, 404);
    let taken = made.refused(&bench, "POST", &roles, json!({ "role": { "name": "sally" } })).await;
    assert_eq!((taken.0, taken.1.as_str()), (409, "ROLE_ALREADY_EXISTS"));
    for name in ["", "postgres", "pg_x", &"x".repeat(64), &"ä".repeat(32)] {
        assert_eq!(made.refused(&bench, "POST", &roles, json!({ "role": { "name": name } })).await.0, 400, "{name}");
    }
    made.change(&bench, "DELETE", &sally, Value::Null).await;
    assert_eq!((bench.get(&sally).await.0, bench.call("DELETE", &sally, Value::Null).await.0), (404, 204));
}

#[tokio::test]
async fn passwords_that_are_not_stored_are_shown_once() {
    let bench = bench();
    let made = project(&bench, json!({ "store_passwords": false })).await;
    assert!(made.answer["roles"][0]["password"].is_string());
    let (status, body) = bench.get(&made.in_branch("/roles/neondb_owner/reveal_password")).await;
    assert_eq!((status, body["code"].as_str()), (412, Some("")));
    let uri = made.at("/connection_uri?database_name=neondb&role_name=neondb_owner");
    assert_eq!(bench.get(&uri).await.0, 412);
}

#[tokio::test]
async fn a_database_is_renamed_and_given_away_in_place() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    made.change(&bench, "POST", &made.in_branch("/roles"), json!({ "role": { "name": "sally" } })).await;
    let databases = made.in_branch("/databases");
    let database = |name: &str, owner: &str| json!({ "database": { "name": name, "owner_name": owner } });
    let answer = made.change(&bench, "POST", &databases, database("app", "sally")).await;
    let id = answer["database"]["id"].clone();
    let refusal = made.refused(&bench, "POST", &databases, database("other", "nobody")).await;
    let message = "database owner not found; role_name:\"nobody\"".to_owned();
    assert_eq!(refusal, (404, String::new(), message));
    assert_eq!(made.refused(&bench, "POST", &databases, database("app", "sally")).await.0, 409);
    assert_eq!(made.refused(&bench, "POST", &databases, database("template1", "sally")).await.0, 400);
    let role = made.in_branch("/roles/sally");
    assert_eq!(made.refused(&bench, "DELETE", &role, Value::Null).await.0, 422, "it owns a database");
    let app = format!("{databases}/app");
    let nothing = made.change(&bench, "PATCH", &app, database("app", "sally")).await;
    assert_eq!(nothing["operations"], json!([]));
    assert_eq!(made.refused(&bench, "PATCH", &app, json!({ "database": { "name": "neondb" } })).await.0, 409);
    let answer = made.change(&bench, "PATCH", &app, json!({ "database": { "name": "shop" } })).await;
    assert_has(&answer["database"], &json!({ "id": id, "name": "shop", "owner_name": "sally" }));
    let shop = format!("{databases}/shop");
    let given = json!({ "database": { "owner_name": "neondb_owner" } });
    let answer = made.change(&bench, "PATCH", &shop, given).await;
    assert_has(&answer["database"], &json!({ "id": id, "owner_name": "neondb_owner" }));
    assert_eq!(bench.get(&app).await.0, 404);
    made.change(&bench, "DELETE", &role, Value::Null).await;
    made.change(&bench, "DELETE", &shop, Value::Null).await;
    assert_eq!(bench.call("DELETE", &shop, Value::Null).await, (204, Value::Null));
}

#[tokio::test]
async fn without_a_compute_that_writes_nothing_can_be_made() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let branch = made.branch(&bench, json!({ "name": "bare" }), json!([{ "type": "read_only" }])).await;
    let at = |tail: &str| made.at(&format!("/branches/{branch}{tail}"));
    let table = [
        ("POST", at("/roles"), json!({ "role": { "name": "r" } })),
        ("POST", at("/databases"), json!({ "database": { "name": "d", "owner_name": "neondb_owner" } })),
        ("PATCH", at("/databases/neondb"), json!({ "database": { "name": "d" } })),
        ("POST", at("/roles/neondb_owner/reset_password"), Value::Null),
        ("GET", at("/roles/neondb_owner/reveal_password"), Value::Null),
    ];
    for (method, path, body) in table {
        let (status, _, message) = made.refused(&bench, method, &path, body).await;
        assert_eq!((status, message.as_str()), (404, "no read-write endpoint for branch"), "{method} {path}");
    }
    let gone = made.change(&bench, "DELETE", &at("/databases/neondb"), Value::Null).await;
    assert_eq!(gone["operations"], json!([]), "what is inherited can still be dropped");
}

#[tokio::test]
async fn a_connection_is_direct_or_pooled_and_names_everything() {
    let bench = bench();
    let made = project(&bench, json!({ "branch": { "database_name": "my app", "role_name": "a@b" } })).await;
    let password = made.answer["roles"][0]["password"].as_str().unwrap();
    let endpoint = &made.endpoint;
    let uri = async |query: &str| bench.get(&made.at(&format!("/connection_uri?{query}"))).await;
    let both = "database_name=my%20app&role_name=a%40b";
    let expected = |pooler: &str| {
        json!({ "uri": format!(
            "postgresql://a%40b:{password}@{endpoint}{pooler}.us-east-2.aws.neon.tech/my%20app?sslmode=require"
        ) })
    };
    assert_eq!(uri(both).await, (200, expected("")));
    assert_eq!(uri(&format!("{both}&pooled=true")).await, (200, expected("-pooler")));
    assert_eq!(uri(&format!("{both}&endpoint_id={endpoint}&branch_id={}", made.branch)).await, (200, expected("")));
    let table = [
        ("role_name=a%40b".to_owned(), 400),
        ("database_name=my%20app".to_owned(), 400),
        (format!("{both}&pooled=yes"), 400),
        (format!("{both}&branch_id=A"), 400),
        (format!("{both}&branch_id=br-none"), 404),
        (format!("{both}&endpoint_id=ep-none"), 404),
        ("database_name=none&role_name=a%40b".to_owned(), 404),
        ("database_name=my%20app&role_name=none".to_owned(), 404),
    ];
    for (query, status) in table {
        assert_eq!(uri(&query).await.0, status, "{query}");
    }
}

#[tokio::test]
async fn a_project_is_shared_and_no_longer_shared() {
    let bench = bench();
    let made = project(&bench, json!({})).await;
    let permissions = made.at("/permissions");
    let granted = bench.must("POST", &permissions, json!({ "email": "a@example.com" })).await;
    assert_eq!(bench.get(&permissions).await.1, json!({ "project_permissions": [granted] }));
    assert_eq!(bench.call("POST", &permissions, json!({ "email": "A@example.com" })).await.0, 409);
    let one = format!("{permissions}/{}", granted["id"].as_str().unwrap());
    let revoked = bench.must("DELETE", &one, Value::Null).await;
    assert!(revoked["revoked_at"].is_string());
    assert_eq!(bench.call("DELETE", &one, Value::Null).await.0, 404);
    assert_eq!(bench.get(&permissions).await.1, json!({ "project_permissions": [] }));
}
