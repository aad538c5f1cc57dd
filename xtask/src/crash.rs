//! `cargo xtask crash`: kills an apply wherever it can be killed, runs it again, and compares cloud, hosts and state.
//!
//! The simulated cloud is a process of its own that outlives the killed one; see [`world`]. Each trial starts from a copy of
//! what the phase before left, kills one apply, at a record of the journal or at a moment, runs it again to its end and
//! hands all that is left to [`check`]. Nothing is cleaned up in between. With `--without` the product leaves out what
//! keeps it safe, and it is trials that fail which are good: they show that the loss would be seen.

mod check;
mod cloud;
mod random;
mod stack;
mod trial;
mod world;

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use self::random::Random;
use self::stack::PHASES;
use self::stack::Phase;
use self::trial::End;
use self::trial::Kill;
use self::trial::Moment;
use self::trial::Trial;
use self::world::Pace;
use self::world::World;
use crate::cargo;

/// How many worlds are tried at a time.
const WORKERS: usize = 2;

/// Of so many moments one in each phase is in a slow world.
const SLOW: usize = 25;

/// With `--without`, so many failures show that the trials bite.
const ENOUGH: u32 = 3;

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Options {
    /// Every how many boundaries of the journal an apply is killed.
    pub(crate) stride: u32,
    /// How many phases of the stack's life are gone through.
    pub(crate) phases: usize,
    /// At how many random moments.
    pub(crate) trials: u32,
    /// Decides the moments.
    pub(crate) seed: u64,
    /// What is left out.
    pub(crate) without: Option<Without>,
}

/// What keeps the product safe, and can be left out to see whether trials notice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Without {
    Intents,
    Syncs,
    Find,
}

impl Default for Options {
    fn default() -> Self {
        Self { stride: 5, phases: PHASES.len(), trials: 50, seed: 1, without: None }
    }
}

impl Options {
    /// A short run, to go with all other tests: some boundaries of each phase.
    pub(crate) fn short() -> Self {
        Self { stride: 40, trials: 5, ..Self::default() }
    }

    /// A short run that must fail.
    pub(crate) fn short_without(without: Without) -> Self {
        Self { phases: 1, trials: 10, without: Some(without), ..Self::default() }
    }

    /// Reads what stands behind `crash`.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut number = || {
                let value = rest.next().ok_or_else(|| format!("`{argument}` needs a value"))?;
                value.parse::<u32>().map_err(|_| format!("`{value}` is not a number"))
            };
            match argument.as_str() {
                "--every-boundary" => options.stride = 1,
                "--trials" => options.trials = number()?,
                "--seed" => options.seed = u64::from(number()?),
                "--without" => {
                    let name = rest.next().map(String::as_str);
                    let without = Without::ALL.into_iter().find(|without| Some(without.name()) == name);
                    let without = without.ok_or("`--without` needs one of intents, syncs, find")?;
                    options.without = Some(without);
                }
                other => return Err(format!("`{other}` is not an option of `crash`")),
            }
        }
        Ok(options)
    }
}

impl Without {
    /// Each of them.
    pub(crate) const ALL: [Self; 3] = [Self::Intents, Self::Syncs, Self::Find];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Without::Intents => "intents",
            Without::Syncs => "syncs",
            Without::Find => "find",
        }
    }

    fn switch(self) -> &'static str {
        match self {
            Without::Intents => "-crash-no-intents",
            Without::Syncs => "-crash-no-sync",
            Without::Find => "-crash-no-find",
        }
    }
}

/// What came of all trials.
#[derive(Debug, Default)]
struct Tally {
    passed: AtomicU32,
    failed: AtomicU32,
    /// Of those that failed: in how many something was left in the cloud that nobody knows of.
    forgotten: AtomicU32,
    /// More would tell nothing new.
    is_enough: AtomicBool,
    /// So that lines are printed whole.
    printing: Mutex<()>,
}

/// Makes all trials; gives the exit code.
pub(crate) fn run(options: &Options) -> Result<u8, Box<dyn Error>> {
    trials(options).map(|is_good| u8::from(!is_good))
}

