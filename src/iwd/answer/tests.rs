//! Answers of all kinds, each with what it means.

use reqwest::header::{CONTENT_ENCODING, HeaderName, HeaderValue};

use super::*;

const NOW: SystemTime = SystemTime::UNIX_EPOCH;
const OPERATIONS: [Operation; 3] = [Operation::Create, Operation::Update, Operation::Delete];

#[derive(Clone)]
struct Sample {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Sample {
    Sample {
        status,
        headers: HeaderMap::new(),
        body: body.into(),
    }
}

impl Sample {
    fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.append(name, HeaderValue::from_static(value));
        self
    }

    fn to(&self, operation: Operation) -> Result<Success, Verdict> {
        let url = Url::parse("https://iwd.example/iwd/v3/provisioning").unwrap();
        self.from(&url, operation)
    }

    fn from(&self, url: &Url, operation: Operation) -> Result<Success, Verdict> {
        let answer = Answer {
            status: StatusCode::from_u16(self.status).unwrap(),
            headers: self.headers.clone(),
            body: self.body.clone(),
        };
        let secrets = [
            "Sécret-Hunter2",
            "12345678",
            "half#way",
            "half@way",
            "half;way",
        ];
        let masker = Masker::new(secrets.map(Into::into), []);
        answer.judge(operation, url, &masker, &["iwd.db.host"], NOW)
    }

    fn is_done(&self, operation: Operation) -> bool {
        self.to(operation) == Ok(Success::Done)
    }

    fn error(&self, operation: Operation) -> Error {
        self.to(operation).unwrap_err().0
    }

    /// Why it can't be read, unless that is no failure.
    fn obstacle(&self, operation: Operation) -> Option<Obstacle> {
        match self.to(operation).err()?.0 {
            Error::Unexpected(reply) => match reply.body {
                ReplyBody::Unreadable { obstacle, .. } => Some(obstacle),
                _ => None,
            },
            _ => None,
        }
    }
}

/// As much as is read of an answer that begins so and goes on with `more`.
fn cut(beginning: &str, more: &str) -> Vec<u8> {
    let mut text = beginning.to_owned();
    while text.len() < MAX_BODY {
        text.push_str(more);
    }
    text.into_bytes()[..MAX_BODY].to_vec()
}

