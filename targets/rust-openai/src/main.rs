//! Passes chat completions on from an OpenAI-compatible service.

mod batch;
mod bodies;
mod completions;
mod config;
mod events;
mod info;
mod library;
mod minimal;
mod serve;
mod settings;
#[cfg(feature = "tls")]
mod whole_answer;

use std::{convert::Infallible, error::Error, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response, Sse, sse::Event},
    routing::{get, post},
};
use futures::{StreamExt, stream};
use mimalloc::MiMalloc;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    bodies::{BatchOrder, Body, ChatOrder},
    completions::{Completions, Pieces, UpstreamError},
    config::Config,
    info::Info,
};

// A token is a handful of small allocations, and glibc's allocator is the slower one at those.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const LARGEST_BODY: usize = 1 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env(&settings::of_process)?;
    let completions = Arc::new(Completions::new(&config)?);
    Ok(serve::run(config.cores, config.port, routes(completions))?)
}

fn routes(completions: Arc<Completions>) -> Router {
    Router::new()
        .route("/chat", post(chat))
        .route("/batch", post(run_batch))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route("/health", get(async || StatusCode::OK))
        .route("/info", get(info))
        .with_state(completions)
}

#[derive(Deserialize)]
struct ChatQuery {
    stream: Option<String>,
}

// When a client goes away hyper drops the handler's future, or the body it answered with; either cancels the upstream.
async fn chat(
    State(completions): State<Arc<Completions>>,
    Query(query): Query<ChatQuery>,
    Body(order): Body<ChatOrder>,
) -> Result<Response, Failure> {
    let messages = order.messages;
    if query.stream.as_deref() == Some("1") {
        pass_on(completions.stream(messages).await?).await
    } else {
        Ok(completions.text(messages).await?.into_response())
    }
}

/// The completion as server-sent events. The first piece decides the status: a failure before it is an ordinary
/// answer, a failure after it is an event.
async fn pass_on(mut pieces: Pieces) -> Result<Response, Failure> {
    let first = pieces.next().await.transpose()?;
    let events = stream::unfold(Step::First(first, pieces), async |step| {
        let (piece, pieces) = match step {
            Step::First(piece, pieces) => (Ok(piece), pieces),
            Step::Rest(mut pieces) => (pieces.next().await.transpose(), pieces),
            Step::End => return None,
        };
        Some(match piece {
            Ok(Some(text)) => (event(json!({ "content": text })), Step::Rest(pieces)),
            Ok(None) => (Event::default().data("[DONE]"), Step::End),
            Err(error) => (Event::default().event("error").data(json!({ "error": error.text }).to_string()), Step::End),
        })
    });
    Ok(Sse::new(events.map(Ok::<_, Infallible>)).into_response())
}

enum Step {
    First(Option<String>, Pieces),
    Rest(Pieces),
    End,
}

fn event(data: serde_json::Value) -> Event {
    Event::default().data(data.to_string())
}

async fn run_batch(
    State(completions): State<Arc<Completions>>,
    Body(order): Body<BatchOrder>,
) -> ([(&'static str, String); 1], Json<batch::BatchAnswer>) {
    let started = Instant::now();
    let answer = batch::run(completions, order).await;
    ([("x-wall-ms", started.elapsed().as_millis().to_string())], Json(answer))
}

// No pools: reqwest keeps every connection that falls idle.
async fn info(State(completions): State<Arc<Completions>>) -> Json<Info> {
    let mut info = Info::new([("reqwest", env!("REQWEST_VERSION"))]);
    if let Completions::Library(_) = *completions {
        info.versions.insert("async-openai", Some(env!("ASYNC_OPENAI_VERSION").to_owned()));
    }
    Json(info)
}

/// What a request that cannot be answered gets.
pub struct Failure {
    pub status: StatusCode,
    pub text: String,
}

impl From<UpstreamError> for Failure {
    fn from(UpstreamError { status, text }: UpstreamError) -> Self {
        Self { status, text }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.text }))).into_response()
    }
}
