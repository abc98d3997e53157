//! Inputs that are almost right, for the property tests of every parser that takes outside input: what is valid is bent
//! a little, because random bytes alone never get past a parser's first character. Used by tests only.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

/// What stands between tokens, ends texts early, or has surprised a parser before.
const SURPRISES: &[&str] = &[
    "",
    "\0",
    "\u{feff}",
    "\n",
    "\r\n",
    " ",
    "\"",
    "'",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    "[[",
    "]]",
    "=",
    ":",
    ",",
    "#",
    "@",
    "$",
    "!#!",
    "-",
    "+",
    ".",
    "0",
    "-0",
    "00",
    "1e999",
    "0.1",
    "1_000",
    "0x10",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "99999999999999999999999999",
    "nan",
    "inf",
    "true",
    "null",
    "１２",
    "张三",
    "\u{202e}",
    "💡",
    "../../etc",
    "2026-02-30",
];

/// One change of a text or of bytes.
#[derive(Clone, Debug)]
enum Bend {
    Insert(Index, Vec<u8>),
    Delete(Index, usize),
    Replace(Index, u8),
    Repeat(Index, usize),
    Cut(Index),
}

fn bend() -> impl Strategy<Value = Bend> {
    prop_oneof![
        4 => (any::<Index>(), prop::sample::select(SURPRISES)).prop_map(|(at, what)| Bend::Insert(at, what.into())),
        2 => (any::<Index>(), 1..12_usize).prop_map(|(at, length)| Bend::Delete(at, length)),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Bend::Replace(at, byte)),
        1 => (any::<Index>(), 1..80_usize).prop_map(|(at, length)| Bend::Repeat(at, length)),
        1 => any::<Index>().prop_map(Bend::Cut),
    ]
}

fn apply(bytes: &mut Vec<u8>, bend: &Bend) {
    let place = |at: &Index, bytes: &Vec<u8>| at.index(bytes.len() + 1);
    match bend {
        Bend::Insert(at, what) => {
            let at = place(at, bytes);
            bytes.splice(at..at, what.iter().copied());
        }
        Bend::Delete(at, length) => {
            let at = place(at, bytes);
            let end = (at + length).min(bytes.len());
            bytes.drain(at..end);
        }
        Bend::Replace(at, byte) => {
            let at = place(at, bytes);
            if let Some(old) = bytes.get_mut(at) {
                *old = *byte;
            }
        }
        Bend::Repeat(at, length) => {
            let at = place(at, bytes);
            let end = (at + length).min(bytes.len());
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        Bend::Cut(at) => {
            let at = place(at, bytes);
            bytes.truncate(at);
        }
    }
}

/// Bytes that are `valid` but for up to four changes, or none, or any at all.
pub fn bytes(valid: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        8 => vec(bend(), 0..5).prop_map(move |bends| {
            let mut bytes = valid.clone();
            bends.iter().for_each(|bend| apply(&mut bytes, bend));
            bytes
        }),
        1 => vec(any::<u8>(), 0..300),
    ]
}

/// The same of a text, as far as it is still UTF-8.
pub fn text(valid: &str) -> impl Strategy<Value = String> + use<> {
    bytes(valid.as_bytes().to_vec()).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The same of a text of lines: lines are dropped, doubled and swapped, and values replaced behind `=`.
pub fn lines(valid: &str) -> impl Strategy<Value = String> + use<> {
    let lines: Vec<String> = valid.lines().map(str::to_owned).collect();
    let change = (any::<Index>(), any::<Index>(), 0..4_u8, prop::sample::select(SURPRISES));
    vec(change, 0..4).prop_map(move |changes| {
        let mut lines = lines.clone();
        for (at, other, kind, surprise) in changes {
            if lines.is_empty() {
                break;
            }
            let (at, other) = (at.index(lines.len()), other.index(lines.len()));
            match kind {
                0 => drop(lines.remove(at)),
                1 => lines.insert(other, lines[at].clone()),
                2 => lines.swap(at, other),
                _ => {
                    let key = lines[at].split_once('=').map(|(key, _)| key.to_owned());
                    lines[at] = key.map_or_else(|| surprise.to_owned(), |key| format!("{key}= {surprise}"));
                }
            }
        }
        lines.join("\n")
    })
}

/// Any JSON.
pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-3..4_i64).prop_map(Value::from),
        prop::sample::select(SURPRISES).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-z_]{0,8}", inner), 0..4)
                .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// JSON that is `valid` but for up to three nodes: replaced, taken away, or joined by an unknown one.
pub fn json(valid: Value) -> impl Strategy<Value = Value> {
    vec((any::<Index>(), value(), 0..4_u8), 0..4).prop_map(move |changes| {
        let mut bent = valid.clone();
        for (at, new, kind) in changes {
            let nodes = count(&bent);
            change(&mut bent, &mut at.index(nodes), &new, kind);
        }
        bent
    })
}

/// The body of a request or answer: bent JSON, then its bytes bent.
pub fn body(valid: Value) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => json(valid.clone()).prop_map(|value| value.to_string().into_bytes()),
        1 => value().prop_map(|value| value.to_string().into_bytes()),
        2 => bytes(valid.to_string().into_bytes()),
    ]
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0_usize,
    }
}

/// Changes the node at place `at` of a walk from the root; `at` counts down.
fn change(value: &mut Value, at: &mut usize, new: &Value, kind: u8) {
    if *at == 0 {
        *at = usize::MAX;
        match (kind, &mut *value) {
            (0, Value::Object(members)) => {
                let first = members.keys().next().cloned();
                first.map(|name| members.remove(&name));
            }
            (1, Value::Object(members)) => drop(members.insert("of_tomorrow".to_owned(), new.clone())),
            (2, Value::Array(items)) => items.push(items.first().cloned().unwrap_or(json!(null))),
            _ => *value = new.clone(),
        }
        return;
    }
    *at -= 1;
    match value {
        Value::Array(items) => {
            for item in items {
                if *at == usize::MAX {
                    return;
                }
                change(item, at, new, kind);
            }
        }
        Value::Object(members) => {
            for member in members.values_mut() {
                if *at == usize::MAX {
                    return;
                }
                change(member, at, new, kind);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
