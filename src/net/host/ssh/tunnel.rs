//! A connection through a host to another: what one end writes comes out at the other.

use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::fd::BorrowedFd;
use std::os::unix::net::UnixStream;

use rustix::event::PollFlags;
use ssh2::Channel;
use ssh2::Session;
use tokio::sync::oneshot;

use super::worker::Call;
use super::worker::Step;
use super::worker::Task;
use super::worker::call;
use super::worker::transfer;

/// How much is on the way at most, each way.
const PIECE: usize = 64 << 10;

/// A tunnel to a port of a host that the far end can reach.
pub(super) struct Tunnel {
    host: String,
    port: u16,
    stage: Stage,
    answer: Option<oneshot::Sender<Result<UnixStream, String>>>,
}

enum Stage {
    Opening,
    Open(Box<Pipe>),
}

/// An open one.
struct Pipe {
    channel: Channel,
    local: UnixStream,
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
    /// Our side writes no more.
    is_done: bool,
    /// What was sent only in part.
    stuck: Option<Operation>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Receive,
    Send,
}

impl Tunnel {
    pub(super) fn new(host: String, port: u16, answer: oneshot::Sender<Result<UnixStream, String>>) -> Self {
        Self { host, port, stage: Stage::Opening, answer: Some(answer) }
    }

    fn opened(&mut self, channel: Channel) -> std::io::Result<()> {
        let (local, theirs) = UnixStream::pair()?;
        local.set_nonblocking(true)?;
        let (outgoing, incoming) = (Vec::new(), Vec::new());
        self.stage = Stage::Open(Box::new(Pipe { channel, local, outgoing, incoming, is_done: false, stuck: None }));
        self.tell(Ok(theirs));
        Ok(())
    }

    fn tell(&mut self, end: Result<UnixStream, String>) {
        if let Some(answer) = self.answer.take() {
            let _ = answer.send(end);
        }
    }
}

impl Pipe {
    fn step(&mut self, session: &Session) -> Result<Step, String> {
        let mut end = Step::Waiting;
        let operations = match self.stuck.take() {
            Some(Operation::Send) => [Operation::Send, Operation::Receive],
            Some(Operation::Receive) | None => [Operation::Receive, Operation::Send],
        };
        for operation in operations {
            let step = match operation {
                Operation::Receive => self.receive(session)?,
                Operation::Send => self.send(session)?,
            };
            match step {
                Step::Stuck => {
                    self.stuck = Some(operation);
                    return Ok(Step::Stuck);
                }
                Step::Over => return Ok(Step::Over),
                Step::Moved => end = Step::Moved,
                Step::Waiting | Step::Denied(_) => {}
            }
        }
        Ok(end)
    }

    /// From the far end to ours.
    fn receive(&mut self, session: &Session) -> Result<Step, String> {
        let mut end = Step::Waiting;
        if self.incoming.is_empty() {
            let mut piece = vec![0; PIECE];
            match transfer(session, self.channel.read(&mut piece))? {
                Call::Done(0) if self.channel.eof() => {
                    let _ = self.local.shutdown(Shutdown::Both);
                    return Ok(Step::Over);
                }
                Call::Done(count) => {
                    piece.truncate(count);
                    self.incoming = piece;
                    end = Step::Moved;
                }
                Call::Blocked(Step::Stuck) => return Ok(Step::Stuck),
                Call::Blocked(_) => {}
                Call::Denied(why) => return Err(why),
            }
        }
        if self.incoming.is_empty() {
            return Ok(end);
        }
        match self.local.write(&self.incoming) {
            Ok(count) => {
                self.incoming.drain(..count);
                Ok(Step::Moved)
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(end),
            // Our side is gone; nobody misses the rest.
            Err(_) => Ok(Step::Over),
        }
    }

    /// From our end to the far one.
    fn send(&mut self, session: &Session) -> Result<Step, String> {
        let mut end = Step::Waiting;
        if self.outgoing.is_empty() && !self.is_done {
            let mut piece = vec![0; PIECE];
            match self.local.read(&mut piece) {
                Ok(0) => self.is_done = true,
                Ok(count) => {
                    piece.truncate(count);
                    self.outgoing = piece;
                    end = Step::Moved;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => self.is_done = true,
            }
        }
        if self.outgoing.is_empty() {
            return Ok(if self.is_done { Step::Over } else { end });
        }
        match transfer(session, self.channel.write(&self.outgoing))? {
            Call::Done(count) => {
                self.outgoing.drain(..count);
                Ok(Step::Moved)
            }
            Call::Blocked(Step::Stuck) => Ok(Step::Stuck),
            Call::Blocked(_) => Ok(end),
            Call::Denied(why) => Err(why),
        }
    }
}

impl Task for Tunnel {
    fn is_opening(&self) -> bool {
        matches!(self.stage, Stage::Opening)
    }

    fn is_session(&self) -> bool {
        false
    }

    fn is_wanted(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| !answer.is_closed())
    }

    fn step(&mut self, session: &Session) -> Result<Step, String> {
        match &mut self.stage {
            Stage::Open(pipe) => pipe.step(session),
            Stage::Opening => match call(session, session.channel_direct_tcpip(&self.host, self.port, None))? {
                Call::Done(channel) => match self.opened(channel) {
                    Ok(()) => Ok(Step::Moved),
                    Err(error) => {
                        self.tell(Err(error.to_string()));
                        Ok(Step::Over)
                    }
                },
                Call::Blocked(step) => Ok(step),
                Call::Denied(why) => {
                    self.tell(Err(why));
                    Ok(Step::Over)
                }
            },
        }
    }

    fn fail(mut self: Box<Self>, why: &str) {
        self.tell(Err(why.to_owned()));
        if let Stage::Open(pipe) = &self.stage {
            let _ = pipe.local.shutdown(Shutdown::Both);
        }
    }

    fn waits_for(&self) -> Option<(BorrowedFd<'_>, PollFlags)> {
        let Stage::Open(pipe) = &self.stage else { return None };
        let mut flags = PollFlags::empty();
        if pipe.outgoing.is_empty() && !pipe.is_done {
            flags |= PollFlags::IN;
        }
        if !pipe.incoming.is_empty() {
            flags |= PollFlags::OUT;
        }
        Some((pipe.local.as_fd(), flags))
    }
}
