//! `data digitalocean_reserved_ip`: a reserved address and the droplet that has it.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use async_trait::async_trait;

use super::super::reserved_ip;
use super::super::values::int;
use super::none;
use crate::net::rest::Rest;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// A reserved address.
pub(in super::super) struct ReservedIp;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("ip_address", string().required()),
        ("region", string().computed()),
        ("droplet_id", number().computed()),
        ("urn", string().computed()),
    ])
});

#[async_trait]
impl DataSource<Rest> for ReservedIp {
    fn name(&self) -> &'static str {
        "digitalocean_reserved_ip"
    }

    fn schema(&self) -> Schema {
        SCHEMA.clone()
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let bad = config.str("ip_address").filter(|ip| ip.parse::<Ipv4Addr>().is_err());
        let problem = |ip| Problem {
            path: Path::of("ip_address"),
            summary: "Invalid address".to_owned(),
            detail: format!("`{ip}` is not an IPv4 address."),
        };
        bad.map(problem).into_iter().collect()
    }

    async fn read(&self, client: &Rest, cx: &Cx, config: &Object) -> Result<Object> {
        let ip = config.str("ip_address").unwrap_or_default();
        let api = client.on(cx, format!("reading the reserved IP {ip}"));
        let wire = reserved_ip::get(&api, ip).await?.ok_or_else(|| none(&api, &format!("reserved IP `{ip}`")))?;
        let known = [
            ("id", Value::from(&*wire.ip)),
            ("region", Value::from(wire.region())),
            ("droplet_id", int(wire.droplet())),
            ("urn", Value::from(wire.urn())),
        ];
        Ok(SCHEMA.settle(config, known))
    }
}
