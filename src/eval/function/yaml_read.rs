//! Reading YAML: one document, whose plain scalars say by their looks what they are.

use std::collections::HashMap;
use std::fmt;

use saphyr_parser::Event;
use saphyr_parser::Marker;
use saphyr_parser::Parser;
use saphyr_parser::ScalarStyle;
use saphyr_parser::ScanError;
use saphyr_parser::Span;
use saphyr_parser::Tag;

use super::encoding::from_base64;
use super::timestamp::Timestamp;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::text::quoted;

/// How deep collections may nest; values are walked by recursion.
const DEPTH: usize = 1000;
const CORE: &str = "tag:yaml.org,2002:";

/// Why text is not YAML, or not YAML that has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlError {
    message: String,
    /// Where, counted as Terraform does; not said for the first line.
    at: Option<(usize, usize)>,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.at {
            write!(f, "on line {line}, column {column}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl YamlError {
    /// At a place of the document. Lines are counted from zero, as in Terraform.
    fn new(message: impl Into<String>, mark: &Marker) -> Self {
        let line = mark.line().saturating_sub(1);
        Self { message: message.into(), at: (line > 0).then_some((line, mark.col() + 1)) }
    }
}

/// The value of a document. Sequences become tuples, mappings objects; of equal keys the last wins.
pub(super) fn decode(text: &str) -> Result<Value, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    check_characters(text)?;
    check_directives(text)?;
    let mut builder = Builder { text, open: Vec::new(), anchors: HashMap::new(), naming: Vec::new(), root: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| explained(text, &error))?;
        builder.event(event, span)?;
    }
    builder.root.ok_or_else(|| match text.starts_with("...") {
        true => YamlError { message: "did not find expected node content".into(), at: None },
        false => YamlError { message: "missing start of document".into(), at: Some((1, 1)) },
    })
}

