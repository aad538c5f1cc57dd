//! Whom an alert tells: e-mail addresses and Slack channels, in the block that two types have under different names.

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::json;

use super::values::listed;
use super::values::only_block;
use crate::schema::Block;
use crate::schema::Equality;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::ObjectExt;
use crate::schema::list;
use crate::schema::string;
use crate::value::Object;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Notices {
    email: Option<Vec<String>>,
    slack: Option<Vec<Slack>>,
}

#[derive(Clone, Deserialize)]
struct Slack {
    channel: String,
    url: Option<String>,
}

/// The block; there is just one.
pub(super) fn block() -> NestedBlock {
    // Whoever has the address may write to the channel.
    let slack = NestedBlock::list([("channel", string().required()), ("url", string().required().sensitive())]);
    let email = list(Type::STRING).equality(Equality::AnyOrder);
    NestedBlock::new(Nesting::List, Block::new([("email", email)]).block("slack", slack)).min(1).max(1)
}

/// The block named `name` as a body has it: both lists, as the vendor wants, though they be empty.
pub(super) fn body(planned: &Object, name: &str) -> Json {
    let notices = only_block(planned, name);
    let email = notices.and_then(|notices| listed(notices, "email")).unwrap_or_default();
    let slack = notices.into_iter().flat_map(channels).map(|(channel, url)| json!({"channel": channel, "url": url}));
    json!({"email": email, "slack": slack.collect::<Vec<_>>()})
}

impl Notices {
    /// The block's value; in the order in which it is known, as the vendor's order means nothing.
    pub(super) fn value(&self, base: &Object, name: &str) -> Value {
        let known = only_block(base, name);
        let known_slack: Vec<_> = known.into_iter().flat_map(channels).collect();
        let emails = self.email.iter().flatten().map(|address| Value::from(&**address));
        let email = match known.and_then(|known| known.get("email")) {
            Some(unsaid) if unsaid.is_null() && self.email.iter().flatten().next().is_none() => unsaid.clone(),
            _ => Value::list(Type::STRING, emails.collect()),
        };
        let mut slack: Vec<_> = self.slack.iter().flatten().map(|slack| slack.told(&known_slack)).collect();
        let place = |told: &(&str, &str)| known_slack.iter().position(|known| known == told).unwrap_or(usize::MAX);
        slack.sort_by_key(place);
        let slack = slack.into_iter().map(|(channel, url)| object([("channel", channel.into()), ("url", url.into())]));
        let element = block().block.blocks()["slack"].block.implied_type();
        let value = object([("email", email), ("slack", Value::list(element, slack.collect()))]);
        Value::list(block().block.implied_type(), vec![value])
    }
}

impl Slack {
    /// Channel and address. An address that the vendor blanks is no reason to forget it.
    fn told<'a>(&'a self, known: &[(&'a str, &'a str)]) -> (&'a str, &'a str) {
        let of_channel = || known.iter().find(|(channel, _)| *channel == self.channel).map(|(_, url)| *url);
        let url = self.url.as_deref().filter(|url| !url.is_empty()).or_else(of_channel);
        (&self.channel, url.unwrap_or_default())
    }
}

fn channels(notices: &Object) -> Vec<(&str, &str)> {
    let slack = notices.get("slack").and_then(Value::as_elements).unwrap_or_default();
    let slack = slack.iter().filter_map(Value::as_object);
    slack.map(|slack| (slack.str("channel").unwrap_or_default(), slack.str("url").unwrap_or_default())).collect()
}

fn object<const N: usize>(attributes: [(&str, Value); N]) -> Value {
    Value::Object(Object::new(attributes.map(|(name, value)| (Str::from(name), value))).into())
}
