//! Requests that this service makes to addresses which somebody else has typed: the one way out.
//!
//! Whoever types the address must not reach with our hands what he cannot reach with his own (server-side request forgery). So
//! the name is resolved once, only global unicast addresses are dialled, and exactly those that were looked at: the check sits in
//! the resolver of the client, behind which nobody resolves again. Redirects are not followed by the client but here, each
//! looked at like the first address. No proxy of the environment, no cookies, no credentials; time, size and number are bounded.

use std::error::Error as StdError;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
pub use reqwest::header::HeaderMap;
use reqwest::header::{self, HeaderValue};
use reqwest::{Client, Method, Response, redirect};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

use super::network::is_within;

/// Most bytes of an answer that are read, and most that they may become.
const LARGEST: usize = 1024 * 1024;

/// Redirects that are followed.
const MOST_REDIRECTS: usize = 3;

/// How long a request waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// Why nothing came of a request: a class, and nothing that would tell of our network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Neither http nor https, or with a name and password in it.
    #[error("not a web address")]
    NotWeb,
    #[error("a port that is not open to requests")]
    Port,
    /// Not a global unicast address.
    #[error("an address that is not public")]
    Address,
    #[error("a name that has no address")]
    Name,
    #[error("no connection")]
    Connection,
    #[error("no secure connection")]
    Tls,
    #[error("no answer in time")]
    Time,
    #[error("an answer that is not HTTP")]
    Answer,
    #[error("too many redirects")]
    Redirects,
    /// Too many requests of ours are on their way.
    #[error("busy")]
    Busy,
}

impl Fault {
    /// As it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Fault::NotWeb => "not_web",
            Fault::Port => "port",
            Fault::Address => "address",
            Fault::Name => "name",
            Fault::Connection => "connection",
            Fault::Tls => "tls",
            Fault::Time => "time",
            Fault::Answer => "answer",
            Fault::Redirects => "redirects",
            Fault::Busy => "busy",
        }
    }
}

/// What was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Where, after the redirects.
    pub url: Url,
    pub status: u16,
    pub headers: HeaderMap,
    /// As much as was taken, decompressed.
    pub body: Vec<u8>,
    /// Whether there was more, or it came too slowly.
    pub cut: bool,
}

/// What came of it, if the request was carried out at all.
#[derive(Debug)]
pub enum Outcome {
    Loaded(Loaded),
    /// A redirect led where the caller does not want to go; nothing was asked there.
    Elsewhere(Url),
}

/// Something that is sent to an address.
#[derive(Clone, Debug)]
pub struct Parcel {
    pub method: Verb,
    pub url: Url,
    /// Beside those that say who we are. One whose name or value cannot be sent is left out.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Post,
    Put,
}

impl Verb {
    pub fn name(self) -> &'static str {
        match self {
            Verb::Post => "POST",
            Verb::Put => "PUT",
        }
    }
}

/// What was said to it.
#[derive(Debug)]
pub struct Receipt {
    pub status: u16,
    pub headers: HeaderMap,
    /// As it came, and as much of it as was wanted.
    pub body: Vec<u8>,
    /// Whether there was more, or it came too slowly.
    pub cut: bool,
}

/// Which addresses may be dialled.
#[derive(Clone, Debug)]
struct Rules {
    /// Any, if empty.
    ports: Vec<u16>,
    /// Networks that are not public and may be dialled all the same.
    private: Vec<IpNet>,
}

impl Rules {
    fn lets(&self, address: IpAddr) -> bool {
        is_global(address) || is_within(address, &self.private)
    }

    /// What an address says before anybody resolves it.
    fn look(&self, url: &Url) -> Result<(), Fault> {
        let plain = matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
        if !plain {
            return Err(Fault::NotWeb);
        }
        let port = url.port_or_known_default().ok_or(Fault::NotWeb)?;
        if !self.ports.is_empty() && !self.ports.contains(&port) {
            return Err(Fault::Port);
        }
        // The client dials an address that is written as one without asking the resolver.
        match url.host() {
            Some(Host::Ipv4(address)) if !self.lets(address.into()) => Err(Fault::Address),
            Some(Host::Ipv6(address)) if !self.lets(address.into()) => Err(Fault::Address),
            Some(_) => Ok(()),
            None => Err(Fault::NotWeb),
        }
    }
}

