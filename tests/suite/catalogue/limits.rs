//! Streams that are gone, limits that are tiny, terminals that are narrow, hang-ups that were asked not to be heard.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::support::{self, HYPERNET, Ran, World, contents, jpeg, plant, put, tool};

fn library() -> World {
    let world = World::new();
    plant(&world.sources(), 0, 6);
    world.import(&[]).ends(0);
    world
}

/// Runs a line of the shell in which `$0` is the program.
fn sh(world: &World, line: &str) -> Ran {
    let mut command = Command::new("sh");
    command.args(["-c", line, HYPERNET]);
    world.ran(command)
}

#[test]
fn row_16_a_hang_up_that_nohup_silenced_is_not_heard() {
    let world = World::new();
    plant(&world.sources(), 0, 20);
    let tags: Vec<_> = (0..180).map(|number| format!("{number}-{}", "long".repeat(22))).collect();
    let tags: Vec<_> = tags.iter().flat_map(|tag| ["--tag", tag.as_str()]).collect();
    world.import(&tags).ends(0);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" -L library query --json", HYPERNET]);
    let mut child = world.prepare(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    let mut ran = Ran::of(&child.wait_with_output().unwrap());
    ran.stdout.insert(0, char::from(first[0]));
    let list: Vec<Value> = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, list.len()), (0, contents(&world.sources()).len()), "{}", ran.stderr);
}

#[test]
fn row_17_what_a_full_device_lost_is_told() {
    let world = library();
    for args in ["query --json", "query --ids", "show --where '*'", "verify --json", "config show", "--help"] {
        let ran = sh(&world, &format!("\"$0\" -L library {args} >/dev/full"));
        assert_eq!(ran.code, 1, "{args}: {ran:#?}");
        assert!(ran.stderr.contains("standard output"), "{args}: {ran:#?}");
    }
    put(&world.sources().join("new.jpg"), &jpeg(900));
    let ran = sh(&world, "\"$0\" -L library import sources --json >/dev/full 2>/dev/full");
    assert_eq!(ran.code, 1);
    assert_eq!(world.sound().len(), contents(&world.sources()).len(), "it finished its work all the same");
}

/// The system's own start-up gives a process that begins without them the null device for 0, 1 and 2: what is printed there
/// is thrown away as in `>/dev/null`, which cannot be told from it, and no file of the library ever gets such a number.
#[test]
fn row_17_without_its_first_descriptors_it_works_and_writes_into_no_file_of_the_library() {
    for closed in ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"] {
        let world = library();
        put(&world.sources().join("new.jpg"), &jpeg(900));
        let ran = sh(&world, &format!("\"$0\" -L library import sources --json -v {closed}"));
        assert_eq!(ran.code, 0, "{closed}: {ran:#?}");
        let ran = sh(&world, &format!("\"$0\" -L library query --json {closed}"));
        assert_eq!(ran.code, 0, "{closed}: {ran:#?}");
        assert_eq!(world.sound().len(), contents(&world.sources()).len(), "{closed}");
    }
}

#[test]
fn row_17_tiny_limits_are_errors_and_no_deaths() {
    if !tool("prlimit", &["--nofile=64", "true"]) {
        return support::skip("there is no prlimit");
    }
    // In bytes, the smallest is what the program needs to begin at all.
    let memory = ["60000000", "90000000", "130000000", "300000000"].map(|bytes| format!("--as={bytes}"));
    let files = ["5", "8", "12", "16", "24", "40"].map(|number| format!("--nofile={number}"));
    let sizes = ["--fsize=4096".to_owned()];
    let world = library();
    put(&world.sources().join("new.jpg"), &jpeg(900));
    let sources = contents(&world.sources());
    for limit in memory.iter().chain(&files).chain(&sizes) {
        for args in [&["import", "sources", "--json"][..], &["query", "--json"], &["verify", "--json"]] {
            let mut command = Command::new("prlimit");
            command.args([limit, HYPERNET, "-L", "library"]).args(args);
            let ran = world.ran(command);
            assert!([0, 1, 3, 8].contains(&ran.code), "{limit} {args:?}: {ran:#?}");
            assert!(!ran.stderr.contains("bug in hypernet"), "{limit} {args:?}: {ran:#?}");
            let document: Result<Value, _> = serde_json::from_str(&ran.stdout);
            assert!(document.is_ok(), "{limit} {args:?}: {ran:#?}");
        }
        assert_eq!(contents(&world.sources()), sources);
    }
    world.import(&[]).ends(0);
    assert_eq!(world.sound(), sources.into_iter().collect::<Vec<_>>());
}

