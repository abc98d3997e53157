//! What goes over a process's sockets, as exchanges: an answer is an acknowledgement from the moment at which its first
//! byte leaves. HTTP/1.1 as our own programs speak it: one question after the other on a connection.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::trace::Call;
use crate::Failed;

/// A question and its answer, seen from one side.
#[derive(Debug)]
pub(super) struct Exchange {
    /// When the first byte left this process: the answer's for a server, the question's for a client.
    pub(super) left: usize,
    /// Whether this process gave the answer.
    pub(super) serves: bool,
    /// Such as `PUT /v1/orders/…`.
    pub(super) question: String,
    pub(super) asked: Value,
    /// The answer's status; 0 when none was seen.
    pub(super) status: u16,
    pub(super) answered: Value,
}

#[derive(Default)]
struct Half {
    bytes: Vec<u8>,
    /// When its first byte was given to or came from the kernel.
    since: Option<usize>,
}

#[derive(Default)]
struct Socket {
    /// What this process said, and what it heard, since the last exchange.
    said: Half,
    heard: Half,
}

/// All exchanges of a process, by the order in which they left.
pub(super) fn exchanges(calls: &[Call]) -> Result<Vec<Exchange>, Failed> {
    let mut sockets: BTreeMap<PathBuf, Socket> = BTreeMap::new();
    let mut found = Vec::new();
    for call in calls.iter().filter(|call| !call.failed()) {
        let says = match call.name.as_str() {
            "writev" | "write" | "sendto" => true,
            "recvfrom" | "read" => false,
            "sendmsg" | "recvmsg" | "readv" => {
                if call.file().is_some_and(|file| file.starts_with("socket:")) {
                    return Err(format!("{} on a socket: not in the model", call.name).into());
                }
                continue;
            }
            _ => continue,
        };
        let Some(file) = call.file().filter(|file| file.to_string_lossy().starts_with("socket:")) else {
            continue;
        };
        // Killed inside: it may have left, and nobody can have relied on it.
        let Some(result) = call.result.as_deref() else { continue };
        let count: usize = result.split(' ').next().unwrap_or_default().parse()?;
        let mut bytes = call.bytes()?;
        bytes.truncate(count);
        let socket = sockets.entry(file).or_default();
        // Whoever speaks behind an answer asks anew: what was before is complete.
        if (if says { &socket.heard } else { &socket.said }).bytes.starts_with(b"HTTP/1.1 ") {
            found.extend(complete(socket));
        }
        let half = if says { &mut socket.said } else { &mut socket.heard };
        if !bytes.is_empty() {
            half.since.get_or_insert(call.begin);
            half.bytes.extend(bytes);
        }
    }
    for mut socket in sockets.into_values() {
        found.extend(complete(&mut socket));
    }
    found.sort_by_key(|exchange| exchange.left);
    Ok(found)
}

/// Takes what stands as one exchange.
fn complete(socket: &mut Socket) -> Option<Exchange> {
    let Socket { said, heard } = std::mem::take(socket);
    let left = said.since?;
    let serves = said.bytes.starts_with(b"HTTP/1.1 ");
    let (question, answer) = if serves { (&heard.bytes, &said.bytes) } else { (&said.bytes, &heard.bytes) };
    let (head, asked) = split(question);
    // Another protocol has no such line.
    let line = head.lines().next()?.strip_suffix(" HTTP/1.1")?;
    let (answer_head, answered) = split(answer);
    let status = answer_head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Some(Exchange { left, serves, question: line.to_owned(), asked, status, answered })
}

/// The head, and the body where it is JSON.
fn split(message: &[u8]) -> (String, Value) {
    let text = String::from_utf8_lossy(message);
    match text.split_once("\r\n\r\n") {
        Some((head, body)) => (head.to_owned(), serde_json::from_str(body).unwrap_or(Value::Null)),
        None => (text.into_owned(), Value::Null),
    }
}
