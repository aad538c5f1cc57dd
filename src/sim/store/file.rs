//! The lines of a world's file, and the lock that keeps it to one process.

use std::collections::BTreeMap;
use std::fs::File;
use std::fs::OpenOptions;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::sim::SimError;
use crate::sim::draw::digest;
use crate::sim::draw::uuid_of;

/// The first line: which world this is.
#[derive(Serialize, Deserialize, Clone)]
pub(super) struct Header {
    pub(super) format: u32,
    pub(super) id: String,
    pub(super) seed: u64,
}

/// Every other line: what one request changed.
#[derive(Serialize, Deserialize)]
pub(super) struct Batch {
    pub(super) at: Timestamp,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) counters: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) changes: Vec<Change>,
}

/// A row's new content, or its absence; `place` is its rank in order of creation.
#[derive(Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) kind: String,
    pub(super) team: String,
    pub(super) id: String,
    pub(super) place: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) row: Option<Box<RawValue>>,
}

impl Header {
    /// The first line of a new world.
    pub(super) fn found(seed: u64, now: Timestamp) -> Header {
        Header { format: 1, id: world_id(seed, now), seed }
    }
}

/// A line as bytes.
pub(super) fn encode(line: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).expect("rows hold plain data");
    text.push(b'\n');
    text
}

/// Reads a world's first line.
pub(super) fn header(path: &Path, line: &[u8]) -> Result<Header, SimError> {
    let damaged = |reason| SimError::Damaged { path: path.to_owned(), line: 1, reason };
    let header: Header = serde_json::from_slice(line).map_err(|e| damaged(e.to_string()))?;
    // Parts of the id are shown in names, so it must be what it was made as.
    if uuid::Uuid::try_parse(&header.id).is_err() {
        return Err(damaged(format!("{:?} is not the id of a world", header.id)));
    }
    if header.format != 1 {
        return Err(damaged(format!("format {} is not known", header.format)));
    }
    Ok(header)
}

/// A folder that is taken for this process until this is dropped.
#[derive(Debug)]
pub(super) struct Taken(File);

impl Drop for Taken {
    fn drop(&mut self) {
        // A child that is just being started holds the same open file, so closing ours alone would not release it.
        let _ = rustix::fs::flock(&self.0, rustix::fs::FlockOperation::Unlock);
    }
}

/// Takes the folder for this process.
pub(super) fn lock(dir: &Path) -> Result<Taken, SimError> {
    let path = dir.join("lock");
    let io = |source| SimError::Io { path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Taken(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(SimError::InUse { dir: dir.to_owned() }),
        Err(e) => Err(io(e.into())),
    }
}

/// Two worlds founded from one seed are still two worlds, so the moment counts as well.
fn world_id(seed: u64, now: Timestamp) -> String {
    uuid_of(digest([&seed.to_be_bytes()[..], b"world", &now.as_nanosecond().to_be_bytes()]))
}
