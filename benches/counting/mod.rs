//! Counts of work, among them every allocation of the process.
#![expect(
    unsafe_code,
    reason = "a global allocator can be wrapped in no other way; the library itself has no such code"
)]

use std::alloc::GlobalAlloc;
use std::alloc::Layout;
use std::alloc::System;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

/// The system's allocator, counted.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn note(bytes: usize) {
    ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    BYTES.fetch_add(bytes as u64, Ordering::Relaxed);
}

// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size.saturating_sub(layout.size()));
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// What an operation took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// Allocations.
    pub(crate) allocations: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
    /// Expressions and bodies evaluated.
    pub(crate) evaluations: u64,
    /// Objects read.
    pub(crate) reads: u64,
    /// Journal records.
    pub(crate) records: u64,
    /// The journal's bytes.
    pub(crate) journal: u64,
    /// Times the journal was made durable.
    pub(crate) syncs: u64,
    /// Bytes of the state.
    pub(crate) state: u64,
    /// Bundles planned.
    pub(crate) bundles: u64,
}

impl Work {
    /// Each count with its name.
    pub(crate) fn items(&self) -> [(&'static str, u64); 9] {
        [
            ("allocations", self.allocations),
            ("bytes", self.bytes),
            ("evaluations", self.evaluations),
            ("reads", self.reads),
            ("records", self.records),
            ("journal", self.journal),
            ("syncs", self.syncs),
            ("state", self.state),
            ("bundles", self.bundles),
        ]
    }
}

/// Runs something and counts what it allocates.
pub(crate) fn counted<T>(run: impl FnOnce() -> T) -> (T, Work) {
    let (allocations, bytes) = (ALLOCATIONS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    let value = run();
    let work = Work {
        allocations: ALLOCATIONS.load(Ordering::Relaxed) - allocations,
        bytes: BYTES.load(Ordering::Relaxed) - bytes,
        ..Work::default()
    };
    (value, work)
}
