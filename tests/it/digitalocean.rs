//! The DigitalOcean provider against the simulated DigitalOcean: neither knows the other's code, so each checks the other.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::BoxFuture;
use infra::provider::AnyResource;
use infra::provider::Cancel;
use infra::provider::Client;
use infra::provider::Clock;
use infra::provider::Configure;
use infra::provider::Credentials;
use infra::provider::Cx;
use infra::provider::Found;
use infra::provider::Http;
use infra::provider::HttpError;
use infra::provider::Intent;
use infra::provider::Provider;
use infra::provider::ProviderError;
use infra::provider::Read;
use infra::provider::ReadItem;
use infra::provider::Record;
use infra::provider::VirtualClock;
use infra::schema::ObjectExt;
use infra::sim::Fault;
use infra::sim::Options;
use infra::sim::Sim;
use infra::sim::Time;
use infra::value::Object;
use infra::value::Value;
use jiff::Timestamp;
use serde_json::Value as Json;

/// A simulated account and a client for it, on one virtual clock.
struct World {
    provider: Provider,
    client: Client,
    clock: VirtualClock,
    sim: Sim,
    ops: std::sync::atomic::AtomicU64,
    _folder: tempfile::TempDir,
}

struct SimTime(VirtualClock);

impl Time for SimTime {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep(&self, duration: std::time::Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

struct SimHttp(Sim);

#[async_trait]
impl Http for SimHttp {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        self.0.handle(request).await.map_err(|dropped| HttpError::Lost(Box::new(dropped)))
    }
}

struct Token;

impl Credentials for Token {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        let name = names.iter().find(|name| **name == "DIGITALOCEAN_TOKEN")?;
        Some((name, "dop_v1_0123456789abcdef".to_owned()))
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }
}

/// Keeps the last note, as the journal would.
#[derive(Default)]
struct Notes(std::sync::Mutex<Option<Object>>);

#[async_trait]
impl Record for Notes {
    async fn record(&self, partial: Option<&Object>, _: &Json) -> infra::provider::Result<()> {
        if let Some(partial) = partial {
            *self.0.lock().unwrap() = Some(partial.clone());
        }
        Ok(())
    }
}

impl World {
    fn new(faults: &str, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = VirtualClock::new("2026-09-01T12:00:00Z".parse().unwrap());
        let mut options = Options::new(folder.path().to_owned(), Arc::new(SimTime(clock.clone())));
        options.seed = seed;
        options.faults =
            faults.split(',').filter(|text| !text.is_empty()).map(|text| text.parse::<Fault>().unwrap()).collect();
        let provider = infra::providers::all().into_iter().find(|provider| provider.name() == "digitalocean").unwrap();
        let sim = Sim::open(options).unwrap();
        let with = Configure {
            commons: infra::provider::Commons::default(),
            clock: Arc::new(clock.clone()),
            http: Arc::new(SimHttp(sim.clone())),
            credentials: Arc::new(Token),
            hosts: None,
            dir: PathBuf::new(),
        };
        let client = provider.configure(&provider.schema().object::<&str>([]), with).unwrap();
        Self { provider, client, clock, sim, ops: Default::default(), _folder: folder }
    }

    fn cx(&self, op: &str, notes: &Arc<Notes>) -> Cx {
        let recorder = Arc::clone(notes) as Arc<dyn Record>;
        let silent = Arc::new(|_: &str| {});
        let clock = Arc::new(self.clock.clone());
        Cx::new(clock, Cancel::new(), op.to_owned(), "lineage1".to_owned(), silent, recorder, Json::Null)
    }

    /// Surroundings with the provider's own note.
    fn cx_noted(&self, private: Json) -> Cx {
        let cx = self.cx(&self.op(), &Arc::default());
        cx.set_private(private);
        cx
    }

