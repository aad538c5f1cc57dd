//! Text functions that look at characters: case, trimming, cutting, joining.

use unicode_segmentation::UnicodeSegmentation;

use super::CallError;
use super::Function;
use super::Param;
use super::numeric::whole;
use crate::value::Refinement;
use crate::value::Type;
use crate::value::Unknown;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let str = || Param::string("str");
    let list = Type::list(Type::STRING);
    let text = |name, body| Function::pure(name, [str()], Type::STRING, body);
    let test = |name, second, body| Function::pure(name, [str(), Param::string(second)], Type::BOOL, body);
    let cut = |name, second, body| Function::pure(name, [str(), Param::string(second)], Type::STRING, body);
    vec![
        text("chomp", |args| Ok(Value::text(string(args, 0).trim_end_matches(['\r', '\n'])))),
        test("endswith", "suffix", |args| Ok(Value::Bool(string(args, 0).ends_with(string(args, 1))))),
        Function::pure("indent", [Param::number("spaces"), str()], Type::STRING, indent),
        Function::pure("join", [Param::string("separator")], Type::STRING, join)
            .variadic_of(Param::new("lists", list).unknown()),
        text("lower", |args| Ok(Value::text(string(args, 0).chars().map(lower).collect::<String>()))),
        Function::pure("split", [Param::string("separator"), str()], list, split),
        test("startswith", "prefix", |args| Ok(Value::Bool(string(args, 0).starts_with(string(args, 1))))),
        test("strcontains", "substr", |args| Ok(Value::Bool(string(args, 0).contains(string(args, 1))))),
        text("strrev", |args| Ok(Value::text(string(args, 0).graphemes(true).rev().collect::<String>()))),
        Function::pure("substr", [str(), Param::number("offset"), Param::number("length")], Type::STRING, substr),
        text("title", |args| Ok(Value::text(title(string(args, 0))))),
        cut("trim", "cutset", |args| {
            let set: Vec<char> = string(args, 1).chars().collect();
            Ok(Value::text(string(args, 0).trim_matches(set.as_slice())))
        }),
        cut("trimprefix", "prefix", |args| {
            let text = string(args, 0);
            Ok(Value::text(text.strip_prefix(string(args, 1)).unwrap_or(text)))
        }),
        text("trimspace", |args| Ok(Value::text(string(args, 0).trim()))),
        cut("trimsuffix", "suffix", |args| {
            let text = string(args, 0);
            Ok(Value::text(text.strip_suffix(string(args, 1)).unwrap_or(text)))
        }),
        text("upper", |args| Ok(Value::text(string(args, 0).chars().map(upper).collect::<String>()))),
    ]
}

/// The text of an argument that the rules of [`super::call`] made a known string.
pub(super) fn string(args: &[Value], index: usize) -> &str {
    args[index].as_str().expect("the argument was converted to a string")
}

fn indent(args: &[Value]) -> Result<Value, CallError> {
    let spaces = whole(&args[0]).map_err(CallError::call)?;
    let text = string(args, 1);
    let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
    let spaces =
        usize::try_from(spaces).map_err(|_| CallError::call("cannot indent by a negative number of spaces"))?;
    if breaks > 0 && spaces > MOST_TEXT / breaks {
        return Err(CallError::call("the result would be too large"));
    }
    Ok(Value::text(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

/// What padding may add up to: beyond lies a mistake, not a configuration.
pub(super) const MOST_TEXT: usize = 1 << 26;

fn join(args: &[Value]) -> Result<Value, CallError> {
    let lists = &args[1..];
    if lists.is_empty() {
        return Err(CallError::call("at least one list is required"));
    }
    if lists.iter().any(|list| !list.is_wholly_known()) {
        return Ok(unknown_with_prefix(""));
    }
    let mut items = Vec::new();
    for (at, list) in lists.iter().enumerate() {
        for (index, element) in list.as_elements().unwrap_or_default().iter().enumerate() {
            let place = || if lists.len() > 1 { format!(" of list {}", at + 1) } else { String::new() };
            let null = || format!("element {index}{} is null; cannot concatenate null values", place());
            items.push(element.as_str().ok_or_else(|| CallError::argument(at + 1, null()))?);
        }
    }
    Ok(Value::text(items.join(string(args, 0))))
}

/// A string to come that is not null and begins like this.
pub(super) fn unknown_with_prefix(prefix: &str) -> Value {
    let prefix = (!prefix.is_empty()).then(|| prefix.into());
    let refinement = Refinement { not_null: true, prefix, ..Refinement::default() };
    Value::Unknown(std::sync::Arc::new(Unknown::new(Type::STRING).refined(refinement)))
}

fn split(args: &[Value]) -> Result<Value, CallError> {
    let (separator, text) = (string(args, 0), string(args, 1));
    let parts: Vec<Value> = if separator.is_empty() {
        text.chars().map(|char| Value::text(char.to_string())).collect()
    } else {
        text.split(separator).map(Value::text).collect()
    };
    Ok(Value::list(Type::STRING, parts))
}

/// Cuts by what a reader sees as characters. A negative offset counts from the end; a negative length, and with a
/// negative offset a length of zero too, takes the rest.
fn substr(args: &[Value]) -> Result<Value, CallError> {
    let text = string(args, 0);
    let offset = whole(&args[1]).map_err(CallError::call)?;
    let length = whole(&args[2]).map_err(CallError::call)?;
    if offset >= 0 && length == 0 {
        return Ok(Value::from(""));
    }
    let count = text.graphemes(true).count() as i64;
    let start = if offset < 0 { offset + count } else { offset };
    let rest = text.graphemes(true).skip(usize::try_from(start).unwrap_or(0));
    Ok(Value::text(match usize::try_from(length) {
        Ok(length) if length > 0 => rest.take(length).collect::<String>(),
        _ => rest.collect::<String>(),
    }))
}

/// The one lower-case character; the language never makes two of one.
pub(super) fn lower(char: char) -> char {
    char.to_lowercase().next().unwrap_or(char)
}

/// The one upper-case character. Where Unicode has only a longer form the character stays.
fn upper(char: char) -> char {
    let mut upper = char.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => single_capital(char),
    }
}

/// Greek letters with an iota below have a capital of their own beside the longer form.
fn single_capital(char: char) -> char {
    let code = u32::from(char);
    let capital = match code {
        0x1f80..=0x1faf if code & 8 == 0 => code + 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => code + 9,
        _ => code,
    };
    char::from_u32(capital).unwrap_or(char)
}

/// Capitals at the beginning of words. Letters, digits and underscores make up words.
fn title(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut before = ' ';
    for char in text.chars() {
        let begins =
            if before.is_ascii() { !before.is_ascii_alphanumeric() && before != '_' } else { before.is_whitespace() };
        result.push(if begins { capital(char) } else { char });
        before = char;
    }
    result
}

/// The title case of a character: two letters in one have only the first large, Georgian has no large ones in titles.
fn capital(char: char) -> char {
    match char {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10ff}' => char,
        _ => upper(char),
    }
}

#[cfg(test)]
mod tests;
