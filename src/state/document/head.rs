//! The first lines of a document and its last one: which point of which history it is, without reading the rest.

use std::fs::File;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::SeekFrom;

use super::DIGEST;
use super::END;
use crate::state::json::Scan;
use crate::state::json::ScanError;

/// Which point of which history a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The history.
    pub(crate) lineage: String,
    /// The point in it.
    pub(crate) serial: u64,
    /// The last record in it.
    pub(crate) seq: u64,
}

impl Head {
    /// Reads a document's head and the digest that it says it has; `None` where either is not what we write.
    pub(crate) fn read(file: &mut File) -> io::Result<Option<(Head, String)>> {
        let mut first = vec![0; 4096];
        let mut length = 0;
        while length < first.len() {
            match file.read(&mut first[length..])? {
                0 => break,
                read => length += read,
            }
        }
        let tail = (DIGEST.len() + 64 + END.len()) as u64;
        let size = file.seek(SeekFrom::End(0))?;
        if size < tail {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(size - tail))?;
        let mut last = String::new();
        if file.read_to_string(&mut last).is_err() {
            return Ok(None);
        }
        let digest = last.strip_prefix(DIGEST).and_then(|last| last.strip_suffix(END));
        let head = parse(&String::from_utf8_lossy(&first[..length]));
        Ok(head.zip(digest.map(str::to_owned)))
    }
}

fn parse(text: &str) -> Option<Head> {
    let mut head = Head { lineage: String::new(), serial: 0, seq: 0 };
    let mut found = 0;
    // The text is cut off, so the end of this walk is an error, and none of interest.
    let _ = Scan::new(text).object(|scan, name| {
        match name {
            "format" => scan.integer::<u64>().map(|_| ())?,
            "lineage" => head.lineage = scan.string()?.into_owned(),
            "serial" => head.serial = scan.integer()?,
            "seq" => head.seq = scan.integer()?,
            _ => return Err(scan.fail("")),
        }
        found += 1;
        Ok::<_, ScanError>(())
    });
    (found == 4).then_some(head)
}