    /// How many objects a collection has, asked for past the provider.
    async fn count(&self, path: &str, key: &str) -> usize {
        loop {
            let request = http::Request::get(format!("https://api.digitalocean.com{path}?per_page=200"))
                .header("authorization", "Bearer dop_v1_0123456789abcdef")
                .body(Bytes::new())
                .unwrap();
            if let Some(answer) = self.sim.handle(request).await.ok().filter(|answer| answer.status().is_success()) {
                let body: Json = serde_json::from_slice(answer.body()).unwrap();
                return body[key].as_array().unwrap().len();
            }
        }
    }

    fn op(&self) -> String {
        format!("op{:024}", self.ops.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
    }

    fn ty(&self, name: &str) -> Arc<dyn AnyResource> {
        self.provider.resource(name).unwrap()
    }

    /// The configuration over what was there, with unknowns where the vendor decides.
    fn plan(&self, ty: &str, prior: Option<&Object>, given: &[(&str, Value)]) -> Object {
        let ty = self.ty(ty);
        let schema = ty.schema();
        let mut proposed = schema.object::<&str>([]);
        for (name, attribute) in schema.root().attributes() {
            let before = prior.and_then(|prior| prior.get(name)).cloned();
            let configured = given.iter().find(|(known, _)| *known == &**name).map(|(_, value)| value.clone());
            let value = match (configured, &attribute.default) {
                (Some(value), _) => value,
                (None, Some(default)) => default.clone(),
                (None, None) if attribute.is_computed() => before.unwrap_or(Value::unknown(attribute.ty)),
                (None, None) => Value::Null(attribute.ty),
            };
            proposed = proposed.set(name, value);
        }
        for (name, nested) in schema.root().blocks() {
            let before = prior.and_then(|prior| prior.get(name)).cloned();
            let configured = given.iter().find(|(known, _)| *known == &**name).map(|(_, value)| value.clone());
            if let Some(value) = configured.or(before.filter(|_| nested.computed)) {
                proposed = proposed.set(name, value);
            } else if nested.computed {
                proposed = proposed.set(name, Value::unknown(nested.ty()));
            }
        }
        let planned = ty.plan(prior, proposed);
        assert_eq!(planned.replace, [], "{}", ty.name());
        planned.object
    }

    /// Makes an object as the engine does: an answer that was lost is looked for before anything is sent again.
    async fn create(&self, ty: &str, given: &[(&str, Value)]) -> Object {
        let planned = self.plan(ty, None, given);
        let ty = self.ty(ty);
        for _ in 0..20 {
            let (op, notes, since) = (self.op(), Arc::new(Notes::default()), self.clock.now());
            let cx = self.cx(&op, &notes);
            let before = again(async || ty.before_create(&self.client, &cx, &planned).await).await;
            let made = match ty.create(&self.client, &cx, &planned).await {
                Ok(made) => made,
                Err(error) => {
                    let partial = notes.0.lock().unwrap().clone();
                    assert!(error.is_ambiguous() || partial.is_some() || is_undone(&error), "{}: {error:?}", ty.name());
                    let intent = Intent {
                        op: op.clone(),
                        planned: planned.clone(),
                        partial,
                        private: Json::Null,
                        before,
                        since,
                        claimed: Vec::new(),
                    };
                    let found = loop {
                        let found = again(async || ty.find(&self.client, &cx, &intent).await).await;
                        let waited = self.clock.now().duration_since(since);
                        let is_settled = waited >= ty.consistency_window().try_into().unwrap();
                        if !matches!(found, Found::Absent) || is_settled {
                            break found;
                        }
                        self.clock.sleep(std::time::Duration::from_secs(2)).await;
                    };
                    match found {
                        Found::One(found) => found,
                        Found::Absent => continue,
                        Found::Ambiguous(several) => panic!("{several:?}"),
                    }
                }
            };
            assert!(made.values().iter().all(Value::is_wholly_known), "{made:?}");
            return made;
        }
        panic!("{} never came about", ty.name());
    }

    async fn update(&self, ty: &str, prior: &Object, given: &[(&str, Value)]) -> Object {
        let planned = self.plan(ty, Some(prior), given);
        let cx = self.cx(&self.op(), &Arc::default());
        let made = self.ty(ty).update(&self.client, &cx, prior, &planned).await.unwrap();
        for (name, promised) in planned.iter().filter(|(_, value)| value.is_wholly_known()) {
            assert_eq!(made.get(name), Some(promised), "{ty}.{name}");
        }
        made
    }

    async fn read(&self, ty: &str, priors: &[Object]) -> Vec<Option<Object>> {
        let key = self.ty(ty).read_key(&priors[0]).unwrap();
        let items: Vec<_> = priors.iter().map(|prior| ReadItem { prior: prior.clone(), private: Json::Null }).collect();
        let cx = self.cx(&self.op(), &Arc::default());
        let reads = self.ty(ty).read_batch(&self.client, &cx, &key, &items).await;
        reads
            .into_iter()
            .map(|read| match read.unwrap() {
                Read::Present(object) | Read::Noted(object, _) => Some(object),
                Read::Absent => None,
                Read::Stale(why) => panic!("{why}"),
            })
            .collect()
    }

    async fn delete(&self, ty: &str, prior: &Object) {
        let cx = self.cx(&self.op(), &Arc::default());
        self.ty(ty).delete(&self.client, &cx, prior).await.unwrap();
        assert_eq!(self.read(ty, std::slice::from_ref(prior)).await, [None]);
    }

    /// Reading what was just made, and importing it, must find nothing new.
    async fn settles(&self, ty: &str, object: &Object, import: &str) {
        let read = self.read(ty, std::slice::from_ref(object)).await.remove(0).unwrap();
        for (name, value) in object.iter() {
            assert_eq!(read.get(name), Some(value), "reading {ty}.{name}");
        }
        let cx = self.cx(&self.op(), &Arc::default());
        let imported = self.ty(ty).import(&self.client, &cx, import).await.unwrap().unwrap();
        assert_eq!(imported.id(), object.id());
    }
}

/// Whether an error says that nothing was done.
fn is_undone(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Unreachable { .. })
}

