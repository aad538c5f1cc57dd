//! A package as its host tells of it.

use std::str::Split;

/// A package, as the host's package manager knows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Package {
    pub(crate) status: Status,
    /// Whether it is kept as it is by everybody.
    pub(crate) is_held: bool,
    /// The version that would be installed, where the one that is there is not the one that is wanted.
    pub(crate) candidate: Option<String>,
    /// Whether it was installed by us.
    pub(crate) is_ours: bool,
}

/// How far a package is installed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Status {
    Absent,
    /// Half installed.
    Broken,
    /// In this version.
    Installed(String),
}

impl Package {
    /// Reads the words of a record behind its number.
    pub(crate) fn parse(words: &mut Split<'_, char>) -> Option<Self> {
        let (status, version) = (words.next()?, words.next()?);
        let is_yes = |word: &str| match word {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Some(Self {
            status: match status {
                "absent" => Status::Absent,
                "broken" => Status::Broken,
                "installed" => Status::Installed(version.to_owned()),
                _ => return None,
            },
            is_held: is_yes(words.next()?)?,
            candidate: words.next().filter(|word| *word != "-").map(str::to_owned),
            is_ours: is_yes(words.next()?)?,
        })
    }
}
