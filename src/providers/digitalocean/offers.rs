//! What DigitalOcean has on offer, by its own lists: regions, droplet sizes, images, and what databases can be made of.
//!
//! A list is asked for when something is chosen from it that is made or changes, and once for all that choose. Images are
//! asked for one by one, by slug or number, because no list has all of them.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::Value as Json;

use super::database_offers;
use super::prices;
use super::region;
use crate::net::rest::Rest;
use crate::net::rest::segment;
use crate::provider::Catalogue;
use crate::provider::Choice;
use crate::provider::Cx;
use crate::provider::List;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::provider::Wanted;
use crate::schema::ObjectExt;
use crate::value::Object;

/// Where the vendor tells them.
const REGIONS: &str = "/v2/regions";
const SIZES: &str = "/v2/sizes";
const IMAGES: &str = "/v2/images";

const REGION: List = List::new(REGIONS, "region");
const DROPLET_REGION: List = List::new(REGIONS, "region for droplets");
const DROPLET_SIZE: List = List::new(SIZES, "droplet size");
const IMAGE: List = List::new(IMAGES, "image");

/// The region of something that cannot move: chosen once, when it is made.
pub(super) fn of_region(prior: Option<&Object>, planned: &Object) -> Vec<Choice> {
    let region = planned.str("region").filter(|_| prior.is_none());
    region.map(|region| Choice::new("region", REGION, region.to_lowercase())).into_iter().collect()
}

/// What a droplet is made of. `is_resized` says whether the size of one that there is changes.
pub(super) fn of_droplet(prior: Option<&Object>, planned: &Object, is_resized: bool) -> Vec<Choice> {
    let mut choices = Vec::new();
    let region = planned.str("region").map(str::to_lowercase);
    let size = planned.str("size").map(str::to_lowercase);
    if let (None, Some(region)) = (prior, &region) {
        let is_shut = |facts: &Json| facts["available"] == false;
        let why = format!("No new droplets can be made in the region `{region}` now.");
        let choice = Choice::new("region", DROPLET_REGION, region);
        choices.push(choice.unless(move |facts| is_shut(facts).then(|| why.clone())));
    }
    if let (None, Some(image)) = (prior, planned.str("image")) {
        choices.push(of_image(image, region.clone()));
    }
    match (prior, size) {
        (None, Some(size)) => choices.push(of_new(&size, region)),
        (Some(prior), Some(size)) if is_resized => choices.push(of_resize(&size, prior.int("disk"))),
        _ => {}
    }
    choices
}

/// An image of the account's own is where its snapshot was made or sent to; the vendor's are everywhere.
fn of_image(image: &str, region: Option<String>) -> Choice {
    let name = image.to_owned();
    Choice::new("image", IMAGE, image).unless(move |facts| {
        let region = region.as_deref().filter(|_| facts["public"] == false)?;
        let places = texts(&facts["regions"]);
        let is_there = places.is_empty() || places.iter().any(|place| region::is_of(place, region));
        (!is_there).then(|| {
            let places = places.join(", ");
            format!("The image `{name}` is not in the region `{region}`, only in {places}. Transfer it there first.")
        })
    })
}

/// The size of a droplet that is going to be made.
fn of_new(size: &str, region: Option<String>) -> Choice {
    let name = size.to_owned();
    Choice::new("size", DROPLET_SIZE, size).unless(move |facts| {
        let places = texts(&facts["regions"]);
        match &region {
            _ if facts["available"] == false || places.is_empty() => {
                Some(format!("No new droplets of the size `{name}` can be made now."))
            }
            Some(region) if !places.iter().any(|place| region::is_of(place, region)) => {
                let places = places.join(", ");
                Some(format!("The size `{name}` cannot be had in the region `{region}` now, only in {places}."))
            }
            _ => None,
        }
    })
}

/// The new size of a droplet that has a disk already, which does not shrink, whether it is to grow or not.
fn of_resize(size: &str, disk: Option<i64>) -> Choice {
    let name = size.to_owned();
    Choice::new("size", DROPLET_SIZE, size).unless(move |facts| {
        let (is, would) = (disk?, facts["disk"].as_i64()?);
        (would < is).then(|| {
            format!(
                "The droplet has a disk of {is} GB and the size `{name}` one of {would} GB, and disks do not shrink. For a \
                 droplet of that size have it made anew, without its data, with -replace."
            )
        })
    })
}

