//! The RankNet in Candle.

use std::{fs, path::Path};

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear, ops::sigmoid};

use crate::features::{ITEM_FEATURES, USER_FEATURES};

/// A user's features followed by an item's.
pub const ROW_FEATURES: usize = USER_FEATURES + ITEM_FEATURES;

pub struct Scorer {
    layers: [Linear; 3],
}

impl Scorer {
    pub fn open(model: &Path) -> std::result::Result<Self, Box<dyn std::error::Error>> {
        // 175 kB: not worth a memory map, whose safety rests on nobody changing the file.
        let weights = VarBuilder::from_buffered_safetensors(fs::read(model)?, DType::F32, &Device::Cpu)?;
        Ok(Self::new(&weights)?)
    }

    pub fn new(weights: &VarBuilder) -> Result<Self> {
        let layers = [
            packed(linear(ROW_FEATURES, 256, weights.pp("fc1"))?)?,
            packed(linear(256, 128, weights.pp("fc2"))?)?,
            packed(linear(128, 1, weights.pp("fc3"))?)?,
        ];
        Ok(Self { layers })
    }

    /// One score a row, each row `ROW_FEATURES` long.
    ///
    /// Runs on the thread that calls: scoring 20 rows takes less than handing them to another thread and back.
    pub fn score(&self, rows: Vec<f32>) -> Result<Vec<f32>> {
        let [first, second, last] = &self.layers;
        let count = rows.len() / ROW_FEATURES;
        let rows = Tensor::from_vec(rows, (count, ROW_FEATURES), &Device::Cpu)?;
        let hidden = second.forward(&first.forward(&rows)?.relu()?)?.relu()?;
        sigmoid(&last.forward(&hidden)?)?.flatten_all()?.to_vec1()
    }
}

/// Candle multiplies by the transpose of a layer's weights (outputs × inputs), and for that lays them out anew in every call, unless
/// the transpose is what lies in memory.
fn packed(layer: Linear) -> Result<Linear> {
    let weight = layer.weight().t()?.contiguous()?.t()?;
    Ok(Linear::new(weight, layer.bias().cloned()))
}
