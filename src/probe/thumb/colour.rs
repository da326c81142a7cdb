//! Colours of a small RGB picture, from the profile in its file to sRGB.
//!
//! Phones photograph in Display P3: shown as sRGB their reds and greens go pale. Grey and ink profiles are left aside.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};

use super::picture::Small;

/// The profile of the last picture and what became of it: the pictures of one camera share theirs.
#[derive(Default)]
pub(super) struct LastProfile {
    icc: Vec<u8>,
    transform: Option<Arc<Transform8BitExecutor>>,
}

impl LastProfile {
    /// Converts the picture's colours; leaves them where the profile is no use.
    pub fn convert(&mut self, small: &mut Small, icc: &[u8]) {
        if small.channels != 3 {
            return;
        }
        if self.icc != icc {
            self.transform = transform(icc);
            icc.clone_into(&mut self.icc);
        }
        let Some(transform) = &self.transform else { return };
        small.spare.clear();
        small.spare.resize(small.pixels.len(), 0);
        if transform.transform(&small.pixels, &mut small.spare).is_ok() {
            std::mem::swap(&mut small.pixels, &mut small.spare);
        }
    }
}

fn transform(icc: &[u8]) -> Option<Arc<Transform8BitExecutor>> {
    let profile = ColorProfile::new_from_slice(icc).ok()?;
    if profile.color_space != DataColorSpace::Rgb {
        return None;
    }
    let options = TransformOptions::default();
    profile.create_transform_8bit(Layout::Rgb, &ColorProfile::new_srgb(), Layout::Rgb, options).ok()
}
