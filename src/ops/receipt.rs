//! Bundles whose end is not known: the receipt on their host tells what became of each member.

use std::collections::BTreeMap;

use super::Session;
use super::clients::finding_cx;
use super::driver::Connected;
use crate::addr::ProviderAddr;
use crate::diag::with_causes;
use crate::plan::Input;
use crate::provider::Member;
use crate::provider::MemberCall;
use crate::provider::MemberEnd;
use crate::state;
use crate::state::OpenIntent;
use crate::state::Snapshot;
use crate::value::Object;

/// What is known of a member whose intent is open.
pub(super) enum Word {
    /// How it ended.
    End(MemberEnd),
    /// There is no receipt: the transaction was never begun, or long ago.
    None,
    /// The host cannot be asked now: why.
    Silent(String),
}

/// The word of each open intent that was a bundle's, by the sequence of the intent; one question a bundle.
pub(super) async fn words(session: &Session, input: &Input, connected: &Connected) -> BTreeMap<u64, Word> {
    let mut bundles: BTreeMap<(&ProviderAddr, &str), Vec<(u64, Member)>> = BTreeMap::new();
    for open in &input.prior.open {
        let Some(member) = member(input, &input.prior, open) else { continue };
        bundles.entry((&open.intent.provider, open.intent.op_id.as_str())).or_default().push((open.seq, member));
    }
    let asked = bundles.into_iter().filter_map(|((provider, op), members)| {
        let (connection, client) = connected.get(provider)?;
        Some(async move {
            let (places, members): (Vec<u64>, Vec<Member>) = members.into_iter().unzip();
            let cx = finding_cx(session, op, &input.prior.tag(), serde_json::Value::Null);
            let words: Vec<Word> = match connection.receipt(client, &cx, op, &members).await {
                Ok(Some(ends)) => ends.into_iter().map(Word::End).collect(),
                Ok(None) => members.iter().map(|_| Word::None).collect(),
                Err(error) => members.iter().map(|_| Word::Silent(with_causes(&error))).collect(),
            };
            places.into_iter().zip(words)
        })
    });
    futures::future::join_all(asked).await.into_iter().flatten().collect()
}

/// The call that an intent was about to be a part of.
fn member(input: &Input, snapshot: &Snapshot, open: &OpenIntent) -> Option<Member> {
    let ty = input.registry.resource(&open.instance.ty)?;
    ty.bundle()?;
    let prior = snapshot.object(&open.instance, &open.object).map(|object| object.attributes.without_marks());
    let planned = open.intent.planned.as_ref().map(Object::without_marks);
    let call = match (open.op, prior, planned) {
        (state::Op::Create, _, Some(planned)) => MemberCall::Create { planned, gives_way: false },
        (_, Some(prior), Some(planned)) => MemberCall::Update { prior, planned },
        (_, Some(prior), None) => MemberCall::Delete { prior },
        (_, None, _) => return None,
    };
    let (address, private) = (open.instance.to_string(), open.intent.private.clone());
    Some(Member { address, ty: ty.name(), call, private })
}
