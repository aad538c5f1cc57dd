//! `random_pet`: a name that people can remember.

use rand::seq::SliceRandom;

use super::drawn::Draw;
use super::drawn::keepers;
use super::drawn::size;
use super::drawn::within;
use super::words::ADJECTIVES;
use super::words::ADVERBS;
use super::words::ANIMALS;
use crate::provider::Entropy;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;

/// A pet's name: adverbs, an adjective, an animal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pet;

/// Names longer than this are not names.
const MOST_WORDS: i64 = 64;

impl Draw for Pet {
    fn name(&self) -> &'static str {
        "random_pet"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            keepers(),
            ("length", number().optional_computed().default(2).replaces().describe("How many words.")),
            ("prefix", string().replaces()),
            ("separator", string().optional_computed().default("-").replaces()),
            ("id", string().computed()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        within(config, "length", 1..=MOST_WORDS).into_iter().collect()
    }

    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object> {
        if !planned.id().is_empty() {
            return Ok(planned.clone());
        }
        let length = size(planned, "length")?;
        let mut words: Vec<&str> = planned.str("prefix").filter(|prefix| !prefix.is_empty()).into_iter().collect();
        for behind in (0..length).rev() {
            let list: &[&str] = match behind {
                0 => &ANIMALS,
                1 => &ADJECTIVES,
                _ => &ADVERBS,
            };
            words.extend(list.choose(entropy));
        }
        Ok(planned.set("id", words.join(planned.str("separator").unwrap_or("-"))))
    }

    fn import(&self, _: &mut Entropy, _: &str) -> Result<Object> {
        let message = "this type cannot be imported, as in Terraform: give the name as a string where it is used";
        Err(ProviderError::refused("importing a random_pet", message))
    }
}
