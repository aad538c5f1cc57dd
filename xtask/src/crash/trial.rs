//! One trial: an apply is killed, run again to its end, and what is left is looked at.

use std::error::Error;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::time::Duration;

use super::Without;
use super::check;
use super::stack::Phase;
use super::world::Pace;
use super::world::Ran;
use super::world::World;

/// What all trials of a phase have in common.
pub(super) struct Trial<'a> {
    pub(super) infra: &'a Path,
    /// The world as the phase finds it.
    pub(super) before: &'a Path,
    pub(super) phase: &'a Phase,
    /// What the state lists when all went well.
    pub(super) addresses: &'a str,
    pub(super) without: Option<Without>,
}

/// When an apply is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kill {
    /// Before or after a record of the journal, counted from 1: before it is written, or once it is durable and nobody
    /// has been told.
    Record { number: u32, is_after: bool },
    /// After a time.
    Moment(Moment),
}

/// A moment at which an apply is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Moment {
    pub(super) first: Duration,
    /// When the run that puts it right is killed as well.
    pub(super) again: Option<Duration>,
    /// Whether the scripts on the hosts die with it.
    pub(super) with_hosts: bool,
    pub(super) pace: Pace,
}

/// What a trial came to.
#[derive(Debug)]
pub(super) enum End {
    /// All is well after the second run.
    Recovered,
    /// The run was over before it could be killed, and all is well.
    NotKilled,
    /// What is wrong.
    Wrong(Vec<String>),
}

impl Kill {
    /// The boundary behind so many records. There are two ways to die there, taken in turn: once the record before it is
    /// durable and nobody has been told, or when all that follows from it has been done up to the next record. The seed
    /// says which comes first.
    pub(super) fn boundary(records: u32, seed: u64) -> Self {
        match records > 0 && (u64::from(records) + seed).is_multiple_of(2) {
            true => Kill::Record { number: records, is_after: true },
            false => Kill::Record { number: records + 1, is_after: false },
        }
    }

    /// A few words for a line of progress; `records` are those of an undisturbed run.
    pub(super) fn describe(&self, records: u64) -> String {
        match self {
            Kill::Record { number, is_after } => {
                format!("{} {number}/{records}", if *is_after { "after" } else { "before" })
            }
            Kill::Moment(moment) => {
                let again = moment.again.map(|again| format!(", again at {}ms", again.as_millis()));
                let hosts = if moment.with_hosts { ", its scripts too" } else { "" };
                let pace = if moment.pace == Pace::Slow { ", in a slow world" } else { "" };
                format!("at {}ms{}{hosts}{pace}", moment.first.as_millis(), again.unwrap_or_default())
            }
        }
    }

    fn halt(&self) -> Option<String> {
        match self {
            Kill::Record { number, is_after } => {
                Some(format!("-crash-halt={}:{number}", if *is_after { "after" } else { "before" }))
            }
            Kill::Moment(_) => None,
        }
    }
}

impl Trial<'_> {
    /// Tries in a folder that is made anew.
    pub(super) fn run(&self, place: &Path, kill: Kill) -> Result<End, Box<dyn Error>> {
        let (first, again, with_hosts, pace) = match kill {
            Kill::Record { .. } => (None, None, false, Pace::Fast),
            Kill::Moment(moment) => (Some(moment.first), moment.again, moment.with_hosts, moment.pace),
        };
        let world = World::copy(self.infra, self.before, place, pace)?;
        let killed = self.apply(&world, kill.halt(), first)?;
        if with_hosts && killed.status.signal().is_some() {
            world.kill_scripts()?;
        }
        let is_killed = killed.status.signal().is_some();
        if !is_killed && !killed.status.success() {
            return Ok(End::Wrong(vec![format!("the first run fails by itself: {}", check::tail(&killed.said))]));
        }
        if is_killed && again.is_some() {
            let again = self.apply(&world, None, again)?;
            if again.status.signal().is_none() && !again.status.success() {
                return Ok(End::Wrong(vec![format!("the run after the kill fails: {}", check::tail(&again.said))]));
            }
            if with_hosts {
                world.kill_scripts()?;
            }
        }
        let second = self.apply(&world, None, None)?;
        if !second.status.success() {
            let mut wrong = vec![format!("the run after the kill fails: {}", check::tail(&second.said))];
            // What it left behind says why.
            wrong.extend(check::check(&world, self.phase, self.addresses).unwrap_or_default());
            return Ok(End::Wrong(wrong));
        }
        let wrong = check::check(&world, self.phase, self.addresses)?;
        Ok(match (wrong.is_empty(), is_killed) {
            (false, _) => End::Wrong(wrong),
            (true, true) => End::Recovered,
            (true, false) => End::NotKilled,
        })
    }

    fn apply(&self, world: &World, halt: Option<String>, kill_after: Option<Duration>) -> Result<Ran, Box<dyn Error>> {
        let mut options = self.phase.options();
        options.extend(self.without.map(|without| without.switch().to_owned()));
        options.extend(halt);
        world.run(&["apply", "-auto-approve"], &options, kill_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_seeds_die_both_ways_at_each_boundary() {
        let told = |seed| (0..4).map(|records| Kill::boundary(records, seed).describe(9)).collect::<Vec<_>>();
        assert_eq!(told(1), ["before 1/9", "after 1/9", "before 3/9", "after 3/9"]);
        assert_eq!(told(2), ["before 1/9", "before 2/9", "after 2/9", "before 4/9"]);
    }
}
