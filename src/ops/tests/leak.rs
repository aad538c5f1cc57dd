//! Finds a secret in anything that was written, in whatever spelling.

#![allow(unreachable_pub, reason = "the tests across modules look for leaks with it too")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Shorter ones would be found by chance.
const SHORTEST: usize = 12;

/// The spellings of some secrets.
pub struct Leaks {
    needles: Vec<(String, Vec<u8>)>,
}

impl Leaks {
    /// Prepares to look for secrets, each under a name; of a text with several lines each counts.
    pub fn of(secrets: &[(String, String)]) -> Leaks {
        let mut needles = Vec::new();
        for (name, secret) in secrets {
            let lines = secret.lines().filter(|line| !line.starts_with("-----"));
            for part in lines.chain([secret.as_str()]).filter(|part| part.len() >= SHORTEST) {
                needles.extend(spellings(part).into_iter().map(|(form, text)| (format!("{name}, {form}"), text)));
            }
        }
        assert!(!needles.is_empty(), "there is something to look for");
        Leaks { needles }
    }

    /// The secret that is in there, and what stands around it.
    pub fn find(&self, hay: &[u8]) -> Option<String> {
        self.needles.iter().find_map(|(name, needle)| {
            let at = hay.windows(needle.len()).position(|window| window == needle)?;
            let around = &hay[at.saturating_sub(80)..(at + needle.len() + 20).min(hay.len())];
            Some(format!("{name}: …{}…", String::from_utf8_lossy(around)))
        })
    }
}

fn spellings(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let json = serde_json::to_string(secret).expect("text is JSON");
    let json = &json[1..json.len() - 1];
    let twice = serde_json::to_string(json).expect("text is JSON");
    let percent = |upper: bool| -> String {
        let byte = |byte: u8| match (byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte), upper) {
            (true, _) => char::from(byte).to_string(),
            (false, true) => format!("%{byte:02X}"),
            (false, false) => format!("%{byte:02x}"),
        };
        secret.bytes().map(byte).collect()
    };
    let mut all = vec![
        ("as it is", secret.to_owned()),
        ("in JSON", json.to_owned()),
        ("in JSON in JSON", twice[1..twice.len() - 1].to_owned()),
        ("in a URL", percent(true)),
        ("in a URL", percent(false)),
        ("in hex", hex::encode(secret)),
        ("in hex", hex::encode_upper(secret)),
        ("for debugging", format!("{secret:?}").trim_matches('"').to_owned()),
    ];
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(secret.as_bytes());
        // Only what does not hang on the bytes around it.
        let first = (before * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        for (name, engine) in [("in base64", &STANDARD_NO_PAD), ("in base64 for URLs", &URL_SAFE_NO_PAD)] {
            all.push((name, engine.encode(&bytes)[first..last].to_owned()));
        }
    }
    all.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
}

#[test]
fn a_secret_is_found_in_every_spelling() {
    let secret = "se\"cret\\ä/+?~ and more";
    let leaks = Leaks::of(&[("it".to_owned(), secret.to_owned())]);
    for (at, text) in ["", "x", "xy"].into_iter().enumerate() {
        for encoded in [
            format!("{text}{secret}"),
            serde_json::json!({ "a": format!("{text}{secret}") }).to_string(),
            STANDARD_NO_PAD.encode(format!("{text}{secret}tail")),
            URL_SAFE_NO_PAD.encode(format!("{text}{secret}tail")),
            hex::encode_upper(secret),
        ] {
            assert!(leaks.find(encoded.as_bytes()).is_some(), "{at}: {encoded}");
        }
    }
    assert_eq!(leaks.find(b"nothing of the kind is here"), None);
}
