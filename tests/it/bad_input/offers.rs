use insta::assert_snapshot;

use super::Stage;
use super::errors;

const DROPLETS: &str = "\
variable \"size\" {
  default = \"s-1vcpu-1g\"
}
resource \"digitalocean_droplet\" \"web\" {
  count  = 3
  name   = \"web-${count.index}\"
  region = \"fra2\"
  size   = var.size
  image  = \"debian-12-x46\"
}
resource \"digitalocean_droplet\" \"small\" {
  name   = \"small\"
  region = \"lon1\"
  size   = \"s-1vcpu-512mb-10gb\"
  image  = \"debian-12-x64\"
}
";

#[test]
fn what_no_droplet_can_be_made_of_is_named_before_anything_is_made() {
    let stage = Stage::with(DROPLETS);
    assert_snapshot!(errors(&stage.run("apply -auto-approve")), @r#"
    --- stderr

    Error: Unavailable size

      with digitalocean_droplet.small,
      on main.tf line 14, in resource "digitalocean_droplet" "small":
      14:   size   = "s-1vcpu-512mb-10gb"
                     ^^^^^^^^^^^^^^^^^^^^

    The size `s-1vcpu-512mb-10gb` cannot be had in the region `lon1` now, only
    in nyc1, nyc3, sfo3, ams3, fra1, sgp1, syd1.

    Write one of the 25 that the vendor's list has, such as: s-1vcpu-1gb,
    s-1vcpu-1gb-amd, s-1vcpu-2gb, s-1vcpu-2gb-amd, s-1vcpu-1gb-intel,
    s-1vcpu-2gb-intel, s-2vcpu-2gb, s-2vcpu-2gb-amd.

    Error: Unknown region

      with digitalocean_droplet.web[0],
      on main.tf line 7, in resource "digitalocean_droplet" "web":
       7:   region = "fra2"
                     ^^^^^^

    The vendor has no region for droplets called `fra2`. Did you mean "fra1"?

    Write one of: ams3, blr1, fra1, lon1, nyc1, nyc3, sfo3, sgp1, syd1, tor1.

    Error: Unknown image

      with digitalocean_droplet.web[0],
      on main.tf line 9, in resource "digitalocean_droplet" "web":
       9:   image  = "debian-12-x46"
                     ^^^^^^^^^^^^^^^

    The vendor has no image called `debian-12-x46`. Did you mean
    "debian-12-x64"?

    Write one of: centos-stream-10-x64, centos-stream-9-x64, debian-12-x64,
    debian-13-x64, fedora-42-x64, rockylinux-9-x64, ubuntu-20-04-x64,
    ubuntu-22-04-x64, ubuntu-24-04-x64.

    Error: Unknown size

      with digitalocean_droplet.web[0],
      on main.tf line 8, in resource "digitalocean_droplet" "web":
       8:   size   = var.size
                     ^^^^^^^^
        └── size is "s-1vcpu-1g"

    The vendor has no droplet size called `s-1vcpu-1g`. Did you mean
    "s-1vcpu-1gb"?

    Write one of the 27 that the vendor's list has, such as: s-1vcpu-1gb,
    s-1vcpu-2gb, s-2vcpu-2gb, s-2vcpu-4gb, s-4vcpu-8gb, s-8vcpu-16gb,
    g-2vcpu-8gb, g-4vcpu-16gb.
    --- exit 1
    "#);
    let mut requests = stage.middle.requests();
    requests.sort();
    let expected = [
        "GET /v2/account",
        "GET /v2/images/debian-12-x46",
        "GET /v2/images/debian-12-x64",
        "GET /v2/images?type=distribution&per_page=200",
        "GET /v2/regions?per_page=200",
        "GET /v2/sizes?per_page=200",
    ];
    assert_eq!(requests, expected, "each list once, whatever chooses from it");
    stage.folder.write("main.tf", "");
    stage.is_true(&[]);
}

const REGIONS: &str = "\
resource \"digitalocean_vpc\" \"main\" {
  name   = \"main\"
  region = \"fra\"
}
resource \"digitalocean_volume\" \"data\" {
  name   = \"data\"
  region = \"frA1\"
  size   = 10
}
resource \"digitalocean_reserved_ip\" \"front\" {
  region = \"mars1\"
}
resource \"digitalocean_loadbalancer\" \"front\" {
  name   = \"front\"
  region = \"nyc2\"
  forwarding_rule {
    entry_port      = 80
    entry_protocol  = \"http\"
    target_port     = 80
    target_protocol = \"http\"
  }
}
";

