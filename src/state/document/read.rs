//! Reading the document, in one pass, straight into a snapshot.

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::Digest as _;
use sha2::Sha256;

use super::DIGEST;
use super::END;
use super::FORMAT;
use super::part;
use crate::addr::InstanceAddr;
use crate::state::Damage;
use crate::state::Declared;
use crate::state::DeposedKey;
use crate::state::Instance;
use crate::state::KeyError;
use crate::state::ObjectKey;
use crate::state::Op;
use crate::state::OpenIntent;
use crate::state::Output;
use crate::state::Snapshot;
use crate::state::journal::read_open;
use crate::state::json::Owner;
use crate::state::json::ReadError;
use crate::state::json::Scan;
use crate::state::json::ScanError;
use crate::state::json::ValueReader;
use crate::state::json::unexpected;
use crate::state::opener::Opener;
use crate::state::opener::Unlock;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;

/// Whether a digest that does not match is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// It is: the file must be as it was written.
    Digest,
    /// It is not: the user says that the change is meant.
    Nothing,
}

/// Why a document gives no snapshot.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is not what was written.
    Damage(Damage),
    /// Its key is missing.
    Key(KeyError),
}

type Result<T> = std::result::Result<T, ReadError>;

/// Reads a document. Without `unlock`, what is sealed stays shut.
pub(crate) fn read(bytes: &[u8], check: Check, unlock: Option<&Unlock<'_>>) -> std::result::Result<Snapshot, Failure> {
    if bytes.is_empty() {
        return Err(Failure::Damage(Damage::Empty));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = line_of(bytes, error.valid_up_to());
            return Err(Failure::Damage(Damage::Content { line, problem: "it is not text".to_owned() }));
        }
    };
    let found = format_of(text).map_err(Failure::Damage)?;
    if found != FORMAT {
        return Err(Failure::Damage(Damage::Newer { found, known: FORMAT }));
    }
    let is_whole = check == Check::Nothing || digest_matches(text);
    // What is damaged is read all the same, because where it stops making sense says more than the digest.
    let mut reader = Reader {
        values: ValueReader::new(Opener::new(unlock)),
        snapshot: Snapshot::new(""),
        instances: Vec::new(),
        seen: Vec::new(),
    };
    match reader.document(text) {
        Ok(()) if is_whole => Ok(reader.finish()),
        Ok(()) => Err(Failure::Damage(Damage::Digest)),
        Err(ReadError::Key(error)) if is_whole => Err(Failure::Key(error)),
        Err(ReadError::Key(_)) => Err(Failure::Damage(Damage::Digest)),
        Err(ReadError::Text(error)) => {
            let line = line_of(bytes, error.at);
            Err(Failure::Damage(if error.is_end {
                Damage::Truncated { line }
            } else {
                Damage::Content { line, problem: error.problem }
            }))
        }
    }
}

/// The format, which stands first. Other programs' states are told apart from damage.
fn format_of(text: &str) -> std::result::Result<u64, Damage> {
    let mut scan = Scan::new(text);
    match scan.first_name().as_ref().map(|name| name.as_deref()) {
        Ok(Some("format")) => {}
        Ok(Some("version" | "terraform_version" | "serial")) => {
            return Err(Damage::Foreign("Terraform's is taken over by `infra state import-terraform`"));
        }
        Ok(_) => return Err(Damage::Foreign("its first member is not `format`")),
        Err(error) if error.is_end => return Err(Damage::Truncated { line: line_of(text.as_bytes(), error.at) }),
        Err(error) => {
            let line = line_of(text.as_bytes(), error.at);
            return Err(Damage::Content { line, problem: error.problem.clone() });
        }
    }
    let mut format = FORMAT;
    // The walk ends behind the first member; what is wrong further on is found later.
    let _ = scan.object(|scan, _| {
        format = scan.integer()?;
        Err::<(), _>(scan.fail(""))
    });
    Ok(format)
}

