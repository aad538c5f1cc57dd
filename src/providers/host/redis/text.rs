//! The file that `redis.conf` includes: what we manage, as a server reads it.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::directive::is_list;

/// One directive a line, in the order of names.
pub(super) fn write(directives: &BTreeMap<&str, &str>) -> String {
    let mut text =
        "# Managed: changes to this file are lost. The server's own configuration file includes it.\n".to_owned();
    for (name, value) in directives {
        match *name {
            // Points add up over all files, unless an empty one clears them first.
            "save" => {
                text.push_str("save \"\"\n");
                let words: Vec<&str> = value.split_whitespace().filter(|word| *word != "\"\"").collect();
                for pair in words.chunks(2) {
                    let _ = writeln!(text, "save {}", pair.join(" "));
                }
            }
            "client-output-buffer-limit" => {
                let words: Vec<&str> = value.split_whitespace().collect();
                for class in words.chunks(4) {
                    let _ = writeln!(text, "{name} {}", class.join(" "));
                }
            }
            "replicaof" if value.is_empty() => text.push_str("replicaof no one\n"),
            _ if is_list(name) && !value.trim().is_empty() => {
                let words: Vec<&str> = value.split_whitespace().collect();
                let _ = writeln!(text, "{name} {}", words.join(" "));
            }
            _ => {
                let _ = writeln!(text, "{name} {}", quoted(value));
            }
        }
    }
    text
}

/// What the lines of a file say in the end, by name; comments say nothing.
pub(super) fn read(text: &str) -> BTreeMap<String, String> {
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let (name, value) = (name.to_ascii_lowercase(), unquoted(value));
        match last.get_mut(&name) {
            // What takes several lines has a part on each; an empty one clears those before it.
            Some(known) if SEVERAL.contains(&name.as_str()) && !value.is_empty() => {
                *known = format!("{known} {value}").trim().to_owned();
            }
            _ => {
                last.insert(name, value);
            }
        }
    }
    last
}

/// What may stand on several lines.
const SEVERAL: [&str; 2] = ["save", "client-output-buffer-limit"];

/// What a line says after a directive's name: its words without their quotes, apart by blanks.
fn unquoted(rest: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut word = String::new();
        match c {
            '"' | '\'' => {
                while let Some(next) = chars.next().filter(|next| *next != c) {
                    match (c, next) {
                        ('"', '\\') => {
                            word.extend(chars.next().map(|escaped| if escaped == 't' { '\t' } else { escaped }))
                        }
                        _ => word.push(next),
                    }
                }
            }
            _ => {
                word.push(c);
                while let Some(next) = chars.next_if(|next| !next.is_whitespace()) {
                    word.push(next);
                }
            }
        }
        words.push(word);
    }
    words.join(" ")
}

/// One word of a server's configuration file.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,*~".contains(c);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    let mut text = "\"".to_owned();
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\t' => text.push_str("\\t"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_directive_is_written_as_a_server_reads_it() {
        let directives = BTreeMap::from([
            ("bind", "127.0.0.1  -::1"),
            ("client-output-buffer-limit", "normal 0 0 0 pubsub 32mb 8mb 60"),
            ("logfile", ""),
            ("maxmemory", "256mb"),
            ("requirepass", "it's \"x\" \\ #"),
            ("save", "3600 1 300 100"),
        ]);
        let text = write(&directives);
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "bind 127.0.0.1 -::1",
                "client-output-buffer-limit normal 0 0 0",
                "client-output-buffer-limit pubsub 32mb 8mb 60",
                "logfile \"\"",
                "maxmemory 256mb",
                "requirepass \"it's \\\"x\\\" \\\\ #\"",
                "save \"\"",
                "save 3600 1",
                "save 300 100",
            ]
        );
        let password = lines[5].split_once(' ').map(|(_, value)| unquoted(value));
        assert_eq!(password.as_deref(), Some(directives["requirepass"]));
        let found = read(&text);
        assert_eq!((&*found["save"], &*found["logfile"], found.len()), ("3600 1 300 100", "", 6));
        assert_eq!(unquoted("3600 1  300 100"), "3600 1 300 100");
    }
}
