//! One object by itself: read alone, or applied as a bundle of one.

use super::bundle::HostBundle;
use super::client::Hosts;
use super::kind::Kind;
use super::look::look;
use super::way::Way;
use crate::provider::Bundle;
use crate::provider::Cx;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::provider::MemberEnd;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::value::Object;

/// Reads one object of a type.
pub(super) async fn read(hosts: &Hosts, cx: &Cx, kind: &dyn Kind, prior: &Object) -> Result<Option<Object>> {
    let doing = || format!("reading a {}", kind.name());
    let (Some(way), Some(target)) = (Way::of_object(prior), kind.target(prior)) else {
        return Err(ProviderError::refused(doing(), "its host is not made yet, or is not known: apply that first"));
    };
    let unreachable =
        |why: String| ProviderError::Unreachable { doing: doing(), to: way.to_string(), source: why.into() };
    let shell = hosts.shell(&way, doing, cx).await?;
    let sight = look(&*shell, vec![target], None, cx).await?;
    match kind.seen(prior, &sight, 0) {
        Read::Present(object) | Read::Noted(object, _) => Ok(Some(object)),
        Read::Absent => Ok(None),
        Read::Stale(why) => Err(unreachable(why)),
    }
}

/// Makes one object.
pub(super) async fn create(hosts: &Hosts, cx: &Cx, kind: &dyn Kind, planned: &Object) -> Result<Object> {
    let object = apply(hosts, cx, kind, MemberCall::Create { planned: planned.clone(), gives_way: false }).await?;
    object.ok_or_else(|| vanished(kind))
}

/// Changes one object.
pub(super) async fn update(
    hosts: &Hosts,
    cx: &Cx,
    kind: &dyn Kind,
    prior: &Object,
    planned: &Object,
) -> Result<Object> {
    let call = MemberCall::Update { prior: prior.clone(), planned: planned.clone() };
    apply(hosts, cx, kind, call).await?.ok_or_else(|| vanished(kind))
}

/// Removes one object.
pub(super) async fn delete(hosts: &Hosts, cx: &Cx, kind: &dyn Kind, prior: &Object) -> Result<()> {
    apply(hosts, cx, kind, MemberCall::Delete { prior: prior.clone() }).await.map(|_| ())
}

/// Looks whether what an intent was to make is there: then it is what was planned, to the byte.
pub(super) async fn find(hosts: &Hosts, cx: &Cx, kind: &dyn Kind, intent: &Intent) -> Result<Found> {
    let found = read(hosts, cx, kind, &intent.planned).await?;
    Ok(found.filter(|found| kind.is(found, &intent.planned)).map_or(Found::Absent, Found::One))
}

async fn apply(hosts: &Hosts, cx: &Cx, kind: &dyn Kind, call: MemberCall) -> Result<Option<Object>> {
    let object = match &call {
        MemberCall::Create { planned, .. } | MemberCall::Update { planned, .. } => planned,
        MemberCall::Delete { prior } => prior,
    };
    let address = object.str("path").or(object.str("name")).unwrap_or(kind.name()).to_owned();
    let member = Member { address, ty: kind.name(), call, private: cx.private() };
    let ends = HostBundle.apply(hosts, cx, std::slice::from_ref(&member)).await?;
    match ends.into_iter().next() {
        Some(MemberEnd::Applied { object, private }) => {
            cx.set_private(private);
            Ok(object)
        }
        Some(MemberEnd::Failed { error, private }) => {
            cx.set_private(private);
            Err(error)
        }
        Some(MemberEnd::Restored { .. } | MemberEnd::Untouched) | None => {
            Err(ProviderError::refused(format!("applying {}", member.address), "the host did not come to it"))
        }
    }
}

fn vanished(kind: &dyn Kind) -> ProviderError {
    ProviderError::Unexpected {
        doing: format!("applying a {}", kind.name()),
        problem: "it is gone right after".to_owned(),
    }
}
