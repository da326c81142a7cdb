//! What the tests of imports stand on: folders of small pictures, the program as a child process, tools that hurt it, and a look at
//! the library from outside.
//!
//! Nothing here asks the program how it is: the catalogue is opened with plain SQLite, the files are hashed here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The program under test.
pub const HYPERNET: &str = env!("CARGO_BIN_EXE_hypernet");

/// Numbers that look random and are the same in every run.
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

/// A small JPEG, another for each number.
pub fn jpeg(number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 75).encode(&pixels(number), 48, 32, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

/// A small PNG, another for each number.
pub fn png(number: u64) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_raw(48, 32, pixels(number)).unwrap();
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn pixels(number: u64) -> Vec<u8> {
    let mut seeded = Seeded(number);
    // Blocks of one colour: small files that still differ.
    let colours: Vec<[u8; 3]> = (0..24).map(|_| seeded.next().to_le_bytes()[..3].try_into().unwrap()).collect();
    (0..48 * 32).flat_map(|at| colours[(at / 48 / 8) * 6 + at % 48 / 8]).collect()
}

/// Writes `count` pictures, numbered from `first`, over a few folders, and for every tenth an exact copy elsewhere.
pub fn plant(root: &Path, first: u64, count: u64) {
    for number in first..first + count {
        let bytes = if number % 4 == 3 { png(number) } else { jpeg(number) };
        let ext = if number % 4 == 3 { "png" } else { "JPG" };
        put(&root.join(format!("roll{}/IMG_{number:04}.{ext}", number % 5)), &bytes);
        if number % 10 == 7 {
            put(&root.join(format!("copies/deep/er/copy of {number}.{ext}")), &bytes);
        }
    }
}

/// Writes a file with the folders above it, long at rest.
pub fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    age(path);
}

/// Makes a file look as if it had lain there for an hour.
pub fn age(path: &Path) {
    let file = fs::File::open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_hours(1)).unwrap();
}

/// A place of its own with a folder for sources and one for a library that is not there yet.
pub struct World {
    pub folder: TempDir,
}

impl World {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Another place with the same sources and the same library.
    pub fn copy(&self) -> Self {
        let copy = Self::new();
        for part in ["sources", "library"].iter().filter(|part| self.path().join(part).exists()) {
            copy_tree(&self.path().join(part), &copy.path().join(part));
        }
        copy
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn sources(&self) -> PathBuf {
        self.path().join("sources")
    }

    pub fn library(&self) -> PathBuf {
        self.path().join("library")
    }

    /// Runs `hypernet -L LIBRARY import SOURCES --json` with more arguments.
    pub fn import(&self, more: &[&str]) -> Ran {
        self.run(&[&["import", "sources", "--json"], more].concat())
    }

    /// Runs the program on the library.
    pub fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(HYPERNET);
        command.args(["-L", "library"]).args(args);
        self.ran(command)
    }

    /// Runs the program under `strace` with these options, counting each system call of each thread.
    pub fn strace(&self, options: &[&str], args: &[&str]) -> Ran {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "trace"]).args(options);
        command.arg("--").arg(HYPERNET).args(["-j", "1", "-L", "library"]).args(args);
        self.ran(command)
    }

    /// Holds the library to be as it should, by every check there is, and gives the live media's hashes.
    #[track_caller]
    pub fn sound(&self) -> Vec<String> {
        assert_eq!(problems(self), Vec::<String>::new());
        live(&self.library())
    }

    /// Runs a command here, in an environment that says nothing.
    pub fn ran(&self, mut command: Command) -> Ran {
        Ran::of(&self.prepare(&mut command).output().unwrap())
    }

    /// Sets a command up to run here, in an environment that says nothing.
    pub fn prepare<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let home = self.path().join("home");
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.current_dir(self.path()).env_clear().env("HOME", home).env("PATH", path).env("TZ", "UTC");
        command.stdin(Stdio::null())
    }
}

/// How a process ended and what it said.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; of a process ended by a signal, 128 and the signal's number.
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: &Output) -> Self {
        let code = output.status.code().or(output.status.signal().map(|signal| 128 + signal)).unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code, stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The summary an import printed.
    pub fn summary(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A number of the summary.
    pub fn count(&self, key: &str) -> u64 {
        self.summary()[key].as_u64().unwrap_or_else(|| panic!("no {key}: {self:?}"))
    }

    /// The code word of the error the run ended with.
    pub fn error(&self) -> Value {
        let last = self.stderr.lines().last().unwrap_or_default();
        serde_json::from_str::<Value>(last).map_or(Value::Null, |error| error["error"].clone())
    }

    /// The code words of the failed files, by file name.
    pub fn failures(&self) -> BTreeMap<String, String> {
        let summary = self.summary();
        let name = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let error = |error: &Value| (name(error["path"].as_str().unwrap()), error["code"].as_str().unwrap().to_owned());
        summary["errors"].as_array().unwrap().iter().map(error).collect()
    }

    /// Holds the run to an exit code and its counts to adding up to what was seen.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        let parts = ["imported", "duplicates", "skipped", "failed"];
        let sum: u64 = parts.iter().map(|part| self.count(part)).sum();
        assert_eq!(sum, self.count("seen"), "{self:#?}");
        self
    }
}

/// Every regular file beneath a folder with its SHA-256, as text; none where there is no folder.
pub fn hashes(root: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.insert(entry.path(), sha256(&fs::read(entry.path()).unwrap()));
            }
        }
    }
    found
}

/// The SHA-256 of bytes, as text.
pub fn sha256(bytes: &[u8]) -> String {
    hypernet::model::Sha256::from_bytes(Sha256::digest(bytes).into()).to_string()
}

