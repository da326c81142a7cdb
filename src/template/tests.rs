//! Each production of the grammar, each mistake, and what must never come out of a path.

use chrono::{FixedOffset, NaiveDate};

use super::*;

/// A media taken in Los Angeles in the evening of the last day of January, when it was February in UTC.
struct Evening;

impl Fields for Evening {
    fn get(&self, path: &str) -> Option<Value> {
        let text = |text: &str| Some(Value::Text(text.into()));
        let list = |texts: &[&str]| Some(Value::List(texts.iter().map(|text| (*text).to_owned()).collect()));
        match path {
            "id" => text("a1b2c3d4-1234-4678-abcd-123456789abc"),
            "filename" => text("IMG_1234.jpg"),
            "stem" => text("IMG_1234"),
            "camera" => text("canon EOS R5"),
            "parent" => text("Été à la mer"),
            "album" => list(&["Best of 2026", "Beach/Sun"]),
            "tags" => list(&["sea", "sun", "sea"]),
            "description" => text(""),
            "metadata.custom.empty" => list(&[]),
            "metadata.custom.name" => text("../../etc/passwd"),
            "metadata.custom.device" => text("nul.txt"),
            "metadata.custom.odd" => text("a\\b:c*d?e\"f<g>h|i\u{7}j"),
            "size" => Some(Value::Number(2_457_600.0)),
            "seq" => Some(Value::Number(7.0)),
            "exif.aperture" => Some(Value::Number(1.78)),
            "taken_at" => Some(Value::Time(Time {
                utc: Timestamp::parse("2026-02-01T06:23:45.000Z").unwrap(),
                wall: WallTime::new(
                    NaiveDate::from_ymd_opt(2026, 1, 31).unwrap().and_hms_opt(22, 23, 45).unwrap(),
                    FixedOffset::west_opt(8 * 3600),
                ),
            })),
            _ => None,
        }
    }
}

fn text(template: &str) -> String {
    rendered(template, Context::Text).join(" & ")
}

fn path(template: &str) -> String {
    rendered(template, Context::Path).join(" & ")
}

fn rendered(template: &str, context: Context) -> Vec<String> {
    Template::parse(template).unwrap_or_else(|error| panic!("{template}: {error}")).render(&Evening, context)
}

/// Checks the message of a mistake, the spot (marked by `^` in a line below the template) and the hint.
fn mistake(template: &str, carets: &str, message: &str, hint: &str) {
    let error = Template::parse(template).unwrap_err();
    let marked = " ".repeat(error.span.start) + &"^".repeat(error.span.len().max(1));
    assert_eq!((marked.as_str(), error.to_string().as_str()), (carets, message), "{template}");
    assert_eq!(error.hint.as_deref().unwrap_or_default(), hint, "{template}");
    assert_eq!(error.text, template);
}

#[test]
fn text_stands_as_it_is_and_doubled_braces_are_braces() {
    assert_eq!(text(""), "");
    assert_eq!(text("Sea & sun / 100 %"), "Sea & sun / 100 %");
    assert_eq!(text("{{{stem}}}"), "{IMG_1234}");
    assert_eq!(text("a }} b {{ c"), "a } b { c");
}

#[test]
fn fields_are_replaced_by_their_values() {
    assert_eq!(text("{filename}"), "IMG_1234.jpg");
    assert_eq!(text("{stem}-{exif.aperture}-{size}"), "IMG_1234-1.78-2457600");
    assert_eq!(text("{tags}"), "sea, sun, sea");
}

#[test]
fn missing_values_are_the_default_or_nothing_and_a_dash_below_in_paths() {
    for missing in ["lens", "description", "metadata.custom.empty", "metadata.custom.absent"] {
        assert_eq!(text(&format!("<{{{missing}}}>")), "<>");
        assert_eq!(text(&format!("<{{{missing}?no lens}}>")), "<no lens>");
        assert_eq!(path(&format!("a/{{{missing}}}")), "a/_");
        assert_eq!(path(&format!("{{{missing}?none/at all}}")), "none/at all");
    }
    assert_eq!(text("{lens?}"), "");
    assert_eq!(path("x{lens?}"), "x");
    assert_eq!(text("{camera?none}"), "canon EOS R5");
}

#[test]
fn dates_show_the_clock_on_the_wall() {
    assert_eq!(text("{taken_at:%Y-%m-%d %H:%M}"), "2026-01-31 22:23");
    assert_eq!(text("{taken_at:%Y-%m-%d %H:%M|utc}"), "2026-02-01 06:23");
    assert_eq!(text("{taken_at:%z %B|upper}"), "-0800 JANUARY");
    assert_eq!(text("{taken_at}"), "2026-02-01T06:23:45.000Z");
    assert_eq!(text("{taken_at|utc}"), "2026-02-01T06:23:45.000Z");
}

