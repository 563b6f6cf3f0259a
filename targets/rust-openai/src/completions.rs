//! Asks the upstream for completions, and says in few words what went wrong.

use std::error::Error;

use axum::http::StatusCode;

use crate::{
    bodies::Message,
    config::Config,
    library::{LibraryClient, LibraryPieces},
    minimal::{MinimalClient, MinimalPieces},
};

/// As often as the official clients do by default.
pub const RETRIES: usize = 2;

/// What asks the upstream.
pub enum Completions {
    /// async-openai
    Library(LibraryClient),
    /// A reader of events, without a client for the API.
    Minimal(MinimalClient),
}

impl Completions {
    pub fn new(config: &Config) -> Result<Self, Box<dyn Error>> {
        // What checks certificates and encrypts. Nobody else sets one.
        #[cfg(feature = "tls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        // One limit for each wait: for the connection, for the headers, and for the bytes of every token.
        let http = reqwest::Client::builder().connect_timeout(config.silence).read_timeout(config.silence).build()?;
        match config.client.as_str() {
            "async-openai" => Ok(Self::Library(LibraryClient::new(config, http))),
            "minimal" => Ok(Self::Minimal(MinimalClient::new(config, http)?)),
            other => Err(format!("CLIENT is {other:?}, want async-openai or minimal").into()),
        }
    }

    /// Begins one completion. Dropping what it returns cancels the upstream's stream.
    pub async fn stream(&self, messages: Vec<Message>) -> Result<Pieces, UpstreamError> {
        match self {
            Self::Library(client) => client.stream(messages).await.map(Pieces::Library),
            Self::Minimal(client) => client.stream(messages).await.map(Pieces::Minimal),
        }
    }

    /// The whole completion at once.
    pub async fn text(&self, messages: Vec<Message>) -> Result<String, UpstreamError> {
        let mut pieces = self.stream(messages).await?;
        let mut text = String::new();
        while let Some(piece) = pieces.next().await {
            text.push_str(&piece?);
        }
        Ok(text)
    }
}

/// The text of a completion, piece by piece as it comes.
pub enum Pieces {
    Library(LibraryPieces),
    Minimal(MinimalPieces),
}

impl Pieces {
    /// `None` is the end. After an error there is nothing more to ask for.
    pub async fn next(&mut self) -> Option<Result<String, UpstreamError>> {
        match self {
            Self::Library(pieces) => pieces.next().await,
            Self::Minimal(pieces) => pieces.next().await,
        }
    }
}

/// The upstream failed for good; status and text are what our own client is told.
#[derive(Debug)]
pub struct UpstreamError {
    pub status: StatusCode,
    pub text: String,
}

impl UpstreamError {
    pub fn bad_gateway(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_GATEWAY, text: text.into() }
    }

    pub fn answered(status: u16) -> Self {
        Self::bad_gateway(format!("upstream answered {status}"))
    }

    pub fn broke() -> Self {
        Self::bad_gateway("upstream connection broke")
    }

    pub fn malformed() -> Self {
        Self::bad_gateway("upstream sent a malformed chunk")
    }

    /// A stream without a finish_reason was cut, however tidy its end.
    pub fn ended_early() -> Self {
        Self::bad_gateway("upstream ended early")
    }

    pub fn timed_out() -> Self {
        Self { status: StatusCode::GATEWAY_TIMEOUT, text: "upstream timed out".to_owned() }
    }
}
