//! The vendor's operations: what a change sets going, waited for to its end.

use serde::Deserialize;

use crate::net::rest::Api;
use crate::net::rest::Habits;
use crate::net::rest::Poll;
use crate::net::rest::segment;
use crate::provider::ProviderError;
use crate::provider::Result;

/// An operation as the API tells it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Operation {
    id: String,
    project_id: String,
    action: String,
    status: String,
    error: Option<String>,
}

/// Most take a second or two; a compute that starts from a large branch takes minutes.
const OPERATION: Habits = Habits::new(5, 600);

impl Operation {
    /// Whether it is over; an error when it went wrong.
    fn look(&self, doing: &str) -> Result<Poll<()>> {
        match &*self.status {
            "finished" | "skipped" => Ok(Poll::Ready(())),
            end @ ("failed" | "error" | "cancelled") => {
                let why = self.error.as_deref().filter(|why| !why.is_empty()).unwrap_or("no reason is given");
                let message = format!("Neon reports that its operation {} ended as {end}: {why}", self.action);
                Err(ProviderError::Failed { doing: doing.to_owned(), message })
            }
            status => Ok(Poll::Pending(format!("{}: {status}", self.action))),
        }
    }
}

/// Waits until operations that were just begun have ended well, one after another, as the vendor runs them.
pub(super) async fn finished(api: &Api<'_>, operations: Vec<Operation>) -> Result<()> {
    let mut left = Vec::with_capacity(operations.len());
    for operation in operations {
        if operation.look(api.doing())? != Poll::Ready(()) {
            left.push(operation);
        }
    }
    for operation in left {
        let path = format!("{}/{}", path(&operation.project_id), segment(&operation.id));
        api.until(api.doing(), OPERATION, || async {
            match api.get(&path).optional::<Operation>("operation").await? {
                Some(operation) => operation.look(api.doing()),
                None => Ok(Poll::Pending(format!("{}: not yet visible", operation.action))),
            }
        })
        .await?;
    }
    Ok(())
}

/// Waits until nothing of a project is under way any more. How it ended is for others to judge: what was begun by whom
/// is not known here.
pub(super) async fn quiet(api: &Api<'_>, project: &str) -> Result<()> {
    let recent = format!("{}?limit=100", path(project));
    api.until(api.doing(), OPERATION, || async {
        let operations: Vec<Operation> = api.get(&recent).optional("operations").await?.unwrap_or_default();
        let running = operations.iter().find_map(|operation| match operation.look(api.doing()) {
            Ok(Poll::Pending(state)) => Some(state),
            Ok(Poll::Ready(())) | Err(_) => None,
        });
        Ok(running.map_or(Poll::Ready(()), Poll::Pending))
    })
    .await
}

fn path(project: &str) -> String {
    format!("/projects/{}/operations", segment(project))
}
