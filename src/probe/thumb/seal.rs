//! A seal in each thumbnail: a comment with the SHA-256 of all its other bytes, so that a flipped bit shows without the original.
//!
//! Any program reads a sealed thumbnail as before. The seal guards against decay, not against a person.

use sha2::{Digest, Sha256};

/// What the comment begins with; the hash follows in hexadecimal.
const LABEL: &[u8] = b"hypernet sha256 ";
/// The comment's marker and the length it states, which counts itself.
const HEAD: [u8; 4] = [0xff, 0xfe, 0, 2 + 16 + 64];
const SEAL: usize = HEAD.len() + LABEL.len() + 64;

/// The same JPEG with its seal. What is no JPEG stays as it is.
pub fn sealed(jpeg: &[u8]) -> Vec<u8> {
    let Some(at) = place(jpeg) else { return jpeg.to_vec() };
    let (head, rest) = jpeg.split_at(at);
    [head, &HEAD, LABEL, digest(head, rest).as_bytes(), rest].concat()
}

/// Whether a thumbnail bears a seal that fits its bytes.
pub fn is_whole(jpeg: &[u8]) -> bool {
    let Some((head, after)) = place(jpeg).and_then(|at| jpeg.split_at_checked(at)) else { return false };
    let Some((seal, rest)) = after.split_at_checked(SEAL) else { return false };
    let wanted = [&HEAD, LABEL, digest(head, rest).as_bytes()].concat();
    seal == wanted
}

/// Behind the start of the image and the header that must follow it.
fn place(jpeg: &[u8]) -> Option<usize> {
    match jpeg.get(..2)? {
        [0xff, 0xd8] => {}
        _ => return None,
    }
    match jpeg.get(2..6) {
        Some([0xff, 0xe0, high, low]) => {
            let at = 4 + usize::from(u16::from_be_bytes([*high, *low]));
            (at <= jpeg.len()).then_some(at)
        }
        _ => Some(2),
    }
}

fn digest(head: &[u8], rest: &[u8]) -> String {
    let digest = Sha256::new().chain_update(head).chain_update(rest).finalize();
    crate::model::Sha256::from_bytes(digest.into()).to_string()
}

#[cfg(test)]
mod tests {
    use super::{is_whole, sealed};

    fn picture() -> Vec<u8> {
        let mut bytes = Vec::new();
        let pixels: Vec<u8> = (0..48 * 32 * 3).map(|n| (n % 251) as u8).collect();
        jpeg_encoder::Encoder::new(&mut bytes, 75).encode(&pixels, 48, 32, jpeg_encoder::ColorType::Rgb).unwrap();
        bytes
    }

    #[test]
    fn every_flipped_bit_of_a_sealed_thumbnail_is_found() {
        let whole = sealed(&picture());
        assert!(is_whole(&whole) && !is_whole(&picture()));
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_whole(&flipped), "bit {bit}");
        }
        assert!((0..whole.len()).all(|end| !is_whole(&whole[..end])));
    }

    #[test]
    fn a_sealed_thumbnail_shows_the_same_picture() {
        let jpeg = crate::model::mime::parse("image/jpeg").unwrap();
        let shown = |bytes: &[u8]| {
            crate::probe::thumb::draw(&mut crate::probe::thumb::Scratch::default(), bytes, jpeg, 1, None, 48).unwrap()
        };
        assert_eq!(shown(&sealed(&picture())).jpeg, shown(&picture()).jpeg);
    }

    #[test]
    fn what_is_no_picture_stays_as_it_is() {
        assert_eq!(sealed(b"text"), b"text");
        assert!(!is_whole(b"") && !is_whole(b"\xff\xd8\xff\xe0\xff\xff"));
    }
}
