//! Servers in processes of their own, and what the kernel knows of them.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use parlour::config::{Config, Secret};
use sea_orm::{ConnectionTrait, Database};

/// What the kernel counts CPU time in: hundredths of a second on every Linux.
const TICK: f64 = 10.0;

/// A database engine to measure on, with or without Redis.
pub struct Engine {
    pub name: &'static str,
    /// Of PostgreSQL's superuser.
    server: Option<String>,
    redis: String,
}

impl Engine {
    pub fn sqlite() -> Engine {
        Engine {
            name: "SQLite",
            server: None,
            redis: String::new(),
        }
    }

    /// The same engine without Redis; `None` if it has none.
    pub fn alone(&self) -> Option<Engine> {
        (!self.redis.is_empty()).then(|| Engine {
            name: "PostgreSQL without Redis",
            server: self.server.clone(),
            redis: String::new(),
        })
    }

    pub fn takes_many_nodes(&self) -> bool {
        self.server.is_some()
    }

    /// SQLite, and PostgreSQL with Redis where the environment names them.
    pub fn all() -> Vec<Engine> {
        let mut engines = vec![Engine::sqlite()];
        if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
            engines.push(Engine {
                name: "PostgreSQL",
                server: Some(server),
                redis: std::env::var("TEST_REDIS_URL").unwrap_or_default(),
            });
        }
        engines
    }
}

/// A folder, a database and a secret, for servers one after the other.
pub struct Home {
    pub config: Config,
    folder: PathBuf,
}

impl Home {
    pub fn new(engine: &Engine) -> Home {
        let folder = std::env::temp_dir().join(format!("parlour-bench-{:016x}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut config = Config::defaults();
        config.data_dir.clone_from(&folder);
        config.database_url = match &engine.server {
            None => format!("sqlite://{}", folder.join("parlour.db").display()),
            Some(server) => block_on(fresh_database(server)),
        };
        config.redis_url.clone_from(&engine.redis);
        config.secret_key = Secret::new(format!(
            "{:032x}{:032x}",
            rand::random::<u128>(),
            rand::random::<u128>()
        ));
        Home { config, folder }
    }

    /// The service itself, with budgets and bounds out of the way.
    pub fn parlour(&self, settings: &[(&str, &str)]) -> Server {
        let (command, address) = self.prepared(served(), settings);
        Server::spawn(command, address)
    }

    /// The same, with the time from its start to its first answer.
    pub fn timed_parlour(&self, path: &str) -> (Server, Duration) {
        let (command, address) = self.prepared(served(), &[]);
        Server::time_start(command, address, path)
    }

    /// The least that the same server can do, with these answers.
    pub fn ceiling(&self, answers: &[(&str, &[u8])]) -> Server {
        for (name, bytes) in answers {
            std::fs::write(self.folder.join(name), bytes).unwrap();
        }
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("ceiling");
        let (command, address) = self.prepared(command, &[]);
        Server::spawn(command, address)
    }

    fn prepared(&self, mut command: Command, settings: &[(&str, &str)]) -> (Command, SocketAddr) {
        // Free at this moment; nobody else here asks for one.
        let address = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let plenty = ["READ", "POST", "LIVE", "ADMIN"].map(|name| (format!("PARLOUR_LIMIT_{name}"), "100000000/1"));
        command
            .current_dir(&self.folder)
            .env_clear()
            .envs(plenty)
            .env("PARLOUR_LISTEN", address.to_string())
            .env("PARLOUR_DATA_DIR", &self.folder)
            .env("PARLOUR_DATABASE_URL", &self.config.database_url)
            .env("PARLOUR_REDIS_URL", &self.config.redis_url)
            .env("PARLOUR_SECRET_KEY", self.config.secret_key.expose())
            .env("PARLOUR_CONNECTIONS", "20000")
            .env("PARLOUR_CONNECTIONS_PER_NETWORK", "20000")
            .env("PARLOUR_STREAMS_PER_NETWORK", "20000")
            .envs(settings.iter().map(|(name, value)| (format!("PARLOUR_{name}"), *value)))
            // With its log, as it runs; nobody reads it.
            .stdout(Stdio::null());
        (command, address)
    }
}

fn served() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlour"));
    command.arg("serve");
    command
}

impl Drop for Home {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// Milliseconds of CPU that a process has used so far.
fn used(id: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    // The name of the program, in brackets, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |place: usize| fields[place].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) * TICK
}

/// A server that runs.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts a program, and waits until it listens there.
    pub fn spawn(mut command: Command, address: SocketAddr) -> Server {
        let server = Server {
            child: command.spawn().unwrap(),
            address,
        };
        let since = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            assert!(since.elapsed() < Duration::from_secs(30), "the server does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// Starts a program, and tells how long it took until it answered this with 200.
    pub fn time_start(mut command: Command, address: SocketAddr, path: &str) -> (Server, Duration) {
        let since = Instant::now();
        let server = Server {
            child: command.spawn().unwrap(),
            address,
        };
        let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
        loop {
            assert!(since.elapsed() < Duration::from_secs(30), "the server does not start");
            let mut answer = [0; 12];
            let asked = std::net::TcpStream::connect(address).and_then(|mut socket| {
                socket.write_all(request.as_bytes())?;
                socket.read_exact(&mut answer)
            });
            if asked.is_ok() {
                assert_eq!(&answer, b"HTTP/1.1 200");
                return (server, since.elapsed());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Milliseconds of CPU that the process and its children have used so far.
    pub fn cpu(&self) -> f64 {
        let id = self.child.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|child| child.parse().ok());
        std::iter::once(id).chain(children).map(used).sum()
    }

    /// Memory in RAM, in MiB.
    pub fn memory(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// The most that it ever was.
    pub fn peak_memory(&self) -> f64 {
        self.status("VmHWM:")
    }

    /// A line of the kernel's, from KiB to MiB.
    fn status(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked first, as what has children takes them along then.
        Command::new("kill").arg(self.child.id().to_string()).status().ok();
        let since = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && since.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

async fn fresh_database(server: &str) -> String {
    let name = format!("parlour_bench_{:016x}", rand::random::<u64>());
    let connection = Database::connect(server).await.unwrap();
    connection
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await
        .unwrap();
    connection.close().await.unwrap();
    let mut url = url::Url::parse(server).unwrap();
    url.set_path(&name);
    url.to_string()
}
