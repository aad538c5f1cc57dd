//! Blocks of a schema, and how often and in what order they may stand.

use std::collections::BTreeMap;

use super::Attribute;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// The attributes and nested blocks of a block.
#[derive(Debug, Clone, Default)]
pub struct Block {
    attributes: BTreeMap<Str, Attribute>,
    blocks: BTreeMap<Str, NestedBlock>,
}

/// How the blocks of one type become a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// At most one: an object, or null without one.
    Single,
    /// Any number: a list of objects, empty without one.
    List,
    /// Any number without order: a set of objects, empty without one.
    Set,
    /// Any number, each with a label: a map of objects, empty without one.
    Map,
}

/// Blocks of one type within a block.
#[derive(Debug, Clone)]
pub struct NestedBlock {
    /// How they become a value.
    pub nesting: Nesting,
    /// How many there must be.
    pub min: usize,
    /// How many there may be; `None` for any number.
    pub max: Option<usize>,
    /// Without one the vendor chooses.
    pub computed: bool,
    /// A change of these blocks cannot be brought about in place.
    pub replaces: bool,
    /// What each holds.
    pub block: Block,
}

impl Block {
    /// A block of attributes.
    pub fn new(attributes: impl IntoIterator<Item = (&'static str, Attribute)>) -> Self {
        let attributes = attributes.into_iter().map(|(name, attribute)| (Str::from(name), attribute)).collect();
        Self { attributes, blocks: BTreeMap::new() }
    }

    /// Adds nested blocks of a type.
    pub fn block(mut self, name: &'static str, nested: NestedBlock) -> Self {
        self.blocks.insert(name.into(), nested);
        self
    }

    /// The attributes by name.
    pub fn attributes(&self) -> &BTreeMap<Str, Attribute> {
        &self.attributes
    }

    /// The nested blocks by type.
    pub fn blocks(&self) -> &BTreeMap<Str, NestedBlock> {
        &self.blocks
    }

    /// The names of attributes and nested blocks.
    pub fn names(&self) -> impl Iterator<Item = &Str> {
        self.attributes.keys().chain(self.blocks.keys())
    }

    /// The type of the object that a block becomes.
    pub fn implied_type(&self) -> Type {
        let attributes = self.attributes.iter().map(|(name, attribute)| ObjectAttr::new(name.clone(), attribute.ty));
        let blocks = self.blocks.iter().map(|(name, nested)| ObjectAttr::new(name.clone(), nested.ty()));
        Type::object(attributes.chain(blocks).collect())
    }

    /// Whether anything in the block, at any depth, is sensitive.
    pub fn has_sensitive(&self) -> bool {
        self.attributes.values().any(Attribute::is_sensitive)
            || self.blocks.values().any(|nested| nested.block.has_sensitive())
    }
}

impl NestedBlock {
    /// Any number of blocks of a nesting.
    pub fn new(nesting: Nesting, block: Block) -> Self {
        Self { nesting, min: 0, max: None, computed: false, replaces: false, block }
    }

    /// Blocks as a list.
    pub fn list(attributes: impl IntoIterator<Item = (&'static str, Attribute)>) -> Self {
        Self::new(Nesting::List, Block::new(attributes))
    }

    /// Blocks as a set.
    pub fn set(attributes: impl IntoIterator<Item = (&'static str, Attribute)>) -> Self {
        Self::new(Nesting::Set, Block::new(attributes))
    }

    /// At most one block.
    pub fn single(attributes: impl IntoIterator<Item = (&'static str, Attribute)>) -> Self {
        Self { max: Some(1), ..Self::new(Nesting::Single, Block::new(attributes)) }
    }

    /// There must be at least this many.
    pub fn min(mut self, min: usize) -> Self {
        self.min = min;
        self
    }

    /// There may be at most this many.
    pub fn max(mut self, max: usize) -> Self {
        self.max = Some(max);
        self
    }

    /// Without one the vendor chooses.
    pub fn computed(mut self) -> Self {
        self.computed = true;
        self
    }

    /// A change cannot be brought about in place.
    pub fn replaces(mut self) -> Self {
        self.replaces = true;
        self
    }

    /// The value without any block of the type.
    pub fn empty(&self) -> Value {
        let object = self.block.implied_type();
        match self.nesting {
            Nesting::Single => Value::Null(object),
            Nesting::List => Value::list(object, Vec::new()),
            Nesting::Set => Value::set(object, Vec::new()),
            Nesting::Map => Value::map(object, []),
        }
    }

    /// The type of the value that the blocks become.
    pub fn ty(&self) -> Type {
        let object = self.block.implied_type();
        match self.nesting {
            Nesting::Single => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}
