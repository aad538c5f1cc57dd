//! What a script on a host answered: records, one a line, read back into data.

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
use super::receipt::Outcome;
use super::receipt::Receipt;
use super::receipt::Standing;
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

/// The machine itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) os: Option<String>,
    pub(crate) kernel: String,
    pub(crate) architecture: String,
    pub(crate) hostname: Option<String>,
    pub(crate) cpus: i64,
    pub(crate) memory_mb: i64,
}

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

/// What is known of a command on its host.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Command {
    /// The hash over what it last ran for; `None` when it never did.
    pub(crate) ran: Option<String>,
    /// Whether its check ended well; `None` without one.
    pub(crate) holds: Option<bool>,
}

/// What we have on record for a unit on its host.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct UnitRecord {
    /// `restart`, `reload`, `start` or `stop`, where that is owed to its process; `ask`, where its gate must still be asked.
    pub(crate) owed: Option<String>,
    /// When its process last passed a gate, by the host's clock; `None` when never.
    pub(crate) applied: Option<f64>,
}

/// What the service manager said of the units asked for.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Manager {
    /// It was not asked.
    #[default]
    Unasked,
    /// There is none.
    Missing,
    /// It did not answer well.
    Failed(String),
    /// The properties of each unit, in the order of the question.
    Shown(Vec<BTreeMap<String, String>>),
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
        match words.next()? {
            "host" => self.facts = Some(facts(&mut words)?),
            "time" => self.now = Some((parsed(&mut words)?, parsed(&mut words)?)),
            "file" => {
                let number = parsed(&mut words)?;
                self.places.insert(number, place(&mut words)?);
            }
            "directory" => {
                let number = parsed(&mut words)?;
                let directory = match words.next()? {
                    "absent" => Directory::Absent,
                    "hidden" => Directory::Hidden,
                    "directory" => Directory::Found(access(&mut words)?),
                    _ => Directory::Other,
                };
                self.directories.insert(number, directory);
            }
            "command" => {
                let number = parsed(&mut words)?;
                let ran = words.next().filter(|word| *word != "-").map(str::to_owned);
                let holds = match words.next()? {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                };
                self.commands.insert(number, Command { ran, holds });
            }
            "user" => {
                let number = parsed(&mut words)?;
                self.users.insert(number, account::user(&mut words)?);
            }
            "group" => {
                let number = parsed(&mut words)?;
                self.groups.insert(number, account::group(&mut words)?);
            }
            "package" => {
                let number = parsed(&mut words)?;
                self.packages.insert(number, Package::parse(&mut words)?);
            }
            "packages" => {
                self.packages_fault = Some(match words.next()? {
                    "missing" => "the host has no package manager that is known here (apt-get or dnf)",
                    "failed" => "the host's package manager cannot read what is installed",
                    _ => return None,
                });
            }
            "redis" => {
                let number = parsed(&mut words)?;
                let server = Server::parse(&mut words)?;
                self.servers.insert(number, server);
            }
            "unit" => {
                let number = parsed(&mut words)?;
                let owed = words.next().filter(|word| *word != "-").map(str::to_owned);
                let applied = words.next().filter(|word| *word != "-");
                let since: f64 = parsed(&mut words)?;
                self.records.insert(number, UnitRecord { owed, applied: applied.map(|_| since) });
            }
            "units" => {
                self.manager = match words.next()? {
                    "shown" => Manager::Shown(properties(&text(words.next()?)?)),
                    "failed" => Manager::Failed(text(words.next()?)?),
                    "missing" => Manager::Missing,
                    _ => return None,
                }
            }
            "part" => {
                let path = text(words.next()?)?;
                let written = parsed(&mut words)?;
                if words.next()? == "ours" {
                    self.ours.insert(path.clone());
                }
                self.parts.insert(path, written);
            }
            // It is still there, and so are we.
            "waiting" => {}
            "busy" => self.busy = Some(text(words.next()?)?),
            "receipt" => {
                let receipt = self.receipt.get_or_insert_default();
                receipt.op = words.next()?.to_owned();
                receipt.phase = words.next()?.to_owned();
            }
            "member" => {
                let number = parsed(&mut words)?;
                let address = text(words.next()?)?;
                self.receipt.as_mut()?.members.insert(number, (address, Outcome::Begun));
            }
            "outcome" => self.receipt.as_mut()?.outcome(&mut words)?,
            "standing" => self.receipt.as_mut()?.standing = Standing::parse(&mut words)?,
            _ => return None,
        }
        // A word too many means that what we took for words are none.
        words.next().is_none().then_some(())
    }
}

fn facts(words: &mut Split<'_, char>) -> Option<Facts> {
    let release = text(words.next()?)?;
    let kernel = words.next()?.to_owned();
    let architecture = words.next()?.to_owned();
    let hostname = text(words.next()?)?.trim().to_owned();
    let cpus = parsed(words)?;
    let kilobytes: i64 = parsed(words)?;
    let os = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    Some(Facts {
        os: os.map(|name| name.trim_matches(['"', '\'']).to_owned()),
        kernel,
        architecture,
        hostname: Some(hostname).filter(|name| !name.is_empty()),
        cpus,
        memory_mb: kilobytes / 1024,
    })
}

fn place(words: &mut Split<'_, char>) -> Option<Place> {
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

fn access(words: &mut Split<'_, char>) -> Option<Access> {
    Some(Access {
        user: text(words.next()?)?,
        group: text(words.next()?)?,
        uid: words.next()?.to_owned(),
        gid: words.next()?.to_owned(),
        mode: format!("{:0>4}", words.next()?),
    })
}

/// Blocks of `Key=value` lines with an empty line between each two; what a key says twice is on lines of its own.
fn properties(shown: &str) -> Vec<BTreeMap<String, String>> {
    let block = |block: &str| {
        let mut properties: BTreeMap<String, String> = BTreeMap::new();
        for (key, value) in block.lines().filter_map(|line| line.split_once('=')) {
            let known = properties.entry(key.to_owned()).or_default();
            if !known.is_empty() {
                known.push('\n');
            }
            known.push_str(value);
        }
        properties
    };
    shown.split("\n\n").map(|text| block(text.trim_matches('\n'))).collect()
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

    #[test]
    fn properties_come_in_blocks_and_may_repeat() {
        let shown =
            "Id=a.service\nEnvironmentFiles=/a (ignore_errors=no)\nEnvironmentFiles=/b (ignore_errors=no)\n\nId=b=c\n";
        let blocks = properties(shown);
        assert_eq!(blocks.len(), 2);
        assert_eq!(blocks[0]["EnvironmentFiles"].lines().count(), 2);
        assert_eq!(blocks[1]["Id"], "b=c");
    }
}
