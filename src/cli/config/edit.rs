//! Changes `config.toml` where a person asks for it: one value, everything else as it stands, comments and order too.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, value};

use super::layers::foreign;
use crate::cli::error::{CliError, Code};
use crate::cli::output::text::{shown, shown_path};
use crate::model::ObjectId;

/// Sets `name` under `[queries]` in this file, which is made where there is none.
///
/// The file is replaced whole, so that whoever reads it meets the old text or the new one. Its mode is kept; a symbolic link stays one.
///
/// # Errors
/// When the file is somebody else's, is no TOML, or cannot be read or written.
pub fn keep_query(file: &Path, name: &str, text: &str) -> Result<(), CliError> {
    let file = settled(file)?;
    if let Some(owner) = foreign(&file) {
        let message = format!("{}: belongs to {owner} and is not changed", shown_path(&file));
        return Err(CliError::new(Code::Denied, message).detail("path", file.to_string_lossy()));
    }
    let before = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(CliError::io(&file, &error)),
    };
    let after = with_query(&before, name, text)
        .map_err(|reason| CliError::new(Code::Usage, format!("{}: {}", shown_path(&file), shown(&reason))))?;
    replace(&file, after.as_bytes()).map_err(|error| CliError::io(&file, &error))
}

/// The file itself, where the path is a symbolic link to it; its folder is made.
fn settled(file: &Path) -> Result<PathBuf, CliError> {
    match fs::canonicalize(file) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            folder.map_or(Ok(()), fs::create_dir_all).map_err(|error| CliError::io(file, &error))?;
            Ok(file.to_owned())
        }
        Err(error) => Err(CliError::io(file, &error)),
    }
}

/// The text with the question in it.
fn with_query(before: &str, name: &str, text: &str) -> Result<String, String> {
    let mut document: DocumentMut = before.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let fresh = !document.contains_key("queries");
    let queries = document.entry("queries").or_insert_with(|| Item::Table(Table::new()));
    if let (true, Some(table)) = (fresh && !before.trim().is_empty(), queries.as_table_mut()) {
        table.decor_mut().set_prefix("\n");
    }
    let queries = queries.as_table_like_mut().ok_or("`queries` must be a table")?;
    match queries.get_mut(name).and_then(Item::as_value_mut) {
        Some(known) => {
            let decor = known.decor().clone();
            *known = text.into();
            *known.decor_mut() = decor;
        }
        None => {
            queries.insert(name, value(text));
        }
    }
    Ok(document.to_string())
}

/// Writes beside the file, to the disk, and then takes its place.
fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mode = match fs::metadata(file) {
        Ok(found) => found.permissions().mode() & 0o777,
        Err(_) => 0o600,
    };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", ObjectId::random()));
    let written = write_new(&beside, bytes, mode).and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written?;
    File::open(folder)?.sync_all()
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_set_and_all_else_stays_as_it_stands() {
        let before = "# mine\nuser = \"me@example.com\" # here\n\n[queries]\n# the sea\nsea  = \"beach\"   # keep\n\n[trash]\nkeep = \"30d\"\n";
        let added = with_query(before, "cats", "tag:\"cat\"").unwrap();
        let expected = before.replace("# keep\n", "# keep\ncats = 'tag:\"cat\"'\n");
        assert_eq!(added, expected);
        let changed = with_query(before, "sea", "beach OR sea").unwrap();
        assert_eq!(changed, before.replace("\"beach\"", "\"beach OR sea\""));
    }

    #[test]
    fn a_table_is_made_where_there_is_none_and_an_inline_one_is_kept() {
        assert_eq!(with_query("", "a", "b").unwrap(), "[queries]\na = \"b\"\n");
        assert_eq!(with_query("user = \"x\"\n", "a", "b").unwrap(), "user = \"x\"\n\n[queries]\na = \"b\"\n");
        assert_eq!(with_query("queries = { c = \"d\" }\n", "a", "b").unwrap(), "queries = { c = \"d\" , a = \"b\" }\n");
        assert_eq!(with_query("queries.c = \"d\"\n", "a", "b").unwrap(), "queries.c = \"d\"\nqueries.a = \"b\"\n");
        assert!(with_query("queries = 3\n", "a", "b").is_err());
    }

    #[test]
    fn any_text_is_read_back_as_it_was() {
        for text in ["", "\"", "'", "\\", "a\nb", "é \u{1b} '''", "\u{202e}"] {
            let file: toml::Table = with_query("", "é-1", text).unwrap().parse().unwrap();
            assert_eq!(file["queries"]["é-1"].as_str(), Some(text));
        }
    }

    #[test]
    fn the_file_is_replaced_with_its_mode_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("config.toml"));
        fs::write(&real, "").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        keep_query(&link, "a", "b").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "[queries]\na = \"b\"\n");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let fresh = folder.path().join("new/config.toml");
        keep_query(&fresh, "a", "b").unwrap();
        assert_eq!(fs::metadata(&fresh).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
