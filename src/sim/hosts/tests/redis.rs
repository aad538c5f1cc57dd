use super::*;

#[test]
fn a_redis_answers_as_its_unit_runs_and_its_file_says() {
    let host = Host::new();
    let refused = "Could not connect to Redis at 127.0.0.1:6379: Connection refused\n";
    assert!(!host.place.root.join("etc/redis").exists(), "an image has none");
    assert_eq!(host.sh("apt-get install -y redis-server && systemctl stop redis-server").0, 0);
    assert_eq!(host.sh("redis-cli PING"), (1, String::new(), refused.to_owned()));
    host.write("etc/redis/more.conf", "maxmemory 5mb\nsave 900 1\nsave 60 5\nrequirepass \"it's \\\"x\\\"\"\n");
    let main = fs::read_to_string(host.place.root.join("etc/redis/redis.conf")).unwrap();
    host.write("etc/redis/redis.conf", &format!("{main}include /etc/redis/more.conf\n"));
    assert_eq!(host.sh("systemctl start redis-server").0, 0);
    let id = |host: &Host| host.sh("REDISCLI_AUTH=\"it's \\\"x\\\"\" redis-cli INFO server | grep run_id").1;
    let first = id(&host);
    assert_eq!(first.trim().len(), 47, "{first}");
    let table = [
        ("PING", "PONG"),
        ("CONFIG GET maxmemory", "maxmemory\n5242880"),
        ("CONFIG GET save", "save\n900 1 60 5"),
        ("CONFIG GET nothing", ""),
        ("CONFIG GET 'hz*' databases", "databases\n16\nhz\n10"),
        ("CONFIG SET maxmemory 1kb hz 20", "OK"),
        ("CONFIG GET maxmemory", "maxmemory\n1024"),
        (
            "CONFIG SET hz 30 maxmemory much",
            "ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value",
        ),
        ("CONFIG GET hz", "hz\n20"),
        (
            "CONFIG SET databases 1",
            "ERR CONFIG SET failed (possibly related to argument 'databases') - can't set immutable config",
        ),
        (
            "CONFIG SET dir /tmp",
            "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config",
        ),
        ("CONFIG SET nothing 1", "ERR Unknown option or number of arguments for CONFIG SET - 'nothing'"),
        (
            "CONFIG SET maxmemory-policy lru",
            "ERR CONFIG SET failed (possibly related to argument 'maxmemory-policy') - argument must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction",
        ),
        ("CONFIG SET client-output-buffer-limit 'replica 1kb 1kb 1'", "OK"),
        (
            "CONFIG GET client-output-buffer-limit",
            "client-output-buffer-limit\nnormal 0 0 0 slave 1024 1024 1 pubsub 33554432 8388608 60",
        ),
        ("CONFIG SET notify-keyspace-events KEA", "OK"),
        ("CONFIG GET notify-keyspace-events", "notify-keyspace-events\nAKE"),
        ("FLUSHALL", "ERR unknown command 'flushall', with args beginning with: "),
        ("CONFIG REWRITE", "OK"),
    ];
    for (words, expected) in table {
        let (_, said, _) = host.sh(&format!("REDISCLI_AUTH=\"it's \\\"x\\\"\" redis-cli {words}"));
        assert_eq!(said.trim_end_matches('\n'), expected, "{words}");
    }
    assert_eq!(host.sh("redis-cli PING").1, "NOAUTH Authentication required.\n\n");
    assert!(host.sh("REDISCLI_AUTH=x redis-cli PING").2.contains("WRONGPASS"));
    assert_eq!(host.sh("redis-cli -p 6380 PING").0, 1);
    assert_eq!(id(&host), first);
    // What was rewritten stands behind what it includes, and so wins.
    assert_eq!(host.sh("systemctl restart redis-server; printf 'CONFIG GET maxmemory\\nECHO it' | REDISCLI_AUTH=\"it's \\\"x\\\"\" redis-cli").1, "maxmemory\n1024\nit\n");
    assert_ne!(id(&host), first);
    let text = fs::read_to_string(host.place.root.join("etc/redis/redis.conf")).unwrap();
    for bad in ["databases 0", "nothing 1", "requirepass \"x", "include /etc/redis/gone.conf"] {
        host.write("etc/redis/redis.conf", &format!("{text}{bad}\n"));
        assert_eq!(host.sh("systemctl restart redis-server").0, 1, "{bad}");
        assert_eq!(host.sh("redis-cli PING").0, 1, "{bad}");
    }
}
