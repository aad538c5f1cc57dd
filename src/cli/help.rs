//! The overview that `infra` alone prints. Each verb's own help is made from its options.

/// All verbs, grouped by when they are wanted.
pub(super) fn overview() -> String {
    OVERVIEW.to_owned()
}

/// Verbs of Terraform, or of the plan for this program, that are not there yet.
pub(super) const NOT_YET: [&str; 14] = [
    "completions",
    "console",
    "fmt",
    "get",
    "login",
    "logout",
    "man",
    "metadata",
    "modules",
    "report",
    "runs",
    "stacks",
    "test",
    "why",
];

const OVERVIEW: &str = "\
infra plans and applies infrastructure, in the cloud and on the hosts, from HCL.

Usage: infra [-chdir=DIR] COMMAND [OPTIONS]

Every day:
  plan        Show what would change
  apply       Make the world as it is written
  destroy     Destroy everything that is managed here
  drift       Show what others changed, and what is not applied yet

Looking:
  show        Show the state, or a saved plan
  output      Show the outputs
  validate    Find mistakes without touching anything
  graph       Print what depends on what
  providers   List the providers that the configuration uses
  version     Show the version

State:
  import      Take over an object that exists already
  state       List, show, move and forget what is recorded
  taint       Mark an object as one that must be replaced
  untaint     Take that mark off again
  refresh     Take over into the state what the world has become
  workspace   List, make, select and delete workspaces
  lock        Show who holds the lock on the state, or break it

Setting up:
  init        Check the folder; never needed before the others
  sim         Serve simulated vendors, to try things without an account

Examples:
  infra plan                        what would change here
  infra apply -auto-approve         change it without asking
  infra plan -out=p && infra apply p
  infra plan -sim                   on a simulated world, without an account

Options have one dash or two. `infra COMMAND -help` tells more of a command.
";
