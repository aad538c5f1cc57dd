//! What the script is told to do with a user.

use super::is_given;
use super::texts;
use crate::net::host::quote;
use crate::providers::host::group::yes;
use crate::schema::ObjectExt;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;

/// The call that makes a user what is planned.
pub(super) fn put(at: usize, prior: Option<&Object>, planned: &Object) -> String {
    let text = |name: &str| quote(planned.str(name).unwrap_or_default());
    let given = |text: String| quote(&format!("={text}"));
    let uid = planned.int("uid").map(|uid| uid.to_string()).unwrap_or_default();
    let locked = match planned.bool("locked") {
        Some(true) => "yes",
        Some(false) => "no",
        None => "''",
    };
    let comment = planned.str("comment").map(|comment| given(comment.to_owned())).unwrap_or_else(|| "''".to_owned());
    let wanted = texts(planned, "groups");
    let groups = match is_given(planned, "groups") {
        true => given(wanted.join(",")),
        false => "''".to_owned(),
    };
    let taken: Vec<Str> = prior.map(|prior| texts(prior, "groups")).unwrap_or_default();
    let taken: Vec<&str> =
        taken.iter().map(|group| &**group).filter(|group| !wanted.iter().any(|w| **w == **group)).collect();
    let keys = match is_given(planned, "authorized_keys") {
        true => given(texts(planned, "authorized_keys").iter().map(|key| format!("{key}\n")).collect()),
        false => "''".to_owned(),
    };
    [
        format!("prepare_user {at}"),
        text("name"),
        quote(&uid),
        text("group"),
        text("home"),
        yes(planned, "create_home").to_owned(),
        text("shell"),
        yes(planned, "system").to_owned(),
        comment,
        locked.to_owned(),
        groups,
        yes(planned, "exclusive_groups").to_owned(),
        quote(&taken.join(",")),
        keys,
    ]
    .join(" ")
}

/// The call that removes a user.
pub(super) fn remove(at: usize, prior: &Object) -> String {
    let name = quote(prior.str("name").unwrap_or_default());
    let login = quote(login(prior).unwrap_or_default());
    format!("prepare_user_removal {at} {name} {} {login}", yes(prior, "remove_home"))
}

/// Whom we log in as on the host of a user, where that is known.
pub(super) fn login(user: &Object) -> Option<&str> {
    let machine = user.get("host").and_then(Value::as_object)?;
    machine.get("connection").and_then(Value::as_object)?.str("user")
}
