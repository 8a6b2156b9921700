//! `health`: asks the node on this machine, for containers without a shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use parlour::config::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Failure, say};

/// The time for connecting and the answer's first line.
const PATIENCE: Duration = Duration::from_secs(5);

/// An answer's first line and a little more.
const ENOUGH: usize = 64;

/// Whether it answers `/healthz`, or `/readyz`.
pub async fn health(config: Config, ready: bool) -> Result<(), Failure> {
    let address = reached_at(config.listen);
    let path = if ready { "/readyz" } else { "/healthz" };
    let answer = tokio::time::timeout(PATIENCE, ask(address, path))
        .await
        .map_err(|_| format!("{address} does not answer within {} s", PATIENCE.as_secs()))?
        .map_err(|error| format!("{address}: {error}"))?;
    match answer.split(' ').nth(1) {
        Some("200") => say("ok"),
        Some(status) => Err(Failure::Because(format!("{path} answers {status}"))),
        None => Err(Failure::Because(format!("{address} does not speak HTTP"))),
    }
}

/// Where a node is reached that listens there: on all addresses, also on loopback.
fn reached_at(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ENOUGH as u64).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
