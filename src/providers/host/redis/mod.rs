//! `host_redis`: the configuration of a Redis (or Valkey) server, directive by directive.
//!
//! The server owns its file: `CONFIG REWRITE` and Sentinel write to it. So ours is a file of its own, which the server's
//! includes as its last line; nothing else in there is touched. What a directive is, the running server is asked
//! (`CONFIG GET`); a new value goes to our file, and to the server by `CONFIG SET`, or by one restart where it takes
//! that. Import ids are `<host>:/path` with the path of the server's file, as in `local:/etc/redis/redis.conf`.

mod calls;
pub(super) mod directive;
pub(super) mod server;
mod text;

use server::Server;

use std::collections::BTreeMap;

use super::answer::Content;
use super::answer::Place;
use super::bundle::Phases;
use super::content;
use super::duration;
use super::kind::Kind;
use super::kind::host_attribute;
use super::kind::is_changed;
use super::look::Sight;
use super::look::Target;
use super::place;
use super::place::placed;
use super::script::Part;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::Read;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::list;
use crate::schema::map;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// The directives of one server, found again by the path of its configuration file.
pub(super) struct HostRedis;

/// Where Debian's package puts it.
const CONFIG_PATH: &str = "/etc/redis/redis.conf";
/// What it calls the unit.
const UNIT: &str = "redis-server.service";
/// How long a server may take where nothing else is said.
const DEADLINE: &str = "90s";

