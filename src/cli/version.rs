//! `infra version`.

use clap::Args;

use super::Exit;
use super::Result;
use super::options::Json;
use super::options::Looks;
use super::screen::Screen;
use crate::config::TERRAFORM;
use crate::report;

/// Show the version.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    json: Json,
    #[command(flatten)]
    looks: Looks,
}

pub(super) fn run(options: &Options, screen: &Screen) -> Result {
    let _ = &options.looks;
    let version = env!("CARGO_PKG_VERSION");
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let platform = format!("{}_{architecture}", std::env::consts::OS);
    if options.json.json {
        let document = report::version_json(version, TERRAFORM, &platform);
        screen.print(&format!("{document:#}\n"));
    } else {
        screen.print(&format!("infra v{version}\non {platform}\nThe language is Terraform's, as of v{TERRAFORM}.\n"));
    }
    Ok(Exit::Done)
}
