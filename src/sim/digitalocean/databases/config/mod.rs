//! A cluster's advanced settings: all of them are shown, those that were never set with their defaults.

mod fields;

use http::Method;
use http::StatusCode;
use regex::Regex;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::digitalocean::databases::Cluster;
use crate::sim::digitalocean::databases::need_any;
use crate::sim::digitalocean::databases::need_idle;
use crate::sim::digitalocean::databases::policies;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;
use crate::sim::validate::Fields;

/// One setting.
struct Field {
    name: &'static str,
    kind: Kind,
    /// As JSON.
    default: &'static str,
}

/// What a setting may be.
enum Kind {
    /// A whole number from, to.
    Whole(i64, i64),
    /// A number from, to.
    Real(f64, f64),
    Flag,
    /// A text of at most that length.
    Text(usize),
    /// A text of at least and at most that length, and of that form.
    Shaped(usize, usize, &'static str),
    Texts,
    Choice(&'static [&'static str]),
    /// Settings of something that belongs to the engine.
    Group(&'static [Field]),
}

/// `GET` and `PATCH /v2/databases/{id}/config`; a replica has settings of its own.
pub(super) fn route(call: &mut Call<'_>, method: &Method, id: &str) -> Result<Reply, Refusal> {
    match method.as_str() {
        "GET" => {
            let cluster = need_any(call, id)?;
            let config = shown(fields::of(&cluster.engine), &all_of(cluster));
            Ok(Reply::body(StatusCode::OK, &json!({ "config": config })))
        }
        "PATCH" => patch(call, id),
        _ => Err(Refusal::wrong_method()),
    }
}

fn patch(call: &mut Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let mut cluster = need_idle(call, id)?;
    let body = call.json()?;
    let config = Fields::of(&body, "the request body")?.need_object("config")?;
    let fields = fields::of(&cluster.engine);
    check(fields, &config, "")?;
    if let Some(modes) = config.text("sql_mode")? {
        policies::check_sql_mode(modes)?;
    }
    let asked = |name: &str| config.any(name).and_then(Value::as_i64);
    let before = shown(fields, &all_of(&cluster));
    let present = |name: &str| before.get(name).and_then(Value::as_i64);
    if asked("max_connections").zip(present("max_connections")).is_some_and(|(asked, present)| asked < present) {
        return Err(Refusal::invalid("max_connections can not be lowered"));
    }
    for (name, value) in config.entries() {
        // Two settings have calls of their own, which show the same value.
        match name {
            "sql_mode" => cluster.sql_mode = value.as_str().map(str::to_owned),
            "valkey_maxmemory_policy" => cluster.eviction_policy = value.as_str().map(str::to_owned),
            _ => set(&mut cluster.config, name, value),
        }
    }
    if cluster.eviction_policy.is_none() && cluster.engine == "valkey" {
        cluster.eviction_policy = Some("noeviction".to_owned());
    }
    call.put(cluster);
    Ok(Reply::bare(StatusCode::OK))
}

/// What was set, with what has calls of its own.
fn all_of(cluster: &Cluster) -> Map<String, Value> {
    let mut set = cluster.config.clone();
    if cluster.engine == "valkey" {
        set.extend(cluster.eviction_policy.iter().map(|policy| ("valkey_maxmemory_policy".to_owned(), json!(policy))));
    }
    set.extend(cluster.sql_mode.iter().map(|mode| ("sql_mode".to_owned(), json!(mode))));
    set
}

/// Sets one value; null goes back to the default, and groups are merged.
fn set(config: &mut Map<String, Value>, name: &str, value: &Value) {
    match (value, config.get_mut(name)) {
        (Value::Null, _) => drop(config.remove(name)),
        (Value::Object(asked), Some(Value::Object(present))) => {
            asked.iter().for_each(|(name, value)| set(present, name, value));
        }
        (value, _) => drop(config.insert(name.to_owned(), value.clone())),
    }
}

fn shown(fields: &[Field], set: &Map<String, Value>) -> Map<String, Value> {
    let value = |field: &Field| match (&field.kind, set.get(field.name)) {
        (Kind::Group(inner), Some(Value::Object(set))) => Value::Object(shown(inner, set)),
        (Kind::Group(inner), _) => Value::Object(shown(inner, &Map::new())),
        (_, Some(value)) => value.clone(),
        (_, None) => serde_json::from_str(field.default).expect("defaults are JSON"),
    };
    fields.iter().map(|field| (field.name.to_owned(), value(field))).filter(|(_, value)| !value.is_null()).collect()
}

fn check(fields: &[Field], asked: &Fields<'_>, inside: &str) -> Result<(), Refusal> {
    for (name, value) in asked.entries() {
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            return Err(Refusal::bad_request(format!("unknown field \"{inside}{name}\"")));
        };
        match field.kind {
            Kind::Whole(low, high) => drop(asked.whole(name, low..=high)?),
            Kind::Real(low, high) => drop(asked.real(name, low..=high)?),
            Kind::Flag => drop(asked.flag(name)?),
            Kind::Text(longest) => drop(asked.short_text(name, longest)?),
            Kind::Shaped(least, most, form) => {
                let fits = |text: &&str| {
                    let is_good = Regex::new(form).is_ok_and(|form| form.is_match(text));
                    is_good && (least..=most).contains(&text.chars().count())
                };
                if asked.text(name)?.is_some_and(|text| !fits(&text)) {
                    return Err(Refusal::invalid(format!("{name} is not valid")));
                }
            }
            Kind::Texts => drop(asked.texts(name)?),
            Kind::Choice(choices) => drop(asked.one_of(name, choices)?),
            Kind::Group(inner) if value.is_null() || inner.is_empty() => {}
            Kind::Group(inner) => check(inner, &asked.need_object(name)?, &format!("{name}."))?,
        }
    }
    Ok(())
}
