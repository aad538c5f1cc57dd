//! The journal's file: a header and one line a record, each with a checksum, what it says sealed.
//!
//! A record says which one was known to be durable when it was written. So a torn end, which nobody was told of, can be
//! told from damage in the middle, which somebody built on.

use std::io::Write as _;

use sha2::Digest as _;
use sha2::Sha256;

use super::Encode;
use super::payload;
use crate::addr::InstanceAddr;
use crate::state::Damage;
use crate::state::DeposedKey;
use crate::state::KeyEntry;
use crate::state::ObjectKey;
use crate::state::Op;
use crate::state::Place;
use crate::state::Record;
use crate::state::Sealer;
use crate::state::document::Failure;
use crate::state::document::part;
use crate::state::json::Owner;
use crate::state::json::ReadError;
use crate::state::json::Scan;
use crate::state::json::ValueReader;
use crate::state::json::ValueWriter;
use crate::state::json::push_string;
use crate::state::json::unexpected;
use crate::state::opener::Opener;
use crate::state::opener::Unlock;

/// The journal's format.
const FORMAT: u64 = 1;

/// What stands before a line's checksum, and behind it.
const SUM: &str = ", \"sum\": \"";
const END: &str = "\"}";
const DIGITS: usize = 16;

/// The first line of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The state's lineage.
    pub(crate) lineage: String,
    /// The serial of the snapshot that it follows; 0 when there is none.
    pub(crate) serial: u64,
    /// The record that it continues from.
    pub(crate) base: u64,
    /// How its records are opened.
    pub(crate) keys: Vec<KeyEntry>,
}

impl Header {
    /// The line.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let _ = write!(out, "{{\"journal\": {FORMAT}, \"lineage\": ");
        push_string(&mut out, &self.lineage);
        let _ = write!(out, ", \"serial\": {}, \"base\": {}, \"keys\": ", self.serial, self.base);
        part::write_keys(&mut out, &self.keys);
        close(&mut out, 0);
        out
    }
}

/// Writes records as lines.
pub(crate) struct Encoder {
    sealer: Sealer,
    lineage: String,
    values: ValueWriter,
}

impl Encoder {
    /// Seals with a key, for a history.
    pub(crate) fn new(sealer: Sealer, lineage: String) -> Self {
        Self { sealer, lineage, values: ValueWriter::default() }
    }
}

impl Encode for Encoder {
    fn encode(&mut self, record: &Record, durable: u64, out: &mut Vec<u8>) {
        let start = out.len();
        let kind = record.event.kind();
        let _ = write!(out, "{{\"seq\": {}, \"kind\": \"{kind}\", \"durable\": {durable}", record.seq);
        if let Some(instance) = &record.instance {
            let _ = write!(out, ", \"step\": {}, \"op\": \"{}\", \"instance\": ", record.step, record.op);
            push_string(out, &instance.to_string());
            if let ObjectKey::Deposed(key) = &record.object {
                let _ = write!(out, ", \"deposed\": \"{key}\"");
            }
        }
        let mut plain = zeroize::Zeroizing::new(Vec::new());
        payload::write_event(&mut self.values, &mut plain, &record.event);
        // What stands in the clear is part of the place, so that a payload opens under its own record only.
        let clear = String::from_utf8_lossy(&out[start..]).into_owned();
        let place = Place { lineage: &self.lineage, address: "journal", path: &clear };
        out.extend_from_slice(b", \"payload\": \"");
        out.extend_from_slice(self.sealer.seal(&place, &plain).as_bytes());
        out.push(b'"');
        close(out, start);
    }
}

/// Ends the line that begins at `start`.
fn close(out: &mut Vec<u8>, start: usize) {
    let sum = checksum(&out[start..]);
    out.extend_from_slice(SUM.as_bytes());
    out.extend_from_slice(sum.as_bytes());
    out.extend_from_slice(END.as_bytes());
    out.push(b'\n');
}

fn checksum(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..DIGITS / 2])
}

/// What a journal's file says.
#[derive(Debug)]
pub(crate) struct Content {
    /// Its header.
    pub(crate) header: Header,
    /// Its records after the one that was asked for; none when they stay shut.
    pub(crate) records: Vec<Record>,
    /// The last good record's sequence; the header's base when there is none.
    pub(crate) last: u64,
    /// How far it is good, in bytes: what follows is torn.
    pub(crate) length: usize,
}

/// Reads a journal; `None` when nothing was durably written. Records up to `after` are checked and not opened.
pub(crate) fn read(bytes: &[u8], after: u64, unlock: Option<&Unlock<'_>>) -> Result<Option<Content>, Failure> {
    let lines: Vec<Line> = Line::split(bytes);
    let Some(header) = lines.first().and_then(|line| line.body) else {
        // Not even the header was written to its end, unless there is something behind it that was.
        return match lines.iter().skip(1).any(|line| line.body.is_some()) {
            true => Err(damage(1, "the first line is not what was written")),
            false => Ok(None),
        };
    };
    let header = read_header(header)?;
    let mut opener = Opener::new(unlock);
    opener.set_keys(header.keys.clone());
    let mut values = ValueReader::new(opener);
    values.set_lineage(&header.lineage);
    let mut content = Content { last: header.base, header, records: Vec::new(), length: lines[0].end };
    for (at, line) in lines.iter().enumerate().skip(1) {
        let clear = line.body.map(Clear::read).transpose().map_err(|error| in_line(at + 1, error))?;
        let Some(clear) = clear.filter(|clear| clear.seq == content.last + 1) else {
            // Was this record ever reported as durable? Then one behind it says so.
            let mut behind = lines[at..].iter().filter_map(|line| Clear::read(line.body?).ok());
            return match behind.any(|clear| clear.durable > content.last) {
                true => Err(damage(at + 1, "a record that was durable is not what was written")),
                false => Ok(Some(content)),
            };
        };
        content.last = clear.seq;
        content.length = line.end;
        if clear.seq > after
            && let Some(record) = clear.open(&mut values).map_err(|error| in_line(at + 1, error))?
        {
            content.records.push(record);
        }
    }
    Ok(Some(content))
}

