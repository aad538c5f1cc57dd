//! The names of certificates that follow each other: `web`, `web-r2-5f0c31aa`, `web-r3-90b2d417`.
//!
//! A name is taken for as long as its certificate is there, and a certificate is there for as long as a load balancer uses
//! it. So each successor is called otherwise than its predecessor; all of these names mean the configured one. An account
//! has each name once, for all states, so a name that we choose ends in a digest that no other state comes to, nor another
//! successor of this one.

use sha2::Digest;
use sha2::Sha256;

use crate::value::Value;

/// As long as a name may be: what the vendor's other names may have at most, as its interface says nothing of these.
const LONGEST: usize = 255;
/// Digits of the digest.
const DIGITS: usize = 8;

/// Whether two names mean the same certificate over time: they are equal, or one is a successor's of the other.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => is_of(a, b) || is_of(b, a),
        _ => false,
    }
}

/// Whether a certificate with this name is the configured one, or succeeded it.
pub(super) fn is_of(name: &str, configured: &str) -> bool {
    name == configured || turn(name, configured).is_some()
}

/// The name that was configured, or its beginning, of a certificate that succeeded one: whose name we chose.
pub(super) fn chosen(name: &str) -> Option<&str> {
    parts(name).map(|(base, _)| base)
}

/// The name of the certificate that takes the place of one. `seed` is what no other succession has: it names the state,
/// the instance and the predecessor.
pub(super) fn next(name: &str, configured: &str, seed: &str) -> String {
    let turn = turn(name, configured).unwrap_or(1) + 1;
    let digest = hex::encode(Sha256::digest(seed.as_bytes()));
    let tail = format!("-r{turn}-{}", &digest[..DIGITS]);
    let room = configured.floor_char_boundary(LONGEST - tail.len());
    format!("{}{tail}", &configured[..room])
}

/// Which successor of the configured one has this name: the first is the second certificate.
fn turn(name: &str, configured: &str) -> Option<u32> {
    let (base, turn) = parts(name)?;
    // A long one was cut to make room, at the end of a character.
    let is_cut = || name.len() > LONGEST - char::MAX.len_utf8() && configured.starts_with(base);
    (base == configured || is_cut()).then_some(turn)
}

/// What stands before the turn and the digest, and the turn.
fn parts(name: &str) -> Option<(&str, u32)> {
    let (rest, digest) = name.rsplit_once('-')?;
    let (base, digits) = rest.rsplit_once("-r")?;
    let is_digest = digest.len() == DIGITS && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let turn: u32 = digits.parse().ok().filter(|turn| (2..u32::MAX).contains(turn))?;
    (is_digest && !base.is_empty() && turn.to_string() == digits).then_some((base, turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name without its digest, which is checked to be one.
    fn bare(name: &str) -> &str {
        let (rest, digest) = name.rsplit_once('-').unwrap();
        assert!(digest.len() == DIGITS && digest.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        rest
    }

    #[test]
    fn successors_are_called_otherwise_and_mean_the_same() {
        // (the name, the configured one) → the next
        for (name, configured, then) in [
            ("web", "web", "web-r2"),
            ("web-r2-0123abcd", "web", "web-r3"),
            ("web-r9-0123abcd", "web", "web-r10"),
            ("web-r2-0123abcd", "web-r2-0123abcd", "web-r2-0123abcd-r2"),
            ("web-r2", "web-r2", "web-r2-r2"),
        ] {
            assert!(is_of(name, configured), "{name}");
            let next = next(name, configured, "state a.b u1");
            assert_eq!(bare(&next), then);
            assert!(is_of(&next, configured), "{next}");
            assert!(chosen(&next).is_some_and(|base| base == configured), "{next}");
            assert!(same(&Value::from(&*next), &Value::from(configured)), "{next}");
        }
        let others = [
            "web2",
            "web-2",
            "web-r",
            "web-r2",
            "web-r1-0123abcd",
            "web-r02-0123abcd",
            "web-r+2-0123abcd",
            "web-r4294967295-0123abcd",
            "web-r2-0123abc",
            "web-r2-0123ABCD",
            "web-r2-0123abcg",
            "we",
            "api-r2-0123abcd",
            "-r2-0123abcd",
        ];
        for other in others {
            assert!(!is_of(other, "web"), "{other}");
        }
    }

    #[test]
    fn no_two_successions_come_to_one_name() {
        let seeds = ["prod a.b u1", "stage a.b u1", "prod a.c u1", "prod a.b u2"];
        let names: std::collections::BTreeSet<String> = seeds.iter().map(|seed| next("web", "web", seed)).collect();
        assert_eq!(names.len(), seeds.len(), "{names:?}");
        assert_eq!(next("web", "web", seeds[0]), next("web", "web", seeds[0]), "it is found again");
    }

    #[test]
    fn a_long_name_makes_room() {
        for configured in ["a".repeat(LONGEST), "ä".repeat(LONGEST / 2), "€".repeat(LONGEST / 3)] {
            let mut name = configured.clone();
            for turn in 2..12 {
                let then = next(&name, &configured, "state");
                assert!(then.len() <= LONGEST && then != name, "{then}");
                assert_eq!(super::turn(&then, &configured), Some(turn), "{then}");
                name = then;
            }
            let shorter: String = configured.chars().take(9).collect();
            assert!(!is_of(&name, &shorter), "only what was cut");
        }
    }
}
