//! Serves until a TERM comes.

use std::{
    io,
    net::Ipv4Addr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use actix_web::{
    App, HttpServer,
    rt::{System, net::TcpStream},
    web::ServiceConfig,
};

/// How long requests in flight may take after a TERM before their connections are cut.
const DRAIN_SECONDS: u64 = 1;

/// The default is 5 s, after which a connection that a client keeps for its next request is gone just when that comes.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

static WORKERS: AtomicUsize = AtomicUsize::new(0);

/// Workers that have started: each makes the routes once, for itself.
pub fn workers() -> usize {
    WORKERS.load(Ordering::Relaxed)
}

/// Returns when a TERM has come, and what was asked before it is answered or overdue.
pub fn run(workers: usize, port: u16, routes: fn(&mut ServiceConfig)) -> io::Result<()> {
    System::new().block_on(async move {
        let server = HttpServer::new(move || {
            WORKERS.fetch_add(1, Ordering::Relaxed);
            App::new().configure(routes)
        });
        server
            .workers(workers)
            .keep_alive(KEEP_ALIVE)
            .shutdown_timeout(DRAIN_SECONDS)
            .on_connect(|connection, _| {
                if let Some(socket) = connection.downcast_ref::<TcpStream>() {
                    // A socket that refuses the option still serves, only later.
                    let _ = socket.set_nodelay(true);
                }
            })
            .bind((Ipv4Addr::UNSPECIFIED, port))?
            .run()
            .await
    })
}
