//! Reading addresses from text.

use std::str::FromStr;

use super::InstanceKey;
use super::Mode;
use super::ModuleInstance;
use super::Target;
use super::TargetResource;
use crate::value::Str;

/// The text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an address: at character {}, {problem}", character(.text, *.at))]
pub struct ParseAddrError {
    /// What was read.
    pub text: String,
    /// Offset in bytes of the problem.
    pub at: usize,
    /// What is wrong there.
    pub problem: String,
}

/// Which character an offset is at, from 1.
fn character(text: &str, at: usize) -> usize {
    text.get(..at).map_or(at, |before| before.chars().count()) + 1
}

impl ParseAddrError {
    pub(super) fn new(text: &str, at: usize, problem: impl Into<String>) -> Self {
        Self { text: text.to_owned(), at, problem: problem.into() }
    }
}

impl FromStr for Target {
    type Err = ParseAddrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut reader = Reader { text, at: 0 };
        let target = reader.target()?;
        if reader.at < text.len() {
            return Err(reader.fail("the address should end here"));
        }
        Ok(target)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn target(&mut self) -> Result<Target, ParseAddrError> {
        let mut steps = Vec::new();
        loop {
            let first = self.name()?;
            match &*first {
                "module" => {
                    self.dot()?;
                    let name = self.name()?;
                    steps.push((name, self.key()?));
                    if self.at == self.text.len() {
                        return Ok(Target { module: ModuleInstance::from_iter(steps), resource: None });
                    }
                    self.dot()?;
                }
                "data" => {
                    self.dot()?;
                    let ty = self.name()?;
                    return self.resource(steps, Mode::Data, ty);
                }
                _ => return self.resource(steps, Mode::Managed, first),
            }
        }
    }

    fn resource(&mut self, steps: Vec<(Str, InstanceKey)>, mode: Mode, ty: Str) -> Result<Target, ParseAddrError> {
        self.dot()?;
        let name = self.name()?;
        let key = self.key()?;
        let resource = TargetResource { mode, ty, name, key };
        Ok(Target { module: ModuleInstance::from_iter(steps), resource: Some(resource) })
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn name(&mut self) -> Result<Str, ParseAddrError> {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if length == 0 || rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
            return Err(self.fail("a name is expected"));
        }
        let name = Str::from(&rest[..length]);
        self.at += length;
        Ok(name)
    }

    fn dot(&mut self) -> Result<(), ParseAddrError> {
        if !self.rest().starts_with('.') {
            return Err(self.fail("a `.` is expected"));
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self) -> Result<InstanceKey, ParseAddrError> {
        if !self.rest().starts_with('[') {
            return Ok(InstanceKey::None);
        }
        self.at += 1;
        let key = if self.rest().starts_with('"') {
            self.at += 1;
            InstanceKey::Str(self.string()?)
        } else {
            let rest = self.rest();
            let length = rest.find(']').unwrap_or(rest.len());
            let index = rest[..length].parse().map_err(|_| self.fail("a number or a quoted key is expected"))?;
            self.at += length;
            InstanceKey::Int(index)
        };
        if !self.rest().starts_with(']') {
            return Err(self.fail("a `]` is expected"));
        }
        self.at += 1;
        Ok(key)
    }

    /// The rest of a quoted string, behind its first quote.
    fn string(&mut self) -> Result<Str, ParseAddrError> {
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let mut chars = rest.chars();
            let Some(c) = chars.next() else { return Err(self.fail("the quoted key has no end")) };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(out.into()),
                '\\' => {
                    let Some(escaped) = chars.next() else { return Err(self.fail("the quoted key has no end")) };
                    self.at += escaped.len_utf8();
                    out.push(match escaped {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        'u' => self.escaped()?,
                        other => other,
                    });
                }
                '$' | '%' if rest[1..].starts_with(c) && rest[2..].starts_with('{') => {
                    self.at += 1;
                    out.push(c);
                }
                c => out.push(c),
            }
        }
    }

    /// The character of four hexadecimal digits.
    fn escaped(&mut self) -> Result<char, ParseAddrError> {
        let digits = self.rest().get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(char) = digits.and_then(char::from_u32) else {
            return Err(self.fail("four hexadecimal digits are expected"));
        };
        self.at += 4;
        Ok(char)
    }

    fn fail(&self, problem: &str) -> ParseAddrError {
        ParseAddrError::new(self.text, self.at, problem)
    }
}
