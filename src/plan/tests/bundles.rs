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