#[test]
fn dates_make_folders_only_by_the_templates_own_slash() {
    assert_eq!(path("{taken_at:%Y}/{taken_at:%m}/{filename}"), "2026/01/IMG_1234.jpg");
    assert_eq!(path("{taken_at:%Y/%m}/{filename}"), "2026/01/IMG_1234.jpg");
    assert_eq!(path("{taken_at:%D}"), "01_31_26");
    assert_eq!(path("{taken_at:%H:%M}"), "22_23");
    assert_eq!(path("{taken_at}"), "2026-02-01T06_23_45.000Z");
}

#[test]
fn widths_pad_numbers_and_cut_text() {
    assert_eq!(text("{seq:04}"), "0007");
    assert_eq!(text("{seq:3}"), "  7");
    assert_eq!(text("{seq:01}"), "7");
    assert_eq!(text("{id:8}"), "a1b2c3d4");
    assert_eq!(text("{parent:3}"), "Été");
    assert_eq!(text("{album:4}"), "Best, Beac");
}

#[test]
fn filters_follow_one_another() {
    assert_eq!(text("{camera|lower}"), "canon eos r5");
    assert_eq!(text("{camera|upper}"), "CANON EOS R5");
    assert_eq!(text("{camera|title}"), "Canon Eos R5");
    assert_eq!(text("{parent|slug}"), "ete-a-la-mer");
    assert_eq!(text("{album|first}"), "Best of 2026");
    assert_eq!(text("{camera|first}"), "canon EOS R5");
    assert_eq!(text("{size|bytes}"), "2.5 MB");
    assert_eq!(text("{camera|bytes}"), "canon EOS R5");
    assert_eq!(text("{camera|trunc(5)}"), "canon");
    assert_eq!(text("{tags|join( + )}"), "sea + sun + sea");
    assert_eq!(text("{tags|join(|?)}"), "sea|?sun|?sea");
    assert_eq!(text("{stem|replace(_,-)}"), "IMG-1234");
    assert_eq!(text("{stem|replace(IMG_,)}"), "1234");
    assert_eq!(text("{album|replace( ,)|lower|join(;)?none}"), "bestof2026;beach/sun");
    assert_eq!(text("{seq|trunc(0)?none}"), "none");
}

#[test]
fn sizes_round_to_the_next_unit() {
    for (size, shown) in [
        (0.0, "0 B"),
        (999.0, "999 B"),
        (1000.0, "1.0 kB"),
        (999_949.0, "999.9 kB"),
        (999_950.0, "1.0 MB"),
        (5e15, "5000.0 TB"),
    ] {
        let working = filter::Filter::Bytes.apply(filter::Working::Number(size));
        assert_eq!(working.into_text(), shown);
    }
}

#[test]
fn a_star_repeats_the_output_for_each_value_once() {
    assert_eq!(rendered("{album*}: {stem}", Context::Text), ["Best of 2026: IMG_1234", "Beach/Sun: IMG_1234"]);
    assert_eq!(rendered("{album*}/{stem}", Context::Path), ["Best of 2026/IMG_1234", "Beach_Sun/IMG_1234"]);
    assert_eq!(rendered("{tags*|upper}{tags*:1}", Context::Text), ["SEAs", "SUNs"]);
    assert_eq!(rendered("{tags*} of {tags}", Context::Text), ["sea of sea, sun, sea", "sun of sea, sun, sea"]);
    assert_eq!(rendered("{camera*}", Context::Text), ["canon EOS R5"]);
    assert_eq!(rendered("{lens*?none}", Context::Text), ["none"]);
    assert_eq!(rendered("{metadata.custom.empty*}", Context::Path), ["_"]);
}

#[test]
fn values_never_lead_out_of_a_path() {
    assert_eq!(path("{metadata.custom.name}"), "___.._etc_passwd");
    assert_eq!(path("{metadata.custom.odd}"), "a_b_c_d_e_f_g_h_i_j");
    assert_eq!(path("{metadata.custom.device}"), "_.txt");
    assert_eq!(path("x/{metadata.custom.name|replace(/etc/passwd,)}/y"), "x/___../y");
    assert_eq!(text("{metadata.custom.name}"), "../../etc/passwd");
}

#[test]
fn a_template_never_leads_out_of_its_folder() {
    assert_eq!(path("/{stem}"), "IMG_1234");
    assert_eq!(path("../../{stem}"), "_/_/IMG_1234");
    assert_eq!(path("a//./b/{stem}/"), "a/b/IMG_1234");
    assert_eq!(path(".{lens?.}/x"), "_/x");
    assert_eq!(path("{taken_at:%Y|replace(2026,..)}/x"), "_/x");
    assert_eq!(path(""), "_");
    assert_eq!(path("{lens?}/."), "_");
}

#[test]
fn a_template_names_the_paths_it_asks_for() {
    let template = Template::parse("{taken_at:%Y}/{metadata.exif.lens}/{stem}{stem}").unwrap();
    assert_eq!(template.paths().collect::<Vec<_>>(), ["taken_at", "metadata.exif.lens", "stem", "stem"]);
}