/// Who says which addresses a name has.
#[derive(Debug)]
enum Names {
    System,
    /// One answer after the other, for tests.
    #[cfg(test)]
    Scripted(std::sync::Mutex<std::collections::VecDeque<Vec<IpAddr>>>),
}

impl Names {
    async fn look_up(&self, name: &str) -> Vec<IpAddr> {
        match self {
            Names::System => match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => found.map(|address| address.ip()).collect(),
                Err(_) => Vec::new(),
            },
            #[cfg(test)]
            Names::Scripted(answers) => answers.lock().unwrap().pop_front().unwrap_or_default(),
        }
    }
}

/// Resolves a name once, and hands on only what may be dialled.
struct Guard {
    rules: Rules,
    names: Arc<Names>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, names) = (self.rules.clone(), Arc::clone(&self.names));
        Box::pin(async move {
            let found = names.look_up(name.as_str()).await;
            if found.is_empty() {
                return Err(Fault::Name.into());
            }
            let good: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| rules.lets(*address))
                // The client puts in the port.
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            match good.is_empty() {
                true => Err(Fault::Address.into()),
                false => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

pub struct Outgoing {
    rules: Rules,
    names: Arc<Names>,
    patience: Duration,
    turns: Semaphore,
    /// Says to those who are asked who we are.
    agent: String,
    /// Made when it is first needed: reading the system's certificates takes a moment, and not every machine has any.
    client: OnceLock<Option<Client>>,
}

impl Outgoing {
    /// `agent` is the address of this service.
    pub fn new(ports: &[u16], private: &[IpNet], patience: Duration, at_once: usize, agent: &str) -> Self {
        Outgoing {
            rules: Rules {
                ports: ports.to_vec(),
                private: private.to_vec(),
            },
            names: Arc::new(Names::System),
            patience,
            turns: Semaphore::new(at_once.max(1)),
            agent: format!("Parlour/{} (+{agent})", env!("CARGO_PKG_VERSION")),
            client: OnceLock::new(),
        }
    }

    /// Loads a page. `may_go` decides about each address that a redirect leads to.
    pub async fn load(&self, start: &Url, may_go: impl Fn(&Url) -> bool) -> Result<Outcome, Fault> {
        let Ok(Ok(_turn)) = timeout(TURN, self.turns.acquire()).await else {
            return Err(Fault::Busy);
        };
        let end = Instant::now() + self.patience;
        let mut url = start.clone();
        for _ in 0..=MOST_REDIRECTS {
            let response = timeout_at(end, self.ask(&url)).await.unwrap_or(Err(Fault::Time))?;
            let Some(next) = redirect_of(&url, &response) else {
                return Ok(Outcome::Loaded(read(url, response, end).await?));
            };
            if !may_go(&next) {
                return Ok(Outcome::Elsewhere(next));
            }
            url = next;
        }
        Err(Fault::Redirects)
    }

    /// Sends something and reads the beginning of the answer, `most` bytes of it, all within `patience`. Redirects are answers: what was
    /// sent is for the address that was typed and for no other. How many are on their way at once is the caller's to bound, so that what
    /// waits for one receiver does not keep pages from being looked at.
    pub async fn send(&self, parcel: &Parcel, patience: Duration, most: usize) -> Result<Receipt, Fault> {
        let end = Instant::now() + patience;
        self.rules.look(&parcel.url)?;
        let client = self.client.get_or_init(|| self.build()).as_ref().ok_or(Fault::Tls)?;
        let method = match parcel.method {
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
        };
        let mut request = client
            .request(method, parcel.url.clone())
            .header(header::ACCEPT_ENCODING, "identity");
        for (name, value) in &parcel.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                request = request.header(*name, value);
            }
        }
        let request = request.body(parcel.body.clone());
        let answered = timeout_at(end, request.send()).await.map_err(|_| Fault::Time)?;
        let mut response = answered.map_err(|error| class_of(&error))?;
        self.came_from_there(&response)?;
        let (body, cut) = begin(&mut response, end, most).await?;
        Ok(Receipt {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
            cut,
        })
    }

    /// Whether something could be sent there now: the address itself, and those of its name.
    ///
    /// # Errors
    /// Why it could not; a name that has no address is one of the reasons.
    pub async fn reaches(&self, url: &Url) -> Result<(), Fault> {
        self.rules.look(url)?;
        let Some(Host::Domain(name)) = url.host() else {
            return Ok(());
        };
        let found = timeout(self.patience, self.names.look_up(name))
            .await
            .map_err(|_| Fault::Name)?;
        match found.is_empty() {
            true => Err(Fault::Name),
            false if found.into_iter().any(|address| self.rules.lets(address)) => Ok(()),
            false => Err(Fault::Address),
        }
    }

    /// What the socket says, should the client ever find another way to an address.
    fn came_from_there(&self, response: &Response) -> Result<(), Fault> {
        match response.remote_addr() {
            Some(peer) if self.rules.lets(peer.ip()) => Ok(()),
            _ => Err(Fault::Address),
        }
    }

    /// One request, without its body.
    async fn ask(&self, url: &Url) -> Result<Response, Fault> {
        self.rules.look(url)?;
        let client = self.client.get_or_init(|| self.build()).as_ref().ok_or(Fault::Tls)?;
        let request = client
            .get(url.clone())
            .header(header::ACCEPT, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1")
            .header(header::ACCEPT_ENCODING, "gzip");
        let response = request.send().await.map_err(|error| class_of(&error))?;
        self.came_from_there(&response)?;
        Ok(response)
    }

    fn build(&self) -> Option<Client> {
        let guard = Guard {
            rules: self.rules.clone(),
            names: Arc::clone(&self.names),
        };
        let client = Client::builder()
            .dns_resolver(guard)
            .no_proxy()
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.patience)
            // Each request resolves and looks anew.
            .pool_max_idle_per_host(0)
            .user_agent(&self.agent)
            .build();
        client
            .inspect_err(|error| tracing::warn!(%error, "requests to other servers cannot be made"))
            .ok()
    }
}

