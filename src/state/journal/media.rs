//! What a journal is written on.

use std::io;

/// Something that bytes can be appended to and that can promise to keep them.
pub trait Media: Send {
    /// Appends bytes; all or an error.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when all that was appended survives a power cut.
    fn sync(&mut self) -> io::Result<()>;
}
