//! Values survive the codec, by another MessagePack library's account, and damaged bytes only ever end in an error.

pub(crate) mod samples;

use proptest::prelude::*;
use rmpv::Value as Packed;
use serde_json::{Value as Json, json};
use terraform_provider_iwd::tf_provider::invalid_value::Mismatch;
use terraform_provider_iwd::tf_provider::json::{self, Stray};
use terraform_provider_iwd::tf_provider::msgpack;
use terraform_provider_iwd::tf_provider::value::Value;
use terraform_provider_iwd::tf_provider::value_type::ValueType;

use self::samples::{Sample, Side, Unknowns, canonical, damaged, numbers, samples, to_json, types};
use super::fuzz::targets;
use super::harness::random::try_cases;

fn pack(value: &Packed) -> Vec<u8> {
    let mut bytes = Vec::new();
    rmpv::encode::write_value(&mut bytes, value).expect("memory takes everything");
    bytes
}

fn unpack(mut bytes: &[u8]) -> Packed {
    let value = rmpv::decode::read_value(&mut bytes).expect("MessagePack");
    assert!(bytes.is_empty(), "something follows the value");
    value
}

fn value_type(ty: &Json) -> ValueType {
    let read = ValueType::from_json(ty).expect("a type");
    assert_eq!(&read.to_json(), ty);
    read
}

#[test]
fn every_value_comes_back_as_the_same_to_terraform() {
    try_cases(2000, &samples(Unknowns::Some), |Sample { ty, value }| {
        let schema = value_type(&ty);
        let decoded = msgpack::decode(&pack(&value), &schema).unwrap();
        let encoded = msgpack::encode(&decoded, &schema).unwrap();
        assert_eq!(
            canonical(Side::Kept, &ty, &unpack(&encoded)),
            canonical(Side::Sent, &ty, &value)
        );
        assert_eq!(msgpack::decode(&encoded, &schema).unwrap(), decoded);
    });
}

#[test]
fn every_value_of_a_state_file_is_the_same_on_the_wire() {
    // JSON has no infinity.
    let finite = samples(Unknowns::None)
        .prop_filter("finite", |sample| !sample.value.to_string().contains("inf"));
    try_cases(2000, &finite, |Sample { ty, value }| {
        let schema = value_type(&ty);
        let text = to_json(&ty, &value);
        let decoded = json::decode(text.as_bytes(), &schema, Stray::Refuse).unwrap();
        let encoded = msgpack::encode(&decoded, &schema).unwrap();
        assert_eq!(
            canonical(Side::Kept, &ty, &unpack(&encoded)),
            canonical(Side::Sent, &ty, &value),
            "{text}"
        );
    });
}

fn number(packed: &Packed) -> Value {
    msgpack::decode(&pack(packed), &ValueType::Number).unwrap()
}

#[test]
fn numbers_are_equal_exactly_when_terraform_says_so() {
    let ty = json!("number");
    try_cases(3000, &(numbers(), numbers()), |(a, b)| {
        let same = canonical(Side::Sent, &ty, &a) == canonical(Side::Sent, &ty, &b);
        assert_eq!(number(&a) == number(&b), same, "{a} {b}");
        // The same number as text, and as a float where that says all of it.
        let Value::Number(value) = number(&a) else {
            panic!("no number: {a}");
        };
        let text = value.to_string();
        assert_eq!(number(&text.as_str().into()), number(&a), "{text}");
        let float: f64 = text.parse().unwrap();
        if canonical(Side::Sent, &ty, &float.into()) == canonical(Side::Sent, &ty, &a) {
            assert_eq!(number(&float.into()), number(&a), "{text}");
        }
    });
}

#[test]
fn a_float_with_a_fraction_comes_back_bit_by_bit() {
    let fractions = any::<f64>().prop_filter("a fraction", |float| float.fract() != 0.0);
    try_cases(3000, &fractions, |float| {
        let decoded = number(&float.into());
        let encoded = msgpack::encode(&decoded, &ValueType::Number).unwrap();
        assert_eq!(unpack(&encoded), Packed::F64(float));
    });
}

/// Tries what may be no value at all as the fuzzer does.
fn read(bytes: &[u8], ty: &Json) {
    let typed = [ty.to_string().as_bytes(), b"\n", bytes].concat();
    targets::messagepack(&typed);
    targets::json(&typed);
}

