//! The only place that prints: data to stdout, talk to stderr.
//!
//! Printing never fails on the spot. A stdout that is gone is remembered: reading commands stop when told
//! [`ControlFlow::Break`], commands that change things finish their work, and [`Out::end`] settles the exit code once.

pub mod form;
pub mod list;
pub mod style;
pub mod table;
mod talk;
pub mod text;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::error::{CliError, Code, Exit, reason};
pub use form::{Form, FormArgs};
pub use list::{List, Row};
pub use table::Column;
pub use talk::{Talk, Tone};

/// What a handler hands to the printer: a value for scripts that people can read too.
pub trait Answer: Serialize {
    /// Writes it for people. Styles come from [`style::Style`]; [`text::shown`] what comes from files.
    ///
    /// # Errors
    /// Those of `out`.
    fn human(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// Both streams of the process and the form of its answers.
pub struct Out {
    /// How answers are printed. Settled before the first of them.
    form: Form,
    /// The one the global flags ask for.
    asked: Option<Form>,
    colour: bool,
    terminal: bool,
    stdout: Mutex<Stdout>,
    /// Progress, notes, warnings and errors: stderr.
    pub talk: std::sync::Arc<Talk>,
}

struct Stdout {
    to: BufWriter<Box<dyn Write + Send>>,
    /// Whether anything was printed.
    begun: bool,
    /// How many rows of a list were written, and when they last went out.
    rows: u32,
    sent: Instant,
    lost: Option<Lost>,
}

/// So many rows of a list go out one by one: whoever waits for the first sees it at once.
const AT_ONCE: u32 = 64;

/// Later rows go out with the first that comes so long after they last did.
const LATER: Duration = Duration::from_millis(100);

/// Why nothing more can be printed.
enum Lost {
    /// The reader has gone: not an error.
    Closed,
    /// Anything else, such as a full disk.
    Failed(io::Error),
}

impl Out {
    /// The streams of this process. `form` is the form asked for by the global flags, if any.
    pub fn new(form: Option<Form>, colour: bool, talk: Talk) -> Self {
        let terminal = io::stdout().is_terminal();
        let settled = form.unwrap_or(if terminal { Form::Table } else { Form::Tsv });
        Self { asked: form, ..Self::to(Box::new(io::stdout()), settled, colour, terminal, talk) }
    }

    fn to(to: Box<dyn Write + Send>, form: Form, colour: bool, terminal: bool, talk: Talk) -> Self {
        let stdout = Stdout {
            to: BufWriter::with_capacity(1 << 16, to),
            begun: false,
            rows: 0,
            sent: Instant::now(),
            lost: None,
        };
        Self { form, asked: None, colour, terminal, stdout: Mutex::new(stdout), talk: talk.into() }
    }

    /// The form answers have.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Takes the form that the flags of one command ask for.
    ///
    /// # Errors
    /// When they and the global flags ask for two.
    pub fn choose(&mut self, flags: &FormArgs) -> Result<(), CliError> {
        self.settle_on(flags.form(false)?)
    }

    /// As [`Out::choose`], for a command that has a template of its own, and one that prints a page: that is a document,
    /// and JSON even where nothing says so.
    ///
    /// # Errors
    /// As [`Out::choose`]; when a page is to be in another form.
    pub fn choose_for(&mut self, flags: &FormArgs, template: bool, page: bool) -> Result<(), CliError> {
        let flags = flags.form(template)?;
        self.settle_on(flags)?;
        match flags.or(self.asked) {
            None if page => self.form = Form::Json,
            Some(form) if page && form != Form::Json => {
                let message = format!("--page is one JSON document, and {} is none", form.flag());
                return Err(
                    CliError::new(Code::Usage, message).hint("leave one out; --limit and --cursor go with every form")
                );
            }
            _ => {}
        }
        Ok(())
    }

    fn settle_on(&mut self, flags: Option<Form>) -> Result<(), CliError> {
        if let Some(form) = Form::one(self.asked, flags)? {
            self.form = form;
        }
        Ok(())
    }

    /// Prints the one answer of a command: a document under `--json`, a line under `--jsonl`, else text.
    pub fn emit(&self, answer: &impl Answer) {
        match self.form {
            Form::Json | Form::Jsonl => self.json(answer),
            _ => {
                let mut page = Vec::new();
                match answer.human(&mut page) {
                    Ok(()) => self.page(&String::from_utf8_lossy(&page)),
                    Err(error) => self.lock().lose(error),
                }
            }
        }
        self.flush();
    }

    /// Prints a value as the one JSON document of a command.
    pub fn document(&self, value: &impl Serialize) {
        self.json(value);
        self.flush();
    }

    /// Prints styled text for people; [`ControlFlow::Break`] says that nobody reads any more.
    pub fn passage(&self, text: &str) -> ControlFlow<()> {
        self.page(text);
        self.write(b"")
    }

    /// Under `--jsonl`, prints one line of a run at once; in other forms, nothing: those get the summary only.
    pub fn event(&self, event: &impl Serialize) {
        if self.form == Form::Jsonl {
            self.json(event);
            self.flush();
        }
    }

    /// Prints a document that is the same in every form, such as a completion script.
    pub fn raw(&self, bytes: &[u8]) {
        let _ = self.write(bytes);
        self.flush();
    }

    /// Prints styled text for people.
    pub fn page(&self, text: &str) {
        let _ = self.write(style::settle(text, self.colour).as_bytes());
        self.flush();
    }

    /// Ends the command: prints its error, if any, and says how the process ends.
    ///
    /// Under `--json` the error is also the document, where there is no other: whoever reads it always finds one.
    pub fn end(&self, outcome: Result<Exit, CliError>) -> Exit {
        let begun = self.lock().begun;
        if let (Form::Json, Err(error), false) = (self.form, &outcome, begun) {
            self.json(&error.json());
        }
        self.flush();
        let lost = match self.lock().lost.take() {
            Some(Lost::Failed(error)) => Some(error),
            Some(Lost::Closed) | None => None,
        };
        let unsaid = |error: io::Error| CliError::new(Code::of(&error), format!("standard output: {}", reason(&error)));
        match outcome.and_then(|exit| lost.map_or(Ok(exit), |error| Err(unsaid(error)))) {
            Ok(exit) => exit,
            Err(error) => self.talk.fail(&error),
        }
    }

    fn json(&self, value: &impl Serialize) {
        match self.json_text(value) {
            Ok(mut line) => {
                line.push('\n');
                let _ = self.write(line.as_bytes());
            }
            Err(error) => self.lock().lose(error),
        }
    }

    fn json_text(&self, value: &impl Serialize) -> io::Result<String> {
        let json = serde_json::to_string(value)?;
        Ok(if self.terminal { text::json_safe(&json).into_owned() } else { json })
    }

    fn write(&self, bytes: &[u8]) -> ControlFlow<()> {
        self.lock().write(bytes)
    }

    fn flush(&self) {
        self.lock().flush();
    }

    fn lock(&self) -> MutexGuard<'_, Stdout> {
        self.stdout.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stdout {
    fn write(&mut self, bytes: &[u8]) -> ControlFlow<()> {
        if self.lost.is_none() {
            self.begun |= !bytes.is_empty();
            self.to.write_all(bytes).unwrap_or_else(|error| self.lose(error));
        }
        if self.lost.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Ends a row of a list: while rows are few or far between, each goes out as it is found.
    fn row(&mut self) -> ControlFlow<()> {
        self.rows = self.rows.saturating_add(1);
        if self.rows <= AT_ONCE || self.sent.elapsed() >= LATER {
            self.flush();
            self.sent = Instant::now();
        }
        if self.lost.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn flush(&mut self) {
        if self.lost.is_none() {
            self.to.flush().unwrap_or_else(|error| self.lose(error));
        }
    }

    fn lose(&mut self, error: io::Error) {
        let closed = error.kind() == io::ErrorKind::BrokenPipe;
        self.lost = Some(if closed { Lost::Closed } else { Lost::Failed(error) });
    }
}

#[cfg(test)]
mod tests {
    use super::list::tests::{Photo, push};
    use super::*;

    pub(super) struct Sink(pub(super) std::sync::Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Broken(i32);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(self.0))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn broken(errno: i32) -> Out {
        Out::to(Box::new(Broken(errno)), Form::Jsonl, false, false, Talk::silent())
    }

    /// What is printed to stdout in one form.
    pub(super) fn printed(form: Form, terminal: bool, print: impl FnOnce(&Out)) -> String {
        let sink = std::sync::Arc::new(Mutex::new(Vec::new()));
        let out = Out::to(Box::new(Sink(sink.clone())), form, false, terminal, Talk::silent());
        print(&out);
        assert_eq!(out.end(Ok(Exit::Ok)), Exit::Ok);
        String::from_utf8(sink.lock().unwrap().clone()).unwrap()
    }

    #[derive(Serialize)]
    struct Hello {
        name: &'static str,
    }

    impl Answer for Hello {
        fn human(&self, out: &mut dyn Write) -> io::Result<()> {
            writeln!(out, "hello {}", style::Style::Strong.on(self.name))
        }
    }

    #[test]
    fn one_answer_is_a_document_or_text() {
        let hello = Hello { name: "\u{9b}you" };
        assert_eq!(printed(Form::Json, false, |out| out.emit(&hello)), "{\"name\":\"\u{9b}you\"}\n");
        assert_eq!(printed(Form::Jsonl, true, |out| out.emit(&hello)), "{\"name\":\"\\u009byou\"}\n");
        assert_eq!(printed(Form::Tsv, false, |out| out.emit(&hello)), "hello \\u{9b}you\n");
        assert_eq!(printed(Form::Table, false, |out| out.event(&hello)), "");
    }

    #[test]
    fn a_failure_is_the_document_where_there_is_no_other() {
        let failed = |form, begun| {
            let sink = std::sync::Arc::new(Mutex::new(Vec::new()));
            let out = Out::to(Box::new(Sink(sink.clone())), form, false, false, Talk::silent());
            if begun {
                out.emit(&Hello { name: "you" });
            }
            assert_eq!(out.end(Err(CliError::new(Code::Locked, "held"))), Exit::Locked);
            String::from_utf8(sink.lock().unwrap().clone()).unwrap()
        };
        let error =
            "{\"error\":{\"code\":\"locked\",\"exit_code\":6,\"message\":\"held\",\"hint\":null,\"details\":{}}}\n";
        assert_eq!(failed(Form::Json, false), error);
        assert_eq!(failed(Form::Json, true), "{\"name\":\"you\"}\n");
        assert_eq!([Form::Jsonl, Form::Tsv, Form::Table].map(|form| failed(form, false)), ["", "", ""]);
    }

    #[test]
    fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
        let closed = broken(32);
        closed.event(&1);
        assert!(push(&closed, &[Photo::NAMED]).is_break());
        assert_eq!(closed.end(Ok(Exit::Partial)), Exit::Partial);
        let full = broken(28);
        full.event(&1);
        assert_eq!(full.end(Ok(Exit::Ok)), Exit::Failed);
    }
}
