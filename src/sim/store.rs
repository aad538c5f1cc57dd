//! Where a simulated world is kept: typed rows by kind, team and id, in memory and in one file.
//!
//! The file is a header line followed by one JSON line for each batch of changes. A request's
//! changes form one batch, written with one call before the answer is given; a refused request
//! rolls back and writes nothing. A torn last line is dropped at open; damage elsewhere is an
//! error. Opening rewrites the file (temporary, rename) once dead lines outweigh live rows.
//!
//! Also here: counters and random draws, both part of a batch, so that no id is ever given twice.

mod file;

use std::any::Any;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fs::File;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::value::to_raw_value;

use crate::sim::SimError;
use crate::sim::draw::digest;
use crate::sim::draw::fraction_of;
use crate::sim::draw::uuid_of;
use crate::sim::store::file::Batch;
use crate::sim::store::file::Change;
use crate::sim::store::file::Header;
use crate::sim::store::file::Taken;
use crate::sim::store::file::encode;
use crate::sim::store::file::header;
use crate::sim::store::file::lock;

/// A row type: what one vendor collection keeps about one object.
pub(super) trait Stored: Any + Send + Sync + Serialize + DeserializeOwned {
    /// The table's name in the file.
    const KIND: &'static str;

    /// The row's key among its team's rows.
    fn id(&self) -> String;
}

type Row = Arc<dyn Any + Send + Sync>;

/// How the rows of one table are read from and written to the file.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    name: &'static str,
    read: fn(&RawValue) -> serde_json::Result<Row>,
    write: fn(&Row) -> serde_json::Result<Box<RawValue>>,
}

impl Kind {
    /// The table of `T`.
    pub(super) const fn of<T: Stored>() -> Kind {
        Kind { name: T::KIND, read: read_row::<T>, write: write_row::<T> }
    }
}

fn read_row<T: Stored>(text: &RawValue) -> serde_json::Result<Row> {
    Ok(Arc::new(serde_json::from_str::<T>(text.get())?))
}

fn write_row<T: Stored>(row: &Row) -> serde_json::Result<Box<RawValue>> {
    to_raw_value(cast::<T>(row))
}

fn cast<T: Stored>(row: &Row) -> &T {
    row.downcast_ref().expect("a table holds rows of its own kind only")
}

#[derive(Default)]
struct Table {
    order: HashMap<String, u64>,
    rows: BTreeMap<u64, Row>,
}

struct Undo {
    kind: &'static str,
    team: String,
    id: String,
    place: u64,
    row: Option<Row>,
}

/// The rows, counters and file of one world.
pub(super) struct Store {
    header: Header,
    kinds: HashMap<&'static str, Kind>,
    tables: HashMap<&'static str, HashMap<String, Table>>,
    counters: BTreeMap<String, u64>,
    last: Option<Timestamp>,
    file: File,
    path: PathBuf,
    length: u64,
    changes: Vec<Change>,
    undo: Vec<Undo>,
    counted: BTreeMap<String, u64>,
    _lock: Taken,
}

const PLACE: &str = "place";

impl Store {
    /// How exactly the time is kept at which the world was last looked at.
    const GRAIN: SignedDuration = SignedDuration::from_secs(1);

    /// Opens the world in `dir`, or founds one from `seed` and the present time.
    pub(super) fn open(
        dir: &Path,
        seed: u64,
        now: Timestamp,
        kinds: impl IntoIterator<Item = Kind>,
    ) -> Result<Store, SimError> {
        let io = |source| SimError::Io { path: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(io)?;
        let lock = lock(dir)?;
        let path = dir.join("world.jsonl");
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(io(e)),
        };
        let whole = text.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let mut lines = text[..whole].split_inclusive(|b| *b == b'\n');
        let header = match lines.next() {
            Some(line) => header(&path, line)?,
            None => Header::found(seed, now),
        };
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(io)?;
        let mut store = Store {
            header,
            kinds: kinds.into_iter().map(|kind| (kind.name, kind)).collect(),
            tables: HashMap::new(),
            counters: BTreeMap::new(),
            last: None,
            file,
            path,
            length: whole as u64,
            changes: Vec::new(),
            undo: Vec::new(),
            counted: BTreeMap::new(),
            _lock: lock,
        };
        let mut read = 0;
        for (number, line) in lines.enumerate() {
            // A line without changes is one to get rid of all the same.
            read += store.replay(line, number + 2)?.max(1);
        }
        // What follows the whole lines was never acknowledged.
        store.file.set_len(store.length).map_err(io)?;
        let live: usize = store.tables.values().flat_map(HashMap::values).map(|t| t.rows.len()).sum();
        if whole == 0 || read > 2 * live + 256 {
            store.compact()?;
        }
        Ok(store)
    }

