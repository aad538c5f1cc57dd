//! What a host says of its users and groups, read from the records of `scripts/accounts.sh`.

use std::str::Split;

use super::answer::parsed;
use super::answer::text;

/// A user or a group that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Account<T> {
    /// The host has no databases that we can ask.
    Unknown,
    /// There is none of that name.
    Absent,
    /// There is one.
    Present(T),
}

/// A user.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct User {
    pub(crate) uid: i64,
    pub(crate) gid: i64,
    /// The name of its own group; the number of one that has none.
    pub(crate) group: String,
    pub(crate) comment: String,
    pub(crate) home: String,
    pub(crate) shell: String,
    /// `None` where we may not read it.
    pub(crate) is_locked: Option<bool>,
    /// The groups that it is a member of besides.
    pub(crate) groups: Vec<String>,
    /// Whether its home is a folder; `None` where we may not see it.
    pub(crate) has_home: Option<bool>,
    pub(crate) keys: Keys,
}

/// The file of the keys that open a user.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Keys {
    /// It was not asked for.
    Unasked,
    Absent,
    /// We may not read it.
    Hidden,
    /// Something that is no file.
    Other(String),
    File {
        folder: Possession,
        file: Possession,
        text: String,
    },
}

/// Whose something is, and who may do what with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Possession {
    pub(crate) uid: i64,
    pub(crate) mode: u32,
}

impl Keys {
    /// The keys, without comments and empty lines.
    pub(crate) fn lines(&self) -> Vec<&str> {
        match self {
            Keys::File { text, .. } => {
                text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
            }
            Keys::Unasked | Keys::Absent | Keys::Hidden | Keys::Other(_) => Vec::new(),
        }
    }
}

/// The number of a group.
pub(super) fn group(words: &mut Split<'_, char>) -> Option<Account<i64>> {
    account(words, parsed)
}

/// A user.
pub(super) fn user(words: &mut Split<'_, char>) -> Option<Account<User>> {
    account(words, |words| {
        Some(User {
            uid: parsed(words)?,
            gid: parsed(words)?,
            group: text(words.next()?)?,
            comment: text(words.next()?)?,
            home: text(words.next()?)?,
            shell: text(words.next()?)?,
            is_locked: match words.next()? {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            groups: text(words.next()?)?.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            has_home: match words.next()? {
                "directory" => Some(true),
                "hidden" => None,
                _ => Some(false),
            },
            keys: match words.next() {
                None => Keys::Unasked,
                Some("absent") => Keys::Absent,
                Some("hidden") => Keys::Hidden,
                Some("keys") => {
                    Keys::File { folder: possession(words)?, file: possession(words)?, text: text(words.next()?)? }
                }
                Some(other) => Keys::Other(other.to_owned()),
            },
        })
    })
}

fn account<T>(words: &mut Split<'_, char>, read: impl FnOnce(&mut Split<'_, char>) -> Option<T>) -> Option<Account<T>> {
    Some(match words.next()? {
        "unknown" => Account::Unknown,
        "absent" => Account::Absent,
        "present" => Account::Present(read(words)?),
        _ => return None,
    })
}

fn possession(words: &mut Split<'_, char>) -> Option<Possession> {
    Some(Possession { uid: parsed(words)?, mode: u32::from_str_radix(words.next()?, 8).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_a_user_is_read_whole_or_not_at_all() {
        let whole = "present 1000 27 c3Vkbw== - L2hvbWUvYQ== L2Jpbi9zaA== no YWRtLHVzZXJz directory keys 0 755 1000 600 YSBiCiMgYwoK";
        let read = |text: &str| user(&mut text.split(' '));
        let Some(Account::Present(found)) = read(whole) else { panic!("{:?}", read(whole)) };
        assert_eq!((found.uid, found.gid, found.group.as_str(), found.comment.as_str()), (1000, 27, "sudo", ""));
        assert_eq!(
            (found.groups.join(" "), found.is_locked, found.has_home),
            ("adm users".into(), Some(false), Some(true))
        );
        assert_eq!(found.keys.lines(), ["a b"]);
        assert!(matches!(found.keys, Keys::File { folder: Possession { uid: 0, mode: 0o755 }, .. }));
        for broken in
            ["", "here", "present", "present x", "present 1 2 - - -", &whole[..whole.len() - 13], "present 1 2 ?"]
        {
            assert_eq!(read(broken), None, "{broken}");
        }
        assert_eq!(group(&mut "present 12".split(' ')), Some(Account::Present(12)));
        assert_eq!(group(&mut "absent".split(' ')), Some(Account::Absent));
    }
}
