//! Passes chat completions on from an OpenAI-compatible service through async-openai.

mod batch;
mod bodies;
mod completions;
mod config;
mod info;

use std::{convert::Infallible, error::Error, io, net::Ipv4Addr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response, Sse, sse::Event},
    routing::{get, post},
    serve::ListenerExt,
};
use futures::{StreamExt, stream};
use mimalloc::MiMalloc;
use serde::Deserialize;
use serde_json::json;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    select,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    time::{Instant, sleep},
};

use crate::{
    bodies::{BatchOrder, Body, ChatOrder},
    completions::{Completions, Pieces, UpstreamError},
    config::Config,
};

// A token is a handful of small allocations, and glibc's allocator is the slower one at those.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const LARGEST_BODY: usize = 1 << 20;

/// How long requests in flight may take after a TERM before their connections are cut.
const DRAIN: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env(|name| std::env::var(name).ok())?;
    let completions = Arc::new(Completions::new(&config)?);
    let runtime = runtime(config.cores)?;

    // Spawned, because the thread that blocks on a future is not one of the runtime's workers: an accept
    // loop there would wake another thread for every connection.
    let serving = runtime.spawn(serve(config.port, completions));
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

async fn serve(port: u16, completions: Arc<Completions>) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?.tap_io(|socket| {
        // A socket that refuses the option still serves, only later.
        let _ = socket.set_nodelay(true);
    });

    let (stop, stopped) = oneshot::channel();
    let server = axum::serve(listener, routes(completions)).with_graceful_shutdown(async move {
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

fn routes(completions: Arc<Completions>) -> Router {
    Router::new()
        .route("/chat", post(chat))
        .route("/batch", post(run_batch))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .route("/health", get(async || StatusCode::OK))
        .route("/info", get(info::info))
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
    let messages = order.messages.into_iter().map(Into::into).collect();
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
