//! A real library opened behind the program's back: plain SQLite, rows made by hand, and what the catalogue says to them.

use std::cell::Cell;

use hypernet::model::text::Email;
use hypernet::model::{ObjectId, Timestamp};
use hypernet::store::{Founder, Library};
use rusqlite::{Connection, params};
use tempfile::TempDir;

/// What refusals begin with or contain.
pub const CHECK: &str = "CHECK constraint failed";
pub const FOREIGN: &str = "FOREIGN KEY constraint failed";
pub const NULL: &str = "NOT NULL constraint failed";
pub const TYPE: &str = "cannot store";
pub const UNIQUE: &str = "UNIQUE constraint failed";

/// The first user, made by `init`, and a second one, made here.
pub const FIRST: i64 = 1;
pub const SECOND: i64 = 2;

/// A table of objects, its number in `type`, and a row the catalogue accepts: column and SQL value. `{n}` is the row's
/// number, `{owner}` its owner; `{a}` and `{b}` are an album and a media of the owner.
pub struct Kind {
    pub table: &'static str,
    pub number: i64,
    pub row: &'static [(&'static str, &'static str)],
}

pub const USER: Kind = Kind {
    table: "user",
    number: 1,
    row: &[
        ("n", "{n}"),
        ("owner", "{n}"),
        ("created_at", "0"),
        ("updated_at", "0"),
        ("email", "'user{n}@example.com'"),
        ("password_hash", "'!'"),
        ("email_verified", "0"),
        ("is_active", "1"),
        ("is_admin", "0"),
        ("storage_used", "0"),
        ("storage_quota", "10000000000"),
        ("metadata", "'{}'"),
    ],
};

pub const MEDIA: Kind = Kind {
    table: "media",
    number: 2,
    row: &[
        ("n", "{n}"),
        ("owner", "{owner}"),
        ("created_at", "0"),
        ("updated_at", "0"),
        ("filename", "'IMG_{n}.jpg'"),
        ("media_type", "'photo'"),
        ("mime_type", "'image/jpeg'"),
        ("size", "1000"),
        ("hash", "(SELECT hash FROM stored_file WHERE month = {n} % 9000 * 100 + 1 AND owner = {owner})"),
        ("processing_status", "'complete'"),
        ("thumbnail_generated", "0"),
        ("metadata_extracted", "1"),
        ("metadata", "'{}'"),
    ],
};

pub const ALBUM: Kind = Kind {
    table: "album",
    number: 3,
    row: &[
        ("n", "{n}"),
        ("owner", "{owner}"),
        ("created_at", "0"),
        ("updated_at", "0"),
        ("name", "'Album {n}'"),
        ("sort_order", "'date_desc'"),
        ("visibility", "'private'"),
        ("metadata", "'{}'"),
    ],
};

pub const INTEGRATION: Kind = Kind {
    table: "integration",
    number: 4,
    row: &[
        ("n", "{n}"),
        ("owner", "{owner}"),
        ("created_at", "0"),
        ("updated_at", "0"),
        ("integration_type", "'instagram'"),
        ("integration_name", "'@user{n}'"),
        ("status", "'connected'"),
        ("is_enabled", "1"),
        ("metadata", "'{}'"),
    ],
};

/// An album's link to a media, both of the owner and made for it.
pub const LINK: Kind = Kind {
    table: "link",
    number: 5,
    row: &[
        ("n", "{n}"),
        ("owner", "{owner}"),
        ("created_at", "0"),
        ("updated_at", "0"),
        ("from_n", "(SELECT max(n) FROM album WHERE owner = {owner})"),
        ("from_type", "3"),
        ("to_n", "(SELECT max(n) FROM media WHERE owner = {owner})"),
        ("to_type", "2"),
        ("link_type", "'contains'"),
        ("shape", "12"),
        ("strength", "1.0"),
        ("sort_order", "{n}"),
        ("metadata", "'{}'"),
    ],
};

pub const KINDS: [&Kind; 5] = [&USER, &MEDIA, &ALBUM, &INTEGRATION, &LINK];

/// A library and a connection of another program's.
pub struct Raw {
    pub db: Connection,
    folder: TempDir,
    next: Cell<i64>,
}

