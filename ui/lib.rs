//! The interface that Slint makes of the files here. `api.slint` is its whole contract: `powerhall` shows a state in it
//! and hears its touches.
#![allow(missing_docs, clippy::all)]

slint::include_modules!();