/// Makes all trials; says whether they went as they must.
pub(crate) fn trials(options: &Options) -> Result<bool, Box<dyn Error>> {
    let infra = cargo::build()?;
    let dir = std::env::temp_dir().join(format!("infra-crash-{}", std::process::id()));
    // What an earlier process with the same number left.
    let _ = std::fs::remove_dir_all(&dir);
    let begun = Instant::now();
    let tally = Tally::default();
    let gone_through = go_through(options, &infra, &dir, &tally);
    let (passed, failed) = (tally.passed.load(Ordering::Relaxed), tally.failed.load(Ordering::Relaxed));
    let is_good = match options.without {
        None => failed == 0,
        // Whatever is left out, things are forgotten or made twice; to fail otherwise shows nothing.
        Some(_) => tally.forgotten.load(Ordering::Relaxed) > 0,
    };
    if is_good && gone_through.is_ok() {
        std::fs::remove_dir_all(&dir)?;
    } else {
        println!("worlds of failed trials are kept in {}", dir.display());
    }
    gone_through?;
    println!("crash: {passed} passed, {failed} failed, in {:.0?}", begun.elapsed());
    if let Some(without) = options.without {
        let word = if is_good { "as they must" } else { "but some must: the trials do not see what is missing" };
        println!("crash: without {}, {failed} failed, {word}", without.name());
    }
    Ok(is_good)
}

fn go_through(options: &Options, infra: &Path, dir: &Path, tally: &Tally) -> Result<(), Box<dyn Error>> {
    let mut before = dir.join("nothing");
    drop(World::found(infra, &before)?);
    let mut random = Random::new(options.seed);
    for (nth, phase) in PHASES.iter().take(options.phases).enumerate() {
        let after = dir.join(format!("after-{}", phase.name));
        let calm = calm(infra, &before, &after, phase)?;
        println!("{}: {:.1?} and {} records undisturbed", phase.name, calm.took, calm.records);
        let trial = Trial { infra, before: &before, phase, addresses: &calm.addresses, without: options.without };
        let share =
            options.trials as usize * (nth + 1) / options.phases - options.trials as usize * nth / options.phases;
        let slow = options.trials as usize / SLOW;
        let moments: Vec<Kill> = (0..share).map(|nth| moment(&mut random, calm.took, nth < slow)).collect();
        try_all(&trial, options, dir, &calm, &moments, tally)?;
        if tally.is_enough.load(Ordering::Relaxed) {
            return Ok(());
        }
        before = after;
    }
    Ok(())
}

/// What an undisturbed apply of a phase comes to.
struct Calm {
    took: Duration,
    records: u64,
    addresses: String,
}

fn calm(infra: &Path, before: &Path, after: &Path, phase: &Phase) -> Result<Calm, Box<dyn Error>> {
    let world = World::copy(infra, before, after, Pace::Fast)?;
    let seq = |world: &World| {
        let document = std::fs::read(world.state()).ok();
        let document: Option<serde_json::Value> = document.and_then(|text| serde_json::from_slice(&text).ok());
        document.and_then(|document| document["seq"].as_u64()).unwrap_or(0)
    };
    let first = seq(&world);
    let applied = world.run(&["apply", "-auto-approve"], &phase.options(), None)?;
    if !applied.status.success() {
        return Err(format!("{} fails undisturbed: {}", phase.name, check::tail(&applied.said)).into());
    }
    let addresses = check::listed(&world)?;
    let wrong = check::check(&world, phase, &addresses)?;
    if !wrong.is_empty() {
        return Err(format!("{} is wrong undisturbed:\n  {}", phase.name, wrong.join("\n  ")).into());
    }
    Ok(Calm { took: applied.took, records: seq(&world) - first, addresses })
}

