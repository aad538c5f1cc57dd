//! Arithmetic functions.

use std::ops::ControlFlow;

use dashu::integer::IBig;

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use crate::value::Number;
use crate::value::Type;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    let num = || [Param::number("num")];
    let one = |name, body| Function::pure(name, num(), Type::NUMBER, body);
    let many = |name, body| Function::pure(name, [], Type::NUMBER, body).variadic_of(Param::number("numbers"));
    vec![
        one("abs", |args| Ok(Value::Number(number(args, 0).abs()))),
        one("ceil", |args| Ok(Value::Number(number(args, 0).ceil()))),
        one("floor", |args| Ok(Value::Number(number(args, 0).floor()))),
        Function::pure("log", [Param::number("num"), Param::number("base")], Type::NUMBER, |args| {
            double(number(args, 0).to_f64().ln() / number(args, 1).to_f64().ln())
        }),
        many("max", |args| best(args, |one, two| one > two)),
        many("min", |args| best(args, |one, two| one < two)),
        Function::pure("parseint", [Param::any("number"), Param::number("base")], Type::NUMBER, parseint),
        Function::pure("pow", [Param::number("num"), Param::number("power")], Type::NUMBER, |args| {
            double(power(number(args, 0).to_f64(), number(args, 1).to_f64()))
        }),
        Function::pure("range", [], Type::list(Type::NUMBER), range).variadic_of(Param::number("params")),
        one("signum", |args| Ok(Value::from(whole(&args[0]).map_err(CallError::call)?.signum()))),
        Function::pure("sum", [Param::any("list")], Type::NUMBER, sum),
    ]
}

/// The number of an argument that the rules of [`super::call`] made a known number.
pub(super) fn number(args: &[Value], index: usize) -> &Number {
    args[index].as_number().expect("the argument was converted to a number")
}

/// A number as an `i64`, or what to say.
pub(super) fn whole(value: &Value) -> Result<i64, String> {
    value.as_i64().ok_or_else(|| format!("value must be a whole number, between {} and {}", i64::MIN, i64::MAX))
}

/// A number as an integer of any size, or what to say.
pub(super) fn integer(value: &Value) -> Result<IBig, String> {
    value.as_number().and_then(Number::as_integer).ok_or_else(|| "value must be a whole number".into())
}

fn double(value: f64) -> Result<Value, CallError> {
    Number::from_f64(value).map(Value::Number).ok_or_else(|| CallError::call("the result is not a number"))
}

/// Whole powers are exact where a double can hold them, which the platform's `powf` does not promise.
fn power(base: f64, exponent: f64) -> f64 {
    match exponent as i32 {
        whole if f64::from(whole) == exponent && base.fract() == 0.0 && whole.unsigned_abs() <= 64 => base.powi(whole),
        _ => base.powf(exponent),
    }
}

fn best(args: &[Value], better: fn(&Number, &Number) -> bool) -> Result<Value, CallError> {
    if args.is_empty() {
        return Err(CallError::call("must pass at least one number"));
    }
    let rest = (1..args.len()).map(|index| number(args, index));
    let best = rest.fold(number(args, 0), |best, other| if better(other, best) { other } else { best });
    Ok(Value::Number(best.clone()))
}

fn parseint(args: &[Value]) -> Result<Value, CallError> {
    if args[0].ty() != Type::STRING {
        let message = format!("first argument must be a string, not {}", args[0].ty());
        return Err(CallError::argument(0, message));
    }
    let base = whole(&args[1]).map_err(|message| CallError::argument(1, message))?;
    let base = u8::try_from(base).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or_else(|| CallError::argument(1, "base must be a whole number between 2 and 62 inclusive"))?;
    let text = string(args, 0);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digit = |char: char| {
        let digit = match char {
            '0'..='9' => u32::from(char) - u32::from('0'),
            'a'..='z' => u32::from(char) - u32::from('a') + 10,
            'A'..='Z' if base <= 36 => u32::from(char) - u32::from('A') + 10,
            'A'..='Z' => u32::from(char) - u32::from('A') + 36,
            _ => return None,
        };
        (digit < u32::from(base)).then_some(digit)
    };
    let sum = digits.chars().try_fold(IBig::ZERO, |sum, char| Some(sum * IBig::from(base) + IBig::from(digit(char)?)));
    let sum = sum.filter(|_| !digits.is_empty());
    let sum =
        sum.ok_or_else(|| CallError::argument(0, format!("cannot parse {} as a base {base} integer", quoted(text))))?;
    Ok(Value::Number(Number::from(if text.starts_with('-') { -sum } else { sum })))
}

fn range(args: &[Value]) -> Result<Value, CallError> {
    /// So that a mistaken step does not eat all memory.
    const MOST: usize = 1024;
    let (zero, one, minus) = (Number::ZERO, Number::Int(1), Number::Int(-1));
    let downwards = |start: &Number, end: &Number| if end < start { minus.clone() } else { one.clone() };
    let (start, end, step) = match args.len() {
        1 => (&zero, number(args, 0), downwards(&zero, number(args, 0))),
        2 => (number(args, 0), number(args, 1), downwards(number(args, 0), number(args, 1))),
        3 => (number(args, 0), number(args, 1), number(args, 2).clone()),
        _ => return Err(CallError::call("must have one, two, or three arguments")),
    };
    let is_down = step < zero;
    if is_down && end > start {
        return Err(CallError::argument(1, "end must be less than start when step is negative"));
    }
    if !is_down && end < start {
        return Err(CallError::argument(1, "end must be greater than start when step is positive"));
    }
    let mut numbers = Vec::new();
    let mut next = start.clone();
    while if is_down { next > *end } else { next < *end } {
        if numbers.len() >= MOST {
            return Err(CallError::call(
                "more than 1024 values were generated; either decrease the difference between start and end or use a \
                 smaller step",
            ));
        }
        numbers.push(Value::Number(next.clone()));
        next = next.add(&step).map_err(|error| CallError::call(error.to_string()))?;
    }
    Ok(Value::list(Type::NUMBER, numbers))
}

fn sum(args: &[Value]) -> Result<Value, CallError> {
    let ty = args[0].ty();
    if args[0].as_elements().is_none() && args[0].as_entries().is_none() {
        return Err(CallError::argument(0, "cannot sum noniterable"));
    }
    let elements = args[0].as_elements();
    if elements.map_or_else(|| args[0].as_entries().is_some_and(|entries| entries.is_empty()), <[Value]>::is_empty) {
        return Err(CallError::argument(0, "cannot sum an empty list"));
    }
    let elements = elements
        .ok_or_else(|| CallError::argument(0, format!("argument must be list, set, or tuple. Received {ty}")))?;
    if !args[0].is_wholly_known() {
        return Ok(Value::unknown_not_null(Type::NUMBER));
    }
    let of_numbers = || CallError::argument(0, "argument must be list, set, or tuple of number values");
    let total = elements.iter().try_fold(None, |total: Option<Number>, element| {
        let Some(number) = convert(element, Type::NUMBER).ok().and_then(|value| value.as_number().cloned()) else {
            return ControlFlow::Break(of_numbers());
        };
        match total.map_or(Ok(number.clone()), |total| total.add(&number)) {
            Ok(total) => ControlFlow::Continue(Some(total)),
            Err(error) => ControlFlow::Break(CallError::call(error.to_string())),
        }
    });
    match total {
        ControlFlow::Continue(total) => Ok(Value::Number(total.unwrap_or(Number::ZERO))),
        ControlFlow::Break(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
