//! JSON text to the same expressions that HCL text gives, with their places.

use std::str::FromStr;
use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::diag::Diagnostics;
use crate::diag::SourceId;
use crate::diag::Sources;
use crate::diag::Span;
use crate::syntax::Expr;
use crate::syntax::ExprKind;
use crate::syntax::normalized;
use crate::value::Number;
use crate::value::Str;

/// As deep as HCL expressions may nest.
const MAX_DEPTH: usize = 100;

/// Reads a JSON document whose root is an object. Strings are plain text: templates in them are not looked for.
pub(super) fn read_object(sources: &Sources, id: SourceId, diags: &mut Diagnostics) -> Option<Vec<(Str, Span, Expr)>> {
    let source = sources.get(id);
    let mut reader = Reader { text: source.text(), at: 0, id, depth: 0 };
    let root = match reader.document() {
        Ok(root) => root,
        Err(diagnostic) => {
            diags.push(*diagnostic);
            return None;
        }
    };
    let span = root.span;
    let mut root = root;
    let ExprKind::Object(entries) = std::mem::replace(&mut root.kind, ExprKind::Null) else {
        let detail = "The root value in a JSON-based configuration must be a JSON object.";
        diags.push(Diagnostic::error("Root value must be object", detail).at(span));
        return None;
    };
    let mut found: Vec<(Str, Span, Expr)> = Vec::new();
    for (key, value) in entries {
        let ExprKind::String(name) = &key.kind else { continue };
        if let Some((_, first, _)) = found.iter().find(|(known, _, _)| known == name) {
            let place = sources.place(*first);
            let detail =
                format!("The argument \"{name}\" was already set at {place}. Each argument may be set only once.");
            diags.push(Diagnostic::error("Attribute redefined", detail).at(key.span));
            continue;
        }
        found.push((Arc::clone(name), key.span, value));
    }
    Some(found)
}

type Result<T> = std::result::Result<T, Box<Diagnostic>>;

struct Reader<'a> {
    text: &'a str,
    at: usize,
    id: SourceId,
    depth: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Expr> {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        let root = self.value()?;
        self.blanks();
        if self.at < self.text.len() {
            return self.fail(self.at, "Extraneous data after value", "Extra characters appear after the JSON value.");
        }
        Ok(root)
    }

    fn value(&mut self) -> Result<Expr> {
        self.blanks();
        let start = self.at;
        let kind = match self.peek() {
            None => return self.fail(start, "Missing value", "The JSON data ends prematurely."),
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => ExprKind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.keyword()?,
            Some(_) => {
                return self.fail(start, "Invalid start of value", "A JSON value must begin here.");
            }
        };
        Ok(Expr { kind, span: Span::new(self.id, start, self.at) })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<ExprKind>) -> Result<ExprKind> {
        if self.depth == MAX_DEPTH {
            let detail = format!("Arrays and objects may be nested at most {MAX_DEPTH} levels deep.");
            return self.fail(self.at, "Nesting too deep", detail);
        }
        self.depth += 1;
        let kind = read(self);
        self.depth -= 1;
        kind
    }

    fn object(&mut self) -> Result<ExprKind> {
        let open = self.at;
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.blanks();
            match self.peek() {
                Some(b'}') if entries.is_empty() => break,
                Some(b'"') => {}
                None => return self.fail(open, "Unclosed object", "No closing brace was found for this JSON object."),
                Some(_) => {
                    let detail = "A JSON object's property names must be quoted strings.";
                    return self.fail(self.at, "Invalid object property name", detail);
                }
            }
            let start = self.at;
            let name = self.string()?;
            let key = Expr { kind: ExprKind::String(name), span: Span::new(self.id, start, self.at) };
            self.blanks();
            if self.peek() != Some(b':') {
                let detail = "A colon must appear between an object property's name and its value.";
                return self.fail(self.at, "Missing property value colon", detail);
            }
            self.at += 1;
            entries.push((key, self.value()?));
            if !self.separator(b'}', open, ("Unclosed object", "No closing brace was found for this JSON object."))? {
                break;
            }
        }
        self.at += 1;
        Ok(ExprKind::Object(entries))
    }

    fn array(&mut self) -> Result<ExprKind> {
        let open = self.at;
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            if self.peek() == Some(b']') && items.is_empty() {
                break;
            }
            items.push(self.value()?);
            if !self.separator(b']', open, ("Unclosed array", "No closing bracket was found for this JSON array."))? {
                break;
            }
        }
        self.at += 1;
        Ok(ExprKind::Tuple(items))
    }

    /// Takes a comma; gives false at the closing sign, which is left.
    fn separator(&mut self, close: u8, open: usize, unclosed: (&'static str, &str)) -> Result<bool> {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(sign) if sign == close => Ok(false),
            None => self.fail(open, unclosed.0, unclosed.1),
            Some(_) => self.fail(self.at, "Missing comma", "A comma must separate each value from the next."),
        }
    }

    fn number(&mut self) -> Result<ExprKind> {
        let start = self.at;
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        self.at += self.text.as_bytes()[start..].iter().take_while(|byte| is_part(byte)).count();
        match Number::from_str(&self.text[start..self.at]) {
            Ok(number) => Ok(ExprKind::Number(number)),
            Err(_) => self.fail(start, "Invalid JSON number", "The number is not written as JSON writes numbers."),
        }
    }

    fn keyword(&mut self) -> Result<ExprKind> {
        let start = self.at;
        self.at += self.text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        match &self.text[start..self.at] {
            "null" => Ok(ExprKind::Null),
            "true" => Ok(ExprKind::Bool(true)),
            "false" => Ok(ExprKind::Bool(false)),
            other => {
                let detail = format!("\"{other}\" is not a valid JSON keyword.");
                self.fail(start, "Invalid JSON keyword", detail)
            }
        }
    }

    fn string(&mut self) -> Result<Str> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(byte) if *byte >= b' ' => end += 1,
                _ => return self.fail(start, "Unclosed string", "No closing quote was found for this JSON string."),
            }
        }
        let quoted = self.text.get(start..=end).unwrap_or("");
        match serde_json::from_str::<String>(quoted) {
            Ok(text) => {
                self.at = end + 1;
                Ok(normalized(&text))
            }
            Err(_) => {
                self.fail(start, "Invalid JSON string", "The string holds an escape sequence that JSON does not have.")
            }
        }
    }

    fn blanks(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fail<T>(&self, at: usize, summary: &'static str, detail: impl Into<String>) -> Result<T> {
        let span = Span::new(self.id, at, (at + 1).min(self.text.len()));
        Err(Box::new(Diagnostic::error(summary, detail).at(span)))
    }
}
