//! all-MiniLM-L6-v2 in ONNX Runtime, as functions of the module `Embed.Model`.

mod embedder;
mod runs;

use std::{
    panic::RefUnwindSafe,
    path::Path,
    sync::{Mutex, PoisonError},
};

use embedder::Embedder;
use mimalloc::MiMalloc;
use runs::Embedding;
use rustler::{Encoder, Env, Error, NifResult, Resource, ResourceArc, Term, types::atom};

// For what this library allocates; ONNX Runtime has its own memory.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

rustler::atoms! { empty }

/// A session that Elixir holds by reference; it is freed when the last process has forgotten it.
struct Model(Mutex<Embedder>);

// A run that panics leaves a session behind that can run again.
impl RefUnwindSafe for Model {}

#[rustler::resource_impl]
impl Resource for Model {}

#[rustler::nif(schedule = "DirtyIo")]
fn open_session(folder: &str) -> NifResult<ResourceArc<Model>> {
    let embedder = Embedder::load(Path::new(folder)).map_err(|error| Error::RaiseTerm(Box::new(error.to_string())))?;
    Ok(ResourceArc::new(Model(Mutex::new(embedder))))
}

/// One answer a text, in their order: `{:ok, values, truncated_to}`, `:empty` where there are no tokens, `{:error, text}`.
#[rustler::nif(schedule = "DirtyCpu")]
fn embed<'a>(env: Env<'a>, model: ResourceArc<Model>, texts: Vec<&'a str>) -> Vec<Term<'a>> {
    let answers = model.0.lock().unwrap_or_else(PoisonError::into_inner).embed(&texts);
    let term = |answer| match answer {
        Ok(Some(Embedding { values, truncated_to })) => (atom::ok(), values, truncated_to).encode(env),
        Ok(None) => empty().encode(env),
        Err(error) => (atom::error(), format!("{error}")).encode(env),
    };
    answers.into_iter().map(term).collect()
}

/// How many threads one run is split over: the C API sets it and has no way to ask.
#[rustler::nif]
fn intra_op_threads() -> usize {
    embedder::INTRA_OP_THREADS
}

/// What was compiled in or loaded, by name.
#[rustler::nif]
fn versions() -> Vec<(&'static str, Option<String>)> {
    vec![
        ("onnxruntime", embedder::runtime_version()),
        ("ort", Some(env!("ORT_VERSION").to_owned())),
        ("rustc", Some(env!("RUSTC_VERSION").to_owned())),
        ("rustler", Some(env!("RUSTLER_VERSION").to_owned())),
        ("tokenizers", Some(env!("TOKENIZERS_VERSION").to_owned())),
    ]
}

rustler::init!("Elixir.Embed.Model");
