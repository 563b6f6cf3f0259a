//! 40 → 256 → 128 → 1 with ReLU between the layers and a sigmoid at the end.

use std::{error::Error, fs};

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear, ops::sigmoid};

/// A user's 16 features followed by an item's 24.
pub const ROW_FEATURES: usize = 40;

pub struct Network {
    layers: [Linear; 3],
}

impl Network {
    pub fn open(path: &str) -> std::result::Result<Self, Box<dyn Error>> {
        // 175 kB: not worth a memory map, whose safety rests on nobody changing the file.
        let weights = VarBuilder::from_buffered_safetensors(fs::read(path)?, DType::F32, &Device::Cpu)?;
        let layers = [
            packed(linear(ROW_FEATURES, 256, weights.pp("fc1"))?)?,
            packed(linear(256, 128, weights.pp("fc2"))?)?,
            packed(linear(128, 1, weights.pp("fc3"))?)?,
        ];
        Ok(Self { layers })
    }

    /// One score a row.
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
