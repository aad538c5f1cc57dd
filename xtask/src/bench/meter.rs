//! Running a program and learning what it took: time on the clock and on the processors, and memory at its peak.

use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

/// What one run took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measure {
    /// Seconds on the clock.
    pub(super) wall: f64,
    /// Seconds on all processors, in the program and in the kernel for it.
    pub(super) cpu: f64,
    /// Megabytes at the peak.
    pub(super) memory: f64,
    /// Whether it ended in time and said that all is well.
    pub(super) is_well: bool,
}

impl Measure {
    /// The median of each figure; `None` of nothing.
    pub(super) fn median(all: &[Measure]) -> Option<Measure> {
        let middle = |figure: fn(&Measure) -> f64| {
            let mut figures: Vec<f64> = all.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied()
        };
        Some(Measure {
            wall: middle(|measure| measure.wall)?,
            cpu: middle(|measure| measure.cpu)?,
            memory: middle(|measure| measure.memory)?,
            is_well: all.iter().all(|measure| measure.is_well),
        })
    }
}

/// Runs a program to its end, or kills it after a time. Asks the system itself, as the standard library reaps a child
/// without saying what it used.
pub(super) fn measure(mut command: Command, limit: Duration) -> std::io::Result<Measure> {
    let since = Instant::now();
    let mut child = command.spawn()?;
    let pid = i32::try_from(child.id()).expect("process ids are of 31 bits");
    let (ended, end) = mpsc::channel::<()>();
    // Until it is told of the end the child is not reaped, so its id is nobody else's.
    let watch = std::thread::spawn(move || {
        let is_late = end.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
        if is_late {
            // A child that has ended meanwhile takes no harm.
            let _ = child.kill();
        }
    });
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // Waits without reaping, so that the watch may still kill.
    // SAFETY: an all-zero `siginfo_t` is a valid one, and the pointer is to a local of that type.
    unsafe {
        let mut info = std::mem::zeroed::<libc::siginfo_t>();
        libc::waitid(libc::P_PID, pid.unsigned_abs(), &raw mut info, libc::WEXITED | libc::WNOWAIT);
    }
    let wall = since.elapsed();
    drop(ended);
    watch.join().expect("the watch does not panic");
    // SAFETY: both pointers are to locals of the right types; `pid` is a child of ours that nobody has reaped.
    let reaped = unsafe { libc::wait4(pid, &raw mut status, 0, usage.as_mut_ptr()) };
    if reaped != pid {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: an all-zero `rusage` is a valid one, and `wait4` has filled it in.
    let usage = unsafe { usage.assume_init() };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Measure {
        wall: wall.as_secs_f64(),
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        // In kilobytes on Linux.
        memory: usage.ru_maxrss as f64 / 1024.0,
        is_well: status == 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_killed() {
        let mut sleep = Command::new("sleep");
        sleep.arg("30");
        let run = measure(sleep, Duration::from_millis(50)).expect("sleep is there");
        assert!(!run.is_well && run.wall < 10.0, "{run:?}");
        let run = measure(Command::new("true"), Duration::from_secs(30)).expect("true is there");
        assert!(run.is_well && run.memory > 0.0, "{run:?}");
    }

    #[test]
    fn the_median_is_of_each_figure() {
        let of = |wall, memory| Measure { wall, cpu: wall, memory, is_well: true };
        assert_eq!(Measure::median(&[of(3.0, 1.0), of(1.0, 3.0), of(2.0, 2.0)]), Some(of(2.0, 2.0)));
        assert_eq!(Measure::median(&[]), None);
    }
}
