//! Points in time as text: RFC 3339 with the offset kept, and durations such as `1h30m`.

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::civil::DateTime;

use crate::value::text::quoted;

/// A time of day somewhere, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timestamp {
    pub(super) local: DateTime,
    /// Seconds east of Greenwich.
    pub(super) offset: i64,
}

impl Timestamp {
    /// The same time at Greenwich, to compare with.
    pub(super) fn utc(self) -> Option<DateTime> {
        self.local.checked_sub(SignedDuration::from_secs(self.offset)).ok()
    }

    pub(super) fn checked_add(self, duration: SignedDuration) -> Option<Timestamp> {
        self.local.checked_add(duration).ok().map(|local| Timestamp { local, ..self })
    }

    /// To the second; `Z` for no offset.
    pub(super) fn to_rfc3339(self) -> String {
        let offset = if self.offset == 0 { "Z".into() } else { offset_text(self.offset, ":") };
        format!("{}{offset}", self.local.strftime("%Y-%m-%dT%H:%M:%S"))
    }
}

/// `+01:30` or, without a separator, `+0130`.
pub(super) fn offset_text(offset: i64, separator: &str) -> String {
    let minutes = offset.abs() / 60;
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

/// Reads RFC 3339, or says what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
    read(text).map_err(|message| format!("not a valid RFC3339 timestamp{message}"))
}

fn read(text: &str) -> Result<Timestamp, String> {
    let mut rest = text;
    let year = digits(&mut rest, 4, 4, "year")?;
    literal(&mut rest, '-')?;
    let month = digits(&mut rest, 2, 2, "month")?;
    in_range((1..=12).contains(&month), rest, "month")?;
    literal(&mut rest, '-')?;
    let day = digits(&mut rest, 2, 2, "day of month")?;
    literal(&mut rest, 'T')?;
    let hour = digits(&mut rest, 1, 2, "hour")?;
    in_range(hour < 24, rest, "hour")?;
    literal(&mut rest, ':')?;
    let minute = digits(&mut rest, 2, 2, "minute")?;
    in_range(minute < 60, rest, "minute")?;
    literal(&mut rest, ':')?;
    let second = digits(&mut rest, 2, 2, "second")?;
    in_range(second < 60, rest, "second")?;
    let nanosecond = fraction(&mut rest);
    let offset = offset(&mut rest)?;
    if !rest.is_empty() {
        return Err(cannot_use(rest, "timestamp segment"));
    }
    let small = |value: i64| i8::try_from(value).unwrap_or(-1);
    let date = Date::new(i16::try_from(year).unwrap_or(-1), small(month), small(day));
    let date = date.map_err(|_| ": day out of range".to_owned())?;
    Ok(Timestamp { local: date.at(small(hour), small(minute), small(second), nanosecond), offset })
}

fn cannot_use(text: &str, what: &str) -> String {
    match text {
        "" => format!(": end of string before {what}"),
        _ => format!(": cannot use {} as {what}", quoted(text)),
    }
}

fn in_range(is_in_range: bool, rest: &str, what: &str) -> Result<(), String> {
    if is_in_range { Ok(()) } else { Err(cannot_use(rest, what)) }
}

fn digits(rest: &mut &str, least: usize, most: usize, what: &str) -> Result<i64, String> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < least {
        return Err(cannot_use(rest, what));
    }
    let (found, after) = rest.split_at(count);
    *rest = after;
    found.parse().map_err(|_| cannot_use(found, what))
}

fn literal(rest: &mut &str, expected: char) -> Result<(), String> {
    match rest.strip_prefix(expected) {
        Some(after) => {
            *rest = after;
            Ok(())
        }
        None if expected == 'T' => Err(": missing required time introducer 'T'".into()),
        None if rest.is_empty() => Err(format!(": end of string where \"{expected}\" is expected")),
        None => Err(format!(": found {} where \"{expected}\" is expected", quoted(rest))),
    }
}

/// A fraction of a second in nanoseconds; further digits are let go.
fn fraction(rest: &mut &str) -> i32 {
    let Some(after) = rest.strip_prefix(['.', ',']) else { return 0 };
    let count = after.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return 0;
    }
    let nanoseconds = format!("{:0<9}", &after[..count.min(9)]);
    *rest = &after[count..];
    nanoseconds.parse().unwrap_or(0)
}

fn offset(rest: &mut &str) -> Result<i64, String> {
    const WHAT: &str = "UTC offset";
    if let Some(after) = rest.strip_prefix('Z') {
        *rest = after;
        return Ok(0);
    }
    let whole = *rest;
    let bytes = whole.as_bytes();
    let digit = |at: usize| bytes.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'));
    let sign = match bytes.first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(cannot_use(whole, WHAT)),
    };
    let (Some(a), Some(b), Some(b':'), Some(c), Some(d)) = (digit(1), digit(2), bytes.get(3), digit(4), digit(5))
    else {
        return Err(cannot_use(whole, WHAT));
    };
    *rest = &whole[6..];
    let (hours, minutes) = (a * 10 + b, c * 10 + d);
    in_range(hours <= 24 && minutes <= 60, rest, WHAT)?;
    Ok(sign * (hours * 3600 + minutes * 60))
}

/// Reads a duration such as `-1.5h` or `1h30m`, or says what is wrong with it.
pub(super) fn duration(text: &str) -> Result<SignedDuration, String> {
    let invalid = || format!("time: invalid duration {}", quoted(text));
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let whole = take_digits(&mut rest);
        let fraction = match rest.strip_prefix('.') {
            Some(after) => {
                rest = after;
                take_digits(&mut rest)
            }
            None => "",
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let length = rest.find(|char: char| char == '.' || char.is_ascii_digit()).unwrap_or(rest.len());
        let (unit, after) = rest.split_at(length);
        rest = after;
        let nanoseconds: i128 = match unit {
            "" => return Err(format!("time: missing unit in duration {}", quoted(text))),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return Err(format!("time: unknown unit {} in duration {}", quoted(unit), quoted(text))),
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
        total = whole.checked_mul(nanoseconds).and_then(|part| total.checked_add(part)).ok_or_else(invalid)?;
        // Beyond 18 digits nothing is left of an hour.
        let fraction = &fraction[..fraction.len().min(18)];
        if !fraction.is_empty() {
            let scale = 10i128.pow(u32::try_from(fraction.len()).unwrap_or(18));
            total += fraction.parse::<i128>().map_err(|_| invalid())? * nanoseconds / scale;
        }
        if total > i128::from(i64::MAX) {
            return Err(invalid());
        }
    }
    let nanoseconds = i64::try_from(if is_negative { -total } else { total }).map_err(|_| invalid())?;
    Ok(SignedDuration::from_nanos(nanoseconds))
}

fn take_digits<'a>(rest: &mut &'a str) -> &'a str {
    let count = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, after) = rest.split_at(count);
    *rest = after;
    digits
}
