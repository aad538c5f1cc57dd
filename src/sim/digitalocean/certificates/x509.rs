//! As much of an X.509 certificate as the vendor shows: its fingerprint, its end, its names.
//!
//! A walk over the nested lengths of DER, which never fails loudly: what is no certificate gives nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha1::Digest;
use sha1::Sha1;

/// What is shown of a certificate.
#[derive(Debug, PartialEq)]
pub(super) struct Facts {
    pub(super) fingerprint: String,
    pub(super) not_after: Timestamp,
    pub(super) names: Vec<String>,
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const UTC_TIME: u8 = 0x17;
const DNS_NAME: u8 = 0x82;
const OBJECT: u8 = 0x06;
const OCTETS: u8 = 0x04;
/// 2.5.29.17, the further names of a certificate.
const FURTHER_NAMES: [u8; 3] = [0x55, 0x1d, 0x11];

/// The facts of the first certificate in a PEM text.
pub(super) fn facts(pem: &str) -> Option<Facts> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (inside, _) = rest.split_once("-----END CERTIFICATE-----")?;
    let text: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD.decode(text).ok()?;
    let (certificate, _) = take(&der, SEQUENCE)?;
    let (signed, _) = take(certificate, SEQUENCE)?;
    let rest = take(signed, VERSION).map_or(signed, |(_, rest)| rest);
    // Serial number, algorithm, issuer.
    let rest = skip(skip(skip(rest)?)?)?;
    let (validity, rest) = take(rest, SEQUENCE)?;
    let not_after = time(skip(validity)?)?;
    // Subject, public key, and two identifiers that nobody uses any more.
    let mut rest = skip(skip(rest)?)?;
    while !rest.is_empty() && rest[0] != EXTENSIONS {
        rest = skip(rest)?;
    }
    let names = take(rest, EXTENSIONS).map(|(extensions, _)| names(extensions)).unwrap_or_default();
    Some(Facts { fingerprint: hex::encode(Sha1::digest(&der)), not_after, names })
}

/// The DNS names among the extensions.
fn names(extensions: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let Some((mut list, _)) = take(extensions, SEQUENCE) else { return found };
    while let Some((extension, rest)) = take(list, SEQUENCE) {
        list = rest;
        let Some((id, value)) = take(extension, OBJECT) else { continue };
        // A flag that says whether it is critical may come between.
        let value = take(value, OCTETS).or_else(|| take(skip(value)?, OCTETS));
        let names = value.filter(|_| id == FURTHER_NAMES).and_then(|(value, _)| take(value, SEQUENCE));
        let Some((mut names, _)) = names else { continue };
        while let Some((tag, name, rest)) = element(names) {
            names = rest;
            if tag == DNS_NAME {
                found.push(String::from_utf8_lossy(name).into_owned());
            }
        }
    }
    found
}

/// A moment in either of the two forms, without its century before 2050.
fn time(bytes: &[u8]) -> Option<Timestamp> {
    let (tag, text, _) = element(bytes)?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = match tag {
        UTC_TIME if text < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        _ => text.to_owned(),
    };
    let at = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The contents of the first element, if it is of that kind, and what follows it.
fn take(bytes: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, inside, rest) = element(bytes)?;
    (tag == wanted).then_some((inside, rest))
}

/// What follows the first element.
fn skip(bytes: &[u8]) -> Option<&[u8]> {
    element(bytes).map(|(_, _, rest)| rest)
}

/// Tag, contents and what follows.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = match *bytes {
        [tag, length, ref rest @ ..] => (tag, length, rest),
        _ => return None,
    };
    let (length, rest) = if length < 0x80 {
        (usize::from(length), rest)
    } else {
        let count = usize::from(length & 0x7f);
        let digits = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
        (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), &rest[count..])
    };
    Some((tag, rest.get(..length)?, &rest[length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_a_certificate_are_read() {
        let facts = facts(include_str!("sample.pem")).unwrap();
        assert_eq!(facts.names, ["example.com", "www.example.com"]);
        assert_eq!(facts.not_after, "2056-11-27T15:12:06Z".parse().unwrap());
        assert_eq!(facts.fingerprint, "89b13ba085fb3cde2704a88b57d2719dca0f3927");
    }

    #[test]
    fn what_is_no_certificate_gives_nothing() {
        let whole = include_str!("sample.pem");
        let cut = whole.replace("MII", "MIJ");
        for text in ["", "-----BEGIN CERTIFICATE-----", &whole[..200], &cut] {
            assert_eq!(facts(text), None, "{text}");
        }
        let armour =
            |der: &[u8]| format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----", STANDARD.encode(der));
        for length in 0..16 {
            let mut der = vec![0x30; length];
            der.extend([0x84, 0xff, 0xff, 0xff, 0xff]);
            assert_eq!(facts(&armour(&der)), None);
        }
    }
}
