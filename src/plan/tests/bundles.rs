//! Bundles: what is drawn together.

use super::Trial;

#[test]
fn one_host_is_one_bundle_and_what_makes_room_another() {
    let text = r#"
        resource "host_directory" "d" {
          host = "h"
          path = "/d"
        }
        resource "host_file" "f" {
          count   = 3
          host    = "h"
          path    = "/d/${count.index}"
          content = host_directory.d.id
        }
        resource "host_file" "g" {
          host    = "h"
          path    = "/g"
          content = host_file.f[0].id
        }
    "#;
    assert_eq!(
        Trial::new(text).plan().bundles(),
        [
            vec!["Create host_directory.d"],
            vec!["Create host_file.f[0]", "Create host_file.f[1]", "Create host_file.f[2]", "Create host_file.g"],
        ]
    );
}

#[test]
fn a_host_that_others_wait_for_goes_first_and_nothing_is_torn_apart() {
    // Of `a` everything can go at once; one file of `b` waits for a file of `a`, by way of a carrier for two.
    let text = r#"
        resource "host_file" "b" {
          host = "b"
          path = "/1"
        }
        resource "host_file" "a" {
          count = 2
          host  = "c"
          path  = "/${count.index}"
        }
        resource "host_file" "late" {
          count   = 2
          host    = "b"
          path    = "/late/${count.index}"
          content = join(",", host_file.a[*].id)
        }
    "#;
    let tried = Trial::new(text).plan();
    assert_eq!(
        tried.bundles(),
        [
            vec!["Create host_file.a[0]", "Create host_file.a[1]"],
            vec!["Create host_file.b", "Create host_file.late[0]", "Create host_file.late[1]"],
        ]
    );
    let late: Vec<String> =
        tried.order().into_iter().filter(|line| line.starts_with("Create host_file.late[0]")).collect();
    assert_eq!(late, ["Create host_file.late[0] < Create host_file.a[0], Create host_file.a[1]"]);
}

#[test]
fn a_carrier_between_members_is_taken_up_with_what_it_waits_for_outside() {
    // All of `late` wait, through one carrier, for files of their own host and for a network.
    let text = r#"
        resource "acme_net" "n" {}
        resource "host_file" "a" {
          count = 2
          host  = "h"
          path  = "/${count.index}"
        }
        resource "host_file" "late" {
          count   = 2
          host    = "h"
          path    = "/late/${count.index}"
          content = join(",", concat(host_file.a[*].id, [acme_net.n.id]))
        }
        resource "acme_vm" "v" { net = host_file.late[0].id }
    "#;
    let tried = Trial::new(text).plan();
    assert_eq!(
        tried.bundles(),
        [vec![
            "Create host_file.a[0]",
            "Create host_file.a[1]",
            "Create host_file.late[0]",
            "Create host_file.late[1]"
        ]]
    );
    let others = "Create host_file.a[0], Create host_file.a[1], Create host_file.late[0], Create host_file.late[1]";
    let order = tried.order();
    assert!(order.contains(&"Create host_file.late[0] < Create acme_net.n".to_owned()), "{order:?}");
    assert!(order.contains(&format!("Create acme_vm.v < {others}")), "{order:?}");
}

#[test]
fn why_a_host_is_come_back_to_is_told() {
    let text = r#"
        resource "host_file" "a" {
          host = "h"
          path = "/a"
        }
        resource "host_file" "b" {
          host    = "other"
          path    = "/b"
          content = host_file.a.id
        }
        resource "acme_net" "n" { name = host_file.b.id }
        resource "host_file" "c" {
          host    = "h"
          path    = "/c"
          content = acme_net.n.id
        }
    "#;
    let tried = Trial::new(text).plan();
    assert_eq!(tried.bundles(), [vec!["Create host_file.a"], vec!["Create host_file.b"], vec!["Create host_file.c"]]);
    let plan = &tried.sound().plan;
    let name = |at: usize| plan.changes[at].addr.to_string();
    let told = plan.steps.commands.iter().map(|host| {
        let detours = host.detours.iter().map(|detour| {
            format!(
                " {} < {} < {}",
                name(detour.change),
                name(detour.waits_for),
                detour.back_to.map_or_else(String::new, name)
            )
        });
        format!("{}: {}{}", host.name, host.count(), detours.collect::<String>())
    });
    assert_eq!(told.collect::<Vec<_>>(), ["h: 2 host_file.c < acme_net.n < host_file.a", "other: 1"]);
}

#[test]
fn two_hosts_that_wait_for_each_other_tell_for_whom() {
    // Neither way leads back: whoever goes first has to come again.
    let text = r#"
        resource "host_file" "early" {
          count = 2
          host  = "h${count.index}"
          path  = "/early"
        }
        resource "host_file" "late" {
          count   = 2
          host    = "h${count.index}"
          path    = "/late"
          content = join(",", host_file.early[*].id)
        }
    "#;
    let tried = Trial::new(text).plan();
    let plan = &tried.sound().plan;
    let name = |at: usize| plan.changes[at].addr.to_string();
    let detours = plan.steps.commands.iter().flat_map(|host| &host.detours);
    let told = detours.map(|detour| (name(detour.change), name(detour.waits_for), detour.back_to)).collect::<Vec<_>>();
    assert_eq!(told, [("host_file.late[0]".to_owned(), "host_file.early[1]".to_owned(), None)]);
    assert_eq!(plan.steps.commands.iter().map(|host| host.bundles).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn hosts_do_not_wait_for_each_other_where_all_goes() {
    // What the state knows is only which resource depends on which. A file that is on one host alone all may depend on.
    let text = r#"
        resource "host_file" "shared" {
          host = "cache"
          path = "/shared"
        }
        resource "host_file" "early" {
          count   = 2
          host    = "h${count.index}"
          path    = "/early"
          content = host_file.shared.id
        }
        resource "host_file" "late" {
          count   = 2
          host    = "h${count.index}"
          path    = "/late"
          content = host_file.early[count.index].id
        }
    "#;
    let tried = Trial::new("").after(text).plan();
    let on = |host: usize| vec![format!("Delete host_file.late[{host}]"), format!("Delete host_file.early[{host}]")];
    assert_eq!(tried.bundles(), [on(0), on(1), vec!["Delete host_file.shared".to_owned()]]);
}
