//! A row for each resource type: what it looks like, how it changes, and what it cannot do, with the reason.

mod digitalocean;
mod digitalocean_compute;
mod digitalocean_database;
mod digitalocean_network;
mod host;
mod neon;
mod random;
mod small;

use futures::future::BoxFuture;

use super::super::Lab;

/// Something done to the world behind our back.
pub(in super::super) type Deed = fn(&Lab) -> BoxFuture<'_, ()>;

/// What a type can do, or why it cannot.
pub(in super::super) type Or<T> = Result<T, &'static str>;

/// Finds out an import id.
pub(in super::super) type ImportId = fn(&Lab) -> String;

/// One resource type.
pub(in super::super) struct Row {
    pub(in super::super) ty: &'static str,
    /// Blocks that it needs.
    pub(in super::super) needs: &'static str,
    /// Where the vendor makes it: how the path of that request ends; `None` where nothing is made at a vendor.
    pub(in super::super) made_at: Option<&'static str>,
    /// The arguments of the instance `it`.
    pub(in super::super) base: &'static str,
    /// Arguments that change it in place.
    pub(in super::super) update: Or<&'static str>,
    /// Arguments that replace it, and the paths that make them.
    pub(in super::super) replace: Or<(&'static str, &'static [&'static str])>,
    /// Its import id, and the attributes in which what is read differs from what is configured; or how it is refused.
    pub(in super::super) import: Or<(ImportId, &'static [&'static str])>,
    /// What another does to it, and the attributes in which that shows.
    pub(in super::super) changed: Or<(Deed, &'static [&'static str])>,
    /// How another removes it.
    pub(in super::super) gone: Or<Deed>,
}

const STATE_ONLY: &str = "it is in the state only, so nobody else can reach it";
const ALL_REPLACE: &str = "each argument replaces";
const ALL_CHANGE: &str = "each argument changes in place";

/// All rows.
pub(in super::super) fn rows() -> Vec<Row> {
    let all = [
        random::rows(),
        small::rows(),
        digitalocean::rows(),
        digitalocean_compute::rows(),
        digitalocean_database::rows(),
        digitalocean_network::rows(),
        neon::rows(),
        host::rows(),
    ];
    all.into_iter().flatten().collect()
}
