//! What objects cost, and where that is known from.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What an object costs a month.
#[derive(Debug, Clone, PartialEq)]
pub enum Price {
    /// Nothing.
    Free,
    /// A fixed sum a month, in US dollars.
    Monthly(f64),
    /// It depends on the use: by what.
    Usage(&'static str),
    /// The price list should have it under this name, and does not.
    Unlisted(String),
    /// Not known: why.
    Unknown(String),
}

/// What a vendor charges, by the name of what it charges for: `droplet s-1vcpu-1gb`. A month, in US dollars.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// The day on which the prices were read, where they are not live: `2026-08-01`.
    #[serde(default)]
    pub as_of: Option<String>,
    /// The pages on which they were read.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The prices.
    pub monthly: BTreeMap<String, f64>,
}

impl PriceList {
    /// The price under a name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.monthly.get(name).copied()
    }

    /// So many times the price under a name.
    pub fn price(&self, name: &str, times: f64) -> Price {
        match self.get(name) {
            Some(price) => Price::Monthly(price * times),
            None => Price::Unlisted(name.to_owned()),
        }
    }

    /// This list where it has a price, and another where it has none.
    #[must_use]
    pub fn or(mut self, other: &PriceList) -> Self {
        for (name, price) in &other.monthly {
            self.monthly.entry(name.clone()).or_insert(*price);
        }
        self.as_of = self.as_of.or_else(|| other.as_of.clone());
        self
    }
}

impl Price {
    /// The price of two things together. What is not known of one is not known of both.
    #[must_use]
    pub fn plus(self, other: Price) -> Price {
        match (self, other) {
            (Price::Free, other) => other,
            (own, Price::Free) => own,
            (Price::Monthly(a), Price::Monthly(b)) => Price::Monthly(a + b),
            (Price::Monthly(_), other) => other,
            (own, _) => own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(prices: &[(&str, f64)]) -> PriceList {
        let monthly = prices.iter().map(|(name, price)| ((*name).to_owned(), *price)).collect();
        PriceList { monthly, ..PriceList::default() }
    }

    #[test]
    fn the_first_list_that_has_a_price_wins() {
        let both = list(&[("a", 1.0)]).or(&list(&[("a", 2.0), ("b", 3.0)]));
        assert_eq!((both.get("a"), both.get("b"), both.get("c")), (Some(1.0), Some(3.0), None));
        assert_eq!(both.price("b", 2.0), Price::Monthly(6.0));
        assert_eq!(both.price("c", 2.0), Price::Unlisted("c".to_owned()));
    }

    #[test]
    fn what_is_not_known_is_never_counted_as_nothing() {
        let unlisted = || Price::Unlisted("x".to_owned());
        assert_eq!(Price::Monthly(1.0).plus(Price::Monthly(2.0)), Price::Monthly(3.0));
        assert_eq!(Price::Monthly(1.0).plus(unlisted()), unlisted());
        assert_eq!(unlisted().plus(Price::Monthly(1.0)), unlisted());
        assert_eq!(Price::Free.plus(unlisted()), unlisted());
    }
}
