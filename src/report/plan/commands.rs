//! What is said of hosts of which an apply asks more than usual: how many commands it takes, and why.

use super::headline::name;
use crate::plan::Detour;
use crate::plan::HostCommands;
use crate::plan::Plan;

/// How many hosts are named, before the rest is only counted.
const NAMED: usize = 5;

/// The lines; none where every host takes the usual commands or fewer.
pub(super) fn lines(plan: &Plan) -> Vec<String> {
    let hosts: Vec<&HostCommands> = plan.steps.talkative().collect();
    let mut lines = Vec::new();
    for host in hosts.iter().take(NAMED) {
        lines.push(format!("{} takes {} commands, as it is {}:", host.name, host.count(), made_of(host)));
        lines.extend(host.detours.iter().map(|detour| format!("  {}", why(plan, detour))));
    }
    if hosts.len() > NAMED {
        let most = hosts.iter().map(|host| host.count()).max().unwrap_or_default();
        lines.push(format!("{} more hosts take up to {most} commands.", hosts.len() - NAMED));
    }
    if let Some(last) = lines.last_mut().filter(|line| line.ends_with(':')) {
        last.pop();
        last.push('.');
    }
    lines
}

fn made_of(host: &HostCommands) -> String {
    let times = |count: usize| match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    let applied = format!("changed {}", times(host.bundles));
    if host.looks == 0 { applied } else { format!("looked at {} and {applied}", times(host.looks)) }
}

/// `a waits for b, which waits for c`
pub(in crate::report) fn why(plan: &Plan, detour: &Detour) -> String {
    let named = |at: usize| plan.changes.get(at).map(|change| name(&change.addr, &change.object)).unwrap_or_default();
    let mut line = format!("{} waits for {}", named(detour.change), named(detour.waits_for));
    if let Some(back) = detour.back_to {
        line.push_str(&format!(", which waits for {}", named(back)));
    }
    line
}
