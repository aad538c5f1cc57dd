use super::*;
use crate::schema::Equality;
use crate::schema::ObjectExt;
use crate::schema::any;
use crate::schema::string;
use crate::value::Type;

fn object(name: &str, region: &str) -> Object {
    Object::new([(Str::from("name"), Value::from(name)), (Str::from("region"), Value::from(region))])
}

#[test]
fn an_instance_is_replaced_only_for_a_reason() {
    let host = any().equality(Equality::Semantic(|a, b| a.is_known() && b.is_known())).followed();
    let schema =
        Schema::new([("name", string().required()), ("region", string().required().replaces()), ("host", host)]);
    let none = Wishes::default();
    let chosen = |prior: &Object, planned: &Object, wishes| {
        action(&schema, prior, planned, &replace_paths(&schema, prior, planned, Vec::new()), wishes)
    };
    let prior = object("a", "x");
    assert_eq!(chosen(&prior, &object("a", "x"), none), (Action::NoOp, None));
    assert_eq!(chosen(&prior, &object("b", "x"), none), (Action::Update, None));
    let hosted = |host: &str| object("a", "x").set("host", host);
    assert_eq!(chosen(&hosted("one way"), &hosted("another"), none), (Action::NoOp, None), "it is only recorded");
    assert_eq!(chosen(&prior, &object("a", "y"), none), (Action::DeleteThenCreate, Some(Reason::CannotUpdate)));
    let first = Wishes { create_first: true, ..none };
    assert_eq!(chosen(&prior, &object("a", "y"), first), (Action::CreateThenDelete, Some(Reason::CannotUpdate)));
    let tainted = Wishes { tainted: true, ..none };
    assert_eq!(chosen(&prior, &object("a", "x"), tainted), (Action::DeleteThenCreate, Some(Reason::Tainted)));
    let triggered = Wishes { triggered: true, ..none };
    assert_eq!(chosen(&prior, &object("a", "x"), triggered), (Action::DeleteThenCreate, Some(Reason::Triggered)));
}

#[test]
fn an_unknown_counts_as_a_change_and_may_become_anything() {
    let unknown =
        Object::new([(Str::from("name"), Value::from("a")), (Str::from("region"), Value::unknown(Type::STRING))]);
    let schema = Schema::new([("name", string()), ("region", string().replaces())]);
    assert_eq!(replace_paths(&schema, &object("a", "x"), &unknown, Vec::new()), [Path::of("region")]);
    let whole = |object: Object| Value::Object(std::sync::Arc::new(object));
    assert_eq!(contradiction(&whole(unknown.clone()), &whole(object("a", "z"))), None);
    assert_eq!(contradiction(&whole(unknown), &whole(object("b", "z"))), Some(Path::of("name")));
}

#[test]
fn a_demanded_replacement_counts_only_where_something_differs() {
    let schema = Schema::new([("name", string()), ("region", string())]);
    let demand = vec![Path::of("name"), Path::of("region")];
    let paths = replace_paths(&schema, &object("a", "x"), &object("a", "y"), demand);
    assert_eq!(paths, [Path::of("region")]);
}
