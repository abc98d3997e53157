//! Personal data in a box: masked wherever it could be printed, wiped when dropped.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

/// A value about a person. `Debug` and `Display` are masked; the memory is wiped on drop.
/// Reading it needs [`Personal::reveal`], which is easy to find in a review.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Personal<T: Zeroize = String>(T);

impl<T: Zeroize> Personal<T> {
    /// Boxes a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. Never log it, never write it to a disk in the clear.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// The value, to edit in place.
    pub const fn reveal_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl From<&str> for Personal<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl From<String> for Personal<String> {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl<T: Zeroize> Drop for Personal<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Zeroize> fmt::Display for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: Zeroize + Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_prints_what_it_holds() {
        let number = Personal::from("5101234567127");
        assert_eq!(format!("{number} {number:?}"), "*** ***");
        assert_eq!(serde_json::to_string(&number).expect("serialises"), "\"5101234567127\"");
    }
}
