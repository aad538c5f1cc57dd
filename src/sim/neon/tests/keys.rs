use serde_json::Value;
use serde_json::json;

use crate::sim::neon::tests::api;
use crate::sim::testing::bench;

#[tokio::test]
async fn a_member_names_the_organization_and_its_key_need_not() {
    let mut bench = bench();
    bench.token = "sim_blue.member";
    let required = "org_id is required, you can find it on your organization settings page";
    for (method, path) in [("GET", "/projects"), ("POST", "/projects")] {
        let (status, body) = bench.call(method, &api(path), json!({ "project": {} })).await;
        assert_eq!((status, body["message"].as_str()), (400, Some(required)), "{method}");
    }
    let organizations = bench.get(&api("/users/me/organizations")).await.1["organizations"].clone();
    let org = organizations[0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "project": { "org_id": org, "name": "theirs" } });
    let made = bench.must("POST", &api("/projects"), body).await["project"].clone();
    assert_eq!((&made["org_id"], &made["owner_id"]), (&json!(org), &json!(org)));
    let listed = bench.get(&api(&format!("/projects?org_id={org}"))).await.1;
    assert_eq!(listed["projects"][0]["id"], made["id"]);
    assert_eq!(bench.get(&api("/projects?org_id=blue")).await.0, 404);
    assert_eq!(bench.get(&api("/projects?org_id=Blue")).await.0, 400);
    assert_eq!(bench.get(&api("/users/me")).await.1["email"], "blue@example.com");
    let path = api(&format!("/projects/{}", made["id"].as_str().unwrap()));

    bench.token = "sim_blue.org";
    assert_eq!(bench.get(&api("/projects")).await.1["projects"][0]["id"], made["id"]);
    assert_eq!(bench.get(&api("/users/me/organizations")).await.1["organizations"][0]["id"], json!(org));
    for path in ["/users/me", "/regions"] {
        let (status, body) = bench.get(&api(path)).await;
        assert_eq!((status, body["message"].as_str()), (404, Some("not allowed for organization API keys")), "{path}");
    }
    assert_eq!(bench.get(&api("/projects?org_id=org-other-cake-12345678")).await.0, 404);
    assert_eq!(bench.get(&api("/auth")).await.1, json!({ "account_id": org, "auth_method": "api_key_org" }));

    bench.token = "sim_red.org";
    assert_eq!(bench.get(&path).await.0, 404, "another account's");
    assert_eq!(bench.get(&api("/projects")).await.1["projects"], json!([]));
}

#[tokio::test]
async fn a_key_of_one_project_sees_that_one_alone() {
    let mut bench = bench();
    bench.token = "sim_blue.org";
    let make = async || bench.must("POST", &api("/projects"), json!({ "project": {} })).await["project"]["id"].clone();
    let (own, other) = (make().await.as_str().unwrap().to_owned(), make().await.as_str().unwrap().to_owned());
    bench.token = Box::leak(format!("sim_blue.project.{own}").into_boxed_str());
    assert_eq!(bench.get(&api(&format!("/projects/{own}"))).await.0, 200);
    assert_eq!(bench.get(&api(&format!("/projects/{other}"))).await.0, 404);
    assert_eq!(bench.get(&api("/projects")).await.1["projects"].as_array().unwrap().len(), 1);
    assert_eq!(bench.call("POST", &api("/projects"), json!({ "project": {} })).await.0, 404);
    assert_eq!(bench.call("DELETE", &api(&format!("/projects/{own}")), Value::Null).await.0, 404);
}

#[tokio::test]
async fn without_a_key_nothing_is_answered() {
    let mut bench = bench();
    for token in ["", "invalid"] {
        bench.token = token;
        let (status, body) = bench.get(&api("/projects")).await;
        assert_eq!((status, body["message"].as_str()), (401, Some("supplied credentials do not pass authentication")));
    }
    bench.token = "napi_anything";
    assert_eq!(bench.get(&api("/users/me/organizations")).await.1, json!({ "organizations": [] }));
    assert_eq!(bench.get(&api("/users/me")).await.1["plan"], "scale");
}

#[tokio::test]
async fn too_many_calls_are_refused_until_the_second_or_the_minute_is_over() {
    let bench = bench();
    let call = async |path: &str| bench.get(&api(path)).await.0;
    for _ in 0..40 {
        assert_eq!(call("/regions").await, 200);
    }
    let (status, body) = bench.get(&api("/regions")).await;
    assert_eq!((status, body["message"].as_str()), (429, Some("too many requests")));
    assert_eq!(call("/users/me").await, 200, "another route");
    bench.wait(1.0);
    let mut answered = 41;
    while call("/regions").await == 200 {
        answered += 1;
        bench.wait(0.03);
    }
    assert_eq!(answered, 700);
    bench.wait(60.0);
    assert_eq!(call("/regions").await, 200);
}
