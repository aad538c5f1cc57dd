//! Functions of the built-in provider `terraform`: variable files and expressions as text, and back. Also the two names of
//! old versions that say what to write instead.

use std::sync::Arc;

use super::CallError;
use super::Function;
use super::Param;
use crate::config::check_constant;
use crate::diag::Diagnostics;
use crate::diag::Sources;
use crate::eval::Evaluator;
use crate::eval::NoScope;
use crate::eval::lower::lower_template;
use crate::eval::render::with_pure_cx;
use crate::syntax;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::pure(
            "provider::terraform::encode_tfvars",
            [Param::any("value").whole()],
            Type::STRING,
            encode_tfvars,
        ),
        Function::pure("provider::terraform::decode_tfvars", [Param::string("src")], Type::DYNAMIC, decode_tfvars),
        Function::pure("provider::terraform::encode_expr", [Param::any("value").whole()], Type::STRING, |args| {
            let mut page = Page::default();
            page.value(&args[0]);
            Ok(Value::text(page.text()))
        }),
        Function::pure("list", [], Type::DYNAMIC, |_| gone("list", "tolist([ ... ]) syntax to write a literal list"))
            .variadic_of(Param::any("vals").unchecked()),
        Function::pure("map", [], Type::DYNAMIC, |_| gone("map", "tomap({ ... }) syntax to write a literal map"))
            .variadic_of(Param::any("vals").unchecked()),
    ]
}

fn gone(name: &str, instead: &str) -> Result<Value, CallError> {
    Err(CallError::call(format!(
        "the {name:?} function was deprecated in Terraform v0.12 and is no longer available; use {instead}"
    )))
}

fn encode_tfvars(args: &[Value]) -> Result<Value, CallError> {
    let entries = match &args[0] {
        Value::Object(_) | Value::Map(_) => args[0].as_entries().unwrap_or_default(),
        _ => {
            let problem = "must be an object whose attribute names will become the encoded variable names";
            return Err(CallError::call(format!("invalid value to encode: {problem}")));
        }
    };
    let mut page = Page::default();
    for (name, value) in entries {
        if !syntax::is_identifier(name) {
            let rule = "must be a valid identifier, per Terraform's rules for input variable declarations";
            return Err(CallError::call(format!("invalid variable name {name:?}: {rule}")));
        }
        page.entry(name, value);
    }
    Ok(Value::text(page.text()))
}

/// What stands in a text that has the form of a variable file.
fn decode_tfvars(args: &[Value]) -> Result<Value, CallError> {
    let Some(text) = args[0].as_str() else { return Ok(Value::unknown(Type::DYNAMIC)) };
    let sources = Sources::new();
    let id = sources.add("<decode_tfvars argument>", text);
    let mut found = Diagnostics::new();
    let body = syntax::parse(&sources, id, &mut found);
    refuse("invalid tfvars syntax", &found, &sources)?;
    if let Some(block) = body.blocks.first() {
        let place = sources.place(block.kind_span);
        let problem = format!("{place}: Unexpected {:?} block; Blocks are not allowed here.", block.kind);
        return Err(CallError::call(format!("invalid tfvars content: {problem}")));
    }
    let mut values: Vec<(Str, Value)> = Vec::with_capacity(body.attributes.len());
    for attribute in &body.attributes {
        let mut found = Diagnostics::new();
        let mut value = Value::NULL;
        if check_constant(&attribute.value, &mut found) {
            let (arena, root, _) = lower_template(&attribute.value, std::iter::empty(), &mut found);
            value = with_pure_cx(|cx| Evaluator::new(&arena, &NoScope::default(), cx, &mut found).expr(root));
        }
        refuse(&format!("invalid expression for variable {:?}", attribute.name), &found, &sources)?;
        values.push((Arc::clone(&attribute.name), value));
    }
    Ok(Value::object(values))
}

fn refuse(what: &str, found: &Diagnostics, sources: &Sources) -> Result<(), CallError> {
    let Some(problem) = found.iter().next() else { return Ok(()) };
    let place = problem.span().map(|span| format!("{}: ", sources.place(span))).unwrap_or_default();
    Err(CallError::call(format!("{what}: {place}{}; {}", problem.summary, problem.detail)))
}

