//! `infra login` and `infra logout`: vendors' credentials in the operating system's keyring.

use std::io::BufRead as _;
use std::io::IsTerminal as _;
use std::sync::Arc;

use clap::Args;

use super::Exit;
use super::Problem;
use super::Result;
use super::credentials;
use super::options::Looks;
use super::options::WorldChoice;
use super::options::boolean;
use super::place::Place;
use super::quiet;
use super::screen::Screen;
use super::session;
use crate::ops;
use crate::ops::Session;
use crate::provider::Credentials;
use crate::provider::Reach;
use crate::provider::Scopes;
use crate::state::WorldEntry;

/// Keep a vendor's credential in the keyring, once it has been tried.
///
/// Asks for the credential without showing it, or reads it from standard input where that is no terminal. A credential in
/// the configuration or in the environment goes before the one in the keyring.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  infra login digitalocean\n  pass show do-token | infra login digitalocean\n  \
    infra login -check")]
pub(super) struct LoginOptions {
    /// The vendor, as `digitalocean`.
    #[arg(value_name = "VENDOR")]
    vendor: Option<String>,
    /// Only say on which account the credentials work that are there, what they may do, and until when.
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "false", default_missing_value = "true",
          value_parser = boolean, action = clap::ArgAction::Set, hide_default_value = true, value_name = "BOOL")]
    check: bool,
    #[command(flatten)]
    looks: Looks,
}

/// Remove a vendor's credential from the keyring.
#[derive(Debug, Args)]
pub(super) struct LogoutOptions {
    /// The vendor, as `digitalocean`.
    #[arg(value_name = "VENDOR")]
    vendor: String,
    #[command(flatten)]
    looks: Looks,
}

const REAL: WorldChoice = WorldChoice { sim: None };

pub(super) fn login(options: &LoginOptions, place: &Place, screen: &Screen) -> Result {
    let _ = &options.looks;
    let runtime = session::runtime()?;
    let mut session = real(session::open(&REAL, place, screen, &runtime)?)?;
    if options.check {
        return check(options.vendor.as_deref(), &session, screen, &runtime);
    }
    let Some(vendor) = options.vendor.as_deref() else {
        let names: Vec<String> = vendors(&session).into_iter().map(|(name, _)| name).collect();
        let detail = format!("Name the vendor: {}.", names.join(", "));
        return Err(Problem::new("Vendor missing", detail));
    };
    let variable = variable(vendor, &session)?;
    let credential = ask(vendor)?;
    if credential.is_empty() {
        return Err(Problem::new("Credential missing", "Nothing was given, so nothing was kept."));
    }
    session.credentials = Arc::new(Given(credential.clone()));
    let account = runtime
        .block_on(ops::account(&session, vendor))
        .map_err(|error| Problem(Box::new(crate::plan::of_error(&error))))?;
    credentials::keep(vendor, &credential).map_err(|error| {
        let detail = format!(
            "{error}. Where there is no keyring, as on most servers, keep the credential in the environment: {}.",
            variable
        );
        Problem::new("Keyring cannot be used", detail)
    })?;
    screen.print(&format!("Kept in the keyring. It works on {}.\n", told(account.as_ref())));
    Ok(Exit::Done)
}

pub(super) fn logout(options: &LogoutOptions, place: &Place, screen: &Screen) -> Result {
    let _ = &options.looks;
    let runtime = session::runtime()?;
    let session = real(session::open(&REAL, place, screen, &runtime)?)?;
    variable(&options.vendor, &session)?;
    let was_there = credentials::forget(&options.vendor)
        .map_err(|error| Problem::new("Keyring cannot be used", format!("{error}.")))?;
    screen.print(match was_there {
        true => "Removed from the keyring. The vendor still accepts it: revoke it there if nobody else needs it.\n",
        false => "There was none in the keyring.\n",
    });
    Ok(Exit::Done)
}

/// A session that is about real accounts: what is kept for them has no use in a simulated world, nor may it be lost there.
fn real(session: ops::Session) -> Result<ops::Session> {
    if session.simulated.is_none() {
        return Ok(session);
    }
    let detail =
        "A simulated world needs no credential, and none is kept for it. To keep, try or remove one for the real \
                  vendor, leave INFRA_SIM unset."
            .to_owned();
    Err(Problem::new("No login to a simulated world", detail))
}

