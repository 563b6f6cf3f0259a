//! Users' and items' features from PostgreSQL, by SQL that diesel sends as text.

use std::{
    error::Error,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{Array, BigInt, Double, Integer},
};
use diesel_async::{
    AsyncPgConnection, RunQueryDsl,
    pooled_connection::{
        AsyncDieselConnectionManager,
        deadpool::{Object, Pool},
    },
};
use tokio::time::timeout;

use crate::{ranking::Place, refusal::Refusal};

/// What a question may spend on the database, connecting included.
const DEADLINE: Duration = Duration::from_secs(2);

/// Of the article's requests, in metres: what is farther away is no candidate. Half of the equator is less, so everything
/// is near here.
const MAX_DISTANCE: i32 = 30_000_000;

const USER: &str = "SELECT feature FROM feature_1 WHERE id = $1";

const ITEMS: &str = "
    WITH candidates AS (
        SELECT id, feature, ST_Distance(geog, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography)::int AS distance
        FROM feature_2
        WHERE id = ANY($3)
    )
    SELECT id, feature, distance FROM candidates WHERE distance < $4";

#[derive(QueryableByName)]
struct UserRow {
    #[diesel(sql_type = Array<Double>)]
    feature: Vec<f64>,
}

#[derive(QueryableByName)]
struct ItemRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Array<Double>)]
    feature: Vec<f64>,
    #[diesel(sql_type = Integer)]
    distance: i32,
}

/// In the order the database answers.
pub struct Candidates {
    pub ids: Vec<i64>,
    pub features: Vec<Vec<f32>>,
    pub metres: Vec<i32>,
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Integer)]
    #[allow(dead_code)] // asked for, never read
    one: i32,
}

/// A pool of deadpool's size, which tries a connection with a query before it hands it out: so both libraries come.
pub struct FeatureStore {
    pool: Pool<AsyncPgConnection>,
    is_down: AtomicBool,
}

impl FeatureStore {
    pub fn new(url: &str) -> Result<Self, Box<dyn Error>> {
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new(url);
        Ok(Self { pool: Pool::builder(manager).build()?, is_down: AtomicBool::new(false) })
    }

    pub fn connections(&self) -> usize {
        self.pool.status().max_size
    }

    pub async fn ping(&self) -> Result<(), Refusal> {
        self.ask(async |connection| sql_query("SELECT 1 AS one").get_result::<One>(connection).await).await?;
        Ok(())
    }

    pub async fn user(&self, id: i64) -> Result<Option<Vec<f32>>, Refusal> {
        let row = self
            .ask(async |connection| {
                sql_query(USER).bind::<BigInt, _>(id).get_result::<UserRow>(connection).await.optional()
            })
            .await?;
        Ok(row.map(|UserRow { feature }| singles(&feature)))
    }

    pub async fn items(&self, ids: Vec<i64>, place: Place) -> Result<Candidates, Refusal> {
        let rows = self
            .ask(async |connection| {
                sql_query(ITEMS)
                    .bind::<Double, _>(place.longitude)
                    .bind::<Double, _>(place.latitude)
                    .bind::<Array<BigInt>, _>(ids)
                    .bind::<Integer, _>(MAX_DISTANCE)
                    .load::<ItemRow>(connection)
                    .await
            })
            .await?;
        Ok(Candidates {
            ids: rows.iter().map(|row| row.id).collect(),
            features: rows.iter().map(|row| singles(&row.feature)).collect(),
            metres: rows.iter().map(|row| row.distance).collect(),
        })
    }

    async fn ask<T>(
        &self,
        query: impl AsyncFnOnce(&mut Object<AsyncPgConnection>) -> diesel::QueryResult<T>,
    ) -> Result<T, Refusal> {
        let answer = timeout(DEADLINE, async {
            let mut connection = self.pool.get().await.map_err(|error| error.to_string())?;
            query(&mut connection).await.map_err(|error| error.to_string())
        });
        let answer = answer.await.unwrap_or_else(|_| Err("no answer in time".to_owned()));
        // Once an outage, not once a request.
        if self.is_down.swap(answer.is_err(), Relaxed) < answer.is_err()
            && let Err(error) = &answer
        {
            eprintln!("database: {error}");
        }
        answer.map_err(|_| Refusal::no_database())
    }
}

fn singles(doubles: &[f64]) -> Vec<f32> {
    doubles.iter().map(|&value| value as f32).collect()
}
