//! The verbs of format strings: parsing them, and writing one value as one verb says.

use unicode_segmentation::UnicodeSegmentation;

use super::CallError;
use super::string::MOST_TEXT;
use crate::value::Decimal;
use crate::value::Number;
use crate::value::Type;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::json;
use crate::value::text::quoted;

/// One verb: `%`, flags, width, `.` and precision, `[` which argument `]`, a letter.
pub(super) struct Verb<'a> {
    raw: &'a str,
    offset: usize,
    sharp: bool,
    zero: bool,
    minus: bool,
    plus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// Which argument, from one, when the verb says it.
    index: Option<usize>,
    mode: char,
}

/// A piece of a format string.
pub(super) enum Piece<'a> {
    Literal(&'a str),
    Verb(Verb<'a>),
}

/// Takes a format string apart.
pub(super) fn parse(format: &str) -> Result<Vec<Piece<'_>>, CallError> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(found) = format[at..].find('%') {
        let start = at + found;
        if start > at {
            pieces.push(Piece::Literal(&format[at..start]));
        }
        if format[start + 1..].starts_with('%') {
            pieces.push(Piece::Literal("%"));
            at = start + 2;
            continue;
        }
        let verb = parse_verb(format, start)?;
        at = start + verb.raw.len();
        pieces.push(Piece::Verb(verb));
    }
    if at < format.len() {
        pieces.push(Piece::Literal(&format[at..]));
    }
    Ok(pieces)
}

fn parse_verb(format: &str, offset: usize) -> Result<Verb<'_>, CallError> {
    let mut at = offset + 1;
    let mut verb = Verb {
        raw: "",
        offset,
        sharp: false,
        zero: false,
        minus: false,
        plus: false,
        space: false,
        width: None,
        precision: None,
        index: None,
        mode: ' ',
    };
    let peek = |at: usize| format[at..].chars().next();
    loop {
        match peek(at) {
            Some('#') => verb.sharp = true,
            Some('0') => verb.zero = true,
            Some('-') => verb.minus = true,
            Some('+') => verb.plus = true,
            Some(' ') => verb.space = true,
            _ => break,
        }
        at += 1;
    }
    let number = |at: &mut usize| {
        let digits = format[*at..].bytes().take_while(u8::is_ascii_digit).count();
        let text = &format[*at..*at + digits];
        *at += digits;
        let value = text.parse::<usize>().unwrap_or(usize::MAX);
        if text.is_empty() { None } else { Some(value) }
    };
    let unexpected = |at: usize| match peek(at) {
        Some(char) => CallError::call(format!("unrecognized format character '{char}' at offset {at}")),
        None => CallError::call(format!("invalid format string starting at offset {at}")),
    };
    verb.width = number(&mut at);
    if peek(at) == Some('.') {
        at += 1;
        verb.precision = Some(number(&mut at).unwrap_or(0));
    }
    if peek(at) == Some('[') {
        at += 1;
        if peek(at) == Some('0') {
            return Err(unexpected(at));
        }
        verb.index = Some(number(&mut at).ok_or_else(|| unexpected(at))?);
        if peek(at) != Some(']') {
            return Err(unexpected(at));
        }
        at += 1;
    }
    verb.mode = peek(at).filter(char::is_ascii_alphabetic).ok_or_else(|| unexpected(at))?;
    verb.raw = &format[offset..at + 1];
    if verb.width.max(verb.precision).is_some_and(|length| length > MOST_TEXT / 64) {
        return Err(CallError::call(format!("the width or precision of {} is too large", quoted(verb.raw))));
    }
    Ok(verb)
}

/// Formats with all arguments known; says how many of them were used.
pub(super) fn format(format: &str, args: &[Value]) -> Result<(String, usize), CallError> {
    let mut text = String::new();
    let (mut next, mut used) = (1, 0);
    for piece in parse(format)? {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Verb(verb) => {
                let index = verb.index.unwrap_or(next);
                next = index.saturating_add(1);
                used = used.max(index);
                text.push_str(&verb.write(index, args)?);
            }
        }
    }
    Ok((text, used))
}

