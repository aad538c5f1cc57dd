//! Numbers: whole ones of 64 bits as such, everything else as a binary float of up to 512 bits.
//!
//! Arithmetic rounds once, half to even. The few results that the language computes in doubles (`pow`, `log`) keep the
//! 53 bits they came with, because that decides how they print. Text is the shortest decimal that reads back equal, and
//! never has an exponent. Zero has a sign, as in IEEE arithmetic; it shows in text only.

mod decimal;
mod float;
mod parse;

pub(crate) use decimal::Decimal;

use std::cmp::Ordering;
use std::fmt;
use std::hash::Hash;
use std::hash::Hasher;
use std::sync::Arc;

use dashu::integer::IBig;
use dashu::integer::UBig;
use float::Float;

/// Bits of precision of literals and of all arithmetic on them.
const PRECISION: u32 = 512;

/// A number of the language.
#[derive(Clone)]
pub enum Number {
    /// A whole number that fits. Every such number is one, except negative zero and what a double holds beyond 2⁵³.
    Int(i64),
    /// Any other finite number.
    Big(Arc<Big>),
    /// Infinity: `true` is negative. It has no JSON form.
    Inf(bool),
}

/// A finite number that is not an [`i64`].
#[derive(Clone)]
pub struct Big(Float);

/// The text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number is required")]
pub struct ParseNumberError;

/// The operation has no result: zero by zero, infinity by infinity, infinity less infinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// `0/0` or `∞/∞`.
    #[error("can't divide zero by zero or infinity by infinity")]
    Divide,
    /// `∞-∞`.
    #[error("can't compute sum of opposing infinities")]
    Sum,
    /// `0×∞`.
    #[error("can't multiply zero by infinity")]
    Multiply,
}

impl Number {
    /// Zero.
    pub const ZERO: Number = Number::Int(0);

    fn from_float(float: Float) -> Number {
        match float.to_i64() {
            Some(small) if !float.is_negative_zero() && float.bits() <= u64::from(float.precision()) => {
                Number::Int(small)
            }
            _ if float.is_too_big() => Number::Inf(float.is_negative()),
            _ if float.is_too_small() => Number::from_float(float.into_zero()),
            _ => Number::Big(Arc::new(Big(float))),
        }
    }

    /// The finite number as a float; `None` for infinity.
    fn float(&self) -> Option<Float> {
        match self {
            Number::Int(value) => Some(Float::from(*value)),
            Number::Big(big) => Some(big.0.clone()),
            Number::Inf(_) => None,
        }
    }

    /// The number of a double, which keeps its 53 bits; `None` for NaN.
    pub fn from_f64(value: f64) -> Option<Number> {
        match value {
            _ if value.is_nan() => None,
            _ if value.is_infinite() => Some(Number::Inf(value < 0.0)),
            _ => Some(Number::from_float(Float::from(value))),
        }
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        match self {
            Number::Int(value) => *value as f64,
            Number::Big(big) => big.0.to_f64(),
            Number::Inf(true) => f64::NEG_INFINITY,
            Number::Inf(false) => f64::INFINITY,
        }
    }

