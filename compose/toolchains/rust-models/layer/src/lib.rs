//! Nothing: this crate is only there for its dependencies.
