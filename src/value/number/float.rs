//! Binary floating point of any precision, rounded half to even.

use std::cmp::Ordering;
use std::hash::Hash;
use std::hash::Hasher;

use dashu::base::BitTest;
use dashu::base::Sign;
use dashu::integer::IBig;
use dashu::integer::UBig;

use super::PRECISION;

/// Beyond 2^±this a number is infinite or zero: about 315,000 decimal digits, so that arithmetic and text stay quick.
const EXPONENT_LIMIT: i64 = 1 << 20;

/// `±significand × 2^exponent`. The significand is odd, or zero with exponent zero.
#[derive(Clone)]
pub(super) struct Float {
    negative: bool,
    significand: UBig,
    exponent: i64,
    precision: u32,
}

impl Float {
    /// The nearest float of this precision; `sticky` says that the exact value is a little further from zero.
    pub(super) fn round(negative: bool, significand: UBig, exponent: i64, sticky: bool, precision: u32) -> Float {
        let bits = significand.bit_len();
        let excess = bits.saturating_sub(precision as usize);
        let (mut significand, mut exponent) = (significand, exponent);
        if excess > 0 {
            let half = significand.bit(excess - 1);
            let below = sticky || significand.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
            significand >>= excess;
            exponent += excess as i64;
            if half && (below || significand.bit(0)) {
                significand += UBig::ONE;
            }
        }
        match significand.trailing_zeros() {
            None => exponent = 0,
            Some(zeros) => {
                significand >>= zeros;
                exponent += zeros as i64;
            }
        }
        Float { negative, significand, exponent, precision }
    }

    pub(super) fn zero(negative: bool) -> Float {
        Float { negative, significand: UBig::ZERO, exponent: 0, precision: PRECISION }
    }

    pub(super) fn whole(value: IBig, precision: u32) -> Float {
        let (sign, magnitude) = value.into_parts();
        Float::round(sign == Sign::Negative, magnitude, 0, false, precision)
    }

    pub(super) fn rounded_to(self, precision: u32) -> Float {
        Float::round(self.negative, self.significand, self.exponent, false, precision)
    }

    pub(super) fn precision(&self) -> u32 {
        self.precision
    }

    pub(super) fn significand(&self) -> &UBig {
        &self.significand
    }

