//! Bodies: pages, those that can not be read, and by what they are read.

use reqwest::header::CONTENT_ENCODING;

use super::*;

fn utf_16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf_16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn what_begins_with_an_angle_bracket_is_a_page_and_never_success() {
    for body in [
        "<".into(),
        "\n<!DOCTYPE html><title>Sign in</title>".into(),
        "<head><title>x</title>".into(),
        "<?xml version=\"1.0\"?><Error/>".into(),
        " \u{feff} \u{feff}\t<!-- ingress --><html>".into(),
        r#""<html>""#.into(),
        r#" "\r\n \u003chtml>\u003c/html>" "#.into(),
        "\"\u{feff}<p>\"".into(),
        // A template's quotes around it make no JSON.
        "\"<html>\nLogin</html>\"".into(),
        r#""<a href="x">Login</a>""#.into(),
        cut("<p>", "x"),
        utf_16le("\u{feff}<html>"),
        utf_16be("\u{feff}\u{feff} \n\"<html>\""),
    ] {
        for status in [200, 404] {
            for label in ["application/json", "text/html; charset=utf-8"] {
                let page = answer(status, &*body).header(CONTENT_TYPE, label);
                for operation in OPERATIONS {
                    let error = page.error(operation);
                    assert!(matches!(error, Error::Page(_)), "{operation} {body:?}");
                }
            }
        }
    }
}

#[test]
fn what_is_merely_called_a_page_is_none() {
    for body in [
        "Please sign in",
        "no <html> here",
        "Login required\n<!DOCTYPE html>",
        r#"["<html>"]"#,
        r#""\"<html>\"""#,
        r#""<html>" and more"#,
        "[]",
    ] {
        let named = answer(200, body).header(CONTENT_TYPE, "text/html");
        assert!(named.is_done(Operation::Delete), "{body}");
        let error = named.error(Operation::Create);
        assert!(matches!(error, Error::Unexpected(_)), "{body}");
    }
    let empty = answer(204, "").header(CONTENT_TYPE, "text/html");
    assert!(empty.is_done(Operation::Delete));
}

