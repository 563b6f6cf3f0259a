//! all-MiniLM-L6-v2: Hugging Face's tokenizer and ONNX Runtime. Pooling and normalisation are in the graph.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use ort::{environment::Environment, inputs, session::Session, value::TensorRef};
use tokenizers::{Encoding, Tokenizer};

/// The loader finds the library by its soname.
const LIBRARY: &str = "/usr/local/lib/libonnxruntime.so.1";

/// `[CLS]` and `[SEP]`.
const SPECIAL_TOKENS: usize = 2;

pub const INTRA_OP_THREADS: usize = 1;

pub struct Runtime(Environment);

impl Runtime {
    pub fn load() -> Result<Self, Box<dyn Error>> {
        Ok(Self(ort::init_from(LIBRARY)?.build()?))
    }

    /// The version that the library's own file is named after.
    pub fn version() -> Option<String> {
        let file = fs::canonicalize(LIBRARY).ok()?;
        file.to_str()?.split_once(".so.").map(|(_, version)| version.to_owned())
    }
}

/// One for every thread that embeds: a session runs one text at a time.
pub struct Embedder {
    tokenizer: Tokenizer,
    session: Session,
}

#[derive(Debug, PartialEq)]
pub struct Embedding {
    pub values: Vec<f32>,
    /// How many tokens were kept, when there were more.
    pub truncated_to: Option<usize>,
}

impl Embedder {
    pub fn load(runtime: &Runtime, folder: &Path) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let file = |name: &str| -> PathBuf { folder.join(name) };
        let session = Session::builder(&runtime.0)?
            .with_intra_threads(INTRA_OP_THREADS)
            .map_err(|error| error.to_string())?
            .with_inter_threads(1)
            .map_err(|error| error.to_string())?
            .commit_from_file(file("model.onnx"))?;
        Ok(Self { tokenizer: Tokenizer::from_file(file("tokenizer.json"))?, session })
    }

    /// `None` when the text has no tokens.
    pub fn embed(&mut self, text: &str) -> Result<Option<Embedding>, Box<dyn Error + Send + Sync>> {
        let encoding = self.tokenizer.encode_fast(text, true)?;
        if encoding.len() <= SPECIAL_TOKENS {
            return Ok(None);
        }
        let values = self.run(&encoding)?;
        let truncated_to = (!encoding.get_overflowing().is_empty()).then(|| encoding.len());
        Ok(Some(Embedding { values, truncated_to }))
    }

    fn run(&mut self, encoding: &Encoding) -> ort::Result<Vec<f32>> {
        let shape = [1, encoding.len()];
        let ids: Vec<i64> = encoding.get_ids().iter().map(|&id| id.into()).collect();
        let mask = vec![1_i64; ids.len()];
        let outputs = self.session.run(inputs![
            "input_ids" => TensorRef::from_array_view((shape, ids.as_slice()))?,
            "attention_mask" => TensorRef::from_array_view((shape, mask.as_slice()))?,
        ])?;
        let (_, values) = outputs["embedding"].try_extract_tensor()?;
        Ok(values.to_vec())
    }
}
