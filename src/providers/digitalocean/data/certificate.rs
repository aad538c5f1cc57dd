//! `data digitalocean_certificate`: a certificate, by its name.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::certificate::by_name;
use super::super::values::text;
use super::only;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::list;
use crate::schema::string;
use crate::value::Object;
use crate::value::Type;
use crate::value::Value;

/// A certificate.
pub(in super::super) struct Certificate;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("uuid", string().computed()),
        ("name", string().required()),
        ("type", string().computed()),
        ("state", string().computed()),
        ("domains", list(Type::STRING).computed()),
        ("not_after", string().computed()),
        ("sha1_fingerprint", string().computed()),
    ])
});

#[async_trait]
impl DataSource<Rest> for Certificate {
    fn name(&self) -> &'static str {
        "digitalocean_certificate"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let name = config.str("name").unwrap_or_default();
        let api = client.on(cx, format!("reading the certificate {name}"));
        let wire = only(&api, by_name(&api, name).await?, &format!("certificate named `{name}`"))?;
        let domains = wire.dns_names.iter().flatten().map(|domain| Value::from(&**domain)).collect();
        let known = [
            ("id", Value::from(name)),
            ("uuid", Value::from(&*wire.id)),
            ("type", text(wire.kind.as_deref())),
            ("state", text(wire.state.as_deref())),
            ("domains", Value::list(Type::STRING, domains)),
            ("not_after", text(wire.not_after.as_deref())),
            ("sha1_fingerprint", text(wire.sha1_fingerprint.as_deref())),
        ];
        Ok(SCHEMA.settle(config, known))
    }
}
