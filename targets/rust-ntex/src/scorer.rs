//! The RankNet in Candle, by its own layers and tensors as they come.

use std::{error::Error, fs, path::Path};

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Linear, Module, VarBuilder, linear, ops::sigmoid};

pub const USER_FEATURES: usize = 16;
pub const ITEM_FEATURES: usize = 24;

pub struct Scorer {
    layers: [Linear; 3],
}

impl Scorer {
    pub fn open(model: &Path) -> std::result::Result<Self, Box<dyn Error>> {
        let weights = VarBuilder::from_buffered_safetensors(fs::read(model)?, DType::F32, &Device::Cpu)?;
        Ok(Self::new(&weights)?)
    }

    pub fn new(weights: &VarBuilder) -> Result<Self> {
        Ok(Self {
            layers: [
                linear(USER_FEATURES + ITEM_FEATURES, 256, weights.pp("fc1"))?,
                linear(256, 128, weights.pp("fc2"))?,
                linear(128, 1, weights.pp("fc3"))?,
            ],
        })
    }

    /// One score an item, each scored with the user's features before its own.
    pub fn score(&self, user: &[f32], items: &[Vec<f32>]) -> Result<Vec<f32>> {
        let [first, second, last] = &self.layers;
        let user = Tensor::from_vec(user.repeat(items.len()), (items.len(), USER_FEATURES), &Device::Cpu)?;
        let items = Tensor::from_vec(items.concat(), (items.len(), ITEM_FEATURES), &Device::Cpu)?;
        let rows = Tensor::cat(&[&user, &items], 1)?;
        let hidden = second.forward(&first.forward(&rows)?.relu()?)?.relu()?;
        sigmoid(&last.forward(&hidden)?)?.flatten_all()?.to_vec1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_without_weights_scores_every_item_in_the_middle() {
        let scorer = Scorer::new(&VarBuilder::zeros(DType::F32, &Device::Cpu)).unwrap();
        let items = vec![vec![1.0; ITEM_FEATURES]; 2];
        assert_eq!(scorer.score(&[1.0; USER_FEATURES], &items).unwrap(), [0.5, 0.5]);
    }
}
