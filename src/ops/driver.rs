//! Driving a planner: what it asks is read, all at once, and what was read is told.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;

use super::Session;
use super::clients;
use super::clients::Known;
use super::clients::reading_cx;
use super::replay::Recorded;
use super::replay::Remembered;
use super::world::Accounts;
use crate::addr::ProviderAddr;
use crate::apply::Clients;
use crate::apply::Event;
use crate::diag::Diagnostics;
use crate::graph::NodeId;
use crate::plan::Answer;
use crate::plan::Input;
use crate::plan::Made;
use crate::plan::Planner;
use crate::plan::Poll;
use crate::plan::Request;
use crate::plan::RequestId;
use crate::provider::Client;
use crate::provider::Commons;
use crate::provider::Connection;
use crate::provider::Cx;
use crate::state::Snapshot;
use crate::state::WorldEntry;
use crate::value::Str;

/// What driving a planner gave.
pub(super) struct Driven {
    pub(super) made: Made,
    pub(super) diags: Diagnostics,
    pub(super) clients: Clients,
    /// The accounts that providers work on.
    pub(super) accounts: Accounts,
    /// What was read, for a saved plan.
    pub(super) recorded: Recorded,
}

/// Where answers come from.
#[derive(Clone, Copy)]
pub(super) enum Answers<'r> {
    /// The world is asked.
    Asked,
    /// The world is asked, and what it says is kept for a saved plan.
    Kept,
    /// They were given when the plan was made, and nothing is read any more but accounts.
    Given(&'r Remembered),
}

struct Ready {
    id: RequestId,
    request: Request,
    answer: Answer,
    configured: Option<Configured>,
}

/// A provider that was configured.
struct Configured {
    provider: NodeId,
    name: Str,
    connection: Arc<dyn Connection>,
    client: Client,
    account: Option<WorldEntry>,
}

/// The configured providers by their addresses.
pub(super) type Connected = BTreeMap<ProviderAddr, (Arc<dyn Connection>, Client)>;

/// Plans. What makes no sense before anything is planned is the error.
pub(super) async fn drive(session: &Session, input: &Input, answers: Answers<'_>) -> Result<Driven, Diagnostics> {
    let mut planner = Planner::new(input)?;
    let Some((clients, accounts, recorded)) = answer_all(session, &mut planner, &input.prior, answers).await else {
        let (made, diags) = planner.refuse();
        let (clients, accounts, recorded) = Default::default();
        return Ok(Driven { made, diags, clients, accounts, recorded });
    };
    let (made, diags) = planner.finish();
    Ok(Driven { made, diags, clients, accounts, recorded })
}

/// Configures these providers, and plans nothing; with what was found wrong on the way.
pub(super) async fn connect(
    session: &Session,
    input: &Input,
    providers: &BTreeSet<ProviderAddr>,
) -> (Connected, Diagnostics) {
    let mut planner = match Planner::new(input) {
        Ok(planner) => planner,
        Err(found) => return (Connected::new(), found),
    };
    let nodes = providers.iter().filter_map(|provider| Some((provider, planner.node_of_provider(provider)?)));
    let nodes: Vec<_> = nodes.collect();
    nodes.iter().for_each(|(_, node)| planner.use_provider(*node));
    let clients = answer_all(session, &mut planner, &input.prior, Answers::Asked).await.map(|(clients, ..)| clients);
    let clients = clients.unwrap_or_default();
    let connected =
        nodes.into_iter().filter_map(|(provider, node)| Some((provider.clone(), clients.get(&node)?.clone())));
    let connected = connected.collect();
    (connected, planner.into_diags())
}