    pub(super) fn exponent(&self) -> i64 {
        self.exponent
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    pub(super) fn is_zero(&self) -> bool {
        self.significand.is_zero()
    }

    pub(super) fn is_negative_zero(&self) -> bool {
        self.negative && self.is_zero()
    }

    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    pub(super) fn into_zero(self) -> Float {
        Float { significand: UBig::ZERO, exponent: 0, ..self }
    }

    /// The value is below 2^this, and not below 2^(this-1).
    fn magnitude(&self) -> i64 {
        self.exponent.saturating_add(self.significand.bit_len() as i64)
    }

    /// Bits of the whole number, with its trailing zeros.
    pub(super) fn bits(&self) -> u64 {
        u64::try_from(self.magnitude()).unwrap_or(0)
    }

    pub(super) fn is_too_big(&self) -> bool {
        self.magnitude() > EXPONENT_LIMIT
    }

    pub(super) fn is_too_small(&self) -> bool {
        !self.is_zero() && self.magnitude() < -EXPONENT_LIMIT
    }

    pub(super) fn to_i64(&self) -> Option<i64> {
        if self.exponent < 0 || self.magnitude() > 64 {
            return None;
        }
        i64::try_from(self.truncated()).ok()
    }

    /// The whole part.
    pub(super) fn truncated(&self) -> IBig {
        let distance = usize::try_from(self.exponent.unsigned_abs()).expect("exponents are limited");
        let whole = if self.exponent >= 0 { &self.significand << distance } else { &self.significand >> distance };
        IBig::from_parts(if self.negative { Sign::Negative } else { Sign::Positive }, whole)
    }

    pub(super) fn negated(&self) -> Float {
        Float { negative: !self.negative, ..self.clone() }
    }

    pub(super) fn add(&self, other: &Float) -> Float {
        let exponent = self.exponent.min(other.exponent);
        let precision = self.precision.max(other.precision);
        if self.is_zero() && other.is_zero() {
            let negative = self.negative && other.negative;
            return Float { negative, ..self.clone() };
        }
        let sum = self.aligned(exponent) + other.aligned(exponent);
        let (sign, magnitude) = sum.into_parts();
        Float::round(sign == Sign::Negative, magnitude, exponent, false, precision)
    }

    /// The signed significand for a smaller exponent.
    fn aligned(&self, exponent: i64) -> IBig {
        let distance = if self.is_zero() { 0 } else { self.exponent - exponent };
        let magnitude = &self.significand << usize::try_from(distance).expect("the smaller of two exponents");
        IBig::from_parts(if self.negative { Sign::Negative } else { Sign::Positive }, magnitude)
    }

    /// Exact as far as 512 bits go, even when neither factor is that precise.
    pub(super) fn mul(&self, other: &Float) -> Float {
        let product = &self.significand * &other.significand;
        let needed = u32::try_from(product.bit_len()).unwrap_or(u32::MAX).min(PRECISION);
        let precision = self.precision.max(other.precision).max(needed);
        Float::round(self.negative != other.negative, product, self.exponent + other.exponent, false, precision)
    }

    pub(super) fn mul_to(&self, other: &Float, precision: u32) -> Float {
        let product = &self.significand * &other.significand;
        Float::round(self.negative != other.negative, product, self.exponent + other.exponent, false, precision)
    }

    /// The quotient; the divisor is not zero.
    pub(super) fn div(&self, other: &Float) -> Float {
        self.div_to(other, self.precision.max(other.precision))
    }

    pub(super) fn div_to(&self, other: &Float, precision: u32) -> Float {
        let negative = self.negative != other.negative;
        let wanted = precision as usize + 2 + other.significand.bit_len();
        let shift = wanted.saturating_sub(self.significand.bit_len());
        let dividend = &self.significand << shift;
        let quotient = &dividend / &other.significand;
        let sticky = &quotient * &other.significand != dividend;
        Float::round(negative, quotient, self.exponent - other.exponent - shift as i64, sticky, precision)
    }

    pub(super) fn compare(&self, other: &Float) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return if other.negative { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        match (self.negative, other.negative) {
            (false, true) => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            _ => {}
        }
        let magnitudes = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            let exponent = self.exponent.min(other.exponent);
            let one = &self.significand << usize::try_from(self.exponent - exponent).expect("not negative");
            let two = &other.significand << usize::try_from(other.exponent - exponent).expect("not negative");
            one.cmp(&two)
        });
        if self.negative { magnitudes.reverse() } else { magnitudes }
    }

    /// The nearest double, half to even.
    pub(super) fn to_f64(&self) -> f64 {
        const DIGITS: i64 = 53;
        const LEAST: i64 = -1074;
        let sign = if self.negative { -1.0 } else { 1.0 };
        // Below the normal range a double has fewer bits, down to none at half of the least one.
        let bits = (self.magnitude() - LEAST).min(DIGITS);
        if self.is_zero() || bits < 0 {
            return sign * 0.0;
        }
        if bits == 0 {
            let is_half = self.significand.is_one();
            return sign * if is_half { 0.0 } else { f64::from_bits(1) };
        }
        let precision = u32::try_from(bits).expect("between 1 and 53");
        let near = Float::round(self.negative, self.significand.clone(), self.exponent, false, precision);
        if near.magnitude() > 1024 {
            return sign * f64::INFINITY;
        }
        let significand = u64::try_from(&near.significand).expect("at most 53 bits");
        sign * significand as f64 * power_of_two(near.exponent)
    }
}

/// `2^exponent`, exactly, for what a double can hold.
fn power_of_two(exponent: i64) -> f64 {
    if exponent >= -1022 {
        f64::from_bits(u64::try_from(exponent + 1023).expect("not below the least exponent") << 52)
    } else {
        f64::from_bits(1 << (exponent + 1074))
    }
}

impl From<i64> for Float {
    fn from(value: i64) -> Self {
        Float::whole(IBig::from(value), PRECISION)
    }
}

/// Of a finite double.
impl From<f64> for Float {
    fn from(value: f64) -> Self {
        let bits = value.to_bits();
        let biased = (bits >> 52 & 0x7ff) as i64;
        let fraction = bits & ((1 << 52) - 1);
        let (significand, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
        Float::round(value.is_sign_negative(), UBig::from(significand), exponent, false, 53)
    }
}

impl Hash for Float {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.negative, self.exponent).hash(state);
        self.significand.hash(state);
    }
}