    /// The number as `i64` when it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Number::Int(value) => Some(*value),
            Number::Big(big) => big.0.to_i64(),
            Number::Inf(_) => None,
        }
    }

    /// The number as an integer of any size when it is whole.
    pub fn as_integer(&self) -> Option<IBig> {
        match self {
            Number::Int(value) => Some(IBig::from(*value)),
            Number::Big(big) if big.0.is_integer() => Some(big.0.truncated()),
            Number::Big(_) | Number::Inf(_) => None,
        }
    }

    /// Whether the number is whole.
    pub fn is_integer(&self) -> bool {
        match self {
            Number::Int(_) => true,
            Number::Big(big) => big.0.is_integer(),
            Number::Inf(_) => false,
        }
    }

    /// Whether the number is below zero; negative zero is not.
    pub fn is_negative(&self) -> bool {
        *self < Number::ZERO
    }

    /// Whether the number is infinite.
    pub fn is_infinite(&self) -> bool {
        matches!(self, Number::Inf(_))
    }

    fn sign_bit(&self) -> bool {
        match self {
            Number::Int(value) => *value < 0,
            Number::Big(big) => big.0.is_negative(),
            Number::Inf(negative) => *negative,
        }
    }

    fn is_zero(&self) -> bool {
        self.as_i64() == Some(0)
    }

    /// The sum.
    pub fn add(&self, other: &Number) -> Result<Number, ArithmeticError> {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Ok(Number::Int(sum));
        }
        match (self.float(), other.float()) {
            (Some(a), Some(b)) => Ok(Number::from_float(a.add(&b))),
            (None, None) if self != other => Err(ArithmeticError::Sum),
            (None, _) => Ok(self.clone()),
            (Some(_), None) => Ok(other.clone()),
        }
    }

    /// The difference.
    pub fn sub(&self, other: &Number) -> Result<Number, ArithmeticError> {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && let Some(difference) = a.checked_sub(*b)
        {
            return Ok(Number::Int(difference));
        }
        self.add(&other.neg())
    }

    /// The product.
    pub fn mul(&self, other: &Number) -> Result<Number, ArithmeticError> {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && let Some(product) = a.checked_mul(*b)
            && product != 0
        {
            return Ok(Number::Int(product));
        }
        match (self.float(), other.float()) {
            (Some(a), Some(b)) => Ok(Number::from_float(a.mul(&b))),
            _ if self.is_zero() || other.is_zero() => Err(ArithmeticError::Multiply),
            _ => Ok(Number::Inf(self.sign_bit() != other.sign_bit())),
        }
    }

    /// The quotient. Anything but zero by zero is infinite, with the dividend's sign.
    pub fn div(&self, other: &Number) -> Result<Number, ArithmeticError> {
        if let (Number::Int(a), Number::Int(b)) = (self, other)
            && *a != 0
            && a.checked_rem(*b) == Some(0)
        {
            return Ok(Number::Int(a / b));
        }
        let negative = self.sign_bit() != other.sign_bit();
        match (self.float(), other.float()) {
            (Some(a), Some(_)) if other.is_zero() => {
                if a.is_zero() {
                    return Err(ArithmeticError::Divide);
                }
                Ok(Number::Inf(negative))
            }
            (Some(a), Some(b)) => Ok(Number::from_float(a.div(&b))),
            (Some(_), None) => Ok(Number::from_float(Float::zero(negative))),
            (None, Some(_)) => Ok(Number::Inf(negative)),
            (None, None) => Err(ArithmeticError::Divide),
        }
    }

    /// What is left of a division rounded towards zero; it has the dividend's sign. By zero it is the dividend.
    ///
    /// Computed from the rounded quotient, as Terraform does, which shows in the last digits of fractions.
    pub fn rem(&self, other: &Number) -> Result<Number, ArithmeticError> {
        if other.is_zero() {
            return Ok(self.clone());
        }
        if let (Number::Int(a), Number::Int(b)) = (self, other) {
            return Ok(Number::Int(a.wrapping_rem(*b)));
        }
        let (Some(a), Some(b)) = (self.float(), other.float()) else { return self.mul(other) };
        let whole = Float::whole(a.div(&b).truncated(), a.precision());
        let product = b.mul(&whole).rounded_to(a.precision());
        Ok(Number::from_float(a.add(&product.negated()).rounded_to(a.precision())))
    }

    /// The number with the other sign; zero too.
    pub fn neg(&self) -> Number {
        match self {
            Number::Int(value) if *value != 0 && *value != i64::MIN => Number::Int(-value),
            Number::Int(value) => Number::from_float(Float::from(*value).negated()),
            Number::Big(big) => Number::from_float(big.0.negated()),
            Number::Inf(negative) => Number::Inf(!negative),
        }
    }

    /// The number without its sign.
    pub fn abs(&self) -> Number {
        if self.sign_bit() { self.neg() } else { self.clone() }
    }

    /// The greatest whole number that is not above.
    pub fn floor(&self) -> Number {
        match self {
            Number::Big(big) if !big.0.is_integer() => {
                let whole = big.0.truncated();
                Number::from(if big.0.is_negative() { whole - IBig::ONE } else { whole })
            }
            _ => self.clone(),
        }
    }

    /// The least whole number that is not below.
    pub fn ceil(&self) -> Number {
        match self {
            Number::Big(big) if !big.0.is_integer() => {
                let whole = big.0.truncated();
                Number::from(if big.0.is_negative() { whole } else { whole + IBig::ONE })
            }
            _ => self.clone(),
        }
    }

    /// All decimal digits of a finite number, exactly; `None` for infinity.
    pub(crate) fn decimal(&self) -> Option<Decimal> {
        Some(Decimal::exact(&self.float()?))
    }

    /// The digits that text shows: as few as read back equal; `None` for infinity.
    pub(crate) fn shortest(&self) -> Option<Decimal> {
        match self {
            Number::Big(big) => Some(Decimal::shortest(&big.0)),
            _ => self.decimal(),
        }
    }

    /// The number in JSON; `None` for infinity.
    pub fn to_json(&self) -> Option<serde_json::Number> {
        match self {
            Number::Int(value) => Some((*value).into()),
            Number::Big(_) => self.to_string().parse().ok(),
            Number::Inf(_) => None,
        }
    }

    /// The number that JSON holds; an exponent out of any reason is an error.
    pub fn from_json(number: &serde_json::Number) -> Result<Number, ParseNumberError> {
        number.as_str().parse()
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Number::Int(value)
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        i64::try_from(value).map_or_else(|_| Number::from(IBig::from(value)), Number::Int)
    }
}

/// Exact, however large.
impl From<IBig> for Number {
    fn from(value: IBig) -> Self {
        let bits = u32::try_from(dashu::base::BitTest::bit_len(&value)).unwrap_or(u32::MAX);
        Number::from_float(Float::whole(value, bits.max(64)))
    }
}

impl From<UBig> for Number {
    fn from(value: UBig) -> Self {
        Number::from(IBig::from(value))
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
            (Number::Inf(true), _) | (_, Number::Inf(false)) => Ordering::Less,
            (Number::Inf(false), _) | (_, Number::Inf(true)) => Ordering::Greater,
            (Number::Big(a), Number::Big(b)) => a.0.compare(&b.0),
            (Number::Int(a), Number::Big(b)) => Float::from(*a).compare(&b.0),
            (Number::Big(a), Number::Int(b)) => a.0.compare(&Float::from(*b)),
        }
    }
}

/// Of the value alone: precision and the sign of zero do not tell numbers apart.
impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match (self, self.as_i64()) {
            (_, Some(small)) => small.hash(state),
            (Number::Big(big), None) => big.0.hash(state),
            (Number::Inf(negative), None) => negative.hash(state),
            (Number::Int(_), None) => {}
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Int(value) => write!(f, "{value}"),
            Number::Big(big) => write!(f, "{}", Decimal::shortest(&big.0)),
            Number::Inf(negative) => f.write_str(if *negative { "-Inf" } else { "+Inf" }),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests;
