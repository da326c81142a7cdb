//! What comes out of `query`, in the hands of other programs: jq, head, a full disk, a spreadsheet, xargs.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::world::{Photo, Shelf, World as Rows};
use crate::support::{HYPERNET, Ran, World, jpeg, put, skip, tool};

/// Names that break what does not quote them.
const NAMES: &[&[u8]] = &[
    b"plain.jpg",
    b"two\nlines.jpg",
    b"ends in a line feed\n.jpg",
    b"a\ttab.jpg",
    b"\x1b[31mred\x1b[0m.jpg",
    b"\x1b]0;title\x07.jpg",
    b"no \xff utf \xc3\x28.jpg",
    b"'single' \"double\".jpg",
    b"=1+2.jpg",
    b"=HYPERLINK(\"http:x\",\"y\").jpg",
    b"-rf.jpg",
    b"--help.jpg",
    b"+1.jpg",
    b"@SUM(A1).jpg",
    b"a,b;c.jpg",
    b"\xe2\x80\xaegpj.exe.jpg",
    b"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d.jpg",
    b"back\\slash.jpg",
    b"\r\ncarriage.jpg",
    b"$(touch x) `id` ;|&.jpg",
    b"* ? [a].jpg",
    b" blank .jpg",
    b"{\"json\":1}.jpg",
];

fn library() -> World {
    let world = World::new();
    for (number, name) in (0..).zip(NAMES) {
        put(&world.sources().join(OsStr::from_bytes(name)), &jpeg(number));
    }
    world.import(&[]).ends(0);
    world
}

/// Runs a line of the shell, in which `$H` is the program on this library.
fn shell(world: &World, line: &str) -> Ran {
    let mut command = Command::new("bash");
    command.args(["-c", line]);
    world.prepare(&mut command).env("H", format!("{HYPERNET} -L library"));
    Ran::of(&command.output().unwrap())
}

fn is_there(program: &str) -> bool {
    let there = tool(program, &["--version"]);
    if !there {
        skip(&format!("{program} is absent"));
    }
    there
}

#[test]
fn jq_counts_what_one_json_document_holds() {
    if !is_there("jq") {
        return;
    }
    let world = library();
    let ran = shell(&world, "set -o pipefail; $H query --json '*' | jq length");
    assert_eq!((ran.code, ran.stdout.trim(), &*ran.stderr), (0, &*NAMES.len().to_string(), ""), "{ran:?}");
    let names =
        shell(&world, "set -o pipefail; $H query --jsonl | jq -j '.metadata.original_filename + \"\\u0000\"'").stdout;
    let mut names: Vec<_> = names.split_terminator('\0').collect();
    names.sort_unstable();
    let mut expected: Vec<_> = NAMES.iter().map(|name| String::from_utf8_lossy(name)).collect();
    expected.sort_unstable();
    assert_eq!(names, expected);
    let none = shell(&world, "set -o pipefail; $H query --json filename:nothing | jq length");
    assert_eq!((none.code, none.stdout.trim()), (0, "0"), "{none:?}");
}

#[test]
fn who_reads_only_the_first_line_hears_no_complaint() {
    let world = library();
    for form in ["", "--jsonl", "--json", "--paths", "--ids", "--ids -0", "--format csv", "--format table"] {
        let ran = shell(&world, &format!("$H query {form} | head -1 > /dev/null; echo ${{PIPESTATUS[0]}}"));
        assert_eq!((ran.stdout.trim(), &*ran.stderr), ("0", ""), "{form}: {ran:?}");
        let gone = shell(&world, &format!("$H query {form} > >(true); echo $?"));
        assert_eq!(gone.stderr, "", "{form}: {gone:?}");
    }
    // More than a pipe holds, so that the program is still writing when the reader goes.
    let many = Many::new();
    let ran = many.shell("$H query --jsonl | head -1 | wc -l; echo ${PIPESTATUS[0]}");
    assert_eq!((&*ran.stdout, &*ran.stderr), ("1\n0\n", ""), "{ran:?}");
}

#[test]
fn a_full_disk_is_told_in_one_line() {
    if !std::path::Path::new("/dev/full").exists() {
        return skip("there is no /dev/full");
    }
    let world = library();
    for form in ["", "--jsonl", "--json", "--paths", "--ids", "--format csv", "--format table", "--count"] {
        let ran = shell(&world, &format!("$H query {form} > /dev/full"));
        assert_eq!((ran.code, ran.stderr.lines().count()), (1, 1), "{form}: {ran:?}");
        let line = ran.stderr.to_lowercase();
        assert!(line.contains("no space left"), "{form}: {ran:?}");
    }
}

