//! Bodies against schemas.

use super::world::Values;
use super::world::World;
use super::world::problems;
use crate::diag::Diagnostics;
use crate::eval::decode;
use crate::eval::render::with_pure_cx;
use crate::eval::span_of;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::number;
use crate::schema::string;
use crate::value::Path;
use crate::value::Type;
use crate::value::Value;

fn schema() -> Schema {
    let port = || [("port", number().required()), ("open", boolean())];
    Schema::new([
        ("name", string().required()),
        ("tags", crate::schema::list(Type::STRING)),
        ("id", string().computed()),
    ])
    .block("rule", NestedBlock::list(port()).max(2))
    .block("spare", NestedBlock::set(port()))
    .block("main", NestedBlock::single(port()))
    .block("named", NestedBlock::new(Nesting::Map, crate::schema::Block::new(port())))
}

/// Decodes a resource's body; `var.u` is unknown, `var.s` sensitive.
fn decoded(body: &str) -> (String, Vec<String>) {
    let text = format!("variable \"s\" {{}}\nvariable \"u\" {{}}\nresource \"acme_vm\" \"a\" {{\n{body}\n}}\n");
    let world = World::new(&text);
    assert_eq!(world.problems(), Vec::<String>::new(), "{body}");
    with_pure_cx(|cx| {
        let mut values = Values::new(&world, cx);
        values.variables.insert(0, Value::list(Type::STRING, vec!["x".into()]).sensitive());
        values.variables.insert(1, Value::unknown(Type::list(Type::NUMBER)));
        let mut diags = Diagnostics::new();
        let resource = &world.module.resources[0];
        let value = world.evaluate(&values, &mut diags, |evaluator| {
            decode(&world.module, resource.body, &schema(), resource.span, evaluator)
        });
        assert!(value.contains_marked() || value.ty() == schema().ty(), "{value:?}");
        (format!("{value:?}"), problems(&diags))
    })
}

#[test]
fn bodies_become_objects_of_the_schemas_type() {
    let absent = |rest: &str| {
        format!("{{\"id\": null(string), \"main\": null(object), \"name\": \"n\", \"named\": {{}}, {rest}}}")
    };
    let table = [
        ("name = \"n\"", absent("\"rule\": [], \"spare\": {}, \"tags\": null(list of string)")),
        ("name = \"n\"\ntags = [1]", absent("\"rule\": [], \"spare\": {}, \"tags\": [\"1\"]")),
        (
            "name = \"n\"\nrule {\n  port = \"80\"\n}\nspare {\n  port = 1\n}\nspare {\n  port = 1\n}",
            absent(
                "\"rule\": [{\"open\": null(bool), \"port\": 80}], \"spare\": {{\"open\": null(bool), \"port\": 1}}, \
                 \"tags\": null(list of string)",
            ),
        ),
        (
            "name = \"n\"\ndynamic \"rule\" {\n  for_each = [8, 9]\n  iterator = it\n  content {\n    port = it.value * \
             10 + it.key\n  }\n}",
            absent(
                "\"rule\": [{\"open\": null(bool), \"port\": 80}, {\"open\": null(bool), \"port\": 91}], \"spare\": {}, \
                 \"tags\": null(list of string)",
            ),
        ),
        (
            "name = \"n\"\ndynamic \"spare\" {\n  for_each = var.u\n  content {\n    port = spare.value\n  }\n}",
            absent("\"rule\": [], \"spare\": unknown(set of object), \"tags\": null(list of string)"),
        ),
        (
            "name = \"n\"\ndynamic \"rule\" {\n  for_each = var.s\n  content {\n    port = 1\n  }\n}",
            absent(
                "\"rule\": [{\"open\": (sensitive), \"port\": (sensitive)}], \"spare\": {}, \"tags\": null(list of \
                 string)",
            ),
        ),
    ];
    for (body, expected) in table {
        assert_eq!(decoded(body), (expected, vec![]), "{body}");
    }
    let labelled = "name = \"n\"\nnamed \"k\" {\n  port = 1\n}\ndynamic \"named\" {\n  for_each = [2]\n  labels = \
                    [\"l${named.value}\"]\n  content {\n    port = 2\n  }\n}";
    let (value, found) = decoded(labelled);
    assert_eq!(found, Vec::<String>::new());
    assert!(value.contains(r#""named": {"k": {"open": null(bool), "port": 1}, "l2": {"#), "{value}");
}

#[test]
fn what_the_schema_does_not_allow_is_reported() {
    for (body, expected) in [
        ("", "Missing required argument: The argument \"name\" is required, but no definition was found."),
        ("name = null", "Missing required argument: The argument \"name\" is required, but no definition was found."),
        ("name = []", "Incorrect attribute value type: Inappropriate value for attribute \"name\": string required."),
        (
            "name = \"n\"\nid = \"x\"",
            "Value for unconfigurable attribute: Can't configure a value for \"id\": its value will be decided \
             automatically based on the result of applying this configuration.",
        ),
        (
            "name = \"n\"\ntag = []",
            "Unsupported argument: An argument named \"tag\" is not expected here. Did you mean \"tags\"?",
        ),
        (
            "name = \"n\"\nrule = []",
            "Unsupported argument: An argument named \"rule\" is not expected here. Did you mean to define a block of \
             type \"rule\"?",
        ),
        (
            "name = \"n\"\ntags {\n}",
            "Unsupported block type: Blocks of type \"tags\" are not expected here. Did you mean to define argument \
             \"tags\"? If so, use the equals sign to assign it a value.",
        ),
        (
            "name = \"n\"\nmain {\n  port = 1\n}\nmain {\n  port = 2\n}",
            "Duplicate main block: Only one block of type \"main\" is allowed.",
        ),
        (
            "name = \"n\"\ndynamic \"rule\" {\n  for_each = [1, 2, 3]\n  content {\n    port = 1\n  }\n}",
            "Too many rule blocks: No more than 2 \"rule\" blocks are allowed",
        ),
        (
            "name = \"n\"\ndynamic \"rule\" {\n  for_each = 5\n  content {\n    port = 1\n  }\n}",
            "Invalid dynamic for_each value: Cannot use a number value in for_each. An iterable collection is required.",
        ),
        (
            "name = \"n\"\nrule {\n}",
            "Missing required argument: The argument \"port\" is required, but no definition was found.",
        ),
    ] {
        assert_eq!(decoded(body).1, [expected], "{body}");
    }
}

#[test]
fn places_in_the_object_lead_back_to_the_source() {
    let world = World::new(
        "resource \"acme_vm\" \"a\" {\n  name = \"n\"\n  rule {\n    port = 80\n  }\n  rule {\n    port = 81\n  }\n}\n",
    );
    let text = |path: Path| {
        let span = span_of(&world.module, world.module.resources[0].body, &path)?;
        Some(world.sources.get(span.source).slice(span).to_owned())
    };
    assert_eq!(text(Path::of("name")).as_deref(), Some("\"n\""));
    assert_eq!(text(Path::of("rule").index(1).attr("port")).as_deref(), Some("81"));
    assert_eq!(text(Path::of("rule").index(0).attr("open")).as_deref(), Some("rule"));
    assert_eq!(text(Path::of("id")), None);
}
