//! The program itself, in a folder of its own, as an operator runs it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;

use crate::world::{PASSWORD, fresh_database};

/// An empty working folder with a database that is not made yet.
pub struct Home {
    pub folder: PathBuf,
    /// Set for every command.
    settings: Vec<(&'static str, String)>,
}

impl Drop for Home {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

impl Home {
    /// On SQLite.
    pub fn embedded() -> Home {
        let folder = std::env::temp_dir().join(format!("parlour-home-{:016x}", rand::random::<u64>()));
        std::fs::create_dir_all(&folder).unwrap();
        Home {
            folder,
            settings: vec![("PARLOUR_LISTEN", "127.0.0.1:0".to_owned())],
        }
    }

    /// On the engine that is tested.
    pub async fn on_engine() -> Home {
        let mut home = Home::embedded();
        if let Ok(server) = std::env::var("TEST_DATABASE_URL") {
            home.settings
                .push(("PARLOUR_DATABASE_URL", fresh_database(&server).await));
        }
        if let Ok(redis) = std::env::var("TEST_REDIS_URL") {
            home.settings.push(("PARLOUR_REDIS_URL", redis));
        }
        home
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Home {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Where its database is, or will be.
    pub fn database_url(&self) -> String {
        let set = self.settings.iter().find(|(name, _)| *name == "PARLOUR_DATABASE_URL");
        let file = self.folder.join("data/parlour.db");
        set.map_or_else(|| format!("sqlite://{}", file.display()), |(_, url)| url.clone())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parlour"));
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.envs(self.settings.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary is built");
        // Refused already, if it does not listen any more.
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        Ended(child.wait_with_output().unwrap())
    }

    /// Runs a command after words for a shell, such as a limit, in the same process.
    pub fn run_after(&self, words: &str, arguments: &[&str]) -> Ended {
        let mut command = Command::new("/bin/bash");
        command.args([
            "-c",
            &format!("{words}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_parlour"),
        ]);
        command.args(arguments).current_dir(&self.folder).env_clear();
        command.envs(self.settings.iter().map(|(name, value)| (*name, value)));
        Ended(command.stdin(Stdio::null()).output().unwrap())
    }

    /// Makes an operator's account.
    pub fn set_up(&self, email: &str) -> Value {
        let arguments = [
            "setup",
            "--email",
            email,
            "--password-stdin",
            "--name",
            "Olive",
            "--json",
        ];
        self.run_with(&arguments, &format!("{PASSWORD}\n")).done().json()
    }

    /// Makes a site for an account.
    pub fn make_site(&self, owner: &str, origin: &str) -> Value {
        let arguments = [
            "site", "create", "--owner", owner, "--name", "A blog", "--origin", origin,
        ];
        self.run(&[&arguments[..], &["--set", "moderation=none", "--json"]].concat())
            .done()
            .json()
    }

    /// Starts `serve` and waits for its address.
    pub fn serve(&self) -> Serving {
        let mut child = self.command(&["serve"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        // The log may speak before it, of a schema that is brought up to date.
        let base = loop {
            line.clear();
            assert_ne!(lines.read_line(&mut line).unwrap(), 0, "it ended before it listened");
            if let Some(base) = line.trim().strip_prefix("listening on ") {
                break base.to_owned();
            }
        };
        Serving {
            child,
            base,
            lines: Some(lines),
        }
    }
}

impl Home {
    /// Starts `worker`.
    pub fn work(&self) -> Serving {
        let mut child = self.command(&["worker"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Serving {
            child,
            base: String::new(),
            lines: Some(lines),
        }
    }
}

/// A command that ended.
pub struct Ended(Output);

impl Ended {
    pub fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub fn complaint(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.0.status.code(), Some(0), "{}{}", self.out(), self.complaint());
        self
    }

    /// Demands that it gave up, with status 1, and with these words on stderr.
    #[track_caller]
    pub fn refused(self, words: &[&str]) -> Self {
        assert_eq!(self.0.status.code(), Some(1), "{}{}", self.out(), self.complaint());
        for word in words {
            assert!(self.complaint().contains(word), "{word:?} in {}", self.complaint());
        }
        for inside in ["panicked", "RUST_BACKTRACE", "Error(", "::"] {
            assert!(!self.complaint().contains(inside), "{}", self.complaint());
        }
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out()).unwrap_or_else(|error| panic!("{error}: {}", self.out()))
    }
}

/// A server that runs.
pub struct Serving {
    child: Child,
    pub base: String,
    lines: Option<BufReader<ChildStdout>>,
}

impl Serving {
    /// SIGKILL: no farewell, nothing written that was not written.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it says to people about itself.
    pub fn banner(&mut self) -> String {
        let mut lines = self.lines.take().unwrap();
        let mut banner = String::new();
        while !banner.contains("  Data ") {
            assert_ne!(lines.read_line(&mut banner).unwrap(), 0, "{banner}");
        }
        self.lines = Some(lines);
        banner
    }
}

impl Serving {
    /// What it writes until a line has all of these words.
    pub fn log_until(&mut self, words: &[&str]) -> String {
        let mut lines = self.lines.take().unwrap();
        let mut log = String::new();
        loop {
            let begun = log.len();
            assert_ne!(lines.read_line(&mut log).unwrap(), 0, "{words:?} is not in {log}");
            if words.iter().all(|word| log[begun..].contains(word)) {
                break;
            }
        }
        self.lines = Some(lines);
        log
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Serving {
    /// Where it serves its metrics, as it says: `http://127.0.0.1:PORT`.
    pub fn metrics(&mut self) -> String {
        let banner = self.banner();
        let line = banner.lines().find_map(|line| line.trim().strip_prefix("Metrics"));
        let url = line.unwrap_or_else(|| panic!("no metrics in {banner}")).trim();
        url.strip_suffix("/metrics").unwrap().to_owned()
    }

    /// The same of a worker.
    pub fn metrics_line(&mut self) -> String {
        let log = self.log_until(&["metrics on "]);
        let line = log.lines().find_map(|line| line.strip_prefix("metrics on "));
        line.unwrap().trim_end_matches("/metrics").to_owned()
    }

    /// SIGTERM, and waits for the end: what it wrote to the log after what was read so far.
    pub fn stop(&mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        let mut log = String::new();
        self.lines.take().unwrap().read_to_string(&mut log).unwrap();
        self.child.wait().unwrap();
        log
    }
}
