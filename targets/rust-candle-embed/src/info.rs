//! What this process believes about itself. Every count is asked of the runtime when the request comes.

use std::{collections::BTreeMap, env::consts::ARCH, sync::Arc, thread};

use axum::{Json, extract::State};
use serde::Serialize;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::pool::Pool;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    language: &'static str,
    language_version: &'static str,
    architecture: &'static str,
    server: &'static str,
    framework: &'static str,
    versions: BTreeMap<&'static str, &'static str>,
    cpus: Option<usize>,
    workers: usize,
    threads: BTreeMap<&'static str, usize>,
    pools: BTreeMap<&'static str, usize>,
    development_server: bool,
    debug_build: bool,
    heap_limit_bytes: Option<u64>,
    flags: BTreeMap<&'static str, &'static str>,
}

pub async fn info(State(pool): State<Arc<Pool>>) -> Json<Info> {
    let runtime = Handle::current();
    Json(Info {
        language: "rust",
        language_version: env!("RUSTC_VERSION"),
        architecture: ARCH,
        server: "hyper",
        framework: "axum",
        versions: BTreeMap::from([
            ("axum", env!("AXUM_VERSION")),
            ("candle-core", env!("CANDLE_CORE_VERSION")),
            ("hyper", env!("HYPER_VERSION")),
            ("tokenizers", env!("TOKENIZERS_VERSION")),
            ("tokio", env!("TOKIO_VERSION")),
        ]),
        cpus: thread::available_parallelism().ok().map(usize::from),
        workers: 1,
        threads: BTreeMap::from([
            ("candle", candle_core::utils::get_num_threads()),
            ("embedders", pool.threads()),
            ("tokio_workers", runtime.metrics().num_workers()),
        ]),
        pools: BTreeMap::new(),
        development_server: false,
        debug_build: cfg!(debug_assertions),
        heap_limit_bytes: None,
        flags: BTreeMap::from([("allocator", "mimalloc"), ("tokio_runtime", flavor(&runtime))]),
    })
}

fn flavor(runtime: &Handle) -> &'static str {
    match runtime.runtime_flavor() {
        RuntimeFlavor::CurrentThread => "current_thread",
        RuntimeFlavor::MultiThread => "multi_thread",
        _ => "unknown",
    }
}
