//! The form in which Terraform compares text and names.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// Text in normal form C.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    // Nearly all text is in it, and to compose it anew costs more than to see that.
    if is_nfc(text) {
        text.into()
    } else {
        text.nfc().collect()
    }
}
