//! The stand-in as a program: it fills its file, writes its sheet, and serves whoever knows the secret.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(folder: &Path) -> (Running, String) {
    let hall = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/hall");
    let mut child = Command::new(env!("CARGO_BIN_EXE_powerhall-standin"))
        .args([
            "--port",
            "0",
            "--hall",
            hall,
            "--file",
            "town.db",
            "--secret-file",
            "secret",
            "--sheet",
            "sheet.toml",
        ])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut said = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut said).expect("says where");
    let address = said.trim().rsplit("http://").next().expect("an address").to_owned();
    (Running(child), address)
}

fn ready(address: &str, secret: &str) -> String {
    let mut line = TcpStream::connect(address).expect("listens");
    let request = format!(
        "GET /v1/ready HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer {secret}\r\n\r\n"
    );
    line.write_all(request.as_bytes()).expect("asks");
    let mut answer = String::new();
    line.read_to_string(&mut answer).expect("answers");
    answer
}

#[test]
fn it_serves_whoever_knows_the_secret_and_starts_again_on_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("secret"), "0123456789abcdef\n").expect("writes");
    let mut sheets = Vec::new();
    for _ in 0..2 {
        let (_running, address) = start(folder.path());
        assert!(ready(&address, "0123456789abcdef").contains("\"ready\":true"));
        assert!(ready(&address, "fedcba9876543210").starts_with("HTTP/1.1 401"));
        sheets.push(std::fs::read_to_string(folder.path().join("sheet.toml")).expect("a sheet"));
    }
    assert!(sheets[0] == sheets[1] && sheets[0].contains("owes_nothing"), "{sheets:?}");
}
