//! The journal: what became known during a run, durable before anything is built on it.
//!
//! One thread writes. It takes all that has been queued, writes it, syncs once and wakes all who wait: the more calls
//! end at a time, the fewer syncs a call costs. It syncs only when somebody waits. What is queued is written in the order
//! of the calls. After a failed write nothing more is written, and everybody is told.

mod frame;
mod media;
mod payload;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::Event;
use super::Notice;
use super::Record;

pub(crate) use frame::Content;
pub(crate) use frame::Encoder;
pub(crate) use frame::Header;
pub(crate) use frame::read;
pub use media::Media;
pub(crate) use payload::read_open;
pub(crate) use payload::write_open;

/// How a journal behaves; the defaults are what users get, everything else proves that tests bite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalOptions {
    /// Whether records are made durable before anybody is told so. Without, they are kept back until the end.
    pub sync: bool,
    /// Whether intents and partial results are written at all.
    pub write_intents: bool,
    /// Where to die.
    pub halt: Option<Halt>,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { sync: true, write_intents: true, halt: None }
    }
}

/// Where the process dies, for crash tests. Records are counted from 1, from the opening of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// All before this record is durable, and nothing of it is written.
    Before(u64),
    /// This record is durable, and nobody has been told.
    After(u64),
}

/// Why a record is not durable.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// The file system refused, now or before.
    #[error("cannot write the journal")]
    Io(#[source] Arc<std::io::Error>),
    /// The writer is gone.
    #[error("the journal is closed")]
    Closed,
}

/// How much was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Records.
    pub records: u64,
    /// Bytes.
    pub bytes: u64,
    /// Waits for the disk.
    pub syncs: u64,
}

/// Turns records into what stands in the journal's file.
pub(crate) trait Encode: Send {
    /// Appends a record's text; `durable` is the last record known to be on the disk.
    fn encode(&mut self, record: &Record, durable: u64, out: &mut Vec<u8>);
}

/// An open journal. Clone-free: share it in an `Arc`. Dropping it writes what is queued.
pub struct Journal {
    queue: Mutex<Queue>,
    thread: Option<JoinHandle<Option<Vec<Record>>>>,
    counters: Arc<Counters>,
    notices: Vec<Notice>,
    write_intents: bool,
}

struct Queue {
    next: u64,
    jobs: Option<mpsc::Sender<Job>>,
}

struct Job {
    records: Vec<Record>,
    done: Option<oneshot::Sender<Result<(), JournalError>>>,
}

#[derive(Default)]
struct Counters {
    records: AtomicU64,
    bytes: AtomicU64,
    syncs: AtomicU64,
}

impl Journal {
    /// Starts the writer; `last` is the sequence of the last record there is.
    pub(crate) fn start(
        media: Box<dyn Media>,
        encoder: Box<dyn Encode>,
        last: u64,
        options: JournalOptions,
        notices: Vec<Notice>,
    ) -> std::io::Result<Self> {
        let (sender, jobs) = mpsc::channel();
        let counters = Arc::new(Counters::default());
        let writer = Writer {
            media,
            encoder,
            options,
            counters: Arc::clone(&counters),
            durable: last,
            written: last,
            records: Vec::new(),
            kept_back: Vec::new(),
            count: 0,
            failed: None,
        };
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(move || writer.run(&jobs))?;
        let queue = Mutex::new(Queue { next: last + 1, jobs: Some(sender) });
        Ok(Self { queue, thread: Some(thread), counters, notices, write_intents: options.write_intents })
    }

    /// Writes records; durable when it returns. Gives the sequence of the last of them.
    pub async fn commit(&self, records: Vec<Record>) -> Result<u64, JournalError> {
        let (done, waiter) = oneshot::channel();
        let last = self.enqueue(records, Some(done))?;
        waiter.await.map_err(|_| JournalError::Closed)??;
        Ok(last)
    }

    /// Queues records without waiting: they are durable before anything that is committed later.
    pub fn append(&self, records: Vec<Record>) {
        // A failure is told to whoever waits next: nobody can go far without waiting.
        let _ = self.enqueue(records, None);
    }

    /// Waits until all that was queued is durable.
    pub async fn sync(&self) -> Result<(), JournalError> {
        self.commit(Vec::new()).await.map(|_| ())
    }

    /// How much was written so far.
    pub fn counters(&self) -> Written {
        Written {
            records: self.counters.records.load(Ordering::Relaxed),
            bytes: self.counters.bytes.load(Ordering::Relaxed),
            syncs: self.counters.syncs.load(Ordering::Relaxed),
        }
    }