fn digest_matches(text: &str) -> bool {
    let Some(start) = text.len().checked_sub(DIGEST.len() + 64 + END.len()) else { return false };
    let Some((body, tail)) = text.split_at_checked(start) else { return false };
    let said = tail.strip_prefix(DIGEST).and_then(|tail| tail.strip_suffix(END));
    said.is_some_and(|said| said == hex::encode(Sha256::digest(body.as_bytes())))
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes[..at.min(bytes.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// A problem of the document as a whole, found at its end though nothing is cut off there.
fn whole(scan: &Scan, problem: String) -> ReadError {
    ScanError { is_end: false, ..scan.fail(problem) }.into()
}

/// What has been read so far.
pub(super) struct Reader<'a> {
    pub(super) values: ValueReader<'a>,
    pub(super) snapshot: Snapshot,
    pub(super) instances: Vec<(InstanceAddr, Instance)>,
    seen: Vec<String>,
}

impl Reader<'_> {
    fn finish(mut self) -> Snapshot {
        self.snapshot.instances = BTreeMap::from_iter(self.instances);
        self.snapshot.is_shut = self.values.opener().is_shut();
        self.snapshot
    }

    fn document(&mut self, text: &str) -> Result<()> {
        let mut scan = Scan::new(text);
        scan.object(|scan, name| {
            if self.seen.iter().any(|seen| seen == name) {
                return Err(scan.fail(format!("`{name}` stands here twice")).into());
            }
            self.seen.push(name.to_owned());
            self.member(scan, name)
        })?;
        scan.end()?;
        for needed in ["format", "lineage", "serial", "seq", "types", "outputs", "resources"] {
            self.needs(&scan, needed)?;
        }
        let before = self.instances.len();
        self.instances.sort_by(|a, b| a.0.cmp(&b.0));
        self.instances.dedup_by(|a, b| a.0 == b.0);
        if self.instances.len() < before {
            return Err(whole(&scan, "an instance stands here twice".to_owned()));
        }
        Ok(())
    }

    fn needs(&self, scan: &Scan, name: &str) -> Result<()> {
        if self.seen.iter().any(|seen| seen == name) {
            return Ok(());
        }
        Err(whole(scan, format!("`{name}` is missing, or stands too far down")))
    }

    fn member(&mut self, scan: &mut Scan, name: &str) -> Result<()> {
        match name {
            "format" => scan.integer::<u64>().map(|_| ())?,
            "lineage" => {
                self.snapshot.lineage = scan.string()?.into_owned();
                self.values.set_lineage(&self.snapshot.lineage);
            }
            "serial" => self.snapshot.serial = scan.integer()?,
            "seq" => self.snapshot.seq = scan.integer()?,
            "world" => self.snapshot.world = Some(part::read_world(scan)?),
            "unmet" => self.snapshot.unmet = part::read_names(scan)?.into_iter().collect(),
            "keys" => {
                self.snapshot.keys = part::read_keys(scan)?;
                self.values.opener().set_keys(self.snapshot.keys.clone());
            }
            "types" => self.types(scan)?,
            "outputs" => self.outputs(scan)?,
            "resources" => {
                self.needs(scan, "types")?;
                scan.array(|scan| self.resource(scan))?;
            }
            "intents" => scan.array(|scan| self.intent(scan))?,
            "digest" => scan.string().map(|_| ())?,
            _ => return Err(unexpected(scan, name)),
        }
        Ok(())
    }

    fn types(&mut self, scan: &mut Scan) -> Result<()> {
        scan.object(|scan, name| {
            let name = Str::from(name);
            scan.object(|scan, version| {
                let version = version.parse().map_err(|_| scan.fail("the name must be a schema's version"))?;
                let declared = self.declared(scan)?;
                self.snapshot.types.insert((Arc::clone(&name), version), declared);
                Ok(())
            })
        })
    }

    fn declared(&mut self, scan: &mut Scan) -> Result<Declared> {
        let mut attributes = Vec::new();
        let mut sealed: Vec<Str> = Vec::new();
        scan.object(|scan, name| match name {
            "attributes" => scan.object(|scan, name| {
                attributes.push(ObjectAttr::new(name, self.values.ty(scan)?));
                Ok(())
            }),
            "sealed" => scan.array(|scan| {
                sealed.push(Str::from(&*scan.string()?));
                Ok(())
            }),
            _ => Err(unexpected(scan, name)),
        })?;
        Ok(Declared { ty: Type::object(attributes), sealed: sealed.into() })
    }

    fn outputs(&mut self, scan: &mut Scan) -> Result<()> {
        self.needs(scan, "lineage")?;
        scan.object(|scan, name| {
            self.values.belongs_to(Owner::Named(format!("output.{name}")));
            let mut ty = None;
            let mut sensitive = false;
            let mut value = None;
            scan.object(|scan, member| {
                match member {
                    "type" => ty = Some(self.values.ty(scan)?),
                    "sensitive" => sensitive = scan.boolean()?,
                    "value" => {
                        let ty = ty.ok_or_else(|| scan.fail("`type` must stand before `value`"))?;
                        value = Some(self.values.value(scan, ty, "")?);
                    }
                    _ => return Err(unexpected(scan, member)),
                }
                Ok(())
            })?;
            let value = value.ok_or_else(|| scan.fail("`value` is missing"))?;
            self.snapshot.outputs.insert(name.into(), Output { value, sensitive });
            Ok(())
        })
    }

    fn intent(&mut self, scan: &mut Scan) -> Result<()> {
        let mut instance = None;
        let mut object = ObjectKey::Current;
        let mut op = None;
        let mut seq = 0;
        let mut step = 0;
        let mut run = String::new();
        let mut inner = None;
        scan.object(|scan, name| {
            let start = scan.clone();
            match name {
                "address" => {
                    let address = scan.string()?.parse::<InstanceAddr>();
                    instance = Some(address.map_err(|error| start.fail(error.to_string()))?);
                }
                "deposed" => {
                    let key = scan.string()?.parse::<DeposedKey>();
                    object = ObjectKey::Deposed(key.map_err(|error| start.fail(error.to_string()))?);
                }
                "op" => op = Some(Op::from_word(&scan.string()?).ok_or_else(|| start.fail("there is no such op"))?),
                "seq" => seq = scan.integer()?,
                "step" => step = scan.integer()?,
                "run" => run = scan.string()?.into_owned(),
                "sealed" => {
                    let address = instance.as_ref().ok_or_else(|| scan.fail("`address` must stand first"))?;
                    self.values.belongs_to(Owner::Named(address.to_string()));
                    // Left shut, an intent cannot be listed: what it is about stands beside it, but not what it is.
                    if let Some(plain) = self.values.open_at(scan, &format!(".intent {seq}"))? {
                        inner = Some(read_open(&mut self.values, &plain).map_err(|problem| start.fail(problem))?);
                    }
                }
                _ => return Err(unexpected(scan, name)),
            }
            Ok::<_, ReadError>(())
        })?;
        let (Some(instance), Some(op)) = (instance, op) else {
            return Err(scan.fail("an intent needs `address` and `op`").into());
        };
        if let Some((intent, partial)) = inner {
            self.snapshot.open.push(OpenIntent { seq, step, run, instance, object, op, intent, partial });
        }
        Ok(())
    }
}
