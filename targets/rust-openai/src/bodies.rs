//! Request bodies: their shapes, and how they are read.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Failure;

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    Developer,
    User,
    Assistant,
}

#[derive(Deserialize, Serialize)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

#[derive(Deserialize)]
pub struct ChatOrder {
    pub messages: Vec<Message>,
}

/// The article's script: that many questions, so many of them under way at any time.
#[derive(Clone, Deserialize)]
pub struct BatchOrder {
    pub tasks: usize,
    pub concurrency: usize,
    /// Moves the numbers that are asked about.
    #[serde(default)]
    pub seed: u64,
    /// Ends every question.
    #[serde(default)]
    pub suffix: String,
}

/// A body that knows when it makes no sense.
pub trait Checked {
    fn check(&self) -> Result<(), &'static str>;
}

impl Checked for ChatOrder {
    fn check(&self) -> Result<(), &'static str> {
        if self.messages.is_empty() {
            return Err("messages must have at least one message");
        }
        if self.messages.iter().any(|message| message.content.is_empty()) {
            return Err("content must not be empty");
        }
        Ok(())
    }
}

impl Checked for BatchOrder {
    fn check(&self) -> Result<(), &'static str> {
        if !(1..=100_000).contains(&self.tasks) {
            return Err("tasks must be from 1 to 100000");
        }
        if !(1..=10_000).contains(&self.concurrency) {
            return Err("concurrency must be from 1 to 10000");
        }
        Ok(())
    }
}

/// JSON whatever the content type says, refused in JSON too: axum's own extractor does neither.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Checked> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Failure { status: rejection.status(), text: rejection.body_text() })?;
        let bad = |text: String| Failure { status: StatusCode::BAD_REQUEST, text };
        let value: T = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        value.check().map_err(|text| bad(text.to_owned()))?;
        Ok(Self(value))
    }
}
