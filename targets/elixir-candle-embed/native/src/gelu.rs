//! GELU as BERT has it, 0.5 · x · (1 + erf(x / √2)), for whole rows at a time.
//!
//! Candle's own calls libm's `erff` for every number, one after the other: its branches keep the compiler from computing several at
//! once. A text of 28 tokens has 258,000 of them.

use std::f32::consts::FRAC_1_SQRT_2;

use candle_core::{CpuStorage, InplaceOp2, Layout, Result, bail};

/// Adds a bias to each row and applies GELU, in place. Both must be contiguous, and a row as long as the bias.
pub struct BiasGelu;

impl InplaceOp2 for BiasGelu {
    fn name(&self) -> &'static str {
        "bias-gelu"
    }

    fn cpu_fwd(&self, rows: &mut CpuStorage, layout: &Layout, bias: &CpuStorage, bias_layout: &Layout) -> Result<()> {
        let (CpuStorage::F32(rows), CpuStorage::F32(bias)) = (rows, bias) else { bail!("bias-gelu is for f32") };
        let (Some(place), Some(bias_place)) = (layout.contiguous_offsets(), bias_layout.contiguous_offsets()) else {
            bail!("bias-gelu is for what is contiguous")
        };
        let (rows, bias) = (&mut rows[place.0..place.1], &bias[bias_place.0..bias_place.1]);
        if bias.is_empty() || rows.len() % bias.len() != 0 {
            bail!("bias-gelu: {} numbers are no rows of {}", rows.len(), bias.len())
        }
        rows.chunks_exact_mut(bias.len()).for_each(|row| bias_gelu(row, bias));
        Ok(())
    }
}

fn bias_gelu(row: &mut [f32], bias: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has what the function was compiled for.
        return unsafe { eight_at_once(row, bias) };
    }
    in_vectors(row, bias);
}

/// The same for processors that have vectors of eight, where the x86-64 that all have is compiled for has four.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn eight_at_once(row: &mut [f32], bias: &[f32]) {
    in_vectors(row, bias);
}

/// No branches in the loop and no calls: the compiler makes it one over vectors.
#[inline(always)]
fn in_vectors(row: &mut [f32], bias: &[f32]) {
    for (value, bias) in row.iter_mut().zip(bias) {
        let x = *value + bias;
        *value = 0.5 * x * (1.0 + erf(x * FRAC_1_SQRT_2));
    }
}

/// Within 1e-6 of libm's, everywhere: a quotient of polynomials in x², the one that Eigen and XLA use. Beyond ±4 a float cannot tell
/// the function from ±1.
#[inline(always)]
fn erf(x: f32) -> f32 {
    const NUMERATOR: [f32; 7] = [
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024e-6,
        -5.692_506_4e-5,
        -7.349_906_3e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ];
    const DENOMINATOR: [f32; 5] = [-1.456_607_2e-5, -2.133_740_6e-4, -1.682_827e-3, -7.373_329_2e-3, -1.426_473_9e-2];
    let x = x.clamp(-4.0, 4.0);
    let square = x * x;
    let at = |coefficients: &[f32]| coefficients.iter().fold(0.0, |sum, &one| sum * square + one);
    x * at(&NUMERATOR) / at(&DENOMINATOR)
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::*;

    #[link(name = "m")]
    unsafe extern "C" {
        safe fn erff(x: f32) -> f32;
    }

    #[test]
    fn erf_is_within_a_millionth_of_libms() {
        let fine = (-60_000..=60_000).map(|step| step as f32 * 1e-4);
        let small = (-149..0).flat_map(|exponent| [2_f32.powi(exponent), -(2_f32.powi(exponent))]);
        let extreme = [0.0, -0.0, 4.0, -4.0, f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY];
        for x in fine.chain(small).chain(extreme) {
            let difference = (erf(x) - erff(x)).abs();
            assert!(difference <= 1e-6, "erf({x}) is {}, libm says {}", erf(x), erff(x));
        }
        assert!(erf(f32::NAN).is_nan());
    }

    #[test]
    fn it_is_candles_gelu_after_the_bias() {
        let rows = Tensor::randn(0_f32, 3.0, (5, 37), &Device::Cpu).unwrap();
        let bias = Tensor::randn(0_f32, 1.0, 37, &Device::Cpu).unwrap();
        let expected = rows.broadcast_add(&bias).unwrap().gelu_erf().unwrap().to_vec2::<f32>().unwrap();
        rows.inplace_op2(&bias, &BiasGelu).unwrap();
        for (row, expected) in rows.to_vec2::<f32>().unwrap().iter().zip(expected) {
            for (value, expected) in row.iter().zip(expected) {
                assert!((value - expected).abs() <= 5e-6, "{value} is not {expected}");
            }
        }
    }

    #[test]
    fn what_it_cannot_do_is_refused() {
        let rows = Tensor::zeros((4, 6), candle_core::DType::F32, &Device::Cpu).unwrap();
        let bias = |width: usize| Tensor::zeros(width, candle_core::DType::F32, &Device::Cpu).unwrap();
        assert!(rows.t().unwrap().inplace_op2(&bias(4), &BiasGelu).is_err());
        assert!(rows.inplace_op2(&bias(5), &BiasGelu).is_err());
        assert!(rows.inplace_op2(&bias(6).to_dtype(candle_core::DType::F64).unwrap(), &BiasGelu).is_err());
    }
}
