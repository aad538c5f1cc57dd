//! What a Neon project comes with: taken over by the resources that name it, read by data sources, and left with it.

use std::collections::BTreeSet;

use super::Lab;
use super::lab::lines;
use crate::plan::Options;

const NOTHING: [&str; 0] = [];

const PROJECT: &str = r#"
    resource "neon_project" "p" { name = "shop" }
"#;

/// A resource for each thing that a project comes with.
const CHILDREN: &str = r#"
    resource "neon_branch" "main" {
      project_id = neon_project.p.id
      name       = "main"
    }
    resource "neon_role" "owner" {
      project_id = neon_project.p.id
      branch_id  = neon_branch.main.id
      name       = "neondb_owner"
    }
    resource "neon_database" "db" {
      project_id = neon_project.p.id
      branch_id  = neon_branch.main.id
      name       = "neondb"
      owner_name = neon_role.owner.name
    }
    resource "neon_endpoint" "main" {
      project_id               = neon_project.p.id
      branch_id                = neon_branch.main.id
      autoscaling_limit_max_cu = 4
    }
"#;

async fn at_neon(lab: &Lab) -> BTreeSet<String> {
    lab.census().await.into_iter().filter(|object| object.starts_with("neon")).collect()
}

#[tokio::test]
async fn what_a_project_comes_with_is_taken_over_and_let_go_of() {
    let lab = Lab::new(PROJECT);
    lab.apply().await;
    let alone = at_neon(&lab).await;
    lab.write(&format!("{PROJECT}{CHILDREN}"));
    lab.apply().await;
    assert_eq!(at_neon(&lab).await, alone, "nothing was made");
    assert_eq!(lab.planned().await, NOTHING);
    for (theirs, ours) in [("neon_branch.main", "default_branch_id"), ("neon_endpoint.main", "default_endpoint_id")] {
        assert_eq!(lab.attribute(theirs, "id"), lab.attribute("neon_project.p", ours));
    }
    let password = |addr: &str, name: &str| lab.attribute(addr, name).unmark_deep().0;
    assert_eq!(password("neon_role.owner", "password"), password("neon_project.p", "database_password"));
    let max = lab.attribute("neon_endpoint.main", "autoscaling_limit_max_cu");
    assert_eq!(max.as_i64(), Some(4), "what is configured is brought about");
    // Without their blocks they are let go of, which is said.
    lab.write(PROJECT);
    let (planned, diags) = lab.plan_with(Options { refresh: true, ..Options::default() }).await;
    let planned = planned.unwrap();
    assert_eq!(
        lines(&planned),
        ["Forget neon_branch.main", "Forget neon_database.db", "Forget neon_endpoint.main", "Forget neon_role.owner"]
    );
    let said: BTreeSet<_> = diags.iter().map(|d| &*d.summary).collect();
    assert_eq!((diags.iter().count(), said), (4, BTreeSet::from(["Object is not removed"])));
    lab.perform(planned).await;
    assert_eq!(at_neon(&lab).await, alone, "all of it is still there");
    assert_eq!(lab.addresses(), ["neon_project.p"]);
    assert_eq!(lab.planned().await, NOTHING);
}

#[tokio::test]
async fn a_project_and_what_it_comes_with_are_made_in_one_go_and_go_in_one() {
    let lab = Lab::new(&format!("{PROJECT}{CHILDREN}"));
    lab.apply().await;
    assert_eq!(lab.planned().await, NOTHING);
    lab.destroy().await;
    assert_eq!(at_neon(&lab).await, BTreeSet::new());
    assert_eq!(lab.addresses(), NOTHING);
}

#[tokio::test]
async fn an_adopted_role_of_another_name_is_a_new_one_and_the_old_one_stays() {
    let with = |name: &str| {
        format!(
            "{PROJECT}resource \"neon_role\" \"r\" {{\nproject_id = neon_project.p.id\n\
             branch_id = neon_project.p.default_branch_id\nname = \"{name}\"\n}}\n"
        )
    };
    let lab = Lab::new(&with("neondb_owner"));
    lab.apply().await;
    let before = at_neon(&lab).await;
    lab.write(&with("app"));
    assert_eq!(lab.planned().await, ["DeleteThenCreate neon_role.r"]);
    lab.apply().await;
    let after = at_neon(&lab).await;
    assert!(after.is_superset(&before) && after.len() == before.len() + 1, "{after:?}");
    // The new one was made here, so it goes with its block.
    lab.write(PROJECT);
    assert_eq!(lab.planned().await, ["Delete neon_role.r"]);
    lab.apply().await;
    assert_eq!(at_neon(&lab).await, before);
}

#[tokio::test]
async fn everything_of_a_project_can_be_read() {
    let lab = Lab::new(
        r#"
        resource "neon_project" "p" { name = "shop" }
        locals {
          project = neon_project.p.id
          branch  = neon_project.p.default_branch_id
        }
        data "neon_project" "it" { id = local.project }
        data "neon_branch" "it" { project_id = local.project }
        data "neon_branches" "it" { project_id = local.project }
        data "neon_endpoint" "it" {
          project_id = local.project
          branch_id  = local.branch
        }
        data "neon_branch_endpoints" "it" {
          project_id = local.project
          branch_id  = local.branch
        }
        data "neon_branch_roles" "it" {
          project_id = local.project
          branch_id  = local.branch
        }
        data "neon_role" "it" {
          project_id = local.project
          branch_id  = local.branch
          name       = neon_project.p.database_user
        }
        data "neon_branch_role_password" "it" {
          project_id = local.project
          branch_id  = local.branch
          role_name  = neon_project.p.database_user
        }
        data "neon_database" "it" {
          project_id = local.project
          branch_id  = local.branch
          name       = "neondb"
        }
        data "neon_connection_uri" "it" {
          project_id    = local.project
          database_name = "neondb"
          role_name     = neon_project.p.database_user
          pooled        = true
        }
        data "neon_project_permissions" "it" { project_id = local.project }
        output "same" {
          value = nonsensitive(alltrue([
            data.neon_project.it.connection_uri == neon_project.p.connection_uri,
            data.neon_branch.it.id == local.branch,
            data.neon_branches.it.branches[*].id == tolist([local.branch]),
            data.neon_endpoint.it.id == neon_project.p.default_endpoint_id,
            data.neon_branch_endpoints.it.endpoints[0].host_pooler == neon_project.p.database_host_pooler,
            data.neon_branch_roles.it.roles[*].name == tolist([neon_project.p.database_user]),
            data.neon_role.it.password == neon_project.p.database_password,
            data.neon_branch_role_password.it.password == neon_project.p.database_password,
            data.neon_database.it.owner_name == neon_project.p.database_user,
            startswith(data.neon_connection_uri.it.uri, split("?", neon_project.p.connection_uri_pooler)[0]),
            length(data.neon_project_permissions.it.permissions) == 0,
          ]))
        }
        "#,
    );
    let applied = lab.apply().await;
    assert_eq!(format!("{:?}", applied.snapshot.outputs["same"].value), "true");
    assert_eq!(lab.planned().await, NOTHING);
}
