//! Keeps secrets out of text that a server supplies.
//!
//! | module | its one job |
//! |---|---|
//! | `encodings` | one escape sequence of JSON, a programming language, URL or HTML |
//! | `lattice` | all ways to read a text through these |
//! | `secrets` | finds known secrets in a lattice |
//! | `base_encodings` | decodes what may be base64, base16 or a list of bytes in a lattice |
//! | `json_keys` | finds the values under telling keys |
//! | `layer` | a decoded text, with the way back |
//! | `budget` | bounds the work that a text can cause |

mod base_encodings;
mod budget;
mod encodings;
mod json_keys;
mod lattice;
mod layer;
mod secrets;

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;
use secrecy::SecretString;

use self::budget::{Budget, TooMuch};
use self::lattice::Lattice;
use self::layer::Layer;
use self::secrets::Secrets;

/// What stands where a secret was.
pub const MASK: &str = "(masked)";
/// How much of a server's text is shown, in bytes.
const SHOWN: usize = 1024;
/// How much of a server's text is searched, in bytes: its first half is more than is shown, unless nearly all of it is
/// masked. The other half is there so that a secret is found whole that begins in the first one.
const WINDOW: usize = 32 * 1024;
/// What follows a text that was cut.
const CUT: &str = "… (cut)";
/// How often base64, base16 or a list of bytes is decoded that holds one of them.
const DEEPEST_BASE: usize = 3;
/// In how many ways URL, HTML and JSON encoding are taken off a text to look for keys.
const MOST_LAYERS: usize = 8;

/// Knows what must not be shown.
///
/// Whatever is found is found in the text as it came, and the union of it is masked: no find can hide part of another.
#[derive(Clone, Debug, Default)]
pub struct Masker {
    /// Those of the client, which many calls share, and those of the call.
    secrets: Vec<Arc<Secrets>>,
    visible: BTreeSet<String>,
}

/// A part of a text that must not be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Span {
    range: Range<usize>,
    /// The quotes to put around the mask, so that JSON stays JSON.
    quote: Option<Range<usize>>,
}

impl Masker {
    /// Masks these secrets, but not those that are also a visible value of the configuration: everyone sees them anyway.
    ///
    /// For many secrets the first text that is searched takes time. A clone shares what was made of them.
    pub fn new(
        secrets: impl IntoIterator<Item = SecretString>,
        visible: impl IntoIterator<Item = String>,
    ) -> Self {
        Self::default().with(secrets, visible)
    }

    /// This one, and more to mask and to let through.
    pub fn with(
        mut self,
        secrets: impl IntoIterator<Item = SecretString>,
        visible: impl IntoIterator<Item = String>,
    ) -> Self {
        self.secrets.push(Arc::new(Secrets::new(secrets)));
        let visible = visible.into_iter().map(|text| secrets::comparable(&text));
        self.visible.extend(visible);
        self
    }

