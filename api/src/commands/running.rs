//! What a process does with signals, and with the work that it has begun when one comes.

use std::sync::Arc;
use std::time::Duration;

use parlour::app::App;
use parlour::error::OrLog;
use parlour::worker::{self, Stop};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use super::Failure;

/// For what is written when the time to end is over: jobs that are given back, what was seen last.
pub const LAST_WRITES: Duration = Duration::from_secs(2);

/// What works on jobs in this process.
pub struct Workers {
    stop: watch::Sender<Stop>,
    tasks: JoinSet<()>,
}

impl Workers {
    pub fn start(app: &Arc<App>) -> Self {
        let (stop, stopped) = watch::channel(Stop::NotYet);
        let mut tasks = JoinSet::new();
        tasks.spawn(worker::work(Arc::clone(app), stopped.clone()));
        tasks.spawn(worker::deliver(Arc::clone(app), stopped));
        Workers { stop, tasks }
    }

    /// No further job is begun.
    pub fn stop_soon(&self) {
        self.stop.send_replace(Stop::Soon);
    }

    /// What was begun has until the deadline; then it is given back.
    pub async fn end(mut self, deadline: Instant) {
        if timeout_at(deadline, self.ended()).await.is_ok() {
            return;
        }
        tracing::warn!("jobs that did not end in time are given back");
        self.stop.send_replace(Stop::Now);
        if timeout(LAST_WRITES, self.ended()).await.is_err() {
            tracing::warn!("jobs could not be given back; they wait for their leases to end");
        }
    }

    async fn ended(&mut self) {
        while let Some(task) = self.tasks.join_next().await {
            task.or_log("a worker ended early");
        }
    }
}

/// Who wants this process to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Whoever runs it as a service (SIGTERM), and may have others to send requests to.
    ByService,
    /// Somebody at a terminal (SIGINT), who waits.
    ByHand,
}

/// The signals that came, in their order.
pub struct Signals(watch::Receiver<Vec<Told>>);

impl Signals {
    /// Takes signals from now on, which otherwise end the process where it stands.
    pub fn listen() -> Self {
        let (told, signals) = watch::channel(Vec::new());
        let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            tracing::error!("signals cannot be listened to; only SIGKILL will end this process");
            return Signals(signals);
        };
        tokio::spawn(async move {
            loop {
                let one = tokio::select! {
                    _ = terminate.recv() => Told::ByService,
                    _ = interrupt.recv() => Told::ByHand,
                };
                told.send_modify(|told| told.push(one));
            }
        });
        Signals(signals)
    }

    pub async fn once(&self) -> Told {
        self.times(1).await.unwrap_or(Told::ByHand)
    }

    async fn times(&self, times: usize) -> Option<Told> {
        let mut signals = self.0.clone();
        match signals.wait_for(|told| told.len() >= times).await {
            Ok(told) => told.get(times - 1).copied(),
            // Nobody listens to signals.
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits for what begins; a signal ends it where it stands, as nobody depends on it yet. What it had in a transaction is undone.
    ///
    /// # Errors
    /// It could not begin, or was told to stop.
    pub async fn unless_once<T>(&self, beginning: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            begun = beginning => begun,
            _ = self.once() => Err(Failure::Because("told to stop before it had begun".to_owned())),
        }
    }

    /// Waits for what ends in order; a second signal ends it at once.
    ///
    /// # Errors
    /// It was ended at once.
    pub async fn unless_twice(&self, ending: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::select! {
            () = ending => {
                tracing::info!("stopped");
                Ok(())
            }
            _ = self.times(2) => Err(Failure::Because("told twice to stop: ended at once".to_owned())),
        }
    }
}
