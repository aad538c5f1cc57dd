//! Rows of Neon's types.

use futures::FutureExt;
use serde_json::json;

use super::super::super::Lab;
use super::ALL_REPLACE;
use super::Row;

const PROJECT: &str = r#"
    resource "neon_project" "need" {
      name = "need"
    }
"#;

const BRANCH: &str = r#"
    resource "neon_project" "need" {
      name = "need"
    }
    resource "neon_branch" "need" {
      project_id = neon_project.need.id
      name       = "need"
    }
"#;

const ROLE: &str = r#"
    resource "neon_project" "need" {
      name = "need"
    }
    resource "neon_branch" "need" {
      project_id = neon_project.need.id
      name       = "need"
    }
    resource "neon_endpoint" "need" {
      project_id = neon_project.need.id
      branch_id  = neon_branch.need.id
    }
    resource "neon_role" "need" {
      project_id = neon_project.need.id
      branch_id  = neon_project.need.default_branch_id
      name       = "need"
    }
"#;

const ONLY_A_NAME: &str = "its name is all that can be set";

/// The path of a type's instance `it`, which has its own id below the project's.
fn path(lab: &Lab, ty: &str, collection: &str) -> String {
    let id = lab.of_it(ty, "id");
    let own = id.rsplit('/').next().unwrap_or_default().to_owned();
    format!("projects/{}/{collection}/{own}", lab.of_it(ty, "project_id"))
}

/// The path of something in a branch, by its name.
fn named(lab: &Lab, ty: &str, collection: &str) -> String {
    let (project, branch, name) = (lab.of_it(ty, "project_id"), lab.of_it(ty, "branch_id"), lab.of_it(ty, "name"));
    format!("projects/{project}/branches/{branch}/{collection}/{name}")
}

