//! The names of certificates that follow each other: `web`, `web-r2`, `web-r3`.
//!
//! A name is taken for as long as its certificate is there, and a certificate is there for as long as a load balancer uses
//! it. So each successor is called otherwise than its predecessor; all of these names mean the configured one.

use crate::value::Value;

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

/// The name of the certificate that takes the place of one.
pub(super) fn next(name: &str, configured: &str) -> String {
    format!("{configured}-r{}", turn(name, configured).unwrap_or(1) + 1)
}

/// Which successor of the configured one has this name: the first is the second certificate.
fn turn(name: &str, configured: &str) -> Option<u32> {
    let digits = name.strip_prefix(configured)?.strip_prefix("-r")?;
    let turn: u32 = digits.parse().ok().filter(|turn| (2..u32::MAX).contains(turn))?;
    (turn.to_string() == digits).then_some(turn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_are_called_otherwise_and_mean_the_same() {
        // (the name, the configured one) → the next
        for (name, configured, then) in [
            ("web", "web", "web-r2"),
            ("web-r2", "web", "web-r3"),
            ("web-r9", "web", "web-r10"),
            ("web-r2", "web-r2", "web-r2-r2"),
            ("web-r2-r2", "web-r2", "web-r2-r3"),
        ] {
            assert!(is_of(name, configured), "{name}");
            assert_eq!(next(name, configured), then);
            assert!(is_of(then, configured), "{then}");
            assert!(same(&Value::from(then), &Value::from(configured)), "{then}");
        }
        for other in ["web2", "web-2", "web-r", "web-r1", "web-r02", "web-r+2", "web-r4294967295", "we", "api-r2"] {
            assert!(!is_of(other, "web"), "{other}");
        }
    }
}
