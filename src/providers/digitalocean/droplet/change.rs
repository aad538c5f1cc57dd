//! Changing a droplet in place: several events, each leading to a state from which the next run can go on.

use std::time::Duration;

use futures::FutureExt;
use serde_json::Value as Json;
use serde_json::json;

use super::super::event;
use super::super::tagging;
use super::super::timeouts;
use super::super::values::compact;
use super::super::values::differs;
use super::super::values::listed;
use super::look;
use super::look::act;
use super::policy_body;
use super::schema::SCHEMA;
use super::wire::Note;
use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;

/// How long the guest may take to shut down before it is switched off.
const SHUTDOWN: Habits = Habits::new(5, 120);

/// Makes a droplet be as planned; what interrupts its service comes last.
pub(super) async fn update(api: &Api<'_>, droplet: u64, prior: &Object, planned: &Object) -> Result<()> {
    let habits = event::EVENT.within(timeouts::of(planned, "update"));
    let changes = |name| differs(&SCHEMA, prior, planned, name);
    owed_power(api, droplet, prior, planned, habits).await?;
    if changes("name") {
        act(api, droplet, &json!({"type": "rename", "name": planned.str("name")}), habits).await?;
    }
    backups(api, droplet, prior, planned, habits).await?;
    if changes("tags") {
        tagging::update(api, "droplet", &droplet.to_string(), prior, planned).await?;
    }
    if changes("ipv6") && planned.bool("ipv6") == Some(true) {
        act(api, droplet, &json!({"type": "enable_ipv6"}), habits).await?;
    }
    if let (true, Some(wanted)) = (changes("volume_ids"), listed(planned, "volume_ids")) {
        let had = listed(prior, "volume_ids").unwrap_or_default();
        let region = prior.str("region");
        for volume in had.iter().filter(|volume| !wanted.contains(volume)) {
            volume_event(api, "detach", volume, droplet, region, habits).await?;
        }
        for volume in wanted.iter().filter(|volume| !had.contains(volume)) {
            volume_event(api, "attach", volume, droplet, region, habits).await?;
        }
    }
    power(api, droplet, prior, planned, habits).await
}

async fn backups(api: &Api<'_>, droplet: u64, prior: &Object, planned: &Object, habits: Habits) -> Result<()> {
    let kind = match (prior.bool("backups") == Some(true), planned.bool("backups") == Some(true)) {
        (false, true) => "enable_backups",
        (true, false) => "disable_backups",
        (true, true) if differs(&SCHEMA, prior, planned, "backup_policy") => "change_backup_policy",
        _ => return Ok(()),
    };
    let mut policy = policy_body(planned).filter(|_| kind != "disable_backups");
    if kind == "change_backup_policy" {
        // Without a block, the vendor's default plan.
        policy.get_or_insert_with(|| json!({"plan": "daily"}));
    }
    act(api, droplet, &compact(json!({"type": kind, "backup_policy": policy})), habits).await
}

/// Attaches or detaches a volume and waits for it.
pub(super) async fn volume_event(
    api: &Api<'_>,
    kind: &str,
    volume: &str,
    droplet: u64,
    region: Option<&str>,
    habits: Habits,
) -> Result<()> {
    let body = compact(json!({"type": kind, "droplet_id": droplet, "region": region}));
    event::run(api, &format!("/v2/volumes/{volume}/actions"), &body, habits).await
}

/// What a run that was cut short left switched off comes up before anything that may fail, unless it has to be off still.
async fn owed_power(api: &Api<'_>, droplet: u64, prior: &Object, planned: &Object, habits: Habits) -> Result<()> {
    if !Note::of(&api.cx().private()).owes_power_on {
        return Ok(());
    }
    if differs(&SCHEMA, prior, planned, "size") {
        let size = planned.str("size").unwrap_or_default().to_lowercase();
        if look::sure(api, droplet).await?.size_slug.as_deref() != Some(&*size) {
            return Ok(());
        }
    }
    power(api, droplet, prior, planned, habits).await
}

/// Resizes, and switches on again what we switched off, now or in a run that was cut short.
async fn power(api: &Api<'_>, droplet: u64, prior: &Object, planned: &Object, habits: Habits) -> Result<()> {
    let cx = api.cx();
    let mut note = Note::of(&cx.private());
    let is_resized = differs(&SCHEMA, prior, planned, "size");
    if !is_resized && !note.owes_power_on {
        return Ok(());
    }
    let mut wire = look::sure(api, droplet).await?;
    if wire.locked {
        // An event of an earlier run is still at work; what it leads to is what counts.
        wire = look::until(api, droplet, habits, false, |wire| !wire.locked).await?;
    }
    let size = planned.str("size").unwrap_or_default().to_lowercase();
    let must_resize = is_resized && wire.size_slug.as_deref() != Some(&*size);
    let mut resized = Ok(());
    if must_resize {
        if wire.status != "off" {
            note.owes_power_on = true;
            // Durable before it goes down: whatever happens now, somebody knows that it must come up again.
            cx.owe(note.to_json()).await?;
            switch_off(api, droplet, SHUTDOWN).await?;
        }
        resized = resize(api, droplet, &size, planned, habits).await;
        if !resized.as_ref().err().is_none_or(is_over) {
            return resized;
        }
    }
    if note.owes_power_on {
        // A refused resize is no reason to leave the droplet down.
        if must_resize || wire.status == "off" {
            act(api, droplet, &json!({"type": "power_on"}), habits).await?;
            look::until(api, droplet, habits, false, |wire| wire.status == "active").await?;
        }
        note.owes_power_on = false;
        cx.owe(note.to_json()).await?;
    }
    resized
}

/// Gives a droplet that is off another size. A refusal counts only when it has not got that size all the same, from a
/// request whose answer was lost.
async fn resize(api: &Api<'_>, droplet: u64, size: &str, planned: &Object, habits: Habits) -> Result<()> {
    let disk = planned.bool("resize_disk") != Some(false);
    match act(api, droplet, &json!({"type": "resize", "size": size, "disk": disk}), habits).await {
        Err(refused @ ProviderError::Refused { .. }) => {
            let wire = look::sure(api, droplet).await?;
            if wire.size_slug.as_deref() == Some(size) { Ok(()) } else { Err(refused) }
        }
        end => end,
    }
}

/// Whether nothing more happens to the droplet after this error.
fn is_over(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Refused { .. } | ProviderError::Failed { .. } | ProviderError::Forbidden { .. })
}

/// Shuts a droplet down; switches it off when the guest does not obey.
pub(super) async fn switch_off(api: &Api<'_>, droplet: u64, patience: Habits) -> Result<()> {
    let is_off = |wire: &super::wire::Wire| wire.status == "off";
    let habits = Habits { limit: Duration::from_secs(300), ..patience };
    // An event that ends badly or never is what switching off is for, so its own end is not waited for.
    let asked =
        api.post(&format!("/v2/droplets/{droplet}/actions"), &json!({"type": "shutdown"})).one::<Json>("action");
    let obeyed = match asked.await {
        Ok(_) => look::until(api, droplet, patience, false, is_off).map(|end| end.map(drop)).await,
        Err(error) => Err(error),
    };
    match obeyed {
        Ok(()) => Ok(()),
        Err(ProviderError::TimedOut { .. } | ProviderError::Refused { .. }) => {
            act(api, droplet, &json!({"type": "power_off"}), habits).await?;
            look::until(api, droplet, habits, false, is_off).await.map(drop)
        }
        Err(error) => Err(error),
    }
}
