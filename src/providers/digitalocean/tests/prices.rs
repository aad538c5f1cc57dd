use serde_json::Value as Json;
use serde_json::json;

use super::super::prices;
use super::super::provider;
use super::lab::block_value;
use crate::provider::Price;
use crate::provider::PriceList;

fn cost_by(list: &PriceList, ty: &str, config: Json) -> Price {
    let ty = provider().resource(ty).unwrap();
    let object = block_value(ty.schema().root(), &config).as_object().unwrap().clone();
    ty.price(&object, list)
}

fn cost(ty: &str, config: Json) -> Price {
    cost_by(&prices::list(), ty, config)
}

#[test]
fn the_list_is_dated_and_says_where_it_was_read() {
    let list = prices::list();
    assert!(list.as_of.is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok()));
    assert!(!list.sources.is_empty() && list.sources.iter().all(|source| source.starts_with("https://")));
    assert!(list.monthly.values().all(|price| *price > 0.0));
}

#[test]
fn databases_cost_by_engine_size_nodes_and_storage() {
    let cluster = |config| cost("digitalocean_database_cluster", config);
    let size = "db-s-2vcpu-4gb";
    let table = [
        (json!({"engine": "pg", "size": size, "node_count": 1}), Price::Monthly(60.9)),
        (json!({"engine": "pg", "size": size, "node_count": 2}), Price::Monthly(121.8)),
        (json!({"engine": "mysql", "size": size, "node_count": 1, "storage_size_mib": "61440"}), Price::Monthly(60.9)),
        (
            json!({"engine": "pg", "size": size, "node_count": 2, "storage_size_mib": "81920"}),
            Price::Monthly(121.8 + 8.6),
        ),
        (json!({"engine": "valkey", "size": "db-s-1vcpu-1gb", "node_count": 1}), Price::Monthly(15.0)),
        (json!({"engine": "valkey", "size": size, "node_count": 1}), Price::Unlisted(format!("valkey {size}"))),
        (
            json!({"engine": "pg", "size": "gd-2vcpu-8gb", "node_count": 1}),
            Price::Unlisted("database gd-2vcpu-8gb".into()),
        ),
    ];
    for (config, expected) in table {
        match (cluster(config.clone()), expected) {
            (Price::Monthly(found), Price::Monthly(expected)) => {
                assert!((found - expected).abs() < 0.001, "{config}: {found}")
            }
            (found, expected) => assert_eq!(found, expected, "{config}"),
        }
    }
    assert!(matches!(cluster(json!({"engine": "pg", "size": "(unknown)", "node_count": 1})), Price::Unknown(_)));
    let replica = cost("digitalocean_database_replica", json!({"size": "db-s-1vcpu-2gb"}));
    assert_eq!(replica, Price::Monthly(30.45));
}

#[test]
fn what_has_no_price_is_never_free() {
    let balancer = |config| cost("digitalocean_loadbalancer", config);
    assert_eq!(balancer(json!({"size_unit": 3})), Price::Monthly(36.0));
    assert_eq!(balancer(json!({"type": "REGIONAL_NETWORK"})), Price::Unlisted("network load balancer node".into()));
    assert_eq!(balancer(json!({"type": "GLOBAL"})), Price::Unlisted("global load balancer".into()));
    let address = |config| cost("digitalocean_reserved_ip", config);
    assert_eq!(address(json!({"droplet_id": null})), Price::Unknown("$5.00 a month while no droplet has it".into()));
    assert_eq!(address(json!({"droplet_id": 7})), Price::Free);
    assert!(matches!(cost("digitalocean_uptime_check", json!({})), Price::Unknown(_)));
}

#[test]
fn a_users_own_price_goes_first() {
    let own: PriceList = serde_json::from_str(r#"{"monthly": {"database db-s-1vcpu-1gb": 7}}"#).unwrap();
    let config = json!({"engine": "pg", "size": "db-s-1vcpu-1gb", "node_count": 2});
    let both = own.or(&prices::list());
    assert_eq!(cost_by(&both, "digitalocean_database_cluster", config), Price::Monthly(14.0));
}
