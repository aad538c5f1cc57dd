//! Rows of the small vendors: `terraform`, `tls`, `local`.

use futures::FutureExt;

use super::ALL_REPLACE;
use super::Row;
use super::STATE_ONLY;

fn file(ty: &'static str) -> Row {
    Row {
        ty,
        needs: "",
        made_at: None,
        base: "filename = \"made/it\"\ncontent = \"one\"",
        update: Err(ALL_REPLACE),
        replace: Ok(("filename = \"made/other\"\ncontent = \"one\"", &["filename"])),
        import: Err("cannot be imported"),
        changed: Err("a file with another content is not ours any more, so it counts as gone"),
        gone: Ok(|lab| async { std::fs::write(lab.root().join("made/it"), "two").expect("it is there") }.boxed()),
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            ty: "terraform_data",
            needs: "",
            made_at: None,
            base: "input = \"one\"",
            update: Ok("input = \"two\""),
            replace: Ok(("input = \"one\"\ntriggers_replace = 1", &["triggers_replace"])),
            // An import knows the id alone.
            import: Ok((|lab| lab.of_it("terraform_data", "id"), &["input", "output"])),
            changed: Err(STATE_ONLY),
            gone: Err(STATE_ONLY),
        },
        Row {
            ty: "tls_private_key",
            needs: "",
            made_at: None,
            base: "algorithm = \"ED25519\"",
            update: Err(ALL_REPLACE),
            replace: Ok(("algorithm = \"ECDSA\"\necdsa_curve = \"P256\"", &["algorithm", "ecdsa_curve"])),
            import: Err("cannot be imported"),
            changed: Err(STATE_ONLY),
            gone: Err(STATE_ONLY),
        },
        file("local_file"),
        file("local_sensitive_file"),
    ]
}
