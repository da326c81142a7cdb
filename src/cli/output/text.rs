//! Text from files and services made harmless for terminals, and the escapes of tsv and csv.
//!
//! JSON needs none of this but [`json_safe`]: it is lossless and escapes itself.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Whether a character could steer a terminal or reorder a line: C0, DEL, C1, line and bidi controls.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text with its control characters, line ends among them, as `\x1b` or `\u{202e}`.
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        let _ = match u32::from(c) {
            _ if !is_control(c) => out.write_char(c),
            code @ ..=0x7f => write!(out, "\\x{code:02x}"),
            code => write!(out, "\\u{{{code:x}}}"),
        };
    }
    Cow::Owned(out)
}

/// A path for people: as [`shown`], and bytes that are no UTF-8 as `\xff`.
pub fn shown_path(path: &Path) -> String {
    let mut out = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        out.push_str(&shown(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// JSON whose control characters, which can only stand inside its strings, are `\u` escapes: the same value.
pub fn json_safe(json: &str) -> Cow<'_, str> {
    if !json.contains(is_control) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        let _ = if is_control(c) { write!(out, "\\u{:04x}", u32::from(c)) } else { out.write_char(c) };
    }
    Cow::Owned(out)
}

/// Appends a field of a tsv line: tab, line feed and backslash as `\t`, `\n` and `\\`, nothing else touched.
pub fn tsv(line: &mut Vec<u8>, field: &[u8]) {
    for &byte in field {
        match byte {
            b'\t' => line.extend(b"\\t"),
            b'\n' => line.extend(b"\\n"),
            b'\\' => line.extend(b"\\\\"),
            _ => line.push(byte),
        }
    }
}

/// Appends a field of a csv record (RFC 4180): quoted where it holds a comma, a quote or a line end.
pub fn csv(line: &mut Vec<u8>, field: &[u8]) {
    if !field.iter().any(|byte| b",\"\r\n".contains(byte)) {
        line.extend(field);
        return;
    }
    line.push(b'"');
    for &byte in field {
        line.extend(if byte == b'"' { &b"\"\""[..] } else { std::slice::from_ref(&byte) });
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    #[test]
    fn what_could_steer_a_terminal_is_spelt_out() {
        assert_eq!(
            shown("a\x1b[31m\r\n\u{7f}\u{9b}\u{202e}\u{2069}é"),
            r"a\x1b[31m\x0d\x0a\x7f\u{9b}\u{202e}\u{2069}é"
        );
        assert!(matches!(shown("plain, ünïcode 写真"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_name_that_is_no_text_keeps_its_bytes() {
        assert_eq!(shown_path(Path::new(OsStr::from_bytes(b"/a\xff\x07b"))), r"/a\xff\x07b");
    }

    #[test]
    fn safe_json_is_the_same_value() {
        let json = serde_json::to_string("\u{9b}\u{202e}\u{7f}").unwrap();
        let safe = json_safe(&json);
        assert_eq!(safe, r#""\u009b\u202e\u007f""#);
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "\u{9b}\u{202e}\u{7f}");
    }

    #[test]
    fn tsv_escapes_three_characters_and_csv_quotes() {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        tsv(&mut one, b"a\tb\nc\\d\"");
        csv(&mut two, b"a,\"b\"");
        csv(&mut two, b"plain");
        assert_eq!((&one[..], &two[..]), (&b"a\\tb\\nc\\\\d\""[..], &b"\"a,\"\"b\"\"\"plain"[..]));
    }
}
