//! The query language held to its contract: answers that are known, answers worked out, and attempts that must find nothing.

mod asked;
mod attempts;
mod examples;
mod fields;
mod hostile;
mod mutated;
mod pipes;
mod property;
mod random;
mod spelt;
mod world;
