//! What the characters between quotes stand for.

use super::parser::Parser;
use super::token::Token;
use super::token::TokenKind as K;
use crate::diag::Span;

impl Parser<'_> {
    /// The text that a token of a quoted string, heredoc or bare template stands for, not yet normalised.
    pub(super) fn literal(&mut self, token: Token) -> String {
        let raw = self.slice(token);
        let escapes = token.kind == K::QuotedText;
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(special) = rest.find(['\\', '$', '%']) {
            out.push_str(&rest[..special]);
            rest = &rest[special..];
            let sign = &rest[..1];
            if sign == "\\" {
                let taken = if escapes { self.escape(token.end as usize - rest.len(), rest, &mut out) } else { 0 };
                if taken == 0 {
                    out.push('\\');
                }
                rest = &rest[taken.max(1)..];
            } else if rest[1..].starts_with(sign) && rest[2..].starts_with('{') {
                out.push_str(&rest[1..3]);
                rest = &rest[3..];
            } else {
                out.push_str(sign);
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
        out
    }

    /// Reads the escape sequence at the beginning of `rest`, which lies at `offset`; gives its length.
    fn escape(&mut self, offset: usize, rest: &str, out: &mut String) -> usize {
        let Some(selector) = rest[1..].chars().next() else { return 0 };
        let simple = match selector {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            '"' => Some('"'),
            '\\' => Some('\\'),
            _ => None,
        };
        if let Some(c) = simple {
            out.push(c);
            return 2;
        }
        let (wanted, words) = match selector {
            'u' => (4, "four"),
            'U' => (8, "eight"),
            other => {
                let length = 1 + other.len_utf8();
                let detail = format!("The symbol {:?} is not a valid escape sequence selector.", other.to_string());
                self.bad_escape(offset, length, detail);
                return length;
            }
        };
        let digits = rest[2..].bytes().take(wanted).take_while(u8::is_ascii_hexdigit).count();
        let length = 2 + digits;
        if digits < wanted {
            let detail = format!("The \\{selector} escape sequence must be followed by {words} hexadecimal digits.");
            self.bad_escape(offset, length, detail);
            return length;
        }
        let code = u32::from_str_radix(&rest[2..length], 16).unwrap_or(u32::MAX);
        match char::from_u32(code) {
            Some(c) => out.push(c),
            None => self.bad_escape(offset, length, format!("Cannot encode character U+{code:04x} in UTF-8.")),
        }
        length
    }

    fn bad_escape(&mut self, offset: usize, length: usize, detail: String) {
        let span = Span::new(self.source, offset, offset + length);
        self.report(span, "Invalid escape sequence", detail);
    }
}
