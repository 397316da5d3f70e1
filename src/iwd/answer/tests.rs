//! Answers of all kinds, each with what it means.

mod bodies;
mod masking;
mod retry_after;

use reqwest::header::{HeaderName, HeaderValue};

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
