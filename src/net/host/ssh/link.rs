//! The near end of a connection: what is asked of its thread, and whether it still lives.

use std::io::Write;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::sync::mpsc::channel;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::oneshot;

use super::Surroundings;
use super::connect::open;
use super::error::Broken;
use super::error::SshError;
use super::key::HostKey;
use super::pool::Pace;
use super::route::Hop;
use super::run::Run;
use super::tunnel::Tunnel;
use super::worker::Task;
use super::worker::Worker;
use crate::net::host::Output;

/// A connection to a host that is logged in. It ends with its last handle.
pub(super) struct Link {
    /// The key that the host has shown.
    pub(super) shown: HostKey,
    jobs: Mutex<Sender<Box<dyn Task>>>,
    bell: UnixStream,
    is_dead: Arc<AtomicBool>,
    /// What it runs through, which must live as long.
    _through: Option<Arc<Link>>,
}

impl Link {
    /// Logs in over a socket, which may run through another connection, on a thread that then serves it. The permit is held
    /// until that has come to an end.
    pub(super) async fn open(
        hop: Hop,
        socket: OwnedFd,
        through: Option<Arc<Link>>,
        around: Arc<Surroundings>,
        pace: Pace,
        permit: OwnedSemaphorePermit,
    ) -> Result<Self, SshError> {
        let (told, heard) = oneshot::channel();
        let unusable = |error: std::io::Error| SshError::Unusable(error.to_string());
        let (jobs, coming) = channel();
        let (bell, rung) = UnixStream::pair().map_err(unusable)?;
        bell.set_nonblocking(true).map_err(unusable)?;
        rung.set_nonblocking(true).map_err(unusable)?;
        let is_dead = Arc::new(AtomicBool::new(false));
        let dead = Arc::clone(&is_dead);
        let serve = move || {
            let opened = open(&hop, socket, &around, pace.limits);
            drop(permit);
            match opened {
                Ok(opened) => {
                    // Without anybody who waits for it any more, it ends by itself, as its jobs do.
                    let _ = told.send(Ok(opened.shown.clone()));
                    Worker::new(opened, coming, rung, pace, dead).run();
                }
                Err(error) => _ = told.send(Err(error)),
            }
        };
        std::thread::Builder::new().name("ssh".to_owned()).spawn(serve).map_err(unusable)?;
        let gone = |_| SshError::Unusable("its thread has ended".to_owned());
        let shown = heard.await.map_err(gone)??;
        Ok(Self { shown, jobs: Mutex::new(jobs), bell, is_dead, _through: through })
    }

    /// Whether it can still be used, as far as it knows.
    pub(super) fn is_alive(&self) -> bool {
        !self.is_dead.load(Ordering::Acquire)
    }

    /// Runs a command with its input.
    pub(super) async fn run(&self, line: String, input: Bytes) -> Result<Output, Broken> {
        let (answer, heard) = oneshot::channel();
        self.ask(Box::new(Run::new(line, input, answer)));
        // Nobody took it in: it has not begun.
        heard.await.unwrap_or_else(|_| Err(Broken::NotBegun("the connection has ended".to_owned())))
    }

    /// Connects to another host through this one.
    pub(super) async fn tunnel(&self, host: String, port: u16) -> Result<UnixStream, String> {
        let (answer, heard) = oneshot::channel();
        self.ask(Box::new(Tunnel::new(host, port, answer)));
        heard.await.unwrap_or_else(|_| Err("the connection has ended".to_owned()))
    }

    fn ask(&self, task: Box<dyn Task>) {
        // What is not taken in is dropped, and with it the way of its answer: that tells whoever waits.
        let _ = self.jobs.lock().expect("no holder panics").send(task);
        // A full pipe means that it has rung already.
        let _ = (&self.bell).write(&[1]);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // The thread wakes up when the bell's other end goes, and finds that nobody can ask any more.
        let _ = self.bell.shutdown(std::net::Shutdown::Both);
    }
}
