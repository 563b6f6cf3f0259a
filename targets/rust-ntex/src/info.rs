//! What this process believes about itself, the answer of `GET /info`.

use std::{collections::BTreeMap, env::consts::ARCH, thread};

use serde::Serialize;

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

impl Info {
    /// `started` are the server's workers, threads of this one process.
    pub fn new(started: usize, connections: usize) -> Self {
        Self {
            language: "rust",
            language_version: env!("RUSTC_VERSION"),
            architecture: ARCH,
            server: "ntex",
            framework: "ntex",
            versions: BTreeMap::from([
                ("candle-core", env!("CANDLE_CORE_VERSION")),
                ("deadpool", env!("DEADPOOL_VERSION")),
                ("diesel", env!("DIESEL_VERSION")),
                ("diesel-async", env!("DIESEL_ASYNC_VERSION")),
                ("ntex", env!("NTEX_VERSION")),
                ("tokio", env!("TOKIO_VERSION")),
            ]),
            cpus: thread::available_parallelism().ok().map(usize::from),
            workers: 1,
            threads: BTreeMap::from([("server_threads", started), ("candle", candle_core::utils::get_num_threads())]),
            pools: BTreeMap::from([("database", connections)]),
            development_server: false,
            debug_build: cfg!(debug_assertions),
            heap_limit_bytes: None,
            flags: BTreeMap::from([("allocator", "glibc")]),
        }
    }
}
