//! BERT as all-MiniLM-L6-v2 configures it, with mean pooling and unit length, for several texts at a time.
//!
//! The texts of a run lie one behind the other, and nothing is padded: all that is done token by token, which is nearly all there is,
//! is done for them together, and in the attention each has its own rows.
//!
//! candle-transformers has one too, with every other model there is: minutes more to compile, three products where one does
//! for query, key and value, and weights that are laid out anew in every call.

use std::{error::Error, fs, path::Path};

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::{LayerNorm, Linear, Module, VarBuilder, layer_norm, linear, ops::softmax_last_dim};

use crate::gelu::BiasGelu;

const LAYERS: usize = 6;
const HEADS: usize = 12;
const WIDTH: usize = 384;
const INNER_WIDTH: usize = 1536;
const VOCABULARY: usize = 30_522;
const POSITIONS: usize = 512;
const SEGMENTS: usize = 2;
const EPSILON: f64 = 1e-12;

pub struct Bert {
    words: Tensor,
    /// with the embedding of the first segment, the only one, added
    positions: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Bert {
    pub fn open(file: &Path) -> std::result::Result<Self, Box<dyn Error + Send + Sync>> {
        let weights = VarBuilder::from_buffered_safetensors(fs::read(file)?, DType::F32, &Device::Cpu)?;
        Ok(Self::new(&weights)?)
    }

    pub fn new(weights: &VarBuilder) -> Result<Self> {
        let embeddings = weights.pp("embeddings");
        let positions = embeddings.get((POSITIONS, WIDTH), "position_embeddings.weight")?;
        let segments = embeddings.get((SEGMENTS, WIDTH), "token_type_embeddings.weight")?;
        Ok(Self {
            words: embeddings.get((VOCABULARY, WIDTH), "word_embeddings.weight")?,
            positions: positions.broadcast_add(&segments.get(0)?)?,
            norm: layer_norm(WIDTH, EPSILON, embeddings.pp("LayerNorm"))?,
            layers: (0..LAYERS)
                .map(|n| Layer::new(&weights.pp(format!("encoder.layer.{n}"))))
                .collect::<Result<_>>()?,
        })
    }

    /// One embedding a text, which is its tokens' ids, at least one: the mean over them, at unit length.
    pub fn embed(&self, texts: &[&[u32]]) -> Result<Vec<Vec<f32>>> {
        let lengths: Vec<usize> = texts.iter().map(|ids| ids.len()).collect();
        let hidden = self.last_hidden_state(texts, &lengths)?;
        let embedding = |text: Result<Tensor>| {
            let mean = text?.mean(0)?;
            let length = mean.sqr()?.sum_all()?.sqrt()?;
            mean.broadcast_div(&length)?.to_vec1()
        };
        rows_of_each(&hidden, &lengths).map(embedding).collect()
    }

    /// tokens of all texts × width
    fn last_hidden_state(&self, texts: &[&[u32]], lengths: &[usize]) -> Result<Tensor> {
        let places: Vec<u32> = lengths.iter().flat_map(|&length| 0..length as u32).collect();
        let of_tokens = |table: &Tensor, rows: Vec<u32>| table.index_select(&Tensor::new(rows, &Device::Cpu)?, 0);
        let hidden = (of_tokens(&self.words, texts.concat())? + of_tokens(&self.positions, places)?)?;
        let hidden = self.norm.forward(&hidden)?;
        self.layers.iter().try_fold(hidden, |hidden, layer| layer.forward(&hidden, lengths))
    }
}

/// The part of each text, of what has a row for every token of all of them.
fn rows_of_each(all: &Tensor, lengths: &[usize]) -> impl Iterator<Item = Result<Tensor>> {
    lengths.iter().scan(0, move |next, &length| {
        let first = *next;
        *next += length;
        Some(all.narrow(0, first, length))
    })
}

struct Layer {
    /// query, key and value in one
    attention: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    /// inputs × outputs; what follows adds the bias
    inner: Tensor,
    inner_bias: Tensor,
    outer: Linear,
    norm: LayerNorm,
}

impl Layer {
    fn new(weights: &VarBuilder) -> Result<Self> {
        let attention = weights.pp("attention");
        let output = attention.pp("output");
        let inner = weights.pp("intermediate.dense");
        Ok(Self {
            attention: packed(&merged(&attention.pp("self"))?)?,
            attention_output: packed(&linear(WIDTH, WIDTH, output.pp("dense"))?)?,
            attention_norm: layer_norm(WIDTH, EPSILON, output.pp("LayerNorm"))?,
            inner: inner.get((INNER_WIDTH, WIDTH), "weight")?.t()?.contiguous()?,
            inner_bias: inner.get(INNER_WIDTH, "bias")?,
            outer: packed(&linear(INNER_WIDTH, WIDTH, weights.pp("output.dense"))?)?,
            norm: layer_norm(WIDTH, EPSILON, weights.pp("output.LayerNorm"))?,
        })
    }

