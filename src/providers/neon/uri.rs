//! Addresses of databases: composed when they are needed, from parts of which only the password is a secret.

use crate::value::Type;
use crate::value::Value;

/// The host of the pooler: that of the compute, with `-pooler` behind its first label.
pub(super) fn pooler(host: &str) -> String {
    match host.split_once('.') {
        Some((compute, domain)) => format!("{compute}-pooler.{domain}"),
        None => format!("{host}-pooler"),
    }
}

/// The address of a database, as the vendor writes it; null while a part is missing.
pub(super) fn compose(host: Option<&str>, role: Option<&str>, password: Option<&str>, database: Option<&str>) -> Value {
    match (host, role, password, database) {
        (Some(host), Some(role), Some(password), Some(database)) => Value::from(format!(
            "postgresql://{}:{}@{host}/{}?sslmode=require",
            escaped(role),
            escaped(password),
            escaped(database)
        )),
        _ => Value::Null(Type::STRING),
    }
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_parts_escaped_and_is_missing_with_any_of_them() {
        assert_eq!(pooler("ep-a-1.eu.aws.neon.tech"), "ep-a-1-pooler.eu.aws.neon.tech");
        let host = pooler("ep-a-1.eu");
        let uri = compose(Some(&host), Some("me"), Some("p@:/ä"), Some("my db"));
        assert_eq!(uri.as_str(), Some("postgresql://me:p%40%3A%2F%C3%A4@ep-a-1-pooler.eu/my%20db?sslmode=require"));
        assert!(compose(Some(&host), Some("me"), None, Some("db")).is_null());
    }
}
