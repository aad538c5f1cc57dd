use serde_json::Value as Json;
use serde_json::json;

use super::lab::assert_has;
use super::lab::lab;
use super::lab::present;
use crate::provider::Found;
use crate::provider::ProviderError;
use crate::provider::Read;
use crate::schema::ObjectExt;
use crate::value::Value;

const USER: &str = "digitalocean_database_user";

fn config() -> Json {
    json!({"cluster_id": "c1", "name": "app"})
}

fn existing(changes: Json) -> Json {
    let mut user = json!({
        "id": "c1/user/app", "cluster_id": "c1", "name": "app", "role": "normal", "password": "known",
        "mysql_auth_plugin": "caching_sha2_password",
    });
    user.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    user
}

#[tokio::test]
async fn a_user_comes_with_its_password_and_its_rules_with_ids() {
    let made = lab(USER, "create").create(config()).await.unwrap();
    assert_has(
        &made,
        json!({"id": "c1/user/app", "role": "normal", "password": "jge5lfxtzhx42iff", "access_key": null}),
    );
    let rules = json!([{"acl": [{"topic": "a", "permission": "produce"}, {"topic": "b", "permission": "consume"}]}]);
    let with_rules = json!({"cluster_id": "c1", "name": "app", "settings": rules});
    let made = lab(USER, "create kafka").create(with_rules).await.unwrap();
    let ids = json!([{
        "acl": [{"id": "1", "topic": "a", "permission": "produce"}, {"id": "2", "topic": "b", "permission": "consume"}],
        "opensearch_acl": [],
    }]);
    assert_has(&made, json!({"access_cert": "cert", "settings": ids}));
}

#[tokio::test]
async fn a_name_that_is_taken_is_said_so_and_a_lost_answer_looked_up() {
    let taken = lab(USER, "create taken").create(config()).await.unwrap_err();
    assert!(matches!(taken, ProviderError::Taken { .. }), "{taken:?}");
    assert!(lab(USER, "create lost").create(config()).await.unwrap_err().is_ambiguous());
    let found = lab(USER, "one").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(&found, Found::One(user) if user.str("password").is_some()), "{found:?}");
    let found = lab(USER, "none").find(config(), None, Json::Null).await.unwrap();
    assert!(matches!(found, Found::Absent), "{found:?}");
}

#[tokio::test]
async fn users_are_read_by_cluster_and_an_empty_password_is_no_password() {
    let many = lab(USER, "read many");
    let priors = ["a", "b/c", "gone"].map(|name| many.existing(existing(json!({"name": name}))));
    assert_eq!(many.ty.read_key(&priors[0]), many.ty.read_key(&priors[1]));
    let reads = many.read(&priors).await;
    assert_eq!(present(&reads[0]).str("password"), Some("known"));
    assert_eq!(present(&reads[1]).str("password"), Some("new"));
    assert!(matches!(reads[2], Ok(Read::Absent)), "{:?}", reads[2]);
    let orphans = lab(USER, "read without cluster");
    let reads = orphans.read(&priors).await;
    assert!(reads.iter().all(|read| matches!(read, Ok(Read::Absent))), "{reads:?}");
}

#[tokio::test]
async fn another_plugin_means_another_password() {
    let lab = lab(USER, "reset");
    let prior = lab.existing(existing(json!({})));
    let change = json!({"cluster_id": "c1", "name": "app", "mysql_auth_plugin": "mysql_native_password"});
    let planned = lab.plan(Some(&prior), change.clone()).object;
    assert!(!planned.get("password").unwrap().is_known());
    assert_eq!(lab.update(&prior, change).await.unwrap().str("password"), Some("fresh"));
}

#[tokio::test]
async fn changed_rules_get_new_ids_and_unchanged_ones_keep_theirs() {
    let lab = lab(USER, "settings");
    let rules = |rules: Json| json!([{"acl": rules}]);
    let prior = existing(json!({"settings": rules(json!([{"id": "1", "topic": "a", "permission": "admin"}]))}));
    let prior = lab.existing(prior);
    let same = rules(json!([{"topic": "a", "permission": "admin"}]));
    let same = lab.plan(Some(&prior), json!({"cluster_id": "c1", "name": "app", "settings": same})).object;
    assert_eq!(same, prior);
    let change = rules(json!([{"topic": "c", "permission": "admin"}]));
    let made = lab.update(&prior, json!({"cluster_id": "c1", "name": "app", "settings": change})).await.unwrap();
    let acl = json!([{"acl": [{"id": "3", "topic": "c", "permission": "admin"}], "opensearch_acl": []}]);
    assert_has(&made, json!({"settings": acl, "password": "known"}));
}

#[tokio::test]
async fn users_are_imported_by_cluster_and_name_and_deleted_in_turn() {
    let imported = lab(USER, "one").import("c1,app").await.unwrap().unwrap();
    assert_has(&imported, json!({"id": "c1/user/app", "cluster_id": "c1", "name": "app"}));
    let bad = lab(USER, "one");
    assert!(bad.ty.import(&bad.client, &bad.cx, "app").await.is_err());
    let lab = lab(USER, "delete");
    let user = lab.existing(existing(json!({})));
    assert_eq!(lab.ty.serial_key(&user).as_deref(), Some("digitalocean_database_cluster/c1/users"));
    assert!(lab.ty.schema().root().attributes()["password"].is_sensitive());
    assert_eq!(user.get("password"), Some(&Value::from("known")));
    lab.delete(&user).await.unwrap();
}

#[tokio::test]
async fn a_user_may_be_allowed_to_replicate_and_no_longer() {
    let allowed =
        |allowed: bool| json!({"cluster_id": "c1", "name": "app", "settings": [{"pg_allow_replication": allowed}]});
    let made = lab(USER, "create replication").create(allowed(true)).await.unwrap();
    let made = lab(USER, "no replication").update(&made, allowed(false)).await.unwrap();
    let settings = json!([{"pg_allow_replication": false, "acl": [], "opensearch_acl": []}]);
    assert_has(&made, json!({"settings": settings, "password": "p"}));
}

#[test]
fn what_the_vendor_would_refuse_is_a_problem_at_its_place() {
    let lab = lab(USER, "delete");
    let settings = json!([{
        "acl": [{"topic": "a", "permission": "read"}], "opensearch_acl": [{"index": "a", "permission": "produce"}],
    }]);
    let config = json!({"cluster_id": "c1", "name": "app", "mysql_auth_plugin": "pam", "settings": settings});
    let problems = lab.ty.validate(&lab.config(config));
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.to_string()).collect();
    let expected = ["settings[0].acl[0].permission", "settings[0].opensearch_acl[0].permission", "mysql_auth_plugin"];
    assert_eq!(paths, expected);
}
