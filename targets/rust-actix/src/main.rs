//! Answers the predict scenario with actix-web.

mod info;
mod serve;
mod settings;

use std::error::Error;

use actix_web::{
    HttpResponse,
    web::{self, Json, ServiceConfig},
};
use mimalloc::MiMalloc;

use crate::info::Info;

// A server allocates on every request, and glibc's allocator is the slower one at that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const PREDICTION: &str = "Prediction: Iris-Setosa";

fn main() -> Result<(), Box<dyn Error>> {
    let (port, cores) = (settings::port(&settings::of_process)?, settings::cores(&settings::of_process)?);
    Ok(serve::run(cores.into(), port, routes)?)
}

/// Resources rather than routes of the application: one that is asked with another method answers 405, a route 404.
fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/predict").route(web::get().to(async || PREDICTION)))
        .service(web::resource("/health").route(web::get().to(async || HttpResponse::Ok())))
        .service(web::resource("/info").route(web::get().to(async || Json(Info::new(serve::workers())))));
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App,
        http::{Method, StatusCode},
        rt::System,
        test,
    };

    use super::*;

    async fn ask(method: Method, path: &str) -> (StatusCode, String) {
        let service = test::init_service(App::new().configure(routes)).await;
        let request = test::TestRequest::default().method(method).uri(path).to_request();
        let response = test::call_service(&service, request).await;
        let status = response.status();
        let body = test::read_body(response).await;
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn resources_answer_their_method_and_path_only() {
        let cases = [
            (Method::GET, "/predict", StatusCode::OK, PREDICTION),
            (Method::GET, "/predict?sepal_length=5.1", StatusCode::OK, PREDICTION),
            (Method::GET, "/health", StatusCode::OK, ""),
            (Method::POST, "/predict", StatusCode::METHOD_NOT_ALLOWED, ""),
            (Method::GET, "/predict/iris", StatusCode::NOT_FOUND, ""),
            (Method::GET, "/", StatusCode::NOT_FOUND, ""),
        ];
        System::new().block_on(async {
            for (method, path, status, body) in cases {
                assert_eq!(ask(method.clone(), path).await, (status, body.to_owned()), "{method} {path}");
            }
        });
    }

    #[test]
    fn info_is_json_and_names_the_framework() {
        let (status, body) = System::new().block_on(ask(Method::GET, "/info"));
        let info: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(status, StatusCode::OK);
        assert_eq!(info["framework"], "actix-web");
        assert_eq!(info["language"], "rust");
    }

    /// The server itself, on a port of its own.
    #[test]
    fn a_worker_a_core_serves_and_says_so() {
        use std::{
            io::{Read, Write},
            net::{TcpListener, TcpStream},
            thread,
            time::Duration,
        };

        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        thread::spawn(move || serve::run(2, port, routes));
        let mut connection = (0..100)
            .find_map(|_| {
                TcpStream::connect(("127.0.0.1", port)).map_err(|_| thread::sleep(Duration::from_millis(20))).ok()
            })
            .expect("listens within two seconds");
        connection.write_all(b"GET /info HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(r#""actix_workers":2"#), "{answer}");
    }
}
