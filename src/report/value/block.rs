//! The content of a resource by its schema: attributes, then nested blocks.

use super::Page;
use super::Sign;
use super::diff::list_changes;
use super::diff::set_changes;
use super::entries::Item;
use super::entries::key_text;
use super::entries::pad;
use super::same;
use crate::report::style::Tone;
use crate::schema::Attribute;
use crate::schema::Block;
use crate::schema::NestedBlock;
use crate::schema::Nesting;
use crate::schema::Readability;
use crate::value::Marks;
use crate::value::Object;
use crate::value::Path;
use crate::value::Step;
use crate::value::Str;
use crate::value::Value;

/// What is to be shown of an object.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) enum Content<'a> {
    /// All of it, each line with a sign.
    Whole(&'a Object, Sign),
    /// All of it, each argument going to null.
    Gone(&'a Object),
    /// What differs.
    Change(&'a Object, &'a Object),
}

/// Attributes that are shown though they stay the same: they say what is being looked at.
const NAMING: [&str; 2] = ["id", "name"];

static NULL: Value = Value::NULL;

struct Row<'a> {
    name: String,
    key: &'a Str,
    sign: Sign,
    before: &'a Value,
    after: &'a Value,
}

impl Page<'_> {
    /// Writes the lines of an object; without a schema all its parts are attributes.
    pub(in crate::report) fn content(&mut self, block: Option<&Block>, content: Content<'_>, level: usize) {
        let (before, after) = match content {
            Content::Whole(object, _) => (None, Some(object)),
            Content::Gone(object) => (Some(object), None),
            Content::Change(before, after) => (Some(before), Some(after)),
        };
        let mut unchanged = 0;
        let mut rows = Vec::new();
        let shape = after.or(before).map(|object| object.shape().names()).unwrap_or_default();
        // How it is reached is told where that changes.
        let is_followed = |key: &Str, was: &Value, is: &Value| {
            block.and_then(|block| block.attributes().get(key)).is_some_and(|attribute| attribute.follows(was, is))
        };
        for key in shape.iter().filter(|name| block.is_none_or(|block| !block.blocks().contains_key(*name))) {
            let (was, is) = (value_or_null(before, key), value_or_null(after, key));
            let sign = match content {
                Content::Whole(_, sign) if !is.is_null() => sign,
                Content::Gone(_) if !was.is_null() => Sign::Remove,
                Content::Change(..) if same(was, is) || is_followed(key, was, is) => {
                    if is.is_null() || !NAMING.contains(&&**key) {
                        unchanged += usize::from(!is.is_null());
                        continue;
                    }
                    Sign::None
                }
                Content::Change(..) if was.is_null() => Sign::Add,
                Content::Change(..) if is.is_null() => Sign::Remove,
                Content::Change(..) => Sign::Change,
                Content::Whole(..) | Content::Gone(_) => continue,
            };
            rows.push(Row { name: key_text(key), key, sign, before: was, after: is });
        }
        let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let has_attributes = !rows.is_empty() || unchanged > 0;
        for row in rows {
            self.row(block, &row, width, level);
        }
        self.hidden(level, unchanged, "attribute");
        let Some(block) = block else { return };
        let mut is_first = has_attributes;
        let mut unchanged = 0;
        for (name, nested) in block.blocks() {
            let (was, is) = (value_or_null(before, name), value_or_null(after, name));
            if matches!(content, Content::Change(..)) && same(was, is) {
                unchanged += count(nested, is);
                continue;
            }
            if count(nested, was) == 0 && count(nested, is) == 0 && is.is_known() {
                continue;
            }
            if std::mem::take(&mut is_first) {
                self.out.push('\n');
            }
            self.nested(name, nested, content, (was, is), level);
        }
        if unchanged > 0 && std::mem::take(&mut is_first) {
            self.out.push('\n');
        }
        self.hidden(level, unchanged, "block");
    }

    fn row(&mut self, block: Option<&Block>, row: &Row<'_>, width: usize, level: usize) {
        self.begin(level, row.sign);
        self.out.push_str(&row.name);
        pad(&mut self.out, &row.name, width);
        self.out.push_str(" = ");
        let attribute = block.and_then(|block| block.attributes().get(row.key));
        if attribute.is_some_and(|attribute| attribute.write_only) {
            self.push(Tone::Dim, "(write-only attribute)");
            return self.end();
        }
        // A schema's word counts even where a mark was lost.
        let seal = |value: &Value| attribute.map_or_else(|| value.clone(), |attribute| attribute.mark(value.clone()));
        let (before, after) = (seal(row.before), seal(row.after));
        // Its attributes are all shown where it stands itself.
        let shown = match row.sign {
            Sign::Change => None,
            Sign::Remove => known_whole(attribute, &before),
            Sign::Add => moved_whole(&after).or_else(|| known_whole(attribute, &after)),
            _ => known_whole(attribute, &after),
        };
        self.at(
            || Step::Attr(Str::clone(row.key)),
            |page| {
                match (row.sign, shown) {
                    (Sign::Change, _) => page.change(&before, &after, level),
                    (_, Some(_)) => page.push(Tone::Dim, "{ ... }"),
                    (Sign::Remove, None) => page.whole(&before, Sign::Remove, level),
                    (sign, None) => page.whole(&after, sign, level),
                }
                if row.sign == Sign::Remove {
                    page.push(Tone::Dim, " -> null");
                }
            },
        );
        if let Some(name) = shown {
            self.remark(name);
        }
        let is_boot_only = attribute.is_some_and(|attribute| attribute.readability == Readability::BootOnly);
        if row.sign == Sign::Change && is_boot_only {
            self.remark("used only when it is made, never read back");
        }
        if let (Sign::Add | Sign::Change, Some(origin)) = (row.sign, after.as_unknown().and_then(|it| it.origin())) {
            self.source(&origin.instance, &origin.path.to_string());
        }
        self.end();
    }

    fn nested(
        &mut self,
        name: &Str,
        nested: &NestedBlock,
        content: Content<'_>,
        (was, is): (&Value, &Value),
        level: usize,
    ) {
        let sign = match content {
            Content::Whole(_, sign) => sign,
            Content::Gone(_) => Sign::Remove,
            Content::Change(..) => Sign::Change,
        };
        if !is.is_known() {
            self.begin(level, if was.is_null() { Sign::Add } else { sign });
            self.out.push_str(name);
            self.push(Tone::Dim, " (known after apply)");
            return self.end();
        }
        if self.is_secret(was) || self.is_secret(is) {
            self.begin(level, sign);
            self.out.push_str(name);
            self.out.push_str(" { ");
            self.push(Tone::Dim, "(sensitive value)");
            self.out.push_str(" }");
            return self.end();
        }
        let block = &nested.block;
        self.at(
            || Step::Attr(Str::clone(name)),
            |page| match (content, nested.nesting) {
                (Content::Whole(..), _) => page.members(name, block, is, sign, level),
                (Content::Gone(_), _) => page.members(name, block, was, Sign::Remove, level),
                (Content::Change(..), Nesting::Single) => {
                    let item = match (was.is_null(), is.is_null()) {
                        (true, _) => Item::Added(is),
                        (_, true) => Item::Removed(was),
                        _ => Item::Changed(was, is),
                    };
                    page.member_change(name, block, item, level);
                }
                (Content::Change(..), Nesting::List | Nesting::Set) => {
                    let (prior, planned) =
                        (was.as_elements().unwrap_or_default(), is.as_elements().unwrap_or_default());
                    let (items, mut unchanged) = match nested.nesting {
                        Nesting::Set => set_changes(prior, planned),
                        _ => (list_changes(prior, planned), 0),
                    };
                    let mut place: i64 = 0;
                    for item in items {
                        let at = place;
                        place += i64::from(!matches!(item, Item::Removed(_)));
                        match item {
                            Item::Same(_) => unchanged += 1,
                            item => page.at(
                                || Step::Index(Value::from(at)),
                                |page| page.member_change(name, block, item, level),
                            ),
                        }
                    }
                    page.hidden(level, unchanged, "block");
                }
                (Content::Change(..), Nesting::Map) => page.labelled_changes(name, block, (was, is), level),
            },
        );
    }

    /// Every block of a type, as it comes or goes.
    fn members(&mut self, name: &str, block: &Block, value: &Value, sign: Sign, level: usize) {
        match value.unmarked() {
            Value::Map(map) => {
                for (key, member) in map.iter() {
                    self.member(&format!("{name} {}", crate::value::text::quoted(key)), block, member, sign, level);
                }
            }
            Value::Object(_) => self.member(name, block, value, sign, level),
            value => {
                for member in value.as_elements().unwrap_or_default() {
                    self.member(name, block, member, sign, level);
                }
            }
        }
    }

    fn member(&mut self, title: &str, block: &Block, value: &Value, sign: Sign, level: usize) {
        let Some(object) = value.as_object() else {
            self.begin(level, sign);
            self.out.push_str(title);
            self.out.push(' ');
            self.whole(value, sign, level);
            return self.end();
        };
        let content = if sign == Sign::Remove { Content::Gone(object) } else { Content::Whole(object, sign) };
        self.braced(title, block, content, sign, level);
    }

    fn member_change(&mut self, title: &str, block: &Block, item: Item<&Value>, level: usize) {
        match item {
            Item::Same(_) => {}
            Item::Added(value) => self.member(title, block, value, Sign::Add, level),
            Item::Removed(value) => self.member(title, block, value, Sign::Remove, level),
            Item::Changed(before, after) => match (before.as_object(), after.as_object()) {
                (Some(before), Some(after)) => {
                    self.braced(title, block, Content::Change(before, after), Sign::Change, level);
                }
                _ => {
                    self.member(title, block, before, Sign::Remove, level);
                    self.member(title, block, after, Sign::Add, level);
                }
            },
        }
    }

    fn labelled_changes(&mut self, name: &str, block: &Block, (was, is): (&Value, &Value), level: usize) {
        let (prior, planned) = (was.as_entries().unwrap_or_default(), is.as_entries().unwrap_or_default());
        let mut keys: Vec<&str> = prior.iter().chain(&planned).map(|(key, _)| &***key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut unchanged = 0;
        for key in keys {
            let item = match (was.get(key), is.get(key)) {
                (Some(was), Some(is)) if same(was, is) => {
                    unchanged += 1;
                    continue;
                }
                (Some(was), Some(is)) => Item::Changed(was, is),
                (Some(was), None) => Item::Removed(was),
                (None, Some(is)) => Item::Added(is),
                (None, None) => continue,
            };
            let title = format!("{name} {}", crate::value::text::quoted(key));
            self.at(|| Step::Index(Value::from(key)), |page| page.member_change(&title, block, item, level));
        }
        self.hidden(level, unchanged, "block");
    }

    fn braced(&mut self, title: &str, block: &Block, content: Content<'_>, sign: Sign, level: usize) {
        self.begin(level, sign);
        self.out.push_str(title);
        self.out.push_str(" {");
        self.end();
        self.content(Some(block), content, level + 1);
        self.begin(level, Sign::None);
        self.out.push('}');
        self.end();
    }
}

