//! Something between us and the vendor: it loses answers, and dies at a chosen moment.

use std::future::pending;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use async_trait::async_trait;
use bytes::Bytes;

use super::Lab;
use crate::provider::HostRoots;
use crate::provider::Http;
use crate::provider::HttpError;
use crate::provider::Standing;

/// What happens to the first request of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// It is carried out, and its answer lost.
    LoseAnswer,
    /// It is not sent, and we are no more.
    DieBefore,
    /// It is carried out, and we are no more.
    DieAfter,
}

/// Passes requests on, except one of those that make something below a path.
pub(super) struct Tap {
    inner: Arc<dyn Http>,
    path: String,
    mishap: Mutex<Option<Mishap>>,
    /// How many such requests go well before.
    well: AtomicUsize,
    state: PathBuf,
    copy: PathBuf,
    died: Arc<tokio::sync::Notify>,
}

#[async_trait]
impl Http for Tap {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let makes = [http::Method::POST, http::Method::PUT, http::Method::PATCH].contains(request.method());
        let is_it = makes && request.uri().path().ends_with(&self.path);
        let mishap = if is_it { *self.mishap.lock().expect("no holder panics") } else { None };
        let Some(mishap) = mishap else { return self.inner.send(request).await };
        if self.well.load(Relaxed) > 0 {
            let answer = self.inner.send(request).await?;
            if answer.status().is_success() {
                self.well.fetch_sub(1, Relaxed);
            }
            return Ok(answer);
        }
        if mishap != Mishap::DieBefore {
            let answer = self.inner.send(request).await?;
            if !answer.status().is_success() {
                // Nothing was made: the vendor is busy with the object, and the request will come again.
                return Ok(answer);
            }
        }
        *self.mishap.lock().expect("no holder panics") = None;
        if mishap == Mishap::LoseAnswer {
            return Err(HttpError::Lost("the line is cut".into()));
        }
        copy(&self.state, &self.copy);
        self.died.notify_one();
        pending().await
    }
}

/// Finds hosts, and copies the state whenever it does: what a later run finds if this one ends there.
pub(super) struct Watch {
    inner: Arc<dyn HostRoots>,
    state: PathBuf,
    copies: PathBuf,
    count: Mutex<usize>,
}

impl HostRoots for Watch {
    fn host_root(&self, address: &str) -> crate::provider::Result<Standing<(PathBuf, PathBuf)>> {
        let mut count = self.count.lock().expect("no holder panics");
        if self.state.exists() {
            copy(&self.state, &self.copies.join(count.to_string()));
            *count += 1;
        }
        self.inner.host_root(address)
    }
}

impl Lab {
    /// Applies, with a mishap at the first request that makes something below a path; says whether it happened. Afterwards the state is as it was
    /// at that moment, and the line is whole again.
    pub(super) async fn apply_with(&mut self, path: &str, mishap: Mishap) {
        self.apply_with_later(path, 0, mishap).await;
    }

    /// The same at a later such request: after `well` that go well.
    pub(super) async fn apply_with_later(&mut self, path: &str, well: usize, mishap: Mishap) {
        let whole = Arc::clone(&self.session.http);
        let died = Arc::new(tokio::sync::Notify::new());
        let state = self.root().join("state");
        let copied = self.world().with_file_name("copy");
        let tap = Arc::new(Tap {
            inner: Arc::clone(&whole),
            path: path.to_owned(),
            mishap: Mutex::new(Some(mishap)),
            well: AtomicUsize::new(well),
            state: state.clone(),
            copy: copied.clone(),
            died: Arc::clone(&died),
        });
        self.session.http = Arc::clone(&tap) as Arc<dyn Http>;
        let planned = self.plan().await;
        {
            let run = self.perform(planned);
            tokio::select! {
                _ = run => {}
                () = died.notified() => {}
            }
        }
        assert!(tap.mishap.lock().expect("no holder panics").is_none(), "something was sent to {path}");
        if mishap != Mishap::LoseAnswer {
            std::fs::remove_dir_all(&state).expect("the state's folder");
            std::fs::rename(&copied, &state).expect("the copy takes its place");
        }
        self.session.http = whole;
    }

    /// Copies the state from now on whenever a host is looked for; gives the folder of the copies.
    pub(super) fn watch_hosts(&mut self) -> PathBuf {
        let copies = self.world().with_file_name("copies");
        std::fs::create_dir(&copies).expect("a folder");
        let inner = self.session.hosts.take().expect("simulated hosts");
        let state = self.root().join("state");
        self.session.hosts = Some(Arc::new(Watch { inner, state, copies: copies.clone(), count: Mutex::new(0) }));
        copies
    }
}

/// Copies a folder.
pub(super) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
