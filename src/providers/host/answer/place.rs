//! What stands at the paths of files and directories.

use std::str::Split;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::parsed;
use super::text;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    /// Nothing.
    Absent,
    /// We may not see it.
    Hidden,
    /// Something that is not a file: `link`, `directory`, `special`.
    Other(String),
    /// A file.
    File(File),
}

/// What stands at the path of a directory.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Directory {
    /// Nothing.
    Absent,
    /// We may not see it.
    Hidden,
    /// Something that is no directory: `link`, `regular`, `special`.
    Other,
    /// A directory.
    Found(Access),
}

/// Whose something is, and who may do what with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Access {
    pub(crate) uid: String,
    pub(crate) user: String,
    pub(crate) gid: String,
    pub(crate) group: String,
    /// In four octal digits.
    pub(crate) mode: String,
}

/// A regular file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct File {
    pub(crate) access: Access,
    pub(crate) size: i64,
    pub(crate) written: f64,
    /// SHA-256 in hex.
    pub(crate) sum: String,
    pub(crate) content: Content,
}

/// A file's content, as far as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// As its hash said already.
    Known,
    /// Too large to be sent.
    Large,
    /// Sent.
    Bytes(Vec<u8>),
}

/// Reads what stands where a file is wanted.
pub(super) fn place(words: &mut Split<'_, char>) -> Option<Place> {
    let file = match words.next()? {
        "absent" => return Some(Place::Absent),
        "hidden" => return Some(Place::Hidden),
        "regular" => File {
            access: access(words)?,
            size: parsed(words)?,
            written: parsed(words)?,
            sum: words.next()?.to_owned(),
            content: match words.next()? {
                "=" => Content::Known,
                "-" => Content::Large,
                "+" => Content::Bytes(Vec::new()),
                encoded => Content::Bytes(STANDARD.decode(encoded).ok()?),
            },
        },
        other => return Some(Place::Other(other.to_owned())),
    };
    Some(Place::File(file))
}

/// Reads what stands where a directory is wanted.
pub(super) fn directory(words: &mut Split<'_, char>) -> Option<Directory> {
    Some(match words.next()? {
        "absent" => Directory::Absent,
        "hidden" => Directory::Hidden,
        "directory" => Directory::Found(access(words)?),
        _ => Directory::Other,
    })
}

fn access(words: &mut Split<'_, char>) -> Option<Access> {
    Some(Access {
        user: text(words.next()?)?,
        group: text(words.next()?)?,
        uid: words.next()?.to_owned(),
        gid: words.next()?.to_owned(),
        mode: format!("{:0>4}", words.next()?),
    })
}
