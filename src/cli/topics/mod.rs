//! The topics of `hypernet help`: what belongs to no one command. Two of them are manual pages too.

mod exits;
mod page;
mod query;
mod template;

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::json;

pub use page::Page;
pub use query::about as about_query;

use super::output::Answer;
use super::output::table::terminal_width;

/// Something help can be asked about.
pub struct Topic {
    /// Its name.
    pub name: &'static str,
    /// Another name it answers to.
    pub alias: Option<&'static str>,
    /// What it is about, on a line.
    pub about: &'static str,
    /// The name of its manual page, if it has one.
    pub manual: Option<&'static str>,
    page: fn() -> Page,
}

/// Every topic, in the order they are listed.
pub const TOPICS: &[Topic] = &[
    Topic {
        name: "query",
        alias: Some("queries"),
        about: "the query language: fields, values, and how they are put together",
        manual: Some("hypernet-query"),
        page: query::page,
    },
    Topic {
        name: "templates",
        alias: Some("template"),
        about: "names and lines from patterns, such as {taken_at:%Y}/{filename}",
        manual: Some("hypernet-template"),
        page: template::page,
    },
    Topic {
        name: "exit-codes",
        alias: Some("exit-code"),
        about: "how a command ends, for scripts",
        manual: None,
        page: exits::page,
    },
];

/// The topic of this name.
pub fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name || topic.alias == Some(name))
}

impl Topic {
    /// What there is to read.
    pub fn page(&self) -> Page {
        (self.page)()
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut topic = json!({ "topic": self.name, "about": self.about });
        if self.name == "query" {
            topic["fields"] = query::table();
            topic["examples"] =
                query::EXAMPLES.iter().map(|(query, finds)| json!({ "query": query, "finds": finds })).collect();
        }
        topic["text"] = super::output::style::settle(&self.page().drawn(usize::MAX), false).into();
        topic.serialize(serializer)
    }
}

impl Answer for Topic {
    fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.page().drawn(terminal_width().into()).as_bytes())
    }
}
