//! What a record says, as JSON that is then sealed as a whole.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::addr::InstanceAddr;
use crate::addr::ProviderAddr;
use crate::addr::ResourceAddr;
use crate::state::Event;
use crate::state::Intent;
use crate::state::Object;
use crate::state::OpenIntent;
use crate::state::Output;
use crate::state::document::part;
use crate::state::json::ReadError;
use crate::state::json::Scan;
use crate::state::json::ValueReader;
use crate::state::json::ValueWriter;
use crate::state::json::Veil;
use crate::state::json::member;
use crate::state::json::push_string;
use crate::state::json::unexpected;
use crate::value;
use crate::value::ObjectAttr;
use crate::value::Str;
use crate::value::Type;

type Result<T> = std::result::Result<T, ReadError>;

/// Appends what an event says.
pub(super) fn write_event(values: &mut ValueWriter, out: &mut Vec<u8>, event: &Event) {
    let mut body = Body { values, out, is_first: true };
    body.out.push(b'{');
    match event {
        Event::Begin { run, time, plan } => {
            body.text("run", run);
            body.text("time", &time.to_string());
            body.text("plan", plan);
        }
        Event::Intent(intent) => body.intent(intent),
        Event::Partial { object, private } => {
            body.attributes("object", object.as_ref());
            body.json("private", private);
        }
        Event::Done { object } => body.object("object", object.as_ref()),
        Event::Failed { error, object } => {
            body.text("error", error);
            body.object("object", object.as_ref());
        }
        Event::Adopt { object } => body.object("object", Some(object)),
        Event::Deposed { key } | Event::Restored { key } => body.text("key", key.as_str()),
        Event::Moved { from } => body.text("from", &from.to_string()),
        Event::Outputs(outputs) => body.outputs(outputs),
        Event::World(world) => {
            body.name("world");
            part::write_world(body.out, world, "");
            body.out.push(b'}');
        }
        Event::End { time, result } => {
            body.text("time", &time.to_string());
            body.text("result", result);
        }
    }
    out.push(b'}');
}

/// Appends what an open intent says beyond where it is.
pub(crate) fn write_open(values: &mut ValueWriter, out: &mut Vec<u8>, open: &OpenIntent) {
    let mut body = Body { values, out, is_first: true };
    body.out.push(b'{');
    body.attributes("partial", open.partial.as_ref());
    body.intent(&open.intent);
    out.push(b'}');
}

