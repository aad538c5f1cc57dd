//! Reading JSON token by token, without copying what need not be.
//!
//! Stricter than it must be in nothing, and lenient in nothing: what it accepts is JSON. Names that stand twice in an
//! object are the caller's to refuse.

use std::borrow::Cow;

/// How deep arrays and objects may nest; they are read by recursion.
const DEPTH: usize = 256;

/// The text is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScanError {
    /// Offset in bytes.
    pub(crate) at: usize,
    /// What is wrong there.
    pub(crate) problem: String,
    /// The text ends where more is needed.
    pub(crate) is_end: bool,
}

/// A place in JSON text.
#[derive(Clone)]
pub(crate) struct Scan<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Scan<'a> {
    /// Begins at the start of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The next byte that is not blank; 0 at the end.
    pub(crate) fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Refuses what is at this place.
    pub(crate) fn fail(&self, problem: impl Into<String>) -> ScanError {
        ScanError { at: self.at, problem: problem.into(), is_end: self.at >= self.text.len() }
    }

    /// The members of an object.
    pub(crate) fn object<E: From<ScanError>>(
        &mut self,
        mut each: impl FnMut(&mut Self, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'{', "an object is expected")?;
        if self.peek() == b'}' {
            self.close();
            return Ok(());
        }
        loop {
            self.peek();
            let name = self.string()?;
            self.token(b':')?;
            each(self, &name)?;
            if self.is_last(b'}')? {
                return Ok(());
            }
        }
    }

    /// The elements of an array.
    pub(crate) fn array<E: From<ScanError>>(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.open(b'[', "an array is expected")?;
        if self.peek() == b']' {
            self.close();
            return Ok(());
        }
        loop {
            each(self)?;
            if self.is_last(b']')? {
                return Ok(());
            }
        }
    }

    /// The first name of the object that begins here, without moving; `None` for an empty object.
    pub(crate) fn first_name(&self) -> Result<Option<Cow<'a, str>>, ScanError> {
        let mut ahead = self.clone();
        ahead.open(b'{', "an object is expected")?;
        if ahead.peek() == b'}' {
            return Ok(None);
        }
        ahead.string().map(Some)
    }

    /// A string.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, ScanError> {
        if self.peek() != b'"' {
            return Err(self.fail("a string is expected"));
        }
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = start;
        loop {
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(Cow::Borrowed(&self.text[start..at]));
                }
                Some(b'\\') => return self.escaped(start, at).map(Cow::Owned),
                Some(0..=0x1f) => {
                    self.at = at;
                    return Err(self.fail("a string holds a control character"));
                }
                Some(_) => at += 1,
                None => {
                    self.at = at;
                    return Err(self.fail("a string has no end"));
                }
            }
        }
    }

    /// The text of a number.
    pub(crate) fn number(&mut self) -> Result<&'a str, ScanError> {
        self.peek();
        let start = self.at;
        let bytes = self.text.as_bytes();
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut at = start + usize::from(bytes.get(start) == Some(&b'-'));
        let whole = at;
        at = digits(at);
        let mut good = at > whole && (bytes[whole] != b'0' || at == whole + 1);
        if bytes.get(at) == Some(&b'.') {
            let fraction = at + 1;
            at = digits(fraction);
            good &= at > fraction;
        }
        if let Some(b'e' | b'E') = bytes.get(at) {
            let exponent = at + 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            at = digits(exponent);
            good &= at > exponent;
        }
        if !good {
            self.at = at.min(bytes.len());
            return Err(self.fail("a number is expected"));
        }
        self.at = at;
        Ok(&self.text[start..at])
    }

    /// A whole number.
    pub(crate) fn integer<N: std::str::FromStr>(&mut self) -> Result<N, ScanError> {
        self.peek();
        let start = self.clone();
        self.number()?.parse().map_err(|_| start.fail("a whole number is expected, and within bounds"))
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Result<bool, ScanError> {
        match self.peek() {
            b't' => self.word("true").map(|()| true),
            b'f' => self.word("false").map(|()| false),
            _ => Err(self.fail("`true` or `false` is expected")),
        }
    }

    /// `null`.
    pub(crate) fn null(&mut self) -> Result<(), ScanError> {
        self.peek();
        self.word("null")
    }

    /// Passes over a value and gives its text.
    pub(crate) fn raw(&mut self) -> Result<&'a str, ScanError> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(&self.text[start..self.at])
    }

    /// Sees to it that nothing follows.
    pub(crate) fn end(&mut self) -> Result<(), ScanError> {
        match self.peek() {
            0 if self.at == self.text.len() => Ok(()),
            _ => Err(self.fail("nothing should follow here")),
        }
    }

    fn skip(&mut self) -> Result<(), ScanError> {
        match self.peek() {
            b'{' => self.object(|scan, _| scan.skip()),
            b'[' => self.array(Self::skip),
            b'"' => self.string().map(|_| ()),
            b't' | b'f' => self.boolean().map(|_| ()),
            b'n' => self.null(),
            _ => self.number().map(|_| ()),
        }
    }

    fn open(&mut self, bracket: u8, problem: &str) -> Result<(), ScanError> {
        if self.peek() != bracket {
            return Err(self.fail(problem));
        }
        if self.depth == DEPTH {
            return Err(self.fail("it is nested too deeply"));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    fn close(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    fn is_last(&mut self, bracket: u8) -> Result<bool, ScanError> {
        match self.peek() {
            b',' => {
                self.at += 1;
                Ok(false)
            }
            found if found == bracket => {
                self.close();
                Ok(true)
            }
            _ => Err(self.fail(format!("`,` or `{}` is expected", char::from(bracket)))),
        }
    }

    fn token(&mut self, token: u8) -> Result<(), ScanError> {
        if self.peek() != token {
            return Err(self.fail(format!("`{}` is expected", char::from(token))));
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), ScanError> {
        let rest = &self.text.as_bytes()[self.at..];
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        if word.as_bytes().starts_with(rest) {
            self.at = self.text.len();
        }
        Err(self.fail(format!("`{word}` is expected")))
    }

    /// The string that begins at `start` and whose first escape is at `at`.
    fn escaped(&mut self, start: usize, at: usize) -> Result<String, ScanError> {
        let mut text = String::with_capacity(at - start + 16);
        let mut from = start;
        self.at = at;
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    text.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    text.push_str(&self.text[from..self.at]);
                    self.at += 1;
                    text.push(self.escape()?);
                    from = self.at;
                }
                Some(0..=0x1f) => return Err(self.fail("a string holds a control character")),
                Some(_) => self.at += 1,
                None => return Err(self.fail("a string has no end")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ScanError> {
        let Some(byte) = self.text.as_bytes().get(self.at) else { return Err(self.fail("a string has no end")) };
        let plain = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.fail("there is no such escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    fn unicode(&mut self) -> Result<char, ScanError> {
        let high = self.unit()?;
        let code = match high {
            0xd800..0xdc00 if self.text[self.at..].starts_with("\\u") => {
                self.at += 2;
                let low = self.unit()?;
                0x10000 + ((high - 0xd800) << 10) + low.wrapping_sub(0xdc00)
            }
            other => other,
        };
        char::from_u32(code).ok_or_else(|| self.fail("half a character is escaped"))
    }

    fn unit(&mut self) -> Result<u32, ScanError> {
        let bytes = self.text.as_bytes();
        let mut unit = 0;
        for _ in 0..4 {
            let digit = bytes.get(self.at).and_then(|byte| char::from(*byte).to_digit(16));
            unit = unit * 16 + digit.ok_or_else(|| self.fail("four hexadecimal digits are expected"))?;
            self.at += 1;
        }
        Ok(unit)
    }
}
