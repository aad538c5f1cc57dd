//! What a script on a host answered: records, one a line, read back into data.

mod command;
mod facts;
mod place;
mod receipt;
mod unit;

pub(crate) use command::Command;
pub(crate) use facts::Facts;
pub(crate) use place::Access;
pub(crate) use place::Content;
pub(crate) use place::Directory;
pub(crate) use place::File;
pub(crate) use place::Other;
pub(crate) use place::Place;
pub(crate) use receipt::Class;
pub(crate) use receipt::Outcome;
pub(crate) use receipt::Receipt;
pub(crate) use receipt::Standing;
pub(crate) use unit::Manager;
pub(crate) use unit::UnitRecord;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::str::FromStr;
use std::str::Split;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::account;
use super::account::Account;
use super::account::User;
use super::package::Package;
use super::redis::server::Server;

/// All that one command found out.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The machine itself.
    pub(crate) facts: Option<Facts>,
    /// The host's clock in seconds, and how long it has been up.
    pub(crate) now: Option<(f64, f64)>,
    /// The places asked for, by number.
    pub(crate) places: BTreeMap<usize, Place>,
    /// The directories asked for, by number.
    pub(crate) directories: BTreeMap<usize, Directory>,
    /// What we have on record for each unit, by number.
    pub(crate) records: BTreeMap<usize, UnitRecord>,
    /// The commands asked for, by number.
    pub(crate) commands: BTreeMap<usize, Command>,
    /// The users asked for, by number.
    pub(crate) users: BTreeMap<usize, Account<User>>,
    /// The numbers of the groups asked for, by number.
    pub(crate) groups: BTreeMap<usize, Account<i64>>,
    /// The packages asked for, by number.
    pub(crate) packages: BTreeMap<usize, Package>,
    /// Why packages cannot be seen.
    pub(crate) packages_fault: Option<&'static str>,
    /// The Redis servers asked for, by number.
    pub(crate) servers: BTreeMap<usize, Server>,
    /// What the service manager said.
    pub(crate) manager: Manager,
    /// When each file that a unit is made of was last written.
    pub(crate) parts: BTreeMap<String, f64>,
    /// Those of them that we put there as files.
    pub(crate) ours: BTreeSet<String>,
    /// How a transaction went.
    pub(crate) receipt: Option<Receipt>,
    /// Why nothing was begun: somebody else is at work.
    pub(crate) busy: Option<String>,
}

impl Answer {
    /// Reads a stream of records; an error when it is not whole or not one.
    pub(crate) fn parse(stream: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(stream).map_err(|_| "it is not text".to_owned())?;
        let mut answer = Self::default();
        let mut is_whole = false;
        for line in text.lines() {
            is_whole = line == "end";
            if !is_whole {
                answer.record(line).ok_or_else(|| format!("the record `{}` is not one", shortened(line)))?;
            }
        }
        if is_whole { Ok(answer) } else { Err("it breaks off".to_owned()) }
    }

    fn record(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let words = &mut words;
        match words.next()? {
            "host" => self.facts = Some(facts::facts(words)?),
            "time" => self.now = Some((parsed(words)?, parsed(words)?)),
            "file" => note(&mut self.places, words, place::place)?,
            "directory" => note(&mut self.directories, words, place::directory)?,
            "command" => note(&mut self.commands, words, Command::parse)?,
            "user" => note(&mut self.users, words, account::user)?,
            "group" => note(&mut self.groups, words, account::group)?,
            "package" => note(&mut self.packages, words, Package::parse)?,
            "packages" => {
                self.packages_fault = Some(match words.next()? {
                    "missing" => "the host has no package manager that is known here (apt-get or dnf)",
                    "failed" => "the host's package manager cannot read what is installed",
                    _ => return None,
                });
            }
            "redis" => note(&mut self.servers, words, Server::parse)?,
            "unit" => note(&mut self.records, words, UnitRecord::parse)?,
            "units" => self.manager = Manager::parse(words)?,
            "part" => {
                let path = text(words.next()?)?;
                let written = parsed(words)?;
                if words.next()? == "ours" {
                    self.ours.insert(path.clone());
                }
                self.parts.insert(path, written);
            }
            // It is still there, and so are we.
            "waiting" => {}
            "busy" => self.busy = Some(text(words.next()?)?),
            "receipt" => self.receipt.get_or_insert_default().stand(words)?,
            "member" => self.receipt.as_mut()?.name(words)?,
            "outcome" => self.receipt.as_mut()?.end(words)?,
            "standing" => self.receipt.as_mut()?.standing = Standing::parse(words)?,
            _ => return None,
        }
        // A word too many means that what we took for words are none.
        words.next().is_none().then_some(())
    }
}

/// Takes in the number of what was asked for and what is said of it.
fn note<'w, T>(
    known: &mut BTreeMap<usize, T>,
    words: &mut Split<'w, char>,
    read: impl FnOnce(&mut Split<'w, char>) -> Option<T>,
) -> Option<()> {
    let number = parsed(words)?;
    known.insert(number, read(words)?);
    Some(())
}

pub(super) fn parsed<T: FromStr>(words: &mut Split<'_, char>) -> Option<T> {
    words.next()?.parse().ok()
}

/// What is plain stands behind a colon, all else is in base64; `-` is nothing.
pub(super) fn text(encoded: &str) -> Option<String> {
    if encoded == "-" {
        return Some(String::new());
    }
    if let Some(plain) = encoded.strip_prefix(':') {
        return Some(plain.to_owned());
    }
    Some(String::from_utf8_lossy(&STANDARD.decode(encoded).ok()?).into_owned())
}

fn shortened(line: &str) -> String {
    line.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_damaged_or_breaks_off_is_an_error() {
        for stream in ["", "host", "file 0 absent\n", "file 0 absent\nwhat is this\nend\n", "file x absent\nend\n"] {
            assert!(Answer::parse(stream.as_bytes()).is_err(), "{stream:?}");
        }
        assert!(Answer::parse(b"\xff\nend\n").is_err());
        for stream in ["outcome 0 applied -\nend\n", "units shown ???\nend\n", "file 0 regular cm9vdA== 0\nend\n"] {
            assert!(Answer::parse(stream.as_bytes()).is_err(), "{stream:?}");
        }
        for record in [
            "file 0 absent",
            "file 0 link :/a",
            "directory 0 special",
            "package 0 installed 1.2-3 no - yes",
            "packages missing",
            "unit 0 - - 0",
            "redis 0 absent no - no missing - -",
            "time 1 2",
            "part L2E= 1 -",
            "units missing",
            "receipt a done",
        ] {
            assert!(Answer::parse(format!("{record}\nend\n").as_bytes()).is_ok(), "{record}");
            assert!(Answer::parse(format!("{record} more\nend\n").as_bytes()).is_err(), "{record}");
        }
        assert_eq!(Answer::parse(b"file 3 absent\nend\n").expect("whole").places[&3], Place::Absent);
    }
}
