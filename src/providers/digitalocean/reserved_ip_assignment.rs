//! `digitalocean_reserved_ip_assignment`: a reserved address on a droplet.
//!
//! The vendor has no object for it, only the address that says which droplet has it. Another droplet gets the address in
//! one go, so there is no moment in which none has it.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use async_trait::async_trait;

use super::event;
use super::listing;
use super::reserved_ip;
use super::values::unchanged;
use crate::net::rest::Rest;
use crate::provider::BatchKey;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::ReadItem;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::number;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Value;

/// An assignment, known by its address.
pub(super) struct ReservedIpAssignment;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new([
        ("id", string().computed()),
        ("ip_address", string().required().replaces()),
        ("droplet_id", number().required()),
    ])
});

#[async_trait]
impl ResourceType<Rest> for ReservedIpAssignment {
    fn name(&self) -> &'static str {
        "digitalocean_reserved_ip_assignment"
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

    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let object = match prior {
            Some(prior) => unchanged(&proposed, prior, &["id"]),
            None => proposed,
        };
        Planned { object, replace: Vec::new(), warnings: Vec::new() }
    }

    fn read_key(&self, _: &Object) -> Option<BatchKey> {
        Some(BatchKey("reserved_ip_assignments".to_owned()))
    }

    async fn read(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<Option<Object>> {
        let api = client.on(cx, format!("reading which droplet has the reserved IP {}", ip(prior)));
        let wire = reserved_ip::get(&api, ip(prior)).await?;
        Ok(wire.and_then(|wire| wire.droplet()).map(|droplet| object(prior, droplet)))
    }

    async fn read_batch(&self, client: &Rest, cx: &Cx, _: &BatchKey, items: &[ReadItem]) -> Vec<Result<Read>> {
        let ips: Vec<_> = items.iter().map(|item| ip(&item.prior)).collect();
        let found =
            reserved_ip::read_all(&client.on(cx, "reading which droplets have reserved IPs").sharing(), &ips).await;
        let reads = found.into_iter().zip(items);
        let present = |prior: &Object, droplet| Read::Present(object(prior, droplet));
        reads.map(|(found, item)| listing::seen(found.map(|ip| Some(present(&item.prior, ip?.droplet()?))))).collect()
    }

    async fn create(&self, client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
        assigned(client, cx, planned).await
    }

    async fn update(&self, client: &Rest, cx: &Cx, _: &Object, planned: &Object) -> Result<Object> {
        assigned(client, cx, planned).await
    }

    async fn delete(&self, client: &Rest, cx: &Cx, prior: &Object) -> Result<()> {
        let api = client.on(cx, format!("unassigning the reserved IP {}", ip(prior)));
        let has = async || {
            let droplet = reserved_ip::get(&api, ip(prior)).await?.and_then(|wire| wire.droplet());
            // One that another has moved on is the other's.
            Ok::<_, ProviderError>(droplet.is_some() && droplet == prior.int("droplet_id"))
        };
        if !has().await? {
            return Ok(());
        }
        match reserved_ip::assign(&api, ip(prior), None).await {
            // The address or its droplet may have gone meanwhile, and the assignment with it.
            Err(error @ ProviderError::Refused { .. }) if has().await? => Err(error),
            Ok(()) | Err(ProviderError::Refused { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn find(&self, client: &Rest, cx: &Cx, intent: &Intent) -> Result<Found> {
        let planned = &intent.planned;
        let api = client.on(cx, format!("looking which droplet has the reserved IP {}", ip(planned)));
        let wanted = planned.int("droplet_id").unwrap_or_default();
        let Some(mut wire) = reserved_ip::get(&api, ip(planned)).await? else {
            return Ok(Found::Absent);
        };
        if wire.droplet() != Some(wanted) {
            // It may be on its way.
            reserved_ip::settled(&api, ip(planned)).await?;
            match reserved_ip::get(&api, ip(planned)).await? {
                Some(now) => wire = now,
                None => return Ok(Found::Absent),
            }
        }
        Ok(if wire.droplet() == Some(wanted) { Found::One(object(planned, wanted)) } else { Found::Absent })
    }

    async fn import(&self, client: &Rest, cx: &Cx, id: &str) -> Result<Option<Object>> {
        let parts = id.split_once(',').filter(|(ip, _)| ip.parse::<Ipv4Addr>().is_ok());
        let Some((ip, droplet)) = parts.and_then(|(ip, droplet)| Some((ip, droplet.parse::<i64>().ok()?))) else {
            let message =
                format!("`{id}` is not an id. Write the address and the droplet's id, as in `192.0.2.1,3164444`");
            return Err(ProviderError::refused("importing a reserved IP assignment", message));
        };
        let known = SCHEMA.object([("ip_address", Value::from(ip)), ("droplet_id", Value::from(droplet))]);
        let found = self.read(client, cx, &known).await?;
        Ok(found.filter(|found| found.int("droplet_id") == Some(droplet)))
    }

    fn serial_key(&self, planned: &Object) -> Option<String> {
        planned.int("droplet_id").map(event::queue)
    }
}

fn ip(object: &Object) -> &str {
    object.str("ip_address").unwrap_or_default()
}

/// The assignment; a state that comes from Terraform has an id of its own for it.
fn object(base: &Object, droplet: i64) -> Object {
    let id = Some(base.id()).filter(|id| !id.is_empty()).unwrap_or_else(|| ip(base));
    SCHEMA.settle(base, [("id", Value::from(id)), ("droplet_id", Value::from(droplet))])
}

/// Has an address be on the planned droplet.
async fn assigned(client: &Rest, cx: &Cx, planned: &Object) -> Result<Object> {
    let droplet = planned.int("droplet_id").unwrap_or_default();
    let api = client.on(cx, format!("assigning the reserved IP {} to the droplet {droplet}", ip(planned)));
    let gone = || ProviderError::refused(api.doing(), "there is no such reserved IP");
    let wire = reserved_ip::get(&api, ip(planned)).await?.ok_or_else(gone)?;
    if wire.droplet() != Some(droplet) {
        reserved_ip::assign(&api, ip(planned), Some(droplet)).await?;
    }
    Ok(object(planned, droplet))
}