impl Verb<'_> {
    fn place(&self) -> String {
        format!("{} at {}", quoted(self.raw), self.offset)
    }

    fn unsupported(&self, why: &str) -> CallError {
        CallError::call(format!("unsupported value for {}: {why}", self.place()))
    }

    fn write(&self, index: usize, args: &[Value]) -> Result<String, CallError> {
        let missing = || {
            let total = args.len();
            let place = self.place();
            CallError::call(format!("not enough arguments for {place}: need index {index} but have {total} total"))
        };
        let arg = args.get(index - 1).ok_or_else(missing)?;
        if self.mode != 'v' && arg.is_null() {
            return Err(self.unsupported("null value cannot be formatted"));
        }
        let to = |ty: Type| convert(arg, ty).map_err(|error| self.unsupported(&error.message));
        match self.mode {
            'v' => match arg {
                Value::String(text) if !self.sharp => Ok(self.padded(text.to_string())),
                Value::Number(number) if !self.sharp => {
                    let text =
                        number.shortest().map_or_else(|| number.to_string(), |digits| general(digits, None, 'e'));
                    Ok(self.padded(text))
                }
                _ => {
                    let text = json::encode(arg).map_err(|error| self.unsupported(&error.to_string()))?;
                    Ok(self.padded(text))
                }
            },
            't' => Ok(if to(Type::BOOL)?.as_bool() == Some(true) { "true".into() } else { "false".into() }),
            's' | 'q' => {
                let text = to(Type::STRING)?;
                let text = text.as_str().unwrap_or_default();
                let cut = match self.precision {
                    Some(precision) if precision > 0 => text.graphemes(true).take(precision).collect(),
                    _ => text.to_owned(),
                };
                if self.mode == 's' {
                    return Ok(self.padded(cut));
                }
                let json = json::encode(&Value::from(cut)).map_err(|error| self.unsupported(&error.to_string()))?;
                Ok(self.padded(json))
            }
            'b' | 'd' | 'o' | 'x' | 'X' => self.integer(to(Type::NUMBER)?.as_number().unwrap_or(&Number::ZERO)),
            'e' | 'E' | 'f' | 'g' | 'G' => Ok(self.float(to(Type::NUMBER)?.as_number().unwrap_or(&Number::ZERO))),
            mode => {
                let raw = quoted(self.raw);
                Err(CallError::call(format!("unsupported format verb '{mode}' in {raw} at offset {}", self.offset)))
            }
        }
    }

    /// To the width, by what a reader sees as characters.
    fn padded(&self, text: String) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
        let pad = if self.zero { "0" } else { " " }.repeat(missing);
        if self.minus { text + &pad } else { pad + &text }
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    fn integer(&self, number: &Number) -> Result<String, CallError> {
        let whole = number.as_integer().ok_or_else(|| self.unsupported("an integer is required"))?;
        let (sign, magnitude) = whole.into_parts();
        let (radix, prefix) = match self.mode {
            'b' => (2, "0b"),
            'o' => (8, "0"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let mut digits = magnitude.in_radix(radix).to_string();
        if self.mode == 'X' {
            digits.make_ascii_uppercase();
        }
        if magnitude.is_zero() && self.precision == Some(0) {
            return Ok(String::new());
        }
        let sign = self.sign(sign == dashu::base::Sign::Negative);
        let prefix = if self.sharp { prefix } else { "" };
        let zeros = self.precision.unwrap_or(0).saturating_sub(digits.len());
        let length = sign.len() + prefix.len() + zeros + digits.len();
        let pad = self.width.unwrap_or(0).saturating_sub(length);
        let (left, zeros, right) = match () {
            () if self.minus => (0, zeros, pad),
            () if self.zero && self.precision.is_none() => (0, pad, 0),
            () => (pad, zeros, 0),
        };
        Ok(format!("{}{sign}{prefix}{}{digits}{}", " ".repeat(left), "0".repeat(zeros), " ".repeat(right)))
    }

    fn float(&self, number: &Number) -> String {
        let text = match (self.mode, number.decimal()) {
            (_, None) => number.to_string(),
            ('f', Some(digits)) => fixed(digits, self.precision.unwrap_or(6)),
            ('e' | 'E', Some(digits)) => exponential(digits, self.precision.unwrap_or(6), self.mode),
            (mode, Some(digits)) => {
                let letter = if mode == 'G' { 'E' } else { 'e' };
                let digits = if self.precision.is_none() { number.shortest().unwrap_or(digits) } else { digits };
                general(digits, self.precision, letter)
            }
        };
        let (sign, text) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            // Only infinity brings a plus of its own, which a space replaces.
            None => match text.strip_prefix('+') {
                Some(rest) => (if self.space { " " } else { "+" }, rest),
                None => (self.sign(false), text.as_str()),
            },
        };
        let pad = self.width.unwrap_or(0).saturating_sub(sign.len() + text.len());
        match () {
            () if self.zero && !self.minus && !number.is_infinite() => format!("{sign}{}{text}", "0".repeat(pad)),
            () if self.minus => format!("{sign}{text}{}", " ".repeat(pad)),
            () => format!("{}{sign}{text}", " ".repeat(pad)),
        }
    }
}

fn fixed(mut digits: Decimal, precision: usize) -> String {
    match usize::try_from(digits.point + precision as i64) {
        Ok(count) => digits.round(count),
        Err(_) => digits.digits.clear(),
    }
    digits.with_fraction(precision)
}

fn exponential(mut digits: Decimal, precision: usize, letter: char) -> String {
    digits.round(precision + 1);
    let exponent = if digits.digits.is_empty() { 0 } else { digits.point - 1 };
    digits.point = 1;
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}{letter}{sign}{:02}", digits.with_fraction(precision), exponent.unsigned_abs())
}

/// Without an exponent where that is short, else with one. No precision means all the digits given.
fn general(mut digits: Decimal, precision: Option<usize>, letter: char) -> String {
    if let Some(precision) = precision {
        digits.round(precision.max(1));
    }
    let count = digits.digits.len() as i64;
    let wanted = precision.map_or(count, |precision| precision.max(1) as i64);
    let limit = match precision {
        None => 6,
        Some(_) if wanted > count && count >= digits.point => count,
        Some(_) => wanted,
    };
    if digits.digits.is_empty() || (-4..limit).contains(&(digits.point - 1)) {
        return digits.to_string();
    }
    exponential(digits, usize::try_from(count - 1).unwrap_or(0), letter)
}
