//! One script on its channel: its input goes there, both its outputs come back, and how it ended.

use std::io::Read;
use std::io::Write;

use bytes::Bytes;
use ssh2::Channel;
use ssh2::Session;
use tokio::sync::oneshot;

use super::command::since_begun;
use super::error::Broken;
use super::worker::Call;
use super::worker::Step;
use super::worker::Task;
use super::worker::call;
use super::worker::transfer;
use crate::net::host::Output;

/// More than this is no answer of ours.
const MOST: usize = 64 << 20;

/// A command with its input.
pub(super) struct Run {
    line: String,
    input: Bytes,
    sent: usize,
    out: Vec<u8>,
    err: Vec<u8>,
    stage: Stage,
    answer: Option<oneshot::Sender<Result<Output, Broken>>>,
}

enum Stage {
    Opening,
    Starting(Channel),
    /// The operation that goes first: one that was sent only in part.
    Running(Channel, Operation),
    Closing(Channel),
    Closed(Channel),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Operation {
    Out,
    Err,
    In,
    End,
}

impl Operation {
    const ALL: [Self; 4] = [Self::Out, Self::Err, Self::In, Self::End];
}

impl Run {
    pub(super) fn new(line: String, input: Bytes, answer: oneshot::Sender<Result<Output, Broken>>) -> Self {
        let (out, err) = (Vec::new(), Vec::new());
        Self { line, input, sent: 0, out, err, stage: Stage::Opening, answer: Some(answer) }
    }

    fn end(&mut self, end: Result<Output, Broken>) -> Step {
        if let Some(answer) = self.answer.take() {
            // Whoever asked may wait no more.
            let _ = answer.send(end);
        }
        Step::Over
    }

    /// One operation of a command at work.
    fn operate(&mut self, session: &Session, mut channel: Channel, operation: Operation) -> Result<Step, String> {
        let done = match operation {
            Operation::Out | Operation::Err => {
                let mut piece = [0; 32 << 10];
                let id = if operation == Operation::Out { 0 } else { 1 };
                match transfer(session, channel.stream(id).read(&mut piece))? {
                    Call::Done(count) => {
                        let into = if operation == Operation::Out { &mut self.out } else { &mut self.err };
                        into.extend_from_slice(&piece[..count]);
                        if into.len() > MOST {
                            return Err(format!("it answers more than {} MiB", MOST >> 20));
                        }
                        count > 0
                    }
                    Call::Blocked(step) => return Ok(step),
                    Call::Denied(why) => return Err(why),
                }
            }
            Operation::In if self.sent < self.input.len() && !channel.eof() => {
                match transfer(session, channel.write(&self.input[self.sent..]))? {
                    Call::Done(count) => {
                        self.sent += count;
                        count > 0
                    }
                    Call::Blocked(step) => return Ok(step),
                    Call::Denied(why) => return Err(why),
                }
            }
            // The end of the input goes out once.
            Operation::End if self.sent == self.input.len() => match call(session, channel.send_eof())? {
                Call::Done(()) | Call::Denied(_) => {
                    self.sent += 1;
                    true
                }
                Call::Blocked(step) => return Ok(step),
            },
            Operation::In | Operation::End => false,
        };
        Ok(if done { Step::Moved } else { Step::Waiting })
    }

    fn output(&mut self, channel: &Channel) -> Result<Output, Broken> {
        let signal = channel.exit_signal().ok().and_then(|signal| signal.exit_signal);
        let code = channel.exit_status().ok().filter(|_| signal.is_none());
        let (out, err) = (std::mem::take(&mut self.out), std::mem::take(&mut self.err));
        let Some(stdout) = since_begun(&out) else {
            let said = [String::from_utf8_lossy(&err), String::from_utf8_lossy(&out)].join("\n");
            return Err(Broken::Refused(match said.trim() {
                "" => "the host ended the command without a word".to_owned(),
                said => said.to_owned(),
            }));
        };
        let stderr = since_begun(&err).unwrap_or(&err);
        Ok(Output { code, stdout: Bytes::copy_from_slice(stdout), stderr: Bytes::copy_from_slice(stderr) })
    }
}

impl Task for Run {
    fn is_opening(&self) -> bool {
        matches!(self.stage, Stage::Opening)
    }

    fn is_session(&self) -> bool {
        true
    }

    fn is_wanted(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| !answer.is_closed())
    }

    fn step(&mut self, session: &Session) -> Result<Step, String> {
        match std::mem::replace(&mut self.stage, Stage::Opening) {
            Stage::Opening => match call(session, session.channel_session())? {
                Call::Done(channel) => {
                    self.stage = Stage::Starting(channel);
                    Ok(Step::Moved)
                }
                Call::Blocked(step) => Ok(step),
                Call::Denied(why) => Ok(Step::Denied(format!("it opens no channel ({why})"))),
            },
            Stage::Starting(mut channel) => match call(session, channel.exec(&self.line))? {
                Call::Done(()) => {
                    self.stage = Stage::Running(channel, Operation::Out);
                    Ok(Step::Moved)
                }
                Call::Blocked(step) => {
                    self.stage = Stage::Starting(channel);
                    Ok(step)
                }
                Call::Denied(why) => Ok(self.end(Err(Broken::Refused(format!("it runs no commands ({why})"))))),
            },
            Stage::Running(channel, first) => {
                let start = Operation::ALL.iter().position(|operation| *operation == first).unwrap_or(0);
                let mut end = Step::Waiting;
                for operation in Operation::ALL.into_iter().cycle().skip(start).take(Operation::ALL.len()) {
                    match self.operate(session, channel.clone(), operation)? {
                        Step::Stuck => {
                            self.stage = Stage::Running(channel, operation);
                            return Ok(Step::Stuck);
                        }
                        Step::Moved => end = Step::Moved,
                        Step::Waiting | Step::Over | Step::Denied(_) => {}
                    }
                }
                let is_over = end == Step::Waiting && channel.eof();
                self.stage = match is_over {
                    true => Stage::Closing(channel),
                    false => Stage::Running(channel, Operation::Out),
                };
                Ok(if is_over { Step::Moved } else { end })
            }
            Stage::Closing(mut channel) => match call(session, channel.close())? {
                Call::Done(()) | Call::Denied(_) => {
                    self.stage = Stage::Closed(channel);
                    Ok(Step::Moved)
                }
                Call::Blocked(step) => {
                    self.stage = Stage::Closing(channel);
                    Ok(step)
                }
            },
            Stage::Closed(mut channel) => match call(session, channel.wait_close())? {
                Call::Done(()) | Call::Denied(_) => {
                    let output = self.output(&channel);
                    Ok(self.end(output))
                }
                Call::Blocked(step) => {
                    self.stage = Stage::Closed(channel);
                    Ok(step)
                }
            },
        }
    }

    fn fail(mut self: Box<Self>, why: &str) {
        let end = match (self.sent, &self.stage) {
            // The script is in its input, so without that nothing can have been done.
            (0, _) => Broken::NotBegun(why.to_owned()),
            (_, _) => Broken::Lost(why.to_owned()),
        };
        self.end(Err(end));
    }
}
