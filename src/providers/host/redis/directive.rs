//! What is known of the directives of a Redis: which only a restart brings about, which are secret, and when two values
//! mean the same.
//!
//! From `redis.conf` of Redis 7.0 and what a server of that version answers to `CONFIG SET`.

/// Never printed, and sealed when stored.
pub(super) const SECRET: &[&str] =
    &["masterauth", "masteruser", "requirepass", "tls-client-key-file-pass", "tls-key-file-pass"];

/// What a file can say and no server tells back: these are no values that could be managed.
const UNREADABLE: [&str; 6] = ["include", "loadmodule", "loadmodule-ex", "rename-command", "sentinel", "user"];

/// What no server changes while it runs, whatever its version. `dir` and `dbfilename` are protected from that.
const FIXED: [&str; 43] = [
    "aclfile",
    "always-show-logo",
    "aof_rewrite_cpulist",
    "aof-rewrite-cpulist",
    "appenddirname",
    "appendfilename",
    "bgsave_cpulist",
    "bgsave-cpulist",
    "bio_cpulist",
    "bio-cpulist",
    "cluster-config-file",
    "cluster-enabled",
    "cluster-port",
    "daemonize",
    "databases",
    "dbfilename",
    "dir",
    "disable-thp",
    "enable-debug-command",
    "enable-module-command",
    "enable-protected-configs",
    "io-threads",
    "io-threads-do-reads",
    "logfile",
    "pidfile",
    "rdbchecksum",
    "rdma-bind",
    "rdma-completion-vector",
    "rdma-port",
    "rdma-rx-size",
    "replicaof",
    "server_cpulist",
    "server-cpulist",
    "set-proc-title",
    "socket-mark-id",
    "supervised",
    "syslog-enabled",
    "syslog-facility",
    "syslog-ident",
    "tcp-backlog",
    "unixsocket",
    "unixsocketgroup",
    "unixsocketperm",
];

/// What a server changes while it runs only from this version on.
const SINCE: [(&str, Version); 2] = [("bind", [6, 2]), ("port", [7, 0])];

/// Amounts of memory, which may have a unit.
const MEMORY: [&str; 16] = [
    "active-defrag-ignore-bytes",
    "auto-aof-rewrite-min-size",
    "client-query-buffer-limit",
    "hash-max-listpack-value",
    "hash-max-ziplist-value",
    "hll-sparse-max-bytes",
    "loading-process-events-interval-bytes",
    "maxmemory",
    "maxmemory-clients",
    "proto-max-bulk-len",
    "repl-backlog-size",
    "set-max-listpack-value",
    "stream-node-max-bytes",
    "zset-max-listpack-value",
    "zset-max-ziplist-value",
    "cluster-link-sendbuf-limit",
];

/// Words of which there are a few, in whatever case.
const WORDS: [&str; 10] = [
    "acl-pubsub-default",
    "appendfsync",
    "loglevel",
    "maxmemory-policy",
    "oom-score-adj",
    "propagation-error-behavior",
    "repl-diskless-load",
    "sanitize-dump-payload",
    "supervised",
    "syslog-facility",
];

/// Several words, apart by blanks.
const LISTS: [&str; 8] = [
    "bind",
    "client-output-buffer-limit",
    "latency-tracking-info-percentiles",
    "oom-score-adj-values",
    "replicaof",
    "save",
    "shutdown-on-sigint",
    "shutdown-on-sigterm",
];

/// A server's version: the first two numbers, which decide what it can.
pub(in crate::providers::host) type Version = [u32; 2];

/// Reads a version such as `7.0.15`.
pub(in crate::providers::host) fn version(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map(str::parse);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
}

/// Whether only a restart brings a new value about; a server whose version is not known is taken for an old one.
pub(in crate::providers::host) fn needs_restart(name: &str, version: Option<Version>) -> bool {
    let since = SINCE.iter().find(|(known, _)| *known == name).map(|(_, since)| *since);
    FIXED.contains(&name) || since.is_some_and(|since| version.is_none_or(|version| version < since))
}

/// Whether a value is several words.
pub(super) fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

/// What is wrong with a directive's name.
pub(super) fn name_fault(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(is_plain) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some(format!("`{name}` is not the name of a directive: lower-case letters, digits, `-` and `_`."));
    }
    if UNREADABLE.contains(&name) {
        return Some(format!(
            "No server tells what it has for `{name}`, so that it cannot be managed by directive. Write it into the \
             server's own configuration file, as with a host_file."
        ));
    }
    let newer = match name {
        "slaveof" => Some("replicaof".to_owned()),
        _ if name.split('-').any(|part| part == "slave" || part == "slaves") => Some(name.replace("slave", "replica")),
        _ => None,
    };
    newer.map(|newer| {
        format!("`{name}` is an old name: two names of one directive would be two directives here. Write `{newer}`.")
    })
}

/// What is wrong with a directive's value.
pub(super) fn value_fault(value: &str) -> Option<&'static str> {
    value.contains(['\0', '\n', '\r']).then_some("holds a NUL or the end of a line, which no directive can")
}

