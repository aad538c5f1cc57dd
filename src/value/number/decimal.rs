//! Decimal digits of binary floats: all of them, or as few as read back equal.

use std::fmt;

use dashu::base::BitTest;
use dashu::integer::UBig;

use super::float::Float;

/// `±0.digits × 10^point`. No zeros at either end; no digits for zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    /// `b'0'` to `b'9'`.
    pub(crate) digits: Vec<u8>,
    pub(crate) point: i64,
}

impl Decimal {
    pub(super) fn exact(float: &Float) -> Decimal {
        Decimal::of(float.is_negative(), float.significand(), float.exponent())
    }

    /// `significand × 2^exponent`
    fn of(negative: bool, significand: &UBig, exponent: i64) -> Decimal {
        let distance = usize::try_from(exponent.unsigned_abs()).expect("exponents are limited");
        // m/2ⁿ is m·5ⁿ/10ⁿ
        let (whole, shift) = if exponent >= 0 {
            (significand << distance, 0)
        } else {
            (significand * UBig::from(5u8).pow(distance), distance as i64)
        };
        let mut decimal = Decimal { negative, digits: whole.to_string().into_bytes(), point: 0 };
        decimal.point = decimal.digits.len() as i64 - shift;
        decimal.trim();
        decimal
    }

    /// The shortest digits that round to the float at its precision.
    ///
    /// Every decimal between the midpoints to both neighbours does, so digits are kept until cutting or raising the
    /// last one stays between them.
    pub(super) fn shortest(float: &Float) -> Decimal {
        let mut decimal = Decimal::exact(float);
        if decimal.digits.is_empty() {
            return decimal;
        }
        // In units of half of the last place.
        let wanted = float.precision() as usize + 1;
        let shift = wanted.saturating_sub(float.significand().bit_len());
        let halves = float.significand() << shift;
        let exponent = float.exponent() - shift as i64;
        let lower = Decimal::of(false, &(&halves - UBig::ONE), exponent).digits;
        let upper = Decimal::of(false, &(&halves + UBig::ONE), exponent).digits;
        // A midpoint itself rounds to the even neighbour.
        let inclusive = !halves.bit(1);
        let at = |digits: &[u8], place: usize| digits.get(place).copied().unwrap_or(b'0');
        for place in 0..decimal.digits.len() {
            let digit = decimal.digits[place];
            let (low, high) = (at(&lower, place), at(&upper, place));
            let may_cut = low != digit || inclusive && place + 1 == lower.len();
            let may_raise = digit != high && (inclusive || digit + 1 < high || place + 1 < upper.len());
            match (may_cut, may_raise) {
                (true, true) => decimal.round(place + 1),
                (true, false) => decimal.cut(place + 1),
                (false, true) => decimal.raise(place + 1),
                (false, false) => continue,
            }
            break;
        }
        decimal
    }

    /// Keeps so many digits, rounding half to even.
    pub(crate) fn round(&mut self, count: usize) {
        let Some(&next) = self.digits.get(count) else { return };
        let is_half = next == b'5' && count + 1 == self.digits.len();
        let up = if is_half { count > 0 && (self.digits[count - 1] - b'0') % 2 == 1 } else { next >= b'5' };
        if up { self.raise(count) } else { self.cut(count) }
    }

    fn cut(&mut self, count: usize) {
        self.digits.truncate(count);
        self.trim();
    }

    /// Keeps so many digits and adds one to the last.
    fn raise(&mut self, count: usize) {
        self.digits.truncate(count);
        while let Some(last) = self.digits.pop() {
            if last < b'9' {
                self.digits.push(last + 1);
                return;
            }
        }
        self.digits.push(b'1');
        self.point += 1;
    }

    fn trim(&mut self) {
        while self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        if self.digits.is_empty() {
            self.point = 0;
        }
    }

    /// The digit at a power of ten; zero outside of the known ones.
    pub(crate) fn digit(&self, power: i64) -> char {
        let place = self.point - 1 - power;
        usize::try_from(place).ok().and_then(|place| self.digits.get(place)).map_or('0', |digit| char::from(*digit))
    }

    /// Digits behind the decimal point.
    pub(crate) fn fraction_len(&self) -> usize {
        usize::try_from(self.digits.len() as i64 - self.point).unwrap_or(0)
    }

    /// Text with so many digits behind the point; further ones are left out, so round before.
    pub(crate) fn with_fraction(&self, fraction: usize) -> String {
        let mut text = String::with_capacity(self.digits.len() + fraction + 2);
        if self.negative {
            text.push('-');
        }
        (0..self.point.max(1)).rev().for_each(|power| text.push(self.digit(power)));
        if fraction > 0 {
            text.push('.');
            (1..=fraction as i64).for_each(|power| text.push(self.digit(-power)));
        }
        text
    }
}

/// All digits, without an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_fraction(self.fraction_len()))
    }
}