/// Members of one JSON object, as they are appended.
struct Body<'a> {
    values: &'a mut ValueWriter,
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl Body<'_> {
    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.out.push(b',');
        }
        member(self.out, name);
    }

    fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        push_string(self.out, text);
    }

    fn json(&mut self, name: &str, json: &Json) {
        if !json.is_null() {
            self.name(name);
            let _ = write!(self.out, "{json}");
        }
    }

    fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        let _ = write!(self.out, "{number}");
    }

    fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.name(name);
            self.out.extend_from_slice(b"true");
        }
    }

    fn names(&mut self, name: &str, names: &[Str]) {
        if !names.is_empty() {
            self.name(name);
            part::write_names(self.out, names);
        }
    }

    fn attributes(&mut self, name: &str, object: Option<&value::Object>) {
        let Some(object) = object else { return };
        self.name(name);
        let attributes = object.iter().map(|(name, value)| ObjectAttr::new(Arc::clone(name), value.ty()));
        let ty = Type::object(attributes.collect());
        self.out.extend_from_slice(br#"{"type": "#);
        self.values.ty(self.out, ty);
        self.out.extend_from_slice(br#", "values": {"#);
        self.values.attributes(self.out, object, ty, Veil::Mark, "", &|_| false);
        self.out.extend_from_slice(b"}}");
    }

    fn object(&mut self, name: &str, object: Option<&Object>) {
        let Some(object) = object else { return };
        self.name(name);
        let mut inner = Body { values: self.values, out: self.out, is_first: true };
        inner.out.push(b'{');
        inner.attributes("attributes", Some(&object.attributes));
        inner.surroundings(
            &object.provider,
            object.schema_version,
            &object.private,
            &object.dependencies,
            object.create_before_destroy,
        );
        inner.flag("tainted", object.tainted);
        self.out.push(b'}');
    }

    fn intent(&mut self, intent: &Intent) {
        self.text("op_id", &intent.op_id);
        self.text("time", &intent.time.to_string());
        self.attributes("planned", intent.planned.as_ref());
        if let Some(prior) = intent.prior {
            self.number("prior", prior);
        }
        self.json("before", &intent.before);
        self.names("trusted", &intent.trusted);
        self.names("trusts", &intent.trusts);
        if let Some(key) = &intent.deposes {
            self.text("deposes", &key.to_string());
        }
        self.surroundings(
            &intent.provider,
            intent.schema_version,
            &intent.private,
            &intent.dependencies,
            intent.create_before_destroy,
        );
    }

    fn surroundings(
        &mut self,
        provider: &ProviderAddr,
        schema_version: u32,
        private: &Json,
        dependencies: &[ResourceAddr],
        create_before_destroy: bool,
    ) {
        self.text("provider", &provider.to_string());
        if schema_version > 0 {
            self.number("schema_version", schema_version.into());
        }
        self.json("private", private);
        if !dependencies.is_empty() {
            self.name("dependencies");
            part::write_dependencies(self.out, dependencies);
        }
        self.flag("create_before_destroy", create_before_destroy);
    }

    fn outputs(&mut self, outputs: &BTreeMap<Str, Output>) {
        self.name("outputs");
        self.out.push(b'{');
        for (at, (name, output)) in outputs.iter().enumerate() {
            self.out.extend_from_slice(if at == 0 { b"" } else { b"," });
            member(self.out, name);
            let ty = output.value.ty();
            self.out.extend_from_slice(br#"{"type": "#);
            self.values.ty(self.out, ty);
            let _ = write!(self.out, r#", "sensitive": {}, "value": "#, output.sensitive);
            self.values.value(self.out, &output.value, ty, Veil::Mark, "");
            self.out.push(b'}');
        }
        self.out.push(b'}');
    }
}

/// What a record or an open intent says, member by member, before it is known to be whole.
#[derive(Default)]
struct Said {
    texts: BTreeMap<String, String>,
    prior: Option<u64>,
    before: Json,
    trusted: Vec<Str>,
    trusts: Vec<Str>,
    partial: Option<value::Object>,
    planned: Option<value::Object>,
    attributes: Option<value::Object>,
    recorded: Option<Object>,
    outputs: BTreeMap<Str, Output>,
    world: Option<crate::state::World>,
    provider: Option<ProviderAddr>,
    schema_version: u32,
    private: Json,
    dependencies: Option<Arc<[ResourceAddr]>>,
    create_before_destroy: bool,
    tainted: bool,
}

/// Reads back what [`write_event`] wrote for an event of a kind.
pub(super) fn read_event(values: &mut ValueReader, kind: &str, plain: &[u8]) -> std::result::Result<Event, String> {
    read(values, plain).and_then(|said| said.event(kind)).map_err(problem)
}

/// Reads back what [`write_open`] wrote.
pub(crate) fn read_open(
    values: &mut ValueReader,
    plain: &[u8],
) -> std::result::Result<(Intent, Option<value::Object>), String> {
    let mut said = read(values, plain).map_err(problem)?;
    let partial = said.partial.take();
    said.intent().map(|intent| (intent, partial)).map_err(problem)
}

/// The text of an error says nothing of what is sealed.
fn problem(error: ReadError) -> String {
    match error {
        ReadError::Text(error) => error.problem,
        ReadError::Key(error) => error.to_string(),
    }
}

fn read(values: &mut ValueReader, plain: &[u8]) -> Result<Said> {
    let text = std::str::from_utf8(plain).map_err(|_| Scan::new("").fail("what is sealed is not text"))?;
    let mut scan = Scan::new(text);
    let mut said = Said::default();
    said.members(values, &mut scan)?;
    scan.end()?;
    Ok(said)
}

impl Said {
    fn members(&mut self, values: &mut ValueReader, scan: &mut Scan) -> Result<()> {
        scan.object(|scan, name| self.member(values, scan, name))
    }

    fn member(&mut self, values: &mut ValueReader, scan: &mut Scan, name: &str) -> Result<()> {
        match name {
            "run" | "time" | "plan" | "error" | "key" | "from" | "result" | "op_id" | "deposes" => {
                self.texts.insert(name.to_owned(), scan.string()?.into_owned());
            }
            "prior" => self.prior = Some(scan.integer()?),
            "before" => self.before = json(scan)?,
            "trusted" => self.trusted = part::read_names(scan)?,
            "trusts" => self.trusts = part::read_names(scan)?,
            "private" => self.private = json(scan)?,
            "partial" => self.partial = Some(typed(values, scan)?),
            "planned" => self.planned = Some(typed(values, scan)?),
            "attributes" => self.attributes = Some(typed(values, scan)?),
            // A whole object, or of a partial one the attributes only.
            "object" => match scan.first_name()?.as_deref() {
                Some("type") => self.partial = Some(typed(values, scan)?),
                _ => {
                    let mut inner = Said::default();
                    inner.members(values, scan)?;
                    self.recorded = Some(inner.object()?);
                }
            },
            "outputs" => scan.object(|scan, name| {
                let output = output(values, scan)?;
                self.outputs.insert(name.into(), output);
                Ok::<_, ReadError>(())
            })?,
            "world" => self.world = Some(part::read_world(scan)?),
            "provider" => self.provider = Some(part::read_provider(scan)?),
            "schema_version" => self.schema_version = scan.integer()?,
            "dependencies" => self.dependencies = Some(part::read_dependencies(scan)?),
            "create_before_destroy" => self.create_before_destroy = scan.boolean()?,
            "tainted" => self.tainted = scan.boolean()?,
            _ => return Err(unexpected(scan, name)),
        }
        Ok(())
    }

    fn event(mut self, kind: &str) -> Result<Event> {
        Ok(match kind {
            "begin" => Event::Begin { run: self.text("run")?, time: self.parsed("time")?, plan: self.text("plan")? },
            "intent" => Event::Intent(Box::new(self.intent()?)),
            "partial" => Event::Partial { object: self.partial, private: self.private },
            "done" => Event::Done { object: self.recorded },
            "failed" => Event::Failed { error: self.text("error")?, object: self.recorded },
            "adopt" => Event::Adopt { object: self.recorded.ok_or_else(|| missing("object"))? },
            "deposed" => Event::Deposed { key: self.parsed("key")? },
            "restored" => Event::Restored { key: self.parsed("key")? },
            "moved" => Event::Moved { from: self.parsed::<InstanceAddr>("from")? },
            "outputs" => Event::Outputs(self.outputs),
            "world" => Event::World(self.world.ok_or_else(|| missing("world"))?),
            "end" => Event::End { time: self.parsed("time")?, result: self.text("result")? },
            _ => return Err(Scan::new("").fail(format!("there is no record of kind `{kind}`")).into()),
        })
    }

    fn intent(mut self) -> Result<Intent> {
        let deposes = if self.texts.contains_key("deposes") { Some(self.parsed("deposes")?) } else { None };
        Ok(Intent {
            op_id: self.text("op_id")?,
            time: self.parsed::<Timestamp>("time")?,
            planned: self.planned,
            prior: self.prior,
            before: self.before,
            deposes,
            provider: self.provider.ok_or_else(|| missing("provider"))?,
            private: self.private,
            schema_version: self.schema_version,
            dependencies: self.dependencies.unwrap_or_else(|| [].into()),
            create_before_destroy: self.create_before_destroy,
            trusted: self.trusted,
            trusts: self.trusts,
        })
    }

    fn object(self) -> Result<Object> {
        Ok(Object {
            provider: self.provider.ok_or_else(|| missing("provider"))?,
            schema_version: self.schema_version,
            attributes: Arc::new(self.attributes.ok_or_else(|| missing("attributes"))?),
            private: self.private,
            dependencies: self.dependencies.unwrap_or_else(|| [].into()),
            create_before_destroy: self.create_before_destroy,
            tainted: self.tainted,
            version: 0,
        })
    }

    fn text(&mut self, name: &str) -> Result<String> {
        self.texts.remove(name).ok_or_else(|| missing(name))
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str) -> Result<T> {
        let text = self.text(name)?;
        text.parse().map_err(|_| Scan::new("").fail(format!("`{name}` makes no sense")).into())
    }
}

fn typed(values: &mut ValueReader, scan: &mut Scan) -> Result<value::Object> {
    let mut ty = None;
    let mut object = None;
    scan.object(|scan, name| {
        match name {
            "type" => ty = Some(values.ty(scan)?),
            "values" => object = Some(values.attributes(scan, ty.ok_or_else(|| missing("type"))?)?),
            _ => return Err(unexpected(scan, name)),
        }
        Ok(())
    })?;
    object.ok_or_else(|| missing("values"))
}

fn output(values: &mut ValueReader, scan: &mut Scan) -> Result<Output> {
    let mut ty = None;
    let mut sensitive = false;
    let mut value = None;
    scan.object(|scan, name| {
        match name {
            "type" => ty = Some(values.ty(scan)?),
            "sensitive" => sensitive = scan.boolean()?,
            "value" => value = Some(values.value(scan, ty.ok_or_else(|| missing("type"))?, "")?),
            _ => return Err(unexpected(scan, name)),
        }
        Ok(())
    })?;
    Ok(Output { value: value.ok_or_else(|| missing("value"))?, sensitive })
}

fn json(scan: &mut Scan) -> Result<Json> {
    let start = scan.clone();
    serde_json::from_str(scan.raw()?).map_err(|_| start.fail("this is not JSON").into())
}

fn missing(name: &str) -> ReadError {
    Scan::new("").fail(format!("`{name}` is missing")).into()
}
