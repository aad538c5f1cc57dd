//! `random_shuffle`: the strings of a list in another order, some of them or some of them again.

use super::drawn::Draw;
use super::drawn::MOST;
use super::drawn::keepers;
use super::drawn::size;
use super::drawn::within;
use super::seeded;
use crate::provider::Entropy;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::list;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// A permutation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shuffle;

impl Draw for Shuffle {
    fn name(&self) -> &'static str {
        "random_shuffle"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            keepers(),
            ("input", list(Type::STRING).required().replaces()),
            ("result_count", number().replaces().describe("How many strings; as many as the input has without it.")),
            ("seed", string().replaces().describe("Gives the same order every time.")),
            ("id", string().computed()),
            ("result", list(Type::STRING).computed()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        within(config, "result_count", 0..=MOST).into_iter().collect()
    }

    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object> {
        if !planned.id().is_empty() {
            return Ok(planned.clone());
        }
        let input = planned.get("input").and_then(Value::as_elements).unwrap_or_default();
        let count = match planned.get("result_count") {
            Some(count) if !count.is_null() => size(planned, "result_count")?,
            _ => input.len(),
        };
        let mut rng = seeded::source(entropy, planned.str("seed"));
        let mut result = Vec::new();
        // No string comes again before all others have.
        while result.len() < count && !input.is_empty() {
            let mut round = input.to_vec();
            for at in (1..round.len()).rev() {
                let bound = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1);
                let other = usize::try_from(seeded::below(&mut *rng, bound)).unwrap_or(at);
                round.swap(at, other);
            }
            round.truncate(count - result.len());
            result.extend(round);
        }
        Ok(planned.set("id", "-").set("result", Value::list(Type::STRING, result)))
    }

    fn import(&self, _: &mut Entropy, _: &str) -> Result<Object> {
        let message = "this type cannot be imported, as in Terraform: an order is not looked up by an id";
        Err(ProviderError::refused("importing a random_shuffle", message))
    }
}
