//! `base64gzip`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compress;
use flate2::Compression;
use flate2::Crc;
use flate2::FlushCompress;

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use crate::value::Type;
use crate::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![Function::pure("base64gzip", [Param::string("str")], Type::STRING, base64gzip)]
}

fn base64gzip(args: &[Value]) -> Result<Value, CallError> {
    let bytes = string(args, 0).as_bytes();
    gzip(bytes).map(|gzip| Value::from(STANDARD.encode(gzip))).ok_or_else(|| CallError::call("failed to compress"))
}

/// Gzip without a name or time, of an unknown system. The data is flushed and then closed by an empty stored block,
/// so that short text comes out as it does elsewhere.
fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    const FLUSHED: [u8; 5] = [0, 0, 0, 0xff, 0xff];
    const LAST: [u8; 5] = [1, 0, 0, 0xff, 0xff];
    let mut gzip = HEADER.to_vec();
    if bytes.is_empty() {
        gzip.extend(FLUSHED);
    } else {
        let mut body = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 64);
        let mut compress = Compress::new(Compression::default(), false);
        loop {
            let done = usize::try_from(compress.total_in()).ok()?;
            compress.compress_vec(&bytes[done..], &mut body, FlushCompress::Sync).ok()?;
            if compress.total_in() == bytes.len() as u64 && body.len() < body.capacity() {
                break;
            }
            body.reserve(body.capacity().max(64));
        }
        gzip.append(&mut body);
    }
    gzip.extend(LAST);
    let mut crc = Crc::new();
    crc.update(bytes);
    gzip.extend(crc.sum().to_le_bytes());
    gzip.extend(crc.amount().to_le_bytes());
    Some(gzip)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::gzip;

    #[test]
    fn short_text_comes_out_as_elsewhere() {
        use base64::Engine;
        for (text, expected) in
            [("", "H4sIAAAAAAAA/wAAAP//AQAA//8AAAAAAAAAAA=="), ("test", "H4sIAAAAAAAA/ypJLS4BAAAA//8BAAD//wx+f9gEAAAA")]
        {
            let gzip = gzip(text.as_bytes()).expect("compresses");
            assert_eq!(base64::engine::general_purpose::STANDARD.encode(gzip), expected);
        }
    }

    #[test]
    fn what_was_compressed_reads_back() {
        let long = "all work and no play ".repeat(100_000);
        let noise: String =
            (0..50_000u32).map(|at| char::from(32 + (at.wrapping_mul(2_654_435_761) >> 25) as u8)).collect();
        for text in ["x", &long, &noise] {
            let mut back = String::new();
            let gzip = gzip(text.as_bytes()).expect("compresses");
            flate2::read::GzDecoder::new(gzip.as_slice()).read_to_string(&mut back).expect("is gzip");
            assert!(back == *text);
        }
    }
}
