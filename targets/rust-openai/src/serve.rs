// Copied from templates/rust/src/serve.rs: change it there, then run node scripts/copy-templates.mjs.
//! Serves until a TERM comes.

use std::{io, net::Ipv4Addr, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    select,
    signal::unix::{SignalKind, signal},
    sync::oneshot,
    time::sleep,
};

/// How long requests in flight may take after a TERM before their connections are cut.
const DRAIN: Duration = Duration::from_secs(1);

/// With a single worker there is nobody to steal work from, and the plain loop is cheaper.
pub fn runtime(workers: usize) -> io::Result<Runtime> {
    if workers == 1 {
        Builder::new_current_thread().enable_all().build()
    } else {
        Builder::new_multi_thread().worker_threads(workers).enable_all().build()
    }
}

/// Returns when a TERM has come, and what was asked before it is answered or overdue.
pub fn run(workers: usize, port: u16, routes: Router) -> io::Result<()> {
    let runtime = runtime(workers)?;
    // Spawned, because the thread that blocks on a future is not one of the runtime's workers: an accept
    // loop there would wake another thread for every connection.
    let serving = runtime.spawn(serve(port, routes));
    let outcome = runtime.block_on(serving)?;
    runtime.shutdown_background();
    outcome
}

async fn serve(port: u16, routes: Router) -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?.tap_io(|socket| {
        // A socket that refuses the option still serves, only later.
        let _ = socket.set_nodelay(true);
    });

    let (stop, stopped) = oneshot::channel();
    let server = axum::serve(listener, routes).with_graceful_shutdown(async move {
        terminate.recv().await;
        let _ = stop.send(()); // nobody listens once the server has failed
    });
    let overdue = async {
        let _ = stopped.await;
        sleep(DRAIN).await;
    };
    select! {
        outcome = server => outcome,
        () = overdue => Ok(()),
    }
}
