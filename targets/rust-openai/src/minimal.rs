//! Asks the upstream without a client for the API: a request, a reader of events, and the official clients' retries. It
//! shows what the client costs, and leaves out what a service may want of it: types, other endpoints, tools, files.

use std::{error::Error, time::Duration};

use axum::body::Bytes;
use reqwest::{
    Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use tokio::time::sleep;

use crate::{
    bodies::Message,
    completions::{RETRIES, UpstreamError},
    config::Config,
    events::EventReader,
};

const FIRST_PAUSE: Duration = Duration::from_millis(500);

pub struct MinimalClient {
    http: reqwest::Client,
    url: Url,
    headers: HeaderMap,
    model: String,
}

#[derive(Serialize)]
struct Order<'a> {
    model: &'a str,
    messages: &'a [Message],
    stream: bool,
}

impl MinimalClient {
    pub fn new(config: &Config, http: reqwest::Client) -> Result<Self, Box<dyn Error>> {
        let url = format!("{}/chat/completions", config.base_url).parse()?;
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static("text/event-stream")),
            (AUTHORIZATION, format!("Bearer {}", config.api_key).parse()?),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        ]);
        Ok(Self { http, url, headers, model: config.model.clone() })
    }

    pub async fn stream(&self, messages: Vec<Message>) -> Result<MinimalPieces, UpstreamError> {
        let order = Order { model: &self.model, messages: &messages, stream: true };
        let body = serde_json::to_vec(&order).expect("text becomes JSON");
        let answer = self.ask(body.into()).await?;
        Ok(MinimalPieces { answer, events: EventReader::default(), is_finished: false })
    }

    /// An answer that is good, whose body is to be read. Like async-openai it tries again after a refusal that may pass,
    /// and where no connection could be made, but not after silence.
    async fn ask(&self, body: Bytes) -> Result<Response, UpstreamError> {
        let mut pause = FIRST_PAUSE;
        let mut retries_left = RETRIES;
        loop {
            let request = self.http.post(self.url.clone()).headers(self.headers.clone()).body(body.clone());
            let asked = match request.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => {
                    let (status, may_pass, asked) = (answer.status(), may_pass(&answer), pause_asked(answer.headers()));
                    let _ = answer.bytes().await; // so that the connection can be used again
                    if retries_left == 0 || !may_pass {
                        return Err(UpstreamError::answered(status.as_u16()));
                    }
                    asked
                }
                Err(error) if error.is_timeout() => return Err(UpstreamError::timed_out()),
                Err(error) if retries_left == 0 || !error.is_connect() => return Err(UpstreamError::broke()),
                Err(_) => None,
            };
            sleep(asked.unwrap_or(pause)).await;
            retries_left -= 1;
            pause *= 2;
        }
    }
}

/// By the statuses and headers that the official clients go by.
fn may_pass(answer: &Response) -> bool {
    match answer.headers().get("x-should-retry").map(HeaderValue::as_bytes) {
        Some(b"true") => true,
        Some(b"false") => false,
        _ => {
            let status = answer.status();
            let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::CONFLICT, StatusCode::TOO_MANY_REQUESTS];
            status.is_server_error() || passing.contains(&status)
        }
    }
}

/// How long the upstream asks to wait; `None` where it does not say.
fn pause_asked(headers: &HeaderMap) -> Option<Duration> {
    let number = |value: &HeaderValue| value.to_str().ok()?.parse::<f64>().ok();
    let ms = headers.get("retry-after-ms").and_then(number);
    let ms = ms.or_else(|| Some(headers.get(RETRY_AFTER).and_then(number)? * 1000.0));
    Duration::try_from_secs_f64(ms? / 1000.0).ok()
}

pub struct MinimalPieces {
    answer: Response,
    events: EventReader,
    is_finished: bool,
}

/// What is read of a chunk.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Delta,
    finish_reason: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
}

impl MinimalPieces {
    pub async fn next(&mut self) -> Option<Result<String, UpstreamError>> {
        loop {
            while let Some(data) = self.events.next_event() {
                // Nothing follows it, but a connection is used again only when its answer was read to the end.
                if data == b"[DONE]" {
                    continue;
                }
                let Ok(chunk) = serde_json::from_slice::<Chunk>(data) else {
                    return Some(Err(UpstreamError::malformed()));
                };
                if chunk.error.is_some() {
                    return Some(Err(UpstreamError::bad_gateway("upstream reported an error")));
                }
                // One choice is asked for, so there is one at most.
                let Some(choice) = chunk.choices.into_iter().next() else { continue };
                self.is_finished |= choice.finish_reason.is_some();
                if let Some(text) = choice.delta.content.filter(|text| !text.is_empty()) {
                    return Some(Ok(text));
                }
            }
            match self.answer.chunk().await {
                Ok(Some(piece)) => self.events.push(&piece),
                Ok(None) => return (!self.is_finished).then(|| Err(UpstreamError::ended_early())),
                Err(error) if error.is_timeout() => return Some(Err(UpstreamError::timed_out())),
                Err(_) => return Some(Err(UpstreamError::broke())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;

    #[test]
    fn a_pause_is_taken_from_the_header_that_is_exacter() {
        let pause = |headers: &[(&'static str, &'static str)]| {
            let named =
                headers.iter().map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
            pause_asked(&HeaderMap::from_iter(named))
        };
        assert_eq!(pause(&[("retry-after-ms", "250"), ("retry-after", "1")]), Some(Duration::from_millis(250)));
        assert_eq!(pause(&[("retry-after", "2")]), Some(Duration::from_secs(2)));
        for value in ["soon", "-1", "NaN"] {
            assert_eq!(pause(&[("retry-after", value)]), None, "{value}");
        }
        assert_eq!(pause(&[]), None);
    }
}
