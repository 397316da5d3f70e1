//! Random secrets in random encodings.
//!
//! A failure prints its seed; with that in `PROPTEST_RNG_SEED` the same cases are tried again. What was found so has its own
//! test in [`super`].

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use super::encodings::is_introducer;
use super::*;
use crate::random;

/// Tries that many random cases.
fn try_cases<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let default = Config::default();
    let seed = match default.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => u64::from_le_bytes(random::bytes().unwrap()),
    };
    let config = Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..default
    };
    let tried = TestRunner::new(config).run(strategy, |case| {
        test(case);
        Ok(())
    });
    if let Err(error) = tried {
        panic!("{error}\nPROPTEST_RNG_SEED={seed}");
    }
}

/// Texts of characters that encodings are about.
fn nasty(length: Range<usize>) -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(r#"\"%&;#+/=un0125abfA "#.chars().collect::<Vec<_>>());
    let other = prop::sample::select("xyé😀<>'{}:,-_".chars().collect::<Vec<_>>());
    let characters = vec(prop_oneof![4 => nasty, 1 => other], length);
    characters.prop_map(|characters| characters.into_iter().collect())
}

fn secret() -> impl Strategy<Value = String> {
    nasty(6..20).prop_filter("too short", |text| text.trim().chars().count() >= 6)
}

/// A text, and where a secret stands in it.
#[derive(Clone, Debug)]
struct Sample {
    text: String,
    secret: Range<usize>,
}

#[derive(Clone, Debug)]
enum Encoding {
    Json,
    JsonInAscii,
    JsonEscapes,
    Percent,
    Form,
    Html,
    HtmlNumbers,
    Octets,
    OctalOctets,
    CodePoints,
    Base64,
    Base64Url,
    /// Each character in one of these ways, by turns.
    Mixed(Vec<Self>),
}

impl Encoding {
    fn character(&self, index: usize, character: char) -> String {
        let text = character.to_string();
        let units = || {
            let units = character.encode_utf16(&mut [0; 2]).to_vec();
            let escapes: Vec<_> = units.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            escapes.concat()
        };
        match self {
            Self::JsonEscapes => units(),
            Self::JsonInAscii if !character.is_ascii() => units(),
            Self::Json | Self::JsonInAscii => json(&text)[1..json(&text).len() - 1].to_owned(),
            Self::Percent => percent(&text),
            Self::Form => form(&text),
            Self::Html => html_escape::encode_quoted_attribute(&text).into_owned(),
            Self::HtmlNumbers => format!("&#x{:x};", u32::from(character)),
            Self::Octets => percent(&text).replace('%', "\\x"),
            Self::OctalOctets => {
                let octets: Vec<_> = text.bytes().map(|it| format!("\\{it:03o}")).collect();
                octets.concat()
            }
            Self::CodePoints => format!("\\u{{{:x}}}", u32::from(character)),
            Self::Mixed(encodings) => {
                let encoded = encodings[index % encodings.len()].character(index, character);
                // One that goes unchanged would begin another's escape sequence.
                if encoded == text && is_introducer(character) {
                    return Self::HtmlNumbers.character(index, character);
                }
                encoded
            }
            Self::Base64 | Self::Base64Url => text,
        }
    }

    fn encode(&self, sample: &Sample) -> Sample {
        let Range { start, end } = sample.secret;
        let engine = match self {
            Self::Base64 => STANDARD,
            Self::Base64Url => URL_SAFE_NO_PAD,
            _ => {
                let mut text = String::new();
                let mut secret = 0..0;
                for (index, (position, character)) in sample.text.char_indices().enumerate() {
                    if position == start {
                        secret.start = text.len();
                    }
                    text.push_str(&self.character(index, character));
                    if position + character.len_utf8() == end {
                        secret.end = text.len();
                    }
                }
                return Sample { text, secret };
            }
        };
        Sample {
            text: engine.encode(&sample.text),
            secret: start * 8 / 6..(end * 8).div_ceil(6),
        }
    }
}

fn escapes() -> impl Strategy<Value = Encoding> {
    prop_oneof![
        Just(Encoding::Json),
        Just(Encoding::JsonInAscii),
        Just(Encoding::JsonEscapes),
        Just(Encoding::Percent),
        Just(Encoding::Form),
        Just(Encoding::Html),
        Just(Encoding::HtmlNumbers),
        Just(Encoding::Octets),
        Just(Encoding::OctalOctets),
        Just(Encoding::CodePoints),
    ]
}

fn encodings() -> impl Strategy<Value = Vec<Encoding>> {
    let mixed = vec(escapes(), 1..4).prop_map(Encoding::Mixed);
    let base64 = prop_oneof![Just(Encoding::Base64), Just(Encoding::Base64Url)];
    vec(prop_oneof![4 => escapes(), 1 => mixed, 1 => base64], 0..4)
}

/// Joins three texts, of which the second is the secret or has it.
fn join(before: &str, sample: &Sample, after: &str) -> Sample {
    let (start, end) = (sample.secret.start, sample.secret.end);
    Sample {
        text: format!("{before}{}{after}", sample.text),
        secret: before.len() + start..before.len() + end,
    }
}

