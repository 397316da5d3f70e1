//! Random types, values of them as Terraform may send them, and what is the same value to Terraform.

use proptest::prelude::*;
use rmpv::Value as Packed;
use serde_json::{Map, Value as Json, json};

/// A type and a value of it.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    /// The type, as the protocol writes it.
    pub(crate) ty: Json,
    /// The value, as MessagePack has it.
    pub(crate) value: Packed,
}

/// Whether values may be unknown.
#[derive(Clone, Copy)]
pub(crate) enum Unknowns {
    /// As in MessagePack.
    Some,
    /// As in JSON.
    None,
}

/// Any type with a value of it.
pub(crate) fn samples(unknowns: Unknowns) -> BoxedStrategy<Sample> {
    types()
        .prop_flat_map(move |ty| {
            values(&ty, unknowns).prop_map(move |value| Sample {
                ty: ty.clone(),
                value,
            })
        })
        .boxed()
}

/// Any type, not deep.
pub(crate) fn types() -> BoxedStrategy<Json> {
    let leaf = prop_oneof![
        3 => Just(json!("string")),
        3 => Just(json!("number")),
        2 => Just(json!("bool")),
        1 => Just(json!("dynamic")),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let of = |kind: &'static str| {
            inner
                .clone()
                .prop_map(move |element| json!([kind, element]))
        };
        let tuple = proptest::collection::vec(inner.clone(), 0..4);
        let object = proptest::collection::btree_map("[a-d]", inner.clone(), 0..4);
        prop_oneof![
            of("list"),
            of("set"),
            of("map"),
            tuple.prop_map(|elements| json!(["tuple", elements])),
            object.prop_map(|attributes| json!(["object", attributes])),
        ]
    })
    .boxed()
}

fn values(ty: &Json, unknowns: Unknowns) -> BoxedStrategy<Packed> {
    let kind = ty.get(0).unwrap_or(ty).as_str().expect("a type");
    let elements = |ty: &Json| proptest::collection::vec(values(ty, unknowns), 0..4);
    let known = match kind {
        "string" => texts().prop_map(Packed::from).boxed(),
        "number" => numbers(),
        "bool" => any::<bool>().prop_map(Packed::from).boxed(),
        "dynamic" => samples_of_some_type(unknowns),
        "list" | "set" => elements(&ty[1]).prop_map(Packed::Array).boxed(),
        "map" => proptest::collection::btree_map("[a-d]{1,2}", values(&ty[1], unknowns), 0..4)
            .prop_map(|entries| {
                let entries = entries.into_iter();
                Packed::Map(entries.map(|(key, entry)| (key.into(), entry)).collect())
            })
            .boxed(),
        "tuple" => ty[1]
            .as_array()
            .expect("elements")
            .iter()
            .map(|ty| values(ty, unknowns))
            .collect::<Vec<_>>()
            .prop_map(Packed::Array)
            .boxed(),
        "object" => ty[1]
            .as_object()
            .expect("attributes")
            .iter()
            .map(|(name, ty)| {
                let name = name.clone();
                values(ty, unknowns).prop_map(move |value| (name.as_str().into(), value))
            })
            .collect::<Vec<_>>()
            .prop_map(Packed::Map)
            .boxed(),
        other => panic!("no values of {other}"),
    };
    match unknowns {
        Unknowns::Some => prop_oneof![8 => known, 1 => Just(Packed::Nil), 1 => unknown()].boxed(),
        Unknowns::None => prop_oneof![8 => known, 1 => Just(Packed::Nil)].boxed(),
    }
}

fn samples_of_some_type(unknowns: Unknowns) -> BoxedStrategy<Packed> {
    let ty = prop_oneof![
        Just(json!("string")),
        Just(json!("number")),
        Just(json!(["tuple", ["bool", "dynamic"]])),
        Just(json!(["object", {"a": ["set", "string"]}])),
    ];
    // A dynamic value in a dynamic value would go on for ever.
    ty.prop_flat_map(move |ty| {
        let inner = match ty[1].as_array() {
            Some(_) => Just(Packed::Array(vec![true.into(), Packed::Nil])).boxed(),
            None => values(&ty, unknowns),
        };
        inner.prop_map(move |value| {
            Packed::Array(vec![Packed::Binary(ty.to_string().into_bytes()), value])
        })
    })
    .boxed()
}

