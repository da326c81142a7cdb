//! `hypernet help templates` and hypernet-template(7): the language of `--template`, of album names and of paths.

use super::Page;
use crate::template::{FILTERS, PATHS};

/// Templates, and what each gives. A test parses all of them.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("{taken_at:%Y}/{taken_at:%m}/{filename}", "a folder a year, in it one a month"),
    (
        "{taken_at:%Y-%m-%d_%H%M%S}_{id:8}.{ext|lower}",
        "a name from the time, the first 8 digits of the id and the ending",
    ),
    ("{camera?unknown}/{stem}.{ext}", "a folder a camera, `unknown` where there is none"),
    ("{filename}: {tags|join(; )}", "a line: name and tags, with `; ` between them"),
    ("{exif.iso:05} {size|bytes}", "a number with five digits, and a size for people"),
    ("{tags*|slug}/{filename}", "once for each tag"),
];

/// What each filter does, in the order of the language's own list.
const MEANINGS: &[(&str, &str)] = &[
    ("lower", "small letters"),
    ("upper", "capitals"),
    ("title", "Each Word With A Capital"),
    ("slug", "small letters and digits with hyphens between, for addresses and plain names"),
    ("first", "the first of several values"),
    ("bytes", "a number of bytes as a size for people"),
    ("utc", "a time in UTC instead of by the clock on the wall"),
    ("trunc", "no more than so many characters"),
    ("join", "several values with this between them"),
    ("replace", "one text in place of another"),
];

/// The page.
pub fn page() -> Page {
    let filters = FILTERS.iter().map(|(name, example)| {
        let meaning = MEANINGS.iter().find(|(known, _)| known == name).map_or("", |(_, meaning)| meaning);
        (example.unwrap_or(name), meaning)
    });
    Page::default()
        .text("A template is text with places in braces. Each place is filled in from one object: `{filename}` is its name.")
        .heading("A place")
        .lines(["{PATH}  {PATH:FORMAT}  {PATH|FILTER|FILTER}  {PATH?DEFAULT}  {PATH*}", "{PATH*:FORMAT|FILTER?DEFAULT}"])
        .text("PATH is a field of the object, one of the names below, or a path into its metadata such as exif.iso, custom.rating or metadata.description. `{{` and `}}` are braces.")
        .text("FORMAT is for times: strftime, such as %Y-%m-%d; without one a time prints as in JSON. For a number, 04 fills up with zeros; for a text, 8 cuts it. A time shows what the clock on the wall showed where the picture was taken.")
        .text("DEFAULT stands where there is no value. Without one that is nothing in a text, and `_` in a path.")
        .text("A star repeats the whole output once for each value, such as for each tag; a template has one star.")
        .heading("Paths")
        .text(PATHS.join(", "))
        .heading("Filters")
        .list(filters)
        .heading("In paths")
        .text("Only the template's own `/` makes folders. In values, / \\ : * ? \" < > |, control characters, leading dots and reserved names become `_`. Nothing is ever written outside the folder that was named.")
        .heading("Examples")
        .list(EXAMPLES.iter().copied())
        .text("In a shell, single quotes keep a template as it is. A mistake ends with exit code 2, the template and a caret under the spot.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Template;

    #[test]
    fn every_example_parses_and_every_filter_is_explained() {
        for (example, _) in EXAMPLES {
            assert!(Template::parse(example).is_ok(), "{example}: {:?}", Template::parse(example));
        }
        let known: Vec<_> = FILTERS.iter().map(|(name, _)| *name).collect();
        let explained: Vec<_> = MEANINGS.iter().map(|(name, _)| *name).collect();
        assert_eq!(known, explained);
    }
}
