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

#[tokio::test]
async fn two_aliases_of_two_accounts_are_an_error_before_anything_is_made() {
    let lab = lab(
        "provider \"digitalocean\" {\ntoken = \"sim_one\"\n}\nprovider \"digitalocean\" {\nalias = \"other\"\ntoken = \
         \"sim_two\"\n}\nresource \"digitalocean_tag\" \"one\" {\nname = \"it\"\n}\nresource \"digitalocean_tag\" \"two\" \
         {\nprovider = digitalocean.other\nname = \"it\"\n}\n",
    );
    let trouble = trouble(&lab).await;
    assert!(trouble.starts_with("Two accounts in one state"), "{trouble}");
    assert!(trouble.contains(" one (") && trouble.contains(" two ("), "{trouble}");
}

#[tokio::test]
async fn a_plan_that_another_account_has_overtaken_is_not_applied() {
    let mut lab = lab(TAG);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    let planned = lab.plan().await;
    let saved = lab.root().join("saved.plan");
    crate::ops::write_plan_file(&lab.session, &planned, &saved).unwrap();
    // Somebody else begins, with an account of their own.
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_two")]);
    lab.write("resource \"digitalocean_tag\" \"else\" {\nname = \"else\"\n}\n");
    lab.apply().await;
    let mut diags = crate::diag::Diagnostics::new();
    let error = crate::ops::read_plan_file(&lab.session, &saved, &[], true, &mut diags).await.err().unwrap();
    assert!(error.to_string().contains("the digitalocean account one"), "{error}");
    assert!(error.to_string().contains("the digitalocean account two"), "{error}");
    // A plan in hand is no better off.
    let lock = crate::ops::lock(&lab.session, "test", std::time::Duration::ZERO).unwrap();
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    let options = crate::ops::ApplyOptions::default();
    let applied = crate::ops::apply(&lab.session, planned, &lock, options, &mut diags).await.unwrap();
    assert!(applied.is_none());
    assert!(super::lab::text(&diags).contains("State of another account"), "{}", super::lab::text(&diags));
}

#[tokio::test]
async fn a_token_that_may_not_see_its_account_is_warned_of() {
    let mut lab = lab(TAG);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    lab.apply().await;
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_two@tag:read,tag:create")]);
    let trouble = trouble(&lab).await;
    assert!(trouble.contains("Account cannot be told"), "{trouble}");
    assert!(trouble.contains("the digitalocean account one"), "{trouble}");
}

#[tokio::test]
async fn a_new_credential_alone_changes_no_state() {
    let mut lab = lab(TAG);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    let serial = lab.apply().await.stored.serial;
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one@read,tag:create")]);
    let again = lab.apply().await;
    assert_eq!((again.stored.serial, again.stored.changed), (serial, false));
}

/// What is only made is not tried by reading: a token that was revoked must show before anything is announced.
#[tokio::test]
async fn a_revoked_token_shows_though_nothing_is_read() {
    let mut lab = lab(TAG);
    lab.session.credentials = variables(&[("DIGITALOCEAN_TOKEN", "sim_one")]);
    lab.apply().await;
    let requests = super::requests::noted(&mut lab, async |lab| _ = lab.plan_with(Options::default()).await).await;
    assert!(requests.iter().any(|request| request.ends_with("/v2/account")), "{requests:?}");
}

#[test]
fn a_key_of_several_organisations_is_told_apart_by_the_organisation() {
    let lab = lab(PROJECT);
    let provider = lab.session.registry.provider("neon").unwrap().clone();
    let digest = |org: &str| {
        let config = provider.schema().empty().with([
            ("api_key".into(), crate::value::Value::from("napi_one")),
            ("org_id".into(), crate::value::Value::from(org)),
        ]);
        let client = provider.configure(&config, lab.session.parts().configure()).unwrap();
        provider.connection().credential_digest(&client)
    };
    assert_eq!(digest("org-a"), digest("org-a"));
    assert_ne!(digest("org-a"), digest("org-b"));
}
