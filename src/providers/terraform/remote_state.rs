//! `terraform_remote_state`: the root outputs of another configuration's state, in Terraform's format 4.
//!
//! Only the backend `local` is read. The other names that Terraform knows are told apart from misspelt ones.

use std::io::ErrorKind;
use std::path::Path as FilePath;
use std::path::PathBuf;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

use super::Client;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::Problem;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::any;
use crate::schema::string;
use crate::value::Object;
use crate::value::Path;
use crate::value::Str;
use crate::value::Value;
use crate::value::json;

/// The outputs of another state.
pub(in crate::providers) struct RemoteState;

/// The backends that Terraform has beside `local`.
const OTHER_BACKENDS: [&str; 12] =
    ["azurerm", "cloud", "consul", "cos", "gcs", "http", "inmem", "kubernetes", "oss", "pg", "remote", "s3"];

const INVALID_BACKEND: &str = "Invalid backend configuration";

#[async_trait]
impl DataSource<Client> for RemoteState {
    fn name(&self) -> &'static str {
        "terraform_remote_state"
    }

    fn schema(&self) -> Schema {
        Schema::new([
            ("backend", string().required().describe("Where the state is kept: `local`.")),
            ("config", any().describe("The backend's arguments; for `local`, `path` and `workspace_dir`.")),
            ("workspace", string().describe("Which of the backend's workspaces; `default` when not given.")),
            ("defaults", any().describe("Outputs to assume where the state has none of the name.")),
            ("outputs", any().computed().describe("Every root output of the state.")),
        ])
    }

    fn validate(&self, config: &Object) -> Vec<Problem> {
        let mut problems = Vec::new();
        let backend = config.str("backend");
        problems.extend(backend.and_then(backend_problem));
        if backend == Some("local") {
            problems.extend(config.get("config").and_then(arguments_problem));
        }
        if let Some(defaults) = config.get("defaults")
            && defaults.is_known()
            && !defaults.is_null()
            && defaults.as_entries().is_none()
        {
            problems.push(Problem {
                path: Path::of("defaults"),
                summary: "Invalid default values".to_owned(),
                detail: "Defaults must be given in an object value.".to_owned(),
            });
        }
        problems
    }

    async fn read(&self, client: &Client, _: &Cx, config: &Object) -> Result<Object> {
        // A configuration with parts that were unknown when it was validated comes here unchecked.
        if let Some(problem) = self.validate(config).into_iter().next() {
            return Err(ProviderError::Problem(Box::new(problem)));
        }
        let path = client.dir.join(state_path(config));
        let bytes = match tokio::fs::read(&path).await {
            Ok(bytes) if !bytes.is_empty() => bytes,
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(ProviderError::refused(
                    format!("reading the state `{}`", path.display()),
                    error.to_string(),
                ));
            }
            // Terraform takes an empty file for no state too.
            Ok(_) | Err(_) => {
                return Err(ProviderError::problem(
                    Path::of("workspace"),
                    "Unable to find remote state",
                    "No stored state was found for the given workspace in the given backend.",
                ));
            }
        };
        let mut outputs: Vec<(Str, Value)> = Vec::new();
        if let Some(defaults) = config.get("defaults").and_then(Value::as_entries) {
            outputs.extend(defaults.into_iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        outputs.extend(read_outputs(&bytes, &path)?);
        Ok(config.set("outputs", Value::object(outputs)))
    }
}

fn backend_problem(backend: &str) -> Option<Problem> {
    let detail = match backend {
        "local" => return None,
        known if OTHER_BACKENDS.contains(&known) => format!(
            "States in the backend \"{known}\" cannot be read; only those of \"local\" can. Copy the state to a file with \
             `terraform state pull` and read it with backend \"local\", or pass the values as variables."
        ),
        unknown => format!("There is no backend type named \"{unknown}\"."),
    };
    Some(Problem { path: Path::of("backend"), summary: INVALID_BACKEND.to_owned(), detail })
}

/// Checks the arguments of the backend `local`.
fn arguments_problem(arguments: &Value) -> Option<Problem> {
    if arguments.is_null() || !arguments.is_known() {
        return None;
    }
    let problem = |complaint: String| Problem {
        path: Path::of("config"),
        summary: INVALID_BACKEND.to_owned(),
        detail: format!("The given configuration is not valid for backend \"local\": {complaint}."),
    };
    let Some(arguments) = arguments.as_entries() else {
        return Some(problem("an object is required".to_owned()));
    };
    for (name, value) in arguments {
        if !matches!(&**name, "path" | "workspace_dir") {
            return Some(problem(format!("unexpected attribute \"{name}\"")));
        }
        if value.is_null() || !value.is_known() {
            continue;
        }
        match value.as_str() {
            Some("") => {
                return Some(Problem {
                    path: Path::of("config"),
                    summary: "Invalid local state file path".to_owned(),
                    detail: format!("The \"{name}\" attribute value must not be empty."),
                });
            }
            Some(_) => {}
            None => return Some(problem(format!(".{name}: string required"))),
        }
    }
    None
}

/// Where the backend `local` keeps a workspace: `path` is only for the default one.
fn state_path(config: &Object) -> PathBuf {
    let argument = |name| config.get("config").and_then(|arguments| arguments.get(name)).and_then(Value::as_str);
    match config.str("workspace") {
        None | Some("" | "default") => PathBuf::from(argument("path").unwrap_or("terraform.tfstate")),
        Some(workspace) => FilePath::new(argument("workspace_dir").unwrap_or("terraform.tfstate.d"))
            .join(workspace)
            .join("terraform.tfstate"),
    }
}

#[derive(Deserialize)]
struct Header {
    version: u64,
}

#[derive(Deserialize)]
struct State {
    #[serde(default)]
    outputs: BTreeMap<String, Output>,
}

/// Whether the output is sensitive is not handed on, as in Terraform: configurations rely on it.
#[derive(Deserialize)]
struct Output {
    value: Json,
    #[serde(rename = "type")]
    ty: Json,
}

fn read_outputs(bytes: &[u8], path: &FilePath) -> Result<Vec<(Str, Value)>> {
    let refuse = |detail: String| {
        ProviderError::problem(
            Path::of("config"),
            "Unsupported state file format",
            format!("The state file `{}` {detail}.", path.display()),
        )
    };
    let header: Header =
        serde_json::from_slice(bytes).map_err(|error| refuse(format!("is not a state with a version: {error}")))?;
    if header.version != 4 {
        return Err(refuse(format!("uses format version {}; only version 4 can be read", header.version)));
    }
    let state: State = serde_json::from_slice(bytes).map_err(|error| refuse(format!("is damaged: {error}")))?;
    let outputs = state.outputs.into_iter().map(|(name, output)| {
        let ty = json::type_from_json(&output.ty);
        let value = ty.and_then(|ty| json::from_json(&output.value, ty));
        let value = value.map_err(|error| refuse(format!("has a damaged output \"{name}\": {error}")))?;
        Ok((Str::from(name), value))
    });
    outputs.collect()
}
