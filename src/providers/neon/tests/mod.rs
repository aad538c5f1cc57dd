//! Each type's life against a recorded exchange, through the same door as the engine.

mod branch;
mod client;
mod data;
mod database;
mod endpoint;
mod permission;
mod project;
mod role;

use serde_json::Value as Json;
use serde_json::json;

use super::provider;
use crate::providers::lab;
use crate::providers::lab::Lab;
use crate::value::Value;

/// A scene of the type's own file.
fn lab(ty: &str, scene: &str) -> Lab {
    noted(ty, scene, Json::Null)
}

/// The same, with what the provider noted last.
fn noted(ty: &str, scene: &str, private: Json) -> Lab {
    let file = ty.strip_prefix("neon_").unwrap();
    let config = provider().schema().object([("api_key", Value::from("napi_0123456789"))]);
    lab::lab(&provider(), &config, ty, &format!("neon/{file}.http"), scene, private)
}

/// The note on what was there before.
fn adopted(id: &str) -> Json {
    json!({"adopted": id})
}
