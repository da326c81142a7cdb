//! Offers on lines as they are typed, without a library and with one whose names are of the worst kind.

use super::own::alike;
use super::*;

const BREAKS: &str = " \t\n\"'@><=;|&(:";

/// What bash is told on this line, or `None` where it is left to itself.
fn bash(line: &str, env: &Env) -> Option<Vec<String>> {
    let typed = typed(Shell::Bash, &[line.to_owned(), BREAKS.to_owned()]);
    let (last, before) = typed.split_last().unwrap();
    let offers = offers(before, last, Shell::Bash, env)?;
    Some(written(&offers, Some(last), Shell::Bash).lines().map(ToOwned::to_owned).collect())
}

fn nowhere() -> Env {
    Env::of(&[("HYPERNET_CONFIG", "none"), ("HYPERNET_LIBRARY", "/no/such/library")])
}

#[track_caller]
fn check(line: &str, first: &[&str]) {
    let told = bash(line, &nowhere()).unwrap_or_default();
    assert_eq!(told.iter().take(first.len()).collect::<Vec<_>>(), first, "{line}: {told:?}");
}

#[test]
fn fields_values_and_sort_keys_are_offered_where_they_belong() {
    check("hypernet query came", &["nospace", "camera:"]);
    check("hypernet query beach -came", &["nospace", "-camera:"]);
    check("hypernet query 'beach (came", &["nospace", "beach (camera:"]);
    check("hypernet -L /x query type:v", &["space", "video"]);
    check("hypernet query 'type:photo|v", &["space", "type:photo|video"]);
    check("hypernet query taken_a", &["nospace", "taken_at:"]);
    check("hypernet query --sort -fil", &["space", "-filename"]);
    check("hypernet query --sort=date,fil", &["space", "date,filename"]);
    check("hypernet show --where type:d", &["space", "document"]);
    check("hypernet rm -w before:to", &["space", "today"]);
    check("hypernet help exit", &["space", "exit-codes"]);
    check("hypernet help trash em", &["space", "empty"]);
}

#[test]
fn a_field_alone_behind_a_quote_is_never_the_only_offer() {
    let told = bash("hypernet query 'befo", &nowhere()).unwrap();
    assert!(told.len() > 2 && told[1..].iter().all(|offer| offer.starts_with("before:")), "{told:?}");
}

#[test]
fn what_is_not_ours_is_left_to_the_shell() {
    for line in [
        "hypernet",
        "hypernet qu",
        "hypernet import Pic",
        "hypernet query --so",
        "hypernet query -- 'x",
        "",
        "hypernet query --limit ",
    ] {
        let told = bash(line, &nowhere());
        assert!(told.is_none() || line.contains("--") && line.contains('x'), "{line}: {told:?}");
    }
}

#[test]
fn without_a_library_there_are_no_names_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("none");
    let env = Env::of(&[("HYPERNET_CONFIG", "none"), ("HYPERNET_LIBRARY", place.to_str().unwrap())]);
    assert_eq!(bash("hypernet query tag:be", &env).unwrap(), ["space"]);
    assert!(!place.exists());
}

#[test]
fn offers_in_several_spellings_keep_to_one() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(alike("be", names(&["Beach", "bear", "BEE"])), ["bear"]);
    assert_eq!(alike("BE", names(&["Beach", "bear", "Bell"])), ["Beach", "Bell"]);
    assert!(alike("x", Vec::new()).is_empty());
}
