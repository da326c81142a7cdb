//! Which questions look in the trash.

use super::*;

#[test]
fn only_a_question_for_the_trash_looks_there() {
    for (text, expected) in [
        ("is:trashed", true),
        ("beach (is:trashed OR tag:x)", true),
        ("deleted:7d..", true),
        ("-is:trashed", false),
        ("-(a -is:trashed)", true),
        ("deleted:none", false),
        ("-deleted:none", true),
        ("deleted!=none", true),
        ("-deleted!=none", false),
        ("-deleted:2024", false),
        ("is:photo", false),
        ("*", false),
    ] {
        assert_eq!(parse(text, &ground()).unwrap().wants_trash(), expected, "{text}");
    }
}
