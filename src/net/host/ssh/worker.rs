//! The thread of one connection: many channels over one session, none of which waits for another.
//!
//! libssh2 is asked without blocking, and has two habits to be heeded. Opening a channel is a state of the session, so one
//! is opened at a time. And what could be sent only in part must be sent on by the very same call before any other is
//! made; whoever made it is *stuck*, and nothing else is stepped until it has come through.

use std::collections::VecDeque;
use std::io;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::fd::BorrowedFd;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::TryRecvError;
use std::time::Duration;
use std::time::Instant;

use rustix::event::PollFd;
use rustix::event::PollFlags;
use rustix::event::Timespec;
use ssh2::BlockDirections;
use ssh2::ErrorCode;
use ssh2::Session;

use super::connect::Opened;
use super::pool::Pace;

/// How many scripts one connection carries at once: as many sessions as a server grants unless it is told otherwise.
const SESSIONS: usize = 10;
/// When a host that has denied a session is asked again, though none of ours is over: one that was may have counted there
/// still. Each time it is asked later.
const PAUSE: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(5);

/// What came of one step of a task.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// Something was done; there may be more.
    Moved,
    /// There is nothing to do now.
    Waiting,
    /// Something could be sent only in part.
    Stuck,
    /// It has come to its end, and has told whoever asked.
    Over,
    /// The host opens no channel for it now, as it says.
    Denied(String),
}

/// What one channel is for.
pub(super) trait Task: Send {
    /// Whether its channel is not open yet.
    fn is_opening(&self) -> bool;
    /// Whether it takes up one of the sessions that a host grants a connection.
    fn is_session(&self) -> bool;
    /// Whether whoever asked still waits for it.
    fn is_wanted(&self) -> bool;
    /// Does what can be done without waiting; an error is the end of the whole connection.
    fn step(&mut self, session: &Session) -> Result<Step, String>;
    /// Ends, as the connection is no more.
    fn fail(self: Box<Self>, why: &str);
    /// Something else to wait for, and what of it.
    fn waits_for(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        None
    }
}

/// The result of one call that does not block.
pub(super) enum Call<T> {
    Done(T),
    Blocked(Step),
    /// The channel cannot do it; the connection can go on.
    Denied(String),
}

/// Reads the result of a call of libssh2.
pub(super) fn call<T>(session: &Session, result: Result<T, ssh2::Error>) -> Result<Call<T>, String> {
    match result {
        Ok(value) => Ok(Call::Done(value)),
        Err(error) => match error.code() {
            ErrorCode::Session(-37) => Ok(Call::Blocked(blocked(session))),
            // Channel failure, request denied, channel unknown, closed, end already sent.
            ErrorCode::Session(-23..=-21 | -27 | -26) => Ok(Call::Denied(error.message().to_owned())),
            _ => Err(error.message().to_owned()),
        },
    }
}

/// The same for reading and writing.
pub(super) fn transfer(session: &Session, result: io::Result<usize>) -> Result<Call<usize>, String> {
    match result {
        Ok(count) => Ok(Call::Done(count)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Call::Blocked(blocked(session))),
        Err(error) => Err(error.to_string()),
    }
}

fn blocked(session: &Session) -> Step {
    match session.block_directions() {
        BlockDirections::Outbound | BlockDirections::Both => Step::Stuck,
        BlockDirections::Inbound | BlockDirections::None => Step::Waiting,
    }
}

/// A host that has denied a session.
#[derive(Debug, Clone, Copy)]
struct Full {
    /// How many others there were.
    beside: usize,
    /// Since when it denies whatever is asked for.
    since: Instant,
    /// When it is asked again, whatever becomes of the others.
    until: Instant,
    pause: Duration,
}

/// A connection at work.
pub(super) struct Worker {
    session: Session,
    socket: OwnedFd,
    jobs: Receiver<Box<dyn Task>>,
    /// Rings when there is a new one.
    bell: UnixStream,
    pace: Pace,
    is_dead: Arc<AtomicBool>,
    queue: VecDeque<Box<dyn Task>>,
    tasks: Vec<Box<dyn Task>>,
    stuck: Option<usize>,
    /// Set while the host opens no more sessions.
    full: Option<Full>,
    /// Whether it has ever opened one.
    has_opened: bool,
    /// Somebody may ask for more.
    is_wanted: bool,
    /// When something last came from the host.
    heard: Instant,
}

impl Worker {
    pub(super) fn new(
        opened: Opened,
        jobs: Receiver<Box<dyn Task>>,
        bell: UnixStream,
        pace: Pace,
        is_dead: Arc<AtomicBool>,
    ) -> Self {
        let (queue, tasks) = (VecDeque::new(), Vec::new());
        let (session, socket) = (opened.session, opened.socket);
        let (stuck, full, has_opened, is_wanted, heard) = (None, None, false, true, Instant::now());
        Self { session, socket, jobs, bell, pace, is_dead, queue, tasks, stuck, full, has_opened, is_wanted, heard }
    }

    /// Works until nobody needs the connection any more, or it breaks.
    pub(super) fn run(mut self) {
        self.session.set_blocking(false);
        let seconds = u32::try_from(self.pace.keep_alive.as_secs()).unwrap_or(u32::MAX);
        self.session.set_keepalive(true, seconds);
        let why = loop {
            match self.turn() {
                Ok(true) => {}
                Ok(false) => {
                    self.is_dead.store(true, Ordering::Release);
                    let _ = self.session.disconnect(None, "Bye", None);
                    return;
                }
                Err(why) => break why,
            }
        };
        // Before anybody is told, so that who is told finds no use in it.
        self.is_dead.store(true, Ordering::Release);
        let coming = std::iter::from_fn(|| self.jobs.try_recv().ok());
        let all: Vec<_> = self.tasks.drain(..).chain(self.queue.drain(..)).chain(coming).collect();
        all.into_iter().for_each(|task| task.fail(&why));
    }

