//! A guarded connection: it can only read, and only the owner's objects, even if the question put to it is wrong.
//!
//! Every statement goes through the `my_*` views, which show one owner; an authorizer denies the tables beneath them,
//! other databases, pragmas and any change. The search index reads tables of its own, which hold everybody's words: only while
//! a statement the guard has let pass is running, never as part of one that is put to it.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Connection, Row, Rows};

use super::{Owner, Root, StoreError, ask, open};
use crate::model::ObjectId;

/// The tables an owner's views are made of. `tag` and `source_folder` name their owner; the pair tables join one that does.
const OWNED: &[&str] = &["media", "album", "integration", "link", "user", "stored_file", "tag", "source_folder"];

/// A connection that answers questions about one owner's objects.
pub struct Reader {
    connection: Connection,
    owner: Owner,
    root: PathBuf,
    alone: bool,
    /// Whether a statement that was let pass gives a row just now: what is prepared meanwhile is the search index's own.
    running: Arc<AtomicBool>,
}

impl Reader {
    /// Opens one on the catalogue beneath `root`.
    ///
    /// # Errors
    /// Those of opening the catalogue.
    pub fn open(root: &Root, owner: Owner) -> Result<Self, StoreError> {
        Self::beneath(root.path(), owner)
    }

    /// Another one on the same catalogue, for another thread.
    ///
    /// # Errors
    /// Those of opening the catalogue.
    pub fn another(&self) -> Result<Self, StoreError> {
        Self::beneath(&self.root, self.owner)
    }

    fn beneath(root: &Path, owner: Owner) -> Result<Self, StoreError> {
        let mut connection = open::connect(root, open::Access::Read)?;
        let own = scope(&connection, owner)?;
        let alone = connection.query_row("SELECT count(*) = 1 FROM user", [], |row| row.get(0))?;
        connection.pragma_update(None, "query_only", true)?;
        warm(&connection)?;
        ask::lend(&connection)?;
        let running = Arc::new(AtomicBool::new(false));
        let runs = Arc::clone(&running);
        connection
            .authorizer(Some(move |context: AuthContext<'_>| guard(&own, runs.load(Ordering::Relaxed), &context)))?;
        Ok(Self { connection, owner, root: root.to_owned(), alone, running })
    }

    /// The next row of a statement. The search index may read its own tables for it: it prepares what it reads them by only
    /// now, in the midst of the question.
    pub(super) fn step<'r>(&self, rows: &'r mut Rows<'_>) -> rusqlite::Result<Option<&'r Row<'r>>> {
        self.running.store(true, Ordering::Relaxed);
        let row = rows.next();
        self.running.store(false, Ordering::Relaxed);
        row
    }

    /// Whose objects it shows.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// Whether nobody else has anything in this catalogue: what the search index finds is then the owner's.
    pub fn is_alone(&self) -> bool {
        self.alone
    }
}

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

/// Makes the owner's views on a connection. They live with it and are never written to the file.
///
/// Each `my_*` view stands on one whose name nobody can guess: the guard lets only those read tables, so that no common table
/// expression can take a view's name and with it the right to look at everybody's rows.
///
/// # Errors
/// Those of the catalogue.
pub fn scope(connection: &Connection, owner: Owner) -> Result<String, StoreError> {
    let secret = ObjectId::random().to_string().replace('-', "");
    let own = format!("own_{secret}_");
    let n = owner.n;
    let mut views: Vec<(&str, String)> = vec![
        ("object", format!("SELECT n, id, type, made_by FROM main.object WHERE owner = {n}")),
        (
            "media_tag",
            format!(
                "SELECT pair.tag, pair.media FROM main.media_tag AS pair JOIN main.tag AS word ON word.n = pair.tag
                  WHERE word.owner = {n}"
            ),
        ),
        (
            "sighting",
            format!(
                "SELECT seen.* FROM main.sighting AS seen JOIN main.source_folder AS folder ON folder.n = seen.folder
                  WHERE folder.owner = {n}"
            ),
        ),
        (
            "source_file",
            format!(
                "SELECT file.* FROM main.source_file AS file JOIN main.source_folder AS folder ON folder.n = file.folder
                  WHERE folder.owner = {n}"
            ),
        ),
        (
            "media_place",
            format!(
                "SELECT place.*, media.latitude, media.longitude FROM main.media_place AS place CROSS JOIN main.media AS media ON media.n = place.n
                  WHERE media.owner = {n}"
            ),
        ),
        (
            "operation",
            format!("SELECT n, owner, command, started_at, finished_at, outcome FROM main.operation WHERE owner = {n}"),
        ),
        // What happened to the owner's objects, whoever did it; those that were purged are told by their tombstones.
        (
            "change",
            format!(
                "SELECT change.* FROM main.change AS change
                  WHERE EXISTS (SELECT 1 FROM main.object AS mine WHERE mine.n = change.object AND mine.owner = {n})
                     OR EXISTS (SELECT 1 FROM main.tombstone AS gone WHERE gone.n = change.object AND gone.owner = {n})"
            ),
        ),
        ("tombstone", format!("SELECT * FROM main.tombstone WHERE owner = {n}")),
        ("type", "SELECT n, name FROM main.type".to_owned()),
    ];
    views.extend(OWNED.iter().map(|table| (*table, format!("SELECT * FROM main.{table} WHERE owner = {n}"))));
    for (name, select) in views {
        let pair = format!(
            "CREATE TEMP VIEW {own}{name} AS {select}; CREATE TEMP VIEW my_{name} AS SELECT * FROM temp.{own}{name};"
        );
        connection.execute_batch(&pair)?;
    }
    Ok(own)
}

/// Touches the virtual tables once: they read their own shadow tables when they connect, before the guard stands.
fn warm(connection: &Connection) -> Result<(), StoreError> {
    for table in ["media_text", "album_text"] {
        connection.prepare(&format!("SELECT rowid FROM {table} WHERE {table} MATCH 'a' LIMIT 1"))?.query([])?.next()?;
    }
    connection.prepare("SELECT n FROM media_place LIMIT 1")?.query([])?.next()?;
    Ok(())
}

/// The virtual tables of the search index. Words that were found name no owner, and stand for nothing until they are joined to
/// one's media.
const SEARCHED: &[&str] = &["media_text", "album_text"];

/// What tables of the search index are called behind its name; what they are read for.
const BENEATH: &[&str] = &["_data", "_idx", "_docsize"];

/// Its version, without a word in it: read whenever the index is connected, which may be in the midst of preparing.
const VERSION: &str = "_config";

/// Whether the search index may read this: its own tables only while a statement is running.
fn searched(table: &str, running: bool) -> bool {
    let behind = SEARCHED.iter().find_map(|searched| table.strip_prefix(searched));
    behind.is_some_and(|rest| rest.is_empty() || rest == VERSION || (running && BENEATH.contains(&rest)))
}

/// What the guard lets pass.
fn guard(own: &str, running: bool, context: &AuthContext<'_>) -> Authorization {
    let allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive | AuthAction::Transaction { .. } => true,
        AuthAction::Function { function_name } => !matches!(function_name, "load_extension" | "writefile" | "readfile"),
        AuthAction::Pragma { pragma_name, pragma_value } => pragma_name == "data_version" && pragma_value.is_none(),
        AuthAction::Read { table_name, .. } => {
            let through_view = context.accessor.is_some_and(|view| view.starts_with(own));
            let view = context.database_name == Some("temp");
            through_view || view || searched(table_name, running) || table_name.starts_with("json_")
        }
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}