/// YAML has no control characters, and a block does not begin with a tab.
fn check_characters(text: &str) -> Result<(), YamlError> {
    let fail = |message: &str| Err(YamlError { message: message.into(), at: None });
    let is_allowed = |char: char| {
        matches!(char, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
            && char != '\u{feff}'
    };
    if !text.chars().all(is_allowed) {
        return fail("control characters are not allowed");
    }
    let begins_with_tab = text.starts_with('\t') && !text.trim_start().starts_with(['#', '[', '{', '"', '\'']);
    if begins_with_tab { fail("found character that cannot start any token") } else { Ok(()) }
}

/// Only documents of version 1.1, or of none said, are read.
fn check_directives(text: &str) -> Result<(), YamlError> {
    let fail = |message: &str| Err(YamlError { message: message.into(), at: None });
    for line in text.lines().take_while(|line| line.starts_with('%')) {
        let mut words = line[1..].split_whitespace();
        match (words.next(), words.next()) {
            (Some("YAML"), Some("1.1")) | (Some("TAG"), _) => {}
            (Some("YAML"), _) => return fail("found incompatible YAML document"),
            (Some(_), _) => return fail("found unknown directive name"),
            (None, _) => return fail("could not find expected directive name"),
        }
    }
    Ok(())
}

/// What the parser complains about, in the words of the library most people know.
fn explained(text: &str, error: &ScanError) -> YamlError {
    let info = error.info();
    let plain = info.strip_prefix("while ").and_then(|rest| rest.split_once(", ")).map_or(info, |(_, what)| what);
    let mark = error.marker();
    let line = mark.line().saturating_sub(1);
    let column = mark.col() + 1;
    let (message, is_scanner, column) = match plain {
        "found unknown anchor" => (undefined_anchor(text, mark), false, column),
        "expected ',' or ']'" | "illegal placement of ':' indicator" => {
            ("did not find expected ',' or ']'".into(), false, column)
        }
        "did not find expected key" => {
            let indent = text.lines().nth(line).map_or(0, |line| line.len() - line.trim_start().len());
            (plain.to_owned(), false, indent + 1)
        }
        "mapping values are not allowed in this context" => (plain.to_owned(), true, 1),
        "misplaced bracket" => ("did not find expected node content".into(), false, column),
        "found unprintable character" => ("control characters are not allowed".into(), true, column),
        "the handle wasn't declared" => ("found undefined tag handle".into(), false, column),
        "simple key expected" | "simple key expect ':'" => ("could not find expected ':'".into(), true, column),
        "a block scalar content cannot start with a tab" => {
            ("found a tab character where an indentation space is expected".into(), true, 1)
        }
        "did not find expected hexadecimal number" => ("did not find expected hexdecimal number".into(), true, column),
        "invalid trailing content after double-quoted scalar" => ("did not find expected key".into(), false, column),
        _ if plain.starts_with("tabs disallowed") => ("found character that cannot start any token".into(), true, 1),
        _ if plain.starts_with("unexpected character") => {
            ("found character that cannot start any token".into(), true, column)
        }
        _ => (plain.to_owned(), !plain.starts_with("did not find expected"), column),
    };
    // At the end of the text there is one more line.
    let is_end = mark.index() >= text.chars().count() && mark.col() > 0;
    let (line, column) = match line {
        line if is_end && !is_scanner => (line + 1, 1),
        line if is_scanner && line > 0 => (line + 1, column),
        line => (line, column),
    };
    YamlError { message, at: (line > 0).then_some((line, column)) }
}

fn undefined_anchor(text: &str, mark: &Marker) -> String {
    format!("reference to undefined anchor {}", quoted(&alias(text, mark)))
}

/// The name of the alias at a place.
fn alias(text: &str, mark: &Marker) -> String {
    let from = text.char_indices().nth(mark.index()).map_or("", |(at, _)| &text[at..]);
    let is_name = |char: &char| char.is_alphanumeric() || matches!(char, '-' | '_');
    from.trim_start_matches('*').chars().take_while(is_name).collect()
}

/// A collection that is not closed yet.
enum Open {
    Sequence { anchor: usize, elements: Vec<Value> },
    Mapping { anchor: usize, entries: Vec<(Str, Value)>, key: Option<Key> },
}

enum Key {
    Name(Str),
    /// `<<`, and where: the value's entries are put here.
    Merge(Marker),
}

struct Builder<'a> {
    text: &'a str,
    open: Vec<Open>,
    anchors: HashMap<usize, Value>,
    /// Anchors of collections that are not closed yet, to tell a value that holds itself.
    naming: Vec<usize>,
    root: Option<Value>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let mark = &span.start;
        if self.root.is_some() && matches!(event, Event::DocumentStart(_)) {
            return Err(YamlError::new("unexpected extra content after value", mark));
        }
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
            Event::Alias(anchor) => {
                if self.naming.contains(&anchor) {
                    let name = quoted(&alias(self.text, mark));
                    let message = format!("cannot refer to anchor {name} from inside its own definition");
                    return Err(YamlError::new(message, mark));
                }
                let undefined = || YamlError::new(undefined_anchor(self.text, mark), mark);
                let value = self.anchors.get(&anchor).cloned().ok_or_else(undefined)?;
                self.add(value, mark)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_key = matches!(self.open.last(), Some(Open::Mapping { key: None, .. }));
                if is_key && text == "<<" && tag.is_none() {
                    if let Some(Open::Mapping { key, .. }) = self.open.last_mut() {
                        *key = Some(Key::Merge(span.start));
                    }
                    return Ok(());
                }
                let value = scalar(&text, style, tag.as_deref()).map_err(|message| YamlError::new(message, mark))?;
                // What names a key names nothing that could stand elsewhere.
                if anchor > 0 && !is_key {
                    self.anchors.insert(anchor, value.clone());
                }
                self.add(value, mark)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_collection(tag.as_deref(), "seq", "sequence", mark)?;
                self.naming.push(anchor);
                self.open.push(Open::Sequence { anchor, elements: Vec::new() });
                Ok(())
            }
            Event::MappingStart(anchor, tag) => {
                self.check_collection(tag.as_deref(), "map", "mapping", mark)?;
                self.naming.push(anchor);
                self.open.push(Open::Mapping { anchor, entries: Vec::new(), key: None });
                Ok(())
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (anchor, value) = match self.open.pop() {
                    Some(Open::Sequence { anchor, elements }) => (anchor, Value::tuple(elements)),
                    Some(Open::Mapping { anchor, entries, .. }) => (anchor, Value::object(entries)),
                    None => return Err(YamlError::new("did not find expected node content", mark)),
                };
                self.naming.pop();
                if anchor > 0 {
                    self.anchors.insert(anchor, value.clone());
                }
                self.add(value, mark)
            }
        }
    }

    fn check_collection(&self, tag: Option<&Tag>, name: &str, kind: &str, mark: &Marker) -> Result<(), YamlError> {
        if matches!(self.open.last(), Some(Open::Mapping { key: None, .. })) {
            return Err(YamlError::new("only strings are allowed as mapping keys", mark));
        }
        if self.open.len() >= DEPTH {
            return Err(YamlError::new("exceeded max depth", mark));
        }
        match tag {
            Some(tag) if full(tag) != format!("{CORE}{name}") => {
                Err(YamlError::new(format!("can't interpret {kind} as {}", full(tag)), mark))
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, value: Value, mark: &Marker) -> Result<(), YamlError> {
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::Sequence { elements, .. }) => elements.push(value),
            Some(Open::Mapping { entries, key, .. }) => match key.take() {
                Some(Key::Name(name)) => entries.push((name, value)),
                Some(Key::Merge(begin)) => match value.as_entries() {
                    Some(merged) => entries.extend(merged.into_iter().map(|(name, part)| (name.clone(), part.clone()))),
                    None => {
                        let message = format!("cannot merge {} into mapping", value.ty());
                        return Err(YamlError::new(message, &begin));
                    }
                },
                None if value.is_null() => return Err(YamlError::new("mapping key cannot be null", mark)),
                None => match convert(&value, Type::STRING) {
                    Ok(Value::String(name)) => *key = Some(Key::Name(name)),
                    _ => return Err(YamlError::new("only strings are allowed as mapping keys", mark)),
                },
            },
        }
        Ok(())
    }
}

