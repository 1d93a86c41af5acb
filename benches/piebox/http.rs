//! A light HTTP/1.1 client: one connection, kept alive, one request at a time.
//!
//! It knows no more than the servers measured here send: a status, a `Content-Length` and a body.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Bytes;
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::load::{CLIENTS, Client, Supply};

/// An open connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer; the body is valid until the next exchange.
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Answer<'_> {
    pub fn json(&self) -> Json {
        serde_json::from_slice(self.body).unwrap_or_default()
    }
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP stream");
        Self { stream, buffer: Vec::with_capacity(16 * 1024) }
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Answer<'_> {
        self.stream.write_all(request).await.expect("the server reads");
        self.buffer.clear();
        let (status, head, length) = loop {
            self.more().await;
            if let Some(head) = head(&self.buffer) {
                break head;
            }
        };
        while self.buffer.len() < head + length {
            self.more().await;
        }
        Answer { status, body: &self.buffer[head..head + length] }
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.expect("the server answers");
        assert!(read > 0, "the server has closed the connection");
    }
}

/// Status, length of the head and length of the body, once the head is complete.
fn head(buffer: &[u8]) -> Option<(u16, usize, usize)> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..end]).expect("a head is ASCII");
    let status = text.get(9..12)?.parse().expect("a status");
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((status, end, length.expect("every answer says how long it is")))
}

/// A request in full. Headers are lines without their ends.
pub fn request(method: &str, path: &str, headers: &[&str], body: &str) -> Bytes {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if !body.is_empty() {
        text.push_str("Content-Type: application/json\r\n");
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    text.into()
}

/// Which requests a client sends.
#[derive(Clone)]
pub enum Requests {
    /// These over and over; each client starts elsewhere.
    Round(Arc<[Bytes]>),
    /// Each of these once.
    Once(Supply<Bytes>),
}

/// A client that sends requests and looks for a success in each answer.
pub struct Caller {
    connection: Connection,
    requests: Requests,
    at: usize,
}

impl Caller {
    /// As many callers as a measurement has.
    pub async fn crew(address: SocketAddr, requests: &Requests) -> Vec<Self> {
        let mut crew = Vec::with_capacity(CLIENTS);
        for number in 0..CLIENTS {
            let connection = Connection::open(address).await;
            crew.push(Self { connection, requests: requests.clone(), at: number * 7 });
        }
        crew
    }
}

impl Client for Caller {
    async fn step(&mut self) -> bool {
        let request = match &self.requests {
            Requests::Round(all) => {
                self.at += 1;
                Some(all[self.at % all.len()].clone())
            }
            Requests::Once(supply) => supply.take(),
        };
        let Some(request) = request else { return false };
        let answer = self.connection.exchange(&request).await;
        let is_success = answer.status == 200 && !says_failure(answer.body);
        assert!(is_success, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
        true
    }
}

/// Whether the envelope at the end of a body carries another code than 0; a refusal can come with
/// status 200. A body without an envelope is as it should be.
fn says_failure(body: &[u8]) -> bool {
    const CODE: &[u8] = b"\"responseDetails\":[{\"code\":";
    let tail = &body[body.len().saturating_sub(160)..];
    let at = tail.windows(CODE.len()).position(|part| part == CODE);
    at.is_some_and(|at| !tail[at + CODE.len()..].starts_with(b"0,"))
}
