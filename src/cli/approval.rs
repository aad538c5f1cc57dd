//! Asking a person whether a plan is to be performed.

use std::io::BufRead as _;
use std::io::Write as _;

use super::Problem;
use super::Result;
use super::screen::Screen;
use crate::plan::Guarded;
use crate::plan::Mode;

/// What is said where nobody can be asked.
pub(super) fn needed() -> Problem {
    let detail = "These changes need the approval of a person, and nobody can be asked here. Run it on a terminal, or use \
                  -auto-approve, or save a plan with `infra plan -out=FILE` and apply that.";
    Problem::new("Approval needed", detail)
}

/// What is said where objects would be lost for good and nobody gave word for each.
pub(super) fn guarded(objects: &[Guarded]) -> Problem {
    let list: String = objects.iter().map(|object| format!("\n  {}", told(object))).collect();
    let allow: String = objects.iter().map(|object| format!(" -allow-destroy='{}'", object.addr)).collect();
    let detail = format!(
        "Applied, this would lose for good:{list}\n\nNothing was done. If it is meant, name each:{allow}; or run it on a \
         terminal, or save the plan with `infra plan -out=FILE`, have it read, and apply that."
    );
    Problem::new("Approval needed for each object that would be lost", detail)
}

fn told(object: &Guarded) -> String {
    let how = if object.is_replaced { "replaced" } else { "destroyed" };
    format!("{} would be {how}, and with it {}", object.addr, object.loses)
}

/// Asks for the address of an object that would be lost for good; only that is word enough.
pub(super) fn ask_for(screen: &Screen, object: &Guarded) -> Result<bool> {
    let (bold, plain) = if screen.err.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut to = std::io::stderr().lock();
    write!(to, "\n{bold}{}.{plain}\n  Type its address to let it go: ", told(object))?;
    to.flush()?;
    let mut answer = String::new();
    if std::io::stdin().lock().read_line(&mut answer)? == 0 {
        writeln!(to)?;
    }
    Ok(answer.trim() == object.addr.to_string())
}

/// Asks; only `yes` is one.
pub(super) fn ask(screen: &Screen, mode: Mode) -> Result<bool> {
    let (question, explanation) = match mode {
        Mode::Normal => (
            "Do you want to perform these actions?",
            "infra will perform the actions described above.\n  Only 'yes' will be accepted to approve.",
        ),
        Mode::Destroy => (
            "Do you really want to destroy all resources?",
            "infra will destroy all that is shown above. There is no undo.\n  Only 'yes' will be accepted to confirm.",
        ),
        Mode::RefreshOnly => (
            "Would you like to update the state to reflect these detected changes?",
            "infra will write these changes to the state without modifying anything.\n  Only 'yes' will be accepted to \
             confirm.",
        ),
    };
    let (bold, plain) = if screen.err.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut to = std::io::stderr().lock();
    write!(to, "\n{bold}{question}{plain}\n  {explanation}\n\n  {bold}Enter a value:{plain} ")?;
    to.flush()?;
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer)?;
    if read == 0 {
        writeln!(to)?;
    }
    Ok(answer.trim_end_matches(['\n', '\r']) == "yes")
}
