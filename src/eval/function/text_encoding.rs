//! Text in encodings other than UTF-8, as Base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

use super::CallError;
use super::Function;
use super::Param;
use super::string::string;
use crate::value::Type;
use crate::value::Value;
use crate::value::text::quoted;

pub(super) fn functions() -> Vec<Function> {
    let decode = [Param::string("source"), Param::string("encoding")];
    let encode = [Param::string("string"), Param::string("encoding")];
    vec![
        Function::pure("textdecodebase64", decode, Type::STRING, textdecodebase64),
        Function::pure("textencodebase64", encode, Type::STRING, textencodebase64),
    ]
}

/// How text becomes bytes.
#[derive(Clone, Copy)]
enum Charset {
    Utf8,
    /// Two bytes a unit; with a byte-order mark when the order is not said.
    Utf16 {
        big: bool,
        mark: bool,
    },
    /// Bytes below this are the characters of the same number.
    Latin {
        below: u32,
    },
    Other(&'static Encoding),
}

/// An encoding by its name at IANA, and the name that messages give it.
fn charset(name: &str) -> Option<(Charset, &'static str)> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "utf-8" | "csutf8" => (Charset::Utf8, "UTF-8"),
        "utf-16" | "csutf16" => (Charset::Utf16 { big: true, mark: true }, "UTF-16"),
        "utf-16be" | "csutf16be" => (Charset::Utf16 { big: true, mark: false }, "UTF-16BE"),
        "utf-16le" | "csutf16le" => (Charset::Utf16 { big: false, mark: false }, "UTF-16LE"),
        "us-ascii" | "iso-ir-6" | "ansi_x3.4-1968" | "ansi_x3.4-1986" | "iso_646.irv:1991" | "iso646-us" | "us"
        | "ibm367" | "cp367" | "csascii" => (Charset::Latin { below: 0x80 }, "US-ASCII"),
        "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "iso-ir-100" | "latin1" | "l1" | "ibm819" | "cp819"
        | "csisolatin1" => (Charset::Latin { below: 0x100 }, "ISO_8859-1:1987"),
        // What browsers call by these names is something else or not at IANA.
        "ascii" | "utf8" | "unicode" | "x-user-defined" | "replacement" => return None,
        _ => {
            let encoding = Encoding::for_label(name.as_bytes())?;
            let is_unicode = [encoding_rs::UTF_8, encoding_rs::UTF_16BE, encoding_rs::UTF_16LE].contains(&encoding);
            if is_unicode || encoding == encoding_rs::REPLACEMENT {
                return None;
            }
            (Charset::Other(encoding), encoding.name())
        }
    })
}

fn known(name: &str) -> Result<(Charset, &'static str), CallError> {
    charset(name).ok_or_else(|| {
        let name = quoted(name);
        let message = format!("{name} is not a supported IANA encoding name or alias in this Terraform version");
        CallError::argument(1, message)
    })
}

fn textencodebase64(args: &[Value]) -> Result<Value, CallError> {
    let (charset, name) = known(string(args, 1))?;
    let failed =
        || CallError::argument(0, format!("the given string contains characters that cannot be represented in {name}"));
    let bytes = encode(string(args, 0), charset).ok_or_else(failed)?;
    Ok(Value::from(STANDARD.encode(bytes)))
}

fn encode(text: &str, charset: Charset) -> Option<Vec<u8>> {
    match charset {
        Charset::Utf8 => Some(text.as_bytes().to_vec()),
        Charset::Utf16 { big, mark } => {
            let mark = mark.then_some(0xfeff);
            let units = mark.into_iter().chain(text.encode_utf16());
            Some(units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect())
        }
        Charset::Latin { below } => {
            text.chars().map(|char| u8::try_from(char).ok().filter(|_| u32::from(char) < below)).collect()
        }
        Charset::Other(encoding) => {
            let (bytes, _, had_errors) = encoding.encode(text);
            (!had_errors).then(|| bytes.into_owned())
        }
    }
}

fn textdecodebase64(args: &[Value]) -> Result<Value, CallError> {
    let (charset, name) = known(string(args, 1))?;
    let source = string(args, 0).replace(['\r', '\n'], "");
    let bytes = STANDARD.decode(&source).map_err(|error| {
        let at = match error {
            base64::DecodeError::InvalidByte(at, _) | base64::DecodeError::InvalidLastSymbol(at, _) => at,
            base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => source.len(),
        };
        CallError::argument(0, format!("the given value is has an invalid base64 symbol at offset {at}"))
    })?;
    let failed =
        || CallError::argument(0, format!("the given string contains symbols that are not defined for {name}"));
    decode(&bytes, charset).map(Value::text).ok_or_else(failed)
}

fn decode(bytes: &[u8], charset: Charset) -> Option<String> {
    match charset {
        Charset::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
        Charset::Utf16 { big, mark } => {
            let (big, bytes) = match (mark, bytes) {
                (true, [0xfe, 0xff, rest @ ..]) => (true, rest),
                (true, [0xff, 0xfe, rest @ ..]) => (false, rest),
                _ => (big, bytes),
            };
            let (pairs, []) = bytes.as_chunks::<2>() else { return None };
            let unit = |pair: &[u8; 2]| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
            char::decode_utf16(pairs.iter().map(unit)).collect::<Result<_, _>>().ok()
        }
        Charset::Latin { below } => {
            bytes.iter().map(|byte| (u32::from(*byte) < below).then(|| char::from(*byte))).collect()
        }
        Charset::Other(encoding) => {
            encoding.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned())
        }
    }
}

#[cfg(test)]
mod tests;