/// An unknown value: plain, of a later protocol, or with refinements.
fn unknown() -> BoxedStrategy<Packed> {
    let refinements = prop_oneof![
        any::<bool>().prop_map(|null| vec![(1.into(), null.into())]),
        "[a-z]{1,40}".prop_map(|prefix| vec![(1.into(), false.into()), (2.into(), prefix.into())]),
        any::<i64>().prop_map(|least| {
            let bound = Packed::Array(vec![least.into(), true.into()]);
            vec![(3.into(), bound)]
        }),
    ];
    let refined = refinements.prop_map(|entries| {
        let mut payload = Vec::new();
        rmpv::encode::write_value(&mut payload, &Packed::Map(entries)).expect("memory");
        Packed::Ext(12, payload)
    });
    let later = (1..100i8, proptest::collection::vec(any::<u8>(), 0..20));
    prop_oneof![
        Just(Packed::Ext(0, vec![0])),
        later.prop_map(|(code, payload)| Packed::Ext(if code == 12 { 13 } else { code }, payload)),
        refined,
    ]
    .boxed()
}

/// Decomposed text with what it is composed.
const ACCENTS: [(&str, &str); 4] = [
    ("e\u{301}", "\u{e9}"),
    ("A\u{30a}", "\u{c5}"),
    ("\u{1112}\u{1161}\u{11ab}", "\u{d55c}"),
    ("\u{212b}", "\u{c5}"),
];

fn texts() -> BoxedStrategy<String> {
    let accents = prop_oneof![
        Just(ACCENTS[0].0),
        Just(ACCENTS[1].0),
        Just(ACCENTS[2].0),
        Just(ACCENTS[3].0)
    ];
    let plain = prop_oneof!["[ -~]{0,40}", "[a-z]{0,300}", Just("\0".to_owned())];
    prop_oneof![
        4 => plain.clone(),
        1 => (plain, accents).prop_map(|(text, accent)| format!("{text}{accent}")),
    ]
    .boxed()
}

/// Numbers in every form in which they travel.
pub(crate) fn numbers() -> BoxedStrategy<Packed> {
    prop_oneof![
        any::<i64>().prop_map(Packed::from),
        any::<u64>().prop_map(Packed::from),
        any::<i8>().prop_map(Packed::from),
        any::<f32>()
            .prop_filter("a number", |it| it.is_normal())
            .prop_map(Packed::from),
        any::<f64>()
            .prop_filter("a number", |it| it.is_normal())
            .prop_map(Packed::from),
        (-1000..1000i32, 0..5u32)
            .prop_map(|(n, halves)| { Packed::from(f64::from(n) / f64::from(1 << halves)) }),
        "-?[0-9]{1,60}".prop_map(Packed::from),
        "-?[0-9]{1,40}\\.[0-9]{1,40}".prop_map(Packed::from),
        "-?[0-9]{1,5}e[+-]?[0-9]{1,2}".prop_map(Packed::from),
        Just(Packed::from(f64::INFINITY)),
        Just(Packed::from(f64::NEG_INFINITY)),
    ]
    .boxed()
}

/// Whose value it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// As it was sent: text may be decomposed, and an element may stand twice in a set.
    Sent,
    /// As it must come back.
    Kept,
}

/// The value in a form that is the same for all that Terraform takes for the same.
pub(crate) fn canonical(side: Side, ty: &Json, value: &Packed) -> Json {
    let kind = ty.get(0).unwrap_or(ty).as_str().expect("a type");
    match (kind, value) {
        (_, Packed::Nil) => Json::Null,
        (_, Packed::Ext(12, payload)) => json!({"unknown": payload}),
        (_, Packed::Ext(..)) => json!({"unknown": null}),
        ("string", Packed::String(text)) => {
            let text = text.as_str().expect("UTF-8").to_owned();
            let composed = ACCENTS.iter().filter(|_| side == Side::Sent);
            composed
                .fold(text, |text, (apart, composed)| {
                    text.replace(apart, composed)
                })
                .into()
        }
        ("number", number) => json!({"number": decimal(number)}),
        ("bool", Packed::Boolean(value)) => (*value).into(),
        ("dynamic", Packed::Array(parts)) => {
            let Packed::Binary(ty) = &parts[0] else {
                panic!("no type: {parts:?}");
            };
            let ty = serde_json::from_slice(ty).expect("a type");
            json!({"type": ty, "value": canonical(side, &ty, &parts[1])})
        }
        ("list", Packed::Array(elements)) => elements
            .iter()
            .map(|element| canonical(side, &ty[1], element))
            .collect(),
        ("set", Packed::Array(elements)) => {
            let mut elements: Vec<_> = elements
                .iter()
                .map(|element| canonical(side, &ty[1], element).to_string())
                .collect();
            elements.sort();
            // Two unknown elements may turn out to differ.
            elements.dedup_by(|a, b| side == Side::Sent && a == b && !a.contains("unknown"));
            elements.into()
        }
        ("tuple", Packed::Array(elements)) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| canonical(side, &ty[1][index], element))
            .collect(),
        ("map" | "object", Packed::Map(entries)) => {
            let entries = entries.iter().map(|(name, entry)| {
                let name = name.as_str().expect("a name").to_owned();
                let ty = if kind == "map" { &ty[1] } else { &ty[1][&name] };
                let entry = canonical(side, ty, entry);
                (name, entry)
            });
            Json::Object(entries.collect::<Map<_, _>>())
        }
        _ => panic!("{value} is no {ty}"),
    }
}

