//! Serves until a TERM comes.

use std::{
    io,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use ntex::{
    time::Seconds,
    web::{App, HttpServer, ServiceConfig, types::PayloadConfig},
};

use crate::Service;

/// How long requests in flight may take after a TERM before their connections are cut.
const DRAIN: Seconds = Seconds(1);

static WORKERS: AtomicUsize = AtomicUsize::new(0);

/// Workers that have started: each makes the routes once, for itself.
pub fn workers() -> usize {
    WORKERS.load(Relaxed)
}

/// Returns when a TERM has come, and what was asked before it is answered or overdue.
pub async fn run(workers: usize, port: u16, service: Arc<Service>, routes: fn(&mut ServiceConfig)) -> io::Result<()> {
    HttpServer::new(move || {
        WORKERS.fetch_add(1, Relaxed);
        App::new().state(service.clone()).state(PayloadConfig::new(crate::LARGEST_BODY)).configure(routes)
    })
    .workers(workers)
    .shutdown_timeout(DRAIN)
    .bind((Ipv4Addr::UNSPECIFIED, port))?
    .run()
    .await
}
