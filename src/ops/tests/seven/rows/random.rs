//! Rows of the `random` types.

use super::ALL_REPLACE;
use super::Row;
use super::STATE_ONLY;

fn random(ty: &'static str) -> Row {
    Row {
        ty,
        needs: "",
        made_at: None,
        base: "",
        update: Err(ALL_REPLACE),
        replace: Err(""),
        import: Err("cannot be imported"),
        changed: Err(STATE_ONLY),
        gone: Err(STATE_ONLY),
    }
}

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row {
            base: "length = 8",
            update: Ok("length = 8\nkeepers = { a = null }"),
            replace: Ok(("length = 9", &["length"])),
            import: Ok((|lab| lab.of_it("random_bytes", "base64"), &[])),
            ..random("random_bytes")
        },
        Row {
            base: "byte_length = 8\nprefix = \"p-\"",
            update: Ok("byte_length = 8\nprefix = \"p-\"\nkeepers = { a = null }"),
            replace: Ok(("byte_length = 9\nprefix = \"q-\"", &["byte_length", "prefix"])),
            import: Ok((|lab| format!("p-,{}", lab.of_it("random_id", "id")), &[])),
            ..random("random_id")
        },
        Row {
            base: "min = 1\nmax = 1000000",
            update: Ok("min = 1\nmax = 1000000\nkeepers = { a = null }"),
            replace: Ok(("min = 1\nmax = 2000000", &["max"])),
            import: Ok((|lab| format!("{},1,1000000", lab.of_it("random_integer", "id")), &[])),
            ..random("random_integer")
        },
        Row {
            base: "length = 20",
            update: Ok("length = 20\nkeepers = { a = null }"),
            replace: Ok(("length = 20\nspecial = false", &["special"])),
            import: Ok((|lab| lab.of_it("random_password", "result"), &[])),
            ..random("random_password")
        },
        Row {
            base: "length = 2",
            update: Ok("length = 2\nkeepers = { a = null }"),
            replace: Ok(("length = 3", &["length"])),
            ..random("random_pet")
        },
        Row {
            base: "input = [\"a\", \"b\", \"c\"]",
            update: Ok("input = [\"a\", \"b\", \"c\"]\nkeepers = { a = null }"),
            replace: Ok(("input = [\"a\", \"b\"]", &["input"])),
            ..random("random_shuffle")
        },
        Row {
            base: "length = 20",
            update: Ok("length = 20\nkeepers = { a = null }"),
            replace: Ok(("length = 21", &["length"])),
            import: Ok((|lab| lab.of_it("random_string", "result"), &[])),
            ..random("random_string")
        },
        Row {
            base: "",
            update: Ok("keepers = { a = null }"),
            replace: Ok(("keepers = { a = \"b\" }", &["keepers"])),
            import: Ok((|lab| lab.of_it("random_uuid", "id"), &[])),
            ..random("random_uuid")
        },
    ]
}