/// A moment within the time that a run takes; at times the second run is killed as well, and in half of them the scripts.
fn moment(random: &mut Random, took: Duration, is_slow: bool) -> Kill {
    // A slow run goes on for long after its last call; what is of interest is at its beginning.
    let (pace, took) = if is_slow { (Pace::Slow, took * 3) } else { (Pace::Fast, took) };
    let first = took.mul_f64(random.fraction());
    let again = (random.fraction() < 0.3).then(|| took.mul_f64(random.fraction()));
    let with_hosts = random.fraction() < 0.5;
    Kill::Moment(Moment { first, again, with_hosts, pace })
}

/// Makes a phase's trials, some at a time.
fn try_all(
    trial: &Trial<'_>,
    options: &Options,
    dir: &Path,
    calm: &Calm,
    moments: &[Kill],
    tally: &Tally,
) -> Result<(), Box<dyn Error>> {
    let (next, is_over, moment) = (AtomicU32::new(0), AtomicBool::new(false), AtomicU32::new(0));
    let draw = || {
        if tally.is_enough.load(Ordering::Relaxed) {
            return None;
        }
        // Boundaries first: how many there are shows only when a run is not halted any more.
        if !is_over.load(Ordering::Relaxed) {
            let records = options.stride / 2 + next.fetch_add(1, Ordering::Relaxed) * options.stride;
            return Some(Kill::boundary(records, options.seed));
        }
        moments.get(moment.fetch_add(1, Ordering::Relaxed) as usize).copied()
    };
    let work = |worker: usize| -> Result<(), String> {
        while let Some(kill) = draw() {
            let place = dir.join(format!("trial-{worker}"));
            let end = trial.run(&place, kill).unwrap_or_else(|error| End::Wrong(vec![error.to_string()]));
            let end = match (end, kill) {
                // Without intents the journal is shorter.
                (End::NotKilled, Kill::Record { number, .. })
                    if u64::from(number) > calm.records || options.without.is_some() =>
                {
                    is_over.store(true, Ordering::Relaxed);
                    continue;
                }
                (End::NotKilled, Kill::Record { .. }) => {
                    End::Wrong(vec!["it was over without being killed".to_owned()])
                }
                (end, _) => end,
            };
            tell(trial, kill, calm, &end, tally);
            if let End::Wrong(wrong) = &end {
                if wrong.iter().any(|line| line.starts_with("orphan: ") || line.starts_with("duplicate: ")) {
                    tally.forgotten.fetch_add(1, Ordering::Relaxed);
                }
                let failed = tally.failed.fetch_add(1, Ordering::Relaxed);
                let kept = dir.join(format!("failed-{}", failed + 1));
                std::fs::rename(&place, &kept).map_err(|error| error.to_string())?;
                if options.without.is_some() && failed + 1 >= ENOUGH {
                    tally.is_enough.store(true, Ordering::Relaxed);
                }
            } else {
                tally.passed.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|worker| scope.spawn(move || work(worker))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })?;
    Ok(())
}

fn tell(trial: &Trial<'_>, kill: Kill, calm: &Calm, end: &End, tally: &Tally) {
    let _whole = tally.printing.lock().expect("no holder panics");
    let result = match end {
        End::Recovered => "ok".to_owned(),
        End::NotKilled => "ok, was over before".to_owned(),
        End::Wrong(wrong) => format!("FAILED\n  {}", wrong.join("\n  ")),
    };
    println!("{} {}: {result}", trial.phase.name, kill.describe(calm.records));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_say_how_much_is_tried() {
        let parse = |line: &str| Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let default = Options::default;
        for (line, expected) in [
            ("", Ok(default())),
            ("--every-boundary --trials 0", Ok(Options { stride: 1, trials: 0, ..default() })),
            ("--seed 7 --without find", Ok(Options { seed: 7, without: Some(Without::Find), ..default() })),
            ("--trials", Err("`--trials` needs a value".to_owned())),
            ("--trials many", Err("`many` is not a number".to_owned())),
            ("--without love", Err("`--without` needs one of intents, syncs, find".to_owned())),
            ("--fast", Err("`--fast` is not an option of `crash`".to_owned())),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}
