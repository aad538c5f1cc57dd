//! `csvdecode`.

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    vec![Function::pure("csvdecode", [Param::string("str")], Type::DYNAMIC, csvdecode)]
}

fn csvdecode(args: &[Value]) -> Result<Value, CallError> {
    let mut reader = Reader { rest: string(args, 0), line: 1 };
    let (_, header) = reader.record()?.ok_or_else(|| CallError::call("missing header line"))?;
    let names: Vec<Str> = header.into_iter().map(crate::value::text::nfc).collect();
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            return Err(CallError::call(format!("duplicate column name {}", quoted(name))));
        }
    }
    let ty = Type::object(names.iter().map(|name| ObjectAttr::new(name.clone(), Type::STRING)).collect());
    let mut rows = Vec::new();
    while let Some((line, fields)) = reader.record()? {
        if fields.len() != names.len() {
            return Err(broken(line, "wrong number of fields"));
        }
        rows.push(Value::object(names.iter().cloned().zip(fields.into_iter().map(Value::text))));
    }
    Ok(Value::list(ty, rows))
}

fn broken(line: usize, what: &str) -> CallError {
    CallError::call(format!("CSV parse error on line {line}: {what}"))
}

/// Reads records as RFC 4180 has them; empty lines are left out.
struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// The next record and the line it begins on.
    fn record(&mut self) -> Result<Option<(usize, Vec<String>)>, CallError> {
        let (begin, mut line) = loop {
            match self.next_line() {
                None => return Ok(None),
                Some((_, "")) => {}
                Some(found) => break found,
            }
        };
        let mut fields = Vec::new();
        loop {
            let Some(quoted) = line.strip_prefix('"') else {
                let (field, rest) = line.split_once(',').map_or((line, None), |(field, rest)| (field, Some(rest)));
                if field.contains('"') {
                    return Err(broken(self.line - 1, "bare \" in non-quoted-field"));
                }
                fields.push(field.to_owned());
                match rest {
                    Some(rest) => line = rest,
                    None => return Ok(Some((begin, fields))),
                }
                continue;
            };
            let (field, rest) = self.quoted(quoted)?;
            fields.push(field);
            match rest.strip_prefix(',') {
                Some(rest) => line = rest,
                None if rest.is_empty() => return Ok(Some((begin, fields))),
                None => return Err(broken(self.line - 1, "extraneous or missing \" in quoted-field")),
            }
        }
    }

    /// A field behind its opening quote, which may go on over lines, and what follows it on the last.
    fn quoted(&mut self, text: &'a str) -> Result<(String, &'a str), CallError> {
        let mut field = String::new();
        let mut line = text;
        loop {
            match line.split_once('"') {
                Some((part, rest)) => {
                    field.push_str(part);
                    match rest.strip_prefix('"') {
                        Some(rest) => {
                            field.push('"');
                            line = rest;
                        }
                        None => return Ok((field, rest)),
                    }
                }
                None => {
                    field.push_str(line);
                    let missing = broken(self.line - 1, "extraneous or missing \" in quoted-field");
                    if self.rest.is_empty() {
                        return Err(missing);
                    }
                    field.push('\n');
                    (_, line) = self.next_line().ok_or(missing)?;
                }
            }
        }
    }

    fn next_line(&mut self) -> Option<(usize, &'a str)> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += 1;
        Some((self.line - 1, line.strip_suffix('\r').unwrap_or(line)))
    }
}

#[cfg(test)]
mod tests;
