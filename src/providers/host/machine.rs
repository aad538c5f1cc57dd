//! `host_machine`: a host as a resource. How to reach it, whom to trust, what it is.
//!
//! Nothing is made on the host: to create one is to wait until it answers, to delete one is to forget it.

use async_trait::async_trait;
use serde_json::Value as Json;

use super::answer::Facts;
use super::client::Dialled;
use super::client::Hosts;
use super::endpoint::Endpoint;
use super::endpoint::is_same_machine;
use super::look::Target;
use super::look::look;
use super::way::Way;
use super::way::duration;
use crate::net::host::ssh::Trust;
use crate::net::host::ssh::problem_of_route;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// The type's name.
pub(super) const NAME: &str = "host_machine";

/// A host, found again by its connection.
pub(super) struct Machine;

/// The schema of a machine; others need it to name a machine that they only know by its endpoint.
fn schema() -> Schema {
    let connection = NestedBlock::single([
        ("address", string().describe("The name or IP address to connect to.")),
        ("user", string().describe("The user to log in as.")),
        ("port", number().describe("The port of its SSH server; 22 where none is given.")),
        (
            "private_key",
            string()
                .sensitive()
                .describe("The private key to log in with, whole; without one, the agent's and the usual files."),
        ),
        ("passphrase", string().sensitive().describe("For a key that is encrypted.")),
        ("certificate", string().describe("The user's certificate that goes with `private_key`.")),
        ("agent", boolean().describe("Whether to ask the SSH agent; where nothing is said, if there is one.")),
        ("password", string().sensitive().describe("A password to log in with; none is ever tried but this one.")),
        ("sudo", boolean().describe("Become root by sudo after logging in.")),
        ("sudo_password", string().sensitive().describe("For a sudo that asks for one.")),
        ("bastion", string().describe("A host to go through, as `user@address:port`; several with commas between.")),
        ("bastion_private_key", string().sensitive().describe("The private key for it, where it is another one.")),
        ("bastion_certificate", string().describe("The certificate that goes with `bastion_private_key`.")),
        ("bastion_host_key", string().describe("The public key that it must show.")),
        ("timeout", string().describe("How long the host is waited for, as `10m`; `5m` where nothing is said.")),
        ("local", boolean().describe("It is the machine that this program runs on.")),
        ("root", string().describe("With `local`: a folder that stands for the host's `/`.")),
    ]);
    Schema::new([
        ("identity", string().describe("What trust follows, rather than the address: a droplet's urn.")),
        ("host_key", string().optional_computed().describe("The public key that it must show.")),
        ("id", string().computed()),
        ("os", string().computed().describe("The operating system, as it calls itself.")),
        ("kernel", string().computed()),
        ("architecture", string().computed()),
        ("hostname", string().computed()),
        ("cpus", number().computed()),
        ("memory_mb", number().computed()),
    ])
    .block("connection", connection.min(1))
}