/// What a program prints on a terminal of 40 columns, without the colours and the lines that were drawn over.
fn on_a_terminal(world: &World, args: &str) -> Option<Vec<String>> {
    let line = format!("stty cols 40 rows 20; '{HYPERNET}' -L library {args}");
    let mut command = Command::new("script");
    command.args(["-q", "-e", "-c", &line, "/dev/null"]);
    let mut prepared = Command::new("env");
    prepared.arg("TERM=xterm").arg("script").args(command.get_args());
    let ran = world.ran(prepared);
    if ran.code == 127 {
        support::skip("there is no script to make a terminal with");
        return None;
    }
    assert!([0, 3].contains(&ran.code), "{args}: {ran:#?}");
    Some(ran.stdout.split('\n').map(|line| drawn(line.trim_end_matches('\r'))).collect())
}

/// The last state of a line: what a return, an erasure and colours leave of it. Any other escape stays to be found.
fn drawn(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        let tail = &rest[at..];
        let end = tail.find(|c: char| c.is_ascii_alphabetic()).map_or(tail.len(), |end| end + 1);
        match &tail[..end] {
            "\u{1b}[K" | "\u{1b}[2K" => plain.clear(),
            code if code.ends_with('m')
                || code.ends_with('A')
                || code.ends_with('B')
                || code.ends_with('h')
                || code.ends_with('l') => {}
            other => plain.push_str(other),
        }
        rest = &tail[end..];
    }
    plain.push_str(rest);
    plain.rsplit('\r').next().unwrap_or_default().to_owned()
}

#[test]
fn row_44_on_a_narrow_terminal_hostile_names_are_escaped_and_tables_fit() {
    let world = World::new();
    put(&world.sources().join("red\u{1b}[31m\u{9b}\u{202e}gpj.jpg"), &jpeg(1));
    put(&world.sources().join("two\nlines\rand\ttab.jpg"), &jpeg(2));
    put(&world.sources().join("\u{1b}]0;title\u{7}.jpg"), b"no picture");
    put(&world.sources().join(format!("{}.jpg", "very long ".repeat(20))), &jpeg(3));
    let Some(first) = on_a_terminal(&world, "import sources --progress always") else { return };
    let told = first.join("\n");
    assert!(told.contains("3 new") && told.contains(r"\x1b]0;title\x07.jpg"), "{told}");
    for args in
        ["query", "query --format tsv", "query --json", "show --where '*'", "verify", "doctor", "import sources -v"]
    {
        let Some(lines) = on_a_terminal(&world, args) else { return };
        let steering = |c: char| c.is_control() && c != '\t' || ('\u{202a}'..='\u{202e}').contains(&c);
        let bad: Vec<_> = lines.iter().filter(|line| line.contains(steering)).collect();
        assert!(bad.is_empty(), "{args}: {bad:?}");
        if args == "query" {
            let wide: Vec<_> = lines.iter().filter(|line| line.width() > 40).collect();
            assert!(lines.len() > 3 && wide.is_empty(), "{args}: {lines:#?}");
        }
    }
    let listed = world.run(&["query", "--json"]);
    let list: Vec<Value> = serde_json::from_str(&listed.stdout).unwrap();
    let names: Vec<_> = list.iter().filter_map(|media| media["metadata"]["original_filename"].as_str()).collect();
    assert!(names.contains(&"red\u{1b}[31m\u{9b}\u{202e}gpj.jpg") && names.contains(&"two\nlines\rand\ttab.jpg"));
    assert!(fs::read_dir(world.sources()).unwrap().count() == 4);
}
