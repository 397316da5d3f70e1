//! What a command line of curl sends, and where to.

mod option;

use std::fs;
use std::path::Path;

use lexopt::{Arg, Parser};
use reqwest::Url;
use secrecy::SecretString;

use self::option::{Use, of_long, of_short, without_value};
use super::command_line::{self, CommandLineError};
use super::sources::is_text;
use crate::provider::{HeaderError, check_header};

/// How a request was sent.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// Base URL of the API; `None` where it can't be told.
    pub(super) endpoint: Option<String>,
    /// The `x-api-key`.
    pub(super) api_key: Option<SecretString>,
    /// Further headers.
    pub(super) headers: Vec<(String, SecretString)>,
    /// What was not taken over.
    pub(super) remarks: Vec<String>,
}

/// The API's path, which the provider adds to the endpoint.
const API: &str = "/iwd/v3/provisioning";

/// Headers that say what the provider's own say, or nothing to IWD.
const OWN_HEADERS: [&str; 4] = [
    "content-type",
    "content-length",
    "accept",
    "accept-encoding",
];

/// Why a command line of curl sends no request that can be taken over. No text of it quotes a value.
#[derive(Debug, thiserror::Error)]
pub(super) enum CurlError {
    #[error(transparent)]
    CommandLine(#[from] CommandLineError),
    #[error("curl's option {0} is not understood: remove it, and try again")]
    Option(String),
    #[error("curl's option {0} has no value")]
    NoValue(String),
    #[error(
        "curl's {0} sends something else than one JSON body: save the body to a file, and convert that"
    )]
    OtherBody(String),
    #[error(
        "the command line sends no body (-d, --data…, --json); a line that goes on ends with a backslash"
    )]
    NoBody,
    #[error("the command line sends more than one body")]
    Bodies,
    #[error("the body comes from standard input: save it to a file, and convert that")]
    Stdin,
    #[error("the body is in the file {path}: {error}")]
    File { path: String, error: std::io::Error },
    #[error("the body begins with `@`, after which curl wants a file's name")]
    NoFile,
    #[error("the command line has no URL; a line that goes on ends with a backslash")]
    NoUrl,
    #[error(
        "the command line has more than one URL, or more in it than curl: leave the command of curl alone"
    )]
    Urls,
    #[error("its URL is no http or https URL")]
    Url,
    #[error("its method is not POST or PUT, so it provisions nothing")]
    Method,
}

/// The body and the rest of the request; `None` where the text is no command line of curl.
pub(super) fn read(text: &str) -> Result<Option<(SecretString, Call)>, CurlError> {
    let Some(words) = command_line::arguments(text)? else {
        return Ok(None);
    };
    Options::parse(&words)?.request().map(Some)
}

/// The options as they stand.
#[derive(Default)]
struct Options {
    bodies: Vec<SecretString>,
    urls: Vec<String>,
    method: Option<String>,
    call: Call,
}

impl Options {
    fn parse(words: &[String]) -> Result<Self, CurlError> {
        let mut options = Self::default();
        let mut parser = Parser::from_args(words);
        parser.set_short_equals(false);
        // It fails for a value after `=`, which curl's options don't take.
        while let Some(argument) = parser
            .next()
            .map_err(|_| CurlError::Option("…=".to_owned()))?
        {
            let (usage, name) = match argument {
                Arg::Value(url) => {
                    options.urls.push(url.to_string_lossy().into_owned());
                    continue;
                }
                Arg::Short(name) => (of_short(name), format!("-{name}")),
                Arg::Long(name) => (of_long(name), format!("--{name}")),
            };
            let mut value = || match parser.value() {
                Ok(value) => Ok(value.to_string_lossy().into_owned()),
                Err(_) => Err(CurlError::NoValue(name.clone())),
            };
            match usage.ok_or_else(|| CurlError::Option(without_value(&name)))? {
                Use::Body { may_be_file } => options.bodies.push(body(value()?, may_be_file)?),
                Use::OtherBody => return Err(CurlError::OtherBody(name)),
                Use::Header => options.header(&value()?),
                Use::Method => options.method = Some(value()?),
                Use::Url => options.urls.push(value()?),
                Use::Nothing { has_value: true } => drop(value()?),
                Use::Nothing { has_value: false } => {}
                Use::Setting {
                    name: setting,
                    has_value,
                } => {
                    if has_value {
                        drop(value()?);
                    }
                    options.call.remarks.push(format!(
                        "curl's {name} is not taken over: `{setting}` of the provider does the same"
                    ));
                }
            }
        }
        Ok(options)
    }

