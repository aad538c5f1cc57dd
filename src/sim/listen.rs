//! The simulated vendors on a socket, with connections that really break when they should.
//!
//! A dropped request must not be answered at all, so each connection carries a [`Cut`] that its
//! handler can pull: from then on nothing more is written and the connection closes.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::extract::connect_info::Connected;
use axum::response::Response;
use axum::serve::IncomingStream;
use axum::serve::Listener;
use http::StatusCode;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::io::ReadBuf;
use tokio::net::TcpListener;
use tokio::net::TcpStream;

use crate::sim::Answer;
use crate::sim::Refusal;
use crate::sim::Sim;
use crate::sim::response::response;
use crate::sim::vendor::Vendor;

/// Larger than any body a vendor takes.
const MAX_BODY: usize = 4 << 20;

/// Answers requests on the listener until `shutdown` ends.
pub async fn serve(
    sim: Sim,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let respond = move |request: axum::extract::Request| {
        let sim = sim.clone();
        async move { Ok::<_, Infallible>(respond(sim, request).await) }
    };
    let router = Router::new().fallback_service(tower::service_fn(respond));
    let service = router.into_make_service_with_connect_info::<Cut>();
    axum::serve(Wires(listener), service).with_graceful_shutdown(shutdown).await
}

async fn respond(sim: Sim, request: axum::extract::Request) -> Response {
    let cut = request.extensions().get::<ConnectInfo<Cut>>().map(|info| info.0.clone());
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY).await else {
        return response(Vendor::of(&head), Answer::refused(Refusal::too_large())).map(Body::from);
    };
    match sim.handle(http::Request::from_parts(head, body)).await {
        Ok(response) => response.map(Body::from),
        Err(_) => {
            cut.expect("every connection has its cut").0.store(true, Ordering::Release);
            // Never written: the wire is cut.
            let mut nothing = Response::new(Body::empty());
            *nothing.status_mut() = StatusCode::BAD_GATEWAY;
            nothing
        }
    }
}

/// Pulled when a connection must end without another byte.
#[derive(Clone)]
struct Cut(Arc<AtomicBool>);

impl Connected<IncomingStream<'_, Wires>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Cut {
        stream.io().cut.clone()
    }
}

struct Wires(TcpListener);

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers on a kept connection would otherwise wait for the peer's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        (Wire { stream, cut: Cut(Arc::default()) }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that can be cut.
struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        if self.cut.0.load(Ordering::Acquire) { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
