//! "Did you mean …?"

/// ` Did you mean "if"?` with the known name nearest to what was written; empty where none is near.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(written, known) {
        Some(name) => format!(" Did you mean \"{name}\"?"),
        None => String::new(),
    }
}

/// The known name that differs least from what was written: by one letter in short names, by two in longer ones.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|name| (distance(written, name), name));
    let near = scored.filter(|(letters, name)| {
        let length = name.chars().count().max(written.chars().count());
        *letters <= if length > 4 { 2 } else { 1 } && *letters < length
    });
    near.min().map(|(_, name)| name)
}

/// So many of the known names, those most like what was written first.
pub fn nearby<'a>(written: &str, known: impl IntoIterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let mut scored: Vec<_> = known.into_iter().map(|name| (distance(written, name), name)).collect();
    scored.sort_unstable();
    scored.into_iter().take(count).map(|(_, name)| name).collect()
}

/// The number of letters to insert, remove, replace or swap to get from one name to the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_name_and_another_word_none() {
        let known = ["string", "number", "bool", "web"];
        for (written, expected) in [
            ("strin", Some("string")),
            ("numbre", Some("number")),
            ("wbe", Some("web")),
            ("foo", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known), expected, "{written}");
        }
    }
}
