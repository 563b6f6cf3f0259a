//! Answers the predict scenario with axum on tokio and hyper.

mod config;
mod info;

use std::{error::Error, io, net::Ipv4Addr, time::Duration};

use axum::{Router, http::StatusCode, routing::get, serve::ListenerExt};
use mimalloc::MiMalloc;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    select,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    time::sleep,
};

use crate::config::Config;

// A server allocates on every request, and glibc's allocator is the slower one at that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const PREDICTION: &str = "Prediction: Iris-Setosa";

/// How long requests in flight may take after a TERM before their connections are cut.
const DRAIN: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env(|name| std::env::var(name).ok())?;
    let runtime = runtime(config.cores)?;

    // Spawned, because the thread that blocks on a future is not one of the runtime's workers: an accept
    // loop there would wake another thread for every connection.
    let serving = runtime.spawn(serve(config.port));
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

async fn serve(port: u16) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?.tap_io(|socket| {
        // A socket that refuses the option still serves, only later.
        let _ = socket.set_nodelay(true);
    });

    let (stop, stopped) = oneshot::channel();
    let server = axum::serve(listener, routes()).with_graceful_shutdown(async move {
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

fn routes() -> Router {
    Router::new()
        .route("/predict", get(async || PREDICTION))
        .route("/health", get(async || StatusCode::OK))
        .route("/info", get(info::info))
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, StatusCode},
    };
    use tower::ServiceExt;

    use super::*;

    async fn ask(method: &str, path: &str) -> (StatusCode, String) {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = routes().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn routes_answer_their_method_and_path_only() {
        let cases = [
            ("GET", "/predict", StatusCode::OK, PREDICTION),
            ("GET", "/predict?sepal_length=5.1", StatusCode::OK, PREDICTION),
            ("GET", "/health", StatusCode::OK, ""),
            ("POST", "/predict", StatusCode::METHOD_NOT_ALLOWED, ""),
            ("GET", "/predict/iris", StatusCode::NOT_FOUND, ""),
            ("GET", "/", StatusCode::NOT_FOUND, ""),
        ];
        runtime(1).unwrap().block_on(async {
            for (method, path, status, body) in cases {
                assert_eq!(ask(method, path).await, (status, body.to_owned()), "{method} {path}");
            }
        });
    }

    #[test]
    fn info_counts_the_workers_of_the_runtime_it_runs_on() {
        for cores in [1, 2] {
            let runtime = runtime(cores).unwrap();
            let (status, body) = runtime.block_on(ask("GET", "/info"));
            let info: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!(status, StatusCode::OK);
            assert_eq!(info["threads"]["tokio_workers"], cores);
            assert_eq!(info["framework"], "axum");
        }
    }
}