fn texts(list: &Json) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

/// The lists that are wanted.
pub(super) async fn catalogue(client: &Rest, cx: &Cx, wanted: &Wanted) -> Result<Catalogue> {
    let mut catalogue = Catalogue::default();
    let nothing = BTreeSet::new();
    let names = |list: &List| wanted.get(list).unwrap_or(&nothing);
    let is_wanted = |source: &str| wanted.keys().any(|list| list.source == source);
    let (regions, sizes, images, databases) = futures::try_join!(
        only_if(is_wanted(REGIONS), regions(client, cx)),
        only_if(is_wanted(SIZES), sizes(client, cx)),
        only_if(is_wanted(IMAGES), images(client, cx, names(&IMAGE))),
        only_if(is_wanted(database_offers::SOURCE), database_offers::options(client, cx)),
    )?;
    if let Some(regions) = regions {
        let places =
            names(&DROPLET_REGION).iter().filter_map(|named| Some((named.clone(), of_place(&regions, named)?)));
        catalogue.add(DROPLET_REGION, places.collect::<Vec<_>>());
        catalogue.add(DROPLET_REGION, regions.clone());
        catalogue.add(REGION, regions);
    }
    if let Some(sizes) = sizes {
        let prices = sizes.iter().filter_map(|(size, facts)| {
            let price: f64 = facts["price_monthly"].as_f64()?;
            Some((prices::droplet(size), price))
        });
        catalogue.prices.monthly = prices.collect();
        catalogue.add(DROPLET_SIZE, sizes);
    }
    if let Some(images) = images {
        catalogue.add(IMAGE, images);
    }
    if let Some(options) = databases {
        database_offers::add(&mut catalogue, &options);
    }
    Ok(catalogue)
}

/// The region of that name. The number may be left out: any region of that place will do, one that takes new droplets first.
fn of_place(regions: &[(String, Json)], named: &str) -> Option<Json> {
    let of_it = || regions.iter().filter(|(slug, _)| region::is_of(slug, named)).map(|(_, facts)| facts);
    of_it().find(|facts| facts["available"] != false).or_else(|| of_it().next()).cloned()
}

/// What is wanted; nothing where it is not, or cannot be read: a token of a narrow scope can do its work all the same. One
/// that the vendor does not accept at all can do nothing.
async fn only_if<T>(is_wanted: bool, read: impl Future<Output = Result<T>>) -> Result<Option<T>> {
    if !is_wanted {
        return Ok(None);
    }
    match read.await {
        Ok(read) => Ok(Some(read)),
        Err(error @ ProviderError::Unauthorized { .. }) => Err(error),
        Err(error) => {
            tracing::debug!(%error, "a list of offers cannot be read");
            Ok(None)
        }
    }
}

async fn regions(client: &Rest, cx: &Cx) -> Result<Vec<(String, Json)>> {
    let all: Vec<Json> = client.on(cx, "reading the regions").pages(REGIONS, "regions").await?;
    Ok(by_slug(all))
}

async fn sizes(client: &Rest, cx: &Cx) -> Result<Vec<(String, Json)>> {
    let all: Vec<Json> = client.on(cx, "reading the droplet sizes").pages(SIZES, "sizes").await?;
    Ok(by_slug(all))
}

/// The images of these slugs or numbers; where one is missing, those that the vendor has for everybody, too.
async fn images(client: &Rest, cx: &Cx, names: &BTreeSet<String>) -> Result<Vec<(String, Json)>> {
    let api = &client.on(cx, "reading the images");
    let found = join_all(names.iter().map(async |name| {
        let image: Option<Json> = api.get(&format!("{IMAGES}/{}", segment(name))).optional("image").await?;
        Ok(image.map(|image| (name.clone(), image)))
    }));
    let found = found.await.into_iter().collect::<Result<Vec<_>>>()?;
    let mut images: Vec<(String, Json)> = found.iter().flatten().cloned().collect();
    if images.len() < names.len() {
        let all: Vec<Json> = api.pages(&format!("{IMAGES}?type=distribution"), "images").await?;
        images.extend(by_slug(all));
    }
    Ok(images)
}

