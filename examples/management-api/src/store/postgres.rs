//! PostgreSQL, and other databases that speak its protocol. An update is one atomic statement, made
//! from the plan of the body, in a transaction that is rolled back if the limits refuse its result.
//!
//! Two writers of one resource wait for each other at its row, and the second one's statement sees
//! what the first one has stored. So nothing is lost, although the program does not read first.

mod statement;

use std::error::Error as _;
use std::future::Future;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use futures_util::{TryStreamExt, pin_mut};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Error, NoTls, Row};

use super::{Event, LIST, Stored, Written, judge, parse, push};
use crate::body::Change;
use crate::error::ApiError;
use crate::kind::{KINDS, Kind};
use crate::query::Page;
use statement::Statement;

/// The most connections that are held.
const CONNECTIONS: usize = 16;

/// The time that commits in progress have when the program ends.
const COMMITS: Duration = Duration::from_secs(1);

/// The most tries of a transaction that the database could not serialize with others.
const TRIES: u32 = 25;

pub struct Postgres {
    pool: Pool,
    /// A place for each commit in progress.
    commits: Semaphore,
    patience: Duration,
}

impl Postgres {
    pub async fn open(url: &str, patience: Duration) -> Result<Postgres, String> {
        let mut config: Config = url.parse().map_err(|_| "the database is no address of PostgreSQL".to_owned())?;
        // Whoever is not answered any more does not hold a connection or a lock for ever.
        config.connect_timeout(patience / 2).keepalives_idle(Duration::from_secs(30)).tcp_user_timeout(patience);
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let millis = patience.as_millis();
        let settings = format!(
            "SET statement_timeout = {millis}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = {millis};
             SET work_mem = '16MB' -- for the members of one large document",
            millis * 4 / 5
        );
        let settings = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
            let settings = settings.clone();
            Box::pin(async move { client.batch_execute(&settings).await.map_err(HookError::Backend) })
        });
        let pool = Pool::builder(manager).max_size(CONNECTIONS).post_create(settings).build();
        let pool = pool.map_err(|error| error.to_string())?;
        let prepared = timeout_at(Instant::now() + patience, prepare(&pool)).await;
        prepared.map_err(|_| "PostgreSQL: no answer in time".to_owned())??;
        Ok(Postgres { pool, commits: Semaphore::new(CONNECTIONS), patience })
    }

    pub async fn write(
        &self,
        kind: &'static Kind,
        id: String,
        change: Change,
        event: Event,
    ) -> Result<Option<Written>, ApiError> {
        let statement = match event {
            Event::Create => {
                let mut resource = Map::new();
                change.plan.clone().apply(&mut resource)?;
                Statement::insert(kind, &id, change.unique.clone().flatten(), resource)
            }
            Event::Update => Statement::update(kind, &id, &change),
            Event::Delete => Statement::delete(kind, &id),
        };
        let lease = self.lease().await?;
        for tries in 1.. {
            let written = lease.write(kind, &statement, &change).await;
            let ended = match &written {
                Ok(Some(written)) if !change.dry_run => {
                    lease.commit(&self.commits, kind, event, &id, &written.changes).await
                }
                _ => lease.finish("ROLLBACK").await,
            };
            match (written, ended) {
                (Err(Failure::Again), Ok(())) | (Ok(_), Err(Failure::Again)) if tries < TRIES => pause(tries).await,
                (written, Ok(())) => {
                    lease.give_back();
                    return written.map_err(|failure| failure.answer(kind, &id));
                }
                (Err(failure), Err(_)) | (Ok(_), Err(failure)) => return Err(self.renew(failure).answer(kind, &id)),
            }
        }
        Err(ApiError::unavailable("too many writers"))
    }

    pub async fn read(&self, kind: &'static Kind, id: String) -> Result<Option<Stored>, ApiError> {
        let lease = self.lease().await?;
        let row = lease.row(&statement::read(kind), &[&id]).await;
        let row = row.map_err(|failure| self.renew(failure).answer(kind, &id))?;
        lease.give_back();
        Ok(row.map(|row| stored(&row, 0)))
    }

    pub async fn list(&self, kind: &'static Kind, page: Page) -> Result<(Vec<Stored>, Option<i64>), ApiError> {
        let lease = self.lease().await?;
        let listed = async {
            let total = match page.include_totals {
                true => lease.row(&statement::count(kind), &[]).await?.map(|row| row.get(0)),
                false => None,
            };
            Ok((lease.rows(&statement::list(kind), page).await?, total))
        };
        let listed = listed.await.map_err(|failure: Failure| self.renew(failure).answer(kind, ""))?;
        lease.give_back();
        Ok(listed)
    }

    /// Waits for commits that are sent, unless the database is silent. No other follows.
    pub async fn close(&self) {
        let all = self.commits.acquire_many(CONNECTIONS as u32);
        pin_mut!(all);
        let _ended = timeout(COMMITS, &mut all).await;
        self.commits.close();
    }

    async fn lease(&self) -> Result<Lease, ApiError> {
        let deadline = Instant::now() + self.patience;
        match timeout_at(deadline, self.pool.get()).await {
            Ok(Ok(client)) => Ok(Lease { client: Some(client), deadline }),
            Ok(Err(_)) => Err(ApiError::unavailable("the database cannot be reached")),
            Err(_) => Err(ApiError::unavailable("no connection to the database is free in time")),
        }
    }

    /// After a failure of one connection, those that wait in the pool are not trusted either.
    fn renew(&self, failure: Failure) -> Failure {
        if matches!(failure, Failure::Lost) {
            self.pool.retain(|_, _| false);
        }
        failure
    }
}

