//! What the script tells of a Redis server.

use std::collections::BTreeMap;
use std::str::Split;

use crate::providers::host::answer::text;

/// A Redis server and its configuration file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Server {
    /// What stands where its configuration file should: `regular`, `absent`, `hidden`, …
    pub(crate) file: String,
    /// Whether it includes ours.
    pub(crate) includes: bool,
    /// What it says after that, and so instead of it.
    pub(crate) tail: String,
    /// Whether ours has the owner, group and mode of it.
    pub(crate) is_dressed: bool,
    /// `up`, `down`, `denied`, `other` (a server with another file) or `missing` (no client to ask with).
    pub(crate) standing: String,
    /// What was said where it is not up; its version where it is.
    pub(crate) said: String,
    /// The names and values of directives.
    pub(crate) values: BTreeMap<String, String>,
}

impl Server {
    /// Reads the words that follow its number; `None` when they are not such.
    pub(crate) fn parse(words: &mut Split<'_, char>) -> Option<Self> {
        Some(Self {
            file: words.next()?.to_owned(),
            includes: words.next()? == "yes",
            tail: text(words.next()?)?,
            is_dressed: words.next()? == "yes",
            standing: words.next()?.to_owned(),
            said: text(words.next()?)?,
            values: values(&text(words.next()?)?),
        })
    }
}

/// A name and a value, each on its line, and a line that ends them; a name that the server does not know has neither.
fn values(told: &str) -> BTreeMap<String, String> {
    let value = |answer: &str| {
        let (name, value) = answer.split_once('\n')?;
        (!name.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    };
    told.split("\ninfra-end\n").filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_tells_its_values_one_after_another() {
        let told = "maxmemory\n100\ninfra-end\n\ninfra-end\nlogfile\n\ninfra-end\n";
        let found = values(told);
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("logfile".into(), String::new()), ("maxmemory".into(), "100".into())]
        );
    }
}