    /// The text as it may be shown: secrets masked, then cut at 1 KiB, and what steers a terminal or can't be seen replaced.
    ///
    /// Masking comes before cutting, or half a secret could stay at the edge.
    pub fn show(&self, text: &str) -> String {
        let is_whole = text.len() <= WINDOW;
        let window = &text[..text.floor_char_boundary(WINDOW)];
        let searched = if is_whole { text.len() } else { WINDOW / 2 };
        let masked = self.masked(window, searched);
        let masked = masked.unwrap_or_else(|TooMuch| MASK.to_owned());
        let shown = &masked[..masked.floor_char_boundary(SHOWN)];
        let is_cut = shown.len() < masked.len() || !is_whole;
        let cut = if is_cut { CUT } else { "" };
        let harmless = |c: char| match c {
            c if is_unprintable(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        };
        shown.chars().map(harmless).chain(cut.chars()).collect()
    }

    /// The text with every secret masked; a text that can't be searched in good time is masked whole.
    pub fn mask(&self, text: &str) -> String {
        self.masked(text, text.len())
            .unwrap_or_else(|TooMuch| MASK.to_owned())
    }

    /// The text up to `end` and what begins before that, masked.
    fn masked(&self, text: &str, end: usize) -> Result<String, TooMuch> {
        let spans = self.spans(text, DEEPEST_BASE, &mut Budget::of(text.len()))?;
        let mut masked = String::new();
        let mut position = 0;
        for Span { range, quote } in union(spans) {
            if range.start >= end {
                break;
            }
            let quote = &text[quote.unwrap_or_default()];
            masked.extend([&text[position..range.start], quote, MASK, quote]);
            position = range.end;
        }
        let end = text.floor_char_boundary(end).max(position);
        masked.push_str(&text[position..end]);
        Ok(masked)
    }

    /// Everything to mask in a text and in what of it is base64, base16 or a list of bytes.
    fn spans(&self, text: &str, depth: usize, budget: &mut Budget) -> Result<Vec<Span>, TooMuch> {
        let lattice = Lattice::of(text, budget)?;
        let mut spans = values_under_keys(text);
        for secrets in &self.secrets {
            let found = secrets.find(&lattice, &self.visible, budget)?;
            spans.extend(found.into_iter().map(|range| Span { range, quote: None }));
        }
        if depth == 0 {
            return Ok(spans);
        }
        for layer in base_encodings::decoded(&lattice) {
            let inner = self.spans(layer.text(), depth - 1, budget)?.into_iter();
            spans.extend(inner.map(|span| Span {
                range: layer.origin(span.range),
                quote: None,
            }));
        }
        Ok(spans)
    }
}

/// The values under telling keys, also where the text is URL or HTML encoded, or JSON with escapes for its quotes.
fn values_under_keys(text: &str) -> Vec<Span> {
    let found = json_keys::find(text).into_iter();
    let mut spans: Vec<Span> = found
        .map(|value| Span {
            range: value.span,
            quote: Some(value.quote),
        })
        .collect();
    let as_it_came: HashSet<_> = spans.iter().map(|span| span.quote.clone()).collect();
    for layer in unescaped_layers(text) {
        let found = json_keys::find(layer.text()).into_iter().map(|value| Span {
            range: layer.origin(value.span),
            quote: Some(layer.origin(value.quote)),
        });
        // Without the backslashes of a text, its quotes don't tell any more where a value ends.
        spans.extend(found.filter(|span| !as_it_came.contains(&span.quote)));
    }
    spans
}

/// The text with URL, HTML and JSON encoding taken off, in any order. Some write `\u0022` and `\u0026quot;` for a quote.
fn unescaped_layers(text: &str) -> Vec<Layer> {
    let each = |text: &str| ['%', '&', '\\'].map(|introducer| Layer::unescaped(text, introducer));
    let mut layers: Vec<Layer> = each(text).into_iter().flatten().collect();
    let mut next = 0;
    while next < layers.len() && layers.len() < MOST_LAYERS {
        for inner in each(layers[next].text()).into_iter().flatten() {
            if layers.iter().all(|layer| layer.text() != inner.text()) {
                layers.push(inner.within(&layers[next]));
            }
        }
        next += 1;
    }
    layers
}

/// The same as spans that don't overlap, in order. Quotes stay where one span covers all that it overlaps with.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| (span.range.start, std::cmp::Reverse(span.range.end)));
    let mut union: Vec<Span> = Vec::new();
    for span in spans {
        match union.last_mut() {
            Some(last) if span.range.start < last.range.end => {
                if span.range.end > last.range.end {
                    last.range.end = span.range.end;
                    last.quote = None;
                }
            }
            _ => union.push(span),
        }
    }
    union
}

/// Whether a character steers a terminal or changes a text without being seen: control characters but for line breaks
/// and tabs, directions, joiners, separators of lines and paragraphs.
pub fn is_unprintable(character: char) -> bool {
    !matches!(character, '\n' | '\t')
        && matches!(
            CodePointMapData::<GeneralCategory>::new().get(character),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        )
}

#[cfg(test)]
mod tests;
