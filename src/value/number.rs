//! Numbers: whole ones of 64 bits as such, everything else as a binary float of 512 bits.
//!
//! A whole number in range is always `Int`, so equality and hashing are structural. Literals are rounded once,
//! half to even. Text is the shortest decimal that reads back equal.

use std::cmp::Ordering;
use std::fmt;
use std::hash::Hash;
use std::hash::Hasher;
use std::str::FromStr;
use std::sync::Arc;

use dashu::base::Sign;
use dashu::float::Context;
use dashu::float::FBig;
use dashu::float::Repr;
use dashu::float::round::mode::HalfEven;
use dashu::integer::IBig;

/// Bits of precision, as in Terraform.
const PRECISION: usize = 512;

type Float = FBig<HalfEven, 2>;

/// A number of the language.
#[derive(Clone)]
pub enum Number {
    /// A whole number that fits.
    Int(i64),
    /// Any other finite number.
    Big(Arc<Float>),
    /// Infinity: `true` is negative. Reachable by division of big numbers only; it has no JSON form.
    Inf(bool),
}

/// The text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct ParseNumberError;

impl Number {
    /// Zero.
    pub const ZERO: Number = Number::Int(0);

    fn from_float(float: Float) -> Number {
        if float.repr().is_infinite() {
            return Number::Inf(float.repr().sign() == Sign::Negative);
        }
        // Only numbers with a non-negative exponent are whole; those beyond 64 bits stay floats.
        let repr = float.repr();
        if repr.exponent() >= 0 && repr.exponent() <= 64 {
            let whole = repr.significand() << usize::try_from(repr.exponent()).expect("checked above");
            if let Ok(small) = i64::try_from(&whole) {
                return Number::Int(small);
            }
        }
        Number::Big(Arc::new(float))
    }

    /// The number as a 512-bit float; `None` for infinity.
    pub fn to_float(&self) -> Option<Float> {
        match self {
            Number::Int(value) => Some(float_of(IBig::from(*value))),
            Number::Big(value) => Some((**value).clone()),
            Number::Inf(_) => None,
        }
    }

    /// The nearest number to a double; `None` for NaN.
    pub fn from_f64(value: f64) -> Option<Number> {
        if value.is_nan() {
            return None;
        }
        if value.is_infinite() {
            return Some(Number::Inf(value < 0.0));
        }
        let float = Float::try_from(value).ok()?;
        Some(Number::from_float(float.with_precision(PRECISION).value()))
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        match self {
            Number::Int(value) => *value as f64,
            Number::Big(value) => value.to_f64().value(),
            Number::Inf(negative) => {
                if *negative {
                    f64::NEG_INFINITY
                } else {
                    f64::INFINITY
                }
            }
        }
    }

    /// The number as `i64` when it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Number::Int(value) => Some(*value),
            Number::Big(_) | Number::Inf(_) => None,
        }
    }

    /// Whether the number is whole.
    pub fn is_integer(&self) -> bool {
        match self {
            Number::Int(_) => true,
            Number::Big(value) => value.repr().exponent() >= 0,
            Number::Inf(_) => false,
        }
    }
}

fn float_of(whole: IBig) -> Float {
    Float::from_parts(whole, 0).with_precision(PRECISION).value()
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number::Int(value)
    }
}

impl From<IBig> for Number {
    fn from(value: IBig) -> Self {
        Number::from_float(float_of(value))
    }
}

/// Reads decimal text: digits, a fraction, an exponent, a sign. Rounds once.
impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(small) = text.parse::<i64>()
            && !text.starts_with('+')
        {
            return Ok(Number::Int(small));
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| ParseNumberError)?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseNumberError);
        }
        let significand = IBig::from_str_radix(&all, 10).map_err(|_| ParseNumberError)?;
        let significand = if negative { -significand } else { significand };
        let exponent = exponent - i32::try_from(fraction.len()).map_err(|_| ParseNumberError)?;
        // 10^±100000 is far outside what any use needs, and computing it would stall the program.
        if exponent.unsigned_abs() > 100_000 {
            return Err(ParseNumberError);
        }
        let power = IBig::from(10).pow(exponent.unsigned_abs() as usize);
        if exponent >= 0 {
            return Ok(Number::from(significand * power));
        }
        let context = Context::<HalfEven>::new(PRECISION);
        let quotient = context.div::<2>(&Repr::new(significand, 0), &Repr::new(power, 0));
        Ok(Number::from_float(quotient.map_err(|_| ParseNumberError)?.value()))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a.cmp(b),
            (Number::Inf(a), Number::Inf(b)) => b.cmp(a),
            (Number::Inf(negative), _) => {
                if *negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (_, Number::Inf(negative)) => {
                if *negative {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (a, b) => a.to_float().cmp(&b.to_float()),
        }
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Number::Int(value) => value.hash(state),
            Number::Big(value) => {
                value.repr().exponent().hash(state);
                value.repr().significand().hash(state);
            }
            Number::Inf(negative) => negative.hash(state),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(value) => write!(f, "{value}"),
            Number::Big(value) => write!(f, "{}", value.to_decimal().value()),
            Number::Inf(negative) => f.write_str(if *negative { "-Inf" } else { "Inf" }),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
