//! What is taken out is written straight from the database to whoever asked, batch by batch, as fast as he reads: nothing is stored on the
//! way, and no export needs more memory than another.

use std::future::Future;
use std::sync::Arc;

use futures_util::{Stream, stream};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::app::App;
use crate::error::{Error, Result};

/// Rows that are read at once.
pub const ROWS: u64 = 100;

/// Pieces that wait for a slow reader.
const WAITING: usize = 2;

/// Where lines are written to; they come out of the stream that [`begin`] gives.
pub struct Sink {
    pieces: mpsc::Sender<Result<String>>,
    piece: String,
    lines: u64,
}

impl Sink {
    /// Adds a line of JSON.
    pub fn line(&mut self, value: &Value) {
        self.row(&format!("{value}\n"));
    }

    /// Adds a line as it is, with its end.
    pub fn row(&mut self, line: &str) {
        self.piece.push_str(line);
        self.lines += 1;
    }

    /// Lines so far.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Sends what was added, once there is room.
    ///
    /// # Errors
    /// When nobody reads any more.
    pub async fn flush(&mut self) -> Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece);
        let sent = self.pieces.send(Ok(piece)).await;
        sent.map_err(|_| Error::internal("nobody reads the export any more"))
    }
}

/// Begins to write. The stream ends with an error where the writing does: what came before is not all, and must not look like it.
pub fn begin<F, W>(app: &Arc<App>, write: W) -> impl Stream<Item = Result<String>> + Send + use<F, W>
where
    F: Future<Output = Result<Sink>> + Send,
    W: FnOnce(Arc<App>, Sink) -> F + Send + 'static,
{
    let (pieces, read) = mpsc::channel(WAITING);
    let app = Arc::clone(app);
    tokio::spawn(async move {
        let sink = Sink {
            pieces: pieces.clone(),
            piece: String::new(),
            lines: 0,
        };
        let outcome = match write(app, sink).await {
            Ok(mut sink) => sink.flush().await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome
            && !pieces.is_closed()
        {
            tracing::error!(%error, "an export ended before its end");
            // It may have gone away meanwhile.
            pieces.send(Err(error)).await.ok();
        }
    });
    stream::unfold(read, async |mut read| read.recv().await.map(|piece| (piece, read)))
}
