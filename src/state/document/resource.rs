//! Reading a resource of the document: its instances and their objects.

use std::sync::Arc;

use serde_json::Value as Json;

use super::part;
use super::read::Reader;
use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::state::DeposedKey;
use crate::state::Instance;
use crate::state::Object;
use crate::state::declared::type_name;
use crate::state::json::Owner;
use crate::state::json::ReadError;
use crate::state::json::Scan;
use crate::state::json::ValueReader;
use crate::state::json::unexpected;
use crate::value::Str;

type Result<T> = std::result::Result<T, ReadError>;

/// What the objects of a resource have in common.
#[derive(Clone)]
struct Common {
    provider: Option<Arc<ProviderAddr>>,
    schema_version: u32,
    dependencies: Arc<[ResourceAddr]>,
    create_before_destroy: bool,
}

/// The resource whose instances are read.
struct Group {
    /// The address without a key.
    address: InstanceAddr,
    text: Str,
    type_name: Str,
    common: Common,
}

impl Reader<'_> {
    pub(super) fn resource(&mut self, scan: &mut Scan) -> Result<()> {
        let start = scan.clone();
        let mut address = None;
        let mut common =
            Common { provider: None, schema_version: 0, dependencies: [].into(), create_before_destroy: false };
        let mut group: Option<Group> = None;
        scan.object(|scan, name| {
            if name == "instances" {
                let (address, text): (InstanceAddr, String) =
                    address.clone().ok_or_else(|| scan.fail("`address` must stand before `instances`"))?;
                let type_name = type_name(address.mode, &address.ty);
                let group = group.insert(Group { address, text: Str::from(text), type_name, common: common.clone() });
                return scan.array(|scan| self.instance(scan, group));
            }
            if group.is_some() {
                return Err(scan.fail(format!("`{name}` must stand before `instances`")).into());
            }
            if name == "address" {
                let start = scan.clone();
                address = Some(part::read_resource(&scan.string()?).map_err(|problem| start.fail(problem))?);
                return Ok(());
            }
            common.member(scan, name)
        })?;
        match group {
            Some(_) => Ok(()),
            None => Err(start.fail("`instances` is missing").into()),
        }
    }

    fn instance(&mut self, scan: &mut Scan, group: &Group) -> Result<()> {
        let mut key = InstanceKey::None;
        let mut instance = Instance::default();
        let mut partial = Partial::new(group);
        let start = scan.clone();
        scan.object(|scan, name| {
            match name {
                "key" => {
                    if partial.values.is_some() || !instance.deposed.is_empty() {
                        return Err(scan.fail("`key` must stand first").into());
                    }
                    key = part::read_instance_key(scan)?;
                }
                "deposed" => scan.object(|scan, deposed| {
                    let deposed: DeposedKey = deposed.parse().map_err(|error| scan.fail(format!("{error}")))?;
                    let mut partial = Partial::new(group);
                    self.values.belongs_to(Owner::Instance(
                        Arc::clone(&group.text),
                        key.clone(),
                        Some(deposed.clone()),
                    ));
                    scan.object(|scan, name| self.object_member(scan, name, group, &mut partial))?;
                    let object = partial.finish(scan)?;
                    instance.deposed.insert(deposed, object);
                    Ok::<_, ReadError>(())
                })?,
                _ => {
                    self.values.belongs_to(Owner::Instance(Arc::clone(&group.text), key.clone(), None));
                    self.object_member(scan, name, group, &mut partial)?;
                }
            }
            Ok::<_, ReadError>(())
        })?;
        if partial.is_begun() {
            instance.current = Some(partial.finish(&start)?);
        }
        if instance.is_empty() {
            return Err(start.fail("the instance has no object").into());
        }
        self.instances.push((group.address.with_key(key), instance));
        Ok(())
    }

    fn object_member(&mut self, scan: &mut Scan, name: &str, group: &Group, partial: &mut Partial) -> Result<()> {
        match name {
            "version" => partial.version = Some(scan.integer()?),
            "tainted" => partial.tainted = scan.boolean()?,
            "private" => partial.private = private(&mut self.values, scan)?,
            "values" => {
                let version = partial.common.schema_version;
                let declared = self.snapshot.types.get(&(Arc::clone(&group.type_name), version));
                let ty = declared
                    .map(|declared| declared.ty)
                    .ok_or_else(|| scan.fail(format!("`types` has no `{}` of version {version}", group.type_name)))?;
                partial.values = Some(self.values.attributes(scan, ty)?);
            }
            "schema_version" if partial.values.is_some() => {
                return Err(scan.fail("`schema_version` must stand before `values`").into());
            }
            _ => partial.common.member(scan, name)?,
        }
        Ok(())
    }
}

/// An object whose members are being read.
struct Partial {
    version: Option<u64>,
    tainted: bool,
    private: Json,
    common: Common,
    values: Option<crate::value::Object>,
}

impl Partial {
    fn new(group: &Group) -> Self {
        Self { version: None, tainted: false, private: Json::Null, common: group.common.clone(), values: None }
    }

    fn is_begun(&self) -> bool {
        self.version.is_some() || self.values.is_some() || self.tainted
    }

    fn finish(self, scan: &Scan) -> Result<Object> {
        let version = self.version.ok_or_else(|| scan.fail("the object's `version` is missing"))?;
        let attributes = self.values.ok_or_else(|| scan.fail("the object's `values` are missing"))?;
        let provider = self.common.provider.ok_or_else(|| scan.fail("the object's `provider` is missing"))?;
        Ok(Object {
            provider: (*provider).clone(),
            schema_version: self.common.schema_version,
            attributes: Arc::new(attributes),
            private: self.private,
            dependencies: self.common.dependencies,
            create_before_destroy: self.common.create_before_destroy,
            tainted: self.tainted,
            version,
        })
    }
}

impl Common {
    fn member(&mut self, scan: &mut Scan, name: &str) -> Result<()> {
        match name {
            "provider" => self.provider = Some(Arc::new(part::read_provider(scan)?)),
            "schema_version" => self.schema_version = scan.integer()?,
            "dependencies" => self.dependencies = part::read_dependencies(scan)?,
            "create_before_destroy" => self.create_before_destroy = scan.boolean()?,
            _ => return Err(unexpected(scan, name)),
        }
        Ok(())
    }
}

/// The provider's note, which is always sealed; null when it stays shut.
fn private(values: &mut ValueReader, scan: &mut Scan) -> Result<Json> {
    let mut private = Json::Null;
    scan.object(|scan, name| {
        if name != "sealed" {
            return Err(unexpected(scan, name));
        }
        let start = scan.clone();
        if let Some(plain) = values.open_at(scan, ".private")? {
            private = serde_json::from_slice(&plain).map_err(|_| start.fail("what is sealed is not JSON"))?;
        }
        Ok(())
    })?;
    Ok(private)
}