fn check(vendor: Option<&str>, session: &Session, screen: &Screen, runtime: &tokio::runtime::Runtime) -> Result {
    let all = match vendor {
        Some(vendor) => vec![(vendor.to_owned(), variable(vendor, session)?)],
        None => vendors(session),
    };
    let mut exit = Exit::Done;
    for (vendor, variable) in all {
        let line = match credentials::place_of(&*session.credentials, variable, &vendor) {
            None => {
                exit = Exit::Failed;
                format!("{vendor}: no credential ({variable} is not set, and the keyring has none)\n")
            }
            Some(from) => match runtime.block_on(ops::account(session, &vendor)) {
                Ok(account) => {
                    let account = told(account.as_ref());
                    let reach = match runtime.block_on(ops::reach(session, &vendor)) {
                        Ok(reach) => far(&reach),
                        Err(error) => {
                            format!("scopes and expiry cannot be asked for: {}", crate::diag::with_causes(&error))
                        }
                    };
                    format!("{vendor}: {account}, by the credential in {from}; {reach}\n")
                }
                Err(error) => {
                    exit = Exit::Failed;
                    let problem = crate::plan::of_error(&error);
                    let detail = problem.detail.replace("\n\n", " ");
                    format!("{vendor}, with the credential in {from}: {}. {detail}\n", problem.summary)
                }
            },
        };
        screen.print(&line);
    }
    Ok(exit)
}

/// Asks for a credential without showing it; takes the first line where nobody can be asked.
fn ask(vendor: &str) -> Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Ok(quiet::ask(&format!("Credential for {vendor} (not shown): "))?.trim().to_owned());
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// The vendors that have accounts, each with the variable that gives its credential.
fn vendors(session: &Session) -> Vec<(String, &'static str)> {
    let all = session.registry.providers().iter();
    all.filter_map(|provider| Some((provider.name().to_owned(), provider.credential()?))).collect()
}

/// The variable of a vendor that must be one.
fn variable(vendor: &str, session: &Session) -> Result<&'static str> {
    let known = vendors(session);
    if let Some((_, variable)) = known.iter().find(|(name, _)| name == vendor) {
        return Ok(variable);
    }
    let names: Vec<&str> = known.iter().map(|(name, _)| name.as_str()).collect();
    let detail = format!("`{vendor}` has no credentials that could be kept. There are: {}.", names.join(", "));
    Err(Problem::new("Unknown vendor", detail))
}

fn told(account: Option<&WorldEntry>) -> String {
    match account {
        Some(account) if account.name == account.id => format!("the account {}", account.id),
        Some(account) => format!("the account {} ({})", account.name, account.id),
        None => "an account that it may not see itself".to_owned(),
    }
}

/// What a credential may do and until when, in words that say where nobody knows.
fn far(reach: &Reach) -> String {
    let expiry = match reach.expiry {
        Some(expiry) => format!("it expires on {expiry}"),
        None => "its expiry is not told by the vendor".to_owned(),
    };
    let list = |names: &[String]| if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    let scopes = match &reach.scopes {
        Scopes::Untold => "its scopes are not told by the vendor".to_owned(),
        Scopes::Told(scopes) => format!("scopes: {}", list(scopes)),
        Scopes::Tried { reads, denied } => format!(
            "its scopes are not told by the vendor, so reading was tried: it reads {}; denied: {}",
            list(reads),
            list(denied)
        ),
    };
    format!("{scopes}; {expiry}")
}

/// A credential that was just given.
struct Given(String);

impl Credentials for Given {
    fn env(&self, _: &[&'static str]) -> Option<(&'static str, String)> {
        None
    }

    fn keyring(&self, _: &str) -> Option<String> {
        Some(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_told_is_said_to_be_untold() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let tried = Scopes::Tried { reads: names(&["droplets", "tags"]), denied: Vec::new() };
        let table = [
            (Reach::default(), "its scopes are not told by the vendor; its expiry is not told by the vendor"),
            (
                Reach {
                    scopes: Scopes::Told(names(&["droplet:read", "vpc:read"])),
                    expiry: "2026-12-01T00:00:00Z".parse().ok(),
                },
                "scopes: droplet:read, vpc:read; it expires on 2026-12-01T00:00:00Z",
            ),
            (
                Reach { scopes: tried, expiry: None },
                "its scopes are not told by the vendor, so reading was tried: it reads droplets, tags; denied: nothing; its \
                 expiry is not told by the vendor",
            ),
        ];
        for (reach, expected) in table {
            assert_eq!(far(&reach), expected);
        }
    }
}
