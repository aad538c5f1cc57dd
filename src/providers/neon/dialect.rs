//! Neon's ways of refusing, limiting and paging.

use std::time::Duration;

use serde_json::Value as Json;

use crate::net::rest;
use crate::net::rest::Dialect;
use crate::net::rest::Paging;
use crate::net::rest::Refusal;
use crate::net::rest::RefusalKind;
use crate::net::rest::segment;

pub(super) struct NeonDialect;

/// Words of a 400, 409 or 422 that mean "somebody has it".
const TAKEN: [&str; 2] = ["already exists", "already taken"];
/// Words of a 409 or 422 that mean "later": the project's operations, or a branch that is being made.
const BUSY: [&str; 3] = ["not ready", "conflicting operations", "transitive state"];
/// What a personal key may ask for, and an organisation's may not: said with a 404, though nothing is missing.
const NOT_FOR_ORGANISATIONS: &str = "not allowed for organization";
/// The longest pages of the lists that have pages.
const PAGES: [(&str, u32); 3] = [("/projects", 400), ("/branches", 1000), ("/operations", 1000)];

impl Dialect for NeonDialect {
    fn vendor(&self) -> &'static str {
        "Neon"
    }

    fn refusal(&self, status: u16, body: &Json) -> Refusal {
        let message = rest::message(body);
        let lower = message.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let kind = match status {
            // The vendor promises that nothing was done. A page of something in between promises nothing.
            503 if body.is_object() => RefusalKind::Busy,
            404 if says(&[NOT_FOR_ORGANISATIONS]) => RefusalKind::Forbidden,
            409 | 422 if says(&BUSY) => RefusalKind::Busy,
            400 | 409 | 422 if says(&TAKEN) => RefusalKind::Taken(None),
            _ => return Refusal::by_status(status, message),
        };
        Refusal { kind, message }
    }

    fn burst(&self) -> Option<(usize, Duration)> {
        // The account's limit; that of each route, 40 a second, is met by its own 429.
        Some((700, Duration::from_secs(60)))
    }

    fn first_page(&self, path: &str) -> String {
        let list = path.split('?').next().unwrap_or_default();
        let limit = PAGES.iter().find(|(end, _)| list.ends_with(end));
        match limit {
            Some((_, limit)) => with_parameter(path, "limit", &limit.to_string()),
            None => path.to_owned(),
        }
    }

    fn paging(&self, _: &Json) -> Paging {
        Paging::default()
    }

    fn next_page(&self, path: &str, body: &Json) -> Option<String> {
        let pagination = &body["pagination"];
        // Branches say `next`; projects and operations say `cursor`, also on the last page: the page behind it is empty
        // and says the same again, or nothing.
        let cursor = pagination["next"].as_str().or_else(|| pagination["cursor"].as_str())?;
        let next = with_parameter(path, "cursor", &segment(cursor));
        (!cursor.is_empty() && next != path).then_some(next)
    }

    fn argument<'a>(&self, key: &'a str) -> &'a str {
        match key {
            "provisioner" => "compute_provisioner",
            "store_passwords" => "store_password",
            "email" => "grantee",
            key => key,
        }
    }
}

/// A path with a parameter of its query set.
fn with_parameter(path: &str, name: &str, value: &str) -> String {
    let (list, query) = path.split_once('?').unwrap_or((path, ""));
    let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
    let mut pairs: Vec<String> = query.split('&').filter(is_other).map(str::to_owned).collect();
    pairs.push(format!("{name}={value}"));
    format!("{list}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_is_of_the_kind_that_the_vendor_means() {
        let cases = [
            (423, "project already has running conflicting operations", RefusalKind::Busy),
            (503, "try again", RefusalKind::Busy),
            (429, "too many requests", RefusalKind::Throttled),
            (422, "branch not ready yet", RefusalKind::Busy),
            (422, "branch is protected", RefusalKind::Refused),
            (412, "passwords are not stored", RefusalKind::Refused),
            (409, "branch with the provided name already exists", RefusalKind::Taken(None)),
            (400, "org_id is required", RefusalKind::Refused),
            (401, "bad key", RefusalKind::Unauthorized),
            (403, "no", RefusalKind::Forbidden),
            (404, "this endpoint is not allowed for organization API keys", RefusalKind::Forbidden),
            (404, "project not found", RefusalKind::Missing),
            (524, "a timeout occurred", RefusalKind::Broken),
        ];
        for (status, message, kind) in cases {
            let refusal = NeonDialect.refusal(status, &json!({"message": message, "code": ""}));
            assert_eq!(refusal, Refusal { kind, message: message.to_owned() });
        }
        assert_eq!(NeonDialect.refusal(503, &Json::Null).kind, RefusalKind::Broken, "a page of a proxy");
    }

    #[test]
    fn lists_go_on_where_their_cursor_says() {
        let first = NeonDialect.first_page("/projects?search=a%20b");
        assert_eq!(first, "/projects?search=a%20b&limit=400");
        let second = NeonDialect.next_page(&first, &json!({"pagination": {"cursor": "x/1"}})).unwrap();
        assert_eq!(second, "/projects?search=a%20b&limit=400&cursor=x%2F1");
        assert_eq!(NeonDialect.next_page(&second, &json!({"pagination": {"cursor": "x/1"}})), None);
        assert_eq!(NeonDialect.next_page(&second, &json!({})), None);
        assert_eq!(NeonDialect.first_page("/projects/p/branches"), "/projects/p/branches?limit=1000");
        assert_eq!(NeonDialect.first_page("/projects/p/endpoints"), "/projects/p/endpoints");
        let next = NeonDialect.next_page("/projects/p/branches", &json!({"pagination": {"next": "2"}}));
        assert_eq!(next.as_deref(), Some("/projects/p/branches?cursor=2"));
    }
}
