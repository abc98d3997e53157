//! The service promises that hang on a hall's wall, and the public page made of them.

use std::path::Path;

use crate::{
    Origin,
    read::{self, Mistakes, Node},
};

/// The promises and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promises {
    /// Since when, and who says so.
    pub origin: Origin,
    /// The texts `promise.<…>`, in order.
    pub keys: Vec<String>,
}

pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> Option<Promises> {
    const FILE: &str = "promises.toml";
    let table = read::file(root, FILE, mistakes)?;
    let mut node = Node::root(FILE, &table);
    let origin = Origin::read(&mut node, mistakes);
    let keys = node.some_texts("promises", mistakes);
    node.finish(mistakes);
    Some(Promises { origin: origin?, keys })
}