#[test]
fn a_region_that_there_is_not_is_named_before_anything_is_made() {
    let stage = Stage::with(REGIONS);
    assert_snapshot!(errors(&stage.run("plan")), @r#"
    --- stderr

    Error: Unknown region

      with digitalocean_loadbalancer.front,
      on main.tf line 15, in resource "digitalocean_loadbalancer" "front":
      15:   region = "nyc2"
                     ^^^^^^

    The vendor has no region called `nyc2`. Did you mean "nyc1"?

    Write one of: ams3, blr1, fra1, lon1, nyc1, nyc3, sfo1, sfo3, sgp1, syd1,
    tor1.

    Error: Unknown region

      with digitalocean_reserved_ip.front,
      on main.tf line 11, in resource "digitalocean_reserved_ip" "front":
      11:   region = "mars1"
                     ^^^^^^^

    The vendor has no region called `mars1`.

    Write one of: ams3, blr1, fra1, lon1, nyc1, nyc3, sfo1, sfo3, sgp1, syd1,
    tor1.

    Error: Unknown region

      with digitalocean_vpc.main,
      on main.tf line 3, in resource "digitalocean_vpc" "main":
       3:   region = "fra"
                     ^^^^^

    The vendor has no region called `fra`. Did you mean "fra1"?

    Write one of: ams3, blr1, fra1, lon1, nyc1, nyc3, sfo1, sfo3, sgp1, syd1,
    tor1.
    --- exit 1
    "#);
    assert_eq!(stage.middle.requests(), ["GET /v2/account", "GET /v2/regions?per_page=200"]);
}

const DATABASES: &str = "\
resource \"digitalocean_database_cluster\" \"main\" {
  name       = \"main\"
  engine     = \"pg\"
  version    = \"19\"
  size       = \"db-s-2vcpu-4g\"
  region     = \"fra2\"
  node_count = 3
}
resource \"digitalocean_database_cluster\" \"cache\" {
  name       = \"cache\"
  engine     = \"valky\"
  version    = \"8\"
  size       = \"db-s-1vcpu-2gb\"
  region     = \"fra1\"
  node_count = 1
}
resource \"digitalocean_database_replica\" \"read\" {
  cluster_id = digitalocean_database_cluster.main.id
  name       = \"read\"
  size       = \"db-s-2vcpu-4\"
  region     = \"fra1\"
}
";

#[test]
fn what_no_database_can_be_made_of_is_named_before_anything_is_made() {
    let stage = Stage::with(DATABASES);
    assert_snapshot!(errors(&stage.run("plan")), @r#"
    --- stderr

    Error: Unknown engine

      with digitalocean_database_cluster.cache,
      on main.tf line 11, in resource "digitalocean_database_cluster" "cache":
      11:   engine     = "valky"
                         ^^^^^^^

    The vendor has no database engine called `valky`. Did you mean "valkey"?

    Write one of: advanced_mysql, advanced_pg, mongodb, mysql, pg, redis,
    valkey.

    Error: Unknown version

      with digitalocean_database_cluster.main,
      on main.tf line 4, in resource "digitalocean_database_cluster" "main":
       4:   version    = "19"
                         ^^^^

    The vendor has no version for databases of the engine pg called `19`.

    Write one of: 14, 15, 16, 17.

    Error: Unknown region

      with digitalocean_database_cluster.main,
      on main.tf line 6, in resource "digitalocean_database_cluster" "main":
       6:   region     = "fra2"
                         ^^^^^^

    The vendor has no region for databases of the engine pg called `fra2`. Did
    you mean "fra1"?

    Write one of: ams3, blr1, fra1, lon1, nyc1, nyc3, sfo3, sgp1, syd1, tor1.

    Error: Unknown size

      with digitalocean_database_cluster.main,
      on main.tf line 5, in resource "digitalocean_database_cluster" "main":
       5:   size       = "db-s-2vcpu-4g"
                         ^^^^^^^^^^^^^^^

    The vendor has no size for databases of the engine pg called
    `db-s-2vcpu-4g`. Did you mean "db-s-2vcpu-4gb"?

    Write one of: db-amd-1vcpu-2gb, db-amd-2vcpu-4gb, db-intel-1vcpu-2gb,
    db-intel-2vcpu-4gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb, db-s-4vcpu-8gb,
    db-s-6vcpu-16gb, db-s-8vcpu-32gb, gd-2vcpu-8gb, gd-4vcpu-16gb,
    so1_5-2vcpu-16gb, so1_5-4vcpu-32gb.

    Error: Unknown size

      with digitalocean_database_replica.read,
      on main.tf line 20, in resource "digitalocean_database_replica" "read":
      20:   size       = "db-s-2vcpu-4"
                         ^^^^^^^^^^^^^^

    The vendor has no size of database replicas called `db-s-2vcpu-4`. Did you
    mean "db-s-2vcpu-4gb"?

    Write one of: db-amd-1vcpu-2gb, db-amd-2vcpu-4gb, db-intel-1vcpu-2gb,
    db-intel-2vcpu-4gb, db-s-1vcpu-1gb, db-s-1vcpu-2gb, db-s-2vcpu-4gb,
    db-s-4vcpu-8gb, db-s-6vcpu-16gb, db-s-8vcpu-32gb, gd-2vcpu-8gb,
    gd-4vcpu-16gb, so1_5-2vcpu-16gb, so1_5-4vcpu-32gb.
    --- exit 1
    "#);
}

const GROWN: &str = "\
resource \"digitalocean_droplet\" \"web\" {
  name   = \"web\"
  region = \"fra1\"
  size   = \"s-2vcpu-4gb\"
  image  = \"debian-12-x64\"
}
resource \"digitalocean_database_cluster\" \"main\" {
  name             = \"main\"
  engine           = \"pg\"
  version          = \"17\"
  size             = \"db-s-1vcpu-2gb\"
  region           = \"fra1\"
  node_count       = 1
  storage_size_mib = \"40960\"
}
";

