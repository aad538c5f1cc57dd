//! Outputs and versions.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::Serializer;
use serde_json::Value as Json;
use serde_json::json;

use super::Plain;
use crate::report::style::Secrets;
use crate::state::Output;
use crate::value::Str;
use crate::value::Value;
use crate::value::json::type_to_json;

/// An output's value with its type. A value that is not wholly known is left out.
pub(in crate::report) struct Typed<'a> {
    pub(in crate::report) value: Option<&'a Value>,
    pub(in crate::report) sensitive: bool,
    pub(in crate::report) secrets: Secrets,
}

#[derive(Serialize)]
struct Document<'a> {
    sensitive: bool,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Plain<'a>>,
}

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let value = self.value.filter(|value| value.is_wholly_known());
        let sealed = value.filter(|_| self.sensitive).map(|value| value.clone().sensitive());
        let value = sealed.as_ref().or(value);
        Document {
            sensitive: self.sensitive,
            ty: value.map(|value| type_to_json(value.ty())),
            value: value.map(|value| Plain(value, self.secrets)),
        }
        .serialize(to)
    }
}

/// The document that `output -json` prints; in clear, as outputs that are asked for by name are.
pub fn output_json(outputs: &BTreeMap<Str, Output>) -> Json {
    let typed = outputs.iter().map(|(name, output)| {
        let typed = Typed { value: Some(&output.value), sensitive: output.sensitive, secrets: Secrets::Shown };
        (name.to_string(), serde_json::to_value(typed).expect("values have a JSON form"))
    });
    Json::Object(typed.collect())
}

/// A value as JSON without its type, as `output -json NAME` prints it.
pub fn value_json(value: &Value, secrets: Secrets) -> Json {
    serde_json::to_value(Plain(value, secrets)).expect("values have a JSON form")
}

/// The document that `version -json` prints. `terraform` is the version that others take us for.
pub fn version_json(version: &str, terraform: &str, platform: &str) -> Json {
    json!({
        "terraform_version": terraform,
        "platform": platform,
        "provider_selections": {},
        "terraform_outdated": false,
        "infra_version": version,
    })
}
