//! Times the release program, beside Terraform where that is installed, and checks that its work is linear; or, on hosts,
//! shows what it costs them.
//!
//! Times are printed and never judged: they are the machine's too. What is judged is the counts of `benches/linear.rs`.

mod hosts;
mod meter;
#[path = "../../../benches/shapes/mod.rs"]
mod shapes;
mod table;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use hosts::Fleet;
use meter::Measure;
use meter::measure;
use shapes::Shape;

/// What is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Which shapes.
    pub shapes: Vec<Shape>,
    /// About how many instances.
    pub sizes: Vec<usize>,
    /// Leave Terraform out.
    pub no_terraform: bool,
    /// One small round, to see that all of it works.
    pub quick: bool,
    /// Hosts instead of shapes.
    pub hosts: bool,
    /// Which hosts.
    pub fleets: Vec<Fleet>,
    /// The program that is measured; without one, a release build.
    pub program: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shapes: Shape::ALL.to_vec(),
            sizes: vec![100, 1_000, 10_000],
            no_terraform: false,
            quick: false,
            hosts: false,
            fleets: hosts::FLEETS.to_vec(),
            program: None,
        }
    }
}

/// What is timed, in this order: each step finds what the one before has left.
const STEPS: [(&str, &[&str]); 6] = [
    ("validate", &["validate"]),
    ("plan", &["plan"]),
    ("apply", &["apply", "-auto-approve"]),
    ("no-op plan", &["plan"]),
    ("-refresh=false", &["plan", "-refresh=false"]),
    ("destroy", &["destroy", "-auto-approve"]),
];

/// A step of Terraform's may take this long; what is larger of the same shape is then left out.
const LIMIT: Duration = Duration::from_secs(150);

/// Rounds are repeated as long as they all together take no longer than this.
const ROUNDS_TIME: Duration = Duration::from_secs(20);

const ROUNDS: usize = 3;

/// A program under measurement.
struct Program {
    name: &'static str,
    path: PathBuf,
    /// Whether a folder has to be prepared by `init`.
    needs_init: bool,
}

/// Runs everything; gives the exit code.
pub fn run(options: &Options) -> std::io::Result<u8> {
    let cargo = |arguments: &[&str]| crate::cargo::cargo().args(arguments).status();
    let path = match &options.program {
        Some(path) => path.canonicalize()?,
        None if cargo(&["build", "--release", "--bin", "infra"])?.success() => {
            let target = std::env::var_os("CARGO_TARGET_DIR");
            let target = target.map_or_else(|| crate::cargo::root().join("target"), PathBuf::from);
            target.join("release/infra")
        }
        None => return Ok(1),
    };
    let infra = Program { name: "infra", path, needs_init: false };
    if options.hosts {
        return Ok(u8::from(!hosts::run(&infra, &options.fleets)?));
    }
    let terraform = Program { name: "terraform", path: "terraform".into(), needs_init: true };
    let beside = (!options.no_terraform && is_installed(&terraform)).then_some(&terraform);
    if beside.is_none() {
        println!("terraform is left out: asked for, or not installed");
    }
    start_up(&infra, beside)?;
    time(options, &infra, beside)?;
    let size = if options.quick { "200" } else { "1000" };
    println!("\nWork at a size and at ten times that size:");
    let linear = cargo(&["bench", "--bench", "linear", "--", "--size", size])?;
    Ok(u8::from(!linear.success()))
}

