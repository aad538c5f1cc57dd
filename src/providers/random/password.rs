//! `random_password` and `random_string`: texts with so many characters of each class.

use bcrypt::Version;
use rand::RngCore;
use rand::seq::SliceRandom;
use serde_json::Value as Json;
use serde_json::json;

use super::drawn::Draw;
use super::drawn::MOST;
use super::drawn::keepers;
use super::drawn::size;
use super::drawn::within;
use crate::provider::Entropy;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
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

/// A text, secret or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// A secret, with its bcrypt hash.
    Password,
    /// Not a secret: printed.
    String,
}

/// A switch, the least number of its characters, and the characters.
const CLASSES: [(&str, &str, &str); 4] = [
    ("lower", "min_lower", "abcdefghijklmnopqrstuvwxyz"),
    ("upper", "min_upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    ("numeric", "min_numeric", "0123456789"),
    ("special", "min_special", "!@#$%&*()-_=+[]{}<>:?"),
];

/// As the Terraform provider has it.
const BCRYPT_COST: u32 = 10;

/// bcrypt looks at no more bytes than these.
const BCRYPT_BYTES: usize = 72;

impl Draw for Text {
    fn name(&self) -> &'static str {
        match self {
            Text::Password => "random_password",
            Text::String => "random_string",
        }
    }

    fn schema(&self) -> Schema {
        let switch = || boolean().optional_computed().default(true).replaces();
        let least = || number().optional_computed().default(0).replaces();
        let shared = [
            keepers(),
            ("length", number().required().replaces().describe("How many characters.")),
            ("lower", switch()),
            ("upper", switch()),
            ("numeric", switch()),
            ("number", switch().deprecated("Use `numeric`, which means the same.")),
            ("special", switch()),
            ("min_lower", least()),
            ("min_upper", least()),
            ("min_numeric", least()),
            ("min_special", least()),
            ("override_special", string().describe("The special characters to use instead of the usual ones.")),
        ];
        let (own, version) = match self {
            Text::Password => {
                let hash = ("bcrypt_hash", string().computed().sensitive().describe("Of the first 72 bytes."));
                (vec![("id", string().computed()), ("result", string().computed().sensitive()), hash], 3)
            }
            Text::String => (vec![("id", string().computed()), ("result", string().computed())], 2),
        };
        let mut schema = Schema::new(shared.into_iter().chain(own));
        schema.version = version;
        schema
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems: Vec<Problem> = within(config, "length", 1..=MOST).into_iter().collect();
        problems.extend(CLASSES.iter().filter_map(|(_, least, _)| within(config, least, 0..=MOST)));
        let least: i64 = CLASSES.iter().filter_map(|(_, least, _)| config.int(least)).fold(0, i64::saturating_add);
        if problems.is_empty() && config.int("length").is_some_and(|length| length < least) {
            problems.push(super::drawn::invalid(
                "length",
                format!(
                    "must be at least the sum of the min_ arguments, {least}, got: {}",
                    config.int("length").unwrap_or(0)
                ),
            ));
        }
        if let (Some(number), Some(numeric)) = (config.bool("number"), config.bool("numeric"))
            && number != numeric
        {
            problems.push(combination("number", "Attributes number and numeric mean the same, so they must be equal."));
        }
        let numeric = config.bool("numeric").or(config.bool("number"));
        let switches = [config.bool("lower"), config.bool("upper"), numeric, config.bool("special")];
        if switches == [Some(false); 4] {
            problems.push(combination("special", "At least one of special, upper, lower and numeric must be true."));
        }
        problems
    }

    /// `number` and `numeric` are one switch under two names; the one that is not given has its default, so the other
    /// decides by being false.
    fn adjust(&self, prior: Option<&Object>, planned: Planned) -> Planned {
        let Planned { object, mut replace, warnings } = planned;
        let digits = both(object.get("number"), object.get("numeric"));
        let object = object.with([(Str::from("number"), digits.clone()), (Str::from("numeric"), digits)]);
        // An empty text says the same as none.
        let special = |object: &Object| {
            let value = object.get("override_special").cloned().unwrap_or(Value::NULL).unmark_deep().0;
            if value.as_str() == Some("") { Value::Null(Type::STRING) } else { value }
        };
        if prior.is_some_and(|prior| special(prior) != special(&object)) {
            replace.push(Path::of("override_special"));
        }
        Planned { object, replace, warnings }
    }

    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object> {
        let result = match planned.str("result") {
            Some(known) => known.to_owned(),
            None => text(entropy, planned)?,
        };
        self.complete(entropy, planned, result)
    }

    /// The id is the text itself; the rest is what the defaults would have drawn it with.
    fn import(&self, entropy: &mut Entropy, id: &str) -> Result<Object> {
        let length = i64::try_from(id.chars().count()).unwrap_or(i64::MAX);
        let schema = self.schema();
        let defaults = schema.root().attributes().iter();
        let defaults = defaults.filter_map(|(name, it)| it.default.clone().map(|value| (name.clone(), value)));
        let imported = schema.object([("length", Value::from(length))]).with(defaults);
        self.complete(entropy, &imported, id.to_owned())
    }

    /// Older versions had `number` alone, no hash, and nulls after an import.
    fn upgrade(&self, _: u32, mut object: Json) -> std::result::Result<Json, String> {
        let Some(attributes) = object.as_object_mut() else {
            return Err(format!("a {} is stored as an object", self.name()));
        };
        let mut fill = |name: &str, value: Json| {
            let stored = attributes.entry(name).or_insert(Json::Null);
            if stored.is_null() {
                *stored = value;
            }
            stored.clone()
        };
        let number = fill("number", Json::Bool(true));
        fill("numeric", number);
        for (switch, least, _) in CLASSES {
            fill(switch, Json::Bool(true));
            fill(least, json!(0));
        }
        let result = fill("result", Json::Null);
        fill("length", json!(result.as_str().map_or(0, |result| result.chars().count())));
        fill("override_special", Json::Null);
        fill("keepers", Json::Null);
        if *self == Text::Password {
            // Null until the next apply: a hash needs randomness.
            fill("bcrypt_hash", Json::Null);
        }
        Ok(object)
    }
}

