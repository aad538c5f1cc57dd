#!/bin/sh
# The directives of Redis 7.0, as its redis.conf and CONFIG GET tell them: name, type, whether CONFIG SET may change it, and
# the value of a server whose file says nothing. Older names of directives are left out.
directives() {
  cat <<'END'
acl-pubsub-default enum:allchannels|resetchannels modifiable resetchannels
aclfile str immutable
acllog-max-len int:0:9223372036854775807 modifiable 128
active-defrag-cycle-max int:1:99 modifiable 25
active-defrag-cycle-min int:1:99 modifiable 1
active-defrag-ignore-bytes mem modifiable 104857600
active-defrag-max-scan-fields int:1:9223372036854775807 modifiable 1000
active-defrag-threshold-lower int:0:1000 modifiable 10
active-defrag-threshold-upper int:0:1000 modifiable 100
active-expire-effort int:1:10 modifiable 1
activedefrag bool modifiable no
activerehashing bool modifiable yes
always-show-logo bool immutable no
aof-disable-auto-gc bool modifiable no
aof-load-truncated bool modifiable yes
aof-rewrite-incremental-fsync bool modifiable yes
aof-timestamp-enabled bool modifiable no
aof-use-rdb-preamble bool modifiable yes
aof_rewrite_cpulist str immutable
appenddirname str immutable appendonlydir
appendfilename str immutable appendonly.aof
appendfsync enum:everysec|always|no modifiable everysec
appendonly bool modifiable no
auto-aof-rewrite-min-size mem modifiable 67108864
auto-aof-rewrite-percentage int:0:2147483647 modifiable 100
bgsave_cpulist str immutable
bind list modifiable * -::*
bind-source-addr str modifiable
bio_cpulist str immutable
busy-reply-threshold int:0:9223372036854775807 modifiable 5000
client-output-buffer-limit limits modifiable normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60
client-query-buffer-limit mem modifiable 1073741824
cluster-allow-pubsubshard-when-down bool modifiable yes
cluster-allow-reads-when-down bool modifiable no
cluster-allow-replica-migration bool modifiable yes
cluster-announce-bus-port int:0:65535 modifiable 0
cluster-announce-hostname str modifiable
cluster-announce-ip str modifiable
cluster-announce-port int:0:65535 modifiable 0
cluster-announce-tls-port int:0:65535 modifiable 0
cluster-config-file str immutable nodes.conf
cluster-enabled bool immutable no
cluster-link-sendbuf-limit mem modifiable 0
cluster-migration-barrier int:0:2147483647 modifiable 1
cluster-node-timeout int:0:9223372036854775807 modifiable 15000
cluster-port int:0:65535 immutable 0
cluster-preferred-endpoint-type enum:ip|hostname|unknown-endpoint modifiable ip
cluster-replica-no-failover bool modifiable no
cluster-replica-validity-factor int:0:2147483647 modifiable 10
cluster-require-full-coverage bool modifiable yes
crash-log-enabled bool modifiable yes
crash-memcheck-enabled bool modifiable yes
daemonize bool immutable no
databases int:1:2147483647 immutable 16
dbfilename str protected dump.rdb
dir str protected /
disable-thp bool immutable yes
dynamic-hz bool modifiable yes
enable-debug-command enum:no|yes|local immutable no
enable-module-command enum:no|yes|local immutable no
enable-protected-configs enum:no|yes|local immutable no
hash-max-listpack-entries int:0:9223372036854775807 modifiable 512
hash-max-listpack-value mem modifiable 64
hll-sparse-max-bytes mem modifiable 3000
hz int:0:2147483647 modifiable 10
ignore-warnings str modifiable
io-threads int:1:128 immutable 1
io-threads-do-reads bool immutable no
jemalloc-bg-thread bool modifiable yes
latency-monitor-threshold int:0:9223372036854775807 modifiable 0
latency-tracking bool modifiable yes
latency-tracking-info-percentiles list modifiable 50 99 99.9
lazyfree-lazy-eviction bool modifiable no
lazyfree-lazy-expire bool modifiable no
lazyfree-lazy-server-del bool modifiable no
lazyfree-lazy-user-del bool modifiable no
lazyfree-lazy-user-flush bool modifiable no
lfu-decay-time int:0:2147483647 modifiable 1
lfu-log-factor int:0:2147483647 modifiable 10
list-compress-depth int:0:2147483647 modifiable 0
list-max-listpack-size int:-2147483648:2147483647 modifiable -2
logfile str immutable
loglevel enum:debug|verbose|notice|warning modifiable notice
lua-time-limit int:0:9223372036854775807 modifiable 5000
masterauth str modifiable
masteruser str modifiable
maxclients int:1:4294967295 modifiable 10000
maxmemory mem modifiable 0
maxmemory-clients mem modifiable 0
maxmemory-eviction-tenacity int:0:100 modifiable 10
maxmemory-policy enum:volatile-lru|volatile-lfu|volatile-random|volatile-ttl|allkeys-lru|allkeys-lfu|allkeys-random|noeviction modifiable noeviction
maxmemory-samples int:1:2147483647 modifiable 5
min-replicas-max-lag int:0:2147483647 modifiable 10
min-replicas-to-write int:0:2147483647 modifiable 0
no-appendfsync-on-rewrite bool modifiable no
notify-keyspace-events events modifiable
oom-score-adj enum:no|yes|relative|absolute modifiable no
oom-score-adj-values list modifiable 0 200 800
pidfile str immutable
port int:0:65535 modifiable 6379
proc-title-template str modifiable {title} {listen-addr} {server-mode}
propagation-error-behavior enum:ignore|panic|panic-on-replicas modifiable ignore
protected-mode bool modifiable yes
proto-max-bulk-len mem modifiable 536870912
rdb-del-sync-files bool modifiable no
rdb-save-incremental-fsync bool modifiable yes
rdbchecksum bool immutable yes
rdbcompression bool modifiable yes
repl-backlog-size mem modifiable 1048576
repl-backlog-ttl int:0:9223372036854775807 modifiable 3600
repl-disable-tcp-nodelay bool modifiable no
repl-diskless-load enum:disabled|on-empty-db|swapdb modifiable disabled
repl-diskless-sync bool modifiable yes
repl-diskless-sync-delay int:0:2147483647 modifiable 5
repl-diskless-sync-max-replicas int:0:2147483647 modifiable 0
repl-ping-replica-period int:1:2147483647 modifiable 10
repl-timeout int:1:2147483647 modifiable 60
replica-announce-ip str modifiable
replica-announce-port int:0:65535 modifiable 0
replica-announced bool modifiable yes
replica-ignore-disk-write-errors bool modifiable no
replica-ignore-maxmemory bool modifiable yes
replica-lazy-flush bool modifiable no
replica-priority int:0:2147483647 modifiable 100
replica-read-only bool modifiable yes
replica-serve-stale-data bool modifiable yes
replicaof replica immutable
requirepass str modifiable
sanitize-dump-payload enum:no|yes|clients modifiable no
save save modifiable 3600 1 300 100 60 10000
server_cpulist str immutable
set-max-intset-entries int:0:9223372036854775807 modifiable 512
set-proc-title bool immutable yes
shutdown-on-sigint enum:default|save|nosave|now|force modifiable default
shutdown-on-sigterm enum:default|save|nosave|now|force modifiable default
shutdown-timeout int:0:2147483647 modifiable 10
slowlog-log-slower-than int:-1:9223372036854775807 modifiable 10000
slowlog-max-len int:0:9223372036854775807 modifiable 128
socket-mark-id int:0:4294967295 immutable 0
stop-writes-on-bgsave-error bool modifiable yes
stream-node-max-bytes mem modifiable 4096
stream-node-max-entries int:0:9223372036854775807 modifiable 100
supervised enum:upstart|systemd|auto|no immutable no
syslog-enabled bool immutable no
syslog-facility enum:user|local0|local1|local2|local3|local4|local5|local6|local7 immutable local0
syslog-ident str immutable redis
tcp-backlog int:0:2147483647 immutable 511
tcp-keepalive int:0:2147483647 modifiable 300
timeout int:0:2147483647 modifiable 0
tls-auth-clients enum:no|yes|optional modifiable yes
tls-ca-cert-dir str modifiable
tls-ca-cert-file str modifiable
tls-cert-file str modifiable
tls-ciphers str modifiable
tls-ciphersuites str modifiable
tls-client-cert-file str modifiable
tls-client-key-file str modifiable
tls-client-key-file-pass str modifiable
tls-cluster bool modifiable no
tls-dh-params-file str modifiable
tls-key-file str modifiable
tls-key-file-pass str modifiable
tls-port int:0:65535 modifiable 0
tls-prefer-server-ciphers bool modifiable no
tls-protocols str modifiable
tls-replication bool modifiable no
tls-session-cache-size int:0:2147483647 modifiable 20480
tls-session-cache-timeout int:0:2147483647 modifiable 300
tls-session-caching bool modifiable yes
tracking-table-max-keys int:0:9223372036854775807 modifiable 1000000
unixsocket str immutable
unixsocketperm octal immutable 0
zset-max-listpack-entries int:0:9223372036854775807 modifiable 128
zset-max-listpack-value mem modifiable 64
END
}
