//! `random_integer`: a whole number between two others, both included.

use super::drawn::Draw;
use super::drawn::invalid;
use super::drawn::keepers;
use super::drawn::misshapen;
use super::drawn::within;
use super::seeded;
use crate::provider::Entropy;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// A whole number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Integer;

impl Draw for Integer {
    fn name(&self) -> &'static str {
        "random_integer"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            keepers(),
            ("min", number().required().replaces()),
            ("max", number().required().replaces()),
            ("seed", string().replaces().describe("Gives the same number every time.")),
            ("id", string().computed()),
            ("result", number().computed()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let whole = ["min", "max"].into_iter().filter_map(|name| within(config, name, i64::MIN..=i64::MAX));
        let mut problems: Vec<Problem> = whole.collect();
        if let (Some(min), Some(max)) = (config.int("min"), config.int("max"))
            && min > max
        {
            problems.push(invalid("min", format!("must be at most max, {max}, got: {min}")));
        }
        problems
    }

    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object> {
        if !planned.id().is_empty() {
            return Ok(planned.clone());
        }
        if let Some(problem) = self.validate(planned).into_iter().next() {
            return Err(ProviderError::Problem(Box::new(problem)));
        }
        let (min, max) = (planned.int("min").unwrap_or(0), planned.int("max").unwrap_or(0));
        let mut rng = seeded::source(entropy, planned.str("seed"));
        // The whole range of 64 bits has one more number than fits.
        let above = match max.abs_diff(min).checked_add(1) {
            Some(count) => seeded::below(&mut *rng, count),
            None => rng.next_u64(),
        };
        Ok(named(planned, min.wrapping_add_unsigned(above)))
    }

    /// The id is `result,min,max` and the seed behind another comma, where there is one.
    fn import(&self, _: &mut Entropy, id: &str) -> Result<Object> {
        let form = "of the form result,min,max or result,min,max,seed";
        let parts: Vec<&str> = id.splitn(4, ',').collect();
        let numbers: Vec<i64> = parts.iter().take(3).map_while(|part| part.trim().parse().ok()).collect();
        let &[result, min, max] = numbers.as_slice() else {
            return Err(misshapen(self.name(), id, form));
        };
        let object = self.schema().object([("min", Value::from(min)), ("max", Value::from(max))]);
        let object = parts.get(3).map_or(object.clone(), |seed| object.set("seed", *seed));
        Ok(named(&object, result))
    }
}

fn named(object: &Object, result: i64) -> Object {
    object.set("id", result.to_string()).set("result", result)
}