/// The bytes a folder holds, by SHA-256.
pub fn contents(root: &Path) -> BTreeSet<String> {
    hashes(root).into_values().collect()
}

/// The bytes a library keeps for good: originals, trash and quarantine; not what is half-written.
pub fn kept(library: &Path) -> BTreeSet<String> {
    ["users", "trash", "quarantine"].iter().flat_map(|part| contents(&library.join(part))).collect()
}

/// Copies a folder with all in it modes and times included.
pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, from.metadata().unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (target, metadata) = (to.join(entry.file_name()), entry.metadata().unwrap());
        if metadata.is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
            fs::File::open(&target).unwrap().set_modified(metadata.modified().unwrap()).unwrap();
        }
    }
}

/// A library's catalogue, read only, as any other program would open it.
pub fn catalogue(library: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(library.join("catalog.db"), flags).unwrap();
    db.busy_timeout(Duration::from_secs(10)).unwrap();
    db
}

/// One column of a question, as text.
pub fn ask(db: &Connection, sql: &str) -> Vec<String> {
    let mut select = db.prepare(sql).unwrap();
    let rows = select.query_map([], |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
    let text = |value| match value {
        rusqlite::types::Value::Text(text) => text,
        rusqlite::types::Value::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    rows.map(|row| text(row.unwrap())).collect()
}

/// The live media's hashes, sorted, each as often as it is there.
pub fn live(library: &Path) -> Vec<String> {
    ask(&catalogue(library), "SELECT hash FROM v_media WHERE deleted_at IS NULL ORDER BY hash")
}

/// What is wrong with a library: nothing, it is hoped.
/// Asks the program itself first, then looks.
pub fn problems(world: &World) -> Vec<String> {
    let told = world.run(&["verify", "--data", "--json"]);
    let mut problems = problems_in(&world.library());
    if told.code != 0 {
        problems.push(format!("verify: {told:?}"));
    }
    problems
}

/// The same without asking the program.
pub fn problems_in(library: &Path) -> Vec<String> {
    let db = catalogue(library);
    let mut problems: Vec<_> = ask(&db, "PRAGMA integrity_check").into_iter().filter(|said| said != "ok").collect();
    problems.extend(ask(&db, "PRAGMA foreign_key_check"));
    let media = "SELECT DISTINCT file_path || '=' || hash FROM v_media ORDER BY 1";
    let rows: BTreeMap<_, _> = ask(&db, media)
        .iter()
        .map(|row| row.split_once('=').map(|(path, hash)| (library.join(path), hash.to_owned())).unwrap())
        .collect();
    let files = hashes(&library.join("users"));
    let originals: BTreeMap<_, _> =
        files.into_iter().filter(|(path, _)| path.components().any(|part| part.as_os_str() == "media")).collect();
    for (path, hash) in &rows {
        if originals.get(path) != Some(hash) {
            problems.push(format!("row without its file: {}", path.display()));
        }
    }
    problems.extend(
        originals.keys().filter(|path| !rows.contains_key(*path)).map(|path| format!("orphan: {}", path.display())),
    );
    let thumbnails = "SELECT thumbnail_path FROM v_media WHERE thumbnail_path IS NOT NULL";
    let drawn = ask(&db, thumbnails).into_iter().filter(|path| !library.join(path).is_file());
    problems.extend(drawn.map(|path| format!("no thumbnail: {path}")));
    let wide = originals.keys().filter(|path| path.metadata().unwrap().permissions().mode() & 0o7777 != 0o400);
    problems.extend(wide.map(|path| format!("mode: {}", path.display())));
    problems.extend(counters(&db));
    problems.extend(ask(&db, "SELECT 'running: ' || n FROM operation WHERE outcome = 'running'"));
    let staged = fs::read_dir(library.join("staging")).into_iter().flatten();
    problems.extend(staged.map(|entry| format!("staged: {}", entry.unwrap().path().display())));
    problems
}

/// Counters that are not what counting gives.
fn counters(db: &Connection) -> Vec<String> {
    let used = "SELECT 'storage_used ' || storage_used || ' of ' || n FROM user
                 WHERE storage_used <> (SELECT coalesce(sum(size), 0) FROM stored_file WHERE owner = user.n)";
    let albums = "SELECT 'media_count ' || media_count || ' of ' || name FROM album
                   WHERE media_count <> (SELECT count(*) FROM link JOIN media ON media.n = link.to_n
                                          WHERE link.from_n = album.n AND link.link_type = 'contains'
                                            AND link.deleted_at IS NULL AND media.deleted_at IS NULL)";
    [ask(db, used), ask(db, albums)].concat()
}

/// Whether this machine lets a test be hurt by `strace`.
pub fn strace_works() -> bool {
    static WORKS: OnceLock<bool> = OnceLock::new();
    *WORKS.get_or_init(|| {
        let injecting = ["-f", "-qq", "-o", "/dev/null", "-e", "trace=getpid", "-e", "inject=getpid:error=EIO", "true"];
        let works =
            Command::new("strace").args(injecting).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        if !works {
            skip("strace is absent or not permitted here");
        }
        works
    })
}

/// Says why a test does not run here.
pub fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Whether the tests run as root.
pub fn root() -> bool {
    let root = hypernet::store::files::own_uid() == 0;
    if !root {
        skip("this needs root");
    }
    root
}

/// Runs a tool of the system; whether it is there and did its work.
pub fn tool(program: &str, args: &[&str]) -> bool {
    let ran = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    ran.is_ok_and(|status| status.success())
}
