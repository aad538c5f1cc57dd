//! What is not as it should be, from the token to the last byte of an answer: the program ends with 1, says at the line
//! of the configuration what is wrong and what to do, and its state is true afterwards.
//!
//! The real program works on a listening simulator as on the real vendor, through a middleman who may meddle.

mod answers;
mod middleman;
mod network;
mod offers;
mod refusals;

use super::cli::Folder;
use super::cli::sim::Server;
use middleman::Middleman;
use middleman::ask;

/// A configuration in a folder, a vendor, and who stands between them.
struct Stage {
    folder: Folder,
    vendor: Server,
    middle: Middleman,
}

/// Fast enough that nobody waits, for the vendor and for who keeps step with it.
const RATE: &str = "--time-rate=200";

impl Stage {
    fn with(config: &str) -> Self {
        let folder = Folder::with(config);
        let vendor = Server::start(&folder, RATE);
        let middle = Middleman::before(&vendor.address);
        Self { folder, vendor, middle }
    }

    /// The same with the configuration applied.
    fn applied(config: &str) -> Self {
        let stage = Self::with(config);
        let said = stage.run("apply -auto-approve");
        assert!(said.ends_with("--- exit 0"), "{said}");
        stage.middle.requests();
        stage
    }

    /// Runs the program on the vendor as on the real one, with a token that may do everything.
    fn run(&self, line: &str) -> String {
        self.run_as("any", line)
    }

    /// The same with a token; gives all that can be seen.
    fn run_as(&self, token: &str, line: &str) -> String {
        self.run_at(&format!("http://{}", self.middle.address), token, line)
    }

    /// The same at an address.
    fn run_at(&self, address: &str, token: &str, line: &str) -> String {
        self.told(self.folder.run_with(&environment(address, token), line))
    }

    /// What is shown on stderr, to the letter.
    fn shown(&self, line: &str) -> String {
        let address = format!("http://{}", self.middle.address);
        let output = self.folder.command(line).envs(environment(&address, "any")).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    }

    /// Runs the program on a simulated world, whose clock it keeps step with.
    fn run_sim(&self, line: &str) -> String {
        let said = self.folder.run(&format!("{line} -sim={}", self.middle.address));
        self.told(said)
    }

    fn told(&self, said: String) -> String {
        let said = said.replace(&self.middle.address, "<address>").replace(&self.vendor.address, "<vendor>");
        assert!(!said.contains("panicked"), "{said}");
        said
    }

    /// Asks the vendor itself, behind everybody's back.
    fn ask(&self, method: &str, path: &str, body: &str) -> serde_json::Value {
        ask(&self.vendor.address, method, path, body)
    }

    /// The vendor is well again: the state has just these addresses, and a plan finds nothing to do.
    fn is_true(&self, addresses: &[&str]) {
        self.lacks(addresses, "");
    }

    /// The same where a plan has something to do: its summary.
    fn lacks(&self, addresses: &[&str], summary: &str) {
        self.middle.behave();
        assert_eq!(self.folder.stdout("state list").lines().collect::<Vec<_>>(), addresses);
        let said = self.run("plan -detailed-exitcode");
        match summary {
            "" => assert!(said.ends_with("--- exit 0"), "{said}"),
            summary => assert!(said.contains(summary) && said.ends_with("--- exit 2"), "{said}"),
        }
    }
}

/// Where the vendor is and who asks; nobody waits long before asking again.
fn environment<'a>(address: &'a str, token: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("DIGITALOCEAN_TOKEN", token),
        ("DIGITALOCEAN_API_URL", address),
        ("DIGITALOCEAN_HTTP_RETRY_WAIT_MIN", "0.01"),
        ("DIGITALOCEAN_HTTP_RETRY_WAIT_MAX", "0.05"),
    ]
}

/// What was said on stderr, and how it ended.
fn errors(said: &str) -> &str {
    said.find("--- stderr").map_or(said, |at| &said[at..])
}