#[async_trait]
impl ResourceType<Hosts> for Machine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let Some(connection) = config.get("connection").and_then(Value::as_object) else { return Vec::new() };
        let given = |name: &str| connection.get(name).is_some_and(|value| !value.is_null());
        let mut problems = unfit(config, connection);
        let is_local = connection.bool("local");
        let is_decided = connection.get("local").is_none_or(Value::is_known);
        let detail = match (is_local == Some(true), given("address"), given("root")) {
            (true, true, _) => "A connection goes either to an `address` or, with `local = true`, to this machine.",
            (false, false, _) if is_decided => {
                "Say where the host is: an `address`, or `local = true` for this machine."
            }
            (false, _, true) if is_decided => "A `root` folder can stand for a host only with `local = true`.",
            _ => return problems,
        };
        problems.push(problem(Path::of("connection"), detail.to_owned()));
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let mut replace = Vec::new();
        let id = match prior {
            Some(prior) if is_same_machine(prior, &proposed) => prior.get("id").cloned(),
            Some(before) => {
                let is_renamed = |(a, b): (&str, &str)| a != b;
                let is_renamed = before.str("identity").zip(proposed.str("identity")).is_some_and(is_renamed);
                replace.push(Path::of(if is_renamed { "identity" } else { "connection" }));
                None
            }
            None => None,
        };
        let object = proposed.set("id", id.unwrap_or_else(|| first_id(&proposed)));
        Planned { object, replace, warnings: Vec::new() }
    }

    fn read_key(&self, prior: &Object) -> Option<BatchKey> {
        Some(Endpoint::of_machine(prior)?.batch_key())
    }

    async fn read(&self, hosts: &Hosts, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        observed(hosts, cx, prior, false).await.map(Some)
    }

    fn trusts(&self) -> Option<&'static str> {
        Some("identity")
    }

    /// Whether its key may be accepted: what it is came to be in our hands, and has not been reached yet.
    async fn before_create(&self, _: &Hosts, cx: &Cx, _: &Object) -> Result<Json> {
        Ok(Json::Bool(cx.is_fresh("identity")))
    }

    async fn create(&self, hosts: &Hosts, cx: &Cx, planned: &Object) -> Result<Object> {
        met(hosts, cx, planned, cx.is_fresh("identity")).await
    }

    async fn update(&self, hosts: &Hosts, cx: &Cx, _: &Object, planned: &Object) -> Result<Object> {
        met(hosts, cx, planned, false).await
    }

    async fn delete(&self, _: &Hosts, _: &Cx, _: &Object) -> Result<()> {
        Ok(())
    }

    /// To look is to make it.
    async fn find(&self, hosts: &Hosts, cx: &Cx, intent: &Intent) -> Result<Found> {
        let Some(mut way) = Way::of_machine(&intent.planned) else { return Ok(Found::Absent) };
        let is_fresh = intent.before == Json::Bool(true);
        if is_fresh {
            way = way.accepting();
        }
        match hosts.dial(&way, cx).await? {
            Dialled::Up(_) => Ok(Found::One(observed(hosts, cx, &intent.planned, is_fresh).await?)),
            Dialled::Down(_) | Dialled::Gone => Ok(Found::Absent),
        }
    }

    /// A host is what it is, whatever the way to it.
    fn part_of<'o>(&self, object: &'o Object) -> Option<&'o str> {
        object.str("identity")
    }

    fn consistency_window(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    async fn import(&self, hosts: &Hosts, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let endpoint = Endpoint::parse(id);
        let is_meant = |machine: &&Object| {
            let is_there = |endpoint: &Endpoint| is_same_machine(&named(endpoint), machine);
            machine.str("identity") == Some(id) || endpoint.as_ref().is_some_and(is_there)
        };
        // The way to it is the configured one: that may need a key.
        if let Some(machine) = cx.configured().filter(is_meant) {
            let key = machine.str("host_key").map(Value::from);
            let machine = machine.set("id", first_id(machine));
            let machine = machine.set("host_key", key.unwrap_or_else(|| Value::unknown_not_null(Type::STRING)));
            return observed(hosts, cx, &machine, false).await.map(Some);
        }
        let Some(endpoint) = endpoint else {
            let message = "the id of a host is `local`, `local:/root/folder` or `user@address:port`";
            return Err(ProviderError::refused(format!("importing the host `{id}`"), message));
        };
        // What the host shows is trusted by what the user knows of it, and kept from then on.
        let machine = named(&endpoint).set("host_key", Value::unknown_not_null(Type::STRING));
        observed(hosts, cx, &machine, false).await.map(Some)
    }
}

/// What is wrong with single arguments.
fn unfit(config: &Object, connection: &Object) -> Vec<Problem> {
    let given = |name: &str| connection.get(name).is_some_and(|value| !value.is_null());
    let mut problems = Vec::new();
    let mut complain = |path: Path, detail: Option<String>| problems.extend(detail.map(|detail| problem(path, detail)));
    let pins = |key: Option<&str>| Trust { host_key: key.map(str::to_owned), accepts_new: false }.problem();
    let at = |name: &str| Path::of("connection").attr(name);
    complain(Path::of("host_key"), pins(config.str("host_key")));
    complain(at("bastion_host_key"), pins(connection.str("bastion_host_key")));
    let route = connection.str("bastion").filter(|route| !route.is_empty());
    complain(at("bastion"), route.and_then(problem_of_route));
    let is_port = |port: &i64| (1..=65535).contains(port);
    let port = connection.int("port").filter(|port| !is_port(port));
    complain(at("port"), port.map(|port| format!("{port} is not a port; they go from 1 to 65535.")));
    let timeout = connection.str("timeout").filter(|text| duration(text).is_none());
    complain(at("timeout"), timeout.map(|text| format!("`{text}` is not a duration, as `90s` or `10m` is.")));
    for (name, of, what) in [
        ("certificate", "private_key", "A certificate is of a private key: give that, too."),
        ("bastion_certificate", "bastion_private_key", "A certificate is of a private key: give that, too."),
        ("sudo_password", "sudo", "A password for sudo needs `sudo = true`."),
        ("bastion_private_key", "bastion", "A key of a bastion needs a `bastion`."),
        ("bastion_host_key", "bastion", "A key of a bastion needs a `bastion`."),
    ] {
        complain(at(name), (given(name) && !given(of)).then(|| what.to_owned()));
    }
    problems
}