fn is_installed(program: &Program) -> bool {
    let found = Command::new(&program.path).arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Time and memory of a program that does next to nothing.
fn start_up(infra: &Program, beside: Option<&Program>) -> std::io::Result<()> {
    let dir = Folder::new("version")?;
    let mut medians = Vec::new();
    for program in std::iter::once(infra).chain(beside) {
        let runs = (0..11).map(|_| measure(command(program, &["version"], &dir.0), LIMIT));
        medians.push(Measure::median(&runs.collect::<std::io::Result<Vec<_>>>()?));
    }
    print!("{}", table::head(beside.is_some()));
    print!("{}", table::line("", 0, "version", medians[0], medians.get(1).copied().flatten()));
    Ok(())
}

fn time(options: &Options, infra: &Program, beside: Option<&Program>) -> std::io::Result<()> {
    for shape in &options.shapes {
        let mut is_slow = false;
        let mut sizes: Vec<usize> = options.sizes.iter().map(|size| shape.clamp(*size)).collect();
        sizes.dedup();
        for size in sizes {
            let ours = rounds(infra, *shape, size, options.quick)?;
            let theirs = match beside.filter(|_| !is_slow) {
                Some(program) => rounds(program, *shape, size, options.quick)?,
                None => BTreeMap::new(),
            };
            is_slow |= theirs.len() < STEPS.len();
            for (step, (name, _)) in STEPS.iter().enumerate() {
                let median = |found: &BTreeMap<usize, Vec<Measure>>| found.get(&step).and_then(|m| Measure::median(m));
                print!("{}", table::line(shape.name(), size, name, median(&ours), median(&theirs)));
            }
        }
    }
    Ok(())
}

/// All steps of a shape, some times over; by step, those that came to an end.
fn rounds(program: &Program, shape: Shape, size: usize, quick: bool) -> std::io::Result<BTreeMap<usize, Vec<Measure>>> {
    let since = Instant::now();
    let mut found: BTreeMap<usize, Vec<Measure>> = BTreeMap::new();
    let rounds = if quick { 1 } else { ROUNDS };
    for _ in 0..rounds {
        let dir = Folder::new(&format!("{}-{}-{size}", program.name, shape.name()))?;
        shape.write(size, &dir.0)?;
        if program.needs_init {
            measure(command(program, &["init", "-input=false"], &dir.0), LIMIT)?;
        }
        for (step, (name, arguments)) in STEPS.iter().enumerate() {
            let run = measure(command(program, arguments, &dir.0), LIMIT)?;
            if !run.is_well {
                println!("{} {}-{size}: {name} did not end well within {LIMIT:?}", program.name, shape.name());
                return Ok(found);
            }
            found.entry(step).or_default().push(run);
        }
        if since.elapsed() > ROUNDS_TIME {
            break;
        }
    }
    Ok(found)
}

/// A call as a script makes it: no colour, no questions, nothing of the user's own settings.
fn command(program: &Program, arguments: &[impl AsRef<OsStr>], dir: &Path) -> Command {
    let mut command = Command::new(&program.path);
    command.args(arguments).current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("TF_CLI_CONFIG_FILE", "/dev/null").env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
    command.env("NO_COLOR", "1").env_remove("TF_LOG").env_remove("TF_CLI_ARGS");
    command
}

/// A folder that is removed again.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("infra-bench-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it stands in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Reads the arguments of the chore.
pub fn parse(arguments: &[String]) -> Result<Option<Options>, String> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let (name, value) = argument.split_once('=').map_or((argument.as_str(), None), |(n, v)| (n, Some(v)));
        let mut list = || {
            let value = value.or_else(|| rest.next().map(String::as_str));
            let value = value.ok_or_else(|| format!("`{name}` needs a list, as `a,b`"))?;
            Ok::<Vec<&str>, String>(value.split(',').collect())
        };
        match name {
            "--shapes" => {
                let shape = |name: &str| Shape::named(name).ok_or_else(|| format!("there is no shape `{name}`"));
                options.shapes = list()?.into_iter().map(shape).collect::<Result<_, _>>()?;
            }
            "--sizes" => {
                let size = |text: &str| match text.parse() {
                    Ok(size) if size > 0 => Ok(size),
                    _ => Err(format!("`{text}` is not a size")),
                };
                options.sizes = list()?.into_iter().map(size).collect::<Result<_, _>>()?;
            }
            "--no-terraform" => options.no_terraform = true,
            "--hosts" => options.hosts = true,
            "--fleets" => {
                let fleet = |text: &str| {
                    Fleet::parse(text).ok_or_else(|| format!("`{text}` is not hosts and resources, as `5x20` is"))
                };
                options.fleets = list()?.into_iter().map(fleet).collect::<Result<_, _>>()?;
            }
            "--program" => options.program = Some(list()?.concat().into()),
            "--quick" => {
                options.quick = true;
                options.sizes = vec![100];
                options.fleets.truncate(1);
            }
            "-h" | "--help" => return Ok(None),
            other => return Err(format!("`{other}` is not an option of `bench`")),
        }
    }
    Ok(Some(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_and_without_an_equals_sign() {
        let parse = |line: &str| parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let some = |options| Ok(Some(options));
        let small = Options {
            sizes: vec![100],
            quick: true,
            fleets: vec![Fleet { hosts: 1, resources: 20 }],
            ..Options::default()
        };
        let fleets = Options { hosts: true, fleets: vec![Fleet { hosts: 5, resources: 30 }], ..Options::default() };
        for (line, expected) in [
            ("", some(Options::default())),
            ("--quick", some(small)),
            (
                "--sizes 5,6 --no-terraform",
                some(Options { sizes: vec![5, 6], no_terraform: true, ..Options::default() }),
            ),
            ("--shapes=wide,chain", some(Options { shapes: vec![Shape::Wide, Shape::Chain], ..Options::default() })),
            ("--hosts --fleets 5x30", some(fleets)),
            ("--fleets 5x3", Err("`5x3` is not hosts and resources, as `5x20` is".to_owned())),
            ("--shapes=round", Err("there is no shape `round`".to_owned())),
            ("--sizes 0", Err("`0` is not a size".to_owned())),
            ("--sizes", Err("`--sizes` needs a list, as `a,b`".to_owned())),
            ("--help", Ok(None)),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}
