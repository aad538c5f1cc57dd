//! Scenes of this vendor's types; see the lab of all vendors.

use std::sync::Arc;

use serde_json::Value as Json;

use super::super::provider;
use crate::net::replay::Replay;
use crate::provider::Client;
use crate::provider::Cx;
use crate::provider::Result;
use crate::providers::lab;
pub(super) use crate::providers::lab::Environment;
pub(super) use crate::providers::lab::Lab;
pub(super) use crate::providers::lab::assert_has;
pub(super) use crate::providers::lab::block_value;
pub(super) use crate::providers::lab::present;
use crate::value::Object;
use crate::value::Value;

pub(super) fn configure(replay: &Arc<Replay>, cx: &Cx, config: &Object, env: Environment) -> Result<Client> {
    lab::configure(&provider(), replay, cx, config, env)
}

/// A scene of the type's own file.
pub(super) fn lab(ty: &str, scene: &str) -> Lab {
    lab_with(ty, scene, Json::Null)
}

/// The same, with what the provider noted last.
pub(super) fn lab_with(ty: &str, scene: &str, private: Json) -> Lab {
    let file = ty.strip_prefix("digitalocean_").unwrap();
    let config = provider().schema().object([("token", Value::from("dop_v1_0123456789"))]);
    lab::lab(&provider(), &config, ty, &format!("digitalocean/{file}.http"), scene, private)
}