    /// What the user should know about its opening.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Writes what is queued and ends the writer. Gives what was written since the opening, as reading it would;
    /// `None` when not all of it could be, so that only reading tells.
    pub fn close(mut self) -> Option<Vec<Record>> {
        self.end()
    }

    fn end(&mut self) -> Option<Vec<Record>> {
        self.queue.lock().expect("no holder panics").jobs = None;
        // The writer does not panic; if it did, the journal's readers find out what is missing.
        self.thread.take()?.join().ok()?
    }

    fn enqueue(
        &self,
        mut records: Vec<Record>,
        done: Option<oneshot::Sender<Result<(), JournalError>>>,
    ) -> Result<u64, JournalError> {
        if !self.write_intents {
            records.retain(|record| !matches!(record.event, Event::Intent(_) | Event::Partial { .. }));
        }
        // Numbered and sent under one lock, so that the order of numbers is the order in the file.
        let mut queue = self.queue.lock().expect("no holder panics");
        for record in &mut records {
            record.seq = queue.next;
            queue.next += 1;
        }
        let last = queue.next - 1;
        let jobs = queue.jobs.as_ref().ok_or(JournalError::Closed)?;
        jobs.send(Job { records, done }).map_err(|_| JournalError::Closed)?;
        Ok(last)
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.end();
    }
}

struct Writer {
    media: Box<dyn Media>,
    encoder: Box<dyn Encode>,
    options: JournalOptions,
    counters: Arc<Counters>,
    /// The last record that is on the disk.
    durable: u64,
    /// The last record that is in the file: what nobody waits for need not be on the disk yet.
    written: u64,
    /// All that is in the file since the opening.
    records: Vec<Record>,
    /// What is not on the disk because `options.sync` is off.
    kept_back: Vec<u8>,
    /// Records since the opening.
    count: u64,
    failed: Option<JournalError>,
}

impl Writer {
    fn run(mut self, jobs: &mpsc::Receiver<Job>) -> Option<Vec<Record>> {
        let mut waiters = Vec::new();
        let mut text = Vec::new();
        while let Ok(first) = jobs.recv() {
            text.clear();
            let mut last = self.written;
            for job in std::iter::once(first).chain(jobs.try_iter()) {
                for record in job.records {
                    last = record.seq;
                    self.take(record, &mut text);
                }
                waiters.extend(job.done);
            }
            let result = self.write(&text, last, !waiters.is_empty());
            for waiter in waiters.drain(..) {
                // Who was cancelled does not wait any more.
                let _ = waiter.send(result.clone());
            }
        }
        let is_whole = if !self.kept_back.is_empty() {
            self.media.append(&self.kept_back).and_then(|()| self.media.sync()).is_ok()
        } else {
            self.write(&[], self.written, true).is_ok()
        };
        is_whole.then_some(self.records)
    }

    fn take(&mut self, record: Record, text: &mut Vec<u8>) {
        self.count += 1;
        if self.options.halt == Some(Halt::Before(self.count)) {
            self.halt(text);
        }
        self.encoder.encode(&record, self.durable, text);
        self.records.push(record);
        self.counters.records.fetch_add(1, Ordering::Relaxed);
        if self.options.halt == Some(Halt::After(self.count)) {
            self.halt(text);
        }
    }

    /// Writes text whose last record is `last`, and waits for the disk where anybody does: a local result may be lost.
    fn write(&mut self, text: &[u8], last: u64, is_awaited: bool) -> Result<(), JournalError> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        if text.is_empty() && (!is_awaited || self.durable == self.written) {
            return Ok(());
        }
        self.counters.bytes.fetch_add(text.len() as u64, Ordering::Relaxed);
        if !self.options.sync {
            self.kept_back.extend_from_slice(text);
            return Ok(());
        }
        let written = self.media.append(text).and_then(|()| {
            if !is_awaited {
                return Ok(());
            }
            self.counters.syncs.fetch_add(1, Ordering::Relaxed);
            self.media.sync()?;
            self.durable = last;
            Ok(())
        });
        match written {
            Ok(()) => {
                self.written = last;
                Ok(())
            }
            Err(error) => {
                let failed = JournalError::Io(Arc::new(error));
                self.failed = Some(failed.clone());
                Err(failed)
            }
        }
    }

    /// Dies as a kill would, with what came before on the disk.
    fn halt(&mut self, text: &[u8]) -> ! {
        if self.options.sync && self.failed.is_none() {
            let _ = self.media.append(text).and_then(|()| self.media.sync());
        }
        std::process::abort()
    }
}

#[cfg(test)]
mod tests;
