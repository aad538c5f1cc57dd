//! Text to tokens.
//!
//! Never fails: what cannot be read becomes [`TokenKind::Invalid`], and a string that its line leaves open ends there,
//! so that one forgotten quote does not turn the rest of the file inside out. Knows nothing of grammar except where
//! templates begin and end.

use std::ops::Range;

use super::lexeme::Sign;
use super::lexeme::is_ident_continue;
use super::lexeme::is_ident_start;
use super::lexeme::line_break_length;
use super::lexeme::number_length;
use super::lexeme::template_sign;
use super::token::Token;
use super::token::TokenKind as K;

/// The tokens of a text, and what is wrong with the text on this level.
#[derive(Debug)]
pub struct Scan {
    /// All tokens; the last is [`TokenKind::End`](K::End).
    pub tokens: Vec<Token>,
    /// Quoted strings that contain a line break, at that break.
    pub broken_strings: Vec<BrokenString>,
}

impl Scan {
    /// How deep brackets and templates nest.
    pub(super) fn depth(&self) -> usize {
        let mut open = 0_usize;
        let mut deepest = 0;
        for token in &self.tokens {
            if token.kind.opens() {
                open += 1;
                deepest = deepest.max(open);
            } else if token.kind.closes() {
                open = open.saturating_sub(1);
            }
        }
        deepest
    }
}

/// A quoted string with a line break inside.
#[derive(Debug)]
pub struct BrokenString {
    /// The line break.
    pub at: Range<usize>,
    /// Whether no quote follows anywhere, so that nothing can end it.
    pub unterminated: bool,
}

/// Reads a file's text.
pub fn scan(text: &str) -> Scan {
    let mut scanner = Scanner::new(text);
    scanner.modes.push(Mode::Code { braces: 0, template: false, start: 0 });
    scanner.run()
}

/// Reads a part of a text, as if nothing else were there; offsets are those of the whole.
pub(super) fn scan_part(text: &str, part: Range<usize>) -> Scan {
    let end = part.end.min(text.len());
    let mut scanner = Scanner::new(text.get(..end).unwrap_or(""));
    scanner.at = part.start.min(end);
    scanner.modes.push(Mode::Code { braces: 0, template: false, start: 0 });
    scanner.run()
}

/// Reads the text of a template that stands alone.
pub(super) fn scan_template(text: &str) -> Scan {
    let mut scanner = Scanner::new(text);
    scanner.modes.push(Mode::Bare);
    scanner.run()
}