#[track_caller]
fn is_masked(masker: &Masker, sample: &Sample) {
    let Sample { text, secret } = sample;
    // One that can't be searched in good time is masked whole.
    let Ok(spans) = masker.spans(text, DEEPEST_BASE, &mut Budget::of(text.len())) else {
        return;
    };
    let spans = union(spans);
    let covers = |span: &Span| span.range.start <= secret.start && span.range.end >= secret.end;
    assert!(
        spans.iter().any(covers),
        "{} in {text} is not in {spans:?}",
        &text[secret.clone()]
    );
}

#[test]
fn a_secret_in_encodings_within_encodings_is_masked_whole() {
    let case = (
        secret(),
        (nasty(0..6), nasty(0..6)),
        encodings(),
        (nasty(0..6), nasty(0..6)),
        any::<bool>(),
    );
    try_cases(
        3000,
        &case,
        |(secret, inner, encodings, outer, is_upper)| {
            let shown = secret.trim();
            let shown = if is_upper {
                shown.to_ascii_uppercase()
            } else {
                shown.to_owned()
            };
            let whole = 0..shown.len();
            let sample = Sample {
                text: shown,
                secret: whole,
            };
            let sample = join(&inner.0, &sample, &inner.1);
            let sample = encodings
                .iter()
                .fold(sample, |sample, encoding| encoding.encode(&sample));
            is_masked(&masker(&[&secret]), &join(&outer.0, &sample, &outer.1));
        },
    );
}

#[test]
fn every_secret_in_a_text_is_masked_whole() {
    let case = (vec("[ab,]{6,9}", 1..6), r#"([ab,]|"token":|"){0,60}"#);
    try_cases(1000, &case, |(secrets, text)| {
        let masker = Masker::new(secrets.iter().map(|secret| secret.as_str().into()), []);
        for secret in &secrets {
            for start in 0..text.len() {
                if text[start..].starts_with(secret.as_str()) {
                    let secret = start..start + secret.len();
                    is_masked(
                        &masker,
                        &Sample {
                            text: text.clone(),
                            secret,
                        },
                    );
                }
            }
        }
    });
}

#[test]
fn whatever_surrounds_a_secret_it_is_masked() {
    let surroundings = r#"[\\"{}:, %&a-c\[\]]{0,30}"#;
    let case = (surroundings, 0..3, surroundings);
    try_cases(1000, &case, |(before, depth, after)| {
        let text = format!("{before}canary-secret{after}");
        let text = (0..depth).fold(text, |text, _| json(&text));
        let shown = masker(&["canary-secret"]).show(&text);
        assert!(!shown.contains("canary"), "{shown}");
    });
}

#[test]
fn any_text_can_be_shown() {
    let text = r#"(\PC|[\\"{}:,%&]|"token":|\\"token\\":|%22token%22:|&quot;){0,60}"#;
    try_cases(1000, &text, |text| {
        let shown = masker(&["a\\b%c&\"d", "ööööööö"]).show(&text);
        assert!(shown.len() <= SHOWN + CUT.len());
    });
}

/// A text whose bytes are listed as numbers.
fn listed(sample: &Sample, write: fn(u8) -> String, between: &str) -> Sample {
    let numbers: Vec<_> = sample.text.bytes().map(write).collect();
    let begin = |index: usize| {
        let before = numbers[..index].iter();
        before.map(|number| number.len() + between.len()).sum()
    };
    let Range { start, end } = sample.secret;
    let last = begin(end - 1) + numbers[end - 1].len();
    let listed = Sample {
        text: numbers.join(between),
        secret: begin(start)..last,
    };
    join("[", &listed, "]")
}

#[test]
fn a_secret_whose_bytes_are_listed_is_masked_whole() {
    let writes: [fn(u8) -> String; 4] = [
        |byte| byte.to_string(),
        |byte| byte.cast_signed().to_string(),
        |byte| format!("{byte:02x}"),
        |byte| format!("0x{byte:02X}"),
    ];
    let betweens = [" ", ",", ", ", ":", "-", ";\n", "|"];
    let around = prop_oneof![
        Just(Encoding::Json),
        Just(Encoding::Form),
        Just(Encoding::Html),
        Just(Encoding::Base64),
    ];
    let case = (
        secret(),
        (nasty(0..6), nasty(0..6)),
        (
            prop::sample::select(writes.to_vec()),
            prop::sample::select(betweens.to_vec()),
        ),
        vec(around, 0..3),
        (nasty(0..6), nasty(0..6)),
    );
    try_cases(
        1000,
        &case,
        |(secret, inner, (write, between), encodings, outer)| {
            let shown = secret.trim().to_owned();
            let whole = 0..shown.len();
            let sample = Sample {
                text: shown,
                secret: whole,
            };
            let sample = listed(&join(&inner.0, &sample, &inner.1), write, between);
            let sample = encodings
                .iter()
                .fold(sample, |sample, encoding| encoding.encode(&sample));
            is_masked(&masker(&[&secret]), &join(&outer.0, &sample, &outer.1));
        },
    );
}