/// A connection for one request. Unless it is given back, it is closed, and the database rolls
/// back.
struct Lease {
    client: Option<Object>,
    deadline: Instant,
}

impl Lease {
    /// Begins a transaction and carries out a statement in it. [`judge`] decides about the result.
    async fn write(&self, kind: &Kind, statement: &Statement<'_>, change: &Change) -> Result<Option<Written>, Failure> {
        let client = self.client()?;
        let prepared = self.within(client.prepare_cached(&statement.sql)).await?;
        let parameters: Vec<&(dyn ToSql + Sync)> =
            statement.parameters.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        // Both are sent before either is answered, which saves a round trip.
        let (begun, row) = tokio::join!(
            biased;
            self.within(client.batch_execute("BEGIN")),
            self.within(client.query_opt(&prepared, &parameters)),
        );
        begun?;
        let Some(row) = row? else { return Ok(None) };
        // Other requests go on while a large resource is parsed and judged.
        tokio::task::block_in_place(|| {
            let version = if row.len() == 2 { 0 } else { row.get(2) }; // a create has no version before
            // Another version is reported before a result that is too large, as by the other store.
            if !change.if_match.accepts(version) {
                return Err(ApiError::changed().into());
            }
            let length = |at| row.get::<_, &str>(at).len();
            let larger = row.len() == 2 || length(1) > length(3);
            if length(1) > LIST && larger {
                let message = "the resource is too large where numbers are written without exponents";
                return Err(ApiError::body(message).into());
            }
            let after = stored(&row, 0);
            let before = if row.len() == 2 { Map::new() } else { parse(&stored(&row, 2).text)? };
            let changes = judge(kind, change, (version, &before), &parse(&after.text)?)?;
            Ok(Some(Written { stored: after, changes }))
        })
    }

    /// Adds the entry to the audit log and commits. If the answer to COMMIT is lost, nobody knows
    /// whether it was done.
    async fn commit(
        &self,
        commits: &Semaphore,
        kind: &Kind,
        event: Event,
        id: &str,
        changes: &str,
    ) -> Result<(), Failure> {
        let client = self.client()?;
        let log = self.within(client.prepare_cached(statement::LOG)).await?;
        let changes = (event != Event::Delete).then_some(changes);
        let entry: [&(dyn ToSql + Sync); 4] = [&event.name(), &kind.resource.name, &id, &changes];
        self.within(client.execute(&log, &entry)).await?;
        // COMMIT follows the answer. If the entry waited for a lock, the database would still carry
        // out a COMMIT that was sent with it after this program has ended.
        let Ok(_place) = commits.acquire().await else { return Err(Failure::unavailable("the server is stopping")) };
        self.within(client.batch_execute("COMMIT")).await.map_err(|failure| match failure {
            Failure::Lost => Failure::Unknown,
            other => other,
        })
    }

    async fn finish(&self, how: &str) -> Result<(), Failure> {
        self.within(self.client()?.batch_execute(how)).await
    }

    async fn row(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, Failure> {
        let client = self.client()?;
        let prepared = self.within(client.prepare_cached(sql)).await?;
        self.within(client.query_opt(&prepared, parameters)).await
    }

    /// The rows of a page, as they arrive: a list that is too long is not read to its end.
    async fn rows(&self, sql: &str, page: Page) -> Result<Vec<Stored>, Failure> {
        let client = self.client()?;
        let prepared = self.within(client.prepare_cached(sql)).await?;
        let rows =
            self.within(client.query_raw(&prepared, [i64::from(page.per_page), i64::from(page.start())])).await?;
        pin_mut!(rows);
        let (mut list, mut bytes) = (Vec::new(), 0);
        while let Some(row) = self.within(rows.try_next()).await? {
            push(&mut list, &mut bytes, stored(&row, 0))?;
        }
        Ok(list)
    }

    fn client(&self) -> Result<&Object, Failure> {
        self.client.as_ref().ok_or(Failure::Lost)
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        match timeout_at(self.deadline, work).await {
            Ok(done) => done.map_err(Failure::of),
            Err(_) => Err(Failure::Lost),
        }
    }

    /// Only a connection whose transaction has ended goes back to the pool.
    fn give_back(mut self) {
        self.client.take();
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            let _ = Object::take(client);
        }
    }
}

