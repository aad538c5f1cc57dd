//! `digitalocean_database_postgresql_config`: how PostgreSQL runs.

use super::Kind;
use super::setting::MAX;
use super::setting::Setting;
use super::setting::flag;
use super::setting::float;
use super::setting::int;
use super::setting::one_of;
use super::setting::text;
use super::setting::texts;

pub(super) static KIND: Kind = Kind {
    ty: "digitalocean_database_postgresql_config",
    suffix: "postgresql-config",
    families: &[],
    settings: &SETTINGS,
    groups: &[("pgbouncer", &PGBOUNCER), ("timescaledb", &TIMESCALEDB)],
};

/// In the order of the vendor's documentation, with its bounds. PostgreSQL itself says which take a restart.
static SETTINGS: [Setting; 54] = [
    int("autovacuum_freeze_max_age", 200_000_000, 1_500_000_000).restarts(),
    int("autovacuum_max_workers", 1, 20).restarts(),
    int("autovacuum_naptime", 0, 86_400),
    int("autovacuum_vacuum_threshold", 0, 2_147_483_647),
    int("autovacuum_analyze_threshold", 0, 2_147_483_647),
    float("autovacuum_vacuum_scale_factor", 0, 1),
    float("autovacuum_analyze_scale_factor", 0, 1),
    int("autovacuum_vacuum_cost_delay", -1, 100),
    int("autovacuum_vacuum_cost_limit", -1, 10_000),
    int("backup_hour", 0, 23),
    int("backup_minute", 0, 59),
    int("bgwriter_delay", 10, 10_000),
    int("bgwriter_flush_after", 0, 2048),
    int("bgwriter_lru_maxpages", 0, 1_073_741_823),
    float("bgwriter_lru_multiplier", 0, 10),
    int("deadlock_timeout", 500, 1_800_000),
    one_of("default_toast_compression", &["lz4", "pglz"]),
    int("idle_in_transaction_session_timeout", 0, 604_800_000),
    flag("jit"),
    int("log_autovacuum_min_duration", -1, 2_147_483_647),
    one_of("log_error_verbosity", &["TERSE", "DEFAULT", "VERBOSE"]),
    one_of(
        "log_line_prefix",
        &[
            "pid=%p,user=%u,db=%d,app=%a,client=%h",
            "%m [%p] %q[user=%u,db=%d,app=%a]",
            "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h",
        ],
    ),
    int("log_min_duration_statement", -1, 86_400_000),
    int("max_files_per_process", 1000, 4096).restarts(),
    int("max_prepared_transactions", 0, 10_000).restarts(),
    int("max_pred_locks_per_transaction", 64, 640).restarts(),
    int("max_locks_per_transaction", 64, 6400).restarts(),
    int("max_stack_depth", 2_097_152, 6_291_456),
    int("max_standby_archive_delay", 1, 43_200_000),
    int("max_standby_streaming_delay", 1, 43_200_000),
    int("max_replication_slots", 8, 64).restarts(),
    int("max_logical_replication_workers", 4, 64).restarts(),
    int("max_parallel_workers", 0, 96),
    int("max_parallel_workers_per_gather", 0, 96),
    int("max_worker_processes", 8, 96).restarts(),
    text("pg_partman_bgw_role").stem("pg_partman_bgw.role"),
    int("pg_partman_bgw_interval", 3600, 604_800).stem("pg_partman_bgw.interval"),
    one_of("pg_stat_statements_track", &["all", "top", "none"]).stem("pg_stat_statements.track"),
    int("temp_file_limit", -1, 2_147_483_647),
    text("timezone"),
    int("track_activity_query_size", 1024, 10_240).restarts(),
    one_of("track_commit_timestamp", &["off", "on"]).restarts(),
    one_of("track_functions", &["all", "pl", "none"]),
    one_of("track_io_timing", &["off", "on"]),
    int("max_wal_senders", 20, 64).restarts(),
    int("wal_sender_timeout", 0, 10_800_000),
    int("wal_writer_delay", 10, 200),
    float("shared_buffers_percentage", 20, 60).restarts(),
    int("work_mem", 1, 1024),
    one_of("synchronous_replication", &["off", "quorum"]),
    flag("stat_monitor_enable"),
    int("max_failover_replication_time_lag", 10, MAX),
    int("max_connections", 25, MAX).restarts(),
    int("max_slot_wal_keep_size", -1, 2_147_483_647),
];

static PGBOUNCER: [Setting; 9] = [
    flag("server_reset_query_always"),
    texts("ignore_startup_parameters", &["extra_float_digits", "search_path"]),
    int("min_pool_size", 0, 10_000),
    int("server_lifetime", 60, 86_400),
    int("server_idle_timeout", 0, 86_400),
    int("autodb_pool_size", 0, 10_000),
    one_of("autodb_pool_mode", &["session", "transaction", "statement"]),
    int("autodb_max_db_connections", 0, 2_147_483_647),
    int("autodb_idle_timeout", 0, 86_400),
];

static TIMESCALEDB: [Setting; 1] = [int("max_background_workers", 1, 4096).restarts()];
