//! A request for a ranking, checked.

use std::{collections::HashSet, num::NonZeroUsize};

use ntex::http::StatusCode;
use serde::Deserialize;

use crate::refusal::Refusal;

const MAX_CANDIDATES: usize = 1000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
}

/// At least one candidate.
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
        let ranking: Self = serde_json::from_slice(body).map_err(|error| Refusal::bad_request(error.to_string()))?;
        match ranking.item_ids.len() {
            0 => Err(Refusal::bad_request("item_ids is empty")),
            1..=MAX_CANDIDATES => Ok(ranking),
            _ => Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("at most {MAX_CANDIDATES} item_ids"))),
        }
    }

    /// Where the request comes from. The article's say it; here it is in the same town, by the user.
    pub fn place(&self) -> Place {
        let user = f64::from(self.user_id);
        Place { latitude: 13.6 + user.rem_euclid(300.0) / 1000.0, longitude: 100.4 + user.rem_euclid(400.0) / 1000.0 }
    }

    /// The refusal that names every id which is not there; None where all are.
    pub fn unknown(&self, user_found: bool, items_found: &[i64]) -> Option<Refusal> {
        let mut known: HashSet<_> = items_found.iter().copied().collect();
        let items: Vec<_> =
            self.item_ids.iter().filter(|id| known.insert(i64::from(**id))).map(i32::to_string).collect();
        let mut parts = Vec::new();
        if !user_found {
            parts.push(format!("unknown user: {}", self.user_id));
        }
        if !items.is_empty() {
            parts.push(format!("unknown items: {}", items.join(", ")));
        }
        (!parts.is_empty()).then(|| Refusal::new(StatusCode::NOT_FOUND, parts.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_body_is_refused() {
        let too_many = format!(r#"{{"user_id":1,"size":1,"item_ids":[1{}]}}"#, ",1".repeat(MAX_CANDIDATES));
        let cases = [
            (r#"{"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":"1","item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":true,"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1.5,"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":3000000000,"item_ids":[1],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1,"item_ids":[],"size":1}"#, StatusCode::BAD_REQUEST),
            (r#"{"user_id":1,"item_ids":[1],"size":0}"#, StatusCode::BAD_REQUEST),
            ("[1,[1],1]", StatusCode::BAD_REQUEST),
            ("null", StatusCode::BAD_REQUEST),
            ("", StatusCode::BAD_REQUEST),
            (&too_many, StatusCode::PAYLOAD_TOO_LARGE),
        ];
        for (body, status) in cases {
            assert_eq!(Ranking::parse(body.as_bytes()).unwrap_err().status(), status, "{body}");
        }
    }

    #[test]
    fn every_unknown_id_is_named_once() {
        let ranking = Ranking::parse(br#"{"user_id":9,"item_ids":[1,2,3,1],"size":10}"#).unwrap();
        let named = |user, items: &[i64]| ranking.unknown(user, items);
        let refusal = |message: &str| Some(Refusal::new(StatusCode::NOT_FOUND, message));
        assert_eq!(named(true, &[3, 2, 1]), None);
        assert_eq!(named(false, &[1, 2, 3]), refusal("unknown user: 9"));
        assert_eq!(named(true, &[2]), refusal("unknown items: 1, 3"));
        assert_eq!(named(false, &[]), refusal("unknown user: 9; unknown items: 1, 2, 3"));
    }
}
