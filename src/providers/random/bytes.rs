//! `random_bytes`: secret bytes, for keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

/// Bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes;

impl Draw for Bytes {
    fn name(&self) -> &'static str {
        "random_bytes"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            keepers(),
            ("length", number().required().replaces().describe("How many bytes.")),
            ("base64", string().computed().sensitive()),
            ("hex", string().computed().sensitive()),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        within(config, "length", 1..=MOST).into_iter().collect()
    }

    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object> {
        if planned.str("base64").is_some() {
            return Ok(planned.clone());
        }
        let mut bytes = vec![0; size(planned, "length")?];
        entropy.fill_bytes(&mut bytes);
        Ok(spelt(planned, &bytes))
    }

    fn import(&self, _: &mut Entropy, id: &str) -> Result<Object> {
        // The id is the secret, so it stays out of the message.
        let bytes = STANDARD.decode(id).ok().filter(|bytes| !bytes.is_empty());
        let bytes = bytes.ok_or_else(|| misshapen(self.name(), "(sensitive)", "base64"))?;
        let length = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        Ok(spelt(&self.schema().object([("length", Value::from(length))]), &bytes))
    }
}

fn spelt(object: &Object, bytes: &[u8]) -> Object {
    object.set("base64", STANDARD.encode(bytes)).set("hex", hex::encode(bytes))
}