impl Text {
    fn complete(self, entropy: &mut Entropy, planned: &Object, result: String) -> Result<Object> {
        match self {
            Text::String => Ok(planned.set("id", result.clone()).set("result", result)),
            Text::Password => {
                let hash = match planned.str("bcrypt_hash") {
                    Some(known) => known.to_owned(),
                    None => hash(entropy, &result)?,
                };
                Ok(planned.set("id", "none").set("bcrypt_hash", hash).set("result", result))
            }
        }
    }
}

fn combination(argument: &'static str, detail: &str) -> Problem {
    let summary = "Invalid Attribute Combination".to_owned();
    Problem { path: Path::of(argument), summary, detail: detail.to_owned() }
}

/// The conjunction of two switches, either of which may be unknown.
fn both(a: Option<&Value>, b: Option<&Value>) -> Value {
    match (a.and_then(Value::as_bool), b.and_then(Value::as_bool)) {
        (Some(false), _) | (_, Some(false)) => Value::from(false),
        _ if [a, b].iter().flatten().any(|value| !value.is_known()) => Value::unknown(Type::BOOL),
        _ => Value::from(true),
    }
}

/// Draws what each class must have, fills up from all that are switched on, and shuffles.
fn text(entropy: &mut Entropy, planned: &Object) -> Result<String> {
    let length = size(planned, "length")?;
    let own = planned.str("override_special").filter(|own| !own.is_empty());
    let mut drawn = Vec::new();
    let mut all = Vec::new();
    for (switch, least, usual) in CLASSES {
        let characters: Vec<char> = if switch == "special" { own.unwrap_or(usual) } else { usual }.chars().collect();
        // The least holds also for a class that is switched off.
        pick(entropy, &characters, size(planned, least)?, &mut drawn);
        if planned.bool(switch) != Some(false) {
            all.extend(characters);
        }
    }
    if drawn.len() > length || drawn.len() < length && all.is_empty() {
        let message = "the length and the numbers of characters of each class contradict each other";
        return Err(ProviderError::refused("drawing a text", message));
    }
    let rest = length - drawn.len();
    pick(entropy, &all, rest, &mut drawn);
    drawn.shuffle(entropy);
    Ok(drawn.into_iter().collect())
}

fn pick(entropy: &mut Entropy, from: &[char], count: usize, into: &mut Vec<char>) {
    into.extend((0..count).filter_map(|_| from.choose(entropy)));
}

fn hash(entropy: &mut Entropy, password: &str) -> Result<String> {
    let mut salt = [0; 16];
    entropy.fill_bytes(&mut salt);
    let bytes = &password.as_bytes()[..password.len().min(BCRYPT_BYTES)];
    let parts = bcrypt::hash_with_salt(bytes, BCRYPT_COST, salt)
        .map_err(|error| ProviderError::refused("hashing a random_password", error.to_string()))?;
    Ok(parts.format_for_version(Version::TwoA))
}