fn problem(path: Path, detail: String) -> Problem {
    Problem { path, summary: "Invalid connection".to_owned(), detail }
}

/// The machine with its facts, which need not be asked for again where it has told them earlier in this run: in the plan,
/// with all else that was read there. One that came to be since then is another, whatever its address.
async fn met(hosts: &Hosts, cx: &Cx, machine: &Object, is_fresh: bool) -> Result<Object> {
    if let Some(way) = Way::of_machine(machine).filter(|_| !is_fresh) {
        let shell = hosts.await_shell(&way, cx).await?;
        if let Some(facts) = hosts.met(&way, &*shell) {
            return Ok(with_facts(&with_key(machine, shell.host_key()), &facts));
        }
    }
    observed(hosts, cx, machine, is_fresh).await
}

/// The machine with its facts as they are now. With `accepts`, a key of which nothing is known is taken for the right one.
async fn observed(hosts: &Hosts, cx: &Cx, machine: &Object, accepts: bool) -> Result<Object> {
    let doing = || "reaching the host".to_owned();
    let way = Way::of_machine(machine).map(|way| if accepts { way.accepting() } else { way });
    let way =
        way.ok_or_else(|| ProviderError::refused(doing(), "its connection names neither an address nor this machine"))?;
    let shell = hosts.await_shell(&way, cx).await?;
    let sight = look(&*shell, vec![Target::machine()], None, cx).await?;
    let facts = sight.answer.facts.ok_or_else(|| ProviderError::Unexpected {
        doing: doing(),
        problem: "the facts of the machine are missing".to_owned(),
    })?;
    Ok(with_facts(&with_key(machine, shell.host_key()), &facts))
}

/// The machine with the key that it was found to have, where it had none: from now on it must show that.
fn with_key(machine: &Object, shown: Option<String>) -> Object {
    match (machine.get("host_key").is_some_and(Value::is_known), shown) {
        (false, Some(shown)) => machine.set("host_key", shown),
        (true, _) | (false, None) => machine.clone(),
    }
}

/// The machine with these facts.
pub(super) fn with_facts(machine: &Object, facts: &Facts) -> Object {
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Null(Type::STRING), Value::from);
    let known = |name: &str, otherwise: Value| match machine.get(name) {
        Some(value) if value.is_known() => value.clone(),
        _ => otherwise,
    };
    machine.with([
        (Str::from("id"), known("id", first_id(machine))),
        (Str::from("host_key"), known("host_key", Value::Null(Type::STRING))),
        (Str::from("os"), text(&facts.os)),
        (Str::from("kernel"), Value::from(facts.kernel.as_str())),
        (Str::from("architecture"), Value::from(facts.architecture.as_str())),
        (Str::from("hostname"), text(&facts.hostname)),
        (Str::from("cpus"), Value::from(facts.cpus)),
        (Str::from("memory_mb"), Value::from(facts.memory_mb)),
    ])
}

/// A machine that is only known by its endpoint: every other attribute is null.
pub(super) fn named(endpoint: &Endpoint) -> Object {
    let schema = schema();
    let connection_ty = schema.ty().attribute("connection").expect("a machine has a connection").ty;
    let connection = nulls(connection_ty);
    let settings = endpoint.settings().into_iter().map(|(name, value)| (Str::from(name), value));
    let connection = Value::Object(std::sync::Arc::new(connection.with(settings)));
    let machine = nulls(schema.ty()).set("connection", connection);
    machine.set("id", endpoint.to_string())
}

/// An object of a type whose attributes are all null.
pub(super) fn nulls(ty: Type) -> Object {
    let attributes = ty.attributes().unwrap_or_default();
    Object::new(attributes.iter().map(|attribute| (Str::clone(&attribute.name), Value::Null(attribute.ty))))
}

/// The id of a machine that has none yet: what it is, else where it is. It stays when either changes.
fn first_id(machine: &Object) -> Value {
    match machine.get("identity") {
        Some(identity) if !identity.is_known() => Value::unknown_not_null(Type::STRING),
        Some(identity) if !identity.is_null() => identity.unmarked().clone(),
        _ => match Endpoint::of_machine(machine) {
            Some(endpoint) => Value::from(endpoint.to_string()),
            None => Value::unknown_not_null(Type::STRING),
        },
    }
}
