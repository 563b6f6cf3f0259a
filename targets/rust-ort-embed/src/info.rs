//! What this process believes about itself. Every count is asked of the runtime when the request comes.

use std::{collections::BTreeMap, env::consts::ARCH, sync::Arc, thread};

use axum::{Json, extract::State};
use serde::Serialize;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::{
    embedder::{INTRA_OP_THREADS, Runtime},
    pool::Pool,
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    language: &'static str,
    language_version: &'static str,
    architecture: &'static str,
    server: &'static str,
    framework: &'static str,
    versions: BTreeMap<&'static str, Option<String>>,
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
    let linked = |version: &str| Some(version.to_owned());
    Json(Info {
        language: "rust",
        language_version: env!("RUSTC_VERSION"),
        architecture: ARCH,
        server: "hyper",
        framework: "axum",
        versions: BTreeMap::from([
            ("axum", linked(env!("AXUM_VERSION"))),
            ("hyper", linked(env!("HYPER_VERSION"))),
            ("onnxruntime", Runtime::version()),
            ("ort", linked(env!("ORT_VERSION"))),
            ("tokenizers", linked(env!("TOKENIZERS_VERSION"))),
            ("tokio", linked(env!("TOKIO_VERSION"))),
        ]),
        cpus: thread::available_parallelism().ok().map(usize::from),
        workers: 1,
        threads: BTreeMap::from([
            ("embedders", pool.threads()),
            ("ort_intra_op", INTRA_OP_THREADS), // the C API sets it and has no way to ask
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
