//! all-MiniLM-L6-v2: Hugging Face's tokenizer and Candle.

use std::path::Path;

use tokenizers::Tokenizer;

use crate::{
    bert::Bert,
    runs::{Answer, Failure, Tokens, embed_all},
};

/// One for all threads.
pub struct Embedder {
    tokenizer: Tokenizer,
    bert: Bert,
}

impl Embedder {
    pub fn load(folder: &Path) -> Result<Self, Failure> {
        Ok(Self {
            tokenizer: Tokenizer::from_file(folder.join("tokenizer.json"))?,
            bert: Bert::open(&folder.join("model.safetensors"))?,
        })
    }

    /// One answer a text, in order.
    pub fn embed(&self, texts: &[String]) -> Vec<Answer> {
        let tokens = texts.iter().map(|text| self.tokens_of(text)).collect();
        embed_all(tokens, |run| Ok(self.bert.embed(run)?))
    }

    fn tokens_of(&self, text: &str) -> Result<Tokens, Failure> {
        let encoding = self.tokenizer.encode_fast(text, true)?;
        Ok(Tokens { ids: encoding.get_ids().to_vec(), truncated: !encoding.get_overflowing().is_empty() })
    }
}
