//! XMP: the packet programs keep beside or inside a picture, as attributes or as elements, in UTF-8 or UTF-16.
//!
//! Only properties of the picture itself count, not those of pictures it was made from. No entity is ever expanded but
//! XML's own five; what breaks off in the middle counts up to there.

use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};

use super::dates;
use super::findings::{Clock, Findings, Voice};
use super::{exif, text};

/// Events of one packet that are looked at, how deep they may nest, and characters of one value.
const MOST_EVENTS: usize = 200_000;
const DEEPEST: usize = 64;
const LONGEST: usize = 64 << 10;

/// Adds what a packet says.
pub fn apply(packet: &[u8], findings: &mut Findings) {
    let packet = Packet::parse(packet);
    for (clock, name) in [
        (Clock::XmpOriginal, "exif:DateTimeOriginal"),
        (Clock::XmpCreated, "photoshop:DateCreated"),
        (Clock::XmpCreate, "xmp:CreateDate"),
    ] {
        findings.time(clock, packet.first(name).and_then(|text| dates::parse(text, true)));
    }
    packet.words(findings);
    packet.place(findings);
    packet.camera(findings);
}

/// The properties of the picture: name with its usual prefix, and values.
#[derive(Debug, Default)]
pub struct Packet(Vec<(String, Vec<String>)>);

impl Packet {
    /// Reads a packet; what is no XMP is an empty one.
    pub fn parse(packet: &[u8]) -> Self {
        let packet = text::packet(packet);
        let mut walk = Walk::default();
        let mut reader = NsReader::from_str(packet.trim_matches('\0'));
        reader.config_mut().check_end_names = false;
        for _ in 0..MOST_EVENTS {
            let Ok(event) = reader.read_event() else { break };
            if matches!(event, Event::Eof) || !walk.step(&reader, event) {
                break;
            }
        }
        walk.packet
    }

    /// All values of a property.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.iter().find(|(held, _)| held == name).map_or(&[], |(_, values)| values)
    }

    /// The first value of a property.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).first().map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<f64> {
        fraction(self.first(name)?)
    }

    fn add(&mut self, name: &str, value: &str) {
        let Some(value) = text::tidy(value) else { return };
        match self.0.iter().position(|(held, _)| held == name) {
            Some(at) => self.0[at].1.push(value),
            None if self.0.len() < 1000 => self.0.push((name.to_owned(), vec![value])),
            None => {}
        }
    }

    fn words(&self, findings: &mut Findings) {
        let text = |names: &[&str]| names.iter().find_map(|name| self.first(name)).and_then(text::tidy);
        findings.title(Voice::Xmp, text(&["dc:title", "photoshop:Headline"]));
        findings.description(Voice::Xmp, text(&["dc:description"]));
        let leaf = |path: &String| path.rsplit(['|', '/']).next().and_then(text::tidy);
        for word in self.all("dc:subject") {
            findings.tag(Some(word.clone()));
        }
        for path in self.all("lr:hierarchicalSubject").iter().chain(self.all("digiKam:TagsList")) {
            findings.tag(leaf(path));
        }
        findings.rating(Voice::Xmp, self.number("xmp:Rating"));
        let motion = self.first("GCamera:MotionPhoto").or(self.first("GCamera:MicroVideo"));
        findings.exif("motion_photo", motion.filter(|flag| *flag == "1").map(|_| true));
    }

    fn place(&self, findings: &mut Findings) {
        let at = |value, reference| degrees(self.first(value)?, self.first(reference));
        let latitude = at("exif:GPSLatitude", "exif:GPSLatitudeRef");
        let longitude = at("exif:GPSLongitude", "exif:GPSLongitudeRef");
        if let (Some(latitude), Some(longitude)) = (latitude, longitude) {
            findings.place(Voice::Xmp, latitude, longitude, false);
            let below = self.first("exif:GPSAltitudeRef") == Some("1");
            let altitude = self.number("exif:GPSAltitude").map(|metres| if below { -metres } else { metres });
            findings.instead("gps_altitude", altitude.map(exif::rounded));
        }
    }

    fn camera(&self, findings: &mut Findings) {
        let text = |names: &[&str]| names.iter().find_map(|name| self.first(name)).map(str::to_owned);
        findings.instead("camera", text(&["tiff:Model"]));
        findings.instead("make", text(&["tiff:Make"]));
        findings.instead("lens", text(&["exifEX:LensModel", "aux:Lens", "exif:Lens"]));
        findings.instead("software", text(&["xmp:CreatorTool", "tiff:Software"]));
        let iso = ["exif:ISOSpeedRatings", "exifEX:PhotographicSensitivity", "exif:ISO"];
        let iso = iso.iter().find_map(|name| self.number(name)).filter(|iso| *iso >= 1.0);
        findings.instead("iso", iso.map(exif::rounded));
        let positive = |name| self.number(name).filter(|n| *n > 0.0);
        let (f_number, seconds) = (positive("exif:FNumber"), positive("exif:ExposureTime"));
        findings.instead("aperture", f_number.map(|n| format!("f/{}", exif::short(n))));
        findings.instead("f_number", f_number.map(exif::rounded));
        findings.instead("shutter_speed", seconds.map(exif::shutter));
        findings.instead("exposure_time", seconds.map(exif::rounded));
        let length = positive("exif:FocalLength");
        findings.instead("focal_length", length.map(|mm| format!("{}mm", exif::short(mm))));
        findings.instead("focal_length_mm", length.map(exif::rounded));
    }
}

/// Where the reader stands in a packet.
#[derive(Default)]
struct Walk {
    packet: Packet,
    path: Vec<String>,
    value: String,
}