fn value_or_null<'a>(object: Option<&'a Object>, name: &str) -> &'a Value {
    object.and_then(|object| object.get(name)).unwrap_or(&NULL)
}

/// How many blocks of a type there are.
fn count(nested: &NestedBlock, value: &Value) -> usize {
    match (nested.nesting, value.unmarked()) {
        (_, Value::Null(_) | Value::Unknown(_)) => 0,
        (Nesting::Single, _) => 1,
        (_, Value::Map(map)) => map.len(),
        (_, value) => value.as_elements().map_or(0, <[Value]>::len),
    }
}

/// The id of a whole object that an attribute only follows: a host, of which nothing is changed here.
fn known_whole<'v>(attribute: Option<&Attribute>, value: &'v Value) -> Option<&'v str> {
    let id = value.as_object().filter(|_| attribute.is_some_and(|attribute| attribute.followed))?.get("id")?;
    let is_secret = (value.marks() | id.marks()).contains(Marks::SENSITIVE);
    if is_secret { None } else { id.unmarked().as_str() }
}

/// The instance that an object is, as a whole, when hardly anything but that is known of it: several of its attributes are
/// unknown, and will be that instance's attributes of the same names. So few that they may have been picked one by one do
/// not count.
fn moved_whole(value: &Value) -> Option<&str> {
    const SEVERAL: usize = 4;
    let origins: Vec<&str> = value
        .as_object()?
        .iter()
        .filter_map(|(name, value)| {
            let origin = value.as_unknown()?.origin()?;
            (origin.path == Path::of(Str::clone(name))).then_some(&*origin.instance)
        })
        .collect();
    let first = *origins.first()?;
    (origins.len() >= SEVERAL && origins.iter().all(|origin| *origin == first)).then_some(first)
}
