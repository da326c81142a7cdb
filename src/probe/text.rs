//! Text as files write it: ASCII that is not, UTF-8 without a word, UTF-16 with or without a mark, blanks and NULs at the end.
//!
//! Never fails: what is not UTF-8 is read as Latin-1. Shift-JIS is not decoded, there is no table for it here.

/// Longest text kept, in characters; longer ones are cut.
const LONGEST: usize = 20_000;

/// One text field: up to its first NUL, as UTF-8 or else Latin-1, trimmed. `None` when nothing is left.
pub fn decode(raw: &[u8]) -> Option<String> {
    let raw = raw.split(|byte| *byte == 0).next()?;
    let text = std::str::from_utf8(raw).map_or_else(|_| latin1(raw), str::to_owned);
    tidy(&text)
}

/// Text in Latin-1: each byte is its character.
pub fn latin1(raw: &[u8]) -> String {
    raw.iter().map(|byte| char::from(*byte)).collect()
}

/// UTF-16 up to its first NUL; a byte order mark counts for more than `little`.
pub fn utf16(raw: &[u8], little: bool) -> Option<String> {
    let (raw, little) = match raw {
        [0xFF, 0xFE, rest @ ..] => (rest, true),
        [0xFE, 0xFF, rest @ ..] => (rest, false),
        _ => (raw, little),
    };
    let units = raw.as_chunks::<2>().0.iter();
    let units = units.map(|pair| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) });
    let units: Vec<_> = units.take_while(|unit| *unit != 0).collect();
    tidy(&String::from_utf16_lossy(&units))
}

/// EXIF's commented text (`UserComment`, `GPSProcessingMethod`): eight bytes name the character set.
pub fn commented(raw: &[u8], little: bool) -> Option<String> {
    let Some((set, rest)) = raw.split_at_checked(8) else { return decode(raw) };
    match set {
        b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0" => decode(rest),
        b"UNICODE\0" => utf16(rest, likely_little(rest, little)),
        b"JIS\0\0\0\0\0" => std::str::from_utf8(rest).ok().filter(|text| text.is_ascii()).and_then(tidy),
        _ => decode(raw).filter(|text| !text.chars().any(|c| ('\u{80}'..'\u{A0}').contains(&c))),
    }
}

/// An XML packet in UTF-8 or UTF-16, told apart by its first bytes; Latin-1 when it is neither.
pub fn packet(raw: &[u8]) -> String {
    match raw {
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => units(raw, true),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => units(raw, false),
        _ => match std::str::from_utf8(raw) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(raw).into_owned(),
        },
    }
}

/// Trimmed, without control characters but line breaks and tabs, cut when absurdly long. `None` when nothing is left.
pub fn tidy(text: &str) -> Option<String> {
    let keep = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}');
    let text: String = text.chars().filter(keep).take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}

fn units(raw: &[u8], little: bool) -> String {
    let units = raw.as_chunks::<2>().0.iter();
    let units = units.map(|pair| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) });
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).filter(|c| *c != '\u{FEFF}').collect()
}

/// Cameras write "UNICODE" in either order, whatever the block says: the order with more NULs in its high bytes is it.
fn likely_little(raw: &[u8], otherwise: bool) -> bool {
    let zeros = |from: usize| raw.iter().skip(from).step_by(2).take(64).filter(|byte| **byte == 0).count();
    match zeros(1).cmp(&zeros(0)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ends_at_its_nul_and_is_trimmed() {
        assert_eq!(decode(b"Canon \0junk").as_deref(), Some("Canon"));
        assert_eq!(decode(b"  \0"), None);
    }

    #[test]
    fn what_is_not_utf_8_is_latin_1() {
        assert_eq!(decode("Zürich".as_bytes()).as_deref(), Some("Zürich"));
        assert_eq!(decode(b"Z\xFCrich").as_deref(), Some("Zürich"));
    }

    #[test]
    fn comments_say_their_character_set() {
        assert_eq!(commented(b"ASCII\0\0\0hello\0", true).as_deref(), Some("hello"));
        assert_eq!(commented(b"UNICODE\0h\0i\0", false).as_deref(), Some("hi"));
        assert_eq!(commented(b"UNICODE\0\0h\0i", true).as_deref(), Some("hi"));
        assert_eq!(commented(b"\0\0\0\0\0\0\0\0", true), None);
    }

    #[test]
    fn a_packet_may_be_utf_16() {
        assert_eq!(packet(b"\xFE\xFF\0<\0a"), "<a");
        assert_eq!(packet(b"<\0a\0"), "<a");
        assert_eq!(packet(b"\xEF\xBB\xBF<a"), "<a");
    }
}