#[test]
fn a_spreadsheet_reads_csv_as_rows_of_the_same_columns() {
    if !is_there("python3") {
        return;
    }
    let world = library();
    let read = "import csv,json,sys; sys.stdin.reconfigure(newline=''); print(json.dumps(list(csv.reader(sys.stdin, strict=True))))";
    let ran = shell(&world, &format!("set -o pipefail; $H query --format csv | python3 -c \"{read}\""));
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran:?}");
    let rows: Vec<Vec<String>> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(rows.len(), NAMES.len() + 1, "{rows:?}");
    assert!(rows[0].contains(&"id".to_owned()) && rows.iter().all(|row| row.len() == rows[0].len()), "{rows:?}");
    let ids = world.run(&["query", "--ids"]).stdout;
    let at = rows[0].iter().position(|name| name == "id").unwrap();
    assert_eq!(rows[1..].iter().map(|row| row[at].as_str()).collect::<Vec<_>>(), ids.lines().collect::<Vec<_>>());
    let bytes = world.run(&["query", "--format", "csv"]).stdout;
    assert!(
        bytes.lines().count() >= rows.len() && bytes.matches("\r\n").count() >= rows.len(),
        "RFC 4180 ends lines by CR LF"
    );
}

#[test]
fn xargs_takes_every_path_that_ends_with_nul() {
    let world = library();
    let ran = shell(&world, "set -o pipefail; $H query -0 --paths | xargs -0 ls -d -- | wc -l");
    assert_eq!((ran.code, ran.stdout.trim(), &*ran.stderr), (0, &*NAMES.len().to_string(), ""), "{ran:?}");
    let ran = shell(&world, "set -o pipefail; $H query -0 --ids | xargs -0 -n1 $H show --json | grep -c '\"type\"'");
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn no_form_but_json_lets_a_name_break_its_lines_and_none_lets_it_reach_the_terminal() {
    let world = library();
    for form in [&["--format", "tsv"][..], &["--paths"], &["--ids"], &["--format", "table"], &["--jsonl"]] {
        let ran = world.run(&[&["query"], form].concat());
        let header = usize::from(form[form.len() - 1] == "table") * (ran.stdout.lines().count() - NAMES.len()).min(2);
        assert_eq!((ran.code, ran.stdout.lines().count() - header), (0, NAMES.len()), "{form:?}: {ran:?}");
        assert!(!ran.stdout.contains(['\x1b', '\x07', '\r']), "{form:?}: {ran:?}");
    }
    for name in ["two\nlines", "\x1b[31mred", "=1+2", "'single' \"double\"", "back\\slash", "\u{202e}gpj"] {
        let quoted = format!("filename:\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
        let ran = world.run(&["query", "--count", &quoted]);
        assert_eq!((ran.code, ran.stdout.trim()), (0, "1"), "{name:?}: {ran:?}");
        // A mistake repeats the question: what it holds must not reach the terminal either.
        let ran = world.run(&["query", &format!("{quoted} camra:x")]);
        assert!(ran.code == 2 && !ran.stderr.contains('\x1b'), "{ran:?}");
    }
}

/// A library of some thousand media, some kilobytes each: far more than a pipe holds.
struct Many {
    shelf: Shelf,
    world: World,
}

/// How many, and how much each says.
const MANY: usize = 3_000;
const LONG: usize = 4_000;

impl Many {
    fn new() -> Self {
        let photo = |at: usize| Photo {
            original: format!("IMG_{at}.jpg"),
            size: 1000,
            wall: Some((1_704_067_200_000 + at as i64 * 60_000, 0)),
            description: Some("word ".repeat(LONG / 5)),
            ..Photo::default()
        };
        let rows = Rows { photos: (0..MANY).map(photo).collect(), ..Rows::default() };
        Self { shelf: Shelf::new(rows, &Rows::default()), world: World::new() }
    }

    fn shell(&self, line: &str) -> Ran {
        let mut command = Command::new("bash");
        command.args(["-c", line]);
        let program = format!("{HYPERNET} -L {}", self.shelf.raw.path().display());
        self.world.prepare(&mut command).env("H", program);
        Ran::of(&command.output().unwrap())
    }
}

#[test]
fn the_first_line_is_there_before_the_rest_is_read() {
    let many = Many::new();
    let mut command = Command::new(HYPERNET);
    command.arg("-L").arg(many.shelf.raw.path()).args(["query", "--jsonl"]);
    let mut child = many.world.prepare(&mut command).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::with_capacity(1, child.stdout.take().unwrap());
    let mut first = String::new();
    lines.read_line(&mut first).unwrap();
    let newest: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(newest["filename"], format!("IMG_{}.jpg", MANY - 1));
    // Nobody takes the rest: the program waits at a full pipe, and has read no more than what it holds ready.
    let read = std::fs::read_to_string(format!("/proc/{}/io", child.id()));
    let waits = child.try_wait().unwrap().is_none();
    let mut rest = String::new();
    lines.read_to_string(&mut rest).unwrap();
    let status = child.wait().unwrap();
    assert!(waits, "it ended before anybody took its second line");
    assert_eq!((status.code(), rest.lines().count()), (Some(0), MANY - 1));
    let Ok(read) = read else { return skip("there is no /proc/PID/io") };
    let taken: usize = read.lines().find_map(|line| line.strip_prefix("rchar: ")).unwrap().parse().unwrap();
    assert!(taken < MANY * LONG / 2, "it read {taken} bytes before anybody took its second line");
    let _ = std::io::stderr().flush();
}
