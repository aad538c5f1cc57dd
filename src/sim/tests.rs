use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::sim::Dropped;
use crate::sim::FaultKind;
use crate::sim::Faults;
use crate::sim::Options;
use crate::sim::Sim;
use crate::sim::SimError;
use crate::sim::WallTime;
use crate::sim::testing::Bench;
use crate::sim::testing::bench;
use crate::sim::testing::bench_with;
use crate::sim::testing::key;
use crate::sim::testing::options;

fn faults(list: &[&str]) -> Faults {
    list.iter().map(|text| text.parse::<crate::sim::Fault>().unwrap()).collect()
}

async fn keys(bench: &Bench) -> usize {
    bench.get("/v2/account/keys?per_page=200").await.1["ssh_keys"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_world_is_told_apart_and_remembered() {
    let first = bench();
    let id = first.sim.id().to_owned();
    first.must("POST", "/v2/account/keys", key("a")).await;
    first.wait(5.0);
    first.must("POST", "/v2/account/keys", key("b")).await;
    let again = Sim::open(options(first.dir.path().to_owned(), &first.clock));
    assert!(matches!(again, Err(SimError::InUse { .. })), "one process at a time");
    let Bench { sim, clock, dir, token } = first;
    drop(sim);
    // A clock that is behind the stored world's: its time never runs backwards.
    let behind = crate::sim::testing::Still::at("2026-01-01T00:00:01Z");
    let sim = Sim::open(options(dir.path().to_owned(), &behind)).unwrap();
    let second = Bench { sim, clock, dir, token };
    assert_eq!(second.sim.id(), id);
    let about = second.get("/_sim").await.1;
    assert_eq!(about, json!({ "id": id, "now": "2026-01-01T00:00:05Z", "rate": 1.0 }));
    assert_eq!(keys(&second).await, 2);
    assert_ne!(bench_with(|o| Options { seed: 1, ..o }).sim.id(), id);
}

#[tokio::test]
async fn a_lost_answer_was_done_and_a_reset_was_not() {
    let table = [("lost-answer:100%", Dropped::LostAnswer, 1), ("reset:100%", Dropped::Reset, 0)];
    for (fault, expected, made) in table {
        let bench = bench_with(|options| Options { faults: faults(&[fault]), ..options });
        let dropped = bench.send("POST", "/v2/account/keys", &key("a")).await.err();
        assert_eq!(dropped, Some(expected));
        let Bench { sim, clock, dir, token } = bench;
        drop(sim);
        let sim = Sim::open(options(dir.path().to_owned(), &clock)).unwrap();
        assert_eq!(keys(&Bench { sim, clock, dir, token }).await, made, "{fault}");
    }
}

#[tokio::test]
async fn refused_by_fault_says_so_and_does_nothing() {
    for (fault, status, id) in [("429:100%", 429, "too_many_requests"), ("500:100%", 500, "server_error")] {
        let bench = bench_with(|options| Options { faults: faults(&[fault]), ..options });
        let (got, body) = bench.call("POST", "/v2/account/keys", key("a")).await;
        assert_eq!((got, body["id"].as_str()), (status, Some(id)));
        assert_eq!(bench.get("/_sim").await.0, 200, "pages about the simulation meet no faults");
    }
}

#[tokio::test]
async fn slowness_and_latency_pass_on_the_clock() {
    let bench =
        bench_with(|options| Options { faults: faults(&["slow:100%"]), latency: Duration::from_millis(50), ..options });
    bench.get("/v2/account").await;
    assert_eq!(bench.get("/_sim").await.1["now"], "2026-01-01T00:00:05.05Z");
    assert_eq!(FaultKind::Slow, "slow:1%".parse::<crate::sim::Fault>().unwrap().kind);
}

#[tokio::test]
async fn a_token_is_needed_and_decides_the_team() {
    let mut bench = bench();
    for token in ["", "invalid"] {
        bench.token = token;
        let (status, body) = bench.get("/v2/account").await;
        assert_eq!((status, body["id"].as_str()), (401, Some("unauthorized")), "{token}");
    }
    bench.token = "sim_blue";
    bench.must("POST", "/v2/account/keys", key("a")).await;
    let blue = bench.get("/v2/account").await.1;
    assert_eq!(blue["account"]["team"]["name"], "blue");
    bench.token = "sim_red";
    assert_eq!(keys(&bench).await, 0, "teams do not see each other");
    let red = bench.get("/v2/account").await.1;
    assert_ne!(red["account"]["team"]["uuid"], blue["account"]["team"]["uuid"]);
    bench.token = "dop_v1_whatever";
    assert_eq!(bench.get("/v2/account").await.1["account"]["team"]["name"], "default");
}

#[tokio::test]
async fn headers_carry_the_budget_and_the_burst_ends() {
    let bench = bench();
    for n in 1..=250 {
        let response = bench.send("GET", "/v2/account", &Value::Null).await.unwrap();
        assert_eq!(response.headers()["ratelimit-remaining"], (5000 - n).to_string().as_str());
    }
    let response = bench.send("GET", "/v2/account", &Value::Null).await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((response.status().as_u16(), header("retry-after").as_str()), (429, "60"));
    assert_eq!((header("ratelimit-limit").as_str(), header("ratelimit-reset").as_str()), ("5000", "1767229200"));
    assert_eq!(header("x-request-id").len(), 36);
    bench.wait(60.0);
    assert_eq!(bench.get("/v2/account").await.0, 200);
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_no_secret() {
    let bench = bench_with(|options| {
        let log = Some(options.dir.join("requests.log"));
        Options { log, faults: faults(&["reset:50%"]), seed: 3, ..options }
    });
    for n in 0..8 {
        let _ = bench.send("POST", "/v2/account/keys?secret=query", &key(&format!("body{n}"))).await;
    }
    let text = std::fs::read_to_string(bench.dir.path().join("requests.log")).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 8);
    assert!(lines.iter().any(|line| line["status"] == "reset") && lines.iter().any(|line| line["status"] == 201));
    assert!(lines.iter().all(|line| line["path"] == "/v2/account/keys" && line["method"] == "POST"));
    assert!(!text.contains("secret") && !text.contains("body") && !text.contains("Bearer"), "{text}");
}

#[tokio::test]
async fn paging_is_the_vendors() {
    let bench = bench();
    let list = |query: &str| format!("/v2/sizes{query}");
    let page = |n: u32| format!("https://api.digitalocean.com/v2/sizes?per_page=10&page={n}");
    let (_, body) = bench.get(&list("?per_page=10&page=2")).await;
    assert_eq!(body["meta"]["total"], 27);
    assert_eq!(body["sizes"].as_array().unwrap().len(), 10);
    let pages = json!({ "first": page(1), "prev": page(1), "next": page(3), "last": page(3) });
    assert_eq!(body["links"]["pages"], pages);
    let table = [("", 20, true), ("?per_page=200", 27, false), ("?per_page=27&page=9", 0, true)];
    for (query, count, linked) in table {
        let (_, body) = bench.get(&list(query)).await;
        assert_eq!(body["sizes"].as_array().unwrap().len(), count, "{query}");
        assert_eq!(body["links"].get("pages").is_some(), linked, "{query}");
    }
    for query in ["?per_page=201", "?per_page=0", "?page=0", "?page=x", "?page=-1"] {
        assert_eq!(bench.get(&list(query)).await.0, 422, "{query}");
    }
}

#[tokio::test]
async fn links_lead_back_to_where_the_caller_came_from() {
    let bench = bench();
    let request = http::Request::get("/v2/sizes").header("host", "127.0.0.1:8080").header("authorization", "Bearer t");
    let response = bench.sim.handle(request.body(bytes::Bytes::new()).unwrap()).await.unwrap();
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["links"]["pages"]["next"], "http://127.0.0.1:8080/v2/sizes?page=2");
}

#[tokio::test]
async fn what_is_no_path_or_no_json_is_refused() {
    let bench = bench();
    let table = [
        ("GET", "/", "", 404),
        ("GET", "/v2/nonsense", "", 404),
        ("GET", "/v1/account", "", 404),
        ("POST", "/v2/account", "", 405),
        ("PUT", "/v2/droplets", "", 405),
        ("POST", "/v2/droplets", "{", 400),
        ("POST", "/v2/droplets", "[]", 422),
        ("GET", "/_sim/nothing", "", 404),
    ];
    for (method, path, body, expected) in table {
        let request = http::Request::builder().method(method).uri(path).header("authorization", "bearer t");
        let response = bench.sim.handle(request.body(body.into()).unwrap()).await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{method} {path} {body}");
        let answer: Value = serde_json::from_slice(response.body()).unwrap();
        assert!(answer["id"].is_string() && answer["message"].is_string());
    }
}

#[tokio::test]
async fn speed_shortens_everything() {
    let bench = bench_with(|options| Options { speed: 100.0, ..options });
    let body = json!({ "name": "a", "size": "s-1vcpu-1gb", "image": "debian-12-x64" });
    let id = bench.must("POST", "/v2/droplets", body).await["droplet"]["id"].as_u64().unwrap();
    bench.wait(0.41);
    assert_eq!(bench.get(&format!("/v2/droplets/{id}")).await.1["droplet"]["status"], "active");
    for speed in [0.0, -1.0, 1e-300, 1e300, f64::NAN, f64::INFINITY] {
        let dir = bench.dir.path().join("other");
        assert!(matches!(Sim::open(Options { speed, ..options(dir, &bench.clock) }), Err(SimError::Speed(_))));
    }
}

#[tokio::test]
async fn a_dropped_connection_really_breaks() {
    use tokio::io::AsyncReadExt;
    use tokio::io::AsyncWriteExt;
    for (fault, survives) in [("reset:100%", false), ("lost-answer:100%", false), ("slow:0%", true)] {
        let dir = tempfile::tempdir().unwrap();
        let options = Options::new(dir.path().to_owned(), std::sync::Arc::new(WallTime));
        let sim = Sim::open(Options { faults: faults(&[fault]), ..options }).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn(crate::sim::serve(sim.clone(), listener, async move {
            let _ = stopped.await;
        }));
        let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
        let body = key("a").to_string();
        let length = body.len();
        let head = format!(
            "POST /v2/account/keys HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\ncontent-length: {length}\r\n"
        );
        for _ in 0..if survives { 2 } else { 1 } {
            client.write_all(format!("{head}\r\n{body}").as_bytes()).await.unwrap();
        }
        client.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        // Two requests on one connection: the second finds the key there already.
        let expected =
            if survives { vec!["HTTP/1.1 201 Created", "HTTP/1.1 422 Unprocessable Entity"] } else { vec![] };
        assert_eq!(
            answer
                .lines()
                .filter(|line| line.contains("HTTP/1.1"))
                .map(|line| &line[line.find("HTTP").unwrap()..])
                .collect::<Vec<_>>(),
            expected,
            "{fault}"
        );
        if !survives {
            assert_eq!(answer, "", "{fault}: not a byte");
        }
        let _ = stop.send(());
        server.await.unwrap().unwrap();
        drop(sim);
        let log = std::fs::read_to_string(dir.path().join("world.jsonl")).unwrap();
        assert_eq!(log.contains("ssh-ed25519"), fault != "reset:100%", "{fault}");
    }
}