#[test]
fn braces_that_do_not_match_are_pointed_at() {
    mistake("a {stem", "  ^", "this `{` is never closed", "`{{` is a brace");
    mistake("{stem {ext}", "^", "this `{` is never closed", "`{{` is a brace");
    mistake("{", "^", "this `{` is never closed", "`{{` is a brace");
    mistake("{stem?x", "^", "this `{` is never closed", "`{{` is a brace");
    mistake("stem}", "    ^", "`}` closes nothing", "`}}` is a brace");
    mistake("{}", " ^", "a field must come after `{`", "`{{` is a brace");
    mistake("{tags|join(-) }", "             ^", "a `}` must come here", "{path*:format|filter?default}");
    mistake("{tags**}", "      ^", "a `}` must come here", "{path*:format|filter?default}");
    mistake("{tags*é}", "      ^^", "a `}` must come here", "{path*:format|filter?default}");
}

#[test]
fn unknown_fields_and_filters_are_pointed_at_with_the_nearest() {
    mistake("x{camra}", "  ^^^^^", "there is no field `camra`", "did you mean `camera`?");
    mistake("{place.town}", " ^^^^^^^^^^", "there is no field `place.town`", "");
    mistake("{ stem}", " ^^^^^", "there is no field ` stem`", "did you mean `stem`?");
    mistake("{password_hash}", " ^^^^^^^^^^^^^", "there is no field `password_hash`", "");
    mistake("{metadata.}", " ^^^^^^^^^", "there is no field `metadata.`", "");
    mistake("{stem|lowr}", "      ^^^^", "there is no filter `lowr`", "did you mean `lower`?");
    mistake("{stem|}", "      ^", "a filter must come after `|`", "");
}

#[test]
fn formats_that_do_not_fit_are_pointed_at() {
    mistake("{taken_at:8}", "          ^", "`8` is no date format", "{taken_at:%Y-%m-%d}");
    mistake("{taken_at:}", "          ^", "`` is no date format", "{taken_at:%Y-%m-%d}");
    mistake("{taken_at:%Y-%Q}", "          ^^^^^", "`%Y-%Q` is no date format", "{taken_at:%Y-%m-%d}");
    mistake("{parent:%Y}", "        ^^", "`parent` is no date", "{taken_at:%Y-%m-%d}");
    mistake("{seq:four}", "     ^^^^", "`four` is no width from 1 to 255", "{seq:04}, {id:8}");
    mistake("{seq:0}", "     ^", "`0` is no width from 1 to 255", "{seq:04}, {id:8}");
    mistake("{seq:256}", "     ^^^", "`256` is no width from 1 to 255", "{seq:04}, {id:8}");
    mistake("{id:}", "    ^", "`` is no width from 1 to 255", "{seq:04}, {id:8}");
}

#[test]
fn arguments_that_do_not_fit_are_pointed_at() {
    mistake("{stem|trunc}", "      ^^^^^", "`trunc` needs an argument", "trunc(20)");
    mistake("{stem|trunc(-1)}", "      ^^^^^^^^^", "`-1` is no number of characters", "trunc(20)");
    mistake("{stem|trunc()}", "      ^^^^^^^", "`` is no number of characters", "trunc(20)");
    mistake("{stem|lower(2)}", "      ^^^^^^^^", "`lower` takes no argument", "");
    mistake("{stem|replace(a)}", "      ^^^^^^^^^^", "`replace` takes two texts with a comma between", "replace(_,-)");
    mistake("{stem|replace(,a)}", "      ^^^^^^^^^^^", "`replace` must have something to look for", "replace(_,-)");
    mistake("{tags|join(-}", "          ^", "the `(` of `join` is never closed", "");
    mistake("{stem|utc}", "      ^^^", "`stem` is no date", "");
}

#[test]
fn only_one_path_may_repeat_the_output() {
    mistake("{album*}{tags*}", "             ^", "the output is already repeated for each `album`", "");
}

#[test]
fn any_text_is_a_template_or_an_error_at_a_spot_of_it() {
    let pieces = [
        "{", "}", "{{", "}}", "taken_at", "tags", "*", ":", "%Y", "%", "8", "|", "trunc", "(", ")", ",", "?", "é", "/",
        "..",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                for template in [format!("{a}{b}{c}"), format!("{{tags{a}{b}{c}}}"), format!("{{taken_at{a}{b}{c}}}")] {
                    match Template::parse(&template) {
                        Ok(parsed) => [Context::Text, Context::Path]
                            .iter()
                            .for_each(|context| drop(parsed.render(&Evening, *context))),
                        Err(error) => assert!(template.get(error.span.clone()).is_some(), "{template}: {error:?}"),
                    }
                }
            }
        }
    }
}
