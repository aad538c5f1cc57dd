//! Random values that only a seed decides: a hash of what they are for, dressed as needed.

use sha2::Digest;
use sha2::Sha256;

/// One hash over several parts; they are of fixed length or the last, so it is unambiguous.
pub(super) fn digest<const N: usize>(parts: [&[u8]; N]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// The first sixteen bytes, dressed as a version-4 identifier.
pub(super) fn uuid_of(bytes: [u8; 32]) -> String {
    let mut half = [0; 16];
    half.copy_from_slice(&bytes[..16]);
    uuid::Builder::from_random_bytes(half).into_uuid().to_string()
}

/// The first eight bytes as a number from 0 up to, but not including, 1.
pub(super) fn fraction_of(bytes: [u8; 32]) -> f64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[..8]);
    (u64::from_be_bytes(eight) >> 11) as f64 / (1_u64 << 53) as f64
}
