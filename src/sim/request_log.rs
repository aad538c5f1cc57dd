//! The log of requests: one JSON object a line, without tokens, queries or bodies.

use std::fs::File;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use http::Method;
use jiff::SignedDuration;
use jiff::Timestamp;
use serde_json::Value;
use serde_json::json;

use crate::sim::SimError;

/// An open log file.
pub(super) struct RequestLog {
    file: File,
}

impl RequestLog {
    /// Opens a log to append to.
    pub(super) fn open(path: PathBuf) -> Result<RequestLog, SimError> {
        let file = OpenOptions::new().create(true).append(true).open(&path);
        Ok(RequestLog { file: file.map_err(|source| SimError::Io { path, source })? })
    }

    /// Notes one request; `status` is a number, or the word for how it was dropped.
    pub(super) fn note(&mut self, at: Timestamp, method: &Method, path: &str, status: Value, took: SignedDuration) {
        let line = json!({
            "time": at.to_string(),
            "method": method.as_str(),
            "path": path,
            "status": status,
            "ms": took.as_micros() as f64 / 1000.0,
        });
        // A log that cannot be written is no reason to refuse the request it was about.
        let _ = self.file.write_all(format!("{line}\n").as_bytes());
    }
}
