//! What stands at the paths of files and directories.

use std::fmt;
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
    /// Something that is not a file.
    Other(Other),
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
    /// Something that is no directory.
    Other(Other),
    /// A directory.
    Found(Access),
}

/// What stands in the place of something else.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Other {
    /// A symlink, and where it leads.
    Link(String),
    /// Something of another kind: `directory`, `regular`, `special`.
    Kind(String),
}

impl Other {
    fn parse(kind: &str, words: &mut Split<'_, char>) -> Option<Self> {
        Some(match kind {
            "link" => Self::Link(text(words.next()?)?),
            kind => Self::Kind(kind.to_owned()),
        })
    }
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(to) => write!(f, "a symlink to {to}"),
            Self::Kind(kind) => f.write_str(match kind.as_str() {
                "directory" => "a directory",
                "regular" => "a file",
                _ => "a device, a socket or a pipe",
            }),
        }
    }
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
        other => return Some(Place::Other(Other::parse(other, words)?)),
    };
    Some(Place::File(file))
}

/// Reads what stands where a directory is wanted.
pub(super) fn directory(words: &mut Split<'_, char>) -> Option<Directory> {
    Some(match words.next()? {
        "absent" => Directory::Absent,
        "hidden" => Directory::Hidden,
        "directory" => Directory::Found(access(words)?),
        other => Directory::Other(Other::parse(other, words)?),
    })
}

fn access(words: &mut Split<'_, char>) -> Option<Access> {
    // What `stat` says where nobody has that number.
    let named = |name: String, number: &str| if name == "UNKNOWN" { number.to_owned() } else { name };
    let (user, group) = (text(words.next()?)?, text(words.next()?)?);
    let (uid, gid) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mode = format!("{:0>4}", words.next()?);
    Some(Access { user: named(user, &uid), group: named(group, &gid), uid, gid, mode })
}
