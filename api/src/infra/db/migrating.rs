//! Bringing the schema of a database server up to date, one node at a time.
//!
//! The turn is a row with a lease, and not an advisory lock of PostgreSQL: it is the same behind a pool of connections and on
//! distributed databases, where those locks are missing, or lock nothing and say that they do. Should a lease run out under a node that is
//! still at it, nothing breaks: each change is a transaction that also says that it was made, and of two only one can say so.

use std::time::Duration;

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, RuntimeErr, Statement};
use tokio::time::sleep;

use crate::error::{Error, OrLog, Result};

/// For which a node has the turn, and how often it says that it is still at it.
const LEASE: &str = "30 seconds";
const RENEWED: Duration = Duration::from_secs(10);

/// How often a node that waits looks whether it is its turn, or nothing is left to do.
const LOOK: Duration = Duration::from_millis(250);

/// How its sessions begin: a change may take long, but waits for a lock for two seconds. While it does, whoever comes behind it waits,
/// too, be it to read.
pub const SESSION: &str =
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '2s'";

/// How often it steps back and lets them through, and for how long at most.
const TRIES: u32 = 30;
const STEP_BACK: Duration = Duration::from_secs(3);

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration_lock \
    (name varchar(32) PRIMARY KEY, owner varchar(64) NOT NULL, held_until timestamptz NOT NULL)";

/// Runs what is pending when it is this node's turn; returns also when another one has done it meanwhile. Its sessions begin with
/// [`SESSION`].
pub async fn migrate(connection: &DatabaseConnection) -> Result<()> {
    let owner = format!("{:032x}", rand::random::<u128>());
    if !take_turn(connection, &owner).await? {
        return Ok(());
    }
    let outcome = tokio::select! {
        outcome = up(connection) => outcome,
        () = lost(connection, &owner) => Err(Error::Unavailable("another node has taken over the migrations".to_owned())),
    };
    let given_back = run(connection, "DELETE FROM migration_lock WHERE owner = $1", &owner).await;
    given_back.or_log("the next node waits until the lease is over");
    outcome
}

/// Waits for the turn; false if nothing is left to do.
async fn take_turn(connection: &DatabaseConnection, owner: &str) -> Result<bool> {
    // Two who make it at once may get in each other's way.
    let mut made = connection.execute_unprepared(TABLE).await;
    if made.is_err() {
        sleep(LOOK).await;
        made = connection.execute_unprepared(TABLE).await;
    }
    made?;
    let take = format!(
        "INSERT INTO migration_lock (name, owner, held_until) \
         VALUES ('migrations', $1, CURRENT_TIMESTAMP + INTERVAL '{LEASE}') \
         ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, held_until = excluded.held_until \
         WHERE migration_lock.held_until < CURRENT_TIMESTAMP"
    );
    let mut waits = false;
    loop {
        if run(connection, &take, owner).await? == 1 {
            return Ok(true);
        }
        if migration::standing(connection).await?.pending.is_empty() {
            return Ok(false);
        }
        if !waits {
            tracing::info!("another node brings the schema up to date; waiting for it");
            waits = true;
        }
        sleep(LOOK).await;
    }
}

/// Keeps the lease; returns when another node has it. With the database away it goes on to try, as what it is held for does.
async fn lost(connection: &DatabaseConnection, owner: &str) {
    let renew =
        format!("UPDATE migration_lock SET held_until = CURRENT_TIMESTAMP + INTERVAL '{LEASE}' WHERE owner = $1");
    loop {
        sleep(RENEWED).await;
        match run(connection, &renew, owner).await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the lease of the migrations could not be renewed"),
        }
    }
}

/// Makes the changes. Who reads for long holds a change up, and the change would hold up everybody else: so it waits for a short time, steps
/// back, and tries again.
async fn up(connection: &DatabaseConnection) -> Result<()> {
    let mut tries = 1;
    loop {
        match Migrator::up(connection, None).await {
            Err(error) if tries < TRIES && waits_for_lock(&error) => {
                tracing::warn!(tries, %error, "a change of the schema waits for somebody who holds a table");
                sleep(STEP_BACK.mul_f64(rand::random_range(0.3..1.0))).await;
                tries += 1;
            }
            outcome => return Ok(outcome?),
        }
    }
}

/// The lock's bound, a deadlock, or a distributed database that wants the transaction again.
fn waits_for_lock(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    let sqlx::Error::Database(database) = &**cause else {
        return false;
    };
    matches!(database.code().as_deref(), Some("55P03" | "40P01" | "40001"))
}

async fn run(connection: &DatabaseConnection, statement: &str, owner: &str) -> Result<u64> {
    let statement = Statement::from_sql_and_values(DatabaseBackend::Postgres, statement, [owner.into()]);
    Ok(connection.execute_raw(statement).await?.rows_affected())
}
