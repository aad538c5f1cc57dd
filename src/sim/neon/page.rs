//! Pages as Neon has them: a limit and a cursor that says after which row to go on.
//!
//! The cursor names the last row's rank, so that rows which come or go in between cost no others.

use std::ops::RangeInclusive;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::sim::call::Call;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;

/// Where a row stands in its list: by a text, then by its id.
pub(super) type Rank = (String, String);

/// One page of a list.
pub(super) struct Page<T> {
    /// The rows, in order.
    pub(super) rows: Vec<T>,
    /// Where the next page begins, unless this one is empty.
    pub(super) cursor: Option<String>,
    /// Whether there are rows beyond it.
    pub(super) has_more: bool,
}

/// The page that the request asks for, out of rows that are ordered here.
pub(super) fn page<T>(
    call: &Call<'_>,
    rows: Vec<(Rank, T)>,
    descending: bool,
    default: usize,
    limits: RangeInclusive<usize>,
) -> Result<Page<T>, Refusal> {
    let limit = match call.query("limit").filter(|text| !text.is_empty()) {
        None => default,
        Some(text) => whole("limit", text, limits)?,
    };
    let after = match call.query("cursor").filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => Some(decode(text).ok_or_else(|| refuse::bad("invalid cursor"))?),
    };
    let mut rows = rows;
    rows.sort_by(|(one, _), (other, _)| if descending { other.cmp(one) } else { one.cmp(other) });
    let is_after =
        |rank: &Rank| after.as_ref().is_none_or(|after| if descending { rank < after } else { rank > after });
    let mut rest = rows.into_iter().filter(|(rank, _)| is_after(rank));
    let (mut kept, mut last) = (Vec::new(), None);
    for (rank, row) in rest.by_ref().take(limit) {
        last = Some(rank);
        kept.push(row);
    }
    let has_more = rest.next().is_some();
    Ok(Page { rows: kept, cursor: last.map(|rank| encode(&rank)), has_more })
}

/// A whole number in a query.
pub(super) fn whole(name: &str, text: &str, bounds: RangeInclusive<usize>) -> Result<usize, Refusal> {
    let number = text.parse().ok().filter(|number| bounds.contains(number));
    number.ok_or_else(|| {
        let (low, high) = bounds.into_inner();
        refuse::bad(format!("parameter \"{name}\" in query: number must be between {low} and {high}"))
    })
}

/// A boolean in a query; absent is false.
pub(super) fn flag(call: &Call<'_>, name: &str) -> Result<bool, Refusal> {
    match call.query(name) {
        None | Some("false" | "") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(refuse::bad(format!("parameter \"{name}\" in query: value must be a boolean"))),
    }
}

/// A word out of a few in a query; the first is what absence means.
pub(super) fn word(call: &Call<'_>, name: &str, allowed: &[&'static str]) -> Result<&'static str, Refusal> {
    let asked = call.query(name).filter(|text| !text.is_empty()).unwrap_or(allowed[0]);
    let found = allowed.iter().find(|word| **word == asked).copied();
    found.ok_or_else(|| {
        refuse::bad(format!("parameter \"{name}\" in query: value must be one of {}", allowed.join(", ")))
    })
}

fn encode((key, id): &Rank) -> String {
    URL_SAFE_NO_PAD.encode(format!("{id}\n{key}"))
}

fn decode(cursor: &str) -> Option<Rank> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (id, key) = text.split_once('\n')?;
    Some((key.to_owned(), id.to_owned()))
}
