//! The accounts that a state is about, and the credentials that lead to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Lab;
use crate::plan::Options;
use crate::provider::Credentials;

/// Environment variables of a test.
struct Variables(BTreeMap<&'static str, &'static str>);

impl Credentials for Variables {
    fn env(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names.iter().find_map(|name| Some((*name, self.0.get(name)?.to_string())))
    }

    fn keyring(&self, _: &str) -> Option<String> {
        None
    }
}

fn variables(list: &[(&'static str, &'static str)]) -> Arc<dyn Credentials> {
    Arc::new(Variables(list.iter().copied().collect()))
}

const TAG: &str = "provider \"neon\" {}\nresource \"digitalocean_tag\" \"it\" {\nname = \"it\"\n}\n";
const PROJECT: &str = "resource \"neon_project\" \"it\" {\nname = \"it\"\n}\n";

/// In a world where accounts are told apart.
fn lab(config: &str) -> Lab {
    let mut lab = Lab::new(config);
    lab.session.simulated = None;
    lab
}

async fn trouble(lab: &Lab) -> String {
    super::lab::text(&lab.plan_with(Options { refresh: true, ..Options::default() }).await.1)
}

#[tokio::test]
async fn a_vendor_of_which_nothing_is_used_needs_no_credential() {
    let mut lab = lab(TAG);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "dop_v1_test")]);
    lab.apply().await;
    assert_eq!(lab.planned().await, [""; 0]);
    lab.write(&format!("{TAG}{PROJECT}"));
    let trouble = trouble(&lab).await;
    assert!(trouble.contains("NEON_API_KEY"), "{trouble}");
}

#[tokio::test]
async fn a_token_of_another_account_is_an_error_that_names_both() {
    let mut lab = lab(TAG);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    let account = lab.apply().await.snapshot.world.clone().expect("a world").entries["digitalocean"].clone();
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_two")]);
    let trouble = trouble(&lab).await;
    assert!(trouble.starts_with("State of another account"), "{trouble}");
    assert!(trouble.contains(&account.id) && trouble.matches(&account.id).count() == 1, "{trouble}");
}

#[tokio::test]
async fn the_account_of_a_token_is_asked_for_once_and_the_token_stands_nowhere() {
    let mut lab = lab(TAG);
    let token = "sim_one@read,tag:create,tag:delete";
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    lab.apply().await;
    let asked = async |lab: &mut Lab| {
        let requests = super::requests::requests_of_a_plan(lab).await;
        requests.iter().any(|request| request.ends_with("/v2/account"))
    };
    assert!(!asked(&mut lab).await);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", token)]);
    assert!(asked(&mut lab).await, "another token may be of another account");
    lab.write(&TAG.replace("name = \"it\"", "name = \"other\""));
    lab.apply().await;
    assert!(!asked(&mut lab).await);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    assert!(!asked(&mut lab).await, "both are remembered");
    let state = std::fs::read_to_string(lab.root().join("state/default.json")).expect("the state");
    assert!(!state.contains("sim_one"), "{state}");
}
