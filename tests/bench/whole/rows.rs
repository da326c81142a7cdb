//! The command lines of the whole job, and how to count what each of them should have left behind.
//!
//! A tool that stumbles over one broken file ends with an error as one does that never ran: the count tells them apart.

use crate::run::DRAWN;

/// A command line beside others.
pub struct Row {
    pub name: &'static str,
    /// Programs it needs.
    pub needs: &'static [&'static str],
    /// What must be so before it, not counted.
    pub before: &'static str,
    pub line: String,
    pub made: Vec<Count>,
}

/// Two command lines that print numbers: how many are there, of how many.
pub struct Count {
    pub what: &'static str,
    pub there: &'static str,
    pub of: &'static str,
}

/// The corpus as every row gets it.
pub const VIEW: &str = r#"mkdir -p "$CORPUS" && cp -a "$WHOLE/." "$CORPUS" &&
    find "$CORPUS" -type f \( -iname '*.heic' -o -iname '*.heif' -o -iname '*.hif' -o -iname '*.avif' \) -delete"#;

pub const CLEAN: &str = r#"if [ -d "$WORK/annex" ]; then chmod -R u+w "$WORK/annex"; fi
    rm -rf "$LIB" "$WORK/copy" "$WORK/thumbs" "$WORK/annex" "$WORK/sums" "$WORK/meta.json" "$WORK/found""#;

/// What both hypernet and vipsthumbnail draw.
pub const IMAGES: &str = r#"find "$CORPUS" -type f -size +0 \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' \
    -o -iname '*.webp' -o -iname '*.gif' \) -print0"#;

/// A library of the corpus. Code 3 is for files that are broken.
pub const MADE: &str = r#"rm -f "$WORK/sums" "$WORK/found"; test -d "$LIB" ||
    "$HN" --config none --library "$LIB" import "$CORPUS" || test $? = 3"#;

const IMPORT: &str = r#""$HN" --config none --library "$LIB" import "$CORPUS" || test $? = 3"#;

const ANNEX: &str = r#"(cp -r "$CORPUS" "$WORK/annex"; cd "$WORK/annex"; git init -q .
    git config user.email bench@example.org; git config user.name bench; git annex init -q bench >/dev/null 2>&1
    git annex add -q -J$JOBS . >/dev/null 2>&1; git commit -qm add)"#;

/// Files of one name are numbered.
const ORGANISE: &str = r#"mkdir -p "$WORK/copy"; exiftool -q -q -r -o . -d "$WORK/copy/%Y/%m/%%f%%-c.%%e" \
    '-FileName<FileModifyDate' '-FileName<CreateDate' '-FileName<DateTimeOriginal' "$CORPUS" || true"#;

const SUMS: &str = r#"find "$CORPUS" -type f -print0 | xargs -0 -P $JOBS -n 32 sha256sum > "$WORK/sums""#;

const META: &str = r#"exiftool -q -q -r -json -n -fast2 "$CORPUS" > "$WORK/meta.json" || true"#;

/// In pixels of the longer edge as hypernet draws by default.
///
/// Its code for a broken picture is 255, at which xargs would take no further pictures.
const THUMBS: &str = r#"for list in "$WORK"/images/*; do into="$WORK/thumbs/${list##*/}"; mkdir -p "$into"
    VIPS_CONCURRENCY=1 xargs -0 -P $JOBS -n 16 sh -c 'vipsthumbnail -s 400 -o "$0/%s.jpg[Q=80,strip]" "$@" || exit 1' \
        "$into" < "$list" || true
    done"#;

const FILES: &str = r#"find "$CORPUS" -type f | wc -l"#;

const PICTURES: &str = r#"cat "$WORK"/images/* | tr -dc '\0' | wc -c"#;

/// Counted once, since it reads every file: `$WORK/distinct-pictures`, `$WORK/distinct-media`.
pub const DISTINCT: &str = r#"cat "$WORK"/images/* | xargs -0 -r sha256sum | cut -c -64 > "$WORK/sums"
    sort -u "$WORK/sums" | wc -l > "$WORK/distinct-pictures"
    find "$CORPUS" -type f -size +0 \( -iname '*.mov' -o -iname '*.mp4' \) -print0 |
        xargs -0 -r sha256sum | cut -c -64 >> "$WORK/sums"
    sort -u "$WORK/sums" | wc -l > "$WORK/distinct-media""#;