/// Answers all that a planner asks; `None` where it refuses to ask.
async fn answer_all(
    session: &Session,
    planner: &mut Planner<'_>,
    known: &Snapshot,
    answers: Answers<'_>,
) -> Option<(Clients, Accounts, Recorded)> {
    let mut running: FuturesUnordered<BoxFuture<'_, Ready>> = FuturesUnordered::new();
    let mut clients: Clients = Clients::new();
    let mut accounts = Accounts::new();
    let mut recorded = Recorded::default();
    let moment = Commons::default();
    loop {
        match planner.poll() {
            Poll::Need(requests) => {
                for (id, request) in requests {
                    running.push(answer((session, &moment), &clients, known, id, request, answers));
                }
            }
            Poll::Wait => {}
            Poll::Done => break,
            Poll::Refused => return None,
        }
        // All that are there at once are told at once.
        let mut next = running.next().await;
        while let Some(ready) = next {
            if let Some(configured) = ready.configured {
                clients.insert(configured.provider, (configured.connection, configured.client));
                accounts.push((configured.name.to_string(), configured.account));
            }
            if matches!(answers, Answers::Kept) {
                recorded.keep(&ready.request, &ready.answer);
            }
            planner.answer(ready.id, ready.answer);
            next = running.next().now_or_never().flatten();
        }
    }
    accounts.sort();
    Some((clients, accounts, recorded))
}

fn answer<'s>(
    (session, moment): (&'s Session, &Commons),
    clients: &Clients,
    known: &'s Snapshot,
    id: RequestId,
    request: Request,
    answers: Answers<'s>,
) -> BoxFuture<'s, Ready> {
    let done = move |request, answer| Ready { id, request, answer, configured: None };
    if let Request::Configure { provider, name, config, is_read } = &request {
        let (provider, name, is_read) = (*provider, Str::clone(name), *is_read);
        return match clients::make(&session.parts(), &name, config) {
            Err(error) => futures::future::ready(done(request, Answer::Configured(Err(error)))).boxed(),
            Ok((connection, client)) => async move {
                // A credential that is no more what it was shows where something is read with it; else it has to be tried.
                let will_do = is_read && !matches!(answers, Answers::Given(_));
                let known = session.simulated.is_none().then_some(Known { state: known, will_do });
                match clients::account(session, (&*connection, &client), &name, known).await {
                    Err(error) => done(request, Answer::Configured(Err(error))),
                    Ok(account) => {
                        let configured = Some(Configured { provider, name, connection, client, account });
                        Ready { configured, ..done(request, Answer::Configured(Ok(()))) }
                    }
                }
            }
            .boxed(),
        };
    }
    if let Answers::Given(remembered) = answers {
        let answer = remembered.answer(&request);
        return futures::future::ready(done(request, answer)).boxed();
    }
    let client = match &request {
        Request::Configure { .. } => None,
        Request::Read { provider, .. } | Request::Data { provider, .. } | Request::Import { provider, .. } => {
            clients.get(provider).cloned()
        }
    };
    let cx = reading_cx(session).at(moment);
    async move {
        let answer = read(session, client, cx, &request).await;
        done(request, answer)
    }
    .boxed()
}

async fn read(session: &Session, client: Option<(Arc<dyn Connection>, Client)>, cx: Cx, request: &Request) -> Answer {
    let (connection, client) = client.expect("a provider is configured before it is asked");
    let since = session.clock.now();
    let (what, count) = match request {
        Request::Read { items, .. } => {
            let types: std::collections::BTreeSet<&str> = items.iter().map(|item| &*item.ty).collect();
            (types.into_iter().collect::<Vec<_>>().join(", "), items.len())
        }
        Request::Data { addr, .. } | Request::Import { addr, .. } => (addr.to_string(), 1),
        Request::Configure { name, .. } => (name.to_string(), 0),
    };
    session.observer.event(Event::ReadStart { what: what.clone(), count });
    let answer = match request {
        Request::Read { key, items, .. } => Answer::Read(connection.read_batch(&client, &cx, key, items).await),
        Request::Data { ty, config, .. } => {
            let source = session.registry.data(ty).expect("only known data sources are read");
            Answer::Data(source.read(&client, &cx, config).await)
        }
        Request::Import { ty, id, config, .. } => {
            let cx = cx.configured_as(Arc::clone(config));
            let ty = session.registry.resource(ty).expect("only known types are imported");
            Answer::Imported(ty.import(&client, &cx, id).await)
        }
        Request::Configure { .. } => unreachable!("clients are made elsewhere"),
    };
    let elapsed = Duration::try_from(session.clock.now().duration_since(since)).unwrap_or_default();
    session.observer.event(Event::ReadDone { what, count, elapsed });
    answer
}
