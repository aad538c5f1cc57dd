//! Reading values beside their type.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Scan;
use super::ScanError;
use super::Wrapper;
use super::write::push_index;
use super::write::push_name;
use crate::addr::InstanceKey;
use crate::state::DeposedKey;
use crate::state::KeyError;
use crate::state::Place;
use crate::state::opener::OpenFailure;
use crate::state::opener::Opener;
use crate::value::Number;
use crate::value::Object;
use crate::value::Shape;
use crate::value::Str;
use crate::value::Type;
use crate::value::TypeKind;
use crate::value::Value;
use crate::value::json::type_from_json;

/// Why a value cannot be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The text is not what was written.
    Text(ScanError),
    /// There is no key for it.
    Key(KeyError),
}

impl From<ScanError> for ReadError {
    fn from(error: ScanError) -> Self {
        ReadError::Text(error)
    }
}

impl From<KeyError> for ReadError {
    fn from(error: KeyError) -> Self {
        ReadError::Key(error)
    }
}

type Result<T> = std::result::Result<T, ReadError>;

/// What was sealed.
pub(crate) type Opened = zeroize::Zeroizing<Vec<u8>>;

/// Whose values are read. Most hold nothing that is sealed, so the text is made only when something is.
#[derive(Clone)]
pub(crate) enum Owner {
    /// Nothing is sealed here.
    Nobody,
    /// An output, the journal, an instance: by its text.
    Named(String),
    /// The instance of a resource, and perhaps its deposed object.
    Instance(Str, InstanceKey, Option<DeposedKey>),
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Owner::Nobody => Ok(()),
            Owner::Named(name) => f.write_str(name),
            Owner::Instance(resource, key, None) => write!(f, "{resource}{key}"),
            Owner::Instance(resource, key, Some(deposed)) => write!(f, "{resource}{key} deposed {deposed}"),
        }
    }
}

/// Reads values; objects of one type share their names, and types are parsed once each.
pub(crate) struct ValueReader<'a> {
    opener: Opener<'a>,
    lineage: String,
    owner: Owner,
    path: String,
    shapes: FxHashMap<Type, Arc<Shape>>,
    types: FxHashMap<Box<str>, Type>,
}

impl<'a> ValueReader<'a> {
    /// A reader that opens what is sealed with `opener`.
    pub(crate) fn new(opener: Opener<'a>) -> Self {
        Self {
            opener,
            lineage: String::new(),
            owner: Owner::Nobody,
            path: String::new(),
            shapes: FxHashMap::default(),
            types: FxHashMap::default(),
        }
    }

