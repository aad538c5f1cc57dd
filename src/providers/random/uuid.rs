//! `random_uuid`: a UUID of version 4.

use rand::RngCore;

use super::drawn::Draw;
use super::drawn::keepers;
use super::drawn::misshapen;
use crate::provider::Entropy;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;

/// A UUID.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uuid;

impl Draw for Uuid {
    fn name(&self) -> &'static str {
        "random_uuid"
    }

    fn schema(&self) -> Schema {
        Schema::new([keepers(), ("id", string().computed()), ("result", string().computed())])
    }

    fn draw(&self, entropy: &mut Entropy, planned: &Object) -> Result<Object> {
        if !planned.id().is_empty() {
            return Ok(planned.clone());
        }
        let mut bytes = [0; 16];
        entropy.fill_bytes(&mut bytes);
        Ok(named(planned, ::uuid::Builder::from_random_bytes(bytes).into_uuid()))
    }

    fn import(&self, _: &mut Entropy, id: &str) -> Result<Object> {
        let parsed = ::uuid::Uuid::parse_str(id).map_err(|_| misshapen(self.name(), id, "a UUID"))?;
        Ok(named(&self.schema().empty(), parsed))
    }
}

fn named(object: &Object, uuid: ::uuid::Uuid) -> Object {
    let text = uuid.hyphenated().to_string();
    object.set("id", text.clone()).set("result", text)
}