#[derive(Debug)]
enum Failure {
    /// The database has rolled back and asks for another try.
    Again,
    /// Another resource has the unique attribute.
    Taken,
    /// A statement waited too long, for a lock or for its turn.
    Late,
    /// The connection does not answer, or is closed.
    Lost,
    /// The answer to COMMIT is lost.
    Unknown,
    Answer(ApiError),
}

impl Failure {
    fn of(error: Error) -> Failure {
        const AGAIN: [SqlState; 2] = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
        const LATE: [SqlState; 2] = [SqlState::QUERY_CANCELED, SqlState::LOCK_NOT_AVAILABLE];
        match error.code() {
            Some(code) if AGAIN.contains(code) => Failure::Again,
            Some(code) if LATE.contains(code) => Failure::Late,
            Some(&SqlState::UNIQUE_VIOLATION) => Failure::Taken,
            Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => Failure::unavailable("the database is read-only"),
            Some(&SqlState::DISK_FULL) => Failure::unavailable("the disk is full"),
            Some(code) if code.code().starts_with("53") => Failure::unavailable("the database lacks a resource"),
            // Connection exceptions, a database that shuts down, a transaction that was ended.
            Some(code) if ["08", "57", "25"].contains(&&code.code()[..2]) => Failure::Lost,
            // The text of an error may hold what a user sent; its code does not.
            Some(code) => Failure::Answer(ApiError::internal(&format!("PostgreSQL: {}", code.code()))),
            None => Failure::Lost,
        }
    }

    fn unavailable(why: &str) -> Failure {
        Failure::Answer(ApiError::unavailable(why))
    }

    fn answer(self, kind: &Kind, id: &str) -> ApiError {
        match self {
            Failure::Again => ApiError::unavailable("too many writers at once"),
            Failure::Taken => kind.taken(),
            Failure::Late => ApiError::unavailable("another request holds a lock, or the database is too slow"),
            Failure::Lost => ApiError::unavailable("the database does not answer, or has ended the connection"),
            Failure::Unknown => ApiError::unknown(id),
            Failure::Answer(error) => error,
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Failure {
        Failure::Answer(error)
    }
}

fn stored(row: &Row, at: usize) -> Stored {
    Stored { version: row.get(at), text: with_exponents(row.get(at + 1)) }
}

/// `jsonb` writes 1e300 with 301 digits, of which most are not those of the double. Such numbers
/// are written short again.
fn with_exponents(text: String) -> String {
    let long = text.as_bytes().chunk_by(|a, b| a.is_ascii_digit() && b.is_ascii_digit()).any(|run| run.len() >= 20);
    if !long {
        return text;
    }
    // Other requests go on while a large resource is parsed.
    tokio::task::block_in_place(|| serde_json::from_str::<Value>(&text).map_or(text, |value| value.to_string()))
}

/// Waits for a random time that grows, so that writers who met once do not meet again.
async fn pause(tries: u32) {
    let most = 1000 << tries.min(10);
    tokio::time::sleep(Duration::from_micros(getrandom::u64().unwrap_or_default() % most)).await;
}

/// Validates the database and creates the tables.
async fn prepare(pool: &Pool) -> Result<(), String> {
    let client = pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => reason(&error),
        other => format!("PostgreSQL: {other}"),
    })?;
    let encoding = client.query_one("SHOW server_encoding", &[]).await.map_err(|error| reason(&error))?;
    let encoding: String = encoding.get(0);
    if encoding != "UTF8" {
        return Err(format!("PostgreSQL: the encoding of the database must be UTF8, but is {encoding}"));
    }
    for sql in [statement::AUDIT.to_owned()].into_iter().chain(KINDS.map(statement::table)) {
        // Two programs that create one table at the same time may both fail. Then it exists for one
        // of them.
        if client.batch_execute(&sql).await.is_err() {
            client.batch_execute(&sql).await.map_err(|error| reason(&error))?;
        }
    }
    Ok(())
}

/// The database's own message, which is more than "db error".
fn reason(error: &Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("PostgreSQL: {}", error.message()),
        None => format!("PostgreSQL: {error}{}", error.source().map(|cause| format!(": {cause}")).unwrap_or_default()),
    }
}
