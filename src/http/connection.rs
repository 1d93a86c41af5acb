//! Connections that can be cut in place of an answer, as a network does it.
//!
//! The server hands each call the [`Scissors`] of its connection. An answer that carries a [`Cut`]
//! uses them: not a byte of it gets out. Where there is no connection, because a router is called
//! in the process, the answer carries the mark all the same and its body fails when it is read.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How a connection ends in place of an answer. Marks the answer that is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// In good order, and without a byte: the caller sees an empty reply.
    Close,
    /// By a reset: the caller sees that the peer has broken off.
    Reset,
}

impl Cut {
    fn mark(self) -> u8 {
        match self {
            Cut::Close => 1,
            Cut::Reset => 2,
        }
    }

    fn of(mark: u8) -> Option<Self> {
        [Cut::Close, Cut::Reset].into_iter().find(|cut| cut.mark() == mark)
    }

    fn error() -> io::Error {
        io::Error::new(io::ErrorKind::ConnectionAborted, "the connection is cut on purpose")
    }

    /// The answer that stands for no answer; keeps what `lost` carries for those further out.
    pub fn in_place_of(self, lost: Response) -> Response {
        let (parts, _) = lost.into_parts();
        let broken = futures_util::stream::iter([Err::<Bytes, _>(Self::error())]);
        let mut response = Response::new(Body::from_stream(broken));
        *response.status_mut() = parts.status;
        *response.extensions_mut() = parts.extensions;
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers calls until `stopped`, on connections that can be cut.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<Scissors>();
    axum::serve(Lines(listener), service).with_graceful_shutdown(stopped).await
}

/// Outermost of all: cuts the connection of an answer that is marked so.
pub async fn sever(request: Request, next: Next) -> Response {
    let scissors = request.extensions().get::<ConnectInfo<Scissors>>().cloned();
    let response = next.run(request).await;
    if let (Some(ConnectInfo(scissors)), Some(cut)) = (scissors, response.extensions().get::<Cut>())
    {
        scissors.cut(*cut);
    }
    response
}

/// Cuts one connection.
#[derive(Debug, Clone, Default)]
pub struct Scissors(Arc<AtomicU8>);

impl Scissors {
    fn cut(&self, cut: Cut) {
        self.0.store(cut.mark(), Ordering::Release);
    }

    fn used(&self) -> Option<Cut> {
        Cut::of(self.0.load(Ordering::Acquire))
    }
}

impl Connected<IncomingStream<'_, Lines>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.io().scissors.clone()
    }
}

/// A listener whose connections can be cut.
#[derive(Debug)]
struct Lines(TcpListener);

impl Listener for Lines {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, from) = Listener::accept(&mut self.0).await;
        (Line { stream, scissors: Scissors::default() }, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection that writes nothing more once it is cut. The server then lets go of it.
#[derive(Debug)]
struct Line {
    stream: TcpStream,
    scissors: Scissors,
}

impl Line {
    fn writable(&self) -> io::Result<()> {
        self.scissors.used().map_or(Ok(()), |_| Err(Cut::error()))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.scissors.used() == Some(Cut::Reset) {
            // Closing a connection that lingers for no time resets it. Should the caller be gone
            // already, there is nobody to see it.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.writable()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writable()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writable()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
