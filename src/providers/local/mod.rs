//! `local`: files on the machine that plans and applies.
//!
//! Files are written and removed in place, as other programs would. Relative paths start from the folder the provider is
//! configured with. Files of *hosts* are the vendor `host`'s.

mod checksums;
mod data;
mod file;

use std::path::PathBuf;

use data::FileData;
use file::File;

use crate::provider::Configure;
use crate::provider::DataSource;
use crate::provider::Definition;
use crate::provider::ResourceType;
use crate::provider::Result;
use crate::value::Object;

/// The provider `local`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Local;

/// Where relative paths start.
pub struct Client {
    dir: PathBuf,
}

/// Whether what a file holds may be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    /// `local_file`
    Plain,
    /// `local_sensitive_file`
    Sensitive,
}

impl Definition for Local {
    type Client = Client;

    fn name(&self) -> &'static str {
        "local"
    }

    fn source(&self) -> &'static str {
        "registry.terraform.io/hashicorp/local"
    }

    fn resources(&self) -> Vec<Box<dyn ResourceType<Client>>> {
        vec![Box::new(File(Secrecy::Plain)), Box::new(File(Secrecy::Sensitive))]
    }

    fn data_sources(&self) -> Vec<Box<dyn DataSource<Client>>> {
        vec![Box::new(FileData(Secrecy::Plain)), Box::new(FileData(Secrecy::Sensitive))]
    }

    fn configure(&self, _: &Object, with: Configure) -> Result<Client> {
        Ok(Client { dir: with.dir })
    }
}

impl Secrecy {
    /// The type's name, of the resource and of the data source.
    fn type_name(self) -> &'static str {
        match self {
            Secrecy::Plain => "local_file",
            Secrecy::Sensitive => "local_sensitive_file",
        }
    }
}

#[cfg(test)]
mod tests;
