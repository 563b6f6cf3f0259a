//! all-MiniLM-L6-v2 in Candle, as functions of the module `Embed.Model`.

mod bert;

use std::panic::RefUnwindSafe;

use bert::Bert;
use mimalloc::MiMalloc;
use rustler::{Error, NifResult, Resource, ResourceArc};

// Every operation makes a tensor and frees one, and glibc's allocator maps and unmaps the larger of them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A model that Elixir holds by reference; it is freed when the last process has forgotten it.
struct Model(Bert);

// Tensors are never changed here, so a panic leaves nothing half done.
impl RefUnwindSafe for Model {}

#[rustler::resource_impl]
impl Resource for Model {}

#[rustler::nif(schedule = "DirtyIo")]
fn open_model(path: &str) -> NifResult<ResourceArc<Model>> {
    Bert::open(path).map(|bert| ResourceArc::new(Model(bert))).map_err(raise)
}

/// One embedding a text, in their order. Shorter texts are padded to the longest, so they should be of similar length.
#[rustler::nif(schedule = "DirtyCpu")]
fn run(model: ResourceArc<Model>, texts: Vec<Vec<u32>>) -> NifResult<Vec<Vec<f32>>> {
    model.0.embed(&texts).map_err(raise)
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

fn raise(error: impl std::fmt::Display) -> Error {
    Error::RaiseTerm(Box::new(error.to_string()))
}

rustler::init!("Elixir.Embed.Model");
