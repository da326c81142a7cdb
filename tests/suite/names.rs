//! What becomes of names nobody checked: from disks, archives and keyboards, in every script and at every length.

use hypernet::model::text::{DisplayName, Filename};

#[test]
fn a_name_from_disk_becomes_a_safe_filename_whatever_it_is() {
    for (name, safe) in [
        ("IMG_1234.JPG", "IMG_1234.JPG"),
        ("Strand & Meer (1).jpg", "Strand___Meer__1_.jpg"),
        ("Café.jpg", "Cafe.jpg"),
        ("Cafe\u{301}.jpg", "Cafe.jpg"),
        ("Straße Æ.png", "Strasse_AE.png"),
        ("北京 2024.jpg", "BeiJing_2024.jpg"),
        ("שלום.mp4", "shlvm.mp4"),
        ("🌅.heic", "sunrise.heic"),
        ("❤\u{fe0f}.jpg", "heart.jpg"),
        ("3.00.00\u{202f}PM.png", "3.00.00_PM.png"),
        ("\u{202e}gpj.exe", "gpj.exe"),
        ("a／b\\c:d.jpg", "a_b_c_d.jpg"),
        ("a\nb\0c\u{7f}.jpg", "a_b_c_.jpg"),
        ("\u{f8ff}.jpg", "_.jpg"),
        ("-rf.jpg", "-rf.jpg"),
        (".hidden", ".hidden"),
        ("", "_"),
        ("\u{200b}", "_"),
        (".", "_"),
        ("..", "_."),
        ("．．", "_."),
        ("‥", "_."),
        ("…", "_.."),
        ("\u{200f}.\u{200f}.", "_."),
    ] {
        assert_eq!(Filename::of(name).as_str(), safe, "{name:?}");
    }
}

#[test]
fn a_long_name_keeps_its_extension() {
    let of = |name: &str| Filename::of(name).as_str().to_owned();
    assert_eq!(of(&"a".repeat(255)), "a".repeat(255));
    assert_eq!(of(&format!("{}.jpg", "语".repeat(84))).len(), 84 * 2 + 4);
    for name in
        [format!("{}.jpg", "a".repeat(252)), format!("{}.jpg", "👩".repeat(62)), format!("x.{}.jpg", "é".repeat(300))]
    {
        let safe = of(&name);
        assert_eq!((safe.len(), &safe[251..]), (255, ".jpg"), "{name}");
    }
    assert_eq!(of(&format!(".{}", "a".repeat(300))).len(), 255);
    assert_eq!(of(&".".repeat(300)), format!("_{}", ".".repeat(254)));
}

#[test]
fn every_character_makes_a_filename_the_rule_accepts() {
    for c in (0..=0x10_ffff_u32).filter_map(char::from_u32) {
        let safe = Filename::of(c.encode_utf8(&mut [0; 4]));
        assert!(Filename::parse(safe.as_str()).is_ok() && !matches!(safe.as_str(), "." | ".."), "{c:?}: {safe}");
    }
}

#[test]
fn a_typed_name_becomes_a_display_name_or_nothing() {
    let of = |name: &str| DisplayName::of(name).map(|name| name.as_str().to_owned());
    assert_eq!(of("  Zoë O'Neil "), Some("Zoe O_Neil".to_owned()));
    assert_eq!(of("王小明"), Some("WangXiaoMing".to_owned()));
    for nothing in ["", "  ", "\u{200b}", "\u{f8ff}\u{f8ff}"] {
        assert_eq!(of(nothing), None, "{nothing:?}");
    }
    let cut = of(&format!("{} {}", "a".repeat(99), "b".repeat(20))).unwrap();
    assert_eq!(cut, "a".repeat(99));
    assert!(DisplayName::parse(of(&"é".repeat(300)).unwrap()).is_ok());
}
