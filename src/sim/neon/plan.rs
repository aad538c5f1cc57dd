//! What an account's plan has: as many of each thing as the vendor's page about plans says.

use crate::sim::neon::refuse;
use crate::sim::refusal::Refusal;

/// The limits of one plan.
#[derive(Debug)]
pub(super) struct Plan {
    /// The name that an account shows.
    pub(super) name: &'static str,
    /// The kind of subscription that a project's owner shows.
    pub(super) subscription: &'static str,
    /// Projects of an account.
    pub(super) projects: usize,
    /// Branches of a project.
    pub(super) branches: usize,
    /// Branches of a project that have no parent.
    pub(super) roots: usize,
    /// Branches of a project that are protected.
    pub(super) protected: usize,
    /// Read replicas of a project.
    pub(super) replicas: usize,
    /// The largest compute that scales by itself.
    pub(super) autoscaling_cu: f64,
    /// The largest compute of a fixed size.
    pub(super) fixed_cu: f64,
    /// The longest history, in seconds.
    pub(super) history: i64,
    /// Whether a compute's time until it is suspended can be chosen.
    pub(super) chooses_suspend: bool,
}

/// Of accounts whose name begins with `free`.
static FREE: Plan = Plan {
    name: "free",
    subscription: "free_v3",
    projects: 100,
    branches: 10,
    roots: 3,
    protected: 0,
    replicas: 3,
    autoscaling_cu: 2.0,
    fixed_cu: 2.0,
    history: 21_600,
    chooses_suspend: false,
};

/// Of all others.
static SCALE: Plan = Plan {
    name: "scale",
    subscription: "scale_v3",
    projects: 1000,
    branches: 5000,
    roots: 25,
    protected: 5,
    replicas: usize::MAX,
    autoscaling_cu: 16.0,
    fixed_cu: 56.0,
    history: 2_592_000,
    chooses_suspend: true,
};

/// Roles of a branch, whatever the plan.
pub(super) const ROLES: usize = 500;
/// Databases of a branch, whatever the plan.
pub(super) const DATABASES: usize = 500;
/// Computes of a project that run at once, those of its default branch aside.
pub(super) const ACTIVE: usize = 20;
/// How much further a compute may scale up than down.
const SPREAD_CU: f64 = 8.0;

/// The plan of that account.
pub(super) fn of(account: &str) -> &'static Plan {
    if account.starts_with("free") { &FREE } else { &SCALE }
}

impl Plan {
    /// 422 unless a compute may have those bounds.
    pub(super) fn check_size(&self, min: f64, max: f64) -> Result<(), Refusal> {
        if min > max {
            return Err(refuse::unacceptable("autoscaling_limit_min_cu must not exceed autoscaling_limit_max_cu"));
        }
        let is_fixed = min == max;
        let most = if is_fixed { self.fixed_cu } else { self.autoscaling_cu };
        if max > most {
            return Err(refuse::unacceptable(format!("a compute of the {} plan has at most {most} CU", self.name)));
        }
        if max - min > SPREAD_CU {
            let message = format!("the autoscaling range must not be wider than {SPREAD_CU} CU");
            return Err(refuse::unacceptable(message));
        }
        Ok(())
    }
}