    fn forward(&self, hidden: &Tensor, lengths: &[usize]) -> Result<Tensor> {
        let attended = self.attention_output.forward(&self.attend(hidden, lengths)?)?;
        let hidden = self.attention_norm.forward(&(attended + hidden)?)?;
        let inner = hidden.matmul(&self.inner)?;
        inner.inplace_op2(&self.inner_bias, &BiasGelu)?;
        self.norm.forward(&(self.outer.forward(&inner)? + hidden)?)
    }

    fn attend(&self, hidden: &Tensor, lengths: &[usize]) -> Result<Tensor> {
        let all = self.attention.forward(hidden)?;
        let contexts = rows_of_each(&all, lengths).map(|text| context(&text?)).collect::<Result<Vec<_>>>()?;
        Tensor::cat(&contexts, 0)
    }
}

/// What the tokens of a text take from one another.
fn context(attention: &Tensor) -> Result<Tensor> {
    let tokens = attention.dim(0)?;
    // 3 × heads × tokens × width of a head
    let parts = attention.reshape((tokens, 3, HEADS, WIDTH / HEADS))?.permute((1, 2, 0, 3))?.contiguous()?;
    let (query, key, value) = (parts.get(0)?, parts.get(1)?, parts.get(2)?);
    let scores = query.matmul(&key.transpose(D::Minus1, D::Minus2)?)?;
    let context = softmax_last_dim(&scores)?.matmul(&value)?;
    context.transpose(0, 1)?.contiguous()?.reshape((tokens, WIDTH))
}

/// One layer for query, key and value; the attention's 1 / √(width of a head) is in the query's weights.
fn merged(weights: &VarBuilder) -> Result<Linear> {
    let scale = 1.0 / ((WIDTH / HEADS) as f64).sqrt();
    let mut parts = Vec::with_capacity(3);
    for (name, scale) in [("query", scale), ("key", 1.0), ("value", 1.0)] {
        let part = linear(WIDTH, WIDTH, weights.pp(name))?;
        let bias = part.bias().map(|bias| bias * scale).transpose()?;
        parts.push(((part.weight() * scale)?, bias));
    }
    let weight = Tensor::cat(&parts.iter().map(|(weight, _)| weight).collect::<Vec<_>>(), 0)?;
    let bias = Tensor::cat(&parts.iter().filter_map(|(_, bias)| bias.as_ref()).collect::<Vec<_>>(), 0)?;
    Ok(Linear::new(weight, Some(bias)))
}

/// Candle multiplies by the transpose of a layer's weights (outputs × inputs), and for that lays them out anew in every call, unless
/// the transpose is what lies in memory.
fn packed(layer: &Linear) -> Result<Linear> {
    let weight = layer.weight().t()?.contiguous()?.t()?;
    Ok(Linear::new(weight, layer.bias().cloned()))
}

#[cfg(test)]
mod tests {
    use candle_nn::VarMap;

    use super::*;

    #[test]
    fn a_text_is_what_it_is_alone_whatever_lies_beside_it() {
        let weights = VarBuilder::from_varmap(&VarMap::new(), DType::F32, &Device::Cpu);
        let layer = Layer::new(&weights).unwrap();
        let lengths = [3, 1, 7];
        let hidden = Tensor::randn(0_f32, 1.0, (11, WIDTH), &Device::Cpu).unwrap();
        let together = layer.forward(&hidden, &lengths).unwrap();
        for (text, in_run) in rows_of_each(&hidden, &lengths).zip(rows_of_each(&together, &lengths)) {
            let text = text.unwrap();
            let alone = layer.forward(&text, &[text.dim(0).unwrap()]).unwrap();
            let difference = (alone - in_run.unwrap()).unwrap().abs().unwrap().max_all().unwrap();
            assert!(difference.to_scalar::<f32>().unwrap() < 1e-5);
        }
    }
}
