//! What a compute is like: its size, when it is suspended, and how Postgres in it is set up.
//!
//! The same fields stand in a project's defaults, in a branch's computes and in a compute itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sim::neon::body::Body;
use crate::sim::neon::plan::Plan;
use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;

/// How a compute is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Compute {
    pub(super) min_cu: f64,
    pub(super) max_cu: f64,
    pub(super) suspend_timeout: i64,
    pub(super) provisioner: String,
    pg_settings: BTreeMap<String, String>,
    pgbouncer_settings: Option<BTreeMap<String, String>>,
    preload: Option<Value>,
}

impl Default for Compute {
    fn default() -> Compute {
        Compute {
            min_cu: 0.25,
            max_cu: 2.0,
            suspend_timeout: 0,
            provisioner: SCALING.to_owned(),
            pg_settings: BTreeMap::new(),
            pgbouncer_settings: None,
            preload: None,
        }
    }
}

/// The provisioner whose computes change their size by themselves.
const SCALING: &str = "k8s-neonvm";
const PROVISIONERS: [&str; 3] = ["k8s-pod", SCALING, "serverless-platform"];

impl Compute {
    /// How long it is idle before it is suspended, in seconds; `None` is for ever.
    pub(super) fn idles(&self) -> Option<f64> {
        match self.suspend_timeout {
            -1 => None,
            0 => Some(300.0),
            seconds => Some(seconds as f64),
        }
    }

    /// The compute with what a request says about its size and how long it idles.
    pub(super) fn sized(self, body: &Body<'_>, plan: &Plan) -> Result<Compute, Refusal> {
        let mut compute = self;
        let (min, max) =
            (body.number("autoscaling_limit_min_cu", 0.25)?, body.number("autoscaling_limit_max_cu", 0.25)?);
        compute.min_cu = min.unwrap_or(compute.min_cu);
        compute.max_cu = max.unwrap_or(compute.max_cu);
        let timeout = body.whole("suspend_timeout_seconds", -1..=604_800)?;
        if timeout.is_some_and(|seconds| (1..60).contains(&seconds)) {
            return Err(body.wrong("suspend_timeout_seconds", "number must be -1, 0 or at least 60"));
        }
        if timeout.is_some_and(|seconds| ![0, 300].contains(&seconds) && !plan.chooses_suspend) {
            return Err(refuse::unacceptable("suspend_timeout_seconds can not be chosen on the free plan"));
        }
        compute.suspend_timeout = timeout.unwrap_or(compute.suspend_timeout);
        if let Some(provisioner) = body.one_of("provisioner", &PROVISIONERS)? {
            compute.provisioner = provisioner.to_owned();
        }
        plan.check_size(compute.min_cu, compute.max_cu)?;
        Ok(compute)
    }

    /// The compute with a project's defaults as a request has them.
    pub(super) fn defaults(self, body: &Body<'_>, plan: &Plan) -> Result<Compute, Refusal> {
        let mut compute = self.sized(body, plan)?;
        compute.pg_settings = body.pairs("pg_settings")?.unwrap_or(compute.pg_settings);
        compute.pgbouncer_settings = body.pairs("pgbouncer_settings")?.or(compute.pgbouncer_settings);
        Ok(compute)
    }

    /// The compute with everything that a request says about it.
    pub(super) fn read(self, body: &Body<'_>, plan: &Plan) -> Result<Compute, Refusal> {
        let mut compute = self.sized(body, plan)?;
        let Some(settings) = body.object("settings")? else { return Ok(compute) };
        // Whatever else is set: without this one the vendor takes all of them for absent.
        compute.pg_settings = settings.pairs("pg_settings")?.ok_or_else(|| refuse::bad("settings must not be nil"))?;
        compute.pgbouncer_settings = settings.pairs("pgbouncer_settings")?;
        compute.preload = preload(&settings)?;
        Ok(compute)
    }

    /// The defaults of a project as the API shows them.
    pub(super) fn show_defaults(&self) -> Value {
        let mut shown = json!({
            "autoscaling_limit_min_cu": self.min_cu,
            "autoscaling_limit_max_cu": self.max_cu,
            "suspend_timeout_seconds": self.suspend_timeout,
        });
        if !self.pg_settings.is_empty() {
            shown["pg_settings"] = json!(self.pg_settings);
        }
        if let Some(settings) = &self.pgbouncer_settings {
            shown["pgbouncer_settings"] = json!(settings);
        }
        shown
    }

    /// The settings of a compute as the API shows them.
    pub(super) fn show_settings(&self) -> Value {
        let mut shown = json!({ "pg_settings": self.pg_settings });
        if let Some(settings) = &self.pgbouncer_settings {
            shown["pgbouncer_settings"] = json!(settings);
        }
        if let Some(preload) = &self.preload {
            shown["preload_libraries"] = preload.clone();
        }
        shown
    }
}

/// Libraries that Postgres loads when it starts.
pub(super) fn preload(body: &Body<'_>) -> Result<Option<Value>, Refusal> {
    let Some(libraries) = body.object("preload_libraries")? else { return Ok(None) };
    libraries.flag("use_defaults")?;
    libraries.texts("enabled_libraries")?;
    Ok(Some(libraries.only(&["use_defaults", "enabled_libraries"])))
}
