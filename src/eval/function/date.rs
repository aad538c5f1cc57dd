//! Functions on points in time.

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use super::timestamp::Timestamp;
use super::timestamp::duration;
use super::timestamp::offset_text;
use super::timestamp::parse;
use crate::value::Type;
use crate::value::Value;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    let pair = |one, two| [Param::string(one), Param::string(two)];
    vec![
        Function::pure("formatdate", pair("format", "time"), Type::STRING, formatdate),
        Function::with("plantimestamp", [], Type::STRING, |cx, _| Ok(Value::from(rfc3339(cx.plan_time)))),
        Function::pure("timeadd", pair("timestamp", "duration"), Type::STRING, timeadd),
        Function::pure("timecmp", pair("timestamp_a", "timestamp_b"), Type::NUMBER, timecmp),
        // The clock belongs to the call: what is asked for is the time at which this runs.
        Function::with("timestamp", [], Type::STRING, |cx, _| {
            Ok(Value::from(rfc3339(cx.now.map_or(cx.plan_time, |now| now()))))
        })
        .impure(),
    ]
}

fn rfc3339(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn timeadd(args: &[Value]) -> Result<Value, CallError> {
    let time = parse(string(args, 0)).map_err(CallError::call)?;
    let duration = duration(string(args, 1)).map_err(CallError::call)?;
    let sum = time.checked_add(duration).ok_or_else(|| CallError::call("the result is out of the range of years"))?;
    Ok(Value::from(sum.to_rfc3339()))
}

fn timecmp(args: &[Value]) -> Result<Value, CallError> {
    let time = |index| {
        let time = parse(string(args, index)).map_err(|message| CallError::argument(index, message))?;
        time.utc().ok_or_else(|| CallError::argument(index, "the time is out of the range of years"))
    };
    Ok(Value::from(time(0)?.cmp(&time(1)?) as i64))
}

fn formatdate(args: &[Value]) -> Result<Value, CallError> {
    let time = parse(string(args, 1)).map_err(|message| CallError::argument(1, message))?;
    let mut result = String::new();
    let mut rest = string(args, 0);
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '\'' => push_literal(&mut result, rest).map_err(|message| CallError::argument(0, message))?,
            'a'..='z' | 'A'..='Z' => {
                let (verb, after) = rest.split_at(rest.bytes().take_while(|byte| *byte == first as u8).count());
                push_verb(&mut result, verb, time).map_err(|message| {
                    CallError::argument(0, format!("invalid date format verb {}{message}", quoted(verb)))
                })?;
                after
            }
            other => {
                result.push(other);
                &rest[other.len_utf8()..]
            }
        };
    }
    Ok(Value::text(result))
}

/// Adds text between quotes, in which two quotes are one; alone they are one too.
fn push_literal<'a>(to: &mut String, text: &'a str) -> Result<&'a str, String> {
    if let Some(rest) = text.strip_prefix("''") {
        to.push('\'');
        return Ok(rest);
    }
    let mut rest = &text[1..];
    loop {
        let (part, after) = rest.split_once('\'').ok_or("unterminated literal '")?;
        to.push_str(part);
        match after.strip_prefix('\'') {
            Some(further) => {
                to.push('\'');
                rest = further;
            }
            None => return Ok(after),
        }
    }
}

/// Adds what a verb stands for; the error goes on behind the verb.
fn push_verb(to: &mut String, verb: &str, time: Timestamp) -> Result<(), &'static str> {
    let local = time.local;
    let month = MONTHS[usize::try_from(local.month() - 1).unwrap_or(0)];
    let weekday = WEEKDAYS[usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0)];
    let twelve = (local.hour() + 11) % 12 + 1;
    let half = if local.hour() < 12 { "AM" } else { "PM" };
    let compact = offset_text(time.offset, "");
    to.push_str(&match verb {
        "YYYY" => format!("{:04}", local.year()),
        "YY" => format!("{:02}", local.year() % 100),
        "M" => local.month().to_string(),
        "MM" => format!("{:02}", local.month()),
        "MMM" => month[..3].to_owned(),
        "MMMM" => month.to_owned(),
        "D" => local.day().to_string(),
        "DD" => format!("{:02}", local.day()),
        "EEE" => weekday[..3].to_owned(),
        "EEEE" => weekday.to_owned(),
        "h" => local.hour().to_string(),
        "hh" => format!("{:02}", local.hour()),
        "H" => twelve.to_string(),
        "HH" => format!("{twelve:02}"),
        "AA" => half.to_owned(),
        "aa" => half.to_lowercase(),
        "m" => local.minute().to_string(),
        "mm" => format!("{:02}", local.minute()),
        "s" => local.second().to_string(),
        "ss" => format!("{:02}", local.second()),
        "Z" if time.offset == 0 => "Z".to_owned(),
        "Z" | "ZZZZZ" => offset_text(time.offset, ":"),
        "ZZZ" if time.offset == 0 => "UTC".to_owned(),
        "ZZZ" | "ZZZZ" => compact,
        _ => {
            return Err(match verb.as_bytes()[0] {
                b'Y' => ": year must either be \"YY\" or \"YYYY\"",
                b'M' => ": month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
                b'D' => ": day of month must either be \"D\" or \"DD\"",
                b'E' => ": day of week must either be \"EEE\" or \"EEEE\"",
                b'h' => ": 24-hour must either be \"h\" or \"hh\"",
                b'H' => ": 12-hour must either be \"H\" or \"HH\"",
                b'A' => ": must be \"AA\"",
                b'a' => ": must be \"aa\"",
                b'm' => ": minute must either be \"m\" or \"mm\"",
                b's' => ": second must either be \"s\" or \"ss\"",
                b'Z' => ": timezone must be Z, ZZZZ, or ZZZZZ",
                _ => "",
            });
        }
    });
    Ok(())
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

#[cfg(test)]
mod tests;
