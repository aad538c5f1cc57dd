//! Small parts that documents and journals have in common: keys, worlds, addresses.

use std::io::Write as _;
use std::sync::Arc;

use crate::addr::InstanceAddr;
use crate::addr::InstanceKey;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::addr::Target;
use crate::state::KeyEntry;
use crate::state::KeyKind;
use crate::state::Recipient;
use crate::state::World;
use crate::state::WorldEntry;
use crate::state::json::ReadError;
use crate::state::json::Scan;
use crate::state::json::ScanError;
use crate::state::json::member;
use crate::state::json::push_string;
use crate::state::json::unexpected;
use crate::value::Str;

type Result<T> = std::result::Result<T, ReadError>;

/// The accounts, each behind a `layout`; the caller ends the object.
pub(crate) fn write_world(out: &mut Vec<u8>, world: &World, layout: &str) {
    out.push(b'{');
    for (at, (provider, entry)) in world.entries.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"" } else { b"," });
        out.extend_from_slice(layout.as_bytes());
        member(out, provider);
        out.extend_from_slice(b"{\"id\": ");
        push_string(out, &entry.id);
        out.extend_from_slice(b", \"name\": ");
        push_string(out, &entry.name);
        for (at, credential) in entry.credentials.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b", \"credentials\": [" } else { b", " });
            push_string(out, credential);
        }
        out.extend_from_slice(if entry.credentials.is_empty() { b"}" } else { b"]}" });
    }
}

/// The keys and who may open them.
pub(crate) fn write_keys(out: &mut Vec<u8>, keys: &[KeyEntry]) {
    out.push(b'[');
    for (at, key) in keys.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        let _ = write!(out, "{{\"id\": \"{}\", \"recipients\": [", key.id);
        for (at, recipient) in key.recipients.iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"" } else { b", " });
            let _ = write!(out, "{{\"kind\": \"{}\", \"id\": \"{}\", ", recipient.kind.as_str(), recipient.id);
            member(out, "wrapped");
            push_string(out, &recipient.wrapped);
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
    }
    out.push(b']');
}

/// Addresses of resources.
pub(crate) fn write_dependencies(out: &mut Vec<u8>, dependencies: &[ResourceAddr]) {
    out.push(b'[');
    for (at, dependency) in dependencies.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"" } else { b", " });
        push_string(out, &dependency.to_string());
    }
    out.push(b']');
}

/// Names, in the order given.
pub(crate) fn write_names<'n>(out: &mut Vec<u8>, names: impl IntoIterator<Item = &'n Str>) {
    out.push(b'[');
    for (at, name) in names.into_iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"" } else { b", " });
        push_string(out, name);
    }
    out.push(b']');
}

/// Reads them back.
pub(crate) fn read_names(scan: &mut Scan) -> std::result::Result<Vec<Str>, ScanError> {
    let mut names = Vec::new();
    scan.array(|scan| {
        names.push(Str::from(scan.string()?));
        Ok::<_, ScanError>(())
    })?;
    Ok(names)
}

/// The address of a resource in one module instance: that of its instance without key; and its text.
pub(super) fn read_resource(text: &str) -> std::result::Result<(InstanceAddr, String), String> {
    let target: Target = text.parse().map_err(|error: crate::addr::ParseAddrError| error.to_string())?;
    match target.to_instance() {
        Some(address) if address.key == InstanceKey::None => {
            let text = address.to_string();
            Ok((address, text))
        }
        _ => Err("the address of a resource, without a key, is expected".to_owned()),
    }
}

/// The key of an instance.
pub(super) fn read_instance_key(scan: &mut Scan) -> std::result::Result<InstanceKey, ScanError> {
    if scan.peek() == b'"' {
        Ok(InstanceKey::Str(Str::from(&*scan.string()?)))
    } else {
        scan.integer().map(InstanceKey::Int)
    }
}

/// A provider's address.
pub(crate) fn read_provider(scan: &mut Scan) -> std::result::Result<ProviderAddr, ScanError> {
    let start = scan.clone();
    scan.string()?.parse().map_err(|error: crate::addr::ParseAddrError| start.fail(error.to_string()))
}

/// Addresses of resources.
pub(crate) fn read_dependencies(scan: &mut Scan) -> std::result::Result<Arc<[ResourceAddr]>, ScanError> {
    let mut all = Vec::new();
    scan.array(|scan| {
        let start = scan.clone();
        let (address, _) = read_resource(&scan.string()?).map_err(|problem| start.fail(problem))?;
        all.push(address.resource());
        Ok::<_, ScanError>(())
    })?;
    Ok(all.into())
}

/// The accounts.
pub(crate) fn read_world(scan: &mut Scan) -> Result<World> {
    let mut world = World::default();
    scan.object(|scan, provider| {
        let mut entry = WorldEntry { id: String::new(), name: String::new(), credentials: Vec::new() };
        scan.object(|scan, name| {
            match name {
                "id" => entry.id = scan.string()?.into_owned(),
                "name" => entry.name = scan.string()?.into_owned(),
                "credentials" => scan.array(|scan| {
                    entry.credentials.push(scan.string()?.into_owned());
                    Ok::<_, ReadError>(())
                })?,
                _ => return Err(unexpected(scan, name)),
            }
            Ok::<_, ReadError>(())
        })?;
        world.entries.insert(provider.to_owned(), entry);
        Ok::<_, ReadError>(())
    })?;
    Ok(world)
}

/// The keys and who may open them.
pub(crate) fn read_keys(scan: &mut Scan) -> Result<Vec<KeyEntry>> {
    let mut keys = Vec::new();
    scan.array(|scan| {
        let mut key = KeyEntry { id: String::new(), recipients: Vec::new() };
        scan.object(|scan, name| match name {
            "id" => {
                key.id = scan.string()?.into_owned();
                Ok(())
            }
            "recipients" => scan.array(|scan| {
                key.recipients.push(recipient(scan)?);
                Ok(())
            }),
            _ => Err(unexpected(scan, name)),
        })?;
        keys.push(key);
        Ok::<_, ReadError>(())
    })?;
    Ok(keys)
}

fn recipient(scan: &mut Scan) -> Result<Recipient> {
    let mut recipient = Recipient { kind: KeyKind::File, id: String::new(), wrapped: String::new() };
    scan.object(|scan, name| {
        let start = scan.clone();
        let text = scan.string()?;
        match name {
            "kind" => recipient.kind = KeyKind::from_word(&text).ok_or_else(|| start.fail("there is no such kind"))?,
            "id" => recipient.id = text.into_owned(),
            "wrapped" => recipient.wrapped = text.into_owned(),
            _ => return Err(unexpected(&start, name)),
        }
        Ok::<_, ReadError>(())
    })?;
    Ok(recipient)
}
