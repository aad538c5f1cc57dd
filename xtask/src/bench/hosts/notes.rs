//! What the program notes of its talks with hosts, by `INFRA_LOG=debug`: counted by host.

use std::collections::BTreeMap;

/// What went to and fro in one run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Traffic {
    /// Commands, on the host that saw most.
    pub(super) commands: usize,
    /// Connections to the host that saw most.
    pub(super) connections: usize,
    /// Bytes sent to a host, on the average.
    pub(super) sent: usize,
    /// Bytes that came back.
    pub(super) received: usize,
}

/// Counts the notes in what a run wrote.
pub(super) fn traffic(log: &str) -> Traffic {
    let mut hosts: BTreeMap<&str, Traffic> = BTreeMap::new();
    for line in log.lines() {
        let field = |name: &str| line.split_once(name).map(|(_, rest)| rest);
        let Some((host, _)) = field(" host=\"").and_then(|rest| rest.split_once('"')) else { continue };
        let number = |name: &str| {
            let digits = field(name).map(|rest| rest.split(' ').next().unwrap_or(rest));
            digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
        };
        let seen = hosts.entry(host).or_default();
        if line.contains(" ran a command on a host ") {
            seen.commands += 1;
            seen.sent += number(" sent=");
            seen.received += number(" received=");
        } else if line.contains(" connected to a host ") {
            seen.connections += 1;
        }
    }
    let most = |of: fn(&Traffic) -> usize| hosts.values().map(of).max().unwrap_or(0);
    let average = |of: fn(&Traffic) -> usize| hosts.values().map(of).sum::<usize>() / hosts.len().max(1);
    Traffic {
        commands: most(|host| host.commands),
        connections: most(|host| host.connections),
        sent: average(|host| host.sent),
        received: average(|host| host.received),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_counted_by_host() {
        let log = "2026-01-01T00:00:00Z DEBUG infra::net::host: connected to a host host=\"a\" elapsed=3\n\
                   2026-01-01T00:00:00Z DEBUG infra::net::host: ran a command on a host host=\"a\" sent=100 received=10 elapsed=3\n\
                   2026-01-01T00:00:00Z DEBUG infra::net::host: ran a command on a host host=\"b c\" sent=300 received=30 elapsed=3\n\
                   2026-01-01T00:00:00Z DEBUG infra::net::host: ran a command on a host host=\"a\" sent=0 received=0 elapsed=3\n\
                   Something else.\n";
        assert_eq!(traffic(log), Traffic { commands: 2, connections: 1, sent: 200, received: 20 });
        assert_eq!(traffic(""), Traffic::default());
    }
}