impl Raw {
    /// A new library with two users, foreign keys on and nothing else.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let founder = Founder {
            email: Email::parse("owner@example.com").unwrap(),
            display_name: None,
            original_display_name: None,
            now: Timestamp::from_millis(0).unwrap(),
        };
        drop(Library::init(&folder.path().join("library"), &founder).unwrap());
        let db = Connection::open(folder.path().join("library/catalog.db")).unwrap();
        db.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF").unwrap();
        let raw = Self { db, folder, next: Cell::new(SECOND) };
        assert_eq!(raw.make(&USER, SECOND), SECOND);
        raw.next.set(100);
        raw
    }

    /// The library's folder.
    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("library")
    }

    /// A row of this kind, its identity and its file registered; gives its number.
    pub fn make(&self, kind: &Kind, owner: i64) -> i64 {
        self.make_with(kind, owner, &[]).unwrap_or_else(|error| panic!("{}: {error}", kind.table))
    }

    /// The same with other values in some columns. Nothing stays behind of a refused one.
    pub fn make_with(&self, kind: &Kind, owner: i64, other: &[(&str, &str)]) -> Result<i64, String> {
        let n = self.next.replace(self.next.get() + 1);
        self.attempt(|db| {
            self.register(kind.number, n, if kind.number == USER.number { n } else { owner })?;
            if kind.number == MEDIA.number {
                self.store(n, owner)?;
            }
            let insert = insert(kind, other).replace("{n}", &n.to_string()).replace("{owner}", &owner.to_string());
            db.execute_batch(&insert)
        })?;
        Ok(n)
    }

    /// An album and a media of this owner: the ends a [`LINK`] takes.
    pub fn ends(&self, owner: i64) -> (i64, i64) {
        (self.make(&ALBUM, owner), self.make(&MEDIA, owner))
    }

    /// A row in the registry.
    pub fn register(&self, kind: i64, n: i64, owner: i64) -> rusqlite::Result<usize> {
        let register = "INSERT INTO object (n, id, type, owner, made_by) VALUES (?1, ?2, ?3, ?4, 1)";
        self.db.execute(register, params![n, ObjectId::random().as_bytes(), kind, owner])
    }

    /// An original of a content of its own, found again by its month.
    fn store(&self, n: i64, owner: i64) -> rusqlite::Result<usize> {
        let store = "INSERT INTO stored_file (owner, hash, size, holder, month, ext)
                     VALUES (?1, randomblob(32), 1000, (SELECT id FROM object WHERE n = ?2), ?2 % 9000 * 100 + 1, 'jpg')";
        self.db.execute(store, params![owner, n])
    }

    /// Runs `work` in a transaction of its own and says what refused it, at the latest when it commits.
    pub fn attempt<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, String> {
        self.db.execute_batch("BEGIN IMMEDIATE").unwrap();
        let done = work(&self.db).and_then(|value| self.db.execute_batch("COMMIT").map(|()| value));
        if !self.db.is_autocommit() {
            self.db.execute_batch("ROLLBACK").unwrap();
        }
        done.map_err(|error| error.to_string())
    }

    /// Asserts that the catalogue accepts a statement.
    pub fn accepts(&self, sql: &str) {
        self.attempt(|db| db.execute_batch(sql)).unwrap_or_else(|error| panic!("refused: {sql}\n{error}"));
    }

    /// Asserts that the catalogue refuses a statement for one of these reasons.
    pub fn refuses(&self, sql: &str, why: &[&str]) {
        let refusal = self.attempt(|db| db.execute_batch(sql)).expect_err(&format!("accepted: {sql}"));
        assert!(why.iter().any(|why| refusal.contains(why)), "{sql}\nrefused by {refusal}, not by {why:?}");
    }

    /// One number.
    pub fn number(&self, sql: &str) -> i64 {
        self.db.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

/// The INSERT of a kind's row, with other values in some columns.
fn insert(kind: &Kind, other: &[(&str, &str)]) -> String {
    let kept = kind.row.iter().filter(|(column, _)| other.iter().all(|(name, _)| name != column));
    let (columns, values): (Vec<_>, Vec<_>) = kept.chain(other).copied().unzip();
    format!("INSERT INTO {} ({}) VALUES ({})", kind.table, columns.join(", "), values.join(", "))
}
