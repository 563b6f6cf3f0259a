//! BERT as all-MiniLM-L6-v2 configures it, with mean pooling and unit length.
//!
//! candle-transformers has one too, with every other model there is: minutes more to compile, three products where one does
//! for query, key and value, and weights that are laid out anew in every call.

use std::{error::Error, fs};

use candle_core::{D, DType, Device, Result, Tensor};
use candle_nn::{LayerNorm, Linear, Module, VarBuilder, layer_norm, linear, ops::softmax_last_dim};

const LAYERS: usize = 6;
const HEADS: usize = 12;
const WIDTH: usize = 384;
const INNER_WIDTH: usize = 1536;
const VOCABULARY: usize = 30_522;
const POSITIONS: usize = 512;
const SEGMENTS: usize = 2;
const EPSILON: f64 = 1e-12;

/// Added to the score of a padded position: its share rounds to 0.
const MASKED: f32 = -1e9;

pub struct Bert {
    words: Tensor,
    /// with the embedding of the first segment, the only one, added
    positions: Tensor,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Bert {
    pub fn open(path: &str) -> std::result::Result<Self, Box<dyn Error>> {
        let weights = VarBuilder::from_buffered_safetensors(fs::read(path)?, DType::F32, &Device::Cpu)?;
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

    /// One embedding a text; a text is its tokens' ids, at least one.
    pub fn embed(&self, texts: &[Vec<u32>]) -> Result<Vec<Vec<f32>>> {
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        let places = || texts.iter().flat_map(|text| (0..longest).map(|place| text.get(place)));
        let ids: Vec<u32> = places().map(|id| id.copied().unwrap_or(0)).collect();
        let kept: Vec<f32> = places().map(|id| if id.is_some() { 1.0 } else { 0.0 }).collect();

        let shape = (texts.len(), longest);
        let ids = Tensor::from_vec(ids, shape, &Device::Cpu)?;
        let mask = Tensor::from_vec(kept, shape, &Device::Cpu)?;
        let padding = if texts.iter().all(|text| text.len() == longest) {
            None
        } else {
            // batch × 1 × 1 × sequence, added to every row of scores
            Some(mask.affine(f64::from(-MASKED), f64::from(MASKED))?.unsqueeze(1)?.unsqueeze(1)?)
        };
        pooled(&self.last_hidden_state(&ids, padding.as_ref())?, &mask)?.to_vec2()
    }

    fn last_hidden_state(&self, ids: &Tensor, padding: Option<&Tensor>) -> Result<Tensor> {
        let (batch, sequence) = ids.dims2()?;
        let words = self.words.index_select(&ids.flatten_all()?, 0)?.reshape((batch, sequence, WIDTH))?;
        let hidden = words.broadcast_add(&self.positions.narrow(0, 0, sequence)?)?;
        let hidden = self.norm.forward(&hidden)?;
        self.layers.iter().try_fold(hidden, |hidden, layer| layer.forward(&hidden, padding))
    }
}

/// The mean over the tokens, padding left out, at unit length.
fn pooled(hidden: &Tensor, mask: &Tensor) -> Result<Tensor> {
    let sum = hidden.broadcast_mul(&mask.unsqueeze(2)?)?.sum(1)?;
    let mean = sum.broadcast_div(&mask.sum_keepdim(1)?)?;
    mean.broadcast_div(&mean.sqr()?.sum_keepdim(1)?.sqrt()?)
}

struct Layer {
    /// query, key and value in one
    attention: Linear,
    attention_output: Linear,
    attention_norm: LayerNorm,
    inner: Linear,
    outer: Linear,
    norm: LayerNorm,
}

impl Layer {
    fn new(weights: &VarBuilder) -> Result<Self> {
        let attention = weights.pp("attention");
        let output = attention.pp("output");
        Ok(Self {
            attention: packed(&merged(&attention.pp("self"))?)?,
            attention_output: packed(&linear(WIDTH, WIDTH, output.pp("dense"))?)?,
            attention_norm: layer_norm(WIDTH, EPSILON, output.pp("LayerNorm"))?,
            inner: packed(&linear(WIDTH, INNER_WIDTH, weights.pp("intermediate.dense"))?)?,
            outer: packed(&linear(INNER_WIDTH, WIDTH, weights.pp("output.dense"))?)?,
            norm: layer_norm(WIDTH, EPSILON, weights.pp("output.LayerNorm"))?,
        })
    }

    fn forward(&self, hidden: &Tensor, padding: Option<&Tensor>) -> Result<Tensor> {
        let attended = self.attention_output.forward(&self.attend(hidden, padding)?)?;
        let hidden = self.attention_norm.forward(&(attended + hidden)?)?;
        let inner = self.inner.forward(&hidden)?.gelu_erf()?;
        self.norm.forward(&(self.outer.forward(&inner)? + hidden)?)
    }

    fn attend(&self, hidden: &Tensor, padding: Option<&Tensor>) -> Result<Tensor> {
        let (batch, sequence, _) = hidden.dims3()?;
        // 3 × batch × heads × sequence × width of a head
        let parts = self.attention.forward(hidden)?.reshape((batch, sequence, 3, HEADS, WIDTH / HEADS))?;
        let parts = parts.permute((2, 0, 3, 1, 4))?.contiguous()?;
        let (query, key, value) = (parts.get(0)?, parts.get(1)?, parts.get(2)?);
        let scores = query.matmul(&key.transpose(D::Minus1, D::Minus2)?)?;
        let scores = match padding {
            Some(padding) => scores.broadcast_add(padding)?,
            None => scores,
        };
        let context = softmax_last_dim(&scores)?.matmul(&value)?;
        context.transpose(1, 2)?.contiguous()?.reshape((batch, sequence, WIDTH))
    }
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
