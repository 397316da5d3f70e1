//! What a server, a gateway or a network does instead of what it should, with what it got in all places that may be shown.

use std::fmt;

use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::echo::{Answer, End};

/// A fault, and what is answered then, made of the echo.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    name: &'static str,
    /// Of those that have no other name.
    status: u16,
    answer: fn(&[u8], u16) -> Answer,
}

impl Fault {
    /// The answer with that status whose body is the echo.
    pub(super) fn of_status(status: u16) -> Self {
        Self {
            name: "status",
            status,
            answer: |echo, status| answer(&format!("{status} Status"), "", echo),
        }
    }

    /// What is answered.
    pub(super) fn answer(&self, echo: &[u8]) -> Answer {
        (self.answer)(echo, self.status)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.status)
    }
}

/// More than is read of a body, and of a head.
const TOO_LONG: usize = 2 * 1024 * 1024;

/// The faults after which an answer's own words are shown.
pub(super) fn shown() -> Vec<Fault> {
    vec![
        fault("not created", |echo, _| {
            answer(
                "200 OK",
                "",
                &json("{\"created\": false, \"message\": ", echo, "}"),
            )
        }),
        fault("a redirect", |echo, _| {
            let target = format!("location: /login/{0}?back={0}\r\n", in_header(echo));
            answer("302 Found", &target, echo)
        }),
        fault("a type", |echo, _| {
            let ty = format!("content-type: text/{0}; charset={0}\r\n", in_header(echo));
            answer("200 OK", &ty, b"\xff")
        }),
        Fault::of_status(400),
    ]
}

/// All others, as far as they end.
pub(super) fn others() -> Vec<Fault> {
    let statuses = [
        201, 301, 307, 308, 401, 402, 403, 404, 405, 407, 408, 409, 413, 425, 429,
    ];
    let mut faults: Vec<Fault> = statuses.map(Fault::of_status).into();
    faults.extend([500, 501, 502, 503, 504, 511, 599].map(Fault::of_status));
    faults.extend([
        fault("a telling key", |echo, _| {
            answer("422 No", "", &json("{\"got\": {\"host\": ", echo, "}}"))
        }),
        fault("a coding", |echo, _| {
            let coding = format!("content-encoding: {}\r\n", in_header(echo));
            answer("200 OK", &coding, echo)
        }),
        fault("a page", |echo, _| {
            let page = [b"<html>", echo].concat();
            answer("200 OK", "content-type: text/html\r\n", &page)
        }),
        fault("a name", |echo, _| {
            let echo = String::from_utf8_lossy(echo);
            let token = echo
                .split("Bearer ")
                .nth(1)
                .and_then(|rest| rest.split(' ').next());
            answer(
                "400 No",
                &format!("{}: 1\r\n", token.unwrap_or("x-none")),
                b"",
            )
        }),
        fault("broken JSON", |echo, _| {
            answer("200 OK", "", &[b"{\"created\": true, ", echo].concat())
        }),
        fault("a reason", |echo, _| {
            let reason = format!("400 {}", in_header(echo));
            answer(&reason, &format!("x-reason: {}\r\n", in_header(echo)), b"")
        }),
        fault("a wait", |echo, _| {
            answer(
                "503 Busy",
                &format!("retry-after: {}\r\n", in_header(echo)),
                echo,
            )
        }),
        fault("a long wait", |echo, _| {
            answer("503 Busy", "retry-after: 3600\r\n", echo)
        }),
        fault("no HTTP", |echo, _| closing(echo.into())),
        fault("a broken head", |echo, _| {
            closing([b"HTTP/1.1 200 OK\r\n", echo, b"\r\n\r\n"].concat())
        }),
        fault("a broken chunk", |echo, _| {
            let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            closing([head, echo].concat())
        }),
        fault("too long a body", |echo, _| {
            answer("400 No", "", &[echo, &vec![b'x'; TOO_LONG]].concat())
        }),
        fault("too long a head", |echo, _| {
            let long = in_header(echo) + &"x".repeat(TOO_LONG);
            answer("400 No", &format!("x-long: {long}\r\n"), b"")
        }),
        fault("no answer", |_, _| Answer::default()),
        fault("a reset", |_, _| Answer {
            bytes: Vec::new(),
            end: End::Reset,
        }),
        fault("half an answer", |echo, _| Answer {
            bytes: [b"HTTP/1.1 400 No\r\ncontent-length: 99999\r\n\r\n", echo].concat(),
            end: End::Reset,
        }),
        fault("another scheme", |echo, _| {
            let words = b"Client sent an HTTP request to an HTTPS server. ";
            answer("400 Bad Request", "", &[words, echo].concat())
        }),
    ]);
    faults
}

fn fault(name: &'static str, answer: fn(&[u8], u16) -> Answer) -> Fault {
    let status = 0;
    Fault {
        name,
        status,
        answer,
    }
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Answer {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    closing([head.as_bytes(), body].concat())
}

fn closing(bytes: Vec<u8>) -> Answer {
    let end = End::Close;
    Answer { bytes, end }
}

/// The echo as a JSON string between these; alone where it is no text in UTF-8.
fn json(before: &str, echo: &[u8], after: &str) -> Vec<u8> {
    match str::from_utf8(echo) {
        Ok(echo) => format!("{before}{}{after}", serde_json::to_string(echo).unwrap()).into(),
        Err(_) => echo.into(),
    }
}

/// The first of the echo, without what a header can't have; nothing where it is no text in UTF-8.
fn in_header(echo: &[u8]) -> String {
    let echo = str::from_utf8(echo).unwrap_or_default();
    let first = &echo[..echo.floor_char_boundary(8 * 1024)];
    utf8_percent_encode(first, CONTROLS).to_string()
}
