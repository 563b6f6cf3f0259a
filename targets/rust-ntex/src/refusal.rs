//! Answers other than 200, as the client sees them.

use ntex::{http::StatusCode, web::HttpResponse};
use serde_json::json;

#[derive(Debug, PartialEq)]
pub struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn no_database() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
    }

    /// For what should not happen: the log gets the details, the client does not.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        eprintln!("{error}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
    }

    pub fn response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(&json!({ "error": self.message }))
    }

    #[cfg(test)]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}