async fn delete(lab: &Lab, path: &str) {
    lab.neon("DELETE", path, json!(null)).await;
    lab.wait(120).await;
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            ty: "neon_project",
            needs: "",
            made_at: Some("/api/v2/projects"),
            base: "name = \"it\"\nregion_id = \"aws-eu-central-1\"\nallowed_ips = [\"10.0.0.0/8\"]",
            update: Ok(r#"
                name                      = "changed"
                region_id                 = "aws-eu-central-1"
                history_retention_seconds = 3600
                branch {
                  name          = "prod"
                  database_name = "shop"
                }
                quota {
                  active_time_seconds = 36000
                }
                maintenance_window {
                  weekdays   = [6, 7]
                  start_time = "03:00"
                  end_time   = "04:00"
                }
            "#),
            replace: Ok((
                "name = \"it\"\nregion_id = \"aws-us-east-1\"\nallowed_ips = [\"10.0.0.0/8\"]",
                &["region_id"],
            )),
            import: Ok((|lab| lab.of_it("neon_project", "id"), &[])),
            changed: Ok((
                |lab| {
                    async {
                        let path = format!("projects/{}", lab.of_it("neon_project", "id"));
                        let settings = json!({"allowed_ips": {"ips": ["0.0.0.0/0"]}});
                        lab.neon("PATCH", &path, json!({"project": {"settings": settings}})).await;
                        lab.wait(60).await;
                    }
                    .boxed()
                },
                &["allowed_ips"],
            )),
            gone: Ok(|lab| {
                async { delete(lab, &format!("projects/{}", lab.of_it("neon_project", "id"))).await }.boxed()
            }),
        },
        Row {
            ty: "neon_branch",
            needs: PROJECT,
            made_at: Some("/branches"),
            base: "project_id = neon_project.need.id\nname = \"it\"\nprotected = \"no\"",
            update: Ok("project_id = neon_project.need.id\nname = \"changed\"\nprotected = \"yes\""),
            replace: Ok((
                "project_id = neon_project.need.id\nname = \"other\"\nprotected = \"no\"\ninit_source = \"schema-only\"",
                &["init_source"],
            )),
            import: Ok((
                |lab| format!("{}/{}", lab.of_it("neon_branch", "project_id"), lab.of_it("neon_branch", "id")),
                &[],
            )),
            changed: Ok((
                |lab| {
                    async {
                        let path = path(lab, "neon_branch", "branches");
                        lab.neon("PATCH", &path, json!({"branch": {"name": "renamed"}})).await;
                        lab.wait(60).await;
                    }
                    .boxed()
                },
                &["name"],
            )),
            gone: Ok(|lab| async { delete(lab, &path(lab, "neon_branch", "branches")).await }.boxed()),
        },
        Row {
            ty: "neon_endpoint",
            needs: BRANCH,
            made_at: Some("/endpoints"),
            base: r#"
                project_id               = neon_project.need.id
                branch_id                = neon_branch.need.id
                autoscaling_limit_min_cu = 0.25
                autoscaling_limit_max_cu = 2
            "#,
            update: Ok(r#"
                project_id               = neon_project.need.id
                branch_id                = neon_branch.need.id
                autoscaling_limit_min_cu = 0.5
                autoscaling_limit_max_cu = 4
                suspend_timeout_seconds  = 600
                pg_settings              = { max_connections = "200" }
            "#),
            replace: Ok((
                r#"
                project_id               = neon_project.need.id
                branch_id                = neon_branch.need.id
                type                     = "read_only"
                autoscaling_limit_min_cu = 0.25
                autoscaling_limit_max_cu = 2
            "#,
                &["type"],
            )),
            import: Ok((
                |lab| format!("{}/{}", lab.of_it("neon_endpoint", "project_id"), lab.of_it("neon_endpoint", "id")),
                &[],
            )),
            changed: Ok((
                |lab| {
                    async {
                        let path = path(lab, "neon_endpoint", "endpoints");
                        lab.neon("PATCH", &path, json!({"endpoint": {"autoscaling_limit_max_cu": 1}})).await;
                        lab.wait(60).await;
                    }
                    .boxed()
                },
                &["autoscaling_limit_max_cu"],
            )),
            gone: Ok(|lab| async { delete(lab, &path(lab, "neon_endpoint", "endpoints")).await }.boxed()),
        },
        Row {
            ty: "neon_role",
            needs: PROJECT,
            made_at: Some("/roles"),
            base: "project_id = neon_project.need.id\nbranch_id = neon_project.need.default_branch_id\nname = \"it\"",
            update: Err(ALL_REPLACE),
            replace: Ok((
                "project_id = neon_project.need.id\nbranch_id = neon_project.need.default_branch_id\nname = \"other\"",
                &["name"],
            )),
            import: Ok((|lab| lab.of_it("neon_role", "id"), &[])),
            changed: Err(ONLY_A_NAME),
            gone: Ok(|lab| async { delete(lab, &named(lab, "neon_role", "roles")).await }.boxed()),
        },
        Row {
            ty: "neon_database",
            needs: ROLE,
            made_at: Some("/databases"),
            base: r#"
                project_id = neon_project.need.id
                branch_id  = neon_project.need.default_branch_id
                name       = "it"
                owner_name = neon_project.need.database_user
            "#,
            update: Ok(r#"
                project_id = neon_project.need.id
                branch_id  = neon_project.need.default_branch_id
                name       = "changed"
                owner_name = neon_role.need.name
            "#),
            replace: Ok((
                r#"
                project_id = neon_project.need.id
                branch_id  = neon_endpoint.need.branch_id
                name       = "other"
                owner_name = neon_project.need.database_user
            "#,
                &["branch_id"],
            )),
            import: Ok((
                |lab| {
                    let of = |name| lab.of_it("neon_database", name);
                    format!("{}/{}/{}", of("project_id"), of("branch_id"), of("name"))
                },
                &[],
            )),
            changed: Ok((
                |lab| {
                    async {
                        let path = named(lab, "neon_database", "databases");
                        lab.neon("PATCH", &path, json!({"database": {"name": "renamed", "owner_name": "need"}})).await;
                        lab.wait(60).await;
                    }
                    .boxed()
                },
                &["name", "owner_name"],
            )),
            gone: Ok(|lab| async { delete(lab, &named(lab, "neon_database", "databases")).await }.boxed()),
        },
        Row {
            ty: "neon_project_permission",
            needs: PROJECT,
            made_at: Some("/permissions"),
            base: "project_id = neon_project.need.id\ngrantee = \"it@acme.test\"",
            update: Err(ALL_REPLACE),
            replace: Ok(("project_id = neon_project.need.id\ngrantee = \"other@acme.test\"", &["grantee"])),
            import: Ok((|lab| lab.of_it("neon_project_permission", "id"), &[])),
            changed: Err("whom it was given to is all that can be set"),
            gone: Ok(|lab| async { delete(lab, &path(lab, "neon_project_permission", "permissions")).await }.boxed()),
        },
    ]
}
