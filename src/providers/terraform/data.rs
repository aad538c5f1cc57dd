//! `terraform_data`: a value that is kept, and a reason to replace others.

use async_trait::async_trait;
use rand::RngCore;
use uuid::Builder;

use super::Client;
use crate::provider::Cx;
use crate::provider::Effect;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::any;
use crate::schema::string;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// A value that lives in the state only. A create whose result was lost left nothing behind and is simply done again,
/// with another id that nobody has seen the first of.
pub(in crate::providers) struct Data;

#[async_trait]
impl ResourceType<Client> for Data {
    fn name(&self) -> &'static str {
        "terraform_data"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            ("id", string().computed().describe("A random UUID.")),
            ("input", any().describe("What `output` is after the next apply.")),
            ("output", any().computed().describe("The input as it was applied.")),
            ("triggers_replace", any().replaces().describe("Replaces the resource when it changes.")),
        ])
    }

    fn effect(&self) -> Effect {
        Effect::Local
    }

    /// `output` follows `input` only when applied, so that whoever depends on it waits; until then just its type is known.
    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let input = attribute(&proposed, "input");
        let (id, output) = match prior {
            None if input.is_null() => (Value::unknown_not_null(Type::STRING), Value::NULL),
            None => (Value::unknown_not_null(Type::STRING), Value::unknown(input.ty())),
            Some(prior) => {
                let is_same = input.is_wholly_known() && input == attribute(prior, "input");
                let output = if is_same { kept(prior, "output") } else { Value::unknown(input.ty()) };
                (kept(prior, "id"), output)
            }
        };
        let object = proposed.with([(Str::from("id"), id), (Str::from("output"), output)]);
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    /// Nobody else can change or remove it.
    fn is_read(&self) -> bool {
        false
    }

    async fn read(&self, _: &Client, _: &Cx, prior: &Object) -> Result<Option<Object>> {
        Ok(Some(prior.clone()))
    }

    async fn create(&self, client: &Client, _: &Cx, planned: &Object) -> Result<Object> {
        let mut bytes = [0; 16];
        client.entropy.clone().fill_bytes(&mut bytes);
        let id = Builder::from_random_bytes(bytes).into_uuid();
        Ok(planned.set("id", id.to_string()).set("output", kept(planned, "input")))
    }

    async fn update(&self, _: &Client, _: &Cx, prior: &Object, planned: &Object) -> Result<Object> {
        Ok(planned.set("id", kept(prior, "id")).set("output", kept(planned, "input")))
    }

    async fn delete(&self, _: &Client, _: &Cx, _: &Object) -> Result<()> {
        Ok(())
    }

    async fn find(&self, _: &Client, _: &Cx, _: &Intent) -> Result<Found> {
        Ok(Found::Absent)
    }

    /// Any id will do; the next plan brings the input.
    async fn import(&self, _: &Client, _: &Cx, id: &str) -> Result<Option<Object>> {
        Ok(Some(self.schema().object([("id", Value::from(id))])))
    }
}

fn kept(object: &Object, name: &str) -> Value {
    object.get(name).cloned().unwrap_or(Value::NULL)
}

/// The value to compare: a mark alone changes nothing.
fn attribute(object: &Object, name: &str) -> Value {
    kept(object, name).unmark_deep().0
}