    /// One round over all tasks; false when there will be no more.
    fn turn(&mut self) -> Result<bool, String> {
        self.is_wanted = self.is_wanted && self.take_jobs();
        if !self.is_wanted && self.tasks.is_empty() && self.queue.is_empty() {
            return Ok(false);
        }
        if !self.tasks.iter().any(|task| task.is_opening())
            && let Some(next) = self.next()
        {
            self.tasks.push(next);
        }
        if !self.step_all()? {
            self.wait()?;
        }
        Ok(true)
    }

    /// The next task whose channel can be opened: a script waits until there is a session for it, and others go on.
    fn next(&mut self) -> Option<Box<dyn Task>> {
        self.queue.retain(|task| task.is_wanted());
        let sessions = self.sessions();
        let is_denied = self.full.is_some_and(|full| sessions >= full.beside && Instant::now() < full.until);
        let is_full = is_denied || sessions >= SESSIONS;
        let at = self.queue.iter().position(|task| !is_full || !task.is_session())?;
        self.queue.remove(at)
    }

    fn sessions(&self) -> usize {
        self.tasks.iter().filter(|task| task.is_session()).count()
    }

    /// Has a task wait for its turn that was denied a session, unless there is nothing to wait for.
    fn deny(&mut self, why: &str) {
        let task = self.tasks.pop().expect("one is opened at a time, and it came last");
        let (beside, now) = (self.sessions(), Instant::now());
        let since = self.full.map_or(now, |full| full.since);
        let pause = self.full.map_or(PAUSE, |full| (full.pause * 2).min(LONGEST));
        let is_vain = !self.has_opened || now.duration_since(since) >= self.pace.limits.step;
        if beside == 0 && is_vain {
            task.fail(why);
        } else {
            self.full = Some(Full { beside, since, until: now + pause, pause });
            self.queue.push_front(task);
        }
    }

    /// Takes in what there is to do; false when nobody can ask for more.
    fn take_jobs(&mut self) -> bool {
        let mut rings = [0; 64];
        while matches!(self.bell.read(&mut rings), Ok(1..)) {}
        loop {
            match self.jobs.try_recv() {
                Ok(task) => self.queue.push_back(task),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Whether any task has moved.
    fn step_all(&mut self) -> Result<bool, String> {
        let range = self.stuck.take().map_or(0..self.tasks.len(), |at| at..at + 1);
        let (mut has_moved, mut over) = (false, Vec::new());
        let mut denied = None;
        for at in range {
            let was_opening = self.tasks[at].is_opening();
            match self.tasks[at].step(&self.session)? {
                Step::Moved => has_moved = true,
                Step::Waiting => {}
                Step::Denied(why) => denied = Some(why),
                Step::Stuck => {
                    self.stuck = Some(at);
                    break;
                }
                Step::Over => over.push(at),
            }
            if was_opening && self.tasks[at].is_session() && !self.tasks[at].is_opening() {
                (self.full, self.has_opened) = (None, true);
            }
        }
        has_moved |= !over.is_empty() || denied.is_some();
        for at in over.into_iter().rev() {
            drop(self.tasks.remove(at));
            // It is behind all that are over, as the round ends with it.
            self.stuck = self.stuck.map(|stuck| stuck - usize::from(stuck > at));
        }
        if let Some(why) = denied {
            self.deny(&why);
        }
        Ok(has_moved)
    }

    /// Waits until something can be done, and sees to it that a silent host is found out.
    fn wait(&mut self) -> Result<(), String> {
        let mut pause = self.pace.keep_alive;
        if self.stuck.is_none() {
            // A small packet goes out at once when nothing is stuck before it.
            let due = self.session.keepalive_send().map_err(|error| error.message().to_owned())?;
            pause = pause.min(Duration::from_secs(u64::from(due).max(1)));
        }
        let silent = self.heard.elapsed();
        if silent >= self.pace.silence {
            return Err(format!("nothing was heard of it for {}s", silent.as_secs()));
        }
        pause = pause.min(self.pace.silence - silent);
        if let Some(full) =
            self.full.filter(|_| !self.queue.is_empty() && !self.tasks.iter().any(|task| task.is_opening()))
        {
            pause = pause.min(full.until.saturating_duration_since(Instant::now()) + Duration::from_millis(1));
        }
        // Who is stuck reads nothing before it has sent the rest; what comes meanwhile must not wake it.
        let socket = match (self.stuck, self.session.block_directions()) {
            (Some(_), BlockDirections::Outbound) => PollFlags::OUT,
            (Some(_), _) => PollFlags::IN | PollFlags::OUT,
            (None, _) => PollFlags::IN,
        };
        let mut fds = vec![PollFd::from_borrowed_fd(self.socket.as_fd(), socket)];
        // Once its other end is gone it would wake us for ever.
        fds.extend(self.is_wanted.then(|| PollFd::new(&self.bell, PollFlags::IN)));
        let others = self.tasks.iter().filter_map(|task| task.waits_for());
        fds.extend(others.map(|(fd, flags)| PollFd::from_borrowed_fd(fd, flags)));
        let limit = Timespec::try_from(pause).map_err(|error| error.to_string())?;
        match rustix::event::poll(&mut fds, Some(&limit)) {
            // Room to send more is a sign, too.
            Ok(_) if fds[0].revents().intersects(PollFlags::IN | PollFlags::OUT) => self.heard = Instant::now(),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.to_string()),
        }
        Ok(())
    }
}
