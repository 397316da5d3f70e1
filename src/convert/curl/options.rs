//! The options of a command line of curl, and what they send.

use lexopt::{Arg, Parser};
use secrecy::{ExposeSecret, SecretString};

use super::endpoint;
use super::option::{Use, of_long, of_short, without_value};
use super::{Body, Call, CurlError, MOST_HEADERS, Sent};
use crate::convert::command_line::CommandLine;
use crate::convert::shell::SUBSTITUTION;
use crate::provider::{HeaderError, check_header, is_placeholder};

/// Headers that say what the provider's own say, or nothing to IWD.
const OWN_HEADERS: [&str; 4] = [
    "content-type",
    "content-length",
    "accept",
    "accept-encoding",
];

/// The options as they stand.
#[derive(Default)]
pub(super) struct Options {
    pub(super) bodies: Vec<Body>,
    urls: Vec<String>,
    method: Option<String>,
    pub(super) call: Call,
}

impl Options {
    /// The options among the words behind `curl`.
    pub(super) fn parse(words: &[String]) -> Result<Self, CurlError> {
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
                Use::Header => options.header(&value()?)?,
                Use::Method => options.method = Some(value()?),
                Use::Url => options.urls.push(value()?),
                Use::Redirect => options.call.remarks.push(format!(
                    "curl's {name} is not taken over, since the provider follows no redirect: `endpoint` has to be where it leads"
                )),
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

    fn header(&mut self, header: &str) -> Result<(), CurlError> {
        let mut remark = |text: &str| self.call.remarks.push(text.to_owned());
        if header.starts_with('@') {
            remark(
                "the headers in a file (`-H @…`) are not taken over: give them in `headers` of the provider",
            );
            return Ok(());
        }
        // curl drops a header with nothing behind its colon, and sends one with a semicolon empty.
        let full = header.split_once(':').map(|(name, value)| {
            let value = value.trim();
            (name, value, !value.is_empty())
        });
        let empty = || Some((header.trim_end().strip_suffix(';')?, "", true));
        let named = full.or_else(empty);
        if is_placeholder(named.map_or(header, |(name, ..)| name)) {
            remark(
                "a header (`-H`) is not taken over, since the shell makes its name (`$…`): where it is the `x-api-key`, set \
                 `api_key` or `tenant_api_keys` of the provider, otherwise `headers`",
            );
            return Ok(());
        }
        // What has neither may be a value.
        let Some((name, value, is_sent)) = named else {
            remark("a header (`-H`) without a colon is not taken over, and curl doesn't send it");
            return Ok(());
        };
        let name = name.trim();
        if name.eq_ignore_ascii_case("x-api-key") {
            if value.is_empty() {
                return Ok(());
            }
            let known = self.call.api_key.replace(value.into());
            if known.is_some_and(|known| known.expose_secret() != value) {
                remark(
                    "the header x-api-key is there twice, and the provider sends one: take the key that IWD accepts",
                );
            }
        } else if is_sent && !OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            match check_header(name, &SecretString::default()) {
                Ok(()) => {
                    if is_placeholder(value) {
                        remark(&format!(
                            "the shell makes the value of the header {name} (`$…`), and `headers` of the provider holds one for \
                             all tenants and applies"
                        ));
                    }
                    if let Some(name) = self.call.headers.take(name.to_owned(), value.into()) {
                        remark(&format!(
                            "the header {name} is there twice with different values, and `headers` of the provider holds one"
                        ));
                    }
                }
                Err(HeaderError::Reserved(name)) => remark(&format!(
                    "the header {name} is not taken over: the provider sets it itself"
                )),
                Err(_) => remark("a header (`-H`) is not taken over: HTTP allows no such name"),
            }
        }
        if self.call.headers.len() > MOST_HEADERS {
            return Err(CurlError::Headers);
        }
        Ok(())
    }

    /// Whether the shell makes whole arguments; options and a body may be among them.
    pub(super) fn are_made(&self) -> bool {
        let is_url = self.bodies.len() == 1 && self.urls.len() == 1;
        self.urls
            .iter()
            .any(|url| is_list(url) || !is_url && is_expansion(url))
    }

    /// What is sent.
    pub(super) fn request(mut self, command_line: &CommandLine) -> Result<Sent, CurlError> {
        let is_made = |text: &String| text.starts_with('$');
        let is_one = self.bodies.len() == 1 && self.urls.len() == 1;
        if self.are_made() || !is_one && self.urls.iter().any(is_made) {
            return Err(CurlError::Arguments);
        }
        let is_provisioning =
            |method: &String| is_made(method) || ["POST", "PUT"].contains(&method.as_str());
        if !self.method.as_ref().is_none_or(is_provisioning) {
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
        let remarks = &mut self.call.remarks;
        self.call.endpoint = endpoint::of(&url, command_line.runs_elsewhere, remarks)?;
        Ok(Sent {
            body,
            call: self.call,
        })
    }
}

/// Whether a word stands for several arguments, as `$@` does.
fn is_list(word: &str) -> bool {
    let is_all = |list| word.starts_with(list);
    is_all("$@") || is_all("$*") || is_all("${@") || is_all("${*") || {
        word.starts_with("${") && (word.contains("[@]") || word.contains("[*]"))
    }
}

/// Whether a word is nothing but what the shell puts in its place.
fn is_expansion(word: &str) -> bool {
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    word.strip_prefix('$').is_some_and(|rest| {
        let is_bracketed = rest.starts_with('{') && rest.find('}') == Some(rest.len() - 1);
        is_name(rest) || is_bracketed || rest == &SUBSTITUTION[1..]
    })
}

/// What an option sends.
fn body(value: String, may_be_file: bool) -> Result<Body, CurlError> {
    match value.strip_prefix('@') {
        Some("-" | "/dev/stdin") if may_be_file => Err(CurlError::Stdin),
        Some(name) if may_be_file => Ok(Body::File(name.to_owned())),
        _ => Ok(Body::Text(value.into())),
    }
}