fn by_slug(all: Vec<Json>) -> Vec<(String, Json)> {
    all.into_iter().filter_map(|one| Some((one["slug"].as_str()?.to_owned(), one))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What a catalogue of two regions, three sizes and a snapshot says of a droplet.
    fn told(prior: Option<&Object>, planned: &[(&str, &str)]) -> Vec<String> {
        let planned = Object::new(planned.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        let mut catalogue = Catalogue::default();
        let regions = [("fra1", true), ("nyc3", false)];
        let regions = regions.map(|(slug, available)| (slug.to_owned(), json!({"available": available})));
        catalogue.add(DROPLET_REGION, regions.clone());
        let sizes = [
            json!({"slug": "s", "available": true, "regions": ["fra1", "nyc3"], "disk": 25}),
            json!({"slug": "m", "available": true, "regions": ["nyc3"], "disk": 50}),
            json!({"slug": "old", "available": false, "regions": ["fra1"], "disk": 20}),
        ];
        catalogue.add(DROPLET_SIZE, by_slug(sizes.into()));
        catalogue.add(IMAGE, [("7".to_owned(), json!({"public": false, "regions": ["nyc3"]}))]);
        let problems = of_droplet(prior, &planned, prior.is_some()).into_iter();
        problems
            .filter_map(|choice| Some(catalogue.problem(&choice)?.detail.split("\n\n").next()?.to_owned()))
            .collect()
    }

    #[test]
    fn a_new_droplet_is_of_what_there_is_where_it_is() {
        let none: [&str; 0] = [];
        assert_eq!(told(None, &[("size", "S"), ("region", "FRA1")]), none);
        assert_eq!(told(None, &[("size", "m")]), none);
        let table = [
            ([("size", "x"), ("region", "fra1")], "The vendor has no droplet size called `x`."),
            ([("size", "m"), ("region", "fra1")], "The size `m` cannot be had in the region `fra1` now, only in nyc3."),
            ([("size", "old"), ("region", "fra1")], "No new droplets of the size `old` can be made now."),
            ([("size", "m"), ("region", "nyc3")], "No new droplets can be made in the region `nyc3` now."),
            (
                [("size", "s"), ("region", "fra2")],
                "The vendor has no region for droplets called `fra2`. Did you mean \"fra1\"?",
            ),
            (
                [("image", "7"), ("region", "fra1")],
                "The image `7` is not in the region `fra1`, only in nyc3. Transfer it there first.",
            ),
        ];
        for (planned, expected) in table {
            assert!(told(None, &planned).contains(&expected.to_owned()), "{planned:?}: {:?}", told(None, &planned));
        }
    }

    #[test]
    fn a_disk_does_not_shrink() {
        let prior = |disk: i64| Object::new([("disk".into(), disk.into())]);
        let none: [&str; 0] = [];
        assert_eq!(told(Some(&prior(25)), &[("size", "m"), ("region", "fra1")]), none);
        let said = told(Some(&prior(50)), &[("size", "s"), ("region", "fra1")]);
        assert!(said[0].starts_with("The droplet has a disk of 50 GB and the size `s` one of 25 GB"), "{said:?}");
    }

    #[test]
    fn of_a_place_a_region_that_takes_droplets_is_meant() {
        let region = |slug: &str, available: bool| (slug.to_owned(), json!({"slug": slug, "available": available}));
        let regions = [region("sfo1", false), region("ams2", false), region("sfo3", true)];
        let chosen = |named: &str| of_place(&regions, named).map(|facts| facts["slug"].clone());
        assert_eq!(chosen("sfo"), Some(json!("sfo3")));
        assert_eq!(chosen("sfo1"), Some(json!("sfo1")), "what is named whole is meant");
        assert_eq!(chosen("ams"), Some(json!("ams2")), "there is no other");
        assert_eq!(chosen("fra"), None);
    }
}