/// Where an answer sends us, if it does.
fn redirect_of(from: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    from.join(response.headers().get(header::LOCATION)?.to_str().ok()?).ok()
}

/// Reads a body as far as size and time go, and unpacks it.
async fn read(url: Url, mut response: Response, end: Instant) -> Result<Loaded, Fault> {
    let (mut body, mut cut) = begin(&mut response, end, LARGEST).await?;
    let packed = response
        .headers()
        .get(header::CONTENT_ENCODING)
        .map(HeaderValue::as_bytes);
    if packed.is_some_and(|encoding| encoding.eq_ignore_ascii_case(b"gzip")) {
        let (unpacked, more) = unpack(&body);
        (body, cut) = (unpacked, cut || more);
    }
    Ok(Loaded {
        url,
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body,
        cut,
    })
}

/// The first bytes of a body, and whether there are more of them, or they came too slowly.
async fn begin(response: &mut Response, end: Instant, most: usize) -> Result<(Vec<u8>, bool), Fault> {
    let mut body = Vec::new();
    let mut cut = false;
    loop {
        match timeout_at(end, response.chunk()).await {
            Err(_) => cut = true,
            Ok(Err(error)) if body.is_empty() => return Err(class_of(&error)),
            Ok(Err(_)) => cut = true,
            Ok(Ok(None)) => break,
            Ok(Ok(Some(chunk))) => {
                let room = most - body.len();
                body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                cut = chunk.len() > room;
            }
        }
        if cut {
            break;
        }
    }
    Ok((body, cut))
}

/// As much as there is room for, however much it would become; with whether there was more.
fn unpack(packed: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    // What came before the fault is worth reading.
    let whole = MultiGzDecoder::new(packed)
        .take(most + 1)
        .read_to_end(&mut body)
        .is_ok();
    let more = !whole || body.len() > LARGEST;
    body.truncate(LARGEST);
    (body, more)
}

