//! `digitalocean_database_mysql_config`: how MySQL runs.

use super::Kind;
use super::setting::MAX;
use super::setting::Setting;
use super::setting::flag;
use super::setting::float;
use super::setting::int;
use super::setting::one_of;
use super::setting::text;

pub(super) static KIND: Kind = Kind {
    ty: "digitalocean_database_mysql_config",
    suffix: "mysql-config",
    families: &[],
    settings: &SETTINGS,
    groups: &[],
};

/// In the order of the vendor's documentation, with its bounds. MySQL itself says which take a restart.
static SETTINGS: [Setting; 50] = [
    int("backup_hour", 0, 23),
    int("backup_minute", 0, 59),
    flag("automatic_sp_privileges"),
    text("sql_mode"),
    int("connect_timeout", 2, 3600),
    text("default_time_zone"),
    int("div_precision_increment", 0, 30),
    flag("end_markers_in_json"),
    int("eq_range_index_dive_limit", 0, 4_294_967_295),
    int("group_concat_max_len", 4, MAX),
    int("information_schema_stats_expiry", 900, 31_536_000),
    flag("innodb_ft_enable_stopword"),
    int("innodb_ft_max_token_size", 10, 84).restarts(),
    int("innodb_ft_min_token_size", 0, 16).restarts(),
    int("innodb_ft_num_word_optimize", 1000, 10_000),
    int("innodb_ft_result_cache_limit", 1_000_000, 4_294_967_295),
    text("innodb_ft_server_stopword_table"),
    text("innodb_ft_user_stopword_table"),
    int("innodb_lock_wait_timeout", 1, 3600),
    int("innodb_log_buffer_size", 1_048_576, 4_294_967_295).restarts(),
    int("innodb_online_alter_log_max_size", 65_536, 1_099_511_627_776),
    flag("innodb_optimize_fulltext_only"),
    flag("innodb_print_all_deadlocks"),
    flag("innodb_rollback_on_timeout"),
    int("interactive_timeout", 30, 604_800),
    one_of("internal_tmp_mem_storage_engine", &["TempTable", "MEMORY"]),
    int("net_read_timeout", 1, 3600),
    int("net_write_timeout", 1, 3600),
    flag("sql_require_primary_key"),
    int("wait_timeout", 1, 2_147_483),
    flag("windowing_use_high_precision"),
    int("max_allowed_packet", 102_400, 1_073_741_824),
    int("max_execution_time", 0, 4_294_967_295),
    int("max_heap_table_size", 1_048_576, 1_073_741_824),
    int("max_seeks_for_key", 1, MAX),
    int("optimizer_prune_level", 0, 1),
    int("optimizer_search_depth", 0, 62),
    text("optimizer_switch"),
    int("sort_buffer_size", 32_768, 1_073_741_824),
    int("tmp_table_size", 1_048_576, 1_073_741_824),
    flag("slow_query_log"),
    float("long_query_time", 0, 3600),
    float("binlog_retention_period", 600, 604_800),
    int("innodb_change_buffer_max_size", 0, 50),
    int("innodb_flush_neighbors", 0, 2),
    int("innodb_read_io_threads", 1, 64).restarts(),
    int("innodb_write_io_threads", 1, 64).restarts(),
    int("innodb_thread_concurrency", 0, 1000),
    int("net_buffer_length", 1024, 1_048_576),
    one_of("log_output", &["INSIGHTS", "TABLE", "INSIGHTS,TABLE", "NONE"]),
];
