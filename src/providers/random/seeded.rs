//! The stream behind a `seed` argument: the same for the same text, on every machine and in every version.

use rand::Error;
use rand::RngCore;
use sha2::Digest;
use sha2::Sha256;

use crate::provider::Entropy;

/// Draws from the seed's stream, or from `entropy` without a seed.
pub(super) fn source(entropy: &Entropy, seed: Option<&str>) -> Box<dyn RngCore> {
    match seed {
        Some(seed) if !seed.is_empty() => Box::new(Seeded { seed: seed.to_owned(), block: 0 }),
        _ => Box::new(entropy.clone()),
    }
}

/// SHA-256 of the seed and a counter, block by block. Not for secrets: who knows the seed knows the stream. Library
/// generators are free to change theirs with a version, and a new value would then be drawn for an old seed.
struct Seeded {
    seed: String,
    block: u64,
}

impl RngCore for Seeded {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let digest = Sha256::new().chain_update(self.block.to_le_bytes()).chain_update(&self.seed).finalize();
            chunk.copy_from_slice(&digest[..chunk.len()]);
            self.block = self.block.wrapping_add(1);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

/// A number below `bound`, each as likely as the others. Written out for the same reason as the stream.
pub(super) fn below(rng: &mut dyn RngCore, bound: u64) -> u64 {
    // What is left over at the end of the range would favour the small numbers, so it is drawn again.
    let fair = u64::MAX - u64::MAX % bound;
    loop {
        let drawn = rng.next_u64();
        if drawn < fair {
            return drawn % bound;
        }
    }
}
