//! Ids in Neon's shapes: an adjective, a noun and eight digits.

use crate::sim::call::Call;

const ADJECTIVES: [&str; 32] = [
    "aged",
    "ancient",
    "autumn",
    "billowing",
    "bitter",
    "bold",
    "broad",
    "calm",
    "cold",
    "cool",
    "crimson",
    "damp",
    "dark",
    "dawn",
    "delicate",
    "divine",
    "dry",
    "floral",
    "fragrant",
    "green",
    "hidden",
    "icy",
    "late",
    "little",
    "lively",
    "morning",
    "patient",
    "quiet",
    "raspy",
    "shiny",
    "silent",
    "wispy",
];

const NOUNS: [&str; 32] = [
    "bird", "boat", "bread", "breeze", "brook", "bush", "cake", "cell", "cherry", "cloud", "credit", "dew", "disk",
    "dream", "dust", "feather", "field", "fire", "firefly", "fog", "forest", "frost", "glade", "grass", "haze", "hill",
    "lake", "leaf", "meadow", "moon", "mountain", "wind",
];

/// A new id with that prefix, such as `br-`.
pub(super) fn fresh(call: &mut Call<'_>, prefix: &str) -> String {
    of(call.world.draw(), prefix)
}

/// The id that those bytes decide.
pub(super) fn of(bytes: [u8; 32], prefix: &str) -> String {
    let word = |words: &[&'static str; 32], byte: u8| words[usize::from(byte) % 32];
    let number = bytes[2..10].iter().fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
    let digits = 10_000_000 + number % 90_000_000;
    format!("{prefix}{}-{}-{digits}", word(&ADJECTIVES, bytes[0]), word(&NOUNS, bytes[1]))
}