    fn header(&mut self, header: &str) {
        let remarks = &mut self.call.remarks;
        if header.starts_with('@') {
            remarks.push("the headers in a file (`-H @…`) are not taken over: give them in `headers` of the provider".to_owned());
            return;
        }
        // curl drops a header with nothing behind its colon, and sends one with a semicolon empty.
        let full = header.split_once(':').map(|(name, value)| {
            let value = value.trim();
            (name, value, !value.is_empty())
        });
        let empty = || Some((header.trim_end().strip_suffix(';')?, "", true));
        // What has neither may be a value.
        let Some((name, value, is_sent)) = full.or_else(empty) else {
            remarks.push(
                "a header (`-H`) without a colon is not taken over, and curl doesn't send it"
                    .to_owned(),
            );
            return;
        };
        let name = name.trim();
        if name.eq_ignore_ascii_case("x-api-key") {
            self.call.api_key = (!value.is_empty()).then(|| value.into());
        } else if is_sent && !OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            match check_header(name, &SecretString::default()) {
                Ok(()) => self.call.headers.push((name.to_owned(), value.into())),
                Err(HeaderError::Reserved(name)) => remarks.push(format!(
                    "the header {name} is not taken over: the provider sets it itself"
                )),
                Err(_) => remarks
                    .push("a header (`-H`) is not taken over: HTTP allows no such name".to_owned()),
            }
        }
    }

    /// What is sent.
    fn request(mut self) -> Result<(SecretString, Call), CurlError> {
        let method = self.method.as_deref().unwrap_or("POST");
        if !["POST", "PUT"].contains(&method) {
            return Err(CurlError::Method);
        }
        let body = self.bodies.pop().ok_or(CurlError::NoBody)?;
        let url = self.urls.pop().ok_or(CurlError::NoUrl)?;
        if !self.bodies.is_empty() {
            return Err(CurlError::Bodies);
        }
        if !self.urls.is_empty() {
            return Err(CurlError::Urls);
        }
        self.call.endpoint = endpoint(&url, &mut self.call.remarks)?;
        Ok((body, self.call))
    }
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"].contains(&scheme)
}

/// The base URL of the API, without what may be a secret; `None` where the shell made it, or the path may be one.
fn endpoint(text: &str, remarks: &mut Vec<String>) -> Result<Option<String>, CurlError> {
    if text.contains(['$', '`', '{']) {
        remarks.push(
            "the URL is made by the shell: set `endpoint` of the provider, or IWD_ENDPOINT"
                .to_owned(),
        );
        return Ok(None);
    }
    // As curl does.
    let text = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let mut url = Url::parse(&text).map_err(|_| CurlError::Url)?;
    // A host of that name is a scheme with a typing error behind it.
    let has_host = url.host_str().is_some_and(|host| !is_http(host));
    if !is_http(url.scheme()) || !has_host {
        return Err(CurlError::Url);
    }
    // What a typing error leaves in the path may be a secret.
    if url.path().contains(['@', '=']) {
        remarks.push(
            "the URL is not taken over: its path has `@` or `=` in it, and what is there may be a secret. Set \
             `endpoint` of the provider, or IWD_ENDPOINT"
                .to_owned(),
        );
        return Ok(None);
    }
    if url.query().is_some() || url.fragment().is_some() {
        remarks.push(
            "the query of the URL is not taken over: `endpoint` of the provider has none"
                .to_owned(),
        );
    }
    if !url.username().is_empty() || url.password().is_some() {
        remarks.push("user name and password in the URL are not taken over: send them with `headers` of the provider".to_owned());
    }
    url.set_query(None);
    url.set_fragment(None);
    // Neither fails for a URL with a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let is_bare = url.path() == "/";
    let url = url.as_str().trim_end_matches('/');
    let endpoint = url.strip_suffix(API);
    if endpoint.is_none() && !is_bare {
        remarks.push(format!(
            "the URL doesn't end in {API}, which the provider adds to `endpoint`: check what is before it"
        ));
    }
    let endpoint = endpoint.unwrap_or(url);
    Ok(Some(endpoint.trim_end_matches('/').to_owned()))
}

/// What an option sends; `@FILE` is what the file holds.
fn body(value: String, may_be_file: bool) -> Result<SecretString, CurlError> {
    let name = match value.strip_prefix('@') {
        Some(name) if may_be_file => name,
        _ => return Ok(value.into()),
    };
    if ["-", "/dev/stdin"].contains(&name) {
        return Err(CurlError::Stdin);
    }
    let path = Path::new(name);
    if is_text(path) {
        return Err(CurlError::NoFile);
    }
    let text = fs::read_to_string(path);
    text.map(SecretString::from)
        .map_err(|error| CurlError::File {
            path: name.to_owned(),
            error,
        })
}