/// The number in plain digits: a whole float exactly, another by its shortest text.
fn decimal(number: &Packed) -> String {
    match number {
        Packed::Integer(number) => number.to_string(),
        Packed::F32(number) => float(f64::from(*number)),
        Packed::F64(number) => float(*number),
        Packed::String(text) => plain(text.as_str().expect("UTF-8")),
        other => panic!("no number: {other}"),
    }
}

fn float(number: f64) -> String {
    if number.is_infinite() || number.fract() != 0.0 {
        number.to_string()
    } else {
        plain(&format!("{number:.0}"))
    }
}

/// Decimal text without exponent, and without zeros that say nothing.
fn plain(text: &str) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().expect("an exponent");
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shift = usize::try_from(exponent.unsigned_abs()).expect("a small exponent");
    let zeros = "0".repeat(shift);
    let (whole, fraction) = if exponent < 0 {
        let digits = format!("{zeros}{whole}");
        let (whole, moved) = digits.split_at(digits.len() - shift);
        (whole.to_owned(), format!("{moved}{fraction}"))
    } else {
        let digits = format!("{fraction}{zeros}");
        let (moved, fraction) = digits.split_at(shift);
        (format!("{whole}{moved}"), fraction.to_owned())
    };
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    match (whole, fraction) {
        ("", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        ("", fraction) => format!("{sign}0.{fraction}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

/// The value as JSON text, as it stands in a state file.
pub(crate) fn to_json(ty: &Json, value: &Packed) -> String {
    let kind = ty.get(0).unwrap_or(ty).as_str().expect("a type");
    let joined = |parts: Vec<String>| parts.join(",");
    match (kind, value) {
        (_, Packed::Nil) => "null".to_owned(),
        ("number", number) => decimal(number),
        ("string", Packed::String(text)) => json!(text.as_str()).to_string(),
        ("bool", Packed::Boolean(value)) => value.to_string(),
        ("dynamic", Packed::Array(parts)) => {
            let ty = parts[0].as_slice().expect("a type");
            let ty: Json = serde_json::from_slice(ty).expect("a type");
            let value = to_json(&ty, &parts[1]);
            format!(r#"{{"value":{value},"type":{ty}}}"#)
        }
        ("tuple", Packed::Array(elements)) => {
            let elements = elements.iter().enumerate();
            let elements = elements.map(|(index, element)| to_json(&ty[1][index], element));
            format!("[{}]", joined(elements.collect()))
        }
        (_, Packed::Array(elements)) => {
            let elements = elements.iter().map(|element| to_json(&ty[1], element));
            format!("[{}]", joined(elements.collect()))
        }
        (_, Packed::Map(entries)) => {
            let entries = entries.iter().map(|(name, entry)| {
                let name = name.as_str().expect("a name");
                let ty = if kind == "map" { &ty[1] } else { &ty[1][name] };
                format!("{}:{}", json!(name), to_json(ty, entry))
            });
            format!("{{{}}}", joined(entries.collect()))
        }
        _ => panic!("{value} is no {ty}"),
    }
}

/// The bytes with a few of them changed, added or taken away.
pub(crate) fn damaged(bytes: Vec<u8>) -> BoxedStrategy<Vec<u8>> {
    let harm = (any::<prop::sample::Index>(), any::<u8>(), 0..4u8);
    proptest::collection::vec(harm, 1..6)
        .prop_map(move |harms| {
            let mut bytes = bytes.clone();
            for (place, byte, kind) in harms {
                let place = place.index(bytes.len() + 1);
                match kind {
                    0 => bytes.insert(place, byte),
                    1 => bytes.truncate(place),
                    // Markers of long strings, lists, maps and extensions, with what follows as the length.
                    2 => bytes.insert(place, 0xc4 + byte % 0x1c),
                    _ if place < bytes.len() => bytes[place] = byte,
                    _ => {}
                }
            }
            bytes
        })
        .boxed()
}
