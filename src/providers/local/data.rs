//! The data sources `local_file` and `local_sensitive_file`: what a file holds.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Client;
use super::Secrecy;
use super::checksums;
use crate::provider::Cx;
use crate::provider::DataSource;
use crate::provider::ProviderError;
use crate::provider::Result;
use crate::schema::ObjectExt;
use crate::schema::Schema;
use crate::schema::string;
use crate::value::Object;

/// A file that is only read.
pub(super) struct FileData(pub(super) Secrecy);

#[async_trait]
impl DataSource<Client> for FileData {
    fn name(&self) -> &'static str {
        self.0.type_name()
    }

    fn schema(&self) -> Schema {
        let content = || match self.0 {
            Secrecy::Plain => string().computed(),
            Secrecy::Sensitive => string().computed().sensitive(),
        };
        let own = [
            ("filename", string().required()),
            ("content", content().describe("As text; what is not UTF-8 shows as U+FFFD.")),
            ("content_base64", content()),
        ];
        Schema::new(own.into_iter().chain(checksums::attributes()))
    }

    async fn read(&self, client: &Client, _: &Cx, config: &Object) -> Result<Object> {
        let filename = config.str("filename").unwrap_or("");
        let path = client.dir.join(filename);
        let content = tokio::fs::read(&path)
            .await
            .map_err(|error| ProviderError::refused(format!("reading the file `{filename}`"), error.to_string()))?;
        let read = config
            .set("content", String::from_utf8_lossy(&content).into_owned())
            .set("content_base64", STANDARD.encode(&content));
        Ok(read.with(checksums::of(&content)))
    }
}
