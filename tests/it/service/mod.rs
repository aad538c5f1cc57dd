//! The application of `examples/ha-python` as its unit starts it: under gunicorn, on a real PostgreSQL with a streaming
//! replica and a real Redis, which are taken away and come back.
//!
//! What starts it and what migrates is what `infra` has written from `modules/python-service`, on a simulated host. What
//! systemd does with it is seen on a real machine, in [`machine`].

mod application;
mod machine;
mod postgres;
mod process;
mod python;

use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use application::Application;
use postgres::Network;
use postgres::Pair;
use process::Process;
use process::free_port;
use tempfile::TempDir;

use crate::tier::tier;

const PASSWORD: &str = "a secret: p@ss/word";

/// The application and all that it needs.
struct Stage {
    application: Application,
    pooler: Option<Process>,
    cache: Cache,
    pair: Pair,
    folder: TempDir,
}

/// A Redis that keeps nothing.
struct Cache {
    port: u16,
    process: Option<Process>,
}

impl Cache {
    fn start(&mut self, folder: &TempDir) {
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--requirepass", "open", "--port", &self.port.to_string()]);
        command.current_dir(folder.path());
        self.process = Some(Process::start(command, &folder.path().join("redis.log")));
        until("Redis answers", || std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    fn ask(&self, question: &str) {
        let mut command = Command::new("redis-cli");
        command.args(["-p", &self.port.to_string(), question]).env("REDISCLI_AUTH", "open");
        assert!(command.output().unwrap().status.success(), "{question}");
    }
}

impl Stage {
    /// Everything up, and migrated once; `None`, with a word on why, where something is not installed.
    fn set(behind_pooler: bool) -> Option<Self> {
        let name = if behind_pooler { "python service behind a pooler" } else { "python service" };
        let pooler = behind_pooler.then_some("pgbouncer");
        let missing = ["redis-server", "redis-cli", "psql", "openssl"].into_iter().chain(pooler);
        let missing = missing.into_iter().find(|program| !process::is_installed(program));
        let footing = match missing {
            Some(program) => Err(format!("{program} is not installed")),
            None => postgres::programs().and_then(|programs| Ok((programs, python::environment()?))),
        };
        tier(name, footing.as_ref().err().map(String::as_str));
        let (programs, python) = footing.ok()?;
        let folder = process::open_folder();
        let pair = Pair::start(&programs, folder.path(), Network::Own);
        let mut cache = Cache { port: free_port(), process: None };
        cache.start(&folder);
        let (pooler, write) = match behind_pooler {
            true => {
                let (pooler, url) = pair.pooler(folder.path());
                (Some(pooler), url)
            }
            false => (None, pair.primary.url("app", "app", "app")),
        };
        let redis = format!("redis://:open@127.0.0.1:{}/0", cache.port);
        let urls = [
            ("DATABASE_URL_WRITE", write),
            ("DATABASE_URL_READ", pair.replica.url("app", "app", "app")),
            ("REDIS_URL", redis),
        ];
        let mut application = Application::render(&python, &urls);
        application.migrate(&pair.primary.url("admin", PASSWORD, "app"));
        application.start();
        Some(Self { application, pooler, cache, pair, folder })
    }

    /// A visit, and where its number is from.
    fn visit(&self) -> (i64, String) {
        let (status, answer) = self.application.get("/");
        assert_eq!(status, 200, "{answer}\n{}", self.application.said());
        (answer["visits"].as_i64().unwrap(), answer["from"].as_str().unwrap().to_owned())
    }

    /// A visit of which the cache knows nothing.
    fn fresh_visit(&self) -> (i64, String) {
        self.cache.ask("FLUSHALL");
        self.visit()
    }

    fn health(&self) -> (u16, String) {
        let (status, answer) = self.application.get("/healthz");
        (status, answer["status"].as_str().unwrap_or_default().to_owned())
    }
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never comes to it: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn told(status: u16, word: &str) -> (u16, String) {
    (status, word.to_owned())
}

#[test]
fn visits_are_counted_and_neither_cache_nor_replica_is_needed_for_it() {
    let Some(mut stage) = Stage::set(false) else { return };
    assert_eq!(stage.health(), told(200, "ok"));
    let (first, from) = stage.visit();
    assert_eq!(from, "replica");
    assert_eq!(stage.visit(), (first, "cache".to_owned()), "for half a minute");
    until("the replica has both", || stage.fresh_visit() >= (first + 2, "replica".to_owned()));

    // What migrated does so again without harm; the service's own role can do no such thing.
    let admin = stage.pair.primary.url("admin", PASSWORD, "app");
    let visits = stage.pair.primary.ask(&admin, "SELECT count(*) FROM visits").unwrap();
    stage.application.migrate(&admin);
    assert_eq!(stage.pair.primary.ask(&admin, "SELECT count(*) FROM visits").unwrap(), visits);
    let app = stage.pair.primary.url("app", "app", "app");
    for refused in ["CREATE TABLE mine ()", "DELETE FROM visits", "DROP TABLE visits"] {
        let said = stage.pair.primary.ask(&app, refused).unwrap_err();
        assert!(said.contains("permission denied") || said.contains("must be owner"), "{refused}: {said}");
    }

    stage.cache.process = None;
    assert_eq!(stage.health(), told(200, "degraded"));
    let (before, _) = stage.visit();
    until("the replica has it", || stage.visit().0 > before);
    stage.cache.start(&stage.folder);
    until("the cache is back", || stage.health() == told(200, "ok"));
    until("it is used", || stage.visit().1 == "cache");

    stage.pair.replica.stop();
    for _ in 0..6 {
        assert_eq!(stage.fresh_visit().1, "primary");
    }
    assert_eq!(stage.health(), told(200, "ok"));
    stage.pair.replica.start();
    until("the replica is back", || stage.fresh_visit().1 == "replica");
    // A replica that hangs without a word is given up in time.
    stage.pair.replica.freeze(true);
    for _ in 0..6 {
        assert_eq!(stage.fresh_visit().1, "primary");
    }
    stage.pair.replica.freeze(false);
    until("the replica answers again", || stage.fresh_visit().1 == "replica");
}

/// Stops and starts the database.
fn lose_and_regain(mut stage: Stage) {
    assert_eq!(stage.health(), told(200, "ok"));
    let (before, _) = stage.visit();
    stage.pair.primary.stop();
    assert_eq!(stage.health(), told(503, "down"));
    let (status, answer) = stage.application.get("/");
    assert_eq!((status, answer["database"].is_string()), (503, true), "{answer}");
    stage.pair.primary.start();
    until("the database is back", || stage.health() == told(200, "ok"));
    // Whichever worker answers: no connection that the restart has broken is used.
    for _ in 0..12 {
        stage.fresh_visit();
    }
    // The replica takes its time to find its primary again.
    until("the replica counts on", || stage.fresh_visit().0 >= before + 12);
    assert!(stage.pooler.as_mut().is_none_or(Process::is_up));
}

#[test]
fn without_its_database_it_is_not_healthy_until_that_is_back() {
    if let Some(stage) = Stage::set(false) {
        lose_and_regain(stage);
    }
}

#[test]
fn behind_a_pooler_it_lives_through_a_restart_of_the_database() {
    if let Some(stage) = Stage::set(true) {
        lose_and_regain(stage);
    }
}
