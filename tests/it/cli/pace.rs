//! A limit on requests: every command ends well, and says that it waits, for what and how long.

use super::Folder;
use super::sim::Server;
use super::terminal::Terminal;

/// More requests than the limit lets through at once: to make, and to read, as data too.
const CONFIG: &str = "\
resource \"digitalocean_domain\" \"it\" {
  count = 25
  name  = \"d${count.index}.example.com\"
}
data \"digitalocean_domain\" \"it\" {
  count = 25
  name  = digitalocean_domain.it[count.index].id
}
";

/// A minute of this world passes in a second.
const LIMITED: &str = "-limit=20/m --time-rate=60";

/// The waits that were told: who, how long, for what.
fn waits(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains("DigitalOcean: Waiting ") && line.contains("s for ")).collect()
}

#[test]
fn every_command_waits_for_the_limit_and_says_so() {
    let folder = Folder::with(CONFIG);
    let server = Server::start(&folder, LIMITED);
    let sim = format!("-sim={}", server.address);
    for (line, says) in [
        (format!("apply -auto-approve {sim}"), "Apply complete! Resources: 25 added"),
        (format!("plan {sim}"), "No changes."),
        (format!("drift {sim}"), ""),
        (format!("refresh {sim}"), "Apply complete! Resources: 0 added"),
        (format!("destroy -auto-approve {sim}"), "Destroy complete! Resources: 25 destroyed."),
    ] {
        let seen = folder.run(&line);
        assert!(seen.ends_with("--- exit 0") && seen.contains(says), "{line}: {seen}");
        assert!(!waits(&seen).is_empty(), "{line}: {seen}");
        let (stdout, stderr) = seen.split_once("--- stderr").unwrap();
        assert!(
            waits(stdout).is_empty() && !waits(stderr).is_empty(),
            "{line}: what is waited for is no result: {seen}"
        );
    }
}

#[test]
fn a_stream_has_the_waits_of_plans_and_of_applies() {
    let folder = Folder::with(CONFIG);
    let server = Server::start(&folder, LIMITED);
    for verb in ["apply -auto-approve", "plan"] {
        let lines = folder.stdout(&format!("{verb} -json -sim={}", server.address));
        let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let wait =
            lines.iter().find(|line| line["type"] == "rate_limit_wait").unwrap_or_else(|| panic!("{verb}: {lines:#?}"));
        assert_eq!(wait["wait"]["vendor"], "DigitalOcean");
        assert!(wait["wait"]["for"].as_str().unwrap().contains("too many requests"), "{wait}");
        assert!((1..=60).contains(&wait["wait"]["seconds"].as_u64().unwrap()), "{wait}");
        assert!(!lines.iter().any(|line| line["@level"] == "error"), "{lines:#?}");
    }
}

#[test]
fn the_tree_on_a_terminal_shows_the_wait() {
    let folder = Folder::with(CONFIG);
    let server = Server::start(&folder, "-limit=20/m --time-rate=20");
    for verb in ["apply -auto-approve", "plan"] {
        let terminal = Terminal::run(&folder, &format!("{verb} -sim={}", server.address));
        terminal.until("DigitalOcean: Waiting ");
        let (seen, code) = terminal.end();
        assert_eq!(code, 0, "{seen}");
        assert!(seen.contains("for the time that it asked for"), "{seen}");
    }
}

#[test]
fn refusals_for_the_rate_are_never_errors() {
    let folder = Folder::with(CONFIG);
    let server = Server::start(&folder, "--time-rate=60 -fault 429:20%");
    let sim = format!("-sim={}", server.address);
    for line in ["apply -auto-approve", "plan -detailed-exitcode", "drift", "destroy -auto-approve"] {
        let seen = folder.run(&format!("{line} {sim}"));
        assert!(seen.ends_with("--- exit 0") && !seen.contains("429"), "{line}: {seen}");
    }
}
