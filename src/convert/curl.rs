//! What a command line of curl sends, and where to.

mod endpoint;
mod option;
mod options;

use std::mem;
use std::path::Path;

use secrecy::SecretString;

use self::options::Options;
use super::command_line::{self, CommandLine, CommandLineError, Found, file_name, is_body};
use super::headers::Headers;

/// What a command line of curl sends.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) body: Body,
    pub(super) call: Call,
}

/// The body of a request.
#[derive(Debug)]
pub(super) enum Body {
    /// It stands in the command line.
    Text(SecretString),
    /// It is what a file of that name holds.
    File(String),
}

/// How a request was sent.
#[derive(Debug, Default)]
pub(super) struct Call {
    /// Base URL of the API; `None` where it can't be told.
    pub(super) endpoint: Option<String>,
    /// The `x-api-key`.
    pub(super) api_key: Option<SecretString>,
    /// Further headers.
    pub(super) headers: Headers,
    /// What was not taken over.
    pub(super) remarks: Vec<String>,
}

/// Further headers that one request has at most; servers take no more either.
const MOST_HEADERS: usize = 100;

/// Why a command line of curl sends no request that can be taken over. No text of it quotes a value.
#[derive(Debug, thiserror::Error)]
pub(super) enum CurlError {
    #[error(transparent)]
    CommandLine(#[from] CommandLineError),
    #[error(
        "it sends several requests with curl, or may do so (the shell makes arguments of one, `$…`): put each into a file of \
         its own"
    )]
    Several,
    #[error(
        "`curl` is named in line {0} in a way that isn't read as a command: write it as a plain command in a file of its own, \
         or remove the line"
    )]
    Mention(usize),
    #[error(
        "line {0} begins with an option, and may belong to the command before; a line that goes on ends with a backslash"
    )]
    OptionLine(usize),
    #[error(
        "the body is in a file, and {0}, so that it may be another one than here: put the body itself in its place \
         (`-d '{{…}}'`), or convert the file that is sent by itself"
    )]
    BodyFile(&'static str),
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
    #[error("the command line has no URL; a line that goes on ends with a backslash")]
    NoUrl,
    #[error(
        "the command line has more than one URL, or more in it than curl: leave the command of curl alone"
    )]
    Urls,
    #[error(
        "the shell makes some of the arguments of curl (`$…`), and options may be among them: write out what they are, and try \
         again"
    )]
    Arguments,
    #[error("its URL is no http or https URL")]
    Url,
    #[error("its URL has a blank in it: check the quotation marks around it")]
    BlankInUrl,
    #[error("the command line has more than {MOST_HEADERS} headers")]
    Headers,
    #[error("its method is not POST or PUT, so it provisions nothing")]
    Method,
}

/// What the command line of curl in a text sends; `None` where there is none.
pub(super) fn read(text: &str) -> Result<Option<Sent>, CurlError> {
    let mut found = command_line::find(text)?;
    let command_lines = mem::take(&mut found.command_lines);
    let candidates = command_lines.into_iter().map(Candidate::of);
    let (candidates, uncertain): (Vec<_>, Vec<_>) = candidates
        .partition(|candidate| candidate.command_line.is_certain || candidate.sends_body());
    let (mut requests, others): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| {
        candidate.sends_body() || candidate.options.is_err() || candidate.is_made()
    });
    let (request, another) = (requests.pop(), requests.pop());
    if another.is_some() {
        return Err(CurlError::Several);
    }
    let unread = uncertain
        .iter()
        .find(|candidate| candidate.options.is_err() || candidate.is_made());
    let unread = unread.map(|candidate| candidate.command_line.at);
    if let Some(at) = found.mention.or(unread) {
        return Err(CurlError::Mention(found.line(at)));
    }
    let has_others = request.is_some() && !others.is_empty();
    // Where none sends a body, the first one says what is missing.
    let Some(Candidate {
        command_line,
        options,
    }) = request.or_else(|| others.into_iter().next())
    else {
        return Ok(None);
    };
    if let Some(at) = found.option {
        return Err(CurlError::OptionLine(found.line_of(at)));
    }
    let mut options = options?;
    let remarks = &mut options.call.remarks;
    if has_others {
        let told = "the script's other commands of curl send no body, and are not taken over";
        remarks.push(told.to_owned());
    }
    if command_line.may_have_more_arguments {
        let told = "the shell may make several arguments of one (a variable or `$(…)` without quotation marks, `$@`), or `xargs` may \
                    add some: a header or another option among them is not taken over";
        remarks.push(told.to_owned());
    }
    remarks.extend(found.variables.iter().map(|variable| {
        let setting = setting_for(variable);
        format!(
            "the variable {variable}, which curl obeys, is not taken over: `{setting}` of the provider does the same"
        )
    }));
    let sent = options.request(&command_line)?;
    if let Body::File(name) = &sent.body {
        is_same_file(name, &command_line, &found).map_err(CurlError::BodyFile)?;
    }
    Ok(Some(sent))
}

/// Whether the body's file is the one that the script sends; otherwise why it may be another one.
fn is_same_file(name: &str, command_line: &CommandLine, found: &Found) -> Result<(), &'static str> {
    if command_line.runs_elsewhere {
        Err("curl runs in a container or on another machine")
    } else if found.changes_folder && !Path::new(name).is_absolute() {
        Err("the script changes its working folder (`cd`, `pushd`)")
    } else if found.names_again(file_name(name)) {
        Err("the script names that file in another place too, where it may write it")
    } else {
        Ok(())
    }
}

/// A command line that may be the one that sends the request.
struct Candidate {
    command_line: CommandLine,
    options: Result<Options, CurlError>,
}

impl Candidate {
    fn of(command_line: CommandLine) -> Self {
        let options = Options::parse(&command_line.arguments);
        Self {
            command_line,
            options,
        }
    }

    /// Whether it sends a body; where it can't be read, by the looks of it.
    fn sends_body(&self) -> bool {
        if let Ok(options) = &self.options {
            return !options.bodies.is_empty();
        }
        let mut arguments = self.command_line.arguments.iter();
        arguments.any(|word| is_body(word))
    }

    /// Whether the shell makes arguments, options among them perhaps.
    fn is_made(&self) -> bool {
        self.options.as_ref().is_ok_and(Options::are_made)
    }
}

/// The provider's setting that does the same as a variable that curl obeys.
fn setting_for(variable: &str) -> &'static str {
    if variable.to_ascii_lowercase().ends_with("_proxy") {
        "proxy_url"
    } else {
        "ca_cert_file"
    }
}