impl Walk {
    /// False when the packet goes deeper than any real one.
    fn step(&mut self, reader: &NsReader<&[u8]>, event: Event) -> bool {
        match event {
            Event::Start(element) => {
                self.enter(reader, &element);
                self.value.clear();
            }
            Event::Empty(element) => {
                self.enter(reader, &element);
                self.path.pop();
            }
            Event::End(_) => self.leave(),
            Event::Text(part) => self.push(&part.xml10_content()),
            Event::CData(part) => self.push(&part.xml10_content()),
            Event::GeneralRef(entity) => self.push(&character(&entity)),
            _ => {}
        }
        self.path.len() <= DEEPEST
    }

    fn enter(&mut self, reader: &NsReader<&[u8]>, element: &BytesStart) {
        self.path.push(canonical(reader, element.name(), false));
        let own = self.described() && self.path.last().is_some_and(|name| name == "rdf:Description");
        for attribute in element.attributes().with_checks(false).flatten().take(if own { 1000 } else { 0 }) {
            if let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) {
                let name = canonical(reader, attribute.key, true);
                self.packet.add(&name, cut(&value));
            }
        }
        // A value may also be a resource: `<photoshop:X rdf:resource="..."/>` is not worth keeping.
    }

    fn leave(&mut self) {
        let value = std::mem::take(&mut self.value);
        if let Some(property) = self.property() {
            let name = property.to_owned();
            self.packet.add(&name, &value);
        }
        self.path.pop();
    }

    /// The property the text just read belongs to: the child of the first `rdf:Description`, straight or as an item of
    /// its list.
    fn property(&self) -> Option<&str> {
        let at = self.path.iter().position(|name| name == "rdf:Description")?;
        match &self.path[at + 1..] {
            [property] => Some(property),
            [property, list, item] if item == "rdf:li" && list.starts_with("rdf:") => Some(property),
            _ => None,
        }
    }

    /// Whether the element just entered is the first `rdf:Description` of its path.
    fn described(&self) -> bool {
        self.path.iter().position(|name| name == "rdf:Description") == Some(self.path.len() - 1)
    }

    fn push(&mut self, part: &str) {
        if self.value.len() + part.len() <= LONGEST {
            self.value.push_str(part);
        }
    }
}

fn cut(value: &str) -> &str {
    value.get(..LONGEST).unwrap_or(value)
}

/// A name with the prefix everybody uses for its namespace; as written where the namespace is another.
fn canonical(reader: &NsReader<&[u8]>, name: QName, attribute: bool) -> String {
    const NAMESPACES: &[(&str, &str)] = &[
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
        ("http://purl.org/dc/elements/1.1/", "dc"),
        ("http://ns.adobe.com/xap/1.0/", "xmp"),
        ("http://ns.adobe.com/exif/1.0/", "exif"),
        ("http://cipa.jp/exif/1.0/", "exifEX"),
        ("http://ns.adobe.com/exif/1.0/aux/", "aux"),
        ("http://ns.adobe.com/tiff/1.0/", "tiff"),
        ("http://ns.adobe.com/photoshop/1.0/", "photoshop"),
        ("http://ns.adobe.com/lightroom/1.0/", "lr"),
        ("http://www.digikam.org/ns/1.0/", "digiKam"),
        ("http://ns.google.com/photos/1.0/camera/", "GCamera"),
    ];
    let resolver = reader.resolver();
    let (space, local) = resolver.resolve(name, !attribute);
    let local = text::packet(local.as_ref().as_bytes());
    let known = |space: &str| NAMESPACES.iter().find(|(uri, _)| *uri == space).map(|(_, prefix)| *prefix);
    let prefix = match space {
        ResolveResult::Bound(space) => known(space.as_ref()).map(str::to_owned),
        _ => None,
    };
    let written = || name.prefix().map(|prefix| prefix.as_ref().to_owned());
    match prefix.or_else(written) {
        Some(prefix) => format!("{prefix}:{local}"),
        None => local,
    }
}

/// XML's own five entities and characters by number; no other entity stands for anything.
fn character(entity: &BytesRef) -> String {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return c.into();
    }
    quick_xml::escape::resolve_xml_entity(&entity.xml10_content()).unwrap_or_default().to_owned()
}

/// A number, or a fraction such as `28/10`.
fn fraction(text: &str) -> Option<f64> {
    let number = match text.split_once('/') {
        Some((over, under)) => over.trim().parse::<f64>().ok()? / under.trim().parse::<f64>().ok()?,
        None => text.trim().parse().ok()?,
    };
    number.is_finite().then_some(number)
}

/// `48,51.504N`, `48,51,30.24N`, or a plain number with a reference beside it.
pub fn degrees(text: &str, reference: Option<&str>) -> Option<f64> {
    let text = text.trim();
    let letter = text.chars().next_back().filter(char::is_ascii_alphabetic);
    let numbers = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let parts: Option<Vec<f64>> = numbers.split([',', ' ']).filter(|part| !part.is_empty()).map(fraction).collect();
    let degrees = match parts?[..] {
        [degrees] => degrees,
        [degrees, minutes] => degrees + minutes / 60.0,
        // Of decimal commas, `52,00000,50,00000,34,01180`, the whole parts.
        [degrees, minutes, seconds] | [degrees, _, minutes, _, seconds, _] => {
            degrees + minutes / 60.0 + seconds / 3600.0
        }
        _ => return None,
    };
    let letter = letter.or_else(|| reference?.trim().chars().next()).unwrap_or('+');
    Some(if matches!(letter.to_ascii_uppercase(), 'S' | 'W') { -degrees } else { degrees })
}
