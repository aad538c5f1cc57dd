//! JSON as states and journals need it: streamed, exact, and with marks.
//!
//! A document of ten thousand instances is read in one pass, straight into values, and written the same way: no tree of
//! it ever exists. A value stands beside a type that it has; where that says `any`, it brings its own. What is not plain
//! JSON is wrapped in an object of one member, listed at [`Wrapper`].

mod read;
mod scan;
mod write;

pub(super) use read::Owner;
pub(super) use read::ReadError;
pub(super) use read::ValueReader;
pub(super) use read::unexpected;
pub(super) use scan::Scan;
pub(super) use scan::ScanError;
pub(super) use write::ValueWriter;
pub(super) use write::Veil;
pub(super) use write::member;
pub(super) use write::push_string;

/// How a value is wrapped that plain JSON cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrapper {
    /// `{"sealed": "<text>"}`: encrypted, and sensitive unless `"sensitive": false` follows; `null` is a sensitive null.
    Sealed,
    /// `{"sensitive": <value>}`: inside something that is encrypted as a whole.
    Sensitive,
    /// `{"unknown": true}`: not known when it was written.
    Unknown,
    /// `{"plain": <value>}`: a map or object whose first name would read as a wrapper.
    Plain,
}

impl Wrapper {
    fn name(self) -> &'static str {
        match self {
            Wrapper::Sealed => "sealed",
            Wrapper::Sensitive => "sensitive",
            Wrapper::Unknown => "unknown",
            Wrapper::Plain => "plain",
        }
    }

    fn of(name: &str) -> Option<Wrapper> {
        [Wrapper::Sealed, Wrapper::Sensitive, Wrapper::Unknown, Wrapper::Plain].into_iter().find(|w| w.name() == name)
    }
}

#[cfg(test)]
mod tests;
