//! What names a region: its slug, or that without its number, which means any of the place.

/// Whether a region is the one that is named: by its slug, or by the slug without its number.
pub(super) fn is_of(region: &str, named: &str) -> bool {
    region == named || region.strip_prefix(named).is_some_and(|number| is_number(number) && !ends_in_digit(named))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn ends_in_digit(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_may_be_named_without_its_number() {
        for (region, named, is) in
            [("nyc3", "nyc", true), ("nyc3", "nyc3", true), ("nyc13", "nyc1", false), ("nyc3", "ny", false)]
        {
            assert_eq!(is_of(region, named), is, "{region} {named}");
        }
    }
}
