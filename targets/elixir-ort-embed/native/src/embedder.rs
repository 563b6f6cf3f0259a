//! all-MiniLM-L6-v2: Hugging Face's tokenizer and ONNX Runtime. Pooling and normalisation are in the graph.

use std::{error::Error, fs, path::Path, sync::OnceLock};

use ort::{environment::Environment, inputs, session::Session, value::TensorRef};
use tokenizers::Tokenizer;

use crate::runs::{Answer, Failure, Tokens, embed_all};

/// The loader finds the library by its soname.
const LIBRARY: &str = "/usr/local/lib/libonnxruntime.so.1";

pub const INTRA_OP_THREADS: usize = 1;

/// ONNX Runtime as this process has loaded it. The NIF is not unloaded, and neither is this.
fn runtime() -> Result<&'static Environment, Failure> {
    static RUNTIME: OnceLock<Result<Environment, String>> = OnceLock::new();
    let load = || -> Result<Environment, Box<dyn Error>> { Ok(ort::init_from(LIBRARY)?.build()?) };
    RUNTIME.get_or_init(|| load().map_err(|error| error.to_string())).as_ref().map_err(|error| error.as_str().into())
}

/// The version that the library's own file is named after.
pub fn runtime_version() -> Option<String> {
    let file = fs::canonicalize(LIBRARY).ok()?;
    file.to_str()?.split_once(".so.").map(|(_, version)| version.to_owned())
}

/// A session has one run at a time.
pub struct Embedder {
    tokenizer: Tokenizer,
    session: Session,
}

impl Embedder {
    pub fn load(folder: &Path) -> Result<Self, Failure> {
        let session = Session::builder(runtime()?)?
            .with_intra_threads(INTRA_OP_THREADS)
            .map_err(|error| error.to_string())?
            .with_inter_threads(1)
            .map_err(|error| error.to_string())?
            .commit_from_file(folder.join("model.onnx"))?;
        Ok(Self { tokenizer: Tokenizer::from_file(folder.join("tokenizer.json"))?, session })
    }

    /// One answer a text, in order.
    pub fn embed(&mut self, texts: &[&str]) -> Vec<Answer> {
        let tokens = texts.iter().map(|text| tokens_of(text, &self.tokenizer)).collect();
        embed_all(tokens, |run| Ok(compute(&mut self.session, run)?))
    }
}

fn tokens_of(text: &str, tokenizer: &Tokenizer) -> Result<Tokens, Failure> {
    let encoding = tokenizer.encode_fast(text, true)?;
    Ok(Tokens { ids: encoding.get_ids().to_vec(), truncated: !encoding.get_overflowing().is_empty() })
}

/// One embedding a text. Texts are padded to the longest.
fn compute(session: &mut Session, texts: &[&[u32]]) -> ort::Result<Vec<Vec<f32>>> {
    let longest = texts.iter().map(|ids| ids.len()).max().unwrap_or(0);
    let mut ids = vec![0_i64; texts.len() * longest];
    let mut mask = vec![0_i64; ids.len()];
    for (row, text) in texts.iter().enumerate() {
        let row = row * longest..row * longest + text.len();
        mask[row.clone()].fill(1);
        for (place, &id) in ids[row].iter_mut().zip(*text) {
            *place = id.into();
        }
    }

    let shape = [texts.len(), longest];
    let outputs = session.run(inputs![
        "input_ids" => TensorRef::from_array_view((shape, ids.as_slice()))?,
        "attention_mask" => TensorRef::from_array_view((shape, mask.as_slice()))?,
    ])?;
    let (_, values) = outputs["embedding"].try_extract_tensor::<f32>()?;
    Ok(values.chunks_exact(values.len() / texts.len()).map(<[f32]>::to_vec).collect())
}
