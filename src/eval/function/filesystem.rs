//! Paths, and the files behind them. All reading goes through the caller, which may remember what was read.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::CallCx;
use super::CallError;
use super::FileKind;
use super::Function;
use super::Param;
use super::glob;
use super::hash;
use super::string::string;
use crate::value::Type;
use crate::value::Value;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    let path = || [Param::string("path")];
    let with = |name, body| Function::with(name, path(), Type::STRING, body);
    let pure = |name, body| Function::pure(name, path(), Type::STRING, body);
    let set = Type::set(Type::STRING);
    vec![
        with("abspath", |cx, args| Ok(Value::text(clean(&cx.base.join(string(args, 0)).to_string_lossy())))),
        pure("basename", |args| Ok(Value::text(basename(string(args, 0))))),
        pure("dirname", |args| Ok(Value::text(dirname(string(args, 0))))),
        with("file", |cx, args| Ok(Value::text(read_text(cx, string(args, 0))?.1))),
        with("filebase64", |cx, args| Ok(Value::from(STANDARD.encode(read(cx, string(args, 0))?.1)))),
        with("filebase64sha256", |cx, args| digest(cx, args, hash::sha256_base64)),
        with("filebase64sha512", |cx, args| digest(cx, args, hash::sha512_base64)),
        Function::with("fileexists", path(), Type::BOOL, fileexists),
        with("filemd5", |cx, args| digest(cx, args, hash::md5)),
        Function::with("fileset", [Param::string("path"), Param::string("pattern")], set, fileset),
        with("filesha1", |cx, args| digest(cx, args, hash::sha1)),
        with("filesha256", |cx, args| digest(cx, args, hash::sha256)),
        with("filesha512", |cx, args| digest(cx, args, hash::sha512)),
        with("pathexpand", |cx, args| expand(cx, string(args, 0)).map(Value::text).map_err(CallError::call)),
    ]
}

/// The shortest path to the same place, by its text alone; `.` for none.
pub(super) fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_absolute => {}
            _ => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (is_absolute, joined.as_str()) {
        (true, _) => format!("/{joined}"),
        (false, "") => ".".into(),
        (false, _) => joined,
    }
}

fn basename(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" if path.is_empty() => ".".into(),
        "" => "/".into(),
        trimmed => trimmed.rsplit('/').next().unwrap_or(trimmed).to_owned(),
    }
}

fn dirname(path: &str) -> String {
    clean(path.rfind('/').map_or("", |at| &path[..at + 1]))
}

/// `~` is the user's home.
fn expand(cx: &CallCx<'_>, path: &str) -> Result<String, String> {
    let Some(rest) = path.strip_prefix('~') else { return Ok(path.to_owned()) };
    if !rest.is_empty() && !rest.starts_with(['/', '\\']) {
        return Err("cannot expand user-specific home dir".into());
    }
    let home = cx.home.ok_or("the home folder is not known")?;
    Ok(clean(&format!("{}/{rest}", home.display())))
}

/// The path as messages show it, and as the system finds it.
fn locate(cx: &CallCx<'_>, path: &str) -> Result<(String, PathBuf), String> {
    let shown = clean(&expand(cx, path).map_err(|message| format!("failed to expand ~: {message}"))?);
    let found = cx.base.join(&shown);
    Ok((shown, found))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::IsADirectory => "is a directory".into(),
        io::ErrorKind::NotADirectory => "not a directory".into(),
        _ => error.to_string(),
    }
}

/// A file's path as messages show it, and its contents.
fn read(cx: &CallCx<'_>, path: &str) -> Result<(String, Arc<[u8]>), CallError> {
    let fail = |message| CallError::argument(0, message);
    let (shown, found) = locate(cx, path).map_err(fail)?;
    let contents = cx.files.read(&found).map_err(|error| {
        fail(match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => format!(
                "no file exists at {}; this function works only with files that are distributed as part of the \
                 configuration source code, so if this file will be created by a resource in this configuration you \
                 must instead obtain this result from an attribute of that resource",
                quoted(path)
            ),
            _ => format!("failed to read file: read {shown}: {}", reason(&error)),
        })
    })?;
    Ok((shown, contents))
}

/// A file's path as messages show it, and its text.
pub(super) fn read_text(cx: &CallCx<'_>, path: &str) -> Result<(String, String), CallError> {
    let (shown, contents) = read(cx, path)?;
    let text = str::from_utf8(&contents).map_err(|_| {
        CallError::call(format!(
            "contents of {} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or \
             the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead",
            quoted(path)
        ))
    })?;
    Ok((shown, text.to_owned()))
}

fn digest(cx: &CallCx<'_>, args: &[Value], digest: fn(&[u8]) -> String) -> Result<Value, CallError> {
    let (shown, found) = locate(cx, string(args, 0)).map_err(CallError::call)?;
    let contents = cx.files.read(&found).map_err(|error| {
        let doing = if error.kind() == io::ErrorKind::IsADirectory { "read" } else { "open" };
        CallError::call(format!("{doing} {shown}: {}", reason(&error)))
    })?;
    Ok(Value::from(digest(&contents)))
}

fn fileexists(cx: &CallCx<'_>, args: &[Value]) -> Result<Value, CallError> {
    let (shown, found) = locate(cx, string(args, 0)).map_err(CallError::call)?;
    match cx.files.kind(&found) {
        Ok(FileKind::File) => Ok(Value::Bool(true)),
        Ok(FileKind::Dir) => Err(CallError::call(format!("{} is a directory, not a file", quoted(&shown)))),
        Ok(FileKind::Other) => Err(CallError::call(format!("{} is a device node, not a regular file", quoted(&shown)))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Bool(false)),
        Err(error) => Err(CallError::call(format!("failed to stat {}: {}", quoted(&shown), reason(&error)))),
    }
}

/// The files below a folder that a pattern names, relative to the folder.
fn fileset(cx: &CallCx<'_>, args: &[Value]) -> Result<Value, CallError> {
    let shown = clean(string(args, 0));
    let pattern = clean(&format!("{shown}/{}", string(args, 1)));
    let malformed = || CallError::call(format!("failed to glob pattern {}: syntax error in pattern", quoted(&pattern)));
    let parts = glob::parse(&pattern).ok_or_else(malformed)?;
    let start = if pattern.starts_with('/') { Path::new("/") } else { cx.base };
    let mut found = Vec::new();
    glob::walk(cx.files, start, "", &parts, &mut found);
    let relative =
        |path: String| relative_to(&shown, &if pattern.starts_with('/') { format!("/{path}") } else { path });
    let found = found.into_iter().map(|path| Value::text(relative(path)));
    Ok(Value::set(Type::STRING, found.collect()))
}

/// A clean path seen from a clean folder.
fn relative_to(folder: &str, path: &str) -> String {
    let parts = |path: &'_ str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    let (folder, path) = (parts(folder), parts(path));
    let shared = folder.iter().zip(&path).take_while(|(one, two)| one == two).count();
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - shared);
    up.chain(path[shared..].iter().cloned()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests;