fn utf_16le(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn utf_16be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

#[test]
fn created_is_true_as_a_boolean_as_text_or_by_saying_nothing() {
    let mislabelled =
        answer(200, r#"{"created":"true"}"#).header(CONTENT_TYPE, "text/html; charset=utf-8");
    assert!(mislabelled.is_done(Operation::Create));
    for body in [
        r#"{"created": true}"#,
        r#"{"created":"true"}"#,
        "\u{feff}{\"created\":true,\"more\":1}\n",
        "",
        " \r\n",
    ] {
        for status in [200, 201, 204] {
            assert!(answer(status, body).is_done(Operation::Create), "{body}");
            assert!(answer(status, body).is_done(Operation::Update), "{body}");
        }
    }
}

#[test]
fn a_success_that_is_not_the_documented_one_is_none() {
    for body in [
        r#"{"created":false}"#,
        r#"{"created":"no"}"#,
        r#"{"created":null}"#,
    ] {
        let error = answer(200, body).error(Operation::Create);
        assert!(matches!(error, Error::NotCreated(_)), "{body}");
    }
    for body in ["OK", "{", "{}", "[]", "true", r#"{"status":"ok"}"#] {
        let error = answer(200, body).error(Operation::Update);
        assert!(matches!(error, Error::Unexpected(_)), "{body}");
    }
}

#[test]
fn an_answer_is_created_only_if_it_says_so_once_and_nothing_else() {
    for body in [
        r#"{"created":false,"created":true}"#,
        r#"{"created":true,"\u0063reated":true}"#,
        r#"{"created":true} {"created":true}"#,
        r#"{"created":true}!"#,
        "[true]",
        r#""{\"created\":true}""#,
    ] {
        let error = answer(200, body).error(Operation::Create);
        assert!(matches!(error, Error::Unexpected(_)), "{body}");
    }
    // What comes after so many blanks is not known.
    let error = answer(200, cut(r#"{"created":true}"#, " ")).error(Operation::Create);
    assert!(matches!(error, Error::Unexpected(_)));
}

#[test]
fn what_is_gone_is_deleted() {
    for (status, body) in [
        (200, ""),
        (204, ""),
        (200, "whatever"),
        (404, ""),
        (404, " \r\n"),
        (404, r#"{"error":"x"}"#),
        (404, "\u{feff}{\"error\":\"no <html> here\"}\n"),
    ] {
        assert!(answer(status, body).is_done(Operation::Delete), "{body}");
    }
    let error = answer(404, "not found").error(Operation::Update);
    assert!(matches!(error, Error::Rejected(_)));
    let error = answer(410, "").error(Operation::Delete);
    assert!(matches!(error, Error::Rejected(_)));
}

#[test]
fn a_404_to_a_deletion_without_a_json_object_may_be_another_servers() {
    for body in [
        "default backend - 404",
        "404 page not found: <html>",
        r#"{"error":"x"} and more"#,
        r#"[{"error":"x"}]"#,
        r#""{\"error\":\"x\"}""#,
        "null",
    ] {
        let Ok(Success::NotThere(reply)) = answer(404, body).to(Operation::Delete) else {
            panic!("{body}");
        };
        assert_eq!(reply.body, ReplyBody::Text(body.to_owned()));
    }
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
fn each_status_has_its_kind() {
    for status in [401, 403] {
        let error = answer(status, "").error(Operation::Create);
        assert!(matches!(error, Error::Unauthorized(_)), "{status}");
    }
    for status in [408, 425, 429, 502, 503, 504] {
        let error = answer(status, "<html>").error(Operation::Delete);
        assert!(matches!(error, Error::Unavailable(_)), "{status}");
    }
    for status in [400, 405, 409, 413, 422] {
        let error = answer(status, "").error(Operation::Create);
        assert!(matches!(error, Error::Rejected(_)), "{status}");
    }
    let error = answer(500, "").error(Operation::Create);
    assert!(matches!(error, Error::Internal(_)));
    for status in [501, 505, 599, 600] {
        let error = answer(status, "").error(Operation::Create);
        assert!(matches!(error, Error::Server(_)), "{status}");
    }
}

#[test]
fn a_page_that_refuses_is_a_gateways_and_blames_no_key() {
    for status in [401, 403] {
        for page in ["<html>Sign in</html>", " <!doctype html>", r#""<html>""#] {
            let error = answer(status, page).error(Operation::Delete);
            assert!(matches!(error, Error::Page(_)), "{status} {page}");
        }
        for text in [r#"{"message":"<b>no</b>"}"#, "unknown key"] {
            let error = answer(status, text).error(Operation::Delete);
            assert!(matches!(error, Error::Unauthorized(_)), "{status} {text}");
        }
    }
}

#[test]
fn a_server_that_wants_tls_is_told_by_its_words() {
    let url = |scheme| Url::parse(&format!("{scheme}://iwd.example")).unwrap();
    for words in [
        "Client sent an HTTP request to an HTTPS server.\n",
        "<html><center>The plain HTTP request was sent to HTTPS port</center></html>",
        "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        "Bad Request\r\nThis combination of host and port requires TLS.\r\n",
    ] {
        let error = |status, scheme| {
            let judged = answer(status, words).from(&url(scheme), Operation::Create);
            judged.unwrap_err().0
        };
        assert!(matches!(error(400, "http"), Error::WantsTls(_)), "{words}");
        assert!(matches!(error(400, "https"), Error::Rejected(_)), "{words}");
        assert!(matches!(error(422, "http"), Error::Rejected(_)), "{words}");
    }
}

#[test]
fn a_failure_tells_the_parameter_it_names() {
    for status in [200, 400, 401, 403, 422, 500, 501, 503] {
        let (_, parameter) = *answer(status, r#"{"message":"iwd.db.host is required"}"#)
            .to(Operation::Create)
            .unwrap_err();
        assert_eq!(parameter, Some("iwd.db.host"), "{status}");
    }
}

#[test]
fn a_redirect_tells_where_it_points_without_credentials_and_query() {
    for (location, shown) in [
        (
            "https://u:pw@sso.example/login?state=abc#f",
            "https://sso.example/login?…",
        ),
        ("/login", "https://iwd.example/login"),
        ("//other.example", "https://other.example/"),
    ] {
        let error = answer(302, "")
            .header(LOCATION, location)
            .error(Operation::Create);
        let Error::Redirect { location, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(location.as_deref(), Some(shown));
    }
    let error = answer(304, "").error(Operation::Delete);
    assert!(matches!(error, Error::Redirect { location: None, .. }));
}

fn asked_to_wait(headers: &[(HeaderName, &'static str)]) -> Option<Duration> {
    let answer = headers
        .iter()
        .fold(answer(503, ""), |answer, (name, value)| {
            answer.header(name.clone(), value)
        });
    let error = answer.error(Operation::Create);
    error.reply().and_then(|reply| reply.retry_after)
}

#[test]
fn a_secret_in_a_header_is_masked_whatever_its_letter_case_and_charset() {
    let shown = "https://iwd.example/x/(masked)";
    for (location, shown) in [
        (
            &b"https://s\xc3\xa9cret-hunter2.example/"[..],
            "https://(masked).example/",
        ),
        (b"http://12345678/login", "http://(masked)/login"),
        (
            b"//u:12345678@sso.example/login",
            "https://sso.example/login",
        ),
        (b"/x/half#way", shown),
        (b"//half@way/login", MASK),
        (b"/x?12345678", "https://iwd.example/x?…"),
        (b"/x/S%C3%A9cret-Hunter2", shown),
        (b"/x/s%e9cret-hunter2", shown),
        (b"/x/S\xe9cret-Hunter2", shown),
        (b"/x/S\xc3\xa9cret-Hunter2", shown),
    ] {
        let mut sample = answer(302, "");
        let value = HeaderValue::from_bytes(location).unwrap();
        sample.headers.insert(LOCATION, value);
        let Error::Redirect { location, .. } = sample.error(Operation::Create) else {
            panic!("no redirect");
        };
        assert_eq!(location.as_deref(), Some(shown));
    }
}

#[test]
fn a_secret_in_a_type_is_masked_whole_wherever_a_charset_ends_in_it() {
    for (ty, shown) in [
        ("text/plain; charset=\"half;way\"", MASK),
        ("text/half;way; charset=utf-7", "utf-7"),
        ("12345678; charset=12345678; a=b", MASK),
        ("text/ha;lf; charset=x-half;way", "x-(masked)"),
    ] {
        let answer = answer(200, "{}").header(CONTENT_TYPE, ty);
        let obstacle = answer.obstacle(Operation::Create);
        assert_eq!(
            obstacle,
            Some(Obstacle::UnknownCharset(shown.to_owned())),
            "{ty}"
        );
    }
}

#[test]
fn a_text_is_decoded_before_it_is_masked() {
    let body = b"no S\xe9cret-Hunter2 here";
    let latin = answer(400, body).header(CONTENT_TYPE, "text/plain; charset=iso-8859-1");
    let shown = ReplyBody::Text("no (masked) here".to_owned());
    assert_eq!(latin.error(Operation::Create).reply().unwrap().body, shown);
    let unlabelled = answer(400, body).error(Operation::Create);
    let shown = &unlabelled.reply().unwrap().body;
    assert!(matches!(shown, ReplyBody::Unreadable { .. }), "{shown:?}");
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

#[test]
fn retry_after_is_seconds_or_a_date() {
    for (value, seconds) in [
        ("120", Some(120)),
        ("0", Some(0)),
        ("1.5", Some(2)),
        ("1.0", Some(1)),
        ("0.001", Some(1)),
        ("99999999999999999999999", Some(u64::MAX)),
        ("99999999999999999999999.5", Some(u64::MAX)),
        ("Thu, 01 Jan 1970 00:01:00 GMT", Some(60)),
        ("soon", None),
        ("-5", None),
        ("+5", None),
        ("1.", None),
        (".5", None),
        ("1.5.2", None),
        ("1e3", None),
        ("5s", None),
        ("5, 10", None),
        ("", None),
    ] {
        let wait = asked_to_wait(&[(RETRY_AFTER, value)]);
        assert_eq!(wait, seconds.map(Duration::from_secs), "{value}");
    }
}

#[test]
fn a_date_to_retry_after_counts_from_the_date_of_the_answer() {
    let retry_after = (RETRY_AFTER, "Fri, 27 Nov 2026 12:01:30 GMT");
    for (date, seconds) in [
        ("Fri, 27 Nov 2026 12:00:00 GMT", 90),
        ("Fri, 27 Nov 2026 12:02:00 GMT", 0),
    ] {
        let wait = asked_to_wait(&[retry_after.clone(), (DATE, date)]);
        assert_eq!(wait, Some(Duration::from_secs(seconds)), "{date}");
    }
    // The client's own clock stands at the beginning of 1970 here.
    let wait = asked_to_wait(&[
        (RETRY_AFTER, "Thu, 01 Jan 1970 00:01:00 GMT"),
        (DATE, "today"),
    ]);
    assert_eq!(wait, Some(Duration::from_mins(1)));
}

#[test]
fn a_redirect_shows_no_part_of_a_secret_that_it_would_cut() {
    for (secrets, location, shown) in [
        (
            vec!["/half?12345678&abcdefgh", "12345678", "abcdefgh"],
            "/x/half?12345678&abcdefgh",
            "https://iwd.example/x(masked)?…",
        ),
        (vec!["//sso.ex"], "https://sso.example/login", MASK),
        (vec!["http://iwd.example"], "http://iwd.example/x", MASK),
        (
            vec!["user:12345678@sso"],
            "//user:12345678@sso.example",
            MASK,
        ),
        (vec!["12345678@sso"], "//12345678@sso.example", MASK),
        (
            vec!["e:8443"],
            "//sso.example:8443/x",
            "https://sso.exampl(masked)/x",
        ),
    ] {
        let url = Url::parse("https://iwd.example/iwd/v3/provisioning").unwrap();
        let masker = Masker::new(secrets.iter().map(|&secret| secret.into()), []);
        let answer = Answer {
            status: StatusCode::FOUND,
            headers: answer(302, "").header(LOCATION, location).headers,
            body: Vec::new(),
        };
        assert_eq!(
            answer.location(&url, &masker).as_deref(),
            Some(shown),
            "{secrets:?}"
        );
    }
}
