//! `random_id`: bytes in four spellings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dashu::integer::UBig;
use rand::RngCore;

use super::drawn::Draw;
use super::drawn::MOST;
use super::drawn::keepers;
use super::drawn::misshapen;
use super::drawn::size;
use super::drawn::within;
use crate::provider::Entropy;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Value;

/// An id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Id;

impl Draw for Id {
    fn name(&self) -> &'static str {
        "random_id"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            keepers(),
            ("byte_length", number().required().replaces()),
            ("prefix", string().replaces().describe("Stands before every spelling but `id`.")),
            ("id", string().computed()),
            ("b64_std", string().computed()),
            ("b64_url", string().computed()),
            ("dec", string().computed()),
            ("hex", string().computed()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        within(config, "byte_length", 1..=MOST).into_iter().collect()
    }

    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object> {
        if !planned.id().is_empty() {
            return Ok(planned.clone());
        }
        let mut bytes = vec![0; size(planned, "byte_length")?];
        entropy.fill_bytes(&mut bytes);
        Ok(spelt(planned, &bytes))
    }

    /// The id is the URL spelling, after a prefix and a comma where there is one.
    fn import(&self, _: &mut Entropy, id: &str) -> Result<Object> {
        let (prefix, encoded) = match id.rsplit_once(',') {
            Some((prefix, encoded)) => (Some(prefix), encoded),
            None => (None, id),
        };
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok().filter(|bytes| !bytes.is_empty());
        let form = "base64 for URLs without padding, after a prefix and a comma where there is one";
        let bytes = bytes.ok_or_else(|| misshapen(self.name(), id, form))?;
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let object = self.schema().object([("byte_length", Value::from(length))]);
        let object = prefix.map_or(object.clone(), |prefix| object.set("prefix", prefix));
        Ok(spelt(&object, &bytes))
    }
}

fn spelt(object: &Object, bytes: &[u8]) -> Object {
    let prefix = object.str("prefix").unwrap_or("").to_owned();
    let url = URL_SAFE_NO_PAD.encode(bytes);
    object
        .set("id", url.clone())
        .set("b64_url", format!("{prefix}{url}"))
        .set("b64_std", format!("{prefix}{}", STANDARD.encode(bytes)))
        .set("dec", format!("{prefix}{}", UBig::from_be_bytes(bytes)))
        .set("hex", format!("{prefix}{}", hex::encode(bytes)))
}
