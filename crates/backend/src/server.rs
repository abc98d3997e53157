//! A running backend: the HTTP server and the job runner, and their orderly end.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::backend::Backend;
use crate::{http, jobs};

/// Serves until `stop` turns true; then no new request is taken, long polls end, and what is under way is finished.
pub async fn serve(
    listener: TcpListener,
    backend: Arc<Backend>,
    mut stop: watch::Receiver<bool>,
) -> io::Result<()> {
    let runner = tokio::spawn(jobs::run(Arc::clone(&backend), stop.clone()));
    let app = http::router(Arc::clone(&backend));
    let served = axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            // An error means that whoever could stop us is gone: the same.
            let _ = stop.wait_for(|stop| *stop).await;
            backend.stop_waiting();
        })
        .await;
    if runner.await.is_err() {
        tracing::error!("the job runner ended in a panic");
    }
    served
}
