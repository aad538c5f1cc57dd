//! `local_file` and `local_sensitive_file`: a file with a content.

use std::fs::Permissions;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path as FilePath;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::AsyncWriteExt;

use super::Client;
use super::Secrecy;
use super::checksums;
use crate::provider::Cx;
use crate::provider::Effect;
use crate::provider::Found;
use crate::provider::Intent;
use crate::provider::Planned;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Type;
use crate::value::Value;

/// A file. A create whose result was lost has left the file, whole or in part, and is simply done again: it writes the
/// same over it. A delete is done again too: what is gone is gone.
pub(super) struct File(pub(super) Secrecy);

/// Exactly one of these gives the content; `sensitive_content` is of the plain type only.
const CONTENTS: [&str; 4] = ["content", "content_base64", "source", "sensitive_content"];

#[async_trait]
impl ResourceType<Client> for File {
    fn name(&self) -> &'static str {
        self.0.type_name()
    }

    fn schema(&self) -> Schema {
        let (content, mode) = match self.0 {
            Secrecy::Plain => (string().replaces().sealed(), "0777"),
            Secrecy::Sensitive => (string().replaces().sensitive(), "0700"),
        };
        let permission = || string().optional_computed().default(mode).replaces();
        let mut attributes = vec![
            ("filename", string().required().replaces()),
            ("content", content.clone()),
            ("content_base64", content),
            ("source", string().replaces().describe("The file to copy.")),
            ("file_permission", permission().describe("In octal, before the umask.")),
            (
                "directory_permission",
                permission().describe("Of the folders that are made, in octal, before the umask."),
            ),
        ];
        if self.0 == Secrecy::Plain {
            let instead = "Use a `local_sensitive_file` instead.";
            attributes.push(("sensitive_content", string().replaces().sensitive().deprecated(instead)));
        }
        Schema::new(attributes.into_iter().chain(checksums::attributes()))
    }

    fn effect(&self) -> Effect {
        Effect::Local
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let problem = |argument: &str, summary: &str, detail: String| Problem {
            path: Path::of(argument),
            summary: summary.to_owned(),
            detail,
        };
        let mut problems = Vec::new();
        let names: Vec<&str> = CONTENTS.into_iter().filter(|name| config.get(name).is_some()).collect();
        let given: Vec<&str> =
            names.iter().copied().filter(|name| config.get(name).is_some_and(|value| !value.is_null())).collect();
        // An unknown may turn out to be null, so it proves neither too many nor too few.
        let known = given.iter().filter(|name| config.get(name).is_some_and(Value::is_known)).count();
        if known > 1 || given.is_empty() {
            let detail = format!("Exactly one of {} must be given, not {}.", names.join(", "), given.len());
            problems.push(problem(given.first().unwrap_or(&"content"), "Invalid Attribute Combination", detail));
        }
        for argument in ["file_permission", "directory_permission"] {
            if config.str(argument).is_some_and(|text| mode(text).is_none()) {
                let detail = format!("{argument} must be of three or four octal digits, as \"0644\".");
                problems.push(problem(argument, "Invalid File Permission String Value", detail));
            }
        }
        if config.str("content_base64").is_some_and(|text| STANDARD.decode(text).is_err()) {
            let detail = "content_base64 is not base64 with padding.".to_owned();
            problems.push(problem("content_base64", "Invalid Attribute Value", detail));
        }
        problems
    }

    /// Checksums are known once the file is written, also where the content is known already: Terraform's provider plans
    /// so, and who depends on one waits for the file.
    fn plan(&self, prior: Option<&Object>, proposed: Object) -> Planned {
        let kept: Vec<(Str, Value)> = checksums::NAMES
            .into_iter()
            .map(|name| {
                let prior = prior.and_then(|prior| prior.get(name)).cloned();
                (Str::from(name), prior.unwrap_or_else(|| Value::unknown(Type::STRING)))
            })
            .collect();
        Planned { object: proposed.with(kept), replace: Vec::new(), warnings: Vec::new() }
    }

    /// A file with another content is somebody else's: ours is gone and will be made again.
    async fn read(&self, client: &Client, _: &Cx, prior: &Object) -> Result<Option<Object>> {
        Ok(self.is_ours(client, prior).await?.then(|| prior.clone()))
    }

    async fn create(&self, client: &Client, _: &Cx, planned: &Object) -> Result<Object> {
        if let Some(problem) = self.validate(planned).into_iter().next() {
            return Err(ProviderError::Problem(Box::new(problem)));
        }
        let filename = planned.str("filename").unwrap_or("");
        let path = client.dir.join(filename);
        let content = content(client, planned).await?;
        let mode_of = |name| planned.str(name).and_then(mode).unwrap_or(0o700);
        let failed =
            |error: std::io::Error| ProviderError::refused(format!("writing the file `{filename}`"), error.to_string());
        make_folder(&path, mode_of("directory_permission")).map_err(failed)?;
        self.write(&path, mode_of("file_permission"), &content).await.map_err(failed)?;
        Ok(planned.with(checksums::of(&content)))
    }

    /// A file that is no longer ours is left alone: its place was taken, as by its successor under `create_before_destroy`.
    async fn delete(&self, client: &Client, _: &Cx, prior: &Object) -> Result<()> {
        if !self.is_ours(client, prior).await? {
            return Ok(());
        }
        let filename = prior.str("filename").unwrap_or("");
        match tokio::fs::remove_file(client.dir.join(filename)).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(ProviderError::refused(format!("removing the file `{filename}`"), error.to_string()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn find(&self, _: &Client, _: &Cx, _: &Intent) -> Result<Found> {
        Ok(Found::Absent)
    }

    async fn import(&self, _: &Client, _: &Cx, _: &str) -> Result<Option<Object>> {
        let message = "this type cannot be imported, as in Terraform: the next apply writes the file";
        Err(ProviderError::refused(format!("importing a {}", self.name()), message))
    }
}

impl File {
    /// Whether the file is there with the content we wrote.
    async fn is_ours(&self, client: &Client, prior: &Object) -> Result<bool> {
        let filename = prior.str("filename").unwrap_or("");
        match tokio::fs::read(client.dir.join(filename)).await {
            Ok(content) => Ok(checksums::sha1(&content) == prior.id()),
            // Where a folder of its path has become a file, the file is as gone.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
            Err(error) if error.kind() == ErrorKind::IsADirectory => Ok(false),
            Err(error) => Err(ProviderError::refused(format!("reading the file `{filename}`"), error.to_string())),
        }
    }

    /// Writes in place: a file that is there keeps its other names and its permissions, except that a secret never stands
    /// in a file that is more open than was asked for.
    async fn write(&self, path: &FilePath, mode: u32, content: &[u8]) -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(mode);
        let mut file = tokio::fs::File::from_std(options.open(path)?);
        if self.0 == Secrecy::Sensitive {
            let found = file.metadata().await?.permissions().mode() & 0o7777;
            if found & !mode != 0 {
                file.set_permissions(Permissions::from_mode(found & mode)).await?;
            }
        }
        file.write_all(content).await?;
        // The state must not say that a file is there which a crash of the machine takes away.
        file.sync_all().await
    }
}

/// What the file shall hold.
async fn content(client: &Client, planned: &Object) -> Result<Vec<u8>> {
    if let Some(text) = planned.str("content").or(planned.str("sensitive_content")) {
        return Ok(text.as_bytes().to_vec());
    }
    if let Some(encoded) = planned.str("content_base64") {
        let refused = |error: base64::DecodeError| ProviderError::refused("decoding content_base64", error.to_string());
        return STANDARD.decode(encoded).map_err(refused);
    }
    let source = planned.str("source").unwrap_or("");
    tokio::fs::read(client.dir.join(source))
        .await
        .map_err(|error| ProviderError::refused(format!("reading the source `{source}`"), error.to_string()))
}

fn make_folder(file: &FilePath, mode: u32) -> std::io::Result<()> {
    match file.parent() {
        Some(folder) => std::fs::DirBuilder::new().recursive(true).mode(mode).create(folder),
        None => Ok(()),
    }
}

/// Three or four octal digits.
fn mode(text: &str) -> Option<u32> {
    let is_octal = matches!(text.len(), 3 | 4) && text.bytes().all(|byte| matches!(byte, b'0'..=b'7'));
    is_octal.then(|| u32::from_str_radix(text, 8).ok()).flatten()
}
