//! `infra sim`: serves the simulated vendors on a socket; `infra sim request` asks them one thing in process.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use clap::Subcommand;

use super::Exit;
use super::Problem;
use super::Result;
use super::options::Looks;
use super::options::duration;
use super::place::Place;
use super::screen::Screen;
use super::session;
use super::signals;
use crate::provider::Clock;
use crate::provider::VirtualClock;
use crate::sim;
use crate::sim::FastTime;
use crate::sim::Faults;
use crate::sim::RateLimit;
use crate::sim::Sim;
use crate::sim::SimError;
use crate::sim::Time;
use crate::sim::WallTime;

/// Serve simulated vendors, to try things without an account.
///
/// Their REST APIs are served on loopback until the program is interrupted; the address is printed. Use it with `infra
/// plan -sim=ADDR`, or with any client of the vendors. Without serving, `infra plan -sim` simulates in its own process.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  infra sim -listen=127.0.0.1:8080\n  infra sim -latency=50ms -fault 429:5% \
    lost-answer:1%\n  infra sim request DELETE /v2/droplets/3164444"
)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// The address to listen on; port 0 for any that is free.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    #[command(flatten)]
    world: WorldFolder,
    /// Note each request here, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// How long every request takes at least.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration, hide_default_value = true)]
    latency: Duration,
    /// What goes wrong, and how often: 429, 500, lost-answer, reset or slow. Several at once, with blanks or commas between
    /// them, or one after the other: 429:5% 500:1% lost-answer:5% reset:1% slow:2%. The same -seed draws the same lots.
    #[arg(long, value_name = "KIND:RATE", num_args = 1..)]
    fault: Vec<Faults>,
    /// How much an account may ask in a short time, in place of what the vendors allow: 250/m, 50/s.
    #[arg(long, value_name = "CALLS/UNIT")]
    limit: Option<RateLimit>,
    /// Decides ids and faults.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    seed: u64,
    /// How many times faster than the vendors everything is.
    #[arg(long, value_name = "X", default_value_t = 1.0, hide_default_value = true)]
    speed: f64,
    /// How many times faster than the real one the world's clock runs; who attaches keeps step with it.
    #[arg(long, hide = true)]
    time_rate: Option<f64>,
    #[command(flatten)]
    looks: Looks,
}

/// Where the world is kept.
#[derive(Debug, Args)]
struct WorldFolder {
    /// The folder of the world; by default the one that -sim uses here.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask the simulated vendors one thing, and print the answer: to change something behind infra's back.
    Request(Request),
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  infra sim request GET /v2/droplets\n  infra sim request PUT /v2/droplets/3164444 \
    '{\"name\": \"other\"}'"
)]
struct Request {
    /// GET, POST, PUT, PATCH or DELETE.
    #[arg(value_name = "METHOD")]
    method: String,
    /// The path, as in the vendor's documentation.
    #[arg(value_name = "PATH")]
    path: String,
    /// The body, as JSON.
    #[arg(value_name = "BODY")]
    body: Option<String>,
    #[command(flatten)]
    world: WorldFolder,
}

pub(super) fn run(options: Options, place: &Place, screen: &Screen) -> Result {
    match &options.command {
        Some(Command::Request(request)) => ask(request, place, screen),
        None => serve(options, place, screen),
    }
}

fn serve(options: Options, place: &Place, screen: &Screen) -> Result {
    let runtime = session::runtime()?;
    let dir = options.world.dir.unwrap_or_else(|| place.world_dir());
    let time: Arc<dyn Time> = match options.time_rate {
        None => Arc::new(WallTime),
        Some(rate) => {
            let time = FastTime::new(rate);
            Arc::new(time.ok_or_else(|| Problem::of("No simulated world", &SimError::Speed(rate)))?)
        }
    };
    let sim = open(sim::Options {
        dir,
        latency: options.latency,
        faults: options.fault.into_iter().flatten().collect(),
        limit: options.limit,
        seed: options.seed,
        log: options.log,
        time,
        speed: options.speed,
    })?;
    let address = options.listen;
    let failed = |error: std::io::Error| Problem::new("Cannot listen", format!("{address}: {error}."));
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        screen.print(&format!("Simulated world {} listens on http://{bound}\n", sim.id()));
        screen.say(&format!("Use it with: infra plan -sim={bound}\nTo end it, press Ctrl-C."));
        sim::serve(sim, listener, signals::either()).await.map_err(failed)
    })?;
    Ok(Exit::Done)
}

