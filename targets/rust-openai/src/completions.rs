//! Asks the upstream through async-openai, and says in few words what went wrong.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    middleware::{ReqwestService, retry::OpenAIRetryLayer},
    types::chat::{ChatCompletionRequestMessage, ChatCompletionResponseStream, CreateChatCompletionRequest},
};
use axum::http::StatusCode;
use futures::StreamExt;
use tower::Layer;

use crate::config::Config;

/// As often as the official clients do by default; this one's own default is three.
const RETRIES: usize = 2;

pub struct Completions {
    client: Client<OpenAIConfig>,
    model: String,
    silence: Duration,
}

/// The upstream failed for good; status and text are what our own client is told.
#[derive(Debug)]
pub struct UpstreamError {
    pub status: StatusCode,
    pub text: String,
}

impl UpstreamError {
    fn bad_gateway(text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_GATEWAY, text: text.into() }
    }

    fn timed_out() -> Self {
        Self { status: StatusCode::GATEWAY_TIMEOUT, text: "upstream timed out".to_owned() }
    }
}

impl Completions {
    pub fn new(config: &Config) -> reqwest::Result<Self> {
        // One limit for each wait: for the connection, for the headers, and for the bytes of every token.
        let http = reqwest::Client::builder().connect_timeout(config.silence).read_timeout(config.silence).build()?;
        let service = OpenAIRetryLayer::new(RETRIES).layer(ReqwestService::new(http.clone()));
        let settings = OpenAIConfig::new().with_api_base(&config.base_url).with_api_key(&config.api_key);
        Ok(Self {
            client: Client::build(http, settings).with_http_service(service),
            model: config.model.clone(),
            silence: config.silence,
        })
    }

    /// Begins one completion. Dropping what it returns cancels the upstream's stream.
    pub async fn stream(&self, messages: Vec<ChatCompletionRequestMessage>) -> Result<Pieces, UpstreamError> {
        let request = CreateChatCompletionRequest { model: self.model.clone(), messages, ..Default::default() };
        match self.client.chat().create_stream(request).await {
            Ok(chunks) => Ok(Pieces { chunks, heard: Instant::now(), silence: self.silence, is_finished: false }),
            Err(OpenAIError::Reqwest(error)) if error.is_timeout() => Err(UpstreamError::timed_out()),
            Err(error) => Err(explain(&error)),
        }
    }

    /// The whole completion at once.
    pub async fn text(&self, messages: Vec<ChatCompletionRequestMessage>) -> Result<String, UpstreamError> {
        let mut pieces = self.stream(messages).await?;
        let mut text = String::new();
        while let Some(piece) = pieces.next().await {
            text.push_str(&piece?);
        }
        Ok(text)
    }
}

/// The text of a completion, piece by piece as it comes.
pub struct Pieces {
    chunks: ChatCompletionResponseStream,
    heard: Instant,
    silence: Duration,
    is_finished: bool,
}

impl Pieces {
    /// `None` is the end. After an error there is nothing more to ask for.
    pub async fn next(&mut self) -> Option<Result<String, UpstreamError>> {
        while let Some(chunk) = self.chunks.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                // The client hands the transport's error on as its text alone, which does not tell a timeout from a
                // reset: the clock does.
                Err(OpenAIError::StreamError(_)) if self.heard.elapsed() >= self.silence => {
                    return Some(Err(UpstreamError::timed_out()));
                }
                Err(error) => return Some(Err(explain(&error))),
            };
            self.heard = Instant::now();
            // One choice is asked for, so there is one at most.
            let Some(choice) = chunk.choices.into_iter().next() else { continue };
            self.is_finished |= choice.finish_reason.is_some();
            if let Some(text) = choice.delta.content.filter(|text| !text.is_empty()) {
                return Some(Ok(text));
            }
        }
        // The client takes a stream that was cut tidily for a complete one.
        (!self.is_finished).then(|| Err(UpstreamError::bad_gateway("upstream ended early")))
    }
}

fn explain(error: &OpenAIError) -> UpstreamError {
    match error {
        OpenAIError::ApiError(answer) => {
            UpstreamError::bad_gateway(format!("upstream answered {}", answer.status_code.as_u16()))
        }
        OpenAIError::JSONDeserialize(..) => UpstreamError::bad_gateway("upstream sent a malformed chunk"),
        OpenAIError::Reqwest(_) | OpenAIError::StreamError(_) => {
            UpstreamError::bad_gateway("upstream connection broke")
        }
        other => {
            eprintln!("completion failed: {other} {:?}", other.source());
            UpstreamError::bad_gateway("upstream failed")
        }
    }
}