#[test]
fn random_bytes_end_in_an_error_or_in_a_value() {
    let bytes = proptest::collection::vec(any::<u8>(), 0..200);
    try_cases(5000, &(types(), bytes), |(ty, bytes)| read(&bytes, &ty));
}

#[test]
fn damaged_values_end_in_an_error_or_in_a_value() {
    let damaged_samples = samples(Unknowns::Some)
        .prop_flat_map(|Sample { ty, value }| (Just(ty), damaged(pack(&value))));
    try_cases(5000, &damaged_samples, |(ty, bytes)| read(&bytes, &ty));
    let damaged_text = samples(Unknowns::None).prop_flat_map(|Sample { ty, value }| {
        let text = to_json(&ty, &value);
        (Just(ty), damaged(text.into_bytes()))
    });
    try_cases(3000, &damaged_text, |(ty, bytes)| read(&bytes, &ty));
}

#[test]
fn large_and_hostile_bytes_end_in_an_error_or_in_a_value() {
    let object = json!(["object", {"a": "string", "b": "string"}]);
    let announced = |count: u32, element: u8, there: usize| {
        let mut bytes = vec![0xdd];
        bytes.extend(count.to_be_bytes());
        bytes.resize(bytes.len() + there, element);
        bytes
    };
    let elements = |count: u32, element| announced(count, element, count as usize);
    let exponent = format!("{}e999999999999", "9".repeat(1_000_000));
    for (ty, bytes, fits) in [
        (json!(["list", "bool"]), elements(99_999, 0xc0), true),
        (json!(["set", "bool"]), elements(99_999, 0xc2), true),
        (json!(["list", "bool"]), elements(100_000, 0xc0), false),
        (
            json!(["map", "bool"]),
            [
                &[0xdf, 0, 0x0f, 0x42, 0x40][..],
                &b"\xa0\xc0".repeat(1_000_000),
            ]
            .concat(),
            false,
        ),
        (json!(["list", object]), elements(1_000_000, 0x80), false),
        (
            json!(["list", object]),
            announced(u32::MAX, 0xc0, 1_000_000),
            false,
        ),
        (json!("number"), pack(&exponent.into()), true),
        (
            json!("dynamic"),
            b"\x92\xc4\x09\"dynamic\"".repeat(100_000),
            false,
        ),
        (
            json!("dynamic"),
            [&b"\x92\xc6\0\x0f\x42\x40"[..], &b"[".repeat(1_000_000)].concat(),
            false,
        ),
    ] {
        let decoded = msgpack::decode(&bytes, &value_type(&ty));
        assert_eq!(decoded.is_ok(), fits, "{ty}");
    }
    for text in [
        "[".repeat(1_000_000),
        "9".repeat(1_000_000),
        "{\"a\":".repeat(100_000),
    ] {
        let decoded = json::decode(text.as_bytes(), &value_type(&object), Stray::Drop);
        assert!(decoded.is_err(), "{}…", &text[..8]);
    }
}

#[test]
fn as_many_values_are_read_from_json_as_from_messagepack() {
    let read = |text: String, ty: &Json| {
        let decoded = json::decode(text.as_bytes(), &value_type(ty), Stray::Refuse);
        decoded.map(drop).map_err(|error| error.mismatch)
    };
    let list = |count: usize| format!("[{}null]", "null,".repeat(count - 1));
    let ty = json!(["list", "bool"]);
    assert_eq!(read(list(99_999), &ty), Ok(()));
    assert_eq!(read(list(100_000), &ty), Err(Mismatch::TooMany));
    let map = |count: usize| {
        let entries = (0..count).map(|key| format!(r#""{key}":null"#));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
    };
    let ty = json!(["map", "bool"]);
    assert_eq!(read(map(99_999), &ty), Ok(()));
    assert_eq!(read(map(100_000), &ty), Err(Mismatch::TooMany));
    // What nobody reads counts too, and marks in a text don't.
    let stray = format!(r#"{{"b":{}}}"#, list(300_000));
    let ty = json!(["object", {"a": "bool"}]);
    let decoded = json::decode(stray.as_bytes(), &value_type(&ty), Stray::Drop);
    assert_eq!(decoded.unwrap_err().mismatch, Mismatch::TooMany);
    let text = json!(r#"\",[:{"#.repeat(100_000)).to_string();
    assert_eq!(read(text, &json!("string")), Ok(()));
}
