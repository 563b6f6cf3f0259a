//! all-MiniLM-L6-v2 in Candle, as functions of the module `Embed.Model`.

mod bert;
mod gelu;
mod runs;

use std::{panic::RefUnwindSafe, path::Path};

use bert::Bert;
use mimalloc::MiMalloc;
use runs::{Answer, Tokens, embed_all};
use rustler::{Encoder, Env, Error, NifResult, Resource, ResourceArc, Term, types::atom};

// Every operation makes a tensor and frees one, and glibc's allocator maps and unmaps the larger of them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A model that Elixir holds by reference; it is freed when the last process has forgotten it.
struct Model(Bert);

// Tensors of the model are never changed, so a panic leaves nothing half done.
impl RefUnwindSafe for Model {}

#[rustler::resource_impl]
impl Resource for Model {}

#[rustler::nif(schedule = "DirtyIo")]
fn open(file: &str) -> NifResult<ResourceArc<Model>> {
    let bert = Bert::open(Path::new(file)).map_err(|error| Error::RaiseTerm(Box::new(error.to_string())))?;
    Ok(ResourceArc::new(Model(bert)))
}

/// One answer a text, in their order: `{:ok, values}` or `{:error, text}`. A text is its tokens' ids; Elixir has the tokenizer, and
/// knows what it cut.
#[rustler::nif(schedule = "DirtyCpu")]
fn embed<'a>(env: Env<'a>, model: ResourceArc<Model>, texts: Vec<Vec<u32>>) -> Vec<Term<'a>> {
    let texts = texts.into_iter().map(|ids| Ok(Tokens { ids, truncated: false })).collect();
    let answers = embed_all(texts, |run| Ok(model.0.embed(run)?));
    let term = |answer: Answer| match answer {
        Ok(Some(embedding)) => (atom::ok(), embedding.values).encode(env),
        Ok(None) => (atom::error(), "no tokens").encode(env),
        Err(error) => (atom::error(), error.to_string()).encode(env),
    };
    answers.into_iter().map(term).collect()
}

#[rustler::nif]
fn threads() -> usize {
    candle_core::utils::get_num_threads()
}

/// What was compiled in, by name.
#[rustler::nif]
fn versions() -> Vec<(&'static str, &'static str)> {
    vec![
        ("candle-core", env!("CANDLE_CORE_VERSION")),
        ("rustc", env!("RUSTC_VERSION")),
        ("rustler", env!("RUSTLER_VERSION")),
    ]
}

rustler::init!("Elixir.Embed.Model");
