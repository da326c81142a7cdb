//! hypernet keeps the photos and videos of a life in one folder with one catalogue.
//!
//! The floors, each using only those below it:
//!
//! ```text
//! cli                            arguments, printing, exit codes
//! import                         files → media
//! album     trash                albums: make, add │ into the trash, back, for good
//! query     history   check      text → rows │ the journal read │ verify, repair
//! link                           the one way a relationship is made
//! store     probe     template   rows, files, journal │ bytes → facts │ names from patterns
//! model                          what the things are: no clock, no disk, no SQL
//! ```
//!
//! **A photo walks up:** `import::scan` finds the path → `probe` reads it once → `import::decide` asks `store` → `import::publish`
//! places the file → `import::commit` writes row, links and journal → an `Event` → a line.
//! **A question walks down and back:** text → `query::lex` → `query::parse` → `query::sql` → `store` → `Media` → `cli::output`.

pub mod album;
pub mod check;
pub mod cli;
pub mod history;
pub mod import;
pub mod link;
pub mod model;
pub mod probe;
pub mod query;
pub mod store;
pub mod template;
pub mod trash;