    /// The world's id, made when it was founded.
    pub(super) fn id(&self) -> &str {
        &self.header.id
    }

    /// What decides everything that is drawn in this world.
    pub(super) fn seed(&self) -> u64 {
        self.header.seed
    }

    /// When the last stored batch happened, in the world's own time.
    pub(super) fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// The row of that id.
    pub(super) fn get<T: Stored>(&self, team: &str, id: &str) -> Option<&T> {
        let table = self.tables.get(T::KIND)?.get(team)?;
        table.rows.get(table.order.get(id)?).map(cast)
    }

    /// The team's rows in order of creation.
    pub(super) fn list<T: Stored>(&self, team: &str) -> impl DoubleEndedIterator<Item = &T> + use<'_, T> {
        let table = self.tables.get(T::KIND).and_then(|teams| teams.get(team));
        table.into_iter().flat_map(|table| table.rows.values().map(cast))
    }

    /// Every team's rows, with the team's name.
    pub(super) fn all<T: Stored>(&self) -> impl Iterator<Item = (&str, &T)> {
        let teams = self.tables.get(T::KIND).into_iter().flatten();
        teams.flat_map(|(team, table)| table.rows.values().map(move |row| (team.as_str(), cast(row))))
    }

    /// Adds or replaces a row; a replaced row keeps its place.
    pub(super) fn put<T: Stored>(&mut self, team: &str, row: T) {
        let id = row.id();
        let value = to_raw_value(&row).expect("rows hold plain data");
        let known = self.tables.get(T::KIND).and_then(|teams| teams.get(team)?.order.get(&id).copied());
        let place = known.unwrap_or_else(|| self.next(PLACE));
        self.note(T::KIND, team, &id, place, Some(value));
        self.set(T::KIND, team, &id, place, Some(Arc::new(row)));
    }

    /// Removes a row, if it is there.
    pub(super) fn remove<T: Stored>(&mut self, team: &str, id: &str) {
        let known = self.tables.get(T::KIND).and_then(|teams| teams.get(team)?.order.get(id).copied());
        if let Some(place) = known {
            self.note(T::KIND, team, id, place, None);
            self.set(T::KIND, team, id, place, None);
        }
    }

    /// The next value of a counter; the first is 0.
    pub(super) fn next(&mut self, counter: &str) -> u64 {
        let value = self.counters.get(counter).copied().unwrap_or(0);
        self.counted.entry(counter.to_owned()).or_insert(value);
        self.counters.insert(counter.to_owned(), value + 1);
        value
    }

    /// Thirty-two bytes that only this world's seed decides, different at every call.
    pub(super) fn draw(&mut self) -> [u8; 32] {
        let n = self.next("draw");
        digest([&self.header.seed.to_be_bytes()[..], b"draw", &n.to_be_bytes()])
    }

    /// A random version-4 identifier.
    pub(super) fn uuid(&mut self) -> String {
        uuid_of(self.draw())
    }

    /// A random number from 0 up to, but not including, 1.
    pub(super) fn fraction(&mut self) -> f64 {
        fraction_of(self.draw())
    }

    /// A random text over letters and digits.
    pub(super) fn text(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
        let bytes = std::iter::repeat_with(|| self.draw()).take(length.div_ceil(32)).flatten().take(length);
        bytes.map(|b| char::from(LETTERS[usize::from(b) % LETTERS.len()])).collect()
    }

    /// Writes this batch to the file; after an error nothing of it remains. A batch without changes is written where time
    /// has passed: somebody has seen the world at this hour, and the next run must not show an earlier one.
    pub(super) fn commit(&mut self, now: Timestamp) -> Result<(), SimError> {
        let is_later = self.last.is_some_and(|last| now.duration_since(last) >= Self::GRAIN);
        if self.changes.is_empty() && self.counted.is_empty() && !is_later {
            return Ok(());
        }
        let counters = self.counted.keys().map(|name| (name.clone(), self.counters[name])).collect();
        let batch = Batch { at: now, counters, changes: std::mem::take(&mut self.changes) };
        let line = encode(&batch);
        if let Err(source) = self.file.write_all(&line) {
            // Half a line must not stay in front of the next one.
            let _ = self.file.set_len(self.length);
            self.rollback();
            return Err(SimError::Io { path: self.path.clone(), source });
        }
        self.length += line.len() as u64;
        self.last = Some(now);
        self.undo.clear();
        self.counted.clear();
        Ok(())
    }

    /// Forgets this batch.
    pub(super) fn rollback(&mut self) {
        self.changes.clear();
        while let Some(Undo { kind, team, id, place, row }) = self.undo.pop() {
            place_row(self.tables.entry(kind).or_default().entry(team).or_default(), &id, place, row);
        }
        self.counters.append(&mut self.counted);
    }

    fn note(&mut self, kind: &str, team: &str, id: &str, place: u64, row: Option<Box<RawValue>>) {
        self.changes.push(Change { kind: kind.to_owned(), team: team.to_owned(), id: id.to_owned(), place, row });
    }

    fn set(&mut self, kind: &'static str, team: &str, id: &str, place: u64, row: Option<Row>) {
        let teams = self.tables.entry(kind).or_default();
        let table = match teams.get_mut(team) {
            Some(table) => table,
            None => teams.entry(team.to_owned()).or_default(),
        };
        let before = place_row(table, id, place, row);
        self.undo.push(Undo { kind, team: team.to_owned(), id: id.to_owned(), place, row: before });
    }

    /// Applies one line of the file; gives the number of changes in it.
    fn replay(&mut self, line: &[u8], number: usize) -> Result<usize, SimError> {
        let damaged = |reason: String| SimError::Damaged { path: self.path.clone(), line: number, reason };
        let batch: Batch = serde_json::from_slice(line).map_err(|e| damaged(e.to_string()))?;
        let count = batch.changes.len();
        for change in batch.changes {
            let Some(kind) = self.kinds.get(change.kind.as_str()).copied() else {
                return Err(damaged(format!("no collection is called {:?}", change.kind)));
            };
            let row = change.row.as_deref().map(kind.read).transpose().map_err(|e| damaged(e.to_string()))?;
            let table = self.tables.entry(kind.name).or_default().entry(change.team).or_default();
            place_row(table, &change.id, change.place, row);
        }
        self.counters.extend(batch.counters);
        self.last = Some(batch.at);
        Ok(count)
    }

    /// Rewrites the file with the live rows alone.
    fn compact(&mut self) -> Result<(), SimError> {
        let io = |source| SimError::Io { path: self.path.clone(), source };
        let mut text = encode(&self.header);
        if let Some(at) = self.last {
            let mut changes = Vec::new();
            for (kind, teams) in &self.tables {
                for (team, table) in teams {
                    let ids: HashMap<u64, &String> = table.order.iter().map(|(id, place)| (*place, id)).collect();
                    for (place, row) in &table.rows {
                        let row = (self.kinds[kind].write)(row).expect("rows hold plain data");
                        let (kind, team, id) = (kind.to_string(), team.clone(), ids[place].clone());
                        changes.push(Change { kind, team, id, place: *place, row: Some(row) });
                    }
                }
            }
            text.extend(encode(&Batch { at, counters: self.counters.clone(), changes }));
        }
        let temporary = self.path.with_extension("tmp");
        std::fs::write(&temporary, &text).map_err(io)?;
        std::fs::rename(&temporary, &self.path).map_err(io)?;
        self.file = OpenOptions::new().append(true).open(&self.path).map_err(io)?;
        self.length = text.len() as u64;
        Ok(())
    }
}

fn place_row(table: &mut Table, id: &str, place: u64, row: Option<Row>) -> Option<Row> {
    match row {
        Some(row) => {
            table.order.insert(id.to_owned(), place);
            table.rows.insert(place, row)
        }
        None => {
            table.order.remove(id);
            table.rows.remove(&place)
        }
    }
}

#[cfg(test)]
mod tests;