/// Lines as the language's formatter has them.
#[derive(Default)]
struct Page {
    lines: Vec<Line>,
}

/// What stands before the equals sign and what from it on; how many brackets stay open behind it.
#[derive(Default)]
struct Line {
    name: Option<String>,
    text: String,
    open: i32,
}

impl Page {
    fn last(&mut self) -> &mut Line {
        if self.lines.is_empty() {
            self.lines.push(Line::default());
        }
        self.lines.last_mut().expect("there is a line")
    }

    fn push(&mut self, text: &str) {
        self.last().text.push_str(text);
    }

    fn bracket(&mut self, bracket: &str, by: i32) {
        self.push(bracket);
        self.last().open += by;
    }

    /// `name = value` on lines of its own.
    fn entry(&mut self, name: &str, value: &Value) {
        let name = if syntax::is_identifier(name) { name.to_owned() } else { quoted(name) };
        self.lines.push(Line { name: Some(name), ..Line::default() });
        self.value(value);
    }

    fn value(&mut self, value: &Value) {
        match value.unmarked() {
            Value::Null(_) | Value::Unknown(_) | Value::Marked(_) => self.push("null"),
            Value::Bool(value) => self.push(if *value { "true" } else { "false" }),
            Value::Number(number) => self.push(&number.to_string()),
            Value::String(text) => self.push(&quoted(text)),
            Value::List(_) | Value::Set(_) | Value::Tuple(_) => {
                self.bracket("[", 1);
                for (at, element) in value.as_elements().unwrap_or_default().iter().enumerate() {
                    self.push(if at == 0 { "" } else { ", " });
                    self.value(element);
                }
                self.bracket("]", -1);
            }
            Value::Map(_) | Value::Object(_) => {
                self.bracket("{", 1);
                let entries = value.as_entries().unwrap_or_default();
                let is_empty = entries.is_empty();
                for (name, value) in entries {
                    self.entry(name, value);
                }
                if !is_empty {
                    self.lines.push(Line::default());
                }
                self.bracket("}", -1);
            }
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let mut open: Vec<i32> = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            let mut closed = -line.open;
            while closed > 0 {
                let Some(last) = open.last_mut() else { break };
                let taken = closed.min(*last);
                *last -= taken;
                closed -= taken;
                if *last == 0 {
                    open.pop();
                }
            }
            out.push_str(&"  ".repeat(open.len()));
            if let Some(name) = &line.name {
                out.push_str(name);
                let width = self.width(at).unwrap_or(0);
                out.push_str(&" ".repeat(width.saturating_sub(name.chars().count())));
                out.push_str(" = ");
            }
            out.push_str(&line.text);
            if line.open > 0 {
                open.push(line.open);
            }
            if self.lines.len() > 1 && at + 1 < self.lines.len() || self.is_file() {
                out.push('\n');
            }
        }
        out
    }

    /// Whether this is a file, whose last line ends too.
    fn is_file(&self) -> bool {
        self.lines.first().is_some_and(|line| line.name.is_some())
    }

    /// The width of the names among which a line stands: neighbours whose values end on their line are aligned.
    fn width(&self, at: usize) -> Option<usize> {
        let name = |line: &Line| line.name.as_ref().filter(|_| line.open == 0).map(|name| name.chars().count());
        name(&self.lines[at])?;
        let before = self.lines[..at].iter().rev().map_while(name);
        let behind = self.lines[at..].iter().map_while(name);
        before.chain(behind).max()
    }
}

/// A string as the language writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' => {
                out.push(char);
                if chars.peek() == Some(&'{') {
                    out.push(char);
                }
            }
            char if is_shown(char) => out.push(char),
            char if u32::from(char) > 0xffff => out.push_str(&format!("\\U{:08x}", u32::from(char))),
            char => out.push_str(&format!("\\u{:04x}", u32::from(char))),
        }
    }
    out.push('"');
    out
}

fn is_shown(char: char) -> bool {
    let mut escaped = String::new();
    crate::value::text::push_escaped(&mut escaped, char);
    escaped.chars().eq([char])
}

#[cfg(test)]
mod tests;
