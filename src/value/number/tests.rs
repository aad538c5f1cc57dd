use std::collections::hash_map::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;

use proptest::prelude::*;

use super::Number;

fn number(text: &str) -> Number {
    text.parse().unwrap_or_else(|_| panic!("{text} is a number"))
}

#[test]
fn text_is_the_shortest_that_reads_back() {
    for (input, text) in [
        ("1.10", "1.1"),
        ("1e-5", "0.00001"),
        ("1.2e+5", "120000"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("1p5", "32"),
        ("-0.0", "-0"),
        ("1e100", &format!("1{}", "0".repeat(100))),
        ("1e-400", &format!("0.{}1", "0".repeat(399))),
        ("123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ("9223372036854775808", "9223372036854775808"),
        ("Inf", "+Inf"),
        ("1e1000000000", "+Inf"),
        ("-1e1000000000", "-Inf"),
        ("1e-1000000000", "0"),
    ] {
        assert_eq!(number(input).to_string(), text, "{input}");
    }
}

#[test]
fn what_is_not_a_number_is_refused() {
    for text in ["", ".", "-", "1e", "1_000", "0x1f", " 5", "5 ", "1e99999999999", "1e-99999999999", "nan", "--1"] {
        assert!(text.parse::<Number>().is_err(), "{text}");
    }
}

#[test]
fn arithmetic_rounds_to_512_bits() {
    let third = number("1").div(&number("3")).expect("defined");
    assert_eq!(third.to_string(), format!("0.{}5", "3".repeat(154)));
    let two_thirds = number("2").div(&number("3")).expect("defined");
    assert_eq!(two_thirds.to_string(), format!("0.{}7", "6".repeat(153)));
    let ninth = third.mul(&third).expect("defined");
    assert_eq!(ninth.to_string(), format!("0.{}5", "1".repeat(155)));
    let tenth = number("1").sub(&number("0.9")).expect("defined");
    assert_eq!(tenth.to_string(), format!("0.1{}3", "0".repeat(153)));
    assert_eq!(number("0.1").add(&number("0.2")).expect("defined"), number("0.3"));
    assert_eq!(number("10").mul(&number("0.3")), Ok(number("3")));
}

#[test]
fn remainders_have_the_dividends_sign() {
    for (a, b, expected) in [
        ("-5", "3", "-2"),
        ("5", "-3", "2"),
        ("5.5", "2", "1.5"),
        ("5", "0", "5"),
        ("-9223372036854775808", "-1", "0"),
        ("10", "0.3", &format!("0.0{}28", "9".repeat(152))),
    ] {
        assert_eq!(number(a).rem(&number(b)).expect("defined").to_string(), expected, "{a} % {b}");
    }
}

#[test]
fn infinities_and_zeros_follow_ieee() {
    let inf = number("Inf");
    assert_eq!(number("-5").div(&Number::ZERO).map(|n| n.to_string()), Ok("-Inf".into()));
    assert_eq!(number("1").div(&inf).map(|n| n.to_string()), Ok("0".into()));
    assert_eq!(Number::ZERO.mul(&number("-1")).map(|n| n.to_string()), Ok("-0".into()));
    assert_eq!(Number::ZERO.neg(), Number::ZERO);
    assert_eq!(Number::ZERO.neg().as_i64(), Some(0));
    assert!(Number::ZERO.div(&Number::ZERO).is_err());
    assert!(inf.div(&inf).is_err());
    assert!(inf.sub(&inf).is_err());
    assert!(inf.mul(&Number::ZERO).is_err());
}

#[test]
fn doubles_print_with_their_own_precision() {
    for (value, text) in [
        (2f64.powf(0.5), "1.4142135623730951"),
        (2f64.powi(60), "1152921504606847000"),
        (0.1, "0.1"),
        (5e-324, &format!("0.{}4940656458412465", "0".repeat(323))),
        (-0.0, "-0"),
    ] {
        assert_eq!(Number::from_f64(value).expect("a number").to_string(), text);
    }
    let root = Number::from_f64(2f64.powf(0.5)).expect("a number");
    let product = root.mul(&Number::Int(1)).expect("defined");
    assert_eq!(product.to_string(), "1.4142135623730951454746218587388284504413604736328125");
    assert!(Number::from_f64(f64::NAN).is_none());
}

#[test]
fn rounding_to_whole_numbers_goes_down_or_up() {
    for (input, floor, ceil) in [
        ("-1.5", "-2", "-1"),
        ("2.5", "2", "3"),
        ("7", "7", "7"),
        ("123456789012345678901234567890.5", "123456789012345678901234567890", "123456789012345678901234567891"),
    ] {
        assert_eq!(number(input).floor(), number(floor));
        assert_eq!(number(input).ceil(), number(ceil));
    }
}

fn hash(number: &Number) -> u64 {
    let mut hasher = DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #[test]
    fn text_reads_back_equal(mantissa in "-?[0-9]{1,60}(\\.[0-9]{1,60})?", exponent in -300i32..300) {
        let value = number(&format!("{mantissa}e{exponent}"));
        let again = number(&value.to_string());
        prop_assert_eq!(hash(&value), hash(&again));
        prop_assert_eq!(&value, &again);
    }

    #[test]
    fn doubles_survive(value in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
        let number = Number::from_f64(value).expect("not NaN");
        prop_assert_eq!(number.to_f64(), value);
        prop_assert_eq!(number.to_string().parse::<f64>().expect("decimal"), value);
    }

    #[test]
    fn whole_numbers_compute_as_integers(a: i64, b: i64) {
        let (x, y) = (Number::Int(a), Number::Int(b));
        let of = |wide: i128| Number::from(dashu::integer::IBig::from(wide));
        prop_assert_eq!(x.add(&y), Ok(of(i128::from(a) + i128::from(b))));
        prop_assert_eq!(x.mul(&y), Ok(of(i128::from(a) * i128::from(b))));
        prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        prop_assert_eq!(hash(&x), hash(&number(&format!("{a}.0"))));
    }
}
