//! A request's text, checked.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::Deserialize;

use crate::refusal::Refusal;

/// `{"text": "…"}`; other members are ignored. serde takes neither invalid UTF-8 nor half a surrogate pair.
#[derive(Debug, Deserialize)]
pub struct Text {
    pub text: String,
}

impl Text {
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        // serde would fill the struct from a list as well.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Err(Refusal::bad_request("the body is not an object with a text"));
        }
        serde_json::from_slice(body).map_err(|error| Refusal::bad_request(error.to_string()))
    }
}

/// In place of axum's `Json`, which answers bad input with other statuses and in plain text.
impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Refusal::new(rejection.status(), rejection.body_text()))?;
        Self::parse(&body)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn bad_bodies_are_refused() {
        let deep = "[".repeat(100_000);
        let nested = format!("{{\"x\":{deep}");
        let bodies: [&[u8]; 14] = [
            b"",
            b"null",
            b"[\"a\"]",
            b"\"a\"",
            b"{}",
            b"{\"text\":null}",
            b"{\"text\":17}",
            b"{\"text\":[\"a\"]}",
            b"{\"text\":\"a",
            b"{\"text\":\"a\"} x",
            b"{\"text\":\"gr\xfc\"}",
            b"{\"text\":\"\\ud83d\"}",
            deep.as_bytes(),
            nested.as_bytes(),
        ];
        for body in bodies {
            let refusal = Text::parse(body).unwrap_err();
            assert_eq!(refusal.status, StatusCode::BAD_REQUEST, "{}", body.escape_ascii());
        }
    }

    #[test]
    fn other_members_are_ignored() {
        let text = Text::parse(br#" {"n":[1],"text":"h\u00e4\ud83d\ude42"}"#).unwrap();
        assert_eq!(text.text, "hä🙂");
    }
}
