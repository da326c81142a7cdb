//! Backups, from the inside.
