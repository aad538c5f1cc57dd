//! Configured providers by name, alias and module.

use std::fmt;
use std::str::FromStr;

use super::ModulePath;
use super::ParseAddrError;
use crate::value::Str;

/// A `provider` block: the vendor's local name, an alias, and the module that configures it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderAddr {
    /// The module that holds the block.
    pub module: ModulePath,
    /// The vendor's name, as `digitalocean`.
    pub name: Str,
    /// Which of several configurations; `None` for the default one.
    pub alias: Option<Str>,
}

impl ProviderAddr {
    /// The root module's default configuration of a vendor.
    pub fn root(name: impl Into<Str>) -> Self {
        Self { module: ModulePath::root(), name: name.into(), alias: None }
    }
}

/// `digitalocean`, `digitalocean.west` or `module.a.digitalocean.west`.
impl fmt::Display for ProviderAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_root() {
            write!(f, "{}.", self.module)?;
        }
        f.write_str(&self.name)?;
        match &self.alias {
            Some(alias) => write!(f, ".{alias}"),
            None => Ok(()),
        }
    }
}

impl FromStr for ProviderAddr {
    type Err = ParseAddrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut names = Vec::new();
        let mut rest = text;
        while let Some((name, behind)) = rest.strip_prefix("module.").and_then(|rest| rest.split_once('.')) {
            names.push(Str::from(name));
            rest = behind;
        }
        let (name, alias) = match rest.split_once('.') {
            Some((name, alias)) => (name, Some(alias)),
            None => (rest, None),
        };
        let is_name =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if !names.iter().all(|name| is_name(name)) || !is_name(name) || !alias.is_none_or(is_name) {
            return Err(ParseAddrError::new(text, text.len() - rest.len(), "a provider's name is expected"));
        }
        Ok(Self { module: names.into_iter().collect(), name: name.into(), alias: alias.map(Str::from) })
    }
}
