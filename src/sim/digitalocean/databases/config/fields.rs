//! The settings of each engine: what kind of value, within which bounds, and what it is when nobody says.
//!
//! As the vendor's published interface lists them.

use crate::sim::digitalocean::databases::config::Field;
use crate::sim::digitalocean::databases::config::Kind;
use crate::sim::digitalocean::databases::config::Kind::Choice;
use crate::sim::digitalocean::databases::config::Kind::Flag;
use crate::sim::digitalocean::databases::config::Kind::Group;
use crate::sim::digitalocean::databases::config::Kind::Real;
use crate::sim::digitalocean::databases::config::Kind::Shaped;
use crate::sim::digitalocean::databases::config::Kind::Text;
use crate::sim::digitalocean::databases::config::Kind::Texts;
use crate::sim::digitalocean::databases::config::Kind::Whole;

/// The settings of an engine; none where it has none.
pub(super) fn of(engine: &str) -> &'static [Field] {
    match engine {
        "pg" => PG,
        "mysql" => MYSQL,
        "valkey" => VALKEY,
        "redis" => REDIS,
        "mongodb" => MONGODB,
        _ => &[],
    }
}

const fn field(name: &'static str, kind: Kind, default: &'static str) -> Field {
    Field { name, kind, default }
}

const PG: &[Field] = &[
    field("autovacuum_freeze_max_age", Whole(200_000_000, 1_500_000_000), "200000000"),
    field("autovacuum_max_workers", Whole(1, 20), "3"),
    field("autovacuum_naptime", Whole(0, 86_400), "60"),
    field("autovacuum_vacuum_threshold", Whole(0, 2_147_483_647), "50"),
    field("autovacuum_analyze_threshold", Whole(0, 2_147_483_647), "50"),
    field("autovacuum_vacuum_scale_factor", Real(0.0, 1.0), "0.2"),
    field("autovacuum_analyze_scale_factor", Real(0.0, 1.0), "0.2"),
    field("autovacuum_vacuum_cost_delay", Whole(-1, 100), "20"),
    field("autovacuum_vacuum_cost_limit", Whole(-1, 10_000), "-1"),
    field("backup_hour", Whole(0, 23), "3"),
    field("backup_minute", Whole(0, 59), "30"),
    field("bgwriter_delay", Whole(10, 10_000), "200"),
    field("bgwriter_flush_after", Whole(0, 2048), "512"),
    field("bgwriter_lru_maxpages", Whole(0, 1_073_741_823), "100"),
    field("bgwriter_lru_multiplier", Real(0.0, 10.0), "2"),
    field("deadlock_timeout", Whole(500, 1_800_000), "1000"),
    field("default_toast_compression", Choice(&["lz4", "pglz"]), "\"lz4\""),
    field("idle_in_transaction_session_timeout", Whole(0, 604_800_000), "0"),
    field("jit", Flag, "true"),
    field("log_autovacuum_min_duration", Whole(-1, 2_147_483_647), "-1"),
    field("log_error_verbosity", Choice(&["TERSE", "DEFAULT", "VERBOSE"]), "\"DEFAULT\""),
    field(
        "log_line_prefix",
        Choice(&[
            "pid=%p,user=%u,db=%d,app=%a,client=%h",
            "%m [%p] %q[user=%u,db=%d,app=%a]",
            "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h",
        ]),
        "\"pid=%p,user=%u,db=%d,app=%a,client=%h\"",
    ),
    field("log_min_duration_statement", Whole(-1, 86_400_000), "-1"),
    field("max_files_per_process", Whole(1000, 4096), "1000"),
    field("max_prepared_transactions", Whole(0, 10_000), "0"),
    field("max_pred_locks_per_transaction", Whole(64, 640), "64"),
    field("max_locks_per_transaction", Whole(64, 6400), "64"),
    field("max_stack_depth", Whole(2_097_152, 6_291_456), "2097152"),
    field("max_standby_archive_delay", Whole(1, 43_200_000), "30"),
    field("max_standby_streaming_delay", Whole(1, 43_200_000), "30"),
    field("max_replication_slots", Whole(8, 64), "8"),
    field("max_logical_replication_workers", Whole(4, 64), "4"),
    field("max_parallel_workers", Whole(0, 96), "8"),
    field("max_parallel_workers_per_gather", Whole(0, 96), "2"),
    field("max_worker_processes", Whole(8, 96), "8"),
    field("pg_partman_bgw.role", Shaped(0, 64, "^[_A-Za-z0-9][-._A-Za-z0-9]{0,63}$"), "null"),
    field("pg_partman_bgw.interval", Whole(3600, 604_800), "3600"),
    field("pg_stat_statements.track", Choice(&["all", "top", "none"]), "\"top\""),
    field("temp_file_limit", Whole(-1, 2_147_483_647), "null"),
    field("timezone", Text(64), "\"UTC\""),
    field("track_activity_query_size", Whole(1024, 10_240), "1024"),
    field("track_commit_timestamp", Choice(&["off", "on"]), "\"off\""),
    field("track_functions", Choice(&["all", "pl", "none"]), "\"none\""),
    field("track_io_timing", Choice(&["off", "on"]), "\"off\""),
    field("max_wal_senders", Whole(20, 64), "20"),
    field("wal_sender_timeout", Whole(0, 10_800_000), "60000"),
    field("wal_writer_delay", Whole(10, 200), "50"),
    field("shared_buffers_percentage", Real(20.0, 60.0), "null"),
    field("pgbouncer", Group(PGBOUNCER), "null"),
    field("work_mem", Whole(1, 1024), "4"),
    field("timescaledb", Group(TIMESCALEDB), "null"),
    field("synchronous_replication", Choice(&["off", "quorum"]), "\"off\""),
    field("stat_monitor_enable", Flag, "false"),
    field("max_failover_replication_time_lag", Whole(10, i64::MAX), "50"),
    field("max_connections", Whole(25, i64::MAX), "25"),
    field("max_slot_wal_keep_size", Whole(-1, 2_147_483_647), "100"),
];

