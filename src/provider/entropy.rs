//! Randomness as an argument: the operating system's, or a stream that a test can repeat.

use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;

use rand::CryptoRng;
use rand::Error;
use rand::RngCore;
use rand::SeedableRng;
use rand::rngs::OsRng;
use rand::rngs::StdRng;

/// Where randomness comes from. Cheap to clone; clones draw from one stream.
#[derive(Clone, Default)]
pub struct Entropy {
    /// `None` is the operating system.
    stream: Option<Arc<Mutex<StdRng>>>,
}

impl Entropy {
    /// The operating system's randomness: the only one that may make a secret.
    pub fn os() -> Self {
        Self::default()
    }

    /// The same stream for the same seed, for tests.
    pub fn seeded(seed: u64) -> Self {
        Self { stream: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))) }
    }

    /// Lets a function draw from the stream.
    fn draw<T>(&self, from: impl FnOnce(&mut dyn RngCore) -> T) -> T {
        match &self.stream {
            None => from(&mut OsRng),
            Some(stream) => from(&mut *stream.lock().expect("no holder panics")),
        }
    }
}

impl RngCore for Entropy {
    fn next_u32(&mut self) -> u32 {
        self.draw(|rng| rng.next_u32())
    }

    fn next_u64(&mut self) -> u64 {
        self.draw(|rng| rng.next_u64())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.draw(|rng| rng.fill_bytes(bytes));
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.draw(|rng| rng.try_fill_bytes(bytes))
    }
}

/// Both sources are generators that are fit for secrets; a seed that is known is the test's own affair.
impl CryptoRng for Entropy {}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.stream.is_some() { "Entropy(seeded)" } else { "Entropy(os)" })
    }
}
