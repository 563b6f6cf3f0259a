//! The RankNet in Candle, as functions of the module `Rank.Scorer`.

mod network;
mod wire;

use std::panic::RefUnwindSafe;

use mimalloc::MiMalloc;
use network::{Network, ROW_FEATURES};
use rustler::{Binary, Error, NifResult, Resource, ResourceArc};

// Every operation makes a tensor and frees one, and glibc's allocator is the slower one at that.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A network that Elixir holds by reference; it is freed when the last process has forgotten it.
struct Model(Network);

// Tensors are never changed here, so a panic leaves nothing half done.
impl RefUnwindSafe for Model {}

#[rustler::resource_impl]
impl Resource for Model {}

#[rustler::nif(schedule = "DirtyIo")]
fn open_model(path: &str) -> NifResult<ResourceArc<Model>> {
    Network::open(path).map(|network| ResourceArc::new(Model(network))).map_err(raise)
}

/// One score an item, in their order. Takes the features as PostgreSQL sends a `real[]`.
#[rustler::nif]
fn score_here(model: ResourceArc<Model>, user: Binary, items: Vec<Binary>) -> NifResult<Vec<f32>> {
    score(&model.0, &user, &items)
}

/// The same on a scheduler of its own.
#[rustler::nif(schedule = "DirtyCpu")]
fn score_aside(model: ResourceArc<Model>, user: Binary, items: Vec<Binary>) -> NifResult<Vec<f32>> {
    score(&model.0, &user, &items)
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

fn score(network: &Network, user: &[u8], items: &[Binary]) -> NifResult<Vec<f32>> {
    let mut rows = Vec::with_capacity(items.len() * ROW_FEATURES);
    for item in items {
        rows.extend(wire::reals(user).ok_or(Error::BadArg)?);
        rows.extend(wire::reals(item).ok_or(Error::BadArg)?);
    }
    network.score(rows).map_err(raise)
}

fn raise(error: impl std::fmt::Display) -> Error {
    Error::RaiseTerm(Box::new(error.to_string()))
}

rustler::init!("Elixir.Rank.Scorer");
