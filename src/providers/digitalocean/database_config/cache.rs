//! `digitalocean_database_valkey_config` and `digitalocean_database_redis_config`: how a cache runs.
//!
//! The vendor turns Redis clusters into Valkey ones by itself, and takes the settings only under the names of what runs:
//! each name begins with the engine's. So the cluster is asked which it is, and either type sets either engine.

use super::Family;
use super::Kind;
use super::setting::Setting;
use super::setting::flag;
use super::setting::int;
use super::setting::one_of;
use super::setting::text;

static FAMILIES: [Family; 2] =
    [Family { prefix: "valkey_", separator: "_" }, Family { prefix: "redis_", separator: "-" }];
static REDIS_FAMILIES: [Family; 2] =
    [Family { prefix: "redis_", separator: "-" }, Family { prefix: "valkey_", separator: "_" }];

pub(super) static VALKEY: Kind = Kind {
    ty: "digitalocean_database_valkey_config",
    suffix: "valkey-config",
    families: &FAMILIES,
    settings: &VALKEY_SETTINGS,
    groups: &[],
};

pub(super) static REDIS: Kind = Kind {
    ty: "digitalocean_database_redis_config",
    suffix: "redis-config",
    families: &REDIS_FAMILIES,
    settings: &REDIS_SETTINGS,
    groups: &[],
};

const POLICIES: [&str; 6] =
    ["noeviction", "allkeys_lru", "allkeys_random", "volatile_lru", "volatile_random", "volatile_ttl"];

static VALKEY_SETTINGS: [Setting; 13] = [
    one_of("valkey_maxmemory_policy", &POLICIES).stem("maxmemory_policy").worded(),
    SHARED[0],
    SHARED[1],
    SHARED[2],
    SHARED[3],
    SHARED[4],
    SHARED[5],
    SHARED[6],
    SHARED[7],
    SHARED[8],
    SHARED[9],
    flag("frequent_snapshots").bare(),
    int("active_expire_effort", 1, 10),
];

static REDIS_SETTINGS: [Setting; 11] = [
    one_of("maxmemory_policy", &POLICIES).worded(),
    SHARED[0],
    SHARED[1],
    SHARED[2],
    SHARED[3],
    SHARED[4],
    SHARED[5],
    SHARED[6],
    SHARED[7],
    SHARED[8],
    SHARED[9],
];

/// What both types have, in the order of the vendor's documentation, with its bounds.
const SHARED: [Setting; 10] = [
    int("pubsub_client_output_buffer_limit", 32, 512),
    int("number_of_databases", 1, 128).restarts(),
    int("io_threads", 1, 32).restarts(),
    int("lfu_log_factor", 0, 100),
    int("lfu_decay_time", 1, 120),
    flag("ssl"),
    int("timeout", 0, 31_536_000),
    text("notify_keyspace_events"),
    one_of("persistence", &["off", "rdb"]),
    one_of("acl_channels_default", &["allchannels", "resetchannels"]),
];
