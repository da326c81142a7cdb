//! The peer: the same media in one plain table with the indexes anybody would make, asked through the `sqlite3` shell.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rusqlite::Connection;

use super::inside::PAGE;
use super::questions::Question;
use super::spent::{Costs, process};
use crate::Fault;
use crate::run::{installed, number};

const COPY: &str = "
    CREATE TABLE photos AS
    SELECT media.n, lower(hex(object.id)) AS id, media.filename, media.media_type, media.mime_type, media.size, media.width,
           media.height, media.duration, media.taken_at, media.latitude, media.longitude, media.camera, media.lens, media.iso,
           media.focal_length_mm, media.album_count, media.metadata,
           (SELECT ',' || group_concat(tag.name) || ',' FROM grown.media_tag AS pair JOIN grown.tag ON tag.n = pair.tag
             WHERE pair.media = media.n) AS tags
      FROM grown.media JOIN grown.object ON object.n = media.n
     WHERE media.deleted_at IS NULL ORDER BY media.n;
    CREATE UNIQUE INDEX photo_id ON photos (id);
    CREATE INDEX photo_time ON photos (taken_at);
    CREATE INDEX photo_type ON photos (media_type, taken_at);
    CREATE INDEX photo_camera ON photos (camera, taken_at);
    CREATE INDEX photo_size ON photos (size);
    CREATE INDEX photo_name ON photos (filename);
    CREATE INDEX photo_iso ON photos (iso);
    CREATE INDEX photo_place ON photos (latitude, longitude);
    ANALYZE main;";

/// The plain table, in a file of its own.
pub struct Peer {
    file: PathBuf,
}

impl Peer {
    /// Makes the table, or says loudly that there is no shell to ask it.
    pub fn make(grown: &Path, work: &Path) -> Result<Option<Self>, Fault> {
        if !installed("sqlite3") {
            eprintln!("skipped: the same questions of a plain table (no `sqlite3`; apt-get install sqlite3)");
            return Ok(None);
        }
        let (file, started) = (work.join("photos.db"), Instant::now());
        if file.exists() {
            std::fs::remove_file(&file)?;
        }
        let connection = Connection::open(&file)?;
        connection.execute_batch("PRAGMA journal_mode = off; PRAGMA synchronous = off;")?;
        let catalogue = grown.join("catalog.db");
        let catalogue = catalogue.to_str().ok_or("the library's path is no text")?;
        connection.execute("ATTACH ?1 AS grown", [format!("file:{catalogue}?mode=ro")])?;
        connection.execute_batch(COPY)?;
        eprintln!("the plain table was made in {:.0} s", started.elapsed().as_secs_f64());
        Ok(Some(Self { file }))
    }

    /// How many it counts, then what a page and a count cost; `None` where SQL cannot say the question simply.
    pub fn ask(&self, question: &Question, rounds: u64) -> Result<Option<(u64, Costs, Costs)>, Fault> {
        let Some(condition) = question.plain else { return Ok(None) };
        let order = question.plain_order;
        let page = format!("SELECT * FROM photos WHERE {condition} ORDER BY {order} LIMIT {PAGE}");
        let count = format!("SELECT count(*) FROM photos WHERE {condition}");
        let page = process(&self.shell("-json", &page), rounds)?;
        let counted = number(&mut self.shell("-list", &count))?;
        Ok(Some((counted, page, process(&self.shell("-list", &count), rounds)?)))
    }

    fn shell(&self, form: &str, sql: &str) -> Command {
        let mut command = Command::new("sqlite3");
        command.args(["-readonly", "-batch", form]).arg(&self.file).arg(sql);
        command
    }
}