enum Mode<'a> {
    /// Expressions and bodies; `braces` are those opened since the mode began.
    Code {
        braces: u32,
        template: bool,
        start: usize,
    },
    Quoted {
        start: usize,
    },
    Heredoc {
        marker: &'a str,
    },
    Bare,
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    modes: Vec<Mode<'a>>,
    tokens: Vec<Token>,
    broken_strings: Vec<BrokenString>,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        // Editors on Windows begin files with a byte-order mark.
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let tokens = Vec::with_capacity(text.len() / 4 + 8);
        Self { text, bytes: text.as_bytes(), at, modes: Vec::new(), tokens, broken_strings: Vec::new() }
    }

    fn run(mut self) -> Scan {
        while self.at < self.bytes.len() {
            match self.modes.last() {
                Some(Mode::Code { .. }) | None => self.code(),
                Some(Mode::Quoted { .. }) => self.quoted(),
                Some(Mode::Heredoc { marker }) => {
                    let marker = *marker;
                    self.heredoc(marker);
                }
                Some(Mode::Bare) => self.bare(),
            }
        }
        // A string whose last line has no line break is left open as well; the parser reports it.
        self.push(K::End, self.at);
        Scan { tokens: self.tokens, broken_strings: self.broken_strings }
    }

    fn push(&mut self, kind: K, end: usize) {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.push(Token { kind, start: offset(self.at), end: offset(end) });
        self.at = end;
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn code(&mut self) {
        let two = self.byte(1);
        let (kind, length) = match self.byte(0) {
            b' ' | b'\t' => {
                self.at += 1;
                return;
            }
            b'\n' => (K::Newline, 1),
            b'\r' if two == b'\n' => (K::Newline, 2),
            b'#' => return self.line_comment(),
            b'/' if two == b'/' => return self.line_comment(),
            b'/' if two == b'*' => match self.text[self.at + 2..].find("*/") {
                Some(length) => (K::BlockComment, length + 4),
                None => (K::Slash, 1),
            },
            b'/' => (K::Slash, 1),
            b'0'..=b'9' => (K::Number, number_length(&self.bytes[self.at..])),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => (K::Ident, self.ident_length(self.at)),
            b'"' => {
                self.modes.push(Mode::Quoted { start: self.at });
                self.push(K::OpenQuote, self.at + 1);
                return;
            }
            b'<' if two == b'<' && self.open_heredoc() => return,
            b'{' => {
                if let Some(Mode::Code { braces, .. }) = self.modes.last_mut() {
                    *braces += 1;
                }
                (K::OpenBrace, 1)
            }
            b'}' => return self.close_brace(1),
            b'~' if two == b'}' && self.ends_template() => return self.close_brace(2),
            b'[' => (K::OpenBracket, 1),
            b']' => (K::CloseBracket, 1),
            b'(' => (K::OpenParen, 1),
            b')' => (K::CloseParen, 1),
            b'=' if two == b'=' => (K::EqualEqual, 2),
            b'=' if two == b'>' => (K::Arrow, 2),
            b'=' => (K::Equal, 1),
            b'!' if two == b'=' => (K::NotEqual, 2),
            b'!' => (K::Bang, 1),
            b'<' if two == b'=' => (K::LessOrEqual, 2),
            b'<' => (K::Less, 1),
            b'>' if two == b'=' => (K::GreaterOrEqual, 2),
            b'>' => (K::Greater, 1),
            b'&' if two == b'&' => (K::And, 2),
            b'|' if two == b'|' => (K::Or, 2),
            b'+' => (K::Plus, 1),
            b'-' => (K::Minus, 1),
            b'*' => (K::Star, 1),
            b'%' => (K::Percent, 1),
            b'?' => (K::Question, 1),
            b':' if two == b':' => (K::DoubleColon, 2),
            b':' => (K::Colon, 1),
            b'.' if two == b'.' && self.byte(2) == b'.' => (K::Ellipsis, 3),
            b'.' => (K::Dot, 1),
            b',' => (K::Comma, 1),
            _ => {
                let c = self.text[self.at..].chars().next().unwrap_or('\u{fffd}');
                if is_ident_start(c) { (K::Ident, self.ident_length(self.at)) } else { (K::Invalid, c.len_utf8()) }
            }
        };
        self.push(kind, self.at + length);
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let length = if length > 0 && length < rest.len() && rest[length - 1] == b'\r' { length - 1 } else { length };
        self.push(K::LineComment, self.at + length);
    }

    fn ident_length(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        let ascii = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let length = rest.bytes().take_while(ascii).count();
        if rest.as_bytes().get(length).is_none_or(u8::is_ascii) {
            return length;
        }
        rest.find(|c: char| !is_ident_continue(c)).unwrap_or(rest.len())
    }

    /// Whether a `}` here would end an interpolation or directive, not an object.
    fn ends_template(&self) -> bool {
        matches!(self.modes.last(), Some(Mode::Code { braces: 0, template: true, .. }))
    }

    fn close_brace(&mut self, length: usize) {
        if self.ends_template() {
            self.modes.pop();
            return self.push(K::CloseTemplate, self.at + length);
        }
        if let Some(Mode::Code { braces, .. }) = self.modes.last_mut() {
            *braces = braces.saturating_sub(1);
        }
        self.push(K::CloseBrace, self.at + length);
    }

    /// `<<NAME` or `<<-NAME` with nothing behind it on its line.
    fn open_heredoc(&mut self) -> bool {
        let name = self.at + if self.byte(2) == b'-' { 3 } else { 2 };
        if !self.text[name..].starts_with(is_ident_start) {
            return false;
        }
        let end = name + self.ident_length(name);
        let Some(line_break) = line_break_length(&self.bytes[end..]) else { return false };
        let marker = &self.text[name..end];
        self.push(K::OpenHeredoc, end + line_break);
        self.modes.push(Mode::Heredoc { marker });
        true
    }

    fn quoted(&mut self) {
        let start = self.at;
        let mut end = start;
        loop {
            match self.bytes.get(end) {
                None => break,
                Some(b'"') => break,
                Some(b'\n') if self.line_break_ends_string(end) => break,
                Some(b'\\') if !matches!(self.bytes.get(end + 1), None | Some(b'\n' | b'\r')) => {
                    end += 1 + self.text[end + 1..].chars().next().map_or(1, char::len_utf8);
                }
                Some(b'$' | b'%') => match template_sign(&self.bytes[end..]) {
                    Sign::Opens => break,
                    Sign::Escape => end += 3,
                    Sign::Plain => end += 1,
                },
                Some(_) => end += 1,
            }
        }
        if end > start {
            self.push(K::QuotedText, end);
        }
        match self.byte(0) {
            b'"' => {
                self.push(K::CloseQuote, self.at + 1);
                self.modes.pop();
            }
            b'$' | b'%' => self.open_template(),
            b'\n' => self.end_line(),
            _ => {}
        }
    }

    /// Ends the string that the end of the line breaks, and the templates around it that began on the same line.
    fn end_line(&mut self) {
        let line = self.text[..self.at].rfind('\n').map_or(0, |at| at + 1);
        while let Some(mode) = self.modes.last() {
            let kind = match mode {
                Mode::Quoted { start } if *start >= line => K::CloseQuote,
                Mode::Code { template: true, start, .. } if *start >= line => K::CloseTemplate,
                _ => break,
            };
            self.modes.pop();
            self.push(kind, self.at);
        }
        // A string from an earlier line that ends here all the same.
        if let Some(Mode::Quoted { .. }) = self.modes.last() {
            self.modes.pop();
            self.push(K::CloseQuote, self.at);
        }
    }

    /// A line break inside a string is always wrong. The string goes on behind it only where the next line does not
    /// look like configuration.
    fn line_break_ends_string(&mut self, at: usize) -> bool {
        let rest = &self.text[at + 1..];
        let closes_later = rest.contains('"');
        self.broken_strings.push(BrokenString { at: at..at + 1, unterminated: !closes_later });
        let line = rest.trim_start();
        let name = line.find(|c: char| !is_ident_continue(c)).unwrap_or(line.len());
        let behind = line[name..].trim_start_matches([' ', '\t']);
        let block = behind.starts_with(['{', '"']) && line[name..].starts_with([' ', '\t']);
        let item = name > 0 && (block || behind.starts_with('=') && !behind.starts_with("=="));
        !closes_later || item || line.starts_with(['}', ']', ')', '#', '"']) && !line.starts_with("\"\n")
    }

    fn heredoc(&mut self, marker: &'a str) {
        let rest = &self.bytes[self.at..];
        let at_line_start = self.tokens.last().is_none_or(|last| match last.kind {
            K::OpenHeredoc => true,
            K::Text => self.bytes.get(last.end as usize - 1) == Some(&b'\n'),
            _ => false,
        });
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |length| length + 1);
        // The closing line counts only with its line break, however it is indented.
        if at_line_start && rest[..line].ends_with(b"\n") && self.text[self.at..self.at + line].trim() == marker {
            let end = self.at + self.text[self.at..self.at + line].trim_end_matches(['\r', '\n']).len();
            self.push(K::CloseHeredoc, end);
            self.modes.pop();
            return;
        }
        self.template_text(self.at + line);
    }

    fn bare(&mut self) {
        self.template_text(self.bytes.len());
    }

    /// Text up to `limit`, an interpolation or a directive, whichever is first.
    fn template_text(&mut self, limit: usize) {
        let mut end = self.at;
        while end < limit {
            end += match self.bytes[end] {
                b'$' | b'%' => match template_sign(&self.bytes[end..]) {
                    Sign::Opens => break,
                    Sign::Escape => 3,
                    Sign::Plain => 1,
                },
                _ => 1,
            };
        }
        if end > self.at {
            return self.push(K::Text, end);
        }
        self.open_template();
    }

    fn open_template(&mut self) {
        let kind = if self.byte(0) == b'$' { K::OpenInterpolation } else { K::OpenDirective };
        let length = if self.byte(2) == b'~' { 3 } else { 2 };
        self.modes.push(Mode::Code { braces: 0, template: true, start: self.at });
        self.push(kind, self.at + length);
    }
}
