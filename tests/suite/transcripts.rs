//! Runs the transcripts in `tests/cli/` and `examples/`: what they show is what the program says.
//!
//! `NAME.in/` beside `NAME.md` is the working folder, a copy of it where `NAME.out/` says what it must hold afterwards.

#[test]
fn every_transcript_says_what_the_program_says() {
    let transcripts = trycmd::TestCases::new();
    // A developer's own settings and terminal stay out; what is empty counts as unset.
    for name in ["LIBRARY", "CONFIG", "USER", "JOBS", "TZ", "COLOR", "PROGRESS", "LOG_FORMAT", "NO_INPUT", "PAGER"] {
        transcripts.env(format!("HYPERNET_{name}"), "");
    }
    for name in ["CLICOLOR_FORCE", "FORCE_COLOR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        transcripts.env(name, "");
    }
    transcripts.env("HYPERNET_SECRETS", "").env("HOME", "/home/you").env("TZ", "UTC").env("COLUMNS", "100");
    transcripts.timeout(std::time::Duration::from_mins(1));
    transcripts.case("tests/cli/*.md").case("examples/*.md");
}