fn full(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let as_text = || Ok(Value::text(text));
    let tag = tag.map(full);
    let kind = match &tag {
        None => "",
        Some(tag) => tag.strip_prefix(CORE).ok_or_else(|| format!("unsupported tag {}", quoted(tag)))?,
    };
    let cannot = || format!("cannot parse {} as {CORE}{kind}", quoted(text));
    match kind {
        "str" => as_text(),
        "binary" => match from_base64(text) {
            Some(_) => as_text(),
            None => Err(format!("{}: not valid base64", cannot())),
        },
        "null" if style == ScalarStyle::Plain => Ok(Value::NULL),
        "" | "bool" | "int" | "float" | "null" | "timestamp" if style != ScalarStyle::Plain => as_text(),
        "" => resolved(text).map(|value| value.unwrap_or_else(|| Value::text(text))),
        "bool" | "int" | "float" | "timestamp" => resolved(text)?.ok_or_else(cannot),
        _ => Err(format!("unsupported tag {}", quoted(&format!("{CORE}{kind}")))),
    }
}

/// What a plain scalar is by its looks; `None` for text.
fn resolved(text: &str) -> Result<Option<Value>, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::NULL),
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(Value::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Some(Value::Bool(false))
        }
        ".nan" | ".NaN" | ".NAN" => return Err("floating point NaN is not supported".into()),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(Value::Number(crate::value::Number::Inf(false))),
        "-.inf" | "-.Inf" | "-.INF" => Some(Value::Number(crate::value::Number::Inf(true))),
        _ => time(text).map(|time| Value::from(time.to_rfc3339())).or_else(|| number(text)),
    })
}

fn number(text: &str) -> Option<Value> {
    let radix = |prefix: &str, radix: u32| {
        let digits = text.strip_prefix(prefix)?;
        let whole = dashu::integer::IBig::from_str_radix(digits, radix).ok();
        whole.filter(|_| digits.chars().all(|char| char.is_digit(radix))).map(|whole| Value::Number(whole.into()))
    };
    if let Some(whole) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(whole);
    }
    let is_decimal = text.contains(|char: char| char.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'))
        && !text.starts_with(['e', 'E']);
    let number = convert(&Value::from(text), Type::NUMBER).ok().filter(|_| is_decimal);
    number.filter(|number| matches!(number.ty().kind(), TypeKind::Number))
}

/// A date, or a date and a time; at Greenwich unless it says another offset.
fn time(text: &str) -> Option<Timestamp> {
    let (date, time) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], Some((&text[at..=at], &text[at + 1..]))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |text: &str, most: usize| {
        let is_number = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse::<i16>().ok() } else { None }
    };
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    let small = |text: &str| number(text, 2).and_then(|value| i8::try_from(value).ok());
    let date = jiff::civil::Date::new(number(year, 4)?, small(month)?, small(day)?).ok()?;
    let Some((separator, time)) = time else {
        return Some(Timestamp { local: date.to_datetime(jiff::civil::Time::midnight()), offset: 0 });
    };
    let (clock, offset) = match separator {
        " " => (time, 0),
        _ => {
            let at = time.find(['Z', '+', '-'])?;
            (&time[..at], offset(&time[at..])?)
        }
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    if parts.next().is_some() || fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = jiff::civil::Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Some(Timestamp { local: date.to_datetime(time), offset })
}

/// `Z` or `+hh:mm`
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = text[1..].split_once(':')?;
    let number = |text: &str| text.parse::<i64>().ok().filter(|_| text.len() == 2 && text.is_char_boundary(1));
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}