/// One line of the file.
struct Line<'a> {
    /// What stands before the checksum; `None` when that does not match, or the line has no end.
    body: Option<&'a str>,
    /// Where the next line begins.
    end: usize,
}

impl<'a> Line<'a> {
    fn split(bytes: &'a [u8]) -> Vec<Line<'a>> {
        let mut lines = Vec::new();
        let mut start = 0;
        for text in bytes.split_inclusive(|byte| *byte == b'\n') {
            start += text.len();
            lines.push(Line { body: Self::check(text), end: start });
        }
        lines
    }

    fn check(text: &[u8]) -> Option<&str> {
        let text = std::str::from_utf8(text).ok()?.strip_suffix('\n')?.strip_suffix(END)?;
        let (rest, sum) = text.split_at_checked(text.len().checked_sub(DIGITS)?)?;
        let body = rest.strip_suffix(SUM)?;
        (checksum(body.as_bytes()) == sum).then_some(body)
    }
}

/// The part of a record that stands in the clear.
struct Clear<'a> {
    seq: u64,
    durable: u64,
    kind: String,
    step: u32,
    op: Op,
    instance: Option<InstanceAddr>,
    object: ObjectKey,
    /// All of it, as it was bound to the payload.
    text: &'a str,
    payload: Scan<'a>,
}

impl<'a> Clear<'a> {
    fn read(body: &'a str) -> Result<Self, ReadError> {
        let mut clear = Clear {
            seq: 0,
            durable: 0,
            kind: String::new(),
            step: 0,
            op: Op::Read,
            instance: None,
            object: ObjectKey::Current,
            text: body,
            payload: Scan::new(""),
        };
        // The brace that ends the object stands behind the checksum, so the members are walked up to the payload.
        let (text, payload) = body.split_once(", \"payload\": ").ok_or_else(|| Scan::new("").fail("no payload"))?;
        clear.text = text;
        clear.payload = Scan::new(payload);
        let whole = format!("{text}}}");
        let mut scan = Scan::new(&whole);
        scan.object(|scan, name| {
            let start = scan.clone();
            match name {
                "seq" => clear.seq = scan.integer()?,
                "durable" => clear.durable = scan.integer()?,
                "kind" => clear.kind = scan.string()?.into_owned(),
                "step" => clear.step = scan.integer()?,
                "op" => clear.op = Op::from_word(&scan.string()?).ok_or_else(|| start.fail("there is no such op"))?,
                "instance" => {
                    let address = scan.string()?.parse();
                    clear.instance = Some(address.map_err(|_| start.fail("this is not an instance's address"))?);
                }
                "deposed" => {
                    let key = scan.string()?.parse::<DeposedKey>();
                    clear.object = ObjectKey::Deposed(key.map_err(|error| start.fail(error.to_string()))?);
                }
                _ => return Err(unexpected(scan, name)),
            }
            Ok(())
        })?;
        Ok(clear)
    }

    /// The record; `None` when it stays shut.
    fn open(self, values: &mut ValueReader) -> Result<Option<Record>, ReadError> {
        let Clear { seq, kind, step, op, instance, object, text, payload: mut scan, .. } = self;
        values.belongs_to(Owner::Named("journal".to_owned()));
        let Some(plain) = values.open_at(&mut scan, text)? else { return Ok(None) };
        let event = payload::read_event(values, &kind, &plain).map_err(|problem| scan.fail(problem))?;
        Ok(Some(Record { seq, step, instance, object, op, event }))
    }
}

fn read_header(body: &str) -> Result<Header, Failure> {
    let mut header = Header { lineage: String::new(), serial: 0, base: 0, keys: Vec::new() };
    let mut found = FORMAT;
    let whole = format!("{body}}}");
    let read = Scan::new(&whole).object(|scan, name| {
        match name {
            "journal" => found = scan.integer()?,
            _ if found != FORMAT => {
                scan.raw()?;
            }
            "lineage" => header.lineage = scan.string()?.into_owned(),
            "serial" => header.serial = scan.integer()?,
            "base" => header.base = scan.integer()?,
            "keys" => header.keys = part::read_keys(scan)?,
            _ => return Err(unexpected(scan, name)),
        }
        Ok(())
    });
    read.map_err(|error| in_line(1, error))?;
    if found != FORMAT {
        return Err(Failure::Damage(Damage::Newer { found, known: FORMAT }));
    }
    Ok(header)
}

fn in_line(line: usize, error: ReadError) -> Failure {
    match error {
        ReadError::Text(error) => damage(line, &error.problem),
        ReadError::Key(error) => Failure::Key(error),
    }
}

fn damage(line: usize, problem: &str) -> Failure {
    Failure::Damage(Damage::Content { line, problem: problem.to_owned() })
}
