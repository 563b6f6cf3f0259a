//! all-MiniLM-L6-v2: Hugging Face's tokenizer and Candle.

use std::{error::Error, path::Path};

use tokenizers::Tokenizer;

use crate::bert::Bert;

/// `[CLS]` and `[SEP]`.
const SPECIAL_TOKENS: usize = 2;

/// One for all threads.
pub struct Embedder {
    tokenizer: Tokenizer,
    bert: Bert,
}

#[derive(Debug, PartialEq)]
pub struct Embedding {
    pub values: Vec<f32>,
    /// How many tokens were kept, when there were more.
    pub truncated_to: Option<usize>,
}

impl Embedder {
    pub fn load(folder: &Path) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self {
            tokenizer: Tokenizer::from_file(folder.join("tokenizer.json"))?,
            bert: Bert::open(&folder.join("model.safetensors"))?,
        })
    }

    /// `None` when the text has no tokens.
    pub fn embed(&self, text: &str) -> Result<Option<Embedding>, Box<dyn Error + Send + Sync>> {
        let encoding = self.tokenizer.encode_fast(text, true)?;
        if encoding.len() <= SPECIAL_TOKENS {
            return Ok(None);
        }
        let truncated_to = (!encoding.get_overflowing().is_empty()).then(|| encoding.len());
        Ok(Some(Embedding { values: self.bert.embed(encoding.get_ids())?, truncated_to }))
    }
}
