//! Whom the client believes to be the backend. The certificates in `tls/` were made for this test, for 127.0.0.1
//! and a hundred years; their key guards nothing.

use std::sync::Arc;

use powerhall_api::{Order, Orders};
use powerhall_flow::Trouble;
use powerhall_kiosk::client::Client;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::client::backend_config;

const ROOT: &[u8] = include_bytes!("tls/root.pem");
const OTHER_ROOT: &[u8] = include_bytes!("tls/other-root.pem");

/// A backend behind TLS that always answers with an empty list of orders.
async fn backend() -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/backend.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/backend.key")).unwrap();
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let body = "{\"orders\":[]}";
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length";
            let _ = stream.write_all(format!("{head}: {}\r\n\r\n{body}", body.len()).as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

async fn asks(url: String, root: Option<&[u8]>) -> Result<Vec<Order>, Trouble> {
    let mut config = backend_config(&url);
    config.root_ca = root.map(<[u8]>::to_vec);
    Client::new(config).unwrap().open_orders().await.map(|Orders { orders }| orders)
}

#[tokio::test]
async fn only_the_configured_root_vouches_for_the_backend() {
    let port = backend().await;
    let url = format!("https://127.0.0.1:{port}/");
    assert_eq!(asks(url.clone(), Some(ROOT)).await, Ok(Vec::new()));
    let both = [OTHER_ROOT, ROOT].concat();
    assert_eq!(asks(url.clone(), Some(&both)).await, Ok(Vec::new()), "two roots during a change");
    assert_eq!(asks(url.clone(), Some(OTHER_ROOT)).await, Err(Trouble::Offline), "another root");
    assert_eq!(asks(url, None).await, Err(Trouble::Offline), "the system's roots");
    let name = format!("https://localhost:{port}/");
    assert_eq!(asks(name, Some(ROOT)).await, Err(Trouble::Offline), "another name");
}