const DISTINCT_PICTURES: &str = r#"cat "$WORK/distinct-pictures""#;

const DISTINCT_MEDIA: &str = r#"cat "$WORK/distinct-media""#;

/// Of these each tool should have something to tell.
const MEDIA: &str = r#"find "$CORPUS" -type f -size +0 \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' \
    -o -iname '*.webp' -o -iname '*.gif' -o -iname '*.mov' -o -iname '*.mp4' \) | wc -l"#;

const STORED: &str = r#"find "$LIB/users" -path '*/media/*' -type f | wc -l"#;

fn library() -> Vec<Count> {
    let there = r#"find "$LIB/users" -path '*/thumbnails/*' -type f | wc -l"#;
    vec![
        Count { what: "originals", there: STORED, of: DISTINCT_MEDIA },
        Count { what: DRAWN, there, of: DISTINCT_PICTURES },
    ]
}

fn drawn() -> Count {
    Count { what: DRAWN, there: r#"find "$WORK/thumbs" -type f -size +0 | wc -l"#, of: PICTURES }
}

fn told() -> Count {
    Count { what: "records", there: r#"cat "$WORK/meta.json" | grep -c '"SourceFile"'"#, of: MEDIA }
}

fn summed(of: &'static str) -> Count {
    Count { what: "sums", there: r#"cat "$WORK/sums" | wc -l"#, of }
}

fn copied(of: &'static str) -> Count {
    Count { what: "copies", there: r#"find "$WORK/copy" -type f | wc -l"#, of }
}

/// A folder that is new.
pub fn first() -> Vec<Row> {
    let row = |name, needs, line, made| Row { name, needs, before: CLEAN, line, made };
    let annexed = Count { what: "annexed", there: r#"git -C "$WORK/annex" ls-files | wc -l"#, of: FILES };
    vec![
        row("hypernet import", &[], IMPORT.to_owned(), library()),
        row(
            "exiftool organise, sha256sum, exiftool -json, vipsthumbnail",
            &["exiftool", "vipsthumbnail"],
            format!("{ORGANISE}\n{SUMS}\n{META}\n{THUMBS}"),
            vec![copied(MEDIA), summed(FILES), told(), drawn()],
        ),
        row(
            "cp, git-annex add, exiftool -json, vipsthumbnail",
            &["git-annex", "exiftool", "vipsthumbnail"],
            format!("{ANNEX}\n{META}\n{THUMBS}"),
            vec![annexed, told(), drawn()],
        ),
        row("vipsthumbnail alone", &["vipsthumbnail"], THUMBS.to_owned(), vec![drawn()]),
        row(
            "cp -r (the floor: no hash, no thumbnail)",
            &[],
            r#"cp -r "$CORPUS" "$WORK/copy""#.to_owned(),
            vec![copied(FILES)],
        ),
    ]
}

/// The same folder once more.
pub fn again() -> Vec<Row> {
    let row = |name, line: &str, made| Row { name, needs: &[], before: MADE, line: line.to_owned(), made };
    let stored = Count { what: "originals", there: STORED, of: "echo 1" };
    let found = Count { what: "lines", there: r#"cat "$WORK/found" | wc -l"#, of: FILES };
    vec![
        row("hypernet import, a second time", IMPORT, vec![stored]),
        row(
            "find -printf size, times, inode",
            r#"find "$CORPUS" -printf '%s %T@ %C@ %D %i %p\n' > "$WORK/found""#,
            vec![found],
        ),
    ]
}

/// Every byte of the library.
pub fn check() -> Vec<Row> {
    let row = |name, needs, line: &str, made| Row { name, needs, before: MADE, line: line.to_owned(), made };
    let stored = || Count { what: "originals", there: STORED, of: "echo 1" };
    vec![
        row("hypernet verify --data", &[], r#""$HN" --config none --library "$LIB" verify --data"#, vec![stored()]),
        row(
            "openssl dgst -sha256",
            &["openssl"],
            r#"find "$LIB/users" -path '*/media/*' -type f -print0 |
                xargs -0 -P $JOBS -n 32 openssl dgst -sha256 > "$WORK/sums""#,
            vec![summed(STORED)],
        ),
    ]
}
