//! A guarded connection: it can only read, and only the owner's objects, even if the question put to it is wrong.
//!
//! Every statement goes through the `my_*` views, which show one owner; an authorizer denies the tables beneath them,
//! other databases, pragmas and any change.

use std::ops::Deref;

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::{Owner, Root, StoreError, open};

/// The tables an owner's views are made of. `tag` and `source_folder` name their owner; the pair tables join one that does.
const OWNED: &[&str] = &["media", "album", "integration", "link", "user", "stored_file", "tag", "source_folder"];

/// A connection that answers questions about one owner's objects.
pub struct Reader {
    connection: Connection,
    owner: Owner,
}

impl Reader {
    /// Opens one on the catalogue beneath `root`.
    ///
    /// # Errors
    /// Those of opening the catalogue.
    pub fn open(root: &Root, owner: Owner) -> Result<Self, StoreError> {
        let mut connection = open::connect(root.path(), open::Access::Read)?;
        scope(&connection, owner)?;
        connection.pragma_update(None, "query_only", true)?;
        warm(&connection)?;
        connection.authorizer(Some(guard))?;
        Ok(Self { connection, owner })
    }

    /// Whose objects it shows.
    pub fn owner(&self) -> Owner {
        self.owner
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
/// # Errors
/// Those of the catalogue.
pub fn scope(connection: &Connection, owner: Owner) -> Result<(), StoreError> {
    let n = owner.n;
    let mut views = format!(
        "CREATE TEMP VIEW my_object AS SELECT n, id, type, made_by FROM main.object WHERE owner = {n};
         CREATE TEMP VIEW my_media_tag AS SELECT pair.tag, pair.media FROM main.media_tag AS pair
           WHERE pair.tag IN (SELECT n FROM main.tag WHERE owner = {n});
         CREATE TEMP VIEW my_sighting AS SELECT seen.* FROM main.sighting AS seen
           JOIN main.source_folder AS folder ON folder.n = seen.folder WHERE folder.owner = {n};
         CREATE TEMP VIEW my_source_file AS SELECT file.* FROM main.source_file AS file
           JOIN main.source_folder AS folder ON folder.n = file.folder WHERE folder.owner = {n};
         CREATE TEMP VIEW my_tombstone AS SELECT * FROM main.tombstone WHERE owner = {n};
         CREATE TEMP VIEW my_type AS SELECT n, name FROM main.type;"
    );
    let tables = OWNED
        .iter()
        .map(|table| format!("CREATE TEMP VIEW my_{table} AS SELECT * FROM main.{table} WHERE owner = {n};"));
    views.extend(tables);
    Ok(connection.execute_batch(&views)?)
}

/// Touches the virtual tables once: they read their own shadow tables when they connect, before the guard stands.
fn warm(connection: &Connection) -> Result<(), StoreError> {
    for table in ["media_text", "album_text"] {
        connection.prepare(&format!("SELECT rowid FROM {table} WHERE {table} MATCH 'a' LIMIT 1"))?.query([])?.next()?;
    }
    connection.prepare("SELECT n FROM media_place LIMIT 1")?.query([])?.next()?;
    Ok(())
}

fn guard(context: AuthContext<'_>) -> Authorization {
    let searches = |table: &str| ["media_text", "album_text", "media_place"].iter().any(|name| table.starts_with(name));
    let allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive | AuthAction::Transaction { .. } => true,
        AuthAction::Function { function_name } => !matches!(function_name, "load_extension" | "writefile" | "readfile"),
        AuthAction::Pragma { pragma_name, pragma_value } => pragma_name == "data_version" && pragma_value.is_none(),
        AuthAction::Read { table_name, .. } => {
            let through_view = context.accessor.is_some_and(|view| view.starts_with("my_"));
            through_view || table_name.starts_with("my_") || searches(table_name) || table_name.starts_with("json_")
        }
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}
