//! The `filter` and `sort` blocks of data sources that give lists.

use std::cmp::Ordering;

use regex::Regex;

use crate::net::rest::Api;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::NestedBlock;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::boolean;
use crate::schema::list;
use crate::schema::string;
use crate::value::Number;
use crate::value::Object;
use crate::value::Path;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;

/// What a list can be asked for: the keys of its objects by which it can be filtered and sorted.
pub(super) struct Query {
    /// The type of one object.
    pub(super) element: Type,
    pub(super) filters: &'static [&'static str],
    pub(super) sorts: &'static [&'static str],
}

impl Query {
    /// The schema with the two blocks.
    pub(super) fn blocks(schema: Schema) -> Schema {
        let filter = NestedBlock::set([
            ("key", string().required()),
            ("values", list(Type::STRING).required()),
            ("match_by", string().default("exact")),
            ("all", boolean().default(false)),
        ]);
        let sort = NestedBlock::list([("key", string().required()), ("direction", string().default("asc"))]);
        schema.block("filter", filter).block("sort", sort)
    }

    /// What is wrong with the blocks.
    pub(super) fn problems(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (at, filter) in blocks(config, "filter").enumerate() {
            let wrong_key = wrong(filter, "filter", at, "key", self.filters);
            let is_key = wrong_key.is_none();
            problems.extend(wrong_key);
            problems.extend(wrong(filter, "filter", at, "match_by", &["exact", "re", "substring"]));
            if let Err(detail) = self.filter(filter)
                && is_key
            {
                problems.push(problem("filter", at, "values", detail));
            }
        }
        for (at, sort) in blocks(config, "sort").enumerate() {
            problems.extend(wrong(sort, "sort", at, "key", self.sorts));
            problems.extend(wrong(sort, "sort", at, "direction", &["asc", "desc"]));
        }
        problems
    }

    /// The objects that pass the filters, in the order that is asked for.
    pub(super) fn select(&self, api: &Api<'_>, config: &Object, objects: Vec<Object>) -> Result<Value> {
        let filters = blocks(config, "filter").map(|filter| self.filter(filter));
        let filters = filters.collect::<std::result::Result<Vec<_>, _>>();
        let filters = filters.map_err(|problem| ProviderError::refused(api.doing(), problem))?;
        let mut objects = objects;
        objects.retain(|object| filters.iter().all(|filter| filter.lets(object)));
        objects.sort_by(|a, b| order(config, a, b));
        Ok(Value::list(self.element, objects.into_iter().map(|object| Value::Object(object.into())).collect()))
    }

    /// A `filter` block, understood.
    fn filter<'a>(&self, block: &'a Object) -> std::result::Result<Filter<'a>, String> {
        let key = block.str("key").unwrap_or_default();
        let match_by = block.str("match_by").unwrap_or("exact");
        let ty = self.element.attribute(key).map(|attribute| attribute.ty);
        let ty = ty.map(|ty| ty.element().unwrap_or(ty)).filter(|ty| ty.is_primitive()).unwrap_or(Type::STRING);
        let values = block.strings("values").unwrap_or_default();
        let tests = values.iter().map(|value| match (ty.kind(), match_by) {
            (TypeKind::String, "re") => {
                Regex::new(value).map(Test::Pattern).map_err(|_| format!("`{value}` is not a regular expression."))
            }
            (TypeKind::String, "substring") => Ok(Test::Part(value.to_string())),
            (TypeKind::String, _) => Ok(Test::Exact(Value::from(&**value))),
            (_, "re" | "substring") => Err(format!("`{key}` is not text, so it can only be matched exactly.")),
            (TypeKind::Bool, _) => {
                let flag = value.parse().map_err(|_| format!("`{value}` is neither \"true\" nor \"false\"."))?;
                Ok(Test::Exact(Value::Bool(flag)))
            }
            _ => {
                let number: Number = value.parse().map_err(|_| format!("`{value}` is not a number."))?;
                Ok(Test::Exact(Value::from(number)))
            }
        });
        let tests = tests.collect::<std::result::Result<_, _>>()?;
        Ok(Filter { key, tests, all: block.bool("all") == Some(true) })
    }
}

/// Those blocks of which everything is known.
fn blocks<'a>(config: &'a Object, name: &str) -> impl Iterator<Item = &'a Object> {
    let blocks = config.get(name).and_then(Value::as_elements).unwrap_or_default();
    blocks.iter().filter(|block| block.is_wholly_known()).filter_map(Value::as_object)
}

/// One `filter` block, understood.
struct Filter<'a> {
    key: &'a str,
    tests: Vec<Test>,
    /// Every value must match, not only one.
    all: bool,
}

enum Test {
    Exact(Value),
    Pattern(Regex),
    Part(String),
}

impl Filter<'_> {
    /// Whether an object passes. Of a set, any element may match a value.
    fn lets(&self, object: &Object) -> bool {
        let Some(value) = object.get(self.key) else {
            return false;
        };
        let candidates = value.as_elements().unwrap_or(std::slice::from_ref(value));
        let matches = |test: &Test| candidates.iter().any(|candidate| test.matches(candidate));
        if self.all { self.tests.iter().all(matches) } else { self.tests.iter().any(matches) }
    }
}

impl Test {
    fn matches(&self, value: &Value) -> bool {
        match self {
            Test::Exact(wanted) => wanted == value,
            Test::Pattern(pattern) => value.as_str().is_some_and(|text| pattern.is_match(text)),
            Test::Part(part) => value.as_str().is_some_and(|text| text.contains(&**part)),
        }
    }
}

/// The order that the `sort` blocks ask for; the first that tells two objects apart decides.
fn order(config: &Object, a: &Object, b: &Object) -> Ordering {
    let orders = blocks(config, "sort").map(|sort| {
        let value = |object: &Object| object.get(sort.str("key").unwrap_or_default()).cloned().unwrap_or(Value::NULL);
        let order = value(a).compare(&value(b));
        if sort.str("direction") == Some("desc") { order.reverse() } else { order }
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

fn wrong(block: &Object, name: &str, at: usize, attribute: &str, allowed: &[&str]) -> Option<Problem> {
    let value = block.str(attribute).filter(|value| !allowed.contains(value))?;
    Some(problem(name, at, attribute, format!("`{value}` is not one of {}.", allowed.join(", "))))
}

fn problem(block: &str, at: usize, attribute: &str, detail: String) -> Problem {
    let path = Path::of(block).index(at as i64).attr(attribute);
    Problem { path, summary: format!("Invalid {block}"), detail }
}
