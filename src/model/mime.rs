//! The one table of MIME types a library takes in: the type, what it is to a person, and its extension.

use super::Invalid;
use super::media::MediaType;

/// One allowed MIME type.
#[derive(Debug, PartialEq, Eq)]
pub struct Mime {
    /// The name registered or in common use, in lower case.
    pub name: &'static str,
    /// What it is to a person.
    pub media_type: MediaType,
    /// The extension of stored files, without the dot.
    pub ext: &'static str,
    /// Extensions people give such files, in lower case; the stored one among them.
    pub names: &'static [&'static str],
}

use MediaType::{Document, Other, Photo, Video};

const fn mime(name: &'static str, media_type: MediaType, names: &'static [&'static str]) -> Mime {
    Mime { name, media_type, ext: names[0], names }
}

/// Every allowed type. A row added here is sniffed for in `probe::sniff` and allowed by a step of the schema.
pub const ALLOWED: &[Mime] = &[
    mime("image/jpeg", Photo, &["jpg", "jpeg", "jpe", "jfif", "jps", "mpo"]),
    mime("image/png", Photo, &["png", "apng"]),
    mime("image/gif", Photo, &["gif"]),
    mime("image/webp", Photo, &["webp"]),
    mime("image/tiff", Photo, &["tif", "tiff"]),
    mime("image/bmp", Photo, &["bmp", "dib"]),
    mime("image/heic", Photo, &["heic", "heics", "hif"]),
    mime("image/heif", Photo, &["heif", "heifs"]),
    mime("image/avif", Photo, &["avif", "avifs"]),
    mime("image/jxl", Photo, &["jxl"]),
    mime("image/jp2", Photo, &["jp2", "jpx", "j2k", "jpf"]),
    mime("image/svg+xml", Photo, &["svg"]),
    mime("image/vnd.adobe.photoshop", Photo, &["psd", "psb"]),
    mime("image/x-icon", Photo, &["ico", "cur"]),
    mime("image/x-portable-anymap", Photo, &["pnm", "pbm", "pgm", "ppm"]),
    mime("image/x-exr", Photo, &["exr"]),
    mime("image/x-adobe-dng", Photo, &["dng", "gpr"]),
    mime("image/x-canon-cr2", Photo, &["cr2"]),
    mime("image/x-canon-cr3", Photo, &["cr3"]),
    mime("image/x-canon-crw", Photo, &["crw"]),
    mime("image/x-nikon-nef", Photo, &["nef"]),
    mime("image/x-nikon-nrw", Photo, &["nrw"]),
    mime("image/x-sony-arw", Photo, &["arw"]),
    mime("image/x-sony-sr2", Photo, &["sr2", "srf"]),
    mime("image/x-olympus-orf", Photo, &["orf"]),
    mime("image/x-panasonic-rw2", Photo, &["rw2", "raw", "rwl"]),
    mime("image/x-fujifilm-raf", Photo, &["raf"]),
    mime("image/x-pentax-pef", Photo, &["pef"]),
    mime("image/x-samsung-srw", Photo, &["srw"]),
    mime("image/x-minolta-mrw", Photo, &["mrw"]),
    mime("image/x-sigma-x3f", Photo, &["x3f"]),
    mime("image/x-kodak-dcr", Photo, &["dcr", "kdc", "k25"]),
    mime("image/x-hasselblad-3fr", Photo, &["3fr", "fff"]),
    mime("image/x-epson-erf", Photo, &["erf"]),
    mime("image/x-raw", Photo, &["iiq", "mef", "mos", "rwz"]),
    mime("video/mp4", Video, &["mp4"]),
    mime("video/x-m4v", Video, &["m4v"]),
    mime("video/quicktime", Video, &["mov", "qt"]),
    mime("video/3gpp", Video, &["3gp"]),
    mime("video/3gpp2", Video, &["3g2"]),
    mime("video/x-matroska", Video, &["mkv"]),
    mime("video/webm", Video, &["webm"]),
    mime("video/x-msvideo", Video, &["avi"]),
    mime("video/mpeg", Video, &["mpg", "mpeg", "mpe", "vob", "m2v"]),
    mime("video/mp2t", Video, &["mts", "m2ts", "m2t", "ts"]),
    mime("video/x-ms-wmv", Video, &["wmv", "asf"]),
    mime("video/x-flv", Video, &["flv"]),
    mime("video/ogg", Video, &["ogv"]),
    mime("application/pdf", Document, &["pdf"]),
    mime("application/rtf", Document, &["rtf"]),
    mime("application/zip", Other, &["zip"]),
    mime("text/plain", Document, &["txt"]),
    mime("application/octet-stream", Other, &["bin"]),
];

impl Mime {
    /// Whether it is a photo as the sensor saw it, in a format of its maker's.
    pub fn is_raw(&self) -> bool {
        const DRAWN: &[&str] = &["image/x-icon", "image/x-portable-anymap", "image/x-exr"];
        self.name.starts_with("image/x-") && !DRAWN.contains(&self.name)
    }
}

/// The allowed type of this name.
///
/// # Errors
/// When it is not on the list.
pub fn parse(name: &str) -> Result<&'static Mime, Invalid> {
    ALLOWED
        .iter()
        .find(|mime| mime.name == name)
        .ok_or_else(|| Invalid::new("mime_type", "must be one of the allowed types", name))
}

/// The type people expect of a file with this extension, any case; `None` when it says nothing.
pub fn of_extension(ext: &str) -> Option<&'static Mime> {
    let ext = ext.to_ascii_lowercase();
    ALLOWED.iter().find(|mime| mime.names.contains(&ext.as_str()))
}