/// What went wrong, by the first cause that says so.
fn class_of(error: &reqwest::Error) -> Fault {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(one) = cause {
        // An error of the system carries another one beside its source.
        let carried = one
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .map(|inner| inner as &(dyn StdError + 'static));
        for each in [Some(one), carried].into_iter().flatten() {
            if let Some(fault) = each.downcast_ref::<Fault>() {
                return *fault;
            }
            if each.is::<rustls::Error>() {
                return Fault::Tls;
            }
        }
        cause = one.source();
    }
    match error {
        _ if error.is_timeout() => Fault::Time,
        _ if error.is_connect() => Fault::Connection,
        _ => Fault::Answer,
    }
}

/// Whether an address is one of the public Internet's, for one receiver (IANA's registries of special-purpose addresses).
fn is_global(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            !match (a, b, c) {
                // "This network", private, loopback.
                (0 | 10 | 127, ..) => true,
                // Shared by the customers of a provider.
                (100, 64..=127, _) => true,
                // Link-local, where clouds keep their metadata.
                (169, 254, _) => true,
                (172, 16..=31, _) => true,
                // Protocol assignments; documentation; former relays of 6to4.
                (192, 0, 0 | 2) | (192, 88, 99) => true,
                (192, 168, _) => true,
                // Benchmarks.
                (198, 18..=19, _) => true,
                // Documentation.
                (198, 51, 100) | (203, 0, 113) => true,
                // Multicast, reserved, broadcast.
                (224..=255, ..) => true,
                _ => false,
            }
        }
        // Of IPv6, only 2000::/3 is given out as global unicast: that leaves out IPv4 in its clothes (mapped, NAT64), unique local,
        // link-local and multicast addresses.
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            (0x2000..=0x3fff).contains(&first)
                && !match (first, second) {
                    // Protocol assignments, Teredo among them.
                    (0x2001, 0..=0x1ff) => true,
                    // Documentation.
                    (0x2001, 0xdb8) | (0x3fff, 0..=0x0fff) => true,
                    // 6to4: any IPv4 address may be inside.
                    (0x2002, _) => true,
                    _ => false,
                }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn only_global_unicast_addresses_are_public() {
        let special = [
            "0.0.0.0",
            "0.255.255.255",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:93.184.215.14",
            "64:ff9b::7f00:1",
            "64:ff9b::5db8:d70e",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:1ff::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:5db8:d70e::1",
            "3fff::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
        ];
        for address in special {
            assert!(!is_global(address.parse().unwrap()), "{address}");
        }
        let public = [
            "1.1.1.1",
            "93.184.215.14",
            "100.63.255.255",
            "100.128.0.1",
            "126.255.255.255",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "3ffe::1",
            "3fff:1000::1",
        ];
        for address in public {
            assert!(is_global(address.parse().unwrap()), "{address}");
        }
    }

    fn outgoing(ports: &[u16], private: &[&str], answers: &[&[&str]]) -> Outgoing {
        let private: Vec<IpNet> = private.iter().map(|network| network.parse().unwrap()).collect();
        let addresses = |names: &&[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
        Outgoing {
            names: Arc::new(Names::Scripted(Mutex::new(answers.iter().map(addresses).collect()))),
            ..Outgoing::new(ports, &private, Duration::from_secs(5), 4, "https://talk.example")
        }
    }

    async fn load(outgoing: &Outgoing, address: &str) -> Result<Outcome, Fault> {
        outgoing.load(&Url::parse(address).unwrap(), |_| true).await
    }

    fn run<F: Future>(test: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(test)
    }

    #[test]
    fn an_address_that_is_no_public_page_is_refused_before_anybody_is_asked() {
        run(async {
            let outgoing = outgoing(&[80, 443], &[], &[]);
            for (address, fault) in [
                ("ftp://blog.example/", Fault::NotWeb),
                ("file:///etc/passwd", Fault::NotWeb),
                ("gopher://blog.example/", Fault::NotWeb),
                ("http://user:secret@blog.example/", Fault::NotWeb),
                ("http://blog.example:8080/", Fault::Port),
                ("https://blog.example:22/", Fault::Port),
                ("http://127.0.0.1/", Fault::Address),
                ("http://2130706433/", Fault::Address),
                ("http://0x7f.1/", Fault::Address),
                ("http://017700000001/", Fault::Address),
                ("http://169.254.169.254/latest/meta-data/", Fault::Address),
                ("http://[::1]/", Fault::Address),
                ("http://[::ffff:127.0.0.1]/", Fault::Address),
                ("http://[::ffff:7f00:1]/", Fault::Address),
                ("http://[64:ff9b::7f00:1]/", Fault::Address),
                ("http://[fd00::1]/", Fault::Address),
                ("http://0/", Fault::Address),
            ] {
                assert_eq!(load(&outgoing, address).await.unwrap_err(), fault, "{address}");
            }
            let Names::Scripted(answers) = &*outgoing.names else {
                unreachable!()
            };
            assert!(answers.lock().unwrap().is_empty());
            assert_eq!(
                load(&outgoing, "http://nowhere.example/").await.unwrap_err(),
                Fault::Name
            );
        });
    }

    #[test]
    fn a_name_is_good_only_as_far_as_its_addresses_are() {
        run(async {
            let inner: &[&str] = &["127.0.0.1", "10.0.0.1", "::1", "fe80::1", "::ffff:10.0.0.1"];
            let outgoing = outgoing(&[80, 443], &[], &[inner]);
            assert_eq!(
                load(&outgoing, "http://inner.example/").await.unwrap_err(),
                Fault::Address
            );
        });
    }

    /// Says one thing to one caller; with how many came.
    async fn server(at: &str, says: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind(at).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut head = vec![0; 4096];
            let length = socket.read(&mut head).await.unwrap();
            socket.write_all(says.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&head[..length]).into_owned()
        });
        (port, task)
    }

    #[test]
    fn a_name_that_changes_its_address_is_dialled_at_the_one_that_was_looked_at() {
        run(async {
            const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage";
            let (port, heard) = server("127.0.0.1:0", PAGE).await;
            // A second look would find the address of somebody else on the same port.
            let elsewhere = TcpListener::bind(("127.0.0.2", port)).await.unwrap();
            let outgoing = outgoing(&[], &["127.0.0.1/32"], &[&["127.0.0.1", "127.0.0.2"], &["127.0.0.2"]]);
            let address = format!("http://rebinding.example:{port}/");
            let Ok(Outcome::Loaded(loaded)) = load(&outgoing, &address).await else {
                panic!("the page was to be had")
            };
            assert_eq!((loaded.status, &*loaded.body), (200, &b"page"[..]));
            let head = heard.await.unwrap().to_ascii_lowercase();
            assert!(head.contains(&format!("host: rebinding.example:{port}")), "{head}");
            assert!(head.contains("user-agent: parlour/"), "{head}");
            assert!(head.contains("(+https://talk.example)"), "{head}");
            let Names::Scripted(answers) = &*outgoing.names else {
                unreachable!()
            };
            assert_eq!(answers.lock().unwrap().len(), 1, "resolved once");
            // The next request looks anew, and what it finds is not to be dialled.
            assert_eq!(load(&outgoing, &address).await.unwrap_err(), Fault::Address);
            let nobody = timeout(Duration::ZERO, elsewhere.accept()).await;
            assert!(nobody.is_err(), "nobody came to the other address");
        });
    }

    #[test]
    fn what_is_sent_goes_to_the_address_that_was_looked_at_and_no_further() {
        run(async {
            const AWAY: &str = "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.2/\r\nContent-Length: 6\r\n\r\nfurther";
            let (port, heard) = server("127.0.0.1:0", AWAY).await;
            let outgoing = outgoing(
                &[],
                &["127.0.0.1/32"],
                &[&["127.0.0.1"], &["10.0.0.1"], &["10.0.0.1"], &[]],
            );
            let parcel = |url: &str| Parcel {
                method: Verb::Put,
                url: Url::parse(url).unwrap(),
                headers: vec![("webhook-id", "msg_1".to_owned()), ("x-bad", "a\nb".to_owned())],
                body: b"{}".to_vec(),
            };
            let there = parcel(&format!("http://hook.example:{port}/in"));
            let receipt = outgoing.send(&there, Duration::from_secs(5), 3).await.unwrap();
            assert_eq!((receipt.status, &*receipt.body, receipt.cut), (307, &b"fur"[..], true));
            let head = heard.await.unwrap().to_ascii_lowercase();
            assert!(head.starts_with("put /in http/1.1"), "{head}");
            assert!(head.contains("webhook-id: msg_1") && !head.contains("x-bad"), "{head}");
            // Its name has another address by now.
            let again = outgoing.send(&there, Duration::from_secs(5), 3).await;
            assert_eq!(again.unwrap_err(), Fault::Address);
            for (url, fault) in [
                ("http://hook.example/", Fault::Address),
                ("http://hook.example/", Fault::Name),
                ("http://127.0.0.2/", Fault::Address),
                ("ftp://hook.example/", Fault::NotWeb),
            ] {
                assert_eq!(outgoing.reaches(&Url::parse(url).unwrap()).await, Err(fault), "{url}");
            }
        });
    }

    #[test]
    fn what_unpacks_to_more_than_it_may_is_cut() {
        use std::io::Write;
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..64 {
            packer.write_all(&vec![b' '; LARGEST]).unwrap();
        }
        let packed = packer.finish().unwrap();
        assert!(packed.len() < LARGEST / 10);
        let (body, more) = unpack(&packed);
        assert_eq!((body.len(), more), (LARGEST, true));
        let (body, more) = unpack(&packed[..packed.len() / 1000]);
        assert!(more && body.len() <= LARGEST);
        assert_eq!(unpack(b"no gzip").0, b"");
    }
}
