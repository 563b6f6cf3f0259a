//! Answers the ranknet scenario: features from PostgreSQL, scores from Candle, the best candidates as JSON.

mod config;
mod features;
mod info;
mod ranking;
mod refusal;
mod scorer;
mod serve;
mod settings;

use std::{error::Error, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    routing::{get, post},
};
use mimalloc::MiMalloc;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{config::Config, features::FeatureStore, info::Info, ranking::Ranking, refusal::Refusal, scorer::Scorer};

// Rows and tensors are dozens of small allocations a request, and glibc's allocator is the slower one at those.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const LARGEST_BODY: usize = 1 << 20;

struct Service {
    store: FeatureStore,
    scorer: Scorer,
}

fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env(&settings::of_process)?;
    let service = Arc::new(Service {
        store: FeatureStore::new(&config.database_url, config.database_style, config.database_pool)?,
        scorer: Scorer::open(&config.model)?,
    });
    Ok(serve::run(config.workers, config.port, routes(service))?)
}

fn routes(service: Arc<Service>) -> Router {
    Router::new()
        .route("/rank", post(rank))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route("/health", get(health))
        .route("/info", get(info))
        .with_state(service)
}

#[derive(Serialize)]
struct Outputs {
    /// Best first.
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct Output {
    id: i32,
    score: f32,
}

async fn rank(State(service): State<Arc<Service>>, ranking: Ranking) -> Result<Json<Outputs>, Refusal> {
    let candidates = service.store.fetch(&ranking).await?;
    let scores = service.scorer.score(candidates.rows).map_err(Refusal::internal)?;
    let mut outputs: Vec<_> =
        candidates.item_ids.into_iter().zip(scores).map(|(id, score)| Output { id, score }).collect();
    outputs.sort_unstable_by(|a, b| b.score.total_cmp(&a.score));
    outputs.truncate(ranking.size.get());
    Ok(Json(Outputs { outputs }))
}

async fn health(State(service): State<Arc<Service>>) -> Result<Json<Value>, Refusal> {
    service.store.ping().await?;
    Ok(Json(json!({ "status": "ok" })))
}

async fn info(State(service): State<Arc<Service>>) -> Json<Info> {
    let mut info = Info::new([
        ("candle-core", env!("CANDLE_CORE_VERSION")),
        ("deadpool-postgres", env!("DEADPOOL_POSTGRES_VERSION")),
        ("tokio-postgres", env!("TOKIO_POSTGRES_VERSION")),
    ]);
    info.threads.insert("candle", candle_core::utils::get_num_threads());
    info.pools.insert("database", service.store.connections());
    Json(info)
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, StatusCode},
    };
    use candle_core::{DType, Device};
    use candle_nn::VarBuilder;
    use tower::ServiceExt;

    use super::*;
    use crate::{
        config::DatabaseStyle::{self, Pipelined, Pooled},
        serve::runtime,
    };

    /// A service whose database nobody can reach and whose weights are all zero.
    fn service(style: DatabaseStyle) -> Service {
        Service {
            store: FeatureStore::new("postgres://nobody@127.0.0.1:1/nothing", style, 1).unwrap(),
            scorer: Scorer::new(&VarBuilder::zeros(DType::F32, &Device::Cpu)).unwrap(),
        }
    }

    async fn ask(style: DatabaseStyle, method: &str, path: &str, body: &str) -> (StatusCode, String) {
        let request = Request::builder().method(method).uri(path).body(Body::from(body.to_owned())).unwrap();
        let response = routes(service(style).into()).oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn every_failure_has_its_status_and_says_why() {
        let gone = r#"{"error":"the database does not answer"}"#;
        let not_an_object = r#"{"error":"the body is not a JSON object"}"#;
        let cases = [
            ("POST", "/rank", r#"{"user_id":1,"item_ids":[1],"size":1}"#, StatusCode::SERVICE_UNAVAILABLE, gone),
            ("POST", "/rank", "user_id=1", StatusCode::BAD_REQUEST, not_an_object),
            ("GET", "/health", "", StatusCode::SERVICE_UNAVAILABLE, gone),
            ("GET", "/rank", "", StatusCode::METHOD_NOT_ALLOWED, ""),
            ("GET", "/", "", StatusCode::NOT_FOUND, ""),
        ];
        runtime(1).unwrap().block_on(async {
            for style in [Pipelined, Pooled] {
                for (method, path, body, status, answer) in cases {
                    let answered = ask(style, method, path, body).await;
                    assert_eq!(answered, (status, answer.to_owned()), "{style:?} {method} {path} {body}");
                }
            }
        });
    }

    #[test]
    fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
        let large = " ".repeat(LARGEST_BODY + 1);
        let (status, body) = runtime(1).unwrap().block_on(ask(Pipelined, "POST", "/rank", &large));
        assert_eq!((status, body.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, r#"{"error":"at most 1000 item_ids"}"#));
    }

    #[test]
    fn a_network_without_weights_scores_every_row_in_the_middle() {
        assert_eq!(service(Pipelined).scorer.score(vec![1.0; 2 * scorer::ROW_FEATURES]).unwrap(), [0.5, 0.5]);
    }

    #[test]
    fn info_counts_the_workers_of_the_runtime_it_runs_on() {
        for (workers, style) in [(1, Pipelined), (2, Pooled)] {
            let (status, body) = runtime(workers).unwrap().block_on(ask(style, "GET", "/info", ""));
            let info: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(status, StatusCode::OK);
            assert_eq!(info["threads"]["tokio_workers"], workers);
            assert_eq!(info["pools"]["database"], 1);
        }
    }
}
