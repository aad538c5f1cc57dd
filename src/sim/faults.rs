//! Misbehaviour on demand: which request is slowed, refused or cut off.
//!
//! A decision hangs on the seed and on the request's ordinal only, so a run can be repeated.
//! Nothing here acts; the caller does what the decision says.

use std::str::FromStr;

use http::Method;

use crate::sim::draw::digest;
use crate::sim::draw::fraction_of;

/// What can go wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Answer 429 and do nothing.
    TooMany,
    /// Answer 500 and do nothing.
    ServerError,
    /// Do what was asked, then drop the connection; never for a read.
    LostAnswer,
    /// Drop the connection and do nothing.
    Reset,
    /// Answer properly, but seconds later.
    Slow,
}

const NAMES: [(&str, FaultKind); 5] = [
    ("429", FaultKind::TooMany),
    ("500", FaultKind::ServerError),
    ("lost-answer", FaultKind::LostAnswer),
    ("reset", FaultKind::Reset),
    ("slow", FaultKind::Slow),
];

/// One kind of misbehaviour and the share of requests that meet it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// To how many of the requests, from 0 to 1.
    pub rate: f64,
}

/// A text that is not a fault such as `429:5%`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// No `KIND:RATE`.
    #[error("`{0}` is not a fault: write KIND:RATE, for example `429:5%`")]
    Shape(String),
    /// A kind nobody knows.
    #[error("`{0}` is not a kind of fault: use 429, 500, lost-answer, reset or slow")]
    Kind(String),
    /// A rate that is no share.
    #[error("`{0}` is not a rate: write a percentage from 0% to 100%")]
    Rate(String),
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        let (name, rate) = text.trim().split_once(':').ok_or_else(|| FaultError::Shape(text.to_owned()))?;
        let known = NAMES.iter().find(|(known, _)| *known == name.trim());
        let (_, kind) = known.ok_or_else(|| FaultError::Kind(name.to_owned()))?;
        let bad = || FaultError::Rate(rate.to_owned());
        let percent: f64 = rate.trim().strip_suffix('%').ok_or_else(bad)?.trim().parse().map_err(|_| bad())?;
        if !(0.0..=100.0).contains(&percent) {
            return Err(bad());
        }
        Ok(Fault { kind: *kind, rate: percent / 100.0 })
    }
}

/// All faults that are switched on, in the order in which they are tried.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    faults: Vec<Fault>,
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Faults {
        Faults { faults: faults.into_iter().collect() }
    }
}

/// Several faults in one text, with commas or blanks between them.
impl FromStr for Faults {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Faults, FaultError> {
        let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
        let faults = parts.map(Fault::from_str).collect::<Result<Vec<_>, _>>()?;
        if faults.is_empty() { Err(FaultError::Shape(text.to_owned())) } else { Ok(Faults { faults }) }
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.faults.into_iter()
    }
}

impl Faults {
    /// What befalls the request of that ordinal, if anything: the first fault whose lot is drawn.
    pub(super) fn draw(&self, seed: u64, ordinal: u64, method: &Method) -> Option<FaultKind> {
        let meant = self.faults.iter().enumerate().find(|(n, fault)| {
            let part = (*n as u64).to_be_bytes();
            let lot = fraction_of(digest([&seed.to_be_bytes(), b"fault", &part, &ordinal.to_be_bytes()]));
            lot < fault.rate && (fault.kind != FaultKind::LostAnswer || *method != Method::GET)
        });
        meant.map(|(_, fault)| fault.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_a_kind_and_a_percentage() {
        let fault = |kind, rate| Ok(Fault { kind, rate });
        let table = [
            ("429:5%", fault(FaultKind::TooMany, 0.05)),
            ("500:100%", fault(FaultKind::ServerError, 1.0)),
            (" lost-answer: 0.5% ", fault(FaultKind::LostAnswer, 0.005)),
            ("reset:0%", fault(FaultKind::Reset, 0.0)),
            ("slow:2%", fault(FaultKind::Slow, 0.02)),
            ("slow", Err(FaultError::Shape("slow".to_owned()))),
            ("teapot:1%", Err(FaultError::Kind("teapot".to_owned()))),
            ("500:5", Err(FaultError::Rate("5".to_owned()))),
            ("500:101%", Err(FaultError::Rate("101%".to_owned()))),
            ("500:-1%", Err(FaultError::Rate("-1%".to_owned()))),
            ("500:NaN%", Err(FaultError::Rate("NaN%".to_owned()))),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Fault>(), expected, "{text}");
        }
    }

    #[test]
    fn several_faults_fit_into_one_text() {
        let fault = |text: &str| text.parse::<Fault>().unwrap();
        let all = ["429:5%", "500:1%", "slow:2%"].map(fault);
        for text in ["429:5% 500:1% slow:2%", "429:5%,500:1%,slow:2%", " 429:5%, 500:1%  slow:2% "] {
            assert_eq!(text.parse::<Faults>(), Ok(Faults { faults: all.to_vec() }), "{text}");
        }
        assert_eq!("".parse::<Faults>(), Err(FaultError::Shape(String::new())));
        assert_eq!("429:5% teapot:1%".parse::<Faults>(), Err(FaultError::Kind("teapot".to_owned())));
    }

    #[test]
    fn the_same_seed_draws_the_same_lots_at_about_the_rate() {
        let faults: Faults = ["429:10%", "lost-answer:20%"].iter().map(|f| f.parse::<Fault>().unwrap()).collect();
        let draw = |seed, method: &Method| (0..2000).map(|n| faults.draw(seed, n, method)).collect::<Vec<_>>();
        let lots = draw(7, &Method::POST);
        assert_eq!(lots, draw(7, &Method::POST));
        assert_ne!(lots, draw(8, &Method::POST));
        let count = |kind| lots.iter().filter(|lot| **lot == Some(kind)).count();
        assert!((150..250).contains(&count(FaultKind::TooMany)), "{}", count(FaultKind::TooMany));
        assert!((290..430).contains(&count(FaultKind::LostAnswer)), "{}", count(FaultKind::LostAnswer));
        assert!(!draw(7, &Method::GET).contains(&Some(FaultKind::LostAnswer)), "a read has nothing to lose");
    }
}