    /// What opens what is sealed.
    pub(crate) fn opener(&mut self) -> &mut Opener<'a> {
        &mut self.opener
    }

    /// The state's lineage, for what is sealed.
    pub(crate) fn set_lineage(&mut self, lineage: &str) {
        lineage.clone_into(&mut self.lineage);
    }

    /// Whose values come next, for what is sealed.
    pub(crate) fn belongs_to(&mut self, owner: Owner) {
        self.owner = owner;
    }

    /// A type.
    pub(crate) fn ty(&mut self, scan: &mut Scan) -> Result<Type> {
        let start = scan.clone();
        let text = scan.raw()?;
        if let Some(ty) = self.types.get(text) {
            return Ok(*ty);
        }
        let json = serde_json::from_str(text).map_err(|error| start.fail(error.to_string()))?;
        let ty = type_from_json(&json).map_err(|error| start.fail(error.to_string()))?;
        self.types.insert(text.into(), ty);
        Ok(ty)
    }

    /// A value of a type; `root` is its place for sealing.
    pub(crate) fn value(&mut self, scan: &mut Scan, ty: Type, root: &str) -> Result<Value> {
        self.path.clear();
        self.path.push_str(root);
        self.any(scan, ty)
    }

    /// The attributes of an object of a type; those that are not written are not in the object.
    pub(crate) fn attributes(&mut self, scan: &mut Scan, ty: Type) -> Result<Object> {
        self.path.clear();
        self.object(scan, ty, false)
    }

    fn any(&mut self, scan: &mut Scan, ty: Type) -> Result<Value> {
        match scan.peek() {
            b'n' => {
                scan.null()?;
                Ok(Value::Null(ty))
            }
            b'{' => self.braces(scan, ty),
            b'[' => match ty.kind() {
                TypeKind::List(element) => Ok(Value::list(*element, self.elements(scan, |_| Some(*element))?)),
                TypeKind::Set(element) => Ok(Value::set(*element, self.elements(scan, |_| Some(*element))?)),
                TypeKind::Tuple(types) => {
                    let elements = self.elements(scan, |at| types.get(at).copied())?;
                    if elements.len() != types.len() {
                        return Err(scan.fail(format!("an array of {} is expected", types.len())).into());
                    }
                    Ok(Value::tuple(elements))
                }
                _ => Err(wrong(scan, ty)),
            },
            b'"' => match ty.kind() {
                TypeKind::String => Ok(Value::String(Str::from(&*scan.string()?))),
                TypeKind::Number => match &*scan.string()? {
                    "Inf" => Ok(Value::Number(Number::Inf(false))),
                    "-Inf" => Ok(Value::Number(Number::Inf(true))),
                    _ => Err(wrong(scan, ty)),
                },
                _ => Err(wrong(scan, ty)),
            },
            b't' | b'f' if *ty.kind() == TypeKind::Bool => Ok(Value::Bool(scan.boolean()?)),
            b'-' | b'0'..=b'9' if *ty.kind() == TypeKind::Number => {
                let start = scan.clone();
                let number = scan.number()?.parse::<Number>();
                Ok(Value::Number(number.map_err(|_| start.fail("the number is out of bounds"))?))
            }
            _ => Err(wrong(scan, ty)),
        }
    }

    /// A map, an object, or something wrapped.
    fn braces(&mut self, scan: &mut Scan, ty: Type) -> Result<Value> {
        let first = scan.first_name()?;
        if let Some(wrapper) = first.as_deref().and_then(Wrapper::of) {
            return self.wrapped(scan, ty, wrapper);
        }
        match ty.kind() {
            TypeKind::Map(_) | TypeKind::Object(_) => self.aggregate(scan, ty),
            TypeKind::Dynamic => self.with_type(scan),
            _ => Err(wrong(scan, ty)),
        }
    }

    fn aggregate(&mut self, scan: &mut Scan, ty: Type) -> Result<Value> {
        let Some(element) = ty.element() else {
            return Ok(Value::Object(Arc::new(self.object(scan, ty, true)?)));
        };
        let mut entries = Vec::new();
        let length = self.path.len();
        scan.object(|scan, name| {
            push_name(&mut self.path, name);
            entries.push((Str::from(name), self.any(scan, element)?));
            self.path.truncate(length);
            Ok::<_, ReadError>(())
        })?;
        Ok(Value::map(element, entries))
    }

    /// `{"value": …, "type": …}`. The type comes behind, so the value is passed over once.
    fn with_type(&mut self, scan: &mut Scan) -> Result<Value> {
        let mut value = None;
        let mut ty = None;
        scan.object(|scan, name| {
            match name {
                "value" => {
                    value = Some(scan.clone());
                    scan.raw()?;
                }
                "type" => ty = Some(self.ty(scan)?),
                _ => return Err(unexpected(scan, name)),
            }
            Ok(())
        })?;
        match (value, ty) {
            (Some(mut value), Some(ty)) => self.any(&mut value, ty),
            _ => Err(scan.fail("a value of any type needs `value` and `type`").into()),
        }
    }

    fn wrapped(&mut self, scan: &mut Scan, ty: Type, wrapper: Wrapper) -> Result<Value> {
        let mut value = None;
        let mut sensitive = true;
        scan.object(|scan, name| {
            match (wrapper, name) {
                (_, name) if name == wrapper.name() => {
                    value = Some(match wrapper {
                        Wrapper::Sealed => self.sealed(scan, ty)?,
                        Wrapper::Sensitive => self.any(scan, ty)?,
                        Wrapper::Plain => self.aggregate(scan, ty)?,
                        Wrapper::Unknown => {
                            scan.boolean()?;
                            Value::unknown(ty)
                        }
                    });
                }
                (Wrapper::Sealed, "sensitive") => sensitive = scan.boolean()?,
                _ => return Err(unexpected(scan, name)),
            }
            Ok(())
        })?;
        let value = value.ok_or_else(|| scan.fail("a value is expected"))?;
        Ok(match wrapper {
            Wrapper::Sealed if sensitive => value.sensitive(),
            Wrapper::Sensitive => value.sensitive(),
            Wrapper::Sealed | Wrapper::Unknown | Wrapper::Plain => value,
        })
    }

    fn sealed(&mut self, scan: &mut Scan, ty: Type) -> Result<Value> {
        if scan.peek() == b'n' {
            scan.null()?;
            return Ok(Value::Null(ty));
        }
        let start = scan.clone();
        let text = scan.string()?;
        let Some(plain) = self.open(&start, &text)? else { return Ok(Value::Null(ty)) };
        let inner = std::str::from_utf8(&plain).map_err(|_| start.fail("what is sealed is not text"))?;
        let mut inner = Scan::new(inner);
        // Nothing of what is sealed may reach the error's text.
        let value = self.any(&mut inner, ty).map_err(|_| start.fail("what is sealed does not fit its type"))?;
        inner.end().map_err(|_| start.fail("what is sealed has a rest"))?;
        Ok(value)
    }

    /// Opens text that was sealed at a path of what comes.
    pub(crate) fn open_at(&mut self, scan: &mut Scan, path: &str) -> Result<Option<Opened>> {
        self.path.clear();
        self.path.push_str(path);
        let start = scan.clone();
        let text = scan.string()?;
        self.open(&start, &text)
    }

    fn open(&mut self, start: &Scan, text: &str) -> Result<Option<Opened>> {
        let address = self.owner.to_string();
        let place = Place { lineage: &self.lineage, address: &address, path: &self.path };
        self.opener.open(&place, text).map_err(|failure| match failure {
            OpenFailure::Damaged(problem) => start.fail(format!("`{}` {problem}", self.path)).into(),
            OpenFailure::Key(error) => error.into(),
        })
    }

    fn elements(&mut self, scan: &mut Scan, types: impl Fn(usize) -> Option<Type>) -> Result<Vec<Value>> {
        let mut elements = Vec::new();
        let length = self.path.len();
        scan.array(|scan| {
            let at = elements.len();
            let ty = types(at).ok_or_else(|| scan.fail("the array has too many elements"))?;
            push_index(&mut self.path, at);
            elements.push(self.any(scan, ty)?);
            self.path.truncate(length);
            Ok::<_, ReadError>(())
        })?;
        Ok(elements)
    }

    fn object(&mut self, scan: &mut Scan, ty: Type, nested: bool) -> Result<Object> {
        let attributes = ty.attributes().unwrap_or_default();
        let mut values: Vec<Option<Value>> = Vec::with_capacity(attributes.len());
        let length = self.path.len();
        scan.object(|scan, name| {
            // They are written in order, so the next one is nearly always the one.
            let next = values.len();
            let at = match attributes.get(next) {
                Some(attribute) if *attribute.name == *name => next,
                _ => attributes
                    .binary_search_by(|attribute| (*attribute.name).cmp(name))
                    .map_err(|_| scan.fail(format!("the type has no attribute `{name}`")))?,
            };
            if nested {
                push_name(&mut self.path, name);
            } else {
                self.path.push_str(name);
            }
            let value = self.any(scan, attributes[at].ty)?;
            self.path.truncate(length);
            if at >= values.len() {
                values.resize_with(at, || None);
                values.push(Some(value));
            } else if values[at].replace(value).is_some() {
                return Err(scan.fail(format!("`{name}` stands here twice")).into());
            }
            Ok::<_, ReadError>(())
        })?;
        values.resize_with(attributes.len(), || None);
        let shape = self.shape(ty);
        if let Some(missing) = values.iter().position(Option::is_none) {
            if nested {
                return Err(scan.fail(format!("attribute `{}` is missing", attributes[missing].name)).into());
            }
            let names = attributes.iter().map(|attribute| Arc::clone(&attribute.name));
            return Ok(Object::new(names.zip(values).filter_map(|(name, value)| Some((name, value?)))));
        }
        // Collected in place: the room of the options is the room of the values.
        let values = values.into_iter().map(|value| value.expect("none is missing")).collect();
        Ok(Object::with_shape(shape, values))
    }

    fn shape(&mut self, ty: Type) -> Arc<Shape> {
        let shape = self.shapes.entry(ty).or_insert_with(|| {
            Shape::new(ty.attributes().unwrap_or_default().iter().map(|attribute| Arc::clone(&attribute.name)))
        });
        Arc::clone(shape)
    }
}

fn wrong(scan: &Scan, ty: Type) -> ReadError {
    scan.fail(format!("a value of type {ty} is expected")).into()
}

/// A member that this format does not have: written by a newer program, which would lose it if we went on.
pub(crate) fn unexpected(scan: &Scan, name: &str) -> ReadError {
    scan.fail(format!("`{name}` is not known here")).into()
}
