//! The whole suite, one binary.
