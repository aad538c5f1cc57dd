//! Whole lives of projects and what is in them, driven through requests on a clock that stands still.

mod branches;
mod computes;
mod contents;
mod keys;
mod locks;
mod projects;
mod schema;
mod spec;
mod strictness;

use serde_json::Value;
use serde_json::json;

use crate::sim::Sim;
use crate::sim::testing::Bench;
use crate::sim::testing::bench;
use crate::sim::testing::options;

/// A path of Neon's API.
fn api(path: &str) -> String {
    format!("/api/v2{path}")
}

/// A project whose operations are over, and what it came with.
struct Made {
    /// The answer that made it.
    answer: Value,
    /// Its path.
    path: String,
    branch: String,
    endpoint: String,
}

impl Made {
    /// The path of something in the project.
    fn at(&self, tail: &str) -> String {
        format!("{}{tail}", self.path)
    }

    /// The path of something in its first branch.
    fn in_branch(&self, tail: &str) -> String {
        self.at(&format!("/branches/{}{tail}", self.branch))
    }
}

async fn project(bench: &Bench, body: Value) -> Made {
    let answer = bench.must("POST", &api("/projects"), json!({ "project": body })).await;
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let path = api(&format!("/projects/{}", text("/project/id")));
    let (branch, endpoint) = (text("/branch/id"), text("/endpoints/0/id"));
    settle(bench, &path).await;
    Made { answer, path, branch, endpoint }
}

/// Waits until nothing runs in a project.
async fn settle(bench: &Bench, project: &str) {
    loop {
        bench.wait(0.2);
        let (_, answer) = bench.get(&format!("{project}/operations")).await;
        let all = answer["operations"].as_array().unwrap_or_else(|| panic!("{answer}"));
        if all.iter().all(|operation| operation["status"] == "finished") {
            return;
        }
    }
}

/// A request that is repeated while the project is locked, and succeeds; afterwards nothing runs.
async fn change(bench: &Bench, project: &str, method: &str, path: &str, body: Value) -> Value {
    loop {
        let (status, answer) = bench.call(method, path, body.clone()).await;
        if status == 423 {
            bench.wait(0.5);
            continue;
        }
        assert!((200..300).contains(&status), "{method} {path} {body}: {status} {answer}");
        settle(bench, project).await;
        return answer;
    }
}

impl Made {
    async fn change(&self, bench: &Bench, method: &str, path: &str, body: Value) -> Value {
        change(bench, &self.path, method, path, body).await
    }

    /// A branch with these fields, and a compute if wanted; gives its id.
    async fn branch(&self, bench: &Bench, branch: Value, endpoints: Value) -> String {
        let body = json!({ "branch": branch, "endpoints": endpoints });
        let made = self.change(bench, "POST", &self.at("/branches"), body).await;
        made["branch"]["id"].as_str().unwrap().to_owned()
    }

    /// A request that is refused; gives status, code and sentence. The project is not locked by then.
    async fn refused(&self, bench: &Bench, method: &str, path: &str, body: Value) -> (u16, String, String) {
        loop {
            let (status, answer) = bench.call(method, path, body.clone()).await;
            if status == 423 {
                bench.wait(0.5);
                continue;
            }
            let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            assert!(status >= 400, "{method} {path} {body}: {status} {answer}");
            return (status, text("code"), text("message"));
        }
    }
}

#[tokio::test]
async fn a_reopened_world_shows_what_it_showed() {
    let bench = bench();
    let made = project(&bench, json!({ "name": "a", "settings": { "quota": { "active_time_seconds": 60 } } })).await;
    let expires = json!({ "name": "b", "expires_at": "2026-01-02T00:00:00Z" });
    let branch = made.branch(&bench, expires, json!([{ "type": "read_write" }])).await;
    made.change(&bench, "POST", &made.in_branch("/roles"), json!({ "role": { "name": "r" } })).await;
    let database = json!({ "database": { "name": "d", "owner_name": "r" } });
    made.change(&bench, "POST", &made.in_branch("/databases"), database).await;
    bench.must("POST", &made.at("/permissions"), json!({ "email": "a@example.com" })).await;
    made.change(&bench, "DELETE", &made.at(&format!("/branches/{branch}")), Value::Null).await;
    let paths = [
        String::new(),
        "/branches?include_deleted=true".to_owned(),
        "/endpoints".to_owned(),
        "/operations".to_owned(),
        "/permissions".to_owned(),
        format!("/branches/{}/roles", made.branch),
        format!("/branches/{}/databases", made.branch),
        format!("/branches/{}/roles/r/reveal_password", made.branch),
    ];
    let everything = async |bench: &Bench| {
        let mut shown = Vec::new();
        for path in &paths {
            shown.push(bench.get(&made.at(path)).await);
        }
        shown
    };
    let before = everything(&bench).await;
    assert!(before.iter().all(|(status, _)| *status == 200), "{before:?}");
    let Bench { sim, clock, dir, token } = bench;
    drop(sim);
    let sim = Sim::open(options(dir.path().to_owned(), &clock)).unwrap();
    assert_eq!(everything(&Bench { sim, clock, dir, token }).await, before);
}

#[tokio::test]
async fn both_vendors_answer_and_their_errors_are_their_own() {
    let bench = bench();
    assert_eq!(bench.get("/v2/account").await.0, 200);
    let request =
        http::Request::get("/api/v2/projects/none").header("authorization", "Bearer t").header("x-request-id", "mine");
    let response = bench.sim.handle(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["x-request-id"]), (404, &"mine".parse().unwrap()));
    assert!(response.headers().get("ratelimit-limit").is_none());
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body, json!({ "request_id": "mine", "code": "", "message": "project not found" }));
    // The host alone decides as well, and a path of the other vendor is nothing to this one.
    for (uri, expected) in
        [("https://console.neon.tech/v2/account", 404), ("https://console.neon.tech/api/v2/regions", 200)]
    {
        let request = http::Request::get(uri).header("authorization", "Bearer t");
        let response = bench.sim.handle(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{uri}");
    }
}

#[tokio::test]
async fn faults_are_refused_in_the_vendors_words_and_the_rest_is_ignored() {
    use crate::sim::Fault;
    use crate::sim::Options;
    for (fault, message) in [("429:100%", "too many requests"), ("500:100%", "internal server error")] {
        let fault: Fault = fault.parse().unwrap();
        let bench = crate::sim::testing::bench_with(|o| Options { faults: [fault].into_iter().collect(), ..o });
        let (_, body) = bench.get(&api("/projects")).await;
        assert_eq!((&body["message"], &body["code"]), (&json!(message), &json!("")));
    }
    let bench = bench();
    let strange = json!({ "project": { "name": "a", "colour": "green" }, "more": [1] });
    bench.must("POST", &api("/projects"), strange).await;
    for (method, path, body, expected) in [
        ("POST", "/projects", "{", 400),
        ("POST", "/projects", "", 400),
        ("POST", "/projects", "[]", 400),
        ("PUT", "/projects", "", 405),
        ("POST", "/regions", "", 405),
        ("GET", "/nonsense", "", 404),
        ("GET", "/projects/none/nonsense", "", 404),
    ] {
        let request = http::Request::builder().method(method).uri(api(path)).header("authorization", "Bearer t");
        let response = bench.sim.handle(request.body(body.into()).unwrap()).await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{method} {path} {body}");
    }
}
