//! The table of times: ours, Terraform's, and how many times ours theirs are.

use super::meter::Measure;

/// The lines above the figures.
pub(super) fn head(beside: bool) -> String {
    let mut head = format!("{:<28}{:>26}", "", "infra: CPU s  wall s    MB");
    if beside {
        head.push_str(&format!("{:>31}{:>28}", "terraform: CPU s  wall s    MB", "ratio: CPU    wall     MB"));
    }
    head.push('\n');
    head
}

/// One step's figures.
pub(super) fn line(shape: &str, size: usize, step: &str, ours: Option<Measure>, theirs: Option<Measure>) -> String {
    let size = if size == 0 { String::new() } else { size.to_string() };
    let mut line = format!("{shape:<8}{size:>5} {step:<14}");
    line.push_str(&figures(ours));
    if let Some(theirs) = theirs {
        line.push_str("     ");
        line.push_str(&figures(Some(theirs)));
        if let Some(ours) = ours {
            line.push_str("  ");
            for (ours, theirs) in [(ours.cpu, theirs.cpu), (ours.wall, theirs.wall), (ours.memory, theirs.memory)] {
                // Below a clock tick a ratio says nothing.
                line.push_str(&format!("{:>7.1}×", theirs / ours.max(0.001)));
            }
        }
    }
    line.push('\n');
    line
}

fn figures(measure: Option<Measure>) -> String {
    match measure {
        Some(measure) => format!("{:>10.3}{:>8.3}{:>8.1}", measure.cpu, measure.wall, measure.memory),
        None => format!("{:>26}", "failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_say_how_many_times_ours_theirs_are() {
        let of = |wall, memory| Some(Measure { wall, cpu: wall, memory, is_well: true });
        let line = line("wide", 100, "plan", of(0.1, 10.0), of(2.0, 25.0));
        assert!(line.ends_with("   20.0×   20.0×    2.5×\n"), "{line}");
    }
}
