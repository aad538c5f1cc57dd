//! The prior state while planning: each object with what reading it found, sorted by address.

use std::sync::Arc;

use crate::addr::InstanceAddr;
use crate::addr::Mode;
use crate::addr::ModuleInstance;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::state;
use crate::state::ObjectKey;
use crate::state::Snapshot;
use crate::value::Object;

/// The objects that the plan starts from.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    list: Vec<Entry>,
}

/// One object.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its address, `moved` blocks followed.
    pub(crate) addr: InstanceAddr,
    /// The address it had, where that is another.
    pub(crate) previous: Option<InstanceAddr>,
    /// Current or deposed.
    pub(crate) key: ObjectKey,
    /// As it is stored, without its attributes.
    pub(crate) stored: Stored,
    /// The stored attributes.
    pub(crate) before: Arc<Object>,
    /// What it is now; the stored attributes until it has been read, `None` when it is gone.
    pub(crate) now: Option<Arc<Object>>,
    /// The provider's note, as reading may have changed it.
    pub(crate) private: serde_json::Value,
    /// Why it could not be read.
    pub(crate) stale: Option<String>,
    /// What reading it came to.
    pub(crate) seen: Seen,
    /// Whether a read is awaited.
    pub(crate) is_awaited: bool,
    /// Whether the configuration has the address.
    pub(crate) is_claimed: bool,
}

/// How an object was found, beside how we left it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Seen {
    /// The same; or it was not read.
    #[default]
    AsWeLeftIt,
    /// Only what the vendor computes differs.
    ByItself,
    /// Somebody changed or deleted it, or it could not be read.
    Otherwise,
}

/// What is stored of an object beside its attributes.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) provider: ProviderAddr,
    pub(crate) dependencies: Arc<[ResourceAddr]>,
    pub(crate) create_before_destroy: bool,
    pub(crate) tainted: bool,
    pub(crate) version: u64,
}

/// Names an entry of [`Objects`].
pub(crate) type EntryId = usize;

impl Objects {
    /// The objects of a snapshot.
    pub(crate) fn new(snapshot: &Snapshot) -> Self {
        let mut list = Vec::with_capacity(snapshot.instances.len());
        for (addr, instance) in &snapshot.instances {
            for (key, object) in instance.objects() {
                list.push(Entry::new(addr.clone(), key, object));
            }
        }
        Self { list }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// All entries.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (EntryId, &Entry)> {
        self.list.iter().enumerate()
    }

    /// An entry.
    pub(crate) fn get(&self, id: EntryId) -> &Entry {
        &self.list[id]
    }

    /// An entry, to note what was found.
    pub(crate) fn get_mut(&mut self, id: EntryId) -> &mut Entry {
        &mut self.list[id]
    }

    /// Gives entries new addresses; the order by address is kept up.
    pub(crate) fn rename(&mut self, mut new: impl FnMut(&Entry) -> Option<InstanceAddr>) {
        let mut is_changed = false;
        for entry in &mut self.list {
            if let Some(addr) = new(entry) {
                let before = std::mem::replace(&mut entry.addr, addr);
                entry.previous.get_or_insert(before);
                is_changed = true;
            }
        }
        if is_changed {
            self.list.sort_by(|a, b| (&a.addr, &a.key).cmp(&(&b.addr, &b.key)));
        }
    }

    /// Gives entries of one resource new addresses of the same resource.
    pub(crate) fn rename_within(
        &mut self,
        range: std::ops::Range<EntryId>,
        new: impl Fn(&Entry) -> Option<InstanceAddr>,
    ) {
        for entry in &mut self.list[range.clone()] {
            if let Some(addr) = new(entry) {
                let before = std::mem::replace(&mut entry.addr, addr);
                entry.previous.get_or_insert(before);
            }
        }
        self.list[range].sort_by(|a, b| (&a.addr, &a.key).cmp(&(&b.addr, &b.key)));
    }

    /// The entries of a resource in one module instance.
    pub(crate) fn of_resource(
        &self,
        module: &ModuleInstance,
        mode: Mode,
        ty: &str,
        name: &str,
    ) -> std::ops::Range<EntryId> {
        let wanted = (module, mode, ty, name);
        let key = |entry: &Entry| {
            let addr = &entry.addr;
            (&addr.module, addr.mode, &*addr.ty, &*addr.name).cmp(&wanted)
        };
        let start = self.list.partition_point(|entry| key(entry).is_lt());
        let behind = &self.list[start..];
        // Most resources have one object: looked for in growing steps, so that these cost one comparison.
        let mut bound = 1;
        while behind.get(bound - 1).is_some_and(|entry| key(entry).is_eq()) {
            bound *= 2;
        }
        let bound = bound.min(behind.len());
        start..start + behind[..bound].partition_point(|entry| key(entry).is_eq())
    }

    /// The current object's entry of an instance.
    pub(crate) fn current(&self, addr: &InstanceAddr) -> Option<EntryId> {
        self.list.binary_search_by(|entry| (&entry.addr, &entry.key).cmp(&(addr, &ObjectKey::Current))).ok()
    }
}

impl Entry {
    /// The type that the object had in the state, where a `moved` block gave it another.
    pub(crate) fn changes_type(&self) -> Option<&str> {
        self.previous.as_ref().filter(|previous| previous.ty != self.addr.ty).map(|previous| &*previous.ty)
    }

    fn new(addr: InstanceAddr, key: ObjectKey, object: &state::Object) -> Self {
        let before = Arc::clone(&object.attributes);
        Self {
            addr,
            previous: None,
            key,
            now: Some(Arc::clone(&before)),
            before,
            private: object.private.clone(),
            stored: Stored {
                provider: object.provider.clone(),
                dependencies: Arc::clone(&object.dependencies),
                create_before_destroy: object.create_before_destroy,
                tainted: object.tainted,
                version: object.version,
            },
            stale: None,
            seen: Seen::default(),
            is_awaited: false,
            is_claimed: false,
        }
    }
}
