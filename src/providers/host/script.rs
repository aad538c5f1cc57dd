//! What runs on a host: a script of those files of functions that its program calls, and of no others.
//!
//! Whoever calls a function names the [`Part`] that it is in; what that part calls in turn it says itself. So a look at
//! files does not carry what knows of packages, nor a transaction what no member of it needs.

use std::collections::BTreeSet;

/// A file of functions, in the order in which they stand in a script. What changes nothing comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// What all others are written in; in every script.
    Words,
    /// Calls of programs that may take long.
    Programs,
    /// The machine itself.
    Facts,
    /// What stands at paths.
    Places,
    /// How units are.
    Units,
    /// What there is of users and groups.
    Accounts,
    /// What there is of packages, whatever manages them.
    Managers,
    /// The same, by Debian's programs.
    Apt,
    /// The same, by Fedora's.
    Dnf,
    /// Texts of the user's, run.
    Perform,
    /// What is known of commands.
    Commands,
    /// How Redis servers are.
    Redis,
    /// What transactions left word of.
    Receipts,
    /// What clears away what a killed run left.
    Leftovers,
    /// What the host keeps for us.
    Store,
    /// How a bundle and its members ended.
    Outcome,
    /// What files and directories need.
    Ground,
    /// Files that change.
    Files,
    /// Units that change.
    UnitsChange,
    /// What a unit must pass.
    Gate,
    /// Commands that run.
    CommandsChange,
    /// Redis servers that change.
    RedisChange,
    /// All that is put back when a part of it fails.
    Transaction,
    /// All that makes room, and stays.
    Prepare,
    /// Directories that change.
    Directories,
    /// Users and groups that change.
    AccountsChange,
    /// Packages that change.
    Packages,
    /// What keeps a service from starting when its package is installed.
    Policy,
    /// Packages that change, by Debian's programs.
    AptChange,
    /// The same, by Fedora's.
    DnfChange,
    /// What reads the program and runs it; in every script.
    Main,
}

/// The script of these parts and of all that they need.
pub(super) fn compose(parts: impl IntoIterator<Item = Part>) -> String {
    whole(parts).into_iter().map(Part::text).collect()
}

/// These parts and all that they need, in order.
fn whole(parts: impl IntoIterator<Item = Part>) -> BTreeSet<Part> {
    let mut pending: Vec<Part> = [Part::Words, Part::Main].into_iter().chain(parts).collect();
    let mut whole = BTreeSet::new();
    while let Some(part) = pending.pop() {
        if whole.insert(part) {
            pending.extend(part.needs());
        }
    }
    whole
}

impl Part {
    /// The parts whose functions its own call, and whose variables they read.
    fn needs(self) -> &'static [Part] {
        match self {
            Part::Words | Part::Main => &[],
            Part::Programs | Part::Facts | Part::Places | Part::Accounts | Part::Apt | Part::Dnf => &[],
            Part::Receipts | Part::Leftovers => &[],
            Part::Units => &[Part::Programs, Part::Places],
            Part::Managers => &[Part::Apt, Part::Dnf],
            Part::Perform => &[Part::Programs],
            Part::Commands => &[Part::Perform],
            Part::Redis => &[Part::Programs, Part::Places],
            Part::Store => &[Part::Receipts, Part::Leftovers],
            Part::Outcome => &[Part::Store],
            Part::Ground => &[Part::Outcome],
            Part::Files => &[Part::Ground, Part::Transaction],
            Part::UnitsChange => &[Part::Files, Part::Gate],
            Part::Gate => &[Part::Perform, Part::UnitsChange],
            Part::CommandsChange => &[Part::Commands, Part::Transaction],
            Part::RedisChange => &[Part::Redis, Part::UnitsChange],
            Part::Transaction => &[Part::Programs, Part::Outcome],
            Part::Prepare => &[Part::Outcome],
            Part::Directories => &[Part::Ground, Part::Prepare],
            Part::AccountsChange => &[Part::Accounts, Part::Prepare],
            Part::Packages => &[Part::Managers, Part::Policy, Part::AptChange, Part::DnfChange, Part::Prepare],
            Part::Policy => &[Part::Programs, Part::Outcome],
            Part::AptChange | Part::DnfChange => &[Part::Packages],
        }
    }

    fn text(self) -> &'static str {
        match self {
            Part::Words => include_str!("scripts/words.sh"),
            Part::Programs => include_str!("scripts/programs.sh"),
            Part::Facts => include_str!("scripts/facts.sh"),
            Part::Places => include_str!("scripts/places.sh"),
            Part::Units => include_str!("scripts/units.sh"),
            Part::Accounts => include_str!("scripts/accounts.sh"),
            Part::Managers => include_str!("scripts/managers.sh"),
            Part::Apt => include_str!("scripts/apt.sh"),
            Part::Dnf => include_str!("scripts/dnf.sh"),
            Part::Perform => include_str!("scripts/perform.sh"),
            Part::Commands => include_str!("scripts/commands.sh"),
            Part::Redis => include_str!("scripts/redis.sh"),
            Part::Receipts => include_str!("scripts/receipts.sh"),
            Part::Leftovers => include_str!("scripts/leftovers.sh"),
            Part::Store => include_str!("scripts/store.sh"),
            Part::Outcome => include_str!("scripts/outcome.sh"),
            Part::Ground => include_str!("scripts/ground.sh"),
            Part::Files => include_str!("scripts/files.sh"),
            Part::UnitsChange => include_str!("scripts/units_change.sh"),
            Part::Gate => include_str!("scripts/gate.sh"),
            Part::CommandsChange => include_str!("scripts/commands_change.sh"),
            Part::RedisChange => include_str!("scripts/redis_change.sh"),
            Part::Transaction => include_str!("scripts/transaction.sh"),
            Part::Prepare => include_str!("scripts/prepare.sh"),
            Part::Directories => include_str!("scripts/directories.sh"),
            Part::AccountsChange => include_str!("scripts/accounts_change.sh"),
            Part::Packages => include_str!("scripts/packages.sh"),
            Part::Policy => include_str!("scripts/policy.sh"),
            Part::AptChange => include_str!("scripts/apt_change.sh"),
            Part::DnfChange => include_str!("scripts/dnf_change.sh"),
            Part::Main => include_str!("scripts/main.sh"),
        }
    }
}
