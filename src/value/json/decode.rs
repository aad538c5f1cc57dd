//! `jsondecode`: arrays become tuples, objects objects. Read token by token, with the messages people know.

use std::sync::Arc;

use crate::value::Number;
use crate::value::Object;
use crate::value::Str;
use crate::value::Value;
use crate::value::convert::convert;
use crate::value::text::push_escaped;

/// How deep arrays and objects may nest; values are walked by recursion.
const DEPTH: usize = 1000;

/// Why text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The text ends between two tokens.
    #[error("EOF")]
    End,
    /// The text ends within a token.
    #[error("unexpected EOF")]
    EndWithin,
    /// A character is out of place, with where that is.
    #[error("invalid character {0}{1}")]
    Character(String, String),
    /// More follows the value.
    #[error("extraneous data after JSON object")]
    Extra,
    /// A number whose exponent no number has.
    #[error("a number is required")]
    Number,
    /// An attribute stands there twice, and its first value is none of the second one's type.
    #[error("{0}")]
    Twice(String),
    /// Too many levels.
    #[error("exceeded max depth")]
    Depth,
}

/// Reads a value from JSON text, of the type that the text implies. Of equal names in an object the last wins.
pub fn decode(text: &str) -> Result<Value, DecodeError> {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    let value = reader.value(DEPTH)?;
    match reader.peek() {
        // A stray closing bracket at the very end of a document is let pass, as in Terraform.
        None | Some(b']' | b'}') => Ok(value),
        Some(_) => Err(DecodeError::Extra),
    }
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// The next character that is not blank.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Result<Value, DecodeError> {
        match self.peek().ok_or(DecodeError::End)? {
            b'[' | b'{' if depth == 0 => Err(DecodeError::Depth),
            b'[' => self.array(depth - 1),
            b'{' => self.object(depth - 1),
            b'"' => self.string().map(Value::text),
            b't' => self.word("true").map(|()| Value::Bool(true)),
            b'f' => self.word("false").map(|()| Value::Bool(false)),
            b'n' => self.word("null").map(|()| Value::NULL),
            b'-' | b'0'..=b'9' => self.number(),
            other => Err(unexpected(other, " looking for beginning of value")),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, DecodeError> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::tuple(elements));
        }
        loop {
            elements.push(self.value(depth)?);
            match self.peek().ok_or(DecodeError::End)? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Ok(Value::tuple(elements));
                }
                other => return Err(unexpected(other, " after array element")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, DecodeError> {
        self.at += 1;
        let mut attributes: Vec<(Str, Value)> = Vec::new();
        let mut context = "";
        loop {
            match self.peek().ok_or(DecodeError::End)? {
                b'"' => {}
                b'}' if attributes.is_empty() => {
                    self.at += 1;
                    return Ok(Value::object(attributes));
                }
                other => return Err(unexpected(other, context)),
            }
            let name = crate::value::text::nfc(Arc::from(self.string()?));
            match self.peek().ok_or(DecodeError::End)? {
                b':' => self.at += 1,
                other => return Err(unexpected(other, " after object key")),
            }
            attributes.push((name, self.value(depth)?));
            match self.peek().ok_or(DecodeError::End)? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return object(attributes);
                }
                other => return Err(unexpected(other, " after object key:value pair")),
            }
            context = " looking for beginning of object key string";
        }
    }

    fn next(&mut self) -> Result<u8, DecodeError> {
        let next = self.text.get(self.at).copied().ok_or(DecodeError::EndWithin)?;
        self.at += 1;
        Ok(next)
    }

    fn word(&mut self, word: &str) -> Result<(), DecodeError> {
        for expected in word.bytes() {
            let found = self.next()?;
            if found != expected {
                return Err(unexpected(found, &format!(" in literal {word} (expecting {})", quote(expected))));
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, DecodeError> {
        let start = self.at;
        if self.text[self.at] == b'-' {
            self.at += 1;
        }
        match self.next()? {
            b'0' => {}
            b'1'..=b'9' => self.digits(),
            other => return Err(unexpected(other, " in numeric literal")),
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digit(" after decimal point in numeric literal")?;
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digit(" in exponent of numeric literal")?;
        }
        let text = str::from_utf8(&self.text[start..self.at]).map_err(|_| DecodeError::Number)?;
        text.parse::<Number>().map(Value::Number).map_err(|_| DecodeError::Number)
    }

    fn digit(&mut self, context: &str) -> Result<(), DecodeError> {
        match self.next()? {
            b'0'..=b'9' => {
                self.digits();
                Ok(())
            }
            other => Err(unexpected(other, context)),
        }
    }

    fn digits(&mut self) {
        while matches!(self.text.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<String, DecodeError> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\\' => {
                    let char = self.escape()?;
                    bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                }
                control @ 0..=0x1f => return Err(unexpected(control, " in string literal")),
                other => bytes.push(other),
            }
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn escape(&mut self) -> Result<char, DecodeError> {
        Ok(match self.next()? {
            plain @ (b'"' | b'\\' | b'/') => char::from(plain),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.unit()?;
                self.low_half(unit)
            }
            other => return Err(unexpected(other, " in string escape code")),
        })
    }

    fn unit(&mut self) -> Result<u32, DecodeError> {
        let mut unit = 0;
        for _ in 0..4 {
            let next = self.next()?;
            let digit = char::from(next).to_digit(16);
            unit = unit * 16 + digit.ok_or_else(|| unexpected(next, " in \\u hexadecimal character escape"))?;
        }
        Ok(unit)
    }

    /// The character that begins with a UTF-16 unit; half a surrogate pair becomes the replacement character.
    fn low_half(&mut self, high: u32) -> char {
        let before = self.at;
        if (0xd800..0xdc00).contains(&high) && self.text[self.at..].starts_with(b"\\u") {
            self.at += 2;
            if let Ok(low @ 0xdc00..0xe000) = self.unit() {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = before;
        }
        char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

/// Of equal names the last wins, as long as the others could have been of its type.
fn object(attributes: Vec<(Str, Value)>) -> Result<Value, DecodeError> {
    let object = Object::new(attributes.iter().cloned());
    if object.len() < attributes.len() {
        for (name, value) in &attributes {
            let last = object.get(name).expect("made of these attributes");
            convert(value, last.ty()).map_err(|error| DecodeError::Twice(error.message))?;
        }
    }
    Ok(Value::Object(Arc::new(object)))
}

fn unexpected(byte: u8, context: &str) -> DecodeError {
    DecodeError::Character(quote(byte), context.to_owned())
}

fn quote(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".into(),
        b'"' => "'\"'".into(),
        _ => {
            let mut text = String::from("'");
            push_escaped(&mut text, char::from(byte));
            text + "'"
        }
    }
}
