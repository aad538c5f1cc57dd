//! What all types of this vendor share: a value is drawn once, and again only after a replacement.

use async_trait::async_trait;
use serde_json::Value as Json;

use super::Client;
use crate::provider::Cx;
use crate::provider::Effect;
use crate::provider::Entropy;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::Attribute;
use crate::schema::Presence;
use crate::schema::Schema;
use crate::schema::map;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// What one type draws.
pub(super) trait Draw: Clone + Send + Sync + 'static {
    /// The type's name.
    fn name(&self) -> &'static str;

    /// Its attributes; `keepers` is among them.
    fn schema(&self) -> Schema;

    /// What is wrong with a configuration beyond the schema.
    fn validate(&self, config: &Object) -> Vec<Problem> {
        let _ = config;
        Vec::new()
    }

    /// Adjusts what the schema and the keepers propose.
    fn adjust(&self, prior: Option<&Object>, planned: Planned) -> Planned {
        let _ = prior;
        planned
    }

    /// Draws every computed attribute that is not known.
    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object>;

    /// The object whose value is given as an import id.
    fn import(&self, entropy: &mut Entropy, id: &str) -> Result<Object>;

    /// Brings a stored object of an older schema version up to date.
    fn upgrade(&self, version: u32, object: Json) -> std::result::Result<Json, String> {
        let _ = version;
        Ok(object)
    }
}

/// A resource type of what `T` draws. A create whose result was lost left nothing behind: nobody has seen the value, so
/// another is drawn. The value that counts is the one that became durable.
pub(super) struct Drawn<T>(pub(super) T);

#[async_trait]
impl<T: Draw> ResourceType<Client> for Drawn<T> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn schema(&self) -> Schema {
        self.0.schema()
    }

    fn effect(&self) -> Effect {
        Effect::Local
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        self.0.validate(config)
    }

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let schema = self.0.schema();
        let computed = schema.root().attributes().iter().filter(|(_, it)| it.presence == Presence::Computed);
        let kept = computed.map(|(name, attribute)| {
            let prior = prior.and_then(|prior| prior.get(name)).filter(|value| !value.is_null());
            (name.clone(), prior.cloned().unwrap_or_else(|| Value::unknown(attribute.ty)))
        });
        let object = proposed.with(kept);
        let must_replace = prior.is_some_and(|prior| keepers_differ(prior, &object));
        let replace = if must_replace { vec![Path::of("keepers")] } else { Vec::new() };
        self.0.adjust(prior, Planned { object, replace, warnings: Vec::new() })
    }

    /// Nobody else can change or remove it.
    fn is_read(&self) -> bool {
        false
    }

    async fn read(&self, _: &Client, _: &Cx, prior: &Object) -> Result<Option<Object>> {
        Ok(Some(prior.clone()))
    }

    async fn create(&self, client: &Client, _: &Cx, planned: &Object) -> Result<Object> {
        let planned = planned.clone();
        aside(client, self.0.clone(), move |drawn, entropy| drawn.draw(entropy, &planned)).await
    }

    /// Only what does not concern the value changes in place; an attribute that an older version did not have is filled.
    async fn update(&self, client: &Client, cx: &Cx, _: &Object, planned: &Object) -> Result<Object> {
        self.create(client, cx, planned).await
    }

    async fn delete(&self, _: &Client, _: &Cx, _: &Object) -> Result<()> {
        Ok(())
    }

    async fn find(&self, _: &Client, _: &Cx, _: &Intent) -> Result<Found> {
        Ok(Found::Absent)
    }

    async fn import(&self, client: &Client, _: &Cx, id: &str) -> Result<Option<Object>> {
        let id = id.to_owned();
        aside(client, self.0.clone(), move |drawn, entropy| drawn.import(entropy, &id)).await.map(Some)
    }

    fn upgrade(&self, version: u32, object: Json) -> std::result::Result<Json, String> {
        self.0.upgrade(version, object)
    }
}

/// Hashing a password takes a good part of a second, so it keeps off the threads that serve everybody.
async fn aside<T: Draw>(
    client: &Client,
    drawn: T,
    work: impl FnOnce(T, &mut Entropy) -> Result<Object> + Send + 'static,
) -> Result<Object> {
    let mut entropy = client.entropy.clone();
    let doing = format!("drawing a {}", drawn.name());
    match tokio::task::spawn_blocking(move || work(drawn, &mut entropy)).await {
        Ok(result) => result,
        Err(error) => Err(ProviderError::Failed { doing, message: error.to_string() }),
    }
}

/// The attribute that every type has.
pub(super) fn keepers() -> (&'static str, Attribute) {
    ("keepers", map(Type::STRING).describe("Values of any meaning; when one changes, another value is drawn."))
}

/// Keys without a value do not count: they may come and go in place.
fn keepers_differ(prior: &Object, planned: &Object) -> bool {
    let (prior, planned) = (bare(prior), bare(planned));
    if prior.as_ref().is_some_and(|it| !it.is_wholly_known())
        || planned.as_ref().is_some_and(|it| !it.is_wholly_known())
    {
        return prior != planned;
    }
    held(prior.as_ref()) != held(planned.as_ref())
}

fn bare(object: &Object) -> Option<Value> {
    object.get("keepers").map(|keepers| keepers.clone().unmark_deep().0)
}

fn held(keepers: Option<&Value>) -> Vec<(&Str, &Value)> {
    let entries = keepers.and_then(Value::as_entries).unwrap_or_default();
    entries.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// A problem with one argument, in Terraform's words for its kind.
pub(super) fn invalid(argument: &'static str, detail: impl Into<String>) -> Problem {
    Problem {
        path: Path::of(argument),
        summary: "Invalid Attribute Value".to_owned(),
        detail: format!("Attribute {argument} {}.", detail.into()),
    }
}

/// Checks that a number, where it is known, is within bounds.
pub(super) fn within(config: &Object, name: &'static str, bounds: std::ops::RangeInclusive<i64>) -> Option<Problem> {
    let number = config.get(name)?.as_number()?;
    match number.as_i64() {
        Some(given) if bounds.contains(&given) => None,
        Some(given) if given < *bounds.start() => {
            Some(invalid(name, format!("must be at least {}, got: {given}", bounds.start())))
        }
        Some(given) => Some(invalid(name, format!("must be at most {}, got: {given}", bounds.end()))),
        None => Some(invalid(name, format!("must be a whole number of 64 bits, got: {number}"))),
    }
}

/// The most that is drawn in one piece; nothing sensible is near it.
pub(super) const MOST: i64 = 1 << 20;

/// A known argument of the planned object that validation has seen.
pub(super) fn size(planned: &Object, name: &'static str) -> Result<usize> {
    if let Some(problem) = within(planned, name, 0..=MOST) {
        return Err(ProviderError::Problem(Box::new(problem)));
    }
    let number = planned.get(name).and_then(Value::as_i64);
    Ok(number.and_then(|number| usize::try_from(number).ok()).unwrap_or(0))
}

/// An import id that is not of the type's form.
pub(super) fn misshapen(name: &str, id: &str, form: &str) -> ProviderError {
    ProviderError::refused(format!("importing a {name}"), format!("the id `{id}` is not {form}"))
}
