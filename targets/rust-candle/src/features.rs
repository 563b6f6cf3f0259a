//! Users' and items' features from PostgreSQL.

use std::{
    error::Error as _,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::http::StatusCode;
use deadpool_postgres::{Manager, Pool, PoolError};
use tokio::{sync::Mutex, time::timeout, try_join};
use tokio_postgres::{Client, Config, Error, NoTls, Statement};

use crate::{config::DatabaseStyle, ranking::Ranking, refusal::Refusal, scorer::ROW_FEATURES};

pub const USER_FEATURES: usize = 16;
pub const ITEM_FEATURES: usize = 24;

/// What one request may spend on the database, connecting included.
const DEADLINE: Duration = Duration::from_secs(2);

/// Classes of SQLSTATE that a server answers with when it is going, full or not yet there.
const UNAVAILABLE: [&str; 3] = ["08", "53", "57"];

const USER_QUERY: &str = "SELECT features FROM users WHERE id = $1";
const ITEMS_QUERY: &str = "SELECT id, features FROM items WHERE id = ANY($1)";

/// Prepared queries, both of a request in one round trip.
pub struct FeatureStore {
    connections: Connections,
    /// Whether the last query failed: an outage is logged when it begins and ends, not once a request.
    down: AtomicBool,
}

/// The rows that were found, in the order the database answers: the model's input and the item each row belongs to.
pub struct Candidates {
    pub item_ids: Vec<i32>,
    pub rows: Vec<f32>,
}

impl FeatureStore {
    /// Does not wait for the database: connections are made when they are needed, and again after an outage.
    pub fn new(url: &str, style: DatabaseStyle, connections: usize) -> Result<Self, Box<dyn std::error::Error>> {
        let mut config: Config = url.parse()?;
        // A server that vanished without a word would otherwise keep its connections open for minutes.
        config.tcp_user_timeout(DEADLINE);
        let connections = match style {
            DatabaseStyle::Pipelined => Connections::Shared {
                lines: (0..connections).map(|_| Line::new(config.clone())).collect(),
                next: AtomicUsize::new(0),
            },
            DatabaseStyle::Pooled => {
                Connections::Pooled(Pool::builder(Manager::new(config, NoTls)).max_size(connections).build()?)
            }
        };
        Ok(Self { connections, down: AtomicBool::new(false) })
    }

    pub fn connections(&self) -> usize {
        match &self.connections {
            Connections::Shared { lines, .. } => lines.len(),
            Connections::Pooled(pool) => pool.status().max_size,
        }
    }

    pub async fn ping(&self) -> Result<(), Refusal> {
        self.ask(async |client, _| client.batch_execute("").await).await
    }

    pub async fn fetch(&self, ranking: &Ranking) -> Result<Candidates, Refusal> {
        let (user, items) = self
            .ask(async |client, statements| {
                // Polled together, both are sent before the first answer is read.
                try_join!(
                    user(client, &statements.user, ranking.user_id),
                    items(client, &statements.items, &ranking.item_ids)
                )
            })
            .await?;
        let Some(user) = user.filter(|_| items.len() == ranking.item_ids.len()) else {
            return Err(unknown(ranking, user.is_some(), &items));
        };
        let mut rows = Vec::with_capacity(items.len() * ROW_FEATURES);
        for (_, item) in &items {
            rows.extend_from_slice(&user);
            rows.extend_from_slice(item);
        }
        Ok(Candidates { item_ids: items.into_iter().map(|(id, _)| id).collect(), rows })
    }

    async fn ask<T>(&self, query: impl AsyncFnOnce(&Client, &Statements) -> Result<T, Error>) -> Result<T, Refusal> {
        let reason = match timeout(DEADLINE, self.connections.run(query)).await {
            Ok(Ok(answer)) => {
                if self.down.load(Relaxed) && self.down.swap(false, Relaxed) {
                    eprintln!("database: answers again");
                }
                return Ok(answer);
            }
            Ok(Err(error)) if is_outage(&error) => error.to_string(),
            Ok(Err(error)) => return Err(Refusal::internal(error)),
            Err(_) => "no answer in time".to_owned(),
        };
        if !self.down.swap(true, Relaxed) {
            eprintln!("database: {reason}");
        }
        Err(Refusal::no_database())
    }
}

/// How requests share connections.
enum Connections {
    /// Each request takes the next, whoever has it: what several of them ask leaves in one system call, and PostgreSQL
    /// answers it in one.
    Shared { lines: Vec<Line>, next: AtomicUsize },
    /// A connection belongs to a request until it has its rows.
    Pooled(Pool),
}

impl Connections {
    async fn run<T>(&self, query: impl AsyncFnOnce(&Client, &Statements) -> Result<T, Error>) -> Result<T, Error> {
        match self {
            Self::Shared { lines, next } => {
                let session = lines[next.fetch_add(1, Relaxed) % lines.len()].session().await?;
                query(&session.client, &session.statements).await
            }
            Self::Pooled(pool) => {
                let client = pool.get().await.map_err(of_connecting)?;
                // The pool keeps what a connection has prepared.
                let statements = Statements {
                    user: client.prepare_cached(USER_QUERY).await?,
                    items: client.prepare_cached(ITEMS_QUERY).await?,
                };
                query(&client, &statements).await
            }
        }
    }
}

/// A pool that is never closed, and has no time-outs and no hooks, fails with what connecting failed with.
fn of_connecting(error: PoolError) -> Error {
    match error {
        PoolError::Backend(error) => error,
        other => unreachable!("{other}"),
    }
}

/// A place for one connection.
struct Line {
    config: Config,
    session: Mutex<Option<Arc<Session>>>,
}

impl Line {
    fn new(config: Config) -> Self {
        Self { config, session: Mutex::new(None) }
    }

    /// The open session. Whoever comes while it is being opened waits for it, rather than opening another.
    async fn session(&self) -> Result<Arc<Session>, Error> {
        let mut place = self.session.lock().await;
        match &*place {
            Some(session) if !session.client.is_closed() => Ok(session.clone()),
            _ => Ok(place.insert(Session::open(&self.config).await?.into()).clone()),
        }
    }
}

struct Session {
    client: Client,
    statements: Statements,
}

struct Statements {
    user: Statement,
    items: Statement,
}

impl Session {
    async fn open(config: &Config) -> Result<Self, Error> {
        let (client, connection) = config.connect(NoTls).await?;
        // Its end shows in the client, which every request asks first.
        tokio::spawn(connection);
        let (user, items) = try_join!(client.prepare(USER_QUERY), client.prepare(ITEMS_QUERY))?;
        Ok(Self { client, statements: Statements { user, items } })
    }
}

async fn user(client: &Client, statement: &Statement, id: i32) -> Result<Option<User>, Error> {
    let row = client.query_opt(statement, &[&id]).await?;
    row.map(|row| row.try_get(0)).transpose()
}

async fn items(client: &Client, statement: &Statement, ids: &[i32]) -> Result<Vec<(i32, Item)>, Error> {
    let rows = client.query(statement, &[&ids]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

type User = [f32; USER_FEATURES];
type Item = [f32; ITEM_FEATURES];

/// Whether it is the database or the way to it that failed, and not one of our queries.
fn is_outage(error: &Error) -> bool {
    match error.code() {
        Some(state) => UNAVAILABLE.contains(&&state.code()[..2]),
        None => error.is_closed() || error.source().is_some_and(|cause| cause.is::<io::Error>()),
    }
}

/// Names every id that no row has, in the order they were asked for.
fn unknown(ranking: &Ranking, user_found: bool, found: &[(i32, Item)]) -> Refusal {
    let items: Vec<_> =
        ranking.item_ids.iter().filter(|id| !found.iter().any(|(other, _)| other == *id)).map(i32::to_string).collect();
    let user = (!user_found).then(|| format!("unknown user: {}", ranking.user_id));
    let items = (!items.is_empty()).then(|| format!("unknown items: {}", items.join(", ")));
    Refusal::new(StatusCode::NOT_FOUND, user.into_iter().chain(items).collect::<Vec<_>>().join("; "))
}
