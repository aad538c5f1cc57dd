//! Names within a domain: relative or whole, in one spelling by which they are compared.

use std::net::Ipv6Addr;

/// Types whose value is the name of a host.
const HOSTS: [&str; 5] = ["CAA", "CNAME", "MX", "NS", "SRV"];

/// A record's name as the API has it: `@`, or what stands before the domain.
pub(super) fn relative(name: &str, domain: &str) -> String {
    let domain = domain.to_lowercase();
    let name = name.to_lowercase();
    match name.strip_suffix('.') {
        Some(whole) if whole == domain => "@".to_owned(),
        Some(whole) => match whole.strip_suffix(&domain).and_then(|before| before.strip_suffix('.')) {
            Some(before) => before.to_owned(),
            None => name,
        },
        None if name == domain || name.is_empty() => "@".to_owned(),
        None => name,
    }
}

/// The whole name of a record, without a dot at its end.
pub(super) fn fqdn(name: &str, domain: &str) -> String {
    let domain = domain.to_lowercase();
    match relative(name, &domain) {
        name if name == "@" => domain,
        name if name.ends_with(&format!(".{domain}")) => name,
        name => format!("{name}.{domain}"),
    }
}

/// Whether two names are the same record's.
pub(in super::super) fn same_name(a: &str, b: &str, domain: &str) -> bool {
    relative(a, domain) == relative(b, domain)
}

/// Whether two values of a type mean the same.
pub(super) fn same_value(kind: &str, a: &str, b: &str, domain: &str) -> bool {
    a == b || canonical(kind, a, domain) == canonical(kind, b, domain)
}

fn canonical(kind: &str, value: &str, domain: &str) -> String {
    match kind {
        "AAAA" => value.parse::<Ipv6Addr>().map_or_else(|_| value.to_lowercase(), |ip| ip.to_string()),
        kind if HOSTS.contains(&kind) => {
            let host = value.to_lowercase();
            let host = if host == "@" { domain.to_lowercase() } else { host };
            host.strip_suffix('.').map_or(host.clone(), str::to_owned)
        }
        _ => value.to_owned(),
    }
}

/// A value as it is written. The API wants names of hosts with a dot at their end.
pub(super) fn written(kind: &str, value: &str) -> String {
    let is_name = HOSTS.contains(&kind) && value.contains('.') && !value.contains(':');
    if is_name && !value.ends_with('.') { format!("{value}.") } else { value.to_owned() }
}

/// A value as it is read: with the dot, as configurations have it.
pub(super) fn shown(kind: &str, data: &str) -> String {
    if data == "@" { data.to_owned() } else { written(kind, data) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_relative_to_their_domain() {
        let cases = [
            ("@", "@", "example.com"),
            ("example.com.", "@", "example.com"),
            ("Example.com", "@", "example.com"),
            ("www", "www", "www.example.com"),
            ("WWW.example.com.", "www", "www.example.com"),
            ("a.b", "a.b", "a.b.example.com"),
            ("notexample.com.", "notexample.com.", "notexample.com..example.com"),
            ("www.example.com", "www.example.com", "www.example.com"),
        ];
        for (name, expected, whole) in cases {
            assert_eq!(relative(name, "example.com"), expected, "{name}");
            assert_eq!(fqdn(name, "example.com"), whole, "{name}");
        }
    }

    #[test]
    fn values_of_hosts_mean_the_same_with_and_without_a_dot() {
        let cases = [
            ("CNAME", "web.example.com", "Web.example.com.", true),
            ("CNAME", "@", "example.com.", true),
            ("MX", "mail.example.com.", "mail.example.org.", false),
            ("CAA", "letsencrypt.org.", "letsencrypt.org", true),
            ("TXT", "a.", "a", false),
            ("AAAA", "2001:DB8:0::1", "2001:db8::1", true),
            ("A", "192.0.2.1", "192.0.2.2", false),
        ];
        for (kind, a, b, same) in cases {
            assert_eq!(same_value(kind, a, b, "example.com"), same, "{kind} {a} {b}");
        }
    }

    #[test]
    fn the_dot_is_added_to_names_of_hosts_only() {
        let cases = [
            ("CNAME", "web.example.com", "web.example.com."),
            ("CNAME", "@", "@"),
            ("MX", "mail", "mail"),
            ("CAA", "mailto:a@example.com", "mailto:a@example.com"),
            ("TXT", "v=spf1 a.b", "v=spf1 a.b"),
        ];
        for (kind, value, expected) in cases {
            assert_eq!(written(kind, value), expected);
        }
    }
}
