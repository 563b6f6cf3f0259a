//! Answers the embed scenario: all-MiniLM-L6-v2 in Candle behind axum.

mod bert;
mod config;
mod embedder;
mod info;
mod pool;
mod refusal;
mod text;

use std::{error::Error, io, net::Ipv4Addr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    response::{AppendHeaders, IntoResponse},
    routing::{get, post},
    serve::ListenerExt,
};
use mimalloc::MiMalloc;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    select,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    time::sleep,
};

use crate::{config::Config, embedder::Embedder, pool::Pool, refusal::Refusal, text::Text};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const LARGEST_BODY: usize = 4 << 20;

/// How long requests in flight may take after a TERM before their connections are cut.
const DRAIN: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let config = Config::from_env(|name| std::env::var(name).ok())?;
    let embedder = Embedder::load(&config.model_dir)?;
    let pool = Arc::new(Pool::start(config.cores, move |text| embedder.embed(text)));
    let runtime = runtime(config.cores)?;

    // Spawned, because the thread that blocks on a future is not one of the runtime's workers: an accept
    // loop there would wake another thread for every connection.
    let serving = runtime.spawn(serve(config.port, pool));
    let outcome = runtime.block_on(serving)?;
    runtime.shutdown_background();
    Ok(outcome?)
}

/// One worker a core. With a single core there is nobody to steal work from, and the plain loop is cheaper.
fn runtime(cores: usize) -> io::Result<Runtime> {
    if cores == 1 {
        Builder::new_current_thread().enable_all().build()
    } else {
        Builder::new_multi_thread().worker_threads(cores).enable_all().build()
    }
}

async fn serve(port: u16, pool: Arc<Pool>) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?.tap_io(|socket| {
        // A socket that refuses the option still serves, only later.
        let _ = socket.set_nodelay(true);
    });

    let (stop, stopped) = oneshot::channel();
    let server = axum::serve(listener, routes(pool)).with_graceful_shutdown(async move {
        terminate.recv().await;
        let _ = stop.send(()); // nobody listens once the server has failed
    });
    let overdue = async {
        let _ = stopped.await;
        sleep(DRAIN).await;
    };
    select! {
        outcome = server => outcome,
        () = overdue => Ok(()),
    }
}

fn routes(pool: Arc<Pool>) -> Router {
    Router::new()
        .route("/embed", post(embed))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route("/health", get(health))
        .route("/info", get(info::info))
        .with_state(pool)
}

#[derive(Serialize)]
struct Answer {
    embedding: Vec<f32>,
}

async fn embed(State(pool): State<Arc<Pool>>, Text { text }: Text) -> Result<impl IntoResponse, Refusal> {
    let embedding = pool.embed(text).await.map_err(Refusal::internal)?;
    let embedding = embedding.ok_or_else(|| Refusal::bad_request("text is empty"))?;
    let truncated = embedding.truncated_to.map(|tokens| ("x-truncated-to-tokens", tokens.to_string()));
    Ok((AppendHeaders(truncated), Json(Answer { embedding: embedding.values })))
}

/// The model is loaded before the port is open.
async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, StatusCode},
    };
    use tower::ServiceExt;

    use super::*;

    use crate::embedder::Embedding;

    /// Embeds a text as its length; a space has no tokens, and what is longer than three is cut.
    fn pool() -> Pool {
        Pool::start(1, |text| match text {
            " " => Ok(None),
            _ => Ok(Some(Embedding { values: vec![text.len() as f32], truncated_to: (text.len() > 3).then_some(3) })),
        })
    }

    async fn ask(method: &str, path: &str, body: impl Into<Body>) -> (StatusCode, Option<String>, Value) {
        let request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
        let response = routes(Arc::new(pool())).oneshot(request).await.unwrap();
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