/// Whether an error may not come again, where doing it again is the same as doing it once.
fn is_passing(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Unexpected { .. } | ProviderError::Unreachable { .. })
}

/// Reads again as long as only the network is in the way.
async fn again<T>(read: impl AsyncFn() -> infra::provider::Result<T>) -> T {
    for _ in 0..10 {
        match read().await {
            Ok(found) => return found,
            Err(error) if is_passing(&error) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("never an answer");
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn strings(texts: &[&str]) -> Value {
    Value::set(infra::value::Type::STRING, texts.iter().map(|text| Value::from(*text)).collect())
}

fn ints(numbers: &[i64]) -> Value {
    Value::set(infra::value::Type::NUMBER, numbers.iter().map(|number| Value::from(*number)).collect())
}

/// A block with some attributes given, the others at their defaults.
fn block(world: &World, ty: &str, name: &str, given: &[(&str, Value)]) -> Value {
    let ty = world.ty(ty);
    let nested = &ty.schema().root().blocks()[name];
    let attributes = nested.block.attributes().iter().map(|(name, attribute)| {
        let value = given.iter().find(|(known, _)| *known == &**name).map(|(_, value)| value.clone());
        (name.clone(), value.or(attribute.default.clone()).unwrap_or(Value::Null(attribute.ty)))
    });
    let object = Value::object(attributes.collect::<Vec<_>>());
    match nested.nesting {
        infra::schema::Nesting::Set => Value::set(nested.block.implied_type(), vec![object]),
        _ => Value::list(nested.block.implied_type(), vec![object]),
    }
}

fn web(name: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("name", text(name)),
        ("image", text("debian-12-x64")),
        ("size", text("s-1vcpu-1gb")),
        ("region", text("fra1")),
    ]
}

fn with(given: &[(&'static str, Value)], more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let kept = given.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
    kept.chain(more).cloned().collect()
}

const DROPLET: &str = "digitalocean_droplet";
const TAG: &str = "digitalocean_tag";
const IP: &str = "digitalocean_reserved_ip";
const LB: &str = "digitalocean_loadbalancer";
const CLUSTER: &str = "digitalocean_database_cluster";
const USER: &str = "digitalocean_database_user";
const VOLUME: &str = "digitalocean_volume";
const ATTACHMENT: &str = "digitalocean_volume_attachment";
const ASSIGNMENT: &str = "digitalocean_reserved_ip_assignment";
const CHECK: &str = "digitalocean_uptime_check";

#[tokio::test]
async fn a_droplet_lives_its_life() {
    let world = World::new("", 1);
    let config = with(&web("web-1"), &[("tags", strings(&["Web", "env:prod"])), ("monitoring", true.into())]);
    let droplet = world.create(DROPLET, &config).await;
    assert_eq!(droplet.str("status"), Some("active"));
    assert!(droplet.str("ipv4_address").is_some(), "{droplet:?}");
    assert_eq!(droplet.get("tags"), Some(&strings(&["Web", "env:prod"])));
    world.settles(DROPLET, &droplet, droplet.id()).await;

    let policy = [("plan", text("weekly")), ("weekday", text("SUN")), ("hour", Value::from(4))];
    let config = with(
        &config,
        &[
            ("name", text("web-2")),
            ("tags", strings(&["web", "new"])),
            ("ipv6", true.into()),
            ("backups", true.into()),
            ("backup_policy", block(&world, DROPLET, "backup_policy", &policy)),
        ],
    );
    let droplet = world.update(DROPLET, &droplet, &config).await;
    assert!(droplet.str("ipv6_address").is_some(), "{droplet:?}");
    world.settles(DROPLET, &droplet, droplet.id()).await;

    let config = with(&config, &[("size", text("s-2vcpu-2gb"))]);
    let droplet = world.update(DROPLET, &droplet, &config).await;
    assert_eq!((droplet.int("vcpus"), droplet.str("status")), (Some(2), Some("active")));
    world.settles(DROPLET, &droplet, droplet.id()).await;
    world.delete(DROPLET, &droplet).await;
}

#[tokio::test]
async fn many_droplets_are_made_and_read_together() {
    let world = World::new("", 2);
    let names: Vec<_> = (0..12).map(|n| format!("web-{n}")).collect();
    let droplets =
        futures::future::join_all(names.iter().map(async |name| world.create(DROPLET, &web(name)).await)).await;
    let reads = world.read(DROPLET, &droplets).await;
    assert_eq!(reads, droplets.into_iter().map(Some).collect::<Vec<_>>());
}

#[tokio::test]
async fn tags_and_addresses_live_their_lives() {
    let world = World::new("", 3);
    let tag = world.create(TAG, &[("name", text("web"))]).await;
    world.settles(TAG, &tag, "web").await;
    let (one, two) = (world.create(DROPLET, &web("a")).await, world.create(DROPLET, &web("b")).await);
    let droplet = |droplet: &Object| Value::from(droplet.id().parse::<i64>().unwrap());
    let region = ("region", text("fra1"));
    let ip = world.create(IP, &[region.clone(), ("droplet_id", droplet(&one))]).await;
    world.settles(IP, &ip, ip.id()).await;
    let ip = world.update(IP, &ip, &[region.clone(), ("droplet_id", droplet(&two))]).await;
    world.settles(IP, &ip, ip.id()).await;
    let ip = world.update(IP, &ip, std::slice::from_ref(&region)).await;
    let ip = world.update(IP, &ip, &[region, ("droplet_id", droplet(&one))]).await;
    world.delete(IP, &ip).await;
    world.delete(TAG, &tag).await;
}

#[tokio::test]
async fn a_load_balancer_lives_its_life() {
    let world = World::new("", 4);
    let droplet = world.create(DROPLET, &web("a")).await;
    let id = droplet.id().parse::<i64>().unwrap();
    let null = || Value::Null(infra::value::Type::STRING);
    let rule = [
        ("entry_protocol", text("http")),
        ("entry_port", Value::from(80)),
        ("target_protocol", text("http")),
        ("target_port", Value::from(8080)),
        ("certificate_name", null()),
        ("certificate_id", null()),
    ];
    let check = [("protocol", text("http")), ("port", Value::from(8080)), ("path", text("/up"))];
    let config = vec![
        ("name", text("lb")),
        ("region", text("fra1")),
        ("droplet_ids", ints(&[id])),
        ("forwarding_rule", block(&world, LB, "forwarding_rule", &rule)),
    ];
    let lb = world.create(LB, &config).await;
    assert!(lb.str("ip").is_some(), "{lb:?}");
    world.settles(LB, &lb, lb.id()).await;
    let config = with(
        &config,
        &[
            ("name", text("lb-2")),
            ("healthcheck", block(&world, LB, "healthcheck", &check)),
            ("http_idle_timeout_seconds", Value::from(90)),
            ("redirect_http_to_https", true.into()),
        ],
    );
    let lb = world.update(LB, &lb, &config).await;
    world.settles(LB, &lb, lb.id()).await;
    world.delete(LB, &lb).await;
}

#[tokio::test]
async fn a_database_lives_its_life() {
    let world = World::new("", 5);
    let window = [("day", text("sunday")), ("hour", text("13:00"))];
    let config = vec![
        ("name", text("main-db")),
        ("engine", text("pg")),
        ("version", text("16")),
        ("size", text("db-s-1vcpu-2gb")),
        ("region", text("fra1")),
        ("node_count", Value::from(1)),
        ("tags", strings(&["prod"])),
        ("maintenance_window", block(&world, CLUSTER, "maintenance_window", &window)),
    ];
    let cluster = world.create(CLUSTER, &config).await;
    assert!(cluster.str("password").is_some() && cluster.str("private_uri").is_some(), "{cluster:?}");
    world.settles(CLUSTER, &cluster, cluster.id()).await;

    let user_config = [("cluster_id", text(cluster.id())), ("name", text("app"))];
    let user = world.create(USER, &user_config).await;
    assert!(user.str("password").is_some());
    world.settles(USER, &user, &format!("{},app", cluster.id())).await;

    let config =
        with(&config, &[("size", text("db-s-2vcpu-4gb")), ("node_count", Value::from(2)), ("tags", strings(&["new"]))]);
    let cluster = world.update(CLUSTER, &cluster, &config).await;
    world.settles(CLUSTER, &cluster, cluster.id()).await;
    world.delete(USER, &user).await;
    world.delete(CLUSTER, &cluster).await;
}

#[tokio::test]
async fn the_sizes_can_be_read() {
    let world = World::new("", 6);
    let data = world.provider.data("digitalocean_sizes").unwrap();
    let cx = world.cx(&world.op(), &Arc::default());
    let found = data.read(&world.client, &cx, &data.schema().object::<&str>([])).await.unwrap();
    assert!(found.get("sizes").and_then(Value::as_elements).is_some_and(|sizes| sizes.len() > 5));
}

#[tokio::test]
async fn on_a_bad_network_nothing_is_made_twice_or_forgotten() {
    for seed in 0..8 {
        let world = World::new("lost-answer:20%,reset:5%,500:5%,429:5%", seed);
        let mut ids = std::collections::BTreeSet::new();
        for n in 0..4 {
            ids.insert(world.create(DROPLET, &web(&format!("web-{n}"))).await.id().to_owned());
        }
        assert_eq!((ids.len(), world.count("/v2/droplets", "droplets").await), (4, 4), "seed {seed}");
        for _ in 0..3 {
            world.create(IP, &[("region", text("fra1"))]).await;
        }
        assert_eq!(world.count("/v2/reserved_ips", "reserved_ips").await, 3, "seed {seed}");
        let cluster = vec![
            ("name", text("cache")),
            ("engine", text("valkey")),
            ("version", text("8")),
            ("size", text("db-s-1vcpu-2gb")),
            ("region", text("fra1")),
            ("node_count", Value::from(1)),
        ];
        world.create(CLUSTER, &cluster).await;
        assert_eq!(world.count("/v2/databases", "databases").await, 1, "seed {seed}");
    }
}

#[tokio::test]
async fn on_a_bad_network_volumes_and_addresses_get_to_their_droplet() {
    for seed in 0..8 {
        let world = World::new("lost-answer:20%,reset:5%,500:5%,429:5%", seed);
        let droplet = world.create(DROPLET, &web("web")).await;
        let number = droplet.id().parse::<i64>().unwrap();
        let on = ("droplet_id", Value::from(number));
        for n in 0..3 {
            let given = [("name", text(&format!("data-{n}"))), ("region", text("fra1")), ("size", Value::from(10))];
            let volume = world.create(VOLUME, &given).await;
            world.create(ATTACHMENT, &[("volume_id", text(volume.id())), on.clone()]).await;
            let (ty, cx) = (world.ty(ATTACHMENT), world.cx_noted(Json::Null));
            let id = format!("{},{number}", volume.id());
            let found = again(async || ty.import(&world.client, &cx, &id).await).await;
            assert!(found.is_some(), "seed {seed}: {id}");
        }
        assert_eq!(world.count("/v2/volumes", "volumes").await, 3, "seed {seed}");
        let ip = world.create(IP, &[("region", text("fra1"))]).await;
        let assigned = world.create(ASSIGNMENT, &[("ip_address", text(ip.id())), on]).await;
        assert_eq!(assigned.int("droplet_id"), Some(number), "seed {seed}");
        // Two that are alike are two.
        for _ in 0..2 {
            world.create(CHECK, &[("name", text("web")), ("target", text("https://www.example.com"))]).await;
        }
        assert_eq!(world.count("/v2/uptime/checks", "checks").await, 2, "seed {seed}");
    }
}

#[tokio::test]
async fn a_resize_that_is_cut_short_is_finished_and_the_droplet_runs_again() {
    for seed in 0..12 {
        let world = World::new("lost-answer:25%,reset:10%", seed);
        let made = world.create(DROPLET, &web("web")).await;
        let config = with(&web("web"), &[("size", text("s-2vcpu-2gb"))]);
        let (mut prior, mut private, mut tries) = (made, Json::Null, 0);
        let ty = world.ty(DROPLET);
        loop {
            let planned = world.plan(DROPLET, Some(&prior), &config);
            let cx = world.cx_noted(private.clone());
            let end = ty.update(&world.client, &cx, &prior, &planned).await;
            private = cx.private();
            match end {
                Ok(made) => {
                    assert_eq!(made.str("status"), planned.str("status"), "seed {seed}");
                    break;
                }
                Err(error) => assert!(error.is_ambiguous() || is_passing(&error), "seed {seed}: {error:?}"),
            }
            tries += 1;
            assert!(tries < 30, "seed {seed}: never done");
            // The next run reads again and goes on from what it finds.
            let cx = world.cx_noted(private.clone());
            let item = ReadItem { prior: prior.clone(), private: private.clone() };
            let key = ty.read_key(&prior).unwrap();
            let item = std::slice::from_ref(&item);
            let read = again(async || ty.read_batch(&world.client, &cx, &key, item).await.remove(0)).await;
            match read {
                Read::Present(now) => prior = now,
                Read::Noted(now, note) => (prior, private) = (now, note),
                other => panic!("seed {seed}: {other:?}"),
            }
        }
        assert_eq!(ty.owed(&private), None, "seed {seed}");
        let cx = world.cx_noted(Json::Null);
        let now = again(async || ty.import(&world.client, &cx, prior.id()).await).await.unwrap();
        assert_eq!((now.str("size"), now.str("status")), (Some("s-2vcpu-2gb"), Some("active")), "seed {seed}");
    }
}
