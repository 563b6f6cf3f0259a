// Copied from templates/rust/src/info.rs: change it there, then run node scripts/copy-templates.mjs.
//! What this process believes about itself, the answer of `GET /info`.

use std::{collections::BTreeMap, env::consts::ARCH, thread};

use serde::Serialize;
use tokio::runtime::{Handle, RuntimeFlavor};

/// A target adds versions, threads and pools of its own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Info {
    language: &'static str,
    language_version: &'static str,
    architecture: &'static str,
    server: &'static str,
    framework: &'static str,
    /// None where a library does not tell its own.
    pub versions: BTreeMap<&'static str, Option<String>>,
    cpus: Option<usize>,
    workers: usize,
    pub threads: BTreeMap<&'static str, usize>,
    pub pools: BTreeMap<&'static str, usize>,
    development_server: bool,
    debug_build: bool,
    heap_limit_bytes: Option<u64>,
    flags: BTreeMap<&'static str, &'static str>,
}

impl Info {
    /// Every count is asked of the runtime that this is called on.
    ///
    /// `linked` are the versions of the target's own libraries, as build.rs hands them over.
    pub fn new<const N: usize>(linked: [(&'static str, &str); N]) -> Self {
        let runtime = Handle::current();
        let shared =
            [("axum", env!("AXUM_VERSION")), ("hyper", env!("HYPER_VERSION")), ("tokio", env!("TOKIO_VERSION"))];
        let told = |(name, version): (&'static str, &str)| (name, Some(version.to_owned()));
        Self {
            language: "rust",
            language_version: env!("RUSTC_VERSION"),
            architecture: ARCH,
            server: "hyper",
            framework: "axum",
            versions: shared.into_iter().chain(linked).map(told).collect(),
            cpus: thread::available_parallelism().ok().map(usize::from),
            workers: 1,
            threads: BTreeMap::from([("tokio_workers", runtime.metrics().num_workers())]),
            pools: BTreeMap::new(),
            development_server: false,
            debug_build: cfg!(debug_assertions),
            heap_limit_bytes: None,
            flags: BTreeMap::from([("allocator", "mimalloc"), ("tokio_runtime", flavor(&runtime))]),
        }
    }
}

fn flavor(runtime: &Handle) -> &'static str {
    match runtime.runtime_flavor() {
        RuntimeFlavor::CurrentThread => "current_thread",
        RuntimeFlavor::MultiThread => "multi_thread",
        _ => "unknown",
    }
}
