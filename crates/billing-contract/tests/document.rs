//! The document that integrators read is the one that the code makes. `BLESS=1` writes it anew.

use powerhall_billing_contract::{Code, Route, document};
use serde_json::Value;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/billing-contract.json");
const EXPLAINED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/billing-contract.md");

#[test]
fn the_committed_document_is_that_of_the_code() {
    let made = document();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(COMMITTED, &made).expect("writes");
    }
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(committed == made, "docs/billing-contract.json is old: BLESS=1 makes it anew");
}

#[test]
fn it_is_openapi_3_1_and_every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(&document()).expect("JSON");
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let mut todo = vec![&document];
    let mut references = 0;
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get("$ref") {
                    let pointer = target.strip_prefix('#').expect("inside the document");
                    assert!(document.pointer(pointer).is_some(), "{target}");
                    references += 1;
                }
                todo.extend(members.values());
            }
            Value::Array(items) => todo.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    assert!(references > 50);
    let operations: usize = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .map(|p| p.as_object().expect("an item").len())
        .sum();
    assert_eq!(operations, Route::ALL.len());
}

#[test]
fn the_explanation_names_every_operation_and_every_code() {
    let text = std::fs::read_to_string(EXPLAINED).expect("docs/billing-contract.md");
    for route in Route::ALL {
        assert!(text.contains(&format!("`{}`", route.name)), "{}", route.name);
    }
    for code in Code::ALL {
        assert!(text.contains(&format!("`{}`", code.name())), "{}", code.name());
    }
}
