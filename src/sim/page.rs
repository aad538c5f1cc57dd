//! Paging as DigitalOcean does it: `page` and `per_page` in, `links` and `meta` out.

use serde::Serialize;
use serde::ser::SerializeMap;
use serde::ser::Serializer;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::sim::call::Call;
use crate::sim::refusal::Refusal;
use crate::sim::reply::Reply;

const DEFAULT: usize = 20;
const MAX: usize = 200;

/// One page of `all` under its plural key, each row turned into what the vendor shows.
pub(super) fn list<'a, T, V: Serialize>(
    call: &Call<'_>,
    key: &'static str,
    all: &'a [T],
    show: impl Fn(&'a T) -> V,
) -> Result<Reply, Refusal> {
    let (page, per_page) = asked(call)?;
    let shown = all.iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    let listing = Listing {
        key,
        items: shown.map(show).collect(),
        links: links(call, page, per_page, all.len()),
        total: all.len(),
    };
    Ok(Reply::body(http::StatusCode::OK, &listing))
}

/// One page of `all` as an object, for the few lists that are none.
pub(super) fn map<T>(
    call: &Call<'_>,
    key: &'static str,
    all: &[T],
    show: impl Fn(&T) -> (String, Value),
) -> Result<Reply, Refusal> {
    let (page, per_page) = asked(call)?;
    let shown = all.iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    let items: Map<String, Value> = shown.map(show).collect();
    let links = links(call, page, per_page, all.len());
    let document = json!({ key: items, "links": links, "meta": { "total": all.len() } });
    Ok(Reply::body(http::StatusCode::OK, &document))
}

fn asked(call: &Call<'_>) -> Result<(usize, usize), Refusal> {
    let number = |name: &str, default: usize| match call.query(name) {
        None | Some("") => Ok(default),
        Some(text) => match text.parse::<usize>() {
            Ok(n) if n >= 1 => Ok(n),
            _ => Err(Refusal::invalid(format!("{name} must be a positive integer"))),
        },
    };
    let (page, per_page) = (number("page", 1)?, number("per_page", DEFAULT)?);
    if per_page > MAX {
        return Err(Refusal::invalid(format!("per_page must be less than or equal to {MAX}")));
    }
    Ok((page, per_page))
}

/// Which neighbours a page has; nothing when one page suffices.
fn links(call: &Call<'_>, page: usize, per_page: usize, total: usize) -> Value {
    let last = total.div_ceil(per_page).max(1);
    let mut pages = Map::new();
    let mut add = |name: &str, n: usize| {
        pages.insert(name.to_owned(), Value::from(call.page_url(n)));
    };
    if page > 1 {
        add("first", 1);
        add("prev", (page - 1).min(last));
    }
    if page < last {
        add("next", page + 1);
        add("last", last);
    }
    if pages.is_empty() { json!({}) } else { json!({ "pages": pages }) }
}

struct Listing<V> {
    key: &'static str,
    items: Vec<V>,
    links: Value,
    total: usize,
}

impl<V: Serialize> Serialize for Listing<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry(self.key, &self.items)?;
        map.serialize_entry("links", &self.links)?;
        map.serialize_entry("meta", &json!({ "total": self.total }))?;
        map.end()
    }
}
