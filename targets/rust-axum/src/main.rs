//! Answers the predict scenario with axum on tokio and hyper.

mod info;
mod serve;
mod settings;

use std::error::Error;

use axum::{Json, Router, http::StatusCode, routing::get};
use mimalloc::MiMalloc;

use crate::info::Info;

// A server allocates on every request, and glibc's allocator is the slower one at that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const PREDICTION: &str = "Prediction: Iris-Setosa";

fn main() -> Result<(), Box<dyn Error>> {
    let (port, cores) = (settings::port(&settings::of_process)?, settings::cores(&settings::of_process)?);
    Ok(serve::run(cores.into(), port, routes())?)
}

fn routes() -> Router {
    Router::new()
        .route("/predict", get(async || PREDICTION))
        .route("/health", get(async || StatusCode::OK))
        .route("/info", get(async || Json(Info::new([]))))
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::{Request, StatusCode},
    };
    use tower::ServiceExt;

    use super::*;
    use crate::serve::runtime;

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