fn ask(options: &Request, place: &Place, screen: &Screen) -> Result {
    let runtime = session::runtime()?;
    let dir = options.world.dir.clone().unwrap_or_else(|| place.world_dir());
    let time = VirtualClock::new(jiff::Timestamp::now());
    let sim = open(sim::Options::new(dir, Arc::new(Jumping(time.clone()))))?;
    let is_change = !options.method.eq_ignore_ascii_case("GET");
    let path = if options.path.starts_with('/') { options.path.clone() } else { format!("/{}", options.path) };
    let request = http::Request::builder()
        .method(options.method.to_uppercase().as_str())
        .uri(path)
        .header(http::header::AUTHORIZATION, "Bearer simulated")
        .header(http::header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(options.body.clone().unwrap_or_default()))
        .map_err(|error| Problem::of("This cannot be asked", &error))?;
    let answer = runtime
        .block_on(sim.handle(request))
        .map_err(|_| Problem::new("No answer", "The simulated vendor dropped the connection, as a fault has it do."))?;
    let status = answer.status();
    if is_change && status.is_success() {
        settle(&sim, &time, &runtime);
    }
    let body = answer.body();
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(json) => screen.print(&format!("{json:#}\n")),
        Err(_) if body.is_empty() => {}
        Err(_) => screen.write(|to| to.write_all(body))?,
    }
    if status.is_success() {
        return Ok(Exit::Done);
    }
    screen.say(&format!("The simulated vendor answered {status}."));
    let _ = std::io::stdout().flush();
    Ok(Exit::Failed)
}

/// Lets the world go on until what was asked for has come about: nobody else waits in it.
fn settle(sim: &Sim, time: &VirtualClock, runtime: &tokio::runtime::Runtime) {
    runtime.block_on(time.sleep(SETTLING));
    let look = http::Request::get("/v2/account").header(http::header::AUTHORIZATION, "Bearer simulated");
    let Ok(look) = look.body(Bytes::new()) else { return };
    // The world keeps the hour at which it was last looked at; what it says does not matter.
    let _ = runtime.block_on(sim.handle(look));
}

/// How long what somebody else asks for may take.
const SETTLING: std::time::Duration = std::time::Duration::from_secs(600);

/// Time that passes only when somebody waits.
struct Jumping(VirtualClock);

impl Time for Jumping {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }

    fn sleep(&self, duration: std::time::Duration) -> futures::future::BoxFuture<'static, ()> {
        self.0.sleep(duration)
    }
}

fn open(options: sim::Options) -> Result<Sim> {
    Sim::open(options).map_err(|error| Problem::of("No simulated world", &error))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn faults_are_given_in_one_option_or_in_several() {
        let forms: [&[&str]; 4] = [
            &["--fault", "429:5%", "500:1%", "lost-answer:5%", "reset:1%", "slow:2%", "--seed", "7"],
            &["--fault", "429:5% 500:1% lost-answer:5%", "--fault", "reset:1%", "--fault=slow:2%"],
            &["--fault=429:5%,500:1%,lost-answer:5%,reset:1%,slow:2%"],
            &["--fault=429:5%", "--fault=500:1%", "--fault", "lost-answer:5%", "reset:1%", "slow:2%"],
        ];
        let expected: Faults = "429:5% 500:1% lost-answer:5% reset:1% slow:2%".parse().unwrap();
        for form in forms {
            let program = Program::try_parse_from(["sim"].iter().chain(form)).unwrap();
            assert_eq!(program.options.fault.into_iter().flatten().collect::<Faults>(), expected, "{form:?}");
        }
        assert!(Program::try_parse_from(["sim", "--fault", "429:5%", "teapot:1%"]).is_err());
        assert!(Program::try_parse_from(["sim", "--fault"]).is_err());
    }
}
