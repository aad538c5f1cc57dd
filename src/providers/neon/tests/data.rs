use serde_json::Value as Json;
use serde_json::json;

use super::provider;
use crate::net::replay::Replay;
use crate::net::replay::surroundings;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::providers::lab::Environment;
use crate::providers::lab::assert_has;
use crate::providers::lab::block_value;
use crate::providers::lab::configure;
use crate::value::Object;
use crate::value::Value;

async fn read(ty: &str, scene: &str, config: Json) -> Result<Object> {
    let replay = Replay::of("neon/data.http", scene);
    let (cx, _) = surroundings(Json::Null);
    let env = Environment(vec![("NEON_API_KEY", "napi_0123456789")]);
    let client = configure(&provider(), &replay, &cx, &provider().schema().empty(), env).unwrap();
    let source = provider().data(ty).unwrap();
    let config = block_value(source.schema().root(), &config).as_object().unwrap().clone();
    assert!(source.validate(&config).is_empty());
    let found = source.read(&client, &cx, &config).await;
    replay.finish();
    if let Ok(found) = &found {
        assert!(found.values().iter().all(Value::is_wholly_known), "{found:?}");
        assert_eq!(found.shape().names(), source.schema().shape().names());
    }
    found
}

#[tokio::test]
async fn a_project_is_read_with_its_addresses() {
    let found = read("neon_project", "project", json!({"id": "p-1"})).await.unwrap();
    assert_has(
        &found,
        json!({
            "name": "shop", "default_branch_id": "br-1", "default_endpoint_id": "ep-1", "database_user": "me",
            "connection_uri": "postgresql://me:pw@ep-1.aws.neon.tech/db?sslmode=require",
            "connection_uri_pooler": "postgresql://me:pw@ep-1-pooler.aws.neon.tech/db?sslmode=require",
        }),
    );
    let none = read("neon_project", "no project", json!({"id": "p-1"})).await.unwrap_err();
    assert_eq!(none.to_string(), "reading the project p-1: there is no such project");
}

#[tokio::test]
async fn branches_are_listed_and_one_is_found_by_id_by_name_or_as_the_default() {
    let found = read("neon_branches", "branches", json!({"project_id": "p-1"})).await.unwrap();
    let branch = |id: &str, name: &str, parent: Json, is_default: bool| {
        json!({
            "id": id, "name": name, "parent_id": parent, "logical_size": 30, "primary": is_default,
            "default": is_default, "protected": false,
        })
    };
    let both = [branch("br-1", "main", Json::Null, true), branch("br-2", "dev", "br-1".into(), false)];
    assert_has(&found, json!({"branches": both}));
    for (config, id) in [
        (json!({"project_id": "p-1"}), "br-1"),
        (json!({"project_id": "p-1", "name": "dev"}), "br-2"),
        (json!({"project_id": "p-1", "id": "br-2"}), "br-2"),
    ] {
        assert_has(
            &read("neon_branch", "branches", config).await.unwrap(),
            json!({"id": id, "current_state": "ready"}),
        );
    }
    let none = read("neon_branch", "branches", json!({"project_id": "p-1", "name": "x"})).await.unwrap_err();
    assert!(matches!(none, ProviderError::Refused { .. }), "{none:?}");
}

#[tokio::test]
async fn computes_are_listed_by_branch_and_one_is_found_by_id_or_branch() {
    let config = json!({"project_id": "p-1", "branch_id": "br-1"});
    let found = read("neon_branch_endpoints", "endpoints", config.clone()).await.unwrap();
    assert_has(
        &found,
        json!({"endpoints": [{
            "id": "ep-1", "host": "ep-1.aws.neon.tech", "host_pooler": "ep-1-pooler.aws.neon.tech", "proxy_host": null,
            "region_id": "aws-us-east-1", "type": "read_write",
        }]}),
    );
    assert_has(&read("neon_endpoint", "endpoints", config).await.unwrap(), json!({"id": "ep-1", "branch_id": "br-1"}));
    let config = json!({"project_id": "p-1", "id": "ep-2"});
    assert_has(&read("neon_endpoint", "endpoints", config).await.unwrap(), json!({"branch_id": "br-2"}));
}

#[tokio::test]
async fn roles_are_listed_and_their_passwords_told_by_name() {
    let config = json!({"project_id": "p-1", "branch_id": "br-1"});
    let found = read("neon_branch_roles", "roles", config).await.unwrap();
    assert_has(&found, json!({"roles": [{"name": "me", "protected": true}]}));
    let config = json!({"project_id": "p-1", "branch_id": "br-1", "name": "me"});
    let found = read("neon_role", "role", config).await.unwrap();
    assert_has(&found, json!({"id": "p-1/br-1/me", "password": "pw", "protected": true}));
    let config = json!({"project_id": "p-1", "branch_id": "br-1", "role_name": "me"});
    let found = read("neon_branch_role_password", "password", config.clone()).await.unwrap();
    assert_has(&found, json!({"password": "pw"}));
    let hidden = read("neon_branch_role_password", "no password", config).await.unwrap_err();
    assert!(hidden.to_string().contains("does not keep passwords"), "{hidden}");
}

#[tokio::test]
async fn a_database_an_address_and_permissions_are_read() {
    let config = json!({"project_id": "p-1", "branch_id": "br-1", "name": "db"});
    assert_has(&read("neon_database", "database", config).await.unwrap(), json!({"id": "7", "owner_name": "me"}));
    let config = json!({
        "project_id": "p-1", "branch_id": "br-1", "database_name": "my db", "role_name": "me", "pooled": true,
    });
    assert_has(&read("neon_connection_uri", "uri", config).await.unwrap(), json!({"uri": "postgresql://me:pw@x/db"}));
    let found = read("neon_project_permissions", "permissions", json!({"project_id": "p-1"})).await.unwrap();
    let one = json!({"id": "p-1/x-1", "grantee": "a@b.test", "granted_at": "2026-09-21T14:00:00Z"});
    assert_has(&found, json!({"permissions": [one]}));
}

#[test]
fn a_branch_or_a_compute_is_looked_for_in_one_way() {
    for (ty, config) in [
        ("neon_branch", json!({"project_id": "p", "id": "b", "name": "n"})),
        ("neon_endpoint", json!({"project_id": "p", "id": "e", "branch_id": "b"})),
        ("neon_endpoint", json!({"project_id": "p"})),
    ] {
        let source = provider().data(ty).unwrap();
        let config = block_value(source.schema().root(), &config).as_object().unwrap().clone();
        assert_eq!(source.validate(&config).len(), 1, "{ty}");
    }
}