const PGBOUNCER: &[Field] = &[
    field("server_reset_query_always", Flag, "false"),
    field("ignore_startup_parameters", Texts, "[\"extra_float_digits\", \"search_path\"]"),
    field("min_pool_size", Whole(0, 10_000), "1"),
    field("server_lifetime", Whole(60, 86_400), "3600"),
    field("server_idle_timeout", Whole(0, 86_400), "600"),
    field("autodb_pool_size", Whole(0, 10_000), "1"),
    field("autodb_pool_mode", Choice(&["session", "transaction", "statement"]), "\"session\""),
    field("autodb_max_db_connections", Whole(0, 2_147_483_647), "1"),
    field("autodb_idle_timeout", Whole(0, 86_400), "3600"),
];

const TIMESCALEDB: &[Field] = &[field("max_background_workers", Whole(1, 4096), "8")];

const MYSQL: &[Field] = &[
    field("backup_hour", Whole(0, 23), "3"),
    field("backup_minute", Whole(0, 59), "30"),
    field("automatic_sp_privileges", Flag, "true"),
    field("sql_mode", Shaped(0, 1024, "^[A-Z_]*(,[A-Z_]+)*$"), "\"ANSI,TRADITIONAL\""),
    field("connect_timeout", Whole(2, 3600), "10"),
    field("default_time_zone", Shaped(2, 100, ""), "null"),
    field("div_precision_increment", Whole(0, 30), "4"),
    field("end_markers_in_json", Flag, "false"),
    field("eq_range_index_dive_limit", Whole(0, 4_294_967_295), "200"),
    field("group_concat_max_len", Whole(4, i64::MAX), "1024"),
    field("information_schema_stats_expiry", Whole(900, 31_536_000), "86400"),
    field("innodb_ft_enable_stopword", Flag, "true"),
    field("innodb_ft_max_token_size", Whole(10, 84), "20"),
    field("innodb_ft_min_token_size", Whole(0, 16), "3"),
    field("innodb_ft_num_word_optimize", Whole(1000, 10_000), "2000"),
    field("innodb_ft_result_cache_limit", Whole(1_000_000, 4_294_967_295), "2000000000"),
    field("innodb_ft_server_stopword_table", Shaped(0, 1024, "^.+/.+$"), "null"),
    field("innodb_ft_user_stopword_table", Shaped(0, 1024, "^.+/.+$"), "null"),
    field("innodb_lock_wait_timeout", Whole(1, 3600), "50"),
    field("innodb_log_buffer_size", Whole(1_048_576, 4_294_967_295), "16777216"),
    field("innodb_online_alter_log_max_size", Whole(65_536, 1_099_511_627_776), "134217728"),
    field("innodb_optimize_fulltext_only", Flag, "false"),
    field("innodb_print_all_deadlocks", Flag, "true"),
    field("innodb_rollback_on_timeout", Flag, "true"),
    field("interactive_timeout", Whole(30, 604_800), "3600"),
    field("internal_tmp_mem_storage_engine", Choice(&["TempTable", "MEMORY"]), "\"TempTable\""),
    field("net_read_timeout", Whole(1, 3600), "30"),
    field("net_write_timeout", Whole(1, 3600), "30"),
    field("sql_require_primary_key", Flag, "true"),
    field("wait_timeout", Whole(1, 2_147_483), "28800"),
    field("windowing_use_high_precision", Flag, "true"),
    field("max_allowed_packet", Whole(102_400, 1_073_741_824), "67108864"),
    field("max_execution_time", Whole(0, 4_294_967_295), "0"),
    field("max_heap_table_size", Whole(1_048_576, 1_073_741_824), "16777216"),
    field("max_seeks_for_key", Whole(1, i64::MAX), "1000"),
    field("optimizer_prune_level", Whole(0, 1), "1"),
    field("optimizer_search_depth", Whole(0, 62), "62"),
    field(
        "optimizer_switch",
        Shaped(0, 1024, "^(default|[a-z_]+=(on|off|default)(,[a-z_]+=(on|off|default))*)$"),
        "null",
    ),
    field("sort_buffer_size", Whole(32_768, 1_073_741_824), "262144"),
    field("tmp_table_size", Whole(1_048_576, 1_073_741_824), "16777216"),
    field("slow_query_log", Flag, "true"),
    field("long_query_time", Real(0.0, 3600.0), "10"),
    field("binlog_retention_period", Real(600.0, 604800.0), "600"),
    field("innodb_change_buffer_max_size", Whole(0, 50), "25"),
    field("innodb_flush_neighbors", Whole(0, 2), "0"),
    field("innodb_read_io_threads", Whole(1, 64), "16"),
    field("innodb_write_io_threads", Whole(1, 64), "16"),
    field("innodb_thread_concurrency", Whole(0, 1000), "0"),
    field("net_buffer_length", Whole(1024, 1_048_576), "4096"),
    field("log_output", Choice(&["INSIGHTS", "TABLE", "INSIGHTS,TABLE", "NONE"]), "\"NONE\""),
    field("mysql_incremental_backup", Group(MYSQL_INCREMENTAL_BACKUP), "null"),
];

