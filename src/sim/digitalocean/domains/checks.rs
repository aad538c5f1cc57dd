//! What the vendor refuses in a domain or a record: names, data by type, numbers by type.

use std::net::Ipv4Addr;
use std::net::Ipv6Addr;

use crate::sim::digitalocean::domains::records::Record;
use crate::sim::refusal::Refusal;
use crate::sim::validate::is_made_of;

/// The types of records that can be made.
pub(super) const TYPES: [&str; 9] = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"];

/// Refuses what is no domain: at least two labels.
pub(super) fn domain(name: &str) -> Result<(), Refusal> {
    let is_label = |label: &str| {
        is_made_of(label, 63, |c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() > 253 || !name.contains('.') || !name.split('.').all(is_label) {
        return Err(Refusal::invalid("Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)"));
    }
    Ok(())
}

/// A record's name within its zone: `@` for the zone itself; a final dot makes it absolute.
pub(super) fn name(given: &str, domain: &str) -> Result<String, Refusal> {
    let name = match given.strip_suffix('.') {
        Some(whole) if whole.eq_ignore_ascii_case(domain) => "@".to_owned(),
        Some(whole) => {
            let inside = whole.to_ascii_lowercase();
            let inside = inside.strip_suffix(domain).and_then(|name| name.strip_suffix('.'));
            inside.ok_or_else(|| Refusal::invalid("Name must be within the domain."))?.to_owned()
        }
        None => given.to_owned(),
    };
    let is_label =
        |label: &str| label == "*" || is_made_of(label, 63, |c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if name != "@" && !name.split('.').all(is_label) {
        return Err(Refusal::invalid("Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, ., _ and -)"));
    }
    Ok(name)
}

/// A record's data as it is kept: names without their final dot, which they must be given with.
pub(super) fn data(kind: &str, tag: Option<&str>, data: &str) -> Result<String, Refusal> {
    match kind {
        "A" if data.parse::<Ipv4Addr>().is_err() => Err(Refusal::invalid("Data must be a valid IPv4 address.")),
        "AAAA" if data.parse::<Ipv6Addr>().is_err() => Err(Refusal::invalid("Data must be a valid IPv6 address.")),
        "CNAME" | "MX" | "NS" | "SRV" if data != "@" => match data.strip_suffix('.') {
            Some(name) if !name.is_empty() && !name.contains(char::is_whitespace) => Ok(name.to_owned()),
            Some(_) => Err(Refusal::invalid("Data is not a valid hostname.")),
            None => Err(Refusal::invalid("Data needs to end with a dot (.)")),
        },
        "CAA" if tag != Some("iodef") => Ok(data.trim_end_matches('.').to_owned()),
        "TXT" if data.len() > 65_535 => Err(Refusal::invalid("Data is too long.")),
        _ => Ok(data.to_owned()),
    }
}

/// Refuses a record without the numbers its type needs, or with some that it can not have.
pub(super) fn whole(record: &Record) -> Result<(), Refusal> {
    let need = |is_there: bool, name: &str| match is_there {
        true => Ok(()),
        false => Err(Refusal::invalid(format!("{name} can't be blank."))),
    };
    match record.kind.as_str() {
        "MX" => need(record.priority.is_some(), "Priority"),
        "SRV" => {
            need(record.priority.is_some(), "Priority")?;
            need(record.port.is_some(), "Port")?;
            need(record.weight.is_some(), "Weight")
        }
        "CAA" => {
            need(record.flags.is_some(), "Flags")?;
            match record.tag.as_deref() {
                Some("issue" | "issuewild" | "iodef") => Ok(()),
                _ => Err(Refusal::invalid("Tag must be one of issue, issuewild, iodef.")),
            }
        }
        _ => Ok(()),
    }
}
