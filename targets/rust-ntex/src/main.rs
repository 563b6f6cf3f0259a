//! Answers the ranknet scenario as the article's program does: ntex, diesel-async over deadpool, Candle where it serves.

mod config;
mod features;
mod info;
mod ranking;
mod refusal;
mod scorer;
mod serve;
mod settings;

use std::{error::Error, sync::Arc};

use ntex::{
    util::Bytes,
    web::{self, HttpResponse, ServiceConfig, types::State},
};
use serde::Serialize;
use serde_json::json;

use crate::{config::Config, features::FeatureStore, info::Info, ranking::Ranking, refusal::Refusal, scorer::Scorer};

pub const LARGEST_BODY: usize = 1 << 20;

pub struct Service {
    store: FeatureStore,
    scorer: Scorer,
}

#[ntex::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env(&settings::of_process)?;
    let service =
        Arc::new(Service { store: FeatureStore::new(&config.database_url)?, scorer: Scorer::open(&config.model)? });
    Ok(serve::run(config.workers, config.port, service, routes).await?)
}

fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/rank").route(web::post().to(rank)))
        .service(web::resource("/health").route(web::get().to(health)))
        .service(web::resource("/info").route(web::get().to(info)));
}

#[derive(Serialize)]
struct Outputs {
    /// Best first.
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct Output {
    id: i64,
    score: f64,
    /// Metres from the place of the request. The scenario asks for none; the article's answer has it.
    displacement: i32,
}

async fn rank(body: Bytes, service: State<Arc<Service>>) -> HttpResponse {
    match best(&body, &service).await {
        Ok(outputs) => HttpResponse::Ok().json(&outputs),
        Err(refusal) => refusal.response(),
    }
}

/// Two questions, one after the other, each over a connection of its own.
async fn best(body: &[u8], service: &Service) -> Result<Outputs, Refusal> {
    let ranking = Ranking::parse(body)?;
    let user = service.store.user(ranking.user_id.into()).await?;
    let ids = ranking.item_ids.iter().copied().map(i64::from).collect();
    let near = service.store.items(ids, ranking.place()).await?;
    if let Some(refusal) = ranking.unknown(user.is_some(), &near.ids) {
        return Err(refusal);
    }
    let scores = service.scorer.score(&user.unwrap_or_default(), &near.features).map_err(Refusal::internal)?;
    let scored = near.ids.into_iter().zip(scores).zip(near.metres);
    let mut outputs: Vec<_> =
        scored.map(|((id, score), displacement)| Output { id, score: score.into(), displacement }).collect();
    outputs.sort_by(|a, b| b.score.total_cmp(&a.score));
    outputs.truncate(ranking.size.get());
    Ok(Outputs { outputs })
}

async fn health(service: State<Arc<Service>>) -> HttpResponse {
    match service.store.ping().await {
        Ok(()) => HttpResponse::Ok().json(&json!({ "status": "ok" })),
        Err(refusal) => refusal.response(),
    }
}

async fn info(service: State<Arc<Service>>) -> HttpResponse {
    HttpResponse::Ok().json(&Info::new(serve::workers(), service.store.connections()))
}
