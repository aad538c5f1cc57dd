use serde_json::Value as Json;

use super::provider;
use crate::net::replay::Replay;
use crate::net::replay::surroundings;
use crate::provider::ProviderError;
use crate::provider::Reach;
use crate::provider::Result;
use crate::provider::Scopes;
use crate::providers::lab::Environment;
use crate::providers::lab::configure;
use crate::value::Value;

async fn account(scene: &str, org: Option<&str>) -> Result<Option<Value>> {
    let replay = Replay::of("neon/account.http", scene);
    let (cx, _) = surroundings(Json::Null);
    let org = org.map(|org| ("org_id", Value::from(org)));
    let config = provider().schema().object(org);
    let env = Environment(vec![("NEON_API_KEY", "napi_0123456789")]);
    let client = configure(&provider(), &replay, &cx, &config, env).unwrap();
    let account = provider().connection().account(&client, &cx).await;
    replay.finish();
    account
}

#[tokio::test]
async fn the_account_is_the_only_organisation_or_else_the_user() {
    let id = |account: Result<Option<Value>>| account.unwrap().and_then(|it| Some(it.get("id")?.as_str()?.to_owned()));
    assert_eq!(id(account("organisation", None).await).as_deref(), Some("org-a-1"));
    assert_eq!(id(account("several", None).await).as_deref(), Some("user-1"));
    assert_eq!(id(account("named", Some("org-b-2")).await).as_deref(), Some("org-b-2"));
    assert_eq!(id(account("unseen", None).await), None);
    let bad = account("bad key", None).await.unwrap_err();
    assert!(matches!(bad, ProviderError::Unauthorized { .. }), "{bad:?}");
}

async fn reach(scene: &str) -> Reach {
    let replay = Replay::of("neon/account.http", scene);
    let (cx, _) = surroundings(Json::Null);
    let env = Environment(vec![("NEON_API_KEY", "napi_0123456789")]);
    let client = configure(&provider(), &replay, &cx, &provider().schema().empty(), env).unwrap();
    let reach = provider().connection().reach(&client, &cx).await.unwrap();
    replay.finish();
    reach
}

#[tokio::test]
async fn what_a_key_may_do_hangs_on_its_kind() {
    let Reach { scopes: Scopes::Told(scopes), expiry: None } = reach("an organisation's key").await else {
        panic!("the vendor tells the kind, and no end");
    };
    assert_eq!(scopes, ["all of its organization, or of the one project that it was made for"]);
    let scopes = reach("a kind that nobody knows").await.scopes;
    assert_eq!(scopes, Scopes::Told(vec!["api_key_of_tomorrow".to_owned()]));
}

#[test]
fn the_key_comes_from_the_block_the_environment_or_the_keyring() {
    let replay = Replay::new("none", "");
    let (cx, _) = surroundings(Json::Null);
    let make = |key: Option<&str>, env: Vec<(&'static str, &'static str)>| {
        let config = provider().schema().object(key.map(|key| ("api_key", Value::from(key))));
        configure(&provider(), &replay, &cx, &config, Environment(env))
    };
    assert!(make(Some("napi_block"), vec![]).is_ok());
    assert!(make(None, vec![("NEON_API_KEY", "napi_env")]).is_ok());
    assert!(make(None, vec![("KEYRING", "napi_ring")]).is_ok());
    let none = make(None, vec![]).err().unwrap().to_string();
    assert!(none.contains("NEON_API_KEY") && none.contains("-sim"), "{none}");
    let bad = make(Some("napi_\u{1}secret"), vec![]).err().unwrap();
    assert!(!format!("{bad:?}").contains("secret"), "{bad:?}");
}
