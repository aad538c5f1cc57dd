//! Waves, and that they never close a circle.

use super::Trial;
use super::trial::Tried;

/// Machines in a fixed number whose size is a number of the text.
fn machines(width: &str, size: u8) -> String {
    format!(
        r#"
        resource "acme_vm" "a" {{
          count = 5
          size  = {size}
          lifecycle {{ max_unavailable = {width} }}
        }}
        "#
    )
}

#[test]
fn a_failure_in_a_wave_stops_all_later_waves() {
    for (width, stopped) in [(1, "1 2 3 4"), (2, "2 3 4"), (3, "3 4"), (9, "")] {
        let tried = Trial::new(&machines(&width.to_string(), 2)).after(&machines("1", 1)).plan();
        let names: Vec<String> = stopped.split_whitespace().map(|at| format!("Update acme_vm.a[{at}]")).collect();
        assert_eq!(tried.stopped_by("Update acme_vm.a[0]"), names, "a width of {width}");
    }
}

/// How many of how many may be out of service at once, by the first of the changes.
fn told(tried: &Tried) -> Vec<String> {
    let plan = &tried.sound().plan;
    let line = |wave: &crate::plan::Wave| {
        let width = wave.width.map_or("any".to_owned(), |width| width.to_string());
        format!("{}: {} change, {width} of {}", plan.changes[wave.changes[0]].addr, wave.changes.len(), wave.instances)
    };
    plan.steps.waves.iter().map(line).collect()
}

#[test]
fn a_plan_tells_how_many_instances_may_be_out_of_service() {
    let of = |width: &str| told(&Trial::new(&machines(width, 2)).after(&machines("1", 1)).plan());
    assert_eq!(of("2"), ["acme_vm.a[0]: 5 change, 2 of 5"]);
    // Those that come, go or stay as they are take no part.
    let config = |count: u8, first: u8| {
        let size = format!("count.index == 0 ? {first} : 1");
        format!(
            "resource \"acme_vm\" \"a\" {{\n  count = {count}\n  size  = {size}\n  lifecycle {{ max_unavailable = 1 }}\n}}\n"
        )
    };
    assert_eq!(told(&Trial::new(&config(3, 2)).after(&config(5, 1)).plan()), ["acme_vm.a[0]: 1 change, 1 of 3"]);
    assert_eq!(told(&Trial::new(&config(5, 2)).after(&config(3, 1)).plan()), ["acme_vm.a[0]: 1 change, 1 of 3"]);
    // Without a limit there is no promise.
    let free = machines("1", 2).replace("max_unavailable = 1", "");
    assert_eq!(told(&Trial::new(&free).after(&machines("1", 1)).plan()), ["acme_vm.a[0]: 5 change, any of 5"]);
    assert_eq!(told(&Trial::new(&machines("1", 1)).after(&machines("1", 1)).plan()), [""; 0]);
}

#[test]
fn waves_close_no_circle_with_what_is_replaced_further_down() {
    let config = |value: u8| {
        format!(
            r#"
            resource "acme_vm" "x" {{ image = "{value}" }}
            resource "acme_vm" "c" {{ net = acme_vm.x.id }}
            resource "host_file" "b" {{
              count   = 2
              host    = "h${{count.index}}"
              path    = "/{value}"
              content = acme_vm.c.net
            }}
            "#
        )
    };
    let tried = Trial::new(&config(2)).after(&config(1)).plan();
    assert_eq!(
        tried.order(),
        [
            "Create acme_vm.x < Delete acme_vm.x",
            "Create host_file.b[0] < Delete host_file.b[0], Update acme_vm.c",
            "Create host_file.b[1] < Delete host_file.b[1], Update acme_vm.c",
            "Delete acme_vm.x < Delete host_file.b[0], Delete host_file.b[1]",
            "Delete host_file.b[0]",
            "Delete host_file.b[1]",
            "Update acme_vm.c < Create acme_vm.x",
        ]
    );
    // There was no moment for waves, so nothing is promised.
    assert_eq!(told(&tried).last().unwrap(), "host_file.b[0]: 2 change, any of 2");
    assert!(tried.sound().plan.steps.order.order().is_some());
}

#[test]
fn what_goes_for_good_and_is_depended_on_by_what_needs_its_dependency_closes_no_circle() {
    // `b` pointed to `x` and now points to `y`; `x` goes, and `y`, on which `x` rests, is replaced: `y` cannot come anew
    // before `x` is gone, nor `b` let go of `x` before `y` is there.
    let before = r#"
        resource "acme_vm" "y" { image = "1" }
        resource "acme_vm" "x" { net = acme_vm.y.id }
        resource "acme_vm" "b" { net = acme_vm.x.id }
    "#;
    let after = r#"
        resource "acme_vm" "y" { image = "2" }
        resource "acme_vm" "b" { net = acme_vm.y.id }
    "#;
    let tried = Trial::new(after).after(before).plan();
    assert_eq!(
        tried.order(),
        [
            "Create acme_vm.y < Delete acme_vm.y",
            "Delete acme_vm.x",
            "Delete acme_vm.y < Delete acme_vm.x",
            "Update acme_vm.b < Create acme_vm.y",
        ]
    );
}

#[test]
fn a_width_that_will_not_do_is_an_error() {
    for (width, detail) in [
        (
            "0",
            "The given \"max_unavailable\" argument value is unsuitable: value must be a whole number of at least 1.",
        ),
        (
            "-1",
            "The given \"max_unavailable\" argument value is unsuitable: value must be a whole number of at least 1.",
        ),
        (
            "1.5",
            "The given \"max_unavailable\" argument value is unsuitable: value must be a whole number of at least 1.",
        ),
        ("\"many\"", "The given \"max_unavailable\" argument value is unsuitable: a number is required."),
        ("null", "The given \"max_unavailable\" argument value is null. An integer is required."),
    ] {
        let tried = Trial::new(&machines(width, 1)).plan();
        assert_eq!(tried.problems(), ["Error: Invalid max_unavailable argument"], "{width}");
        assert_eq!(tried.details(), [detail]);
    }
    let unknown = "resource \"acme_net\" \"n\" {}\n".to_owned() + &machines("length(acme_net.n.id)", 1);
    let tried = Trial::new(&unknown).plan();
    assert_eq!(tried.problems(), ["Error: Invalid max_unavailable argument"]);
    assert!(tried.details()[0].contains("cannot be determined until apply"), "{:?}", tried.details());
}

#[test]
fn each_module_instance_has_its_own_width() {
    let root = |size: u8| {
        format!(
            r#"
            module "m" {{
              source   = "./m"
              for_each = {{ one = 1, two = 2 }}
              width    = each.value
              size     = {size}
            }}
            "#
        )
    };
    let module = r#"
        variable "width" {}
        variable "size" {}
        resource "acme_vm" "a" {
          count = 3
          size  = var.size
          lifecycle { max_unavailable = var.width }
        }
    "#;
    let of = |size| Trial::of([("main.infra.hcl", &*root(size)), ("m/main.tf", module)]);
    let tried = of(2).after_trial(&of(1)).plan();
    let begun = |key: &str| tried.stopped_by(&format!("Update module.m[\"{key}\"].acme_vm.a[0]")).len();
    assert_eq!((begun("one"), begun("two")), (2, 1));
}
