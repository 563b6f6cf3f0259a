//! A request for a ranking, checked.

use std::{collections::HashSet, num::NonZeroUsize};

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde::Deserialize;

use crate::refusal::Refusal;

const MAX_CANDIDATES: usize = 1000;

/// At least one candidate, none twice.
#[derive(Debug, Deserialize, PartialEq)]
pub struct Ranking {
    pub user_id: i32,
    pub item_ids: Vec<i32>,
    pub size: NonZeroUsize,
}

impl Ranking {
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        // serde would fill a struct's fields from an array, too.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Err(Refusal::bad_request("the body is not a JSON object"));
        }
        let mut ranking: Self =
            serde_json::from_slice(body).map_err(|error| Refusal::bad_request(error.to_string()))?;
        match ranking.item_ids.len() {
            0 => return Err(Refusal::bad_request("item_ids is empty")),
            1..=MAX_CANDIDATES => {}
            _ => return Err(too_many()),
        }
        let mut seen = HashSet::with_capacity(ranking.item_ids.len());
        ranking.item_ids.retain(|id| seen.insert(*id));
        Ok(ranking)
    }
}

fn too_many() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("at most {MAX_CANDIDATES} item_ids"))
}

/// JSON whatever the content type says, refused in JSON too: axum's own extractor does neither.
impl<S: Send + Sync> FromRequest<S> for Ranking {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let body = Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_many(),
            _ => Refusal::bad_request("the body ended early"),
        })?;
        Self::parse(&body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_named_twice_is_kept_once_in_its_first_place() {
        let ranking = Ranking::parse(br#" {"user_id":-7,"item_ids":[3,1,3,2,1],"size":10}"#).unwrap();
        let size = NonZeroUsize::new(10).unwrap();
        assert_eq!(ranking, Ranking { user_id: -7, item_ids: vec![3, 1, 2], size });
    }

    #[test]
    fn a_bad_body_is_refused() {
        let too_many = format!(r#"{{"user_id":1,"size":1,"item_ids":[1{}]}}"#, ",1".repeat(MAX_CANDIDATES));
        let cases = [
            (r#"{"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":"1","item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":true,"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1.5,"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":3000000000,"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1,"item_ids":[1,null],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1,"item_ids":[],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1,"item_ids":[1],"size":0}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1,"item_ids":[1],"size":1}x"#, StatusCode::BAD_REQUEST),
            ("[1,[1],1]", StatusCode::BAD_REQUEST),
            ("null", StatusCode::BAD_REQUEST),
            ("", StatusCode::BAD_REQUEST),
            (&too_many, StatusCode::PAYLOAD_TOO_LARGE),
        ];
        for (body, status) in cases {
            assert_eq!(Ranking::parse(body.as_bytes()).unwrap_err().status(), status, "{body}");
        }
        let deep = format!(r#"{{"x":{}"#, "[".repeat(100_000));
        assert_eq!(Ranking::parse(deep.as_bytes()).unwrap_err().status(), StatusCode::BAD_REQUEST);
        assert_eq!(Ranking::parse(b"\xff\xfe").unwrap_err().status(), StatusCode::BAD_REQUEST);
    }
}
