//! Answers the embed scenario: all-MiniLM-L6-v2 in Candle behind axum.

mod batcher;
mod bert;
mod embedder;
mod gelu;
mod info;
mod refusal;
mod runs;
mod serve;
mod settings;
mod text;

use std::{error::Error, path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    response::{AppendHeaders, IntoResponse},
    routing::{get, post},
};
use mimalloc::MiMalloc;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{batcher::Batcher, embedder::Embedder, info::Info, refusal::Refusal, text::Text};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const LARGEST_BODY: usize = 4 << 20;

/// The most texts that are computed together, unless `BATCH_SIZE` says otherwise.
const LARGEST_BATCH: u16 = 32;

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (port, cores) = (settings::port(&settings::of_process)?, settings::cores(&settings::of_process)?);
    let model_dir = settings::text(&settings::of_process, "MODEL_DIR").unwrap_or_else(|| "/models/minilm".to_owned());
    let size = settings::number(&settings::of_process, "BATCH_SIZE", LARGEST_BATCH)?;
    let embedder = Arc::new(Embedder::load(&PathBuf::from(model_dir))?);
    let embedders = (0..cores).map(|_| embedder.clone()).map(|embedder| move |texts: &[String]| embedder.embed(texts));
    let batcher = Arc::new(Batcher::start(embedders.collect(), size.into()));
    Ok(serve::run(cores.into(), port, routes(batcher))?)
}

fn routes(batcher: Arc<Batcher>) -> Router {
    Router::new()
        .route("/embed", post(embed))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route("/health", get(health))
        .route("/info", get(info))
        .with_state(batcher)
}

#[derive(Serialize)]
struct Answer {
    embedding: Vec<f32>,
}

async fn embed(State(batcher): State<Arc<Batcher>>, Text { text }: Text) -> Result<impl IntoResponse, Refusal> {
    let embedding = batcher.embed(text).await.map_err(Refusal::internal)?;
    let embedding = embedding.ok_or_else(|| Refusal::bad_request("text is empty"))?;
    let truncated = embedding.truncated_to.map(|tokens| ("x-truncated-to-tokens", tokens.to_string()));
    Ok((AppendHeaders(truncated), Json(Answer { embedding: embedding.values })))
}

/// The model is loaded before the port is open.
async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn info(State(batcher): State<Arc<Batcher>>) -> Json<Info> {
    let mut info =
        Info::new([("candle-core", env!("CANDLE_CORE_VERSION")), ("tokenizers", env!("TOKENIZERS_VERSION"))]);
    info.threads.insert("candle", candle_core::utils::get_num_threads());
    info.threads.insert("embedders", batcher.threads());
    info.pools.insert("batch", batcher.size());
    Json(info)
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, StatusCode},
    };
    use tower::ServiceExt;

    use super::*;

    use crate::runs::{Answer, Embedding};

    /// Embeds a text as its length; a space has no tokens, and what is longer than three is cut.
    fn batcher() -> Batcher {
        let embed = |text: &String| -> Answer {
            Ok((text != " ")
                .then(|| Embedding { values: vec![text.len() as f32], truncated_to: (text.len() > 3).then_some(3) }))
        };
        Batcher::start(vec![move |texts: &[String]| texts.iter().map(embed).collect()], 2)
    }

    async fn ask(method: &str, path: &str, body: impl Into<Body>) -> (StatusCode, Option<String>, Value) {
        let request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
        let response = routes(Arc::new(batcher())).oneshot(request).await.unwrap();
        let status = response.status();
        let truncated =
            response.headers().get("x-truncated-to-tokens").map(|tokens| tokens.to_str().unwrap().to_owned());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, truncated, serde_json::from_slice(&body).unwrap_or_default())
    }

    #[tokio::test]
    async fn a_text_is_embedded_and_a_cut_is_told() {
        let ok = |values: Value| (StatusCode::OK, None, json!({ "embedding": values }));
        assert_eq!(ask("POST", "/embed", r#"{"text":"ab"}"#).await, ok(json!([2.0])));
        assert_eq!(ask("POST", "/embed", r#"{"text":"abcd"}"#).await.1.as_deref(), Some("3"));
        let empty = (StatusCode::BAD_REQUEST, None, json!({ "error": "text is empty" }));
        assert_eq!(ask("POST", "/embed", r#"{"text":" "}"#).await, empty);
    }

    #[tokio::test]
    async fn bad_requests_are_refused() {
        let large = "a".repeat(LARGEST_BODY + 1);
        for (method, path, body, expected) in [
            ("POST", "/embed", "{}", StatusCode::BAD_REQUEST),
            ("POST", "/embed", large.as_str(), StatusCode::PAYLOAD_TOO_LARGE),
            ("GET", "/embed", "", StatusCode::METHOD_NOT_ALLOWED),
            ("GET", "/", "", StatusCode::NOT_FOUND),
        ] {
            let (status, _, answer) = ask(method, path, body.to_owned()).await;
            assert_eq!(status, expected, "{method} {path}");
            assert_eq!(answer["error"].is_string(), method == "POST");
        }
    }
}
