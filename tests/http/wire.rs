//! Requests that no well-behaved client sends: bytes as they are.

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{Answer, World};

impl World {
    /// Sends a head and a body, and reads until the server closes the connection.
    ///
    /// A server that does not want the rest of a body answers and closes before it was sent; that is no failure here.
    pub async fn exchange(&self, head: &str, body: impl AsRef<[u8]>) -> Answer {
        let address = self.base.trim_start_matches("http://");
        let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
        let head = format!("{head}\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        let send = async {
            let sent = write.write_all(head.as_bytes()).await;
            if sent.is_ok() {
                write.write_all(body.as_ref()).await.ok();
            }
        };
        let mut answer = Vec::new();
        let receive = async {
            read.read_to_end(&mut answer).await.ok();
        };
        tokio::join!(send, receive);
        parse(&answer)
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("an answer with a head");
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap();
    let headers: HeaderMap = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| {
            (
                name.parse::<HeaderName>().unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect();
    let body = bytes[end + 4..].to_vec();
    Answer {
        status: StatusCode::from_bytes(status.as_bytes()).unwrap(),
        headers,
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
        body: body.into(),
    }
}

/// A body in chunks (RFC 9112 section 7.1), all of the same size but the last.
pub fn chunked(body: &[u8]) -> Vec<u8> {
    const CHUNK: usize = 8 * 1024;
    let mut coded = Vec::with_capacity(body.len() + body.len() / 512);
    for chunk in body.chunks(CHUNK) {
        coded.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        coded.extend_from_slice(chunk);
        coded.extend_from_slice(b"\r\n");
    }
    coded.extend_from_slice(b"0\r\n\r\n");
    coded
}