#[test]
fn what_can_not_be_read_is_never_success() {
    let encoded = |coding: &str| Obstacle::Encoded(coding.to_owned());
    let json = r#"{"created":true}"#;
    let gzip = b"\x1f\x8b\x08\0".as_slice();
    let labelled = |label| answer(200, json).header(CONTENT_TYPE, label);
    for (sample, obstacle) in [
        (answer(200, gzip), encoded("gzip")),
        (answer(200, b"\x28\xb5\x2f\xfd\0"), encoded("zstd")),
        (
            answer(200, json).header(CONTENT_ENCODING, "br"),
            encoded("br"),
        ),
        (
            answer(200, gzip).header(CONTENT_ENCODING, "x-gzip"),
            encoded("x-gzip"),
        ),
        (
            answer(200, gzip).header(CONTENT_ENCODING, "Identity"),
            encoded("gzip"),
        ),
        (
            answer(200, json)
                .header(CONTENT_ENCODING, "identity")
                .header(CONTENT_ENCODING, "gzip"),
            encoded("identity, gzip"),
        ),
        (
            answer(200, " ").header(CONTENT_ENCODING, "gzip"),
            encoded("gzip"),
        ),
        (answer(200, b"M\xfcnchen"), Obstacle::NotText("UTF-8")),
        (
            answer(200, b"{\"created\":true}\xc3"),
            Obstacle::NotText("UTF-8"),
        ),
        (answer(200, utf_16be("<html>")), Obstacle::NotText("UTF-8")),
        (answer(200, b"\xff\xfe<"), Obstacle::NotText("UTF-16LE")),
        (answer(200, r#""<p>\ud83d""#), Obstacle::NotText("UTF-16")),
        (
            labelled("text/plain; charset=utf-7"),
            Obstacle::UnknownCharset("utf-7".to_owned()),
        ),
        (
            labelled("text/plain; charset=hz-gb-2312"),
            Obstacle::NotText("replacement"),
        ),
        (answer(200, cut(" ", " ")), Obstacle::Endless),
        (answer(200, cut("\"", " ")), Obstacle::Endless),
        (answer(200, cut("\"<p>", "x")), Obstacle::Endless),
    ] {
        for status in [200, 404] {
            let sample = Sample {
                status,
                ..sample.clone()
            };
            for operation in OPERATIONS {
                let found = sample.obstacle(operation);
                assert_eq!(found.as_ref(), Some(&obstacle), "{status} {operation}");
            }
        }
    }
}

#[test]
fn no_body_is_none_whatever_is_said_of_it() {
    for (name, value) in [
        (CONTENT_ENCODING, "gzip"),
        (CONTENT_TYPE, "text/html; charset=utf-7"),
    ] {
        for status in [200, 204] {
            let empty = answer(status, "").header(name.clone(), value);
            assert!(OPERATIONS.iter().all(|&operation| empty.is_done(operation)));
        }
    }
}

#[test]
fn a_body_is_read_by_its_mark_or_else_its_charset_or_else_as_utf_8() {
    let json = r#"{"created":true,"note":"ö"}"#;
    for (label, body) in [
        ("application/json", json.into()),
        ("application/json; charset=", json.into()),
        ("text/html; CHARSET=\"Utf-8\"; x=y", json.into()),
        ("text/plain; charset=utf-16le", utf_16le(json)),
        (
            "text/plain; charset=utf-8",
            utf_16le(&format!("\u{feff}{json}")),
        ),
        (
            "text/plain; charset=utf-7",
            utf_16be(&format!("\u{feff}{json}")),
        ),
        (
            "text/plain; charset=iso-8859-1",
            json.chars().map(|c| c as u8).collect(),
        ),
    ] {
        let sample = answer(200, body)
            .header(CONTENT_TYPE, label)
            .header(CONTENT_ENCODING, " identity,");
        assert!(sample.is_done(Operation::Create), "{label}");
    }
}

#[test]
fn a_text_may_be_cut_within_a_character() {
    for text in ["ö", "😀"] {
        for beginning in ["", "x", "xx", "xxx"] {
            let long = answer(400, cut(beginning, text)).error(Operation::Create);
            let shown = &long.reply().unwrap().body;
            assert!(matches!(shown, ReplyBody::Text(_)), "{shown:?}");
        }
    }
}

#[test]
fn a_body_that_can_not_be_read_is_shown_by_its_length_and_type_and_names_no_parameter() {
    let sample = answer(500, b"iwd.db.host \xfc").header(CONTENT_TYPE, "text/plain");
    let (error, parameter) = *sample.to(Operation::Create).unwrap_err();
    let shown = ReplyBody::Unreadable {
        obstacle: Obstacle::NotText("UTF-8"),
        length: 13,
        content_type: Some("text/plain".to_owned()),
    };
    assert_eq!(error.reply().unwrap().body, shown);
    assert_eq!(parameter, None);
}

#[test]
fn a_refusal_that_no_one_can_read_is_not_iwds_and_blames_no_key() {
    for status in [401, 403] {
        let sample = answer(status, b"\x1f\x8b\x08").header(CONTENT_ENCODING, "gzip");
        let error = sample.error(Operation::Create);
        assert!(matches!(error, Error::Unexpected(_)), "{error:?}");
    }
}

#[test]
fn a_coding_is_named_and_its_bytes_are_not_shown_whatever_the_status() {
    for status in [200, 302, 400, 401, 404, 500, 503] {
        let sample = answer(status, b"\x8b\x05\x80created").header(CONTENT_ENCODING, "br");
        let error = sample.error(Operation::Create);
        let ReplyBody::Unreadable { obstacle, .. } = &error.reply().unwrap().body else {
            panic!("{error:?}");
        };
        assert_eq!(*obstacle, Obstacle::Encoded("br".to_owned()));
    }
}
