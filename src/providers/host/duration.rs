//! Durations as configurations write them: `90s`, `2m`, `1h30m`.

use jiff::SignedDuration;

/// Whole seconds, upwards; `None` where the text is no duration or a negative one.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let duration: SignedDuration = text.parse().ok()?;
    if duration.is_negative() {
        return None;
    }
    Some(duration.as_secs() + i64::from(duration.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_duration_is_written_shortly() {
        for (text, expected) in
            [("10s", Some(10)), ("1m30s", Some(90)), ("500ms", Some(1)), ("-1s", None), ("soon", None)]
        {
            assert_eq!(super::seconds(text), expected, "{text}");
        }
    }
}
