//! Counts the work of planning and applying at one size and at ten times that size, and fails where it grows faster.
//!
//! Counting is exact where a clock is not: allocations, evaluations, reads, journal records, bytes of state. Options:
//! `--size N` for the smaller size, `--shapes a,b`, and `--once SHAPE` for a single round at that size, to be profiled.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a benchmark prints what it counted"
)]

mod cases;
mod counting;
mod lab;
mod shapes;

use std::process::ExitCode;

use cases::Case;
use counting::Work;
use lab::Lab;

/// What ten times the size may cost: ten times the work and a tenth for what grows with the logarithm.
const LIMIT: f64 = 11.0;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).map(String::as_str)
    };
    // `cargo bench` says so; in `cargo test`, without optimisation, a smaller size is enough.
    let default = if arguments.iter().any(|argument| argument == "--bench") { 1_000 } else { 200 };
    let size = after("--size").and_then(|size| size.parse().ok()).unwrap_or(default);
    if let Some(case) = after("--once").and_then(Case::named) {
        for (step, work) in round(case, size) {
            print_line(case, step, work.items().map(|(name, count)| format!("{name} {count}")).join(", ").as_str());
        }
        return ExitCode::SUCCESS;
    }
    let names = after("--shapes").map(|names| names.split(',').map(str::to_owned).collect::<Vec<_>>());
    let wanted = |case: &Case| names.as_ref().is_none_or(|names| names.iter().any(|name| name == case.name()));
    let mut is_linear = true;
    for case in Case::all().into_iter().filter(wanted) {
        let large = case.clamp(size * 10);
        let small = large / 10;
        print_line(case, "", &format!("{small} and {large} instances"));
        for ((step, few), (_, many)) in round(case, small).into_iter().zip(round(case, large)) {
            is_linear &= compare(case, step, &few, &many);
        }
    }
    if is_linear {
        ExitCode::SUCCESS
    } else {
        eprintln!("linear: some counts grow faster than the configuration, or are nought where they must not be");
        ExitCode::FAILURE
    }
}

/// All steps of a case at a size, with the work that each was.
fn round(case: Case, size: usize) -> Vec<(&'static str, Work)> {
    let lab = Lab::new(case, size);
    if !case.is_applied() {
        return vec![("plan", lab.plan())];
    }
    vec![("plan", lab.plan()), ("apply", lab.apply()), ("no-op", lab.plan()), ("destroy", lab.destroy())]
}

/// Prints the counts of a step; whether they are linear, and there where they must be.
fn compare(case: Case, step: &str, few: &Work, many: &Work) -> bool {
    let mut is_linear = true;
    let mut line = String::new();
    let records = few.records;
    for ((name, few), (_, many)) in few.items().into_iter().zip(many.items()) {
        let must_be = case.counts(step).contains(&name);
        if many == 0 && !must_be {
            continue;
        }
        // A handful is a handful at any size: a sync more or less is chance.
        let is_few = many <= 64;
        // A sync carries all that waits for it. At a vendor's pace calls end one by one, few ones all at once: so what a
        // sync is held against there is the records, each of which may need one of its own.
        let base = if name == "syncs" && case.has_world() { few.max(records) } else { few };
        let ratio = many as f64 / base.max(1) as f64;
        let mark = if ratio > LIMIT && !is_few || must_be && few.min(many) == 0 { " !" } else { "" };
        is_linear &= mark.is_empty();
        line.push_str(&format!("  {name} {few} → {many} ({ratio:.1}{mark})"));
    }
    print_line(case, step, line.trim_start());
    is_linear
}

#[expect(clippy::print_stdout, reason = "the counts are the output of this program")]
fn print_line(case: Case, step: &str, text: &str) {
    println!("{:<8} {step:<8} {text}", case.name());
}