impl Kind for HostRedis {
    fn name(&self) -> &'static str {
        "host_redis"
    }

    fn schema(&self) -> Schema {
        let directives = map(Type::STRING).required().sensitive_keys(directive::SECRET);
        let directives = directives.equality(Equality::Semantic(same_directives));
        let password = "What the server asks of us now; `requirepass` among the directives where none is given.";
        Schema::new([
            host_attribute(),
            ("directives", directives.describe("Values by name, as `CONFIG SET` takes them.")),
            ("config_path", string().default(CONFIG_PATH).replaces().describe("The server's own file.")),
            ("unit", string().default(UNIT).describe("What is restarted where it takes that.")),
            ("port", number().input().describe("Where it listens on the host; the directive's, or 6379.")),
            ("socket", string().input().describe("The socket that it listens on, instead of a port.")),
            ("password", string().input().sensitive().describe(password)),
            ("deadline", string().default(DEADLINE).describe("How long it may take until it answers again.")),
            ("id", string().computed()),
            ("path", string().computed().describe("The file that we manage, which the server's own includes.")),
            ("digest", string().computed().sensitive().describe("SHA-256 of that file, in hex.")),
            ("version", string().computed().describe("The version that runs.")),
            ("drift", list(Type::STRING).computed().watched().describe("In which ways it is not as it was left.")),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut complain = |path: Path, summary: &str, detail: String| {
            problems.push(Problem { path, summary: summary.to_owned(), detail });
        };
        let entries = config.get("directives").and_then(|values| values.unmarked().as_entries()).unwrap_or_default();
        for (name, value) in entries {
            let fault = directive::name_fault(name).or_else(|| {
                if value.is_null() {
                    return Some(format!("`{name}` has no value. Leave it out, or give it an empty text."));
                }
                let fault = value.unmarked().as_str().and_then(directive::value_fault)?;
                Some(format!("The value of `{name}` {fault}."))
            });
            if let Some(fault) = fault {
                complain(Path::of("directives").index(&**name), "Invalid directive", fault);
            }
        }
        if let Some(fault) = config.str("config_path").and_then(place::path_fault) {
            complain(Path::of("config_path"), "Invalid path", fault.to_owned());
        }
        if let Some(fault) = config.str("socket").and_then(place::path_fault) {
            complain(Path::of("socket"), "Invalid path", fault.to_owned());
        }
        if let Some(port) = config.int("port").filter(|port| !(1..=65535).contains(port)) {
            complain(Path::of("port"), "Invalid port", format!("{port} is no port: they go from 1 to 65535."));
        }
        if let Some(text) = config.str("deadline").filter(|text| duration::seconds(text).is_none_or(|time| time == 0)) {
            complain(
                Path::of("deadline"),
                "Invalid duration",
                format!("`{text}` is not a duration, as `90s` or `10m` is."),
            );
        }
        if let Some(unit) = config
            .str("unit")
            .filter(|unit| unit.is_empty() || unit.starts_with('-') || unit.contains(['/', ' ', '\0']))
        {
            complain(
                Path::of("unit"),
                "Invalid unit name",
                format!("`{unit}` is not the name of a unit, as `redis-server.service` is."),
            );
        }
        if let Some(fault) = config.str("password").and_then(directive::value_fault) {
            complain(Path::of("password"), "Invalid password", format!("It {fault}."));
        }
        problems
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let digest = match wanted(&proposed) {
            Some(text) => Value::from(content::digest(text.as_bytes())),
            None => Value::unknown_not_null(Type::STRING),
        };
        let path = proposed.str("config_path").map(|path| Value::from(own_path(path)));
        let (id, replace) = placed(prior, &proposed, "config_path");
        let drift = match prior {
            Some(_) => Value::list(Type::STRING, Vec::new()),
            None => Value::unknown_not_null(Type::list(Type::STRING)),
        };
        let object = proposed.with([
            (Str::from("digest"), digest.sensitive()),
            (Str::from("path"), path.unwrap_or_else(|| Value::unknown_not_null(Type::STRING))),
            (Str::from("id"), id),
            (Str::from("drift"), drift),
        ]);
        // A restart may bring another version, which a package has put there meanwhile.
        let version = prior
            .filter(|prior| !is_changed(prior, &object, &["version"]))
            .and_then(|prior| prior.get("version"))
            .cloned();
        let object = object.set("version", version.unwrap_or_else(|| Value::unknown(Type::STRING)));
        let warnings = prior.map(|prior| restarts(prior, &object)).unwrap_or_default();
        Planned { object, replace, warnings }
    }

    fn interrupts(&self, prior: &Object, planned: &Object) -> bool {
        !restarting(prior, planned).is_empty()
    }

    fn side_effect(&self, prior: &Object, planned: &Object) -> Option<&'static str> {
        self.interrupts(prior, planned).then_some("restarted")
    }

    fn part(&self) -> Part {
        Part::RedisChange
    }

    fn imported(&self, name: &str) -> Result<Vec<(&'static str, Value)>, &'static str> {
        match place::path_fault(name) {
            None => Ok(vec![
                ("config_path", Value::from(name)),
                ("unit", Value::from(UNIT)),
                ("deadline", Value::from(DEADLINE)),
            ]),
            Some(_) => Err(
                "the id is the host and the path of the server's configuration file, as `local:/etc/redis/redis.conf`",
            ),
        }
    }

    fn target(&self, reference: &Object) -> Option<Target> {
        let path = reference.str("config_path")?;
        let own = own_path(path);
        let known = reference.str("digest").filter(|_| wanted(reference).is_some()).unwrap_or("-");
        let names = directives(reference).map(|all| all.into_keys().collect::<Vec<_>>().join(" "));
        let (addresses, passwords) = (calls::addresses(&[reference]), calls::passwords(&[reference]));
        let mut words = vec![path, &own, known, names.as_deref().unwrap_or("-"), &addresses];
        words.extend(passwords);
        Some(Target::new(Part::Redis, "observe_redis", &words))
    }

    fn seen(&self, reference: &Object, sight: &Sight, at: usize) -> Read {
        let Some(server) = sight.answer.servers.get(&at) else { return Read::Absent };
        let path = reference.str("config_path").unwrap_or_default();
        match server.file.as_str() {
            "regular" => {}
            "absent" => return Read::Absent,
            "hidden" => return Read::Stale(format!("{path} may not be read by the user that we log in as")),
            other => return Read::Stale(format!("{path} is no file ({other}), so that nothing can be added to it")),
        }
        match server.standing.as_str() {
            "missing" => Read::Stale(format!(
                "there is no redis-cli on the host to ask the server with{}: it comes with the package redis-tools",
                parenthesis(&server.said)
            )),
            "denied" => Read::Stale(format!(
                "the server does not let us ask what it has ({}): `password` must be the one that it asks for now",
                server.said
            )),
            _ => Read::Present(found(reference, server, sight.place(at))),
        }
    }

    /// The file alone is half of it: the server must have taken it up.
    fn is(&self, found: &Object, planned: &Object) -> bool {
        let are_same = |a: &Object, b: &Object| match (a.get("directives"), b.get("directives")) {
            (Some(a), Some(b)) => same_directives(b, a),
            _ => false,
        };
        found.str("digest").is_some()
            && found.str("digest") == planned.str("digest")
            && are_same(found, planned)
            && found.strings("drift").is_some_and(|drift| drift.is_empty())
    }

    fn put(&self, at: usize, prior: Option<&Object>, planned: &Object, phases: &mut Phases) {
        calls::put(at, prior, planned, phases);
    }

    fn remove(&self, at: usize, prior: &Object, phases: &mut Phases) {
        calls::remove(at, prior, phases);
    }
}

/// The server as it was seen.
fn found(reference: &Object, server: &Server, place: Option<&Place>) -> Object {
    let file = match place {
        Some(Place::File(file)) => Some(file),
        _ => None,
    };
    let digest = file.map_or(Value::Null(Type::STRING), |file| Value::from(file.sum.as_str()));
    let wished = directives(reference);
    // Where nobody has said how values are written, our file has; and what a server that does not run will have.
    let written = match file.map(|file| &file.content) {
        Some(Content::Bytes(bytes)) => text::read(&String::from_utf8_lossy(bytes)),
        _ => BTreeMap::new(),
    };
    let is_up = server.standing == "up";
    let spelled = |(name, value): (&String, &String)| {
        let wished = wished.as_ref().and_then(|wished| wished.get(name.as_str()).copied());
        let wished = wished.or_else(|| written.get(name).map(String::as_str));
        let kept = wished.filter(|wished| directive::same(name, wished, value));
        (Str::from(name.as_str()), Value::from(kept.unwrap_or(value)))
    };
    let values = if is_up {
        Value::map(Type::STRING, server.values.iter().map(spelled).collect::<Vec<_>>())
    } else if file.is_some_and(|file| matches!(file.content, Content::Known)) {
        // What it will have as soon as it runs.
        reference.get("directives").cloned().unwrap_or(Value::Null(Type::map(Type::STRING)))
    } else {
        Value::map(Type::STRING, written.iter().map(spelled).collect::<Vec<_>>())
    };
    let mut drift = Vec::new();
    if !is_up {
        drift.push(format!("it does not answer: {}", server.said));
    }
    if file.is_none() {
        drift.push("its file of directives is missing".to_owned());
    } else if !server.is_dressed {
        drift.push("its file of directives has another owner, group or mode than the server's own".to_owned());
    }
    if !server.includes {
        drift.push("the server's own file does not include it".to_owned());
    }
    let overridden = overridden(&server.tail, wished.unwrap_or_default());
    drift.extend(overridden.into_iter().map(|name| format!("the server's own file overrides it: {name}")));
    let version = match is_up {
        true => Value::from(server.said.as_str()),
        false => {
            reference.get("version").filter(|value| value.is_known()).cloned().unwrap_or(Value::Null(Type::STRING))
        }
    };
    let path = reference.str("config_path").map(own_path).unwrap_or_default();
    reference.with([
        (Str::from("directives"), values),
        (Str::from("digest"), digest.sensitive()),
        (Str::from("version"), version),
        (Str::from("path"), Value::from(path)),
        (Str::from("id"), place::id(reference, "config_path")),
        (Str::from("drift"), Value::list(Type::STRING, drift.into_iter().map(Value::from).collect())),
    ])
}

/// Directives of ours that lines after our own give another value, as a `CONFIG REWRITE` may have added them: the next
/// start would go by those.
fn overridden(tail: &str, wished: BTreeMap<&str, &str>) -> Vec<String> {
    let differs = |(name, value): &(String, String)| {
        wished.get(name.as_str()).is_some_and(|wished| !directive::same(name, wished, value.trim()))
    };
    text::read(tail).into_iter().filter(differs).map(|(name, _)| name).collect()
}

/// The directives that a plan changes and that only a restart brings about.
fn restarting(prior: &Object, planned: &Object) -> Vec<String> {
    let version = prior.str("version").and_then(directive::version);
    let (Some(before), Some(after)) = (directives(prior), directives(planned)) else { return Vec::new() };
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let differs = |name: &&&str| match (before.get(**name), after.get(**name)) {
        (Some(before), Some(after)) => !directive::same(name, after, before),
        _ => true,
    };
    let fixed = names.filter(differs).filter(|name| directive::needs_restart(name, version));
    fixed.map(|name| (*name).to_owned()).collect()
}

/// Says beforehand that a restart is coming, and why.
fn restarts(prior: &Object, planned: &Object) -> Vec<Problem> {
    let warning = |name: String| Problem {
        path: Path::of("directives").index(&*name),
        summary: "Restart of a server".to_owned(),
        detail: format!(
            "No running server of this version takes another `{name}`: {} is restarted once for all such directives, and \
             what is connected to it is cut off.",
            planned.str("unit").unwrap_or("its unit")
        ),
    };
    restarting(prior, planned).into_iter().map(warning).collect()
}

fn parenthesis(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(" ({said})") }
}

/// Names and values; `None` while they are not all known.
fn directives(object: &Object) -> Option<BTreeMap<&str, &str>> {
    let entries = object.get("directives")?.unmarked().as_entries()?;
    entries.into_iter().map(|(name, value)| Some((&**name, value.unmarked().as_str()?))).collect()
}

/// The text of our file; `None` while the values are not all known.
fn wanted(object: &Object) -> Option<String> {
    directives(object).map(|directives| text::write(&directives))
}

/// Where our file is, beside the server's own.
fn own_path(config_path: &str) -> String {
    format!("{}.infra.conf", config_path.strip_suffix(".conf").unwrap_or(config_path))
}

fn same_directives(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_entries(), b.as_entries()) else { return false };
    let same = |((name, a), (other, b)): ((&Str, &Value), (&Str, &Value))| {
        let (a, b) = (a.unmarked().as_str(), b.unmarked().as_str());
        name == other && a.zip(b).is_some_and(|(a, b)| directive::same(name, a, b))
    };
    a.len() == b.len() && a.into_iter().zip(b).all(same)
}