const MYSQL_INCREMENTAL_BACKUP: &[Field] =
    &[field("enabled", Flag, "null"), field("full_backup_week_schedule", Text(1024), "\"mon,thu\"")];

const VALKEY: &[Field] = &[
    field(
        "valkey_maxmemory_policy",
        Choice(&["noeviction", "allkeys_lru", "allkeys_random", "volatile_lru", "volatile_random", "volatile_ttl"]),
        "\"allkeys_lru\"",
    ),
    field("valkey_pubsub_client_output_buffer_limit", Whole(32, 512), "64"),
    field("valkey_number_of_databases", Whole(1, 128), "16"),
    field("valkey_io_threads", Whole(1, 32), "1"),
    field("valkey_lfu_log_factor", Whole(0, 100), "10"),
    field("valkey_lfu_decay_time", Whole(1, 120), "1"),
    field("valkey_ssl", Flag, "true"),
    field("valkey_timeout", Whole(0, 31_536_000), "300"),
    field("valkey_notify_keyspace_events", Shaped(0, 32, "^[KEg$lshzxeA]*$"), "\"\""),
    field("valkey_persistence", Choice(&["off", "rdb"]), "\"rdb\""),
    field("valkey_acl_channels_default", Choice(&["allchannels", "resetchannels"]), "\"allchannels\""),
    field("frequent_snapshots", Flag, "true"),
    field("valkey_active_expire_effort", Whole(1, 10), "1"),
];

const REDIS: &[Field] = &[
    field(
        "redis_maxmemory_policy",
        Choice(&["noeviction", "allkeys-lru", "allkeys-random", "volatile-lru", "volatile-random", "volatile-ttl"]),
        "\"allkeys-lru\"",
    ),
    field("redis_pubsub_client_output_buffer_limit", Whole(32, 512), "64"),
    field("redis_number_of_databases", Whole(1, 128), "16"),
    field("redis_io_threads", Whole(1, 32), "1"),
    field("redis_lfu_log_factor", Whole(0, 100), "10"),
    field("redis_lfu_decay_time", Whole(1, 120), "1"),
    field("redis_ssl", Flag, "true"),
    field("redis_timeout", Whole(0, 31_536_000), "300"),
    field("redis_notify_keyspace_events", Shaped(0, 32, "^[KEg$lshzxeA]*$"), "\"\""),
    field("redis_persistence", Choice(&["off", "rdb"]), "\"rdb\""),
    field("redis_acl_channels_default", Choice(&["allchannels", "resetchannels"]), "\"allchannels\""),
];

const MONGODB: &[Field] = &[
    field("default_read_concern", Choice(&["local", "available", "majority"]), "\"local\""),
    field("default_write_concern", Text(1024), "\"majority\""),
    field("transaction_lifetime_limit_seconds", Whole(1, i64::MAX), "60"),
    field("slow_op_threshold_ms", Whole(0, i64::MAX), "100"),
    field("verbosity", Whole(0, 5), "0"),
];
