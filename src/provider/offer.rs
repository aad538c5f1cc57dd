//! What a vendor has on offer, and what an argument chooses of it.
//!
//! The lists are the vendor's own, asked for while planning: a list in the program would age, and refuse what is new. A
//! list that cannot be read refuses nothing: the vendor says at the call what it thinks of the choice. Only a credential that
//! the vendor does not accept is an error at once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::PriceList;
use super::Problem;
use crate::diag::did_you_mean;
use crate::diag::nearby;
use crate::value::Path;

/// Says what stands against something that is on offer, by the vendor's own words on it: a full sentence.
pub type Against = Box<dyn Fn(&Json) -> Option<String> + Send + Sync>;

/// Something that the vendor has a list of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct List {
    /// Where the vendor tells it, in the provider's own words: several lists may come from one place.
    pub source: &'static str,
    /// What is on it, for people: `droplet size`.
    pub what: Cow<'static, str>,
}

/// Something of the vendor's that an argument names: a size, a region, an image.
pub struct Choice {
    /// The argument.
    pub path: Path,
    /// The list that it is on.
    pub list: List,
    /// What is chosen.
    pub name: String,
    /// What else it has to be.
    pub against: Against,
}

/// What is chosen, by the lists.
pub type Wanted = BTreeMap<List, BTreeSet<String>>;

/// What a vendor says now that it offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    /// By list and name, with what the vendor says of it. What could not be read is not here.
    lists: BTreeMap<List, BTreeMap<String, Json>>,
    /// The prices that the same answers told.
    pub prices: PriceList,
}

/// So many names are told; of more, those that are like what was written.
const ALL: usize = 16;
const LIKE: usize = 8;

impl List {
    /// A list of what is called so, told there.
    pub const fn new(source: &'static str, what: &'static str) -> Self {
        Self { source, what: Cow::Borrowed(what) }
    }
}

impl Choice {
    /// A choice that any name on the list will do for.
    pub fn new(argument: &'static str, list: List, name: impl Into<String>) -> Self {
        Self { path: Path::of(argument), list, name: name.into(), against: Box::new(|_| None) }
    }

    /// The same where something may stand against what is on the list.
    #[must_use]
    pub fn unless(self, against: impl Fn(&Json) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { against: Box::new(against), ..self }
    }
}

impl Catalogue {
    /// Adds to a list, and makes it if it is not there yet.
    pub fn add(&mut self, list: List, offers: impl IntoIterator<Item = (String, Json)>) {
        self.lists.entry(list).or_default().extend(offers);
    }

    /// What is wrong with a choice; nothing where its list is not known.
    pub fn problem(&self, choice: &Choice) -> Option<Problem> {
        let list = self.lists.get(&choice.list)?;
        let (kind, why) = match list.get(&choice.name) {
            Some(facts) => ("Unavailable", (choice.against)(facts)?),
            None => {
                // Another number is no slip of the pen.
                let is_word = choice.name.contains(|c: char| c.is_alphabetic());
                let hint = did_you_mean(&choice.name, list.keys().map(String::as_str).filter(|_| is_word));
                ("Unknown", format!("The vendor has no {} called `{}`.{hint}", choice.list.what, choice.name))
            }
        };
        let all = || list.keys().map(String::as_str);
        let fits = |name: &&str| list.get(*name).is_some_and(|facts| (choice.against)(facts).is_none());
        let mut fitting: Vec<&str> = all().filter(fits).collect();
        if fitting.is_empty() && kind == "Unknown" {
            // Where something else is wrong too, nothing may fit to it.
            fitting = all().collect();
        }
        let advice = match fitting.len() {
            0 => "The vendor's list has none that would do.".to_owned(),
            1..=ALL => format!("Write one of: {}.", fitting.join(", ")),
            count => {
                let like = nearby(&choice.name, fitting, LIKE);
                format!("Write one of the {count} that the vendor's list has, such as: {}.", like.join(", "))
            }
        };
        let summary = format!("{kind} {}", choice.path.to_string().replace('_', " "));
        Some(Problem { path: choice.path.clone(), summary, detail: format!("{why}\n\n{advice}") })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SIZE: List = List::new("sizes", "droplet size");
    const IMAGE: List = List::new("images", "image");

    fn catalogue() -> Catalogue {
        let mut catalogue = Catalogue::default();
        let sizes = [("small", json!(["a"])), ("smart", json!(["a", "b"])), ("large", json!([]))];
        catalogue.add(SIZE, sizes.map(|(name, facts)| (name.to_owned(), facts)));
        catalogue.add(IMAGE, (0..40).map(|number| (format!("image-{number:02}"), Json::Null)));
        catalogue
    }

    fn told(choice: &Choice) -> String {
        catalogue()
            .problem(choice)
            .map_or_else(String::new, |problem| format!("{}: {}", problem.summary, problem.detail))
    }

    #[test]
    fn what_is_not_on_a_list_is_named_with_what_is() {
        let choose = |name: &str| Choice::new("size", SIZE, name);
        assert_eq!(told(&choose("small")), "");
        assert_eq!(
            told(&choose("smal")),
            "Unknown size: The vendor has no droplet size called `smal`. Did you mean \"small\"?\n\nWrite one of: large, small, \
             smart."
        );
        let in_b = |facts: &Json| {
            let is_there = facts.as_array().is_some_and(|places| places.contains(&json!("b")));
            (!is_there).then(|| "It is not in b.".to_owned())
        };
        assert_eq!(told(&choose("small").unless(in_b)), "Unavailable size: It is not in b.\n\nWrite one of: smart.");
        assert_eq!(told(&choose("smart").unless(in_b)), "");
        let nothing = told(&choose("smal").unless(|_| Some("Never.".to_owned())));
        assert!(nothing.ends_with("Write one of: large, small, smart."), "{nothing}");
        let never = told(&choose("small").unless(|_| Some("It is gone.".to_owned())));
        assert_eq!(never, "Unavailable size: It is gone.\n\nThe vendor's list has none that would do.");
    }

    #[test]
    fn of_a_long_list_only_what_is_alike_is_told() {
        let said = told(&Choice::new("image", IMAGE, "image-1x"));
        assert!(said.contains("one of the 40 that the vendor's list has, such as: image-1"), "{said}");
        assert_eq!(said.matches("image-").count(), 10, "{said}");
    }

    #[test]
    fn a_list_that_is_not_known_refuses_nothing() {
        assert_eq!(told(&Choice::new("region", List::new("regions", "region"), "nowhere")), "");
    }
}
