//! Reading numbers from decimal text.

use std::str::FromStr;

use dashu::base::BitTest;
use dashu::integer::UBig;

use super::Number;
use super::PRECISION;
use super::ParseNumberError;
use super::float::Float;

/// Exponents of two that a number may have while it is read. What is beyond is an error; what is merely more than a
/// [`Number`] holds becomes infinity or zero.
const EXPONENTS: std::ops::RangeInclusive<i64> = i32::MIN as i64..=i32::MAX as i64;

/// Digits with an optional sign, fraction and exponent: `e` of ten, `p` of two. Also `Inf`. Rounds to 512 bits.
impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(small) = text.parse::<i64>()
            && (small != 0 || !text.starts_with('-'))
        {
            return Ok(Number::Int(small));
        }
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if text == "Inf" || text == "inf" {
            return Ok(Number::Inf(negative));
        }
        let (mantissa, exponent, is_binary) = match text.split_once(['e', 'E', 'p', 'P']) {
            Some((mantissa, exponent)) => {
                (mantissa, exponent.parse::<i64>().map_err(|_| ParseNumberError)?, text.contains(['p', 'P']))
            }
            None => (text, 0, false),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseNumberError);
        }
        let significand = UBig::from_str_radix(&digits, 10).map_err(|_| ParseNumberError)?;
        if significand.is_zero() {
            return Ok(if negative { Number::from_float(Float::zero(true)) } else { Number::ZERO });
        }
        let fraction = i64::try_from(fraction.len()).map_err(|_| ParseNumberError)?;
        let (fives, twos) = if is_binary {
            (-fraction, exponent.saturating_sub(fraction))
        } else {
            let tens = exponent.saturating_sub(fraction);
            (tens, tens)
        };
        if !EXPONENTS.contains(&twos.saturating_add(significand.bit_len() as i64)) {
            return Err(ParseNumberError);
        }
        Ok(scaled(negative, significand, fives, twos))
    }
}

/// `±significand × 5^fives × 2^twos`
fn scaled(negative: bool, significand: UBig, fives: i64, twos: i64) -> Number {
    if fives == 0 {
        return Number::from_float(Float::round(negative, significand, twos, false, PRECISION));
    }
    let exact = u32::try_from(significand.bit_len()).unwrap_or(u32::MAX);
    let mantissa = Float::round(negative, significand, twos, false, exact);
    let power = power_of_five(fives.unsigned_abs(), PRECISION + 64);
    Number::from_float(if fives < 0 { mantissa.div_to(&power, PRECISION) } else { mantissa.mul_to(&power, PRECISION) })
}

/// By squaring, with bits to spare: exact up to 5²⁴⁸, and far better than one rounding beyond.
fn power_of_five(power: u64, precision: u32) -> Float {
    /// The largest power of five in 64 bits.
    const DIRECT: u64 = 27;
    let direct = 5u64.pow(u32::try_from(power.min(DIRECT)).expect("at most 27"));
    let mut result = Float::round(false, UBig::from(direct), 0, false, precision);
    let mut square = Float::round(false, UBig::from(5u8), 0, false, precision + 64);
    let mut rest = power.saturating_sub(DIRECT);
    while rest > 0 {
        if rest & 1 == 1 {
            result = result.mul_to(&square, precision);
        }
        square = square.mul_to(&square, precision + 64);
        rest >>= 1;
    }
    result
}
