//! The functions of the language, one file a family.
//!
//! A family's `functions()` says what each takes and gives; [`call`] applies the rules that all share: arity, conversion
//! of arguments, nulls, unknowns, marks. Bodies see converted arguments and nothing of the rest. `try` and `can` are
//! listed, but whoever evaluates arguments lazily handles them before.

mod call;
mod collection;
mod combine;
mod compression;
mod crypto;
mod csv;
mod date;
mod encoding;
mod equality;
mod error;
mod filesystem;
mod format;
mod glob;
mod hash;
mod lazy;
mod map;
mod network;
mod numeric;
mod pattern;
mod regex;
mod sensitivity;
mod set;
mod signature;
mod string;
mod template;
mod terraform;
mod text_encoding;
mod timestamp;
mod types;
mod verb;
mod yaml;
mod yaml_emit;
mod yaml_read;

pub use call::CallCx;
pub use call::FileKind;
pub use call::Files;
pub use call::Now;
pub use call::Render;
pub use call::call;
pub use equality::equal;
pub use error::CallError;
pub use signature::Function;
pub use signature::Param;

use std::collections::HashMap;
use std::sync::LazyLock;

/// One of the functions, resolved once when an expression is lowered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FunctionId(u16);

static FUNCTIONS: LazyLock<Vec<Function>> = LazyLock::new(|| {
    let mut functions = [
        collection::functions(),
        combine::functions(),
        compression::functions(),
        crypto::functions(),
        csv::functions(),
        date::functions(),
        encoding::functions(),
        filesystem::functions(),
        format::functions(),
        hash::functions(),
        lazy::functions(),
        map::functions(),
        network::functions(),
        numeric::functions(),
        regex::functions(),
        sensitivity::functions(),
        set::functions(),
        string::functions(),
        template::functions(),
        terraform::functions(),
        text_encoding::functions(),
        types::functions(),
        yaml::functions(),
    ]
    .concat();
    functions.sort_by_key(Function::name);
    functions
});

static BY_NAME: LazyLock<HashMap<&'static str, FunctionId>> = LazyLock::new(|| {
    let ids = FUNCTIONS.iter().zip(0..);
    ids.map(|(function, at)| (function.name(), FunctionId(at))).collect()
});

/// The function of a name, which may stand behind `core::`.
pub fn lookup(name: &str) -> Option<FunctionId> {
    BY_NAME.get(name.strip_prefix("core::").unwrap_or(name)).copied()
}

/// All names, sorted, without `core::`.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(Function::name)
}

/// What a function takes and gives.
pub fn function(id: FunctionId) -> &'static Function {
    &FUNCTIONS[usize::from(id.0)]
}

#[cfg(test)]
mod tests;
