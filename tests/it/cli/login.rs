//! Credentials: where they come from, what is said of them, and whose they are.

use super::Folder;
use super::sim::Server;
use super::terminal::Terminal;

const TAG: &str = "\
resource \"digitalocean_tag\" \"t\" {
  name = \"web\"
}
";

/// A folder whose DigitalOcean is a simulator in another process, as if it were the real one.
fn outside(config: &str) -> (Folder, Server) {
    let folder = Folder::with(config);
    let server = Server::start(&folder, "");
    let address = format!("http://{}", server.address);
    (folder.env("DIGITALOCEAN_API_URL", &address), server)
}

#[test]
fn a_missing_credential_is_asked_for_and_not_shown() {
    let (folder, server) = outside(TAG);
    let mut terminal = Terminal::run(&folder, "plan");
    terminal.until("Enter it (not shown; nothing to stop): ");
    terminal.types("dop_v1_hunter2");
    terminal.until("Keep the credential for digitalocean in the keyring, for the next time? Only 'yes' will do: ");
    terminal.types("no");
    let (seen, code) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("There is no credential for digitalocean") && seen.contains("Plan: 1 to add"), "{seen}");
    assert!(seen.contains("It is not kept.") && !seen.contains("hunter2"), "{seen}");
    // Asked once for planning and applying, and once for what is to be done.
    let mut terminal = Terminal::run(&folder, "apply");
    terminal.until("Enter it (not shown; nothing to stop): ");
    terminal.types("dop_v1_hunter2");
    terminal.until("Only 'yes' will do: ");
    terminal.types("");
    terminal.until("Enter a value: ");
    terminal.types("yes");
    let (seen, code) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(seen.contains("Apply complete! Resources: 1 added"), "{seen}");
    assert_eq!(seen.matches("There is no credential").count(), 1, "{seen}");
    assert!(!seen.contains("hunter2"), "{seen}");
    drop(server);
}

#[test]
fn nobody_is_asked_for_a_credential_where_nobody_shall_be() {
    let (folder, server) = outside(TAG);
    let missing = |folder: &Folder, line: &str| {
        let (seen, code) = Terminal::run(folder, line).end();
        assert_eq!(code, 1, "{line}: {seen}");
        assert!(seen.contains("Credential missing") && !seen.contains("Enter it"), "{line}: {seen}");
    };
    missing(&folder, "plan -input=false");
    missing(&folder, "apply -input=false");
    let ended = folder.run("plan");
    assert!(ended.contains("Credential missing") && !ended.contains("Enter it"), "no terminal: {ended}");
    let folder = folder.env("CI", "true");
    missing(&folder, "plan");
    drop(server);
}

#[test]
fn every_vendors_credential_is_asked_for_and_may_be_refused() {
    for (config, vendor) in [(TAG, "digitalocean"), ("resource \"neon_project\" \"p\" {\n  name = \"p\"\n}\n", "neon")]
    {
        let folder = Folder::with(config);
        let mut terminal = Terminal::run(&folder, "plan");
        terminal.until(&format!("There is no credential for {vendor}"));
        terminal.until("nothing to stop): ");
        terminal.types("");
        let (seen, code) = terminal.end();
        assert_eq!(code, 1, "{seen}");
        assert!(seen.contains("Credential missing") && !seen.contains("Keep the credential"), "{seen}");
    }
}

#[test]
fn a_token_of_another_account_is_an_error_that_names_both() {
    let (folder, server) = outside(TAG);
    let folder = folder.env("DIGITALOCEAN_TOKEN", "sim_first");
    assert_eq!(folder.code("apply -auto-approve"), 0);
    let folder = folder.env("DIGITALOCEAN_TOKEN", "sim_second");
    for line in ["plan", "apply -auto-approve", "destroy -auto-approve", "drift"] {
        let seen = folder.run(line);
        assert!(seen.contains("Error: State of another account") && seen.ends_with("--- exit 1"), "{line}: {seen}");
        let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains("the digitalocean account first (") && words.contains("the account second ("),
            "{words}"
        );
    }
    drop(server);
}

#[test]
fn checking_says_the_account_the_scopes_and_that_no_end_is_told() {
    let (folder, server) = outside(TAG);
    let check = |token: &str| {
        let folder = Folder::empty().env("DIGITALOCEAN_API_URL", &format!("http://{}", server.address));
        folder.env("DIGITALOCEAN_TOKEN", token).run("login -check digitalocean")
    };
    drop(folder);
    let all = check("sim_ops");
    assert!(all.contains("digitalocean: the account ops (") && all.ends_with("--- exit 0"), "{all}");
    assert!(
        all.contains("by the credential in DIGITALOCEAN_TOKEN; scopes: read, write; its expiry is not told"),
        "{all}"
    );
    let narrow = check("sim_ops@droplet:read,vpc:read");
    assert!(narrow.contains("an account that it may not see itself"), "{narrow}");
    assert!(narrow.contains("scopes: droplet:read, vpc:read;"), "{narrow}");
    let bad = check("invalid");
    assert!(
        bad.contains("with the credential in DIGITALOCEAN_TOKEN: Credential not accepted.")
            && bad.ends_with("--- exit 1"),
        "{bad}"
    );
    drop(server);
}
