//! The command `convert`: a request's body, or a command line of curl.

use std::ffi::OsString;

use hcl_edit::structure::Body;
use hcl_edit::template::{Directive, Interpolation};
use hcl_edit::visit::{self, Visit};
use serde_json::Value as Json;
use terraform_provider_iwd::command::{Exit, Outcome};

use super::request_body::{has_canary, plant};

/// A configuration is HCL that evaluates nothing, and no secret of a request is in it.
pub fn convert(bytes: &[u8]) {
    let outcome = run(bytes);
    assert_eq!(outcome.exit == Exit::Success, !outcome.stdout.is_empty());
    if outcome.exit == Exit::Success {
        let body: Body = outcome.stdout.parse().expect("the output is HCL");
        visit::visit_body(&mut Literals, &body);
    }
    if let (Ok(mut body @ Json::Object(_)), false) =
        (serde_json::from_slice(bytes), has_canary(bytes))
    {
        plant(&mut body);
        let body = body.to_string();
        hides_canaries(&run(body.as_bytes()));
        let words = [
            "curl",
            "-sSf",
            "-X",
            "PUT",
            "-u",
            "me:canary-user",
            "-H",
            "x-api-key: canary-key",
            "-H",
            "Authorization: Bearer canary-header",
            "-d",
            &body,
            "https://me:canary-url@iwd.example/iwd/v3/provisioning?key=canary-query",
        ];
        hides_canaries(&run(shell_words::join(words).as_bytes()));
    }
}

fn run(input: &[u8]) -> Outcome {
    terraform_provider_iwd::convert::run([OsString::from("-")], input)
}

fn hides_canaries(outcome: &Outcome) {
    for text in [&outcome.stdout, &outcome.stderr] {
        assert!(!has_canary(text.as_bytes()), "{text}");
    }
}

/// Finds whatever of a text HCL would evaluate.
struct Literals;

impl Visit for Literals {
    fn visit_interpolation(&mut self, interpolation: &Interpolation) {
        panic!("{interpolation:?}");
    }

    fn visit_directive(&mut self, directive: &Directive) {
        panic!("{directive:?}");
    }
}
