//! What an object costs.

/// A monthly cost in US dollars.
#[derive(Debug, Clone, PartialEq)]
pub enum Price {
    /// Nothing.
    Free,
    /// A fixed sum a month.
    Monthly(f64),
    /// It depends on the use: by what.
    Usage(&'static str),
    /// Not known: why.
    Unknown(String),
}
