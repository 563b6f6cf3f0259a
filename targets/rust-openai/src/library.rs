//! Asks the upstream through async-openai.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    middleware::{ReqwestService, retry::OpenAIRetryLayer},
    types::chat::{
        ChatCompletionRequestAssistantMessage, ChatCompletionRequestDeveloperMessage, ChatCompletionRequestMessage,
        ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage, ChatCompletionResponseStream,
        CreateChatCompletionRequest,
    },
};
use futures::StreamExt;
use tower::Layer;

use crate::{
    bodies::{Message, Role},
    completions::{RETRIES, UpstreamError},
    config::Config,
};

pub struct LibraryClient {
    client: Client<OpenAIConfig>,
    model: String,
    silence: Duration,
}

impl LibraryClient {
    pub fn new(config: &Config, http: reqwest::Client) -> Self {
        // Its own default is three retries.
        let service = OpenAIRetryLayer::new(RETRIES).layer(ReqwestService::new(http.clone()));
        #[cfg(feature = "tls")]
        let service = tower::util::MapResponse::new(service, crate::whole_answer::read_to_end);
        let settings = OpenAIConfig::new().with_api_base(&config.base_url).with_api_key(&config.api_key);
        Self {
            client: Client::build(http, settings).with_http_service(service),
            model: config.model.clone(),
            silence: config.silence,
        }
    }

    pub async fn stream(&self, messages: Vec<Message>) -> Result<LibraryPieces, UpstreamError> {
        let messages = messages.into_iter().map(Into::into).collect();
        let request = CreateChatCompletionRequest { model: self.model.clone(), messages, ..Default::default() };
        match self.client.chat().create_stream(request).await {
            Ok(chunks) => {
                Ok(LibraryPieces { chunks, heard: Instant::now(), silence: self.silence, is_finished: false })
            }
            Err(OpenAIError::Reqwest(error)) if error.is_timeout() => Err(UpstreamError::timed_out()),
            Err(error) => Err(explain(&error)),
        }
    }
}

impl From<Message> for ChatCompletionRequestMessage {
    fn from(Message { role, content }: Message) -> Self {
        match role {
            Role::System => ChatCompletionRequestSystemMessage::from(content).into(),
            Role::Developer => ChatCompletionRequestDeveloperMessage::from(content).into(),
            Role::User => ChatCompletionRequestUserMessage::from(content).into(),
            Role::Assistant => ChatCompletionRequestAssistantMessage::from(content).into(),
        }
    }
}

pub struct LibraryPieces {
    chunks: ChatCompletionResponseStream,
    heard: Instant,
    silence: Duration,
    is_finished: bool,
}

impl LibraryPieces {
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
        (!self.is_finished).then(|| Err(UpstreamError::ended_early()))
    }
}

fn explain(error: &OpenAIError) -> UpstreamError {
    match error {
        OpenAIError::ApiError(answer) => UpstreamError::answered(answer.status_code.as_u16()),
        OpenAIError::JSONDeserialize(..) => UpstreamError::malformed(),
        OpenAIError::Reqwest(_) | OpenAIError::StreamError(_) => UpstreamError::broke(),
        other => {
            eprintln!("completion failed: {other} {:?}", other.source());
            UpstreamError::bad_gateway("upstream failed")
        }
    }
}
