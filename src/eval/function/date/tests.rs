use super::super::tests::check;

#[test]
fn dates_are_written_as_the_format_says() {
    let time = "2020-02-29T00:05:09-08:30";
    for (format, expected) in [
        ("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "Saturday, 29-Feb-20 00:05:09 -0830"),
        ("YYYY-MM-DD'T'hh:mm:ssZ", "2020-02-29T00:05:09-08:30"),
        ("H:m aa AA MMMM D M", "12:5 am AM February 29 2"),
        ("h'h'mm '' 'it''s'", "0h05 ' it's"),
        ("ZZZZ ZZZZZ [-_.,é]", "-0830 -08:30 [-_.,é]"),
    ] {
        check(&[("formatdate", &format!("\"{format}\", \"{time}\""), Ok(&format!("\"{expected}\"")))]);
    }
    check(&[("formatdate", r#""Z ZZZ ZZZZZ HH", "2018-01-02T13:12:01+00:00""#, Ok("\"Z UTC +00:00 01\""))]);
    for (format, message) in [
        ("YYY", "invalid date format verb \"YYY\": year must either be \"YY\" or \"YYYY\""),
        ("QQ", "invalid date format verb \"QQ\""),
        ("'abc", "unterminated literal '"),
    ] {
        let detail = format!("Invalid value for \"format\" parameter: {message}.");
        check(&[("formatdate", &format!("\"{format}\", \"{time}\""), Err(&detail))]);
    }
}

#[test]
fn what_is_no_timestamp_is_told_part_by_part() {
    for (time, message) in [
        ("not a date", "cannot use \"not a date\" as year"),
        ("", "end of string before year"),
        ("2018-01-02", "missing required time introducer 'T'"),
        ("2018-13-02T23:12:01Z", "cannot use \"-02T23:12:01Z\" as month"),
        ("2018-02-30T23:12:01Z", "day out of range"),
        ("2018x", "found \"x\" where \"-\" is expected"),
        ("2018-01", "end of string where \"-\" is expected"),
        ("2018-01-02T23:12:01", "end of string before UTC offset"),
        ("2018-01-02T23:12:01+0100", "cannot use \"+0100\" as UTC offset"),
        ("2018-01-02T23:12:01Zx", "cannot use \"x\" as timestamp segment"),
    ] {
        let detail = format!("Invalid value for \"time\" parameter: not a valid RFC3339 timestamp: {message}.");
        check(&[("formatdate", &format!("\"YYYY\", \"{time}\""), Err(&detail))]);
    }
}

#[test]
fn durations_are_added() {
    for (time, duration, expected) in [
        ("2017-11-22T00:00:00Z", "-1.5h", "2017-11-21T22:30:00Z"),
        ("2016-02-28T23:59:59Z", "1s", "2016-02-29T00:00:00Z"),
        ("2017-11-22T00:00:00+09:00", "+1h30m", "2017-11-22T01:30:00+09:00"),
        ("2016-02-29T00:00:00.5Z", ".5s", "2016-02-29T00:00:01Z"),
        ("2017-11-22T00:00:00Z", "0", "2017-11-22T00:00:00Z"),
    ] {
        check(&[("timeadd", &format!("\"{time}\", \"{duration}\""), Ok(&format!("\"{expected}\"")))]);
    }
    for (duration, message) in [
        ("", "time: invalid duration \"\""),
        ("5", "time: missing unit in duration \"5\""),
        ("1h-30m", "time: unknown unit \"h-\" in duration \"1h-30m\""),
        ("100000000000000h", "time: invalid duration \"100000000000000h\""),
    ] {
        let detail = format!("Call to function \"timeadd\" failed: {message}.");
        check(&[("timeadd", &format!("\"2017-11-22T00:00:00Z\", \"{duration}\""), Err(&detail))]);
    }
    check(&[
        ("timecmp", r#""2017-11-22T01:00:00Z", "2017-11-22T01:00:00-01:00""#, Ok("-1")),
        ("timecmp", r#""2017-11-22T0:00:00Z", "2017-11-22T00:00:00Z""#, Ok("0")),
        ("plantimestamp", "", Ok("\"1970-01-01T00:00:00Z\"")),
        ("timestamp", "", Ok("\"9999-12-30T22:00:00Z\"")),
    ]);
}
