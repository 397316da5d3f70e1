//! Numbers: two on lines of their own, or the bits of a float.

use std::cmp::Ordering;

use terraform_provider_iwd::tf_provider::json::{self, Stray};
use terraform_provider_iwd::tf_provider::msgpack;
use terraform_provider_iwd::tf_provider::number::Number;
use terraform_provider_iwd::tf_provider::value::Value;
use terraform_provider_iwd::tf_provider::value_type::ValueType;

/// A number is the same in every form in which it travels, and the order of numbers is one.
pub fn number(bytes: &[u8]) {
    if let Some(bits) = bytes.first_chunk() {
        is_kept_as_float(f64::from_be_bytes(*bits));
    }
    let numbers: Vec<Number> = super::lines(bytes).take(2).filter_map(read).collect();
    if let [a, b] = &numbers[..] {
        are_in_order(a, b);
    }
}

/// The number that the text is; it comes back from text, `MessagePack` and JSON.
fn read(text: &str) -> Option<Number> {
    let number: Result<Number, _> = text.parse();
    let quoted = serde_json::to_vec(text).expect("memory takes everything");
    let in_quotes = json::decode(&quoted, &ValueType::Number, Stray::Refuse);
    assert_eq!(in_quotes.ok(), number.clone().ok().map(Value::Number));
    let is_json = serde_json::from_str::<serde_json::Number>(text).is_ok();
    let number = number.ok()?;
    assert_eq!(number.to_string().parse().as_ref(), Ok(&number));
    let value = Value::Number(number.clone());
    let bytes = msgpack::encode(&value, &ValueType::Number).expect("a number can be written");
    assert_eq!(
        msgpack::decode(&bytes, &ValueType::Number).as_ref(),
        Ok(&value)
    );
    if is_json {
        let plain = json::decode(text.as_bytes(), &ValueType::Number, Stray::Refuse);
        assert_eq!(plain, Ok(value));
    }
    if let Some(integer) = number.as_i64() {
        assert_eq!(Number::from(integer), number);
    }
    if let Some(integer) = number.as_u64() {
        assert_eq!(Number::from(integer), number);
    }
    Some(number)
}

fn is_kept_as_float(float: f64) {
    let bytes = [&[0xcb][..], &float.to_be_bytes()].concat();
    let decoded = msgpack::decode(&bytes, &ValueType::Number);
    let Some(number) = Number::from_f64(float) else {
        assert!(float.is_nan() && decoded.is_err());
        return;
    };
    assert_eq!(number.to_string().parse(), Ok(float));
    assert_eq!(decoded, Ok(Value::Number(number)));
}

fn are_in_order(a: &Number, b: &Number) {
    assert_eq!(a.cmp(b), b.cmp(a).reverse());
    assert_eq!(a.cmp(b).is_eq(), a == b);
    if let (Some(a_integer), Some(b_integer)) = (a.as_i64(), b.as_i64()) {
        assert_eq!(a.cmp(b), a_integer.cmp(&b_integer));
    }
    let floats = float(a).partial_cmp(&float(b));
    if let Some(order @ (Ordering::Less | Ordering::Greater)) = floats {
        assert_eq!(a.cmp(b), order);
    }
}

/// The nearest float.
fn float(number: &Number) -> f64 {
    number
        .to_string()
        .parse()
        .expect("a float can be read of any number")
}
