use serde_json::Value as Json;

use super::super::provider;
use super::lab::Environment;
use super::lab::configure;
use crate::net::replay::Replay;
use crate::net::replay::START;
use crate::net::replay::surroundings;
use crate::provider::ProviderError;
use crate::provider::Reach;
use crate::provider::Scopes;
use crate::value::Value;

#[tokio::test]
async fn the_account_is_the_team_else_the_user_else_not_known() {
    let team = r#"200
{"account":{"uuid":"u","email":"a@b.test","team":{"uuid":"t","name":"Ops"}}}"#;
    let user = r#"200
{"account":{"uuid":"u","email":"a@b.test"}}"#;
    let scoped = r#"403
{"id":"forbidden","message":"You are not authorized"}"#;
    for (reply, expected) in [(team, Some(("t", "Ops"))), (user, Some(("u", "a@b.test"))), (scoped, None)] {
        let replay = Replay::new("account", &format!("> GET /v2/account\n< {reply}\n"));
        let (cx, _) = surroundings(Json::Null);
        let config = provider().schema().object([("token", Value::from("dop_v1_0123456789"))]);
        let client = configure(&replay, &cx, &config, Environment(Vec::new())).unwrap();
        let account = provider().connection().account(&client, &cx).await.unwrap();
        let expected =
            expected.map(|(id, name)| Value::object([("id".into(), id.into()), ("name".into(), name.into())]));
        assert_eq!(account, expected, "{reply}");
        replay.finish();
    }
}

async fn reach(scene: &str, env: Vec<(&'static str, &'static str)>) -> crate::provider::Result<Reach> {
    let replay = Replay::of("digitalocean/token.http", scene);
    let (cx, _) = surroundings(Json::Null);
    let config = provider().schema().object([("token", Value::from("dop_v1_0123456789"))]);
    let client = configure(&replay, &cx, &config, Environment(env)).unwrap();
    let reach = provider().connection().reach(&client, &cx).await;
    replay.finish();
    reach
}

#[tokio::test]
async fn what_a_token_may_do_is_told_by_the_vendor_or_else_tried() {
    let scopes = ["droplet:read".to_owned(), "vpc:read".to_owned()].to_vec();
    let expiry = (START + jiff::SignedDuration::from_hours(24)).into();
    assert_eq!(reach("told", Vec::new()).await.unwrap(), Reach { scopes: Scopes::Told(scopes), expiry });
    let told = reach("told without an end", Vec::new()).await.unwrap();
    assert_eq!(told, Reach { scopes: Scopes::Told(vec!["read".to_owned(), "write".to_owned()]), expiry: None });
    let Reach { scopes: Scopes::Tried { reads, denied }, expiry: None } = reach("tried", Vec::new()).await.unwrap()
    else {
        panic!("nobody told it");
    };
    assert_eq!(denied, ["databases", "projects"]);
    assert_eq!(reads.len(), 10, "{reads:?}");
    let bad = reach("bad token", Vec::new()).await.unwrap_err();
    assert!(matches!(bad, ProviderError::Unauthorized { .. }), "{bad:?}");
}

#[test]
fn the_token_comes_from_the_block_the_environment_or_the_keyring() {
    let cases = [
        (Some("dop_v1_a"), vec![], true),
        (None, vec![("DIGITALOCEAN_ACCESS_TOKEN", "dop_v1_b")], true),
        (None, vec![("KEYRING", "dop_v1_c")], true),
        (None, vec![], false),
        (None, vec![("DIGITALOCEAN_TOKEN", " ")], false),
        (Some("dop_v1_a"), vec![("DIGITALOCEAN_API_URL", "not an address")], false),
    ];
    for (token, env, works) in cases {
        let replay = Replay::new("none", "");
        let (cx, _) = surroundings(Json::Null);
        let config = provider().schema().object(token.map(|token| ("token", Value::from(token))));
        let client = configure(&replay, &cx, &config, Environment(env.clone()));
        assert_eq!(client.is_ok(), works, "{token:?} {env:?}");
    }
}

#[test]
fn a_missing_token_and_a_bad_number_say_what_to_do() {
    let replay = Replay::new("none", "");
    let (cx, _) = surroundings(Json::Null);
    let fails = |given: Vec<(&str, Value)>, env: &[(&'static str, &'static str)]| {
        let config = provider().schema().object(given);
        match configure(&replay, &cx, &config, Environment(env.to_vec())) {
            Err(ProviderError::Refused { message, .. }) => message,
            Err(ProviderError::Problem(problem)) => problem.detail,
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was configured"),
        }
    };
    let missing = fails(vec![], &[]);
    for way in ["`token`", "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN", "-sim"] {
        assert!(missing.contains(way), "{missing}");
    }
    let token = || ("token", Value::from("dop_v1_a"));
    let bad = fails(vec![token(), ("http_retry_max", Value::from(-1))], &[]);
    assert_eq!(bad, "http_retry_max is `-1`, which is not a number that can be used here");
    let bad = fails(vec![token()], &[("DIGITALOCEAN_HTTP_RETRY_WAIT_MAX", "soon")]);
    assert_eq!(bad, "DIGITALOCEAN_HTTP_RETRY_WAIT_MAX is `soon`, which is not a number that can be used here");
}
