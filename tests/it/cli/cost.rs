//! What a plan costs, and the limit on it.

use super::Folder;

const CONFIG: &str = "\
resource \"digitalocean_droplet\" \"a\" {
  name   = \"a\"
  region = \"fra1\"
  size   = \"s-1vcpu-1gb\"
  image  = \"debian-12-x64\"
}
resource \"digitalocean_volume\" \"v\" {
  name   = \"v\"
  region = \"fra1\"
  size   = 10
}
";

const UNKNOWN: &str = "\
variable \"size\" {
  sensitive = true
  default   = \"gd-2vcpu-8gb\"
}
resource \"digitalocean_database_cluster\" \"open\" {
  name       = \"open\"
  engine     = \"pg\"
  version    = \"16\"
  region     = \"fra1\"
  node_count = 1
  size       = \"gd-4vcpu-16gb\"
}
resource \"digitalocean_database_cluster\" \"secret\" {
  name       = \"secret\"
  engine     = \"pg\"
  version    = \"16\"
  region     = \"fra1\"
  node_count = 1
  size       = var.size
}
resource \"neon_project\" \"p\" {
  name = \"p\"
}
";

/// What is said of the cost.
fn cost(seen: &str) -> Vec<&str> {
    seen.lines().filter(|line| line.contains("Monthly cost") || line.contains("not counted")).collect()
}

#[test]
fn a_plan_shows_what_it_costs_before_and_after() {
    let folder = Folder::with(CONFIG).env("INFRA_SIM", "1");
    let day = "list prices as of 2026-08-20";
    assert_eq!(cost(&folder.stdout("plan")), [format!("Monthly cost: $0.00 -> $7.00 (+$7.00, {day})")]);
    assert_eq!(folder.code("apply -auto-approve"), 0);
    assert_eq!(cost(&folder.stdout("plan")), [format!("Monthly cost: $7.00 -> $7.00 (unchanged, {day})")]);
    assert_eq!(cost(&folder.stdout("plan -destroy")), [format!("Monthly cost: $7.00 -> $0.00 (-$7.00, {day})")]);
    folder.write("own.json", r#"{"monthly": {"volume GiB": 1}}"#);
    let own = folder.stdout("plan -prices=own.json");
    assert!(cost(&own)[0].starts_with("Monthly cost: $16.00 -> $16.00"), "{own}");
}

#[test]
fn what_is_not_known_is_named_and_no_secret_is() {
    let folder = Folder::with(&format!("{CONFIG}{UNKNOWN}")).env("INFRA_SIM", "1");
    let seen = folder.run("plan");
    assert_eq!(
        cost(&seen),
        [
            "Monthly cost: $0.00 -> at least $7.00 (+$7.00, list prices as of 2026-08-20)",
            "  not counted: digitalocean_database_cluster.open (no price is known for database gd-4vcpu-16gb)",
            "  not counted: digitalocean_database_cluster.secret (what its price hangs on is sensitive)",
            "  not counted: neon_project.p (charged by compute hours, storage and history)",
        ]
    );
    assert!(!seen.contains("gd-2vcpu-8gb"), "{seen}");
    let stream = folder.stdout("plan -json");
    assert!(!stream.contains("gd-2vcpu-8gb") && stream.contains("-> at least $7.00"), "{stream}");
    assert_eq!(folder.code("apply -auto-approve"), 0);
    assert!(cost(&folder.stdout("plan -destroy"))[0].starts_with("Monthly cost: at least $7.00 -> $0.00"));
    folder.write("own.json", r#"{"monthly": {"database gd-2vcpu-8gb": 50, "database gd-4vcpu-16gb": 100}}"#);
    let own = folder.stdout("plan -prices=own.json");
    assert!(cost(&own)[0].starts_with("Monthly cost: at least $157.00 -> at least $157.00"), "{own}");
}

#[test]
fn a_plan_above_the_limit_ends_with_3_and_changes_nothing() {
    let folder = Folder::with(CONFIG).env("INFRA_SIM", "1");
    for line in ["plan -max-monthly=6.99", "apply -auto-approve -max-monthly=6.99"] {
        let seen = folder.run(line);
        assert!(seen.ends_with("--- exit 3"), "{seen}");
        assert!(seen.contains("Error: Monthly cost above the limit") && seen.contains("would cost $7.00"), "{seen}");
    }
    assert_eq!(folder.stdout("state list"), "");
    assert_eq!(folder.code("plan -max-monthly=7"), 0);
    assert_eq!(folder.code("apply -auto-approve -max-monthly=7"), 0);
}

#[test]
fn a_limit_is_not_said_to_be_kept_where_a_price_is_not_known() {
    let folder = Folder::with(&format!("{CONFIG}{UNKNOWN}")).env("INFRA_SIM", "1");
    let above = folder.run("plan -max-monthly=5");
    assert!(above.ends_with("--- exit 3") && above.contains("would cost at least $7.00"), "{above}");
    let perhaps = folder.run("plan -max-monthly=100");
    assert!(perhaps.ends_with("--- exit 0"), "{perhaps}");
    assert!(perhaps.contains("Warning: Monthly cost may be above the limit"), "{perhaps}");
    assert!(!folder.run("plan").contains("may be above"));
}