/// The value as a server tells it, where that is known; else as it is.
pub(super) fn canonical(name: &str, value: &str) -> String {
    let folded = value.to_ascii_lowercase();
    if MEMORY.contains(&name) {
        return bytes(&folded).map_or_else(|| value.to_owned(), |bytes| bytes.to_string());
    }
    if folded == "yes" || folded == "no" || WORDS.contains(&name) {
        return if SECRET.contains(&name) { value.to_owned() } else { folded };
    }
    match name {
        "client-output-buffer-limit" => limits(&folded),
        "notify-keyspace-events" => events(value),
        "replicaof" if words(&folded) == "no one" => String::new(),
        "dir" if value.len() > 1 => value.trim_end_matches('/').to_owned(),
        _ if is_list(name) => words(value),
        _ => value.to_owned(),
    }
}

/// Whether what is wished is what there is.
pub(super) fn same(name: &str, wished: &str, found: &str) -> bool {
    if wished == found {
        return true;
    }
    let (wished, found) = (canonical(name, wished), canonical(name, found));
    match name {
        // Classes that are not named stay as they are.
        "client-output-buffer-limit" => {
            let found: Vec<_> = classes(&found);
            classes(&wished).iter().all(|class| found.contains(class))
        }
        _ => wished == found,
    }
}

fn words(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `256mb` in bytes; `k` counts by the thousand and `kb` by 1024.
fn bytes(text: &str) -> Option<i128> {
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    let factor = match &text[at..] {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1024,
        "m" => 1_000_000,
        "mb" => 1024 * 1024,
        "g" => 1_000_000_000,
        "gb" => 1024 * 1024 * 1024,
        _ => return None,
    };
    text[..at].parse::<i128>().ok()?.checked_mul(factor)
}

/// A class, two sizes and a time, again and again.
fn limits(value: &str) -> String {
    let plain = |word: &str| match word {
        "slave" => "replica".to_owned(),
        word => bytes(word).map_or_else(|| word.to_owned(), |bytes| bytes.to_string()),
    };
    value.split_whitespace().map(plain).collect::<Vec<_>>().join(" ")
}

fn classes(limits: &str) -> Vec<Vec<&str>> {
    let words: Vec<&str> = limits.split(' ').collect();
    words.chunks(4).map(<[&str]>::to_vec).collect()
}

/// A set of letters, `A` for most of them.
fn events(value: &str) -> String {
    let mut letters: Vec<char> = value.replace('A', "g$lshzxetd").chars().collect();
    letters.sort_unstable();
    letters.dedup();
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_only_in_spelling_is_the_same() {
        for (name, wished, found, expected) in [
            ("maxmemory", "256mb", "268435456", true),
            ("maxmemory", "256MB", "268435456", true),
            ("maxmemory", "1k", "1000", true),
            ("maxmemory", "256mb", "256000000", false),
            ("maxmemory-clients", "5%", "5%", true),
            // A password is no amount of memory, nor a word in whatever case.
            ("requirepass", "1k", "1000", false),
            ("requirepass", "YES", "yes", false),
            ("appendonly", "YES", "yes", true),
            ("maxmemory-policy", "AllKeys-LRU", "allkeys-lru", true),
            ("save", "3600 1  300 100", "3600 1 300 100", true),
            ("save", "", "3600 1", false),
            ("dir", "/var/lib/redis/", "/var/lib/redis", true),
            ("notify-keyspace-events", "KEA", "AKE", true),
            ("notify-keyspace-events", "g$lshzxetdKE", "AKE", true),
            ("notify-keyspace-events", "KEx", "AKE", false),
            (
                "client-output-buffer-limit",
                "pubsub 32mb 8mb 60",
                "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
                true,
            ),
            ("client-output-buffer-limit", "replica 1 1 1", "slave 268435456 67108864 60", false),
            ("replicaof", "no one", "", true),
            ("hz", "10", "100", false),
        ] {
            assert_eq!(same(name, wished, found), expected, "{name}: {wished} and {found}");
        }
    }

    #[test]
    fn what_a_restart_takes_depends_on_the_version() {
        for (name, text, expected) in [
            ("databases", "7.0.15", true),
            ("maxmemory", "7.0.15", false),
            ("port", "7.0.15", false),
            ("port", "6.2.7", true),
            ("bind", "6.2.7", false),
            ("bind", "?", true),
        ] {
            assert_eq!(needs_restart(name, version(text)), expected, "{name} of {text}");
        }
    }

    #[test]
    fn names_that_cannot_be_managed_are_told() {
        for (name, said) in [
            ("MaxMemory", "lower-case"),
            ("-x", "lower-case"),
            ("include", "host_file"),
            ("slaveof", "`replicaof`"),
            ("min-slaves-to-write", "`min-replicas-to-write`"),
        ] {
            assert!(name_fault(name).is_some_and(|fault| fault.contains(said)), "{name}");
        }
        assert_eq!(name_fault("aof_rewrite_cpulist"), None);
    }
}