#[test]
fn what_cannot_shrink_is_named_before_anything_is_changed() {
    let stage = Stage::applied(GROWN);
    stage.folder.write("main.tf", &GROWN.replace("s-2vcpu-4gb", "s-1vcpu-2gb").replace("40960", "30720"));
    assert_snapshot!(errors(&stage.run("apply -auto-approve")), @r#"
    --- stderr
    digitalocean_database_cluster: Refreshing state...
    digitalocean_droplet: Refreshing state...

    Error: Storage cannot shrink

      with digitalocean_database_cluster.main,
      on main.tf line 14, in resource "digitalocean_database_cluster" "main":
      14:   storage_size_mib = "30720"
                               ^^^^^^^

    The cluster has 40960 MiB of storage and cannot have 30720: storage only
    grows. Write at least 40960, or leave `storage_size_mib` out.

    Error: Unavailable size

      with digitalocean_droplet.web,
      on main.tf line 4, in resource "digitalocean_droplet" "web":
       4:   size   = "s-1vcpu-2gb"
                     ^^^^^^^^^^^^^

    The droplet has a disk of 80 GB and the size `s-1vcpu-2gb` one of 50 GB, and
    disks do not shrink. For a droplet of that size have it made anew, without
    its data, with -replace.

    Write one of: c-8, g-8vcpu-32gb, m-4vcpu-32gb, s-2vcpu-4gb, s-2vcpu-4gb-amd,
    s-2vcpu-4gb-intel, s-4vcpu-8gb, s-4vcpu-8gb-amd, s-4vcpu-8gb-intel,
    s-8vcpu-16gb, so-2vcpu-16gb.
    --- exit 1
    "#);
    stage.folder.write("main.tf", GROWN);
    stage.is_true(&["digitalocean_database_cluster.main", "digitalocean_droplet.web"]);
}

#[test]
fn what_cannot_be_looked_up_is_the_vendors_to_refuse() {
    let config = DROPLETS
        .replace("fra2", "fra1")
        .replace("x46", "x64")
        .replace("count  = 3\n", "")
        .replace("-${count.index}", "");
    let config = config.replace("s-1vcpu-512mb-10gb", "s-1vcpu-1gb");
    let stage = Stage::with(&config);
    let narrow = "any@account:read,droplet:read,droplet:create,actions:read,tag:create,tag:read,tag:delete";
    let said = stage.run_as(narrow, "plan -detailed-exitcode");
    assert!(said.ends_with("--- exit 2"), "{said}");
    assert_snapshot!(errors(&stage.run_as(narrow, "apply -auto-approve")), @r#"
    --- stderr
    A key for the sensitive values in the state was made: <dir>/state/.key. Keep a copy: without it they cannot be read.

    Apply incomplete. Resources: 1 added, 0 changed, 0 destroyed before it stopped.

    Error: Refused by the vendor

      with digitalocean_droplet.web,
      on main.tf line 7, in resource "digitalocean_droplet" "web":
       7:   size   = var.size
                     ^^^^^^^^
        └── size is "s-1vcpu-1g"

    Creating the droplet web: You specified an invalid size for Droplet
    creation.

    Correct it and run again: what was made is recorded, and is not made twice.
    --- exit 1
    "#);
    let said = stage.run("apply -auto-approve -var=size=s-1vcpu-1gb");
    assert!(said.contains("Resources: 1 added, 0 changed, 0 destroyed"), "{said}");
}
