//! What can be wrong with the configuration of a tenant; all of it is reported in one run.

use std::borrow::Cow;

use std::collections::HashSet;

use super::model;
use super::schema::{
    self, ARGUMENTS, Argument, Check, DELETE_SERVICES, DELETE_TENANT, KEEP, SCHEMA, Secret,
};
use crate::iwd::body::NO_EMAIL;
use crate::provider::{http_url, invisible};
use crate::tf_provider::config_check::shown_path;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::duration;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::schema::Block;
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// Services that the documentation names.
const KNOWN_SERVICES: [&str; 3] = ["iWD", "iWDEmail", "GAPI"];

/// Checks everything that is known; what is not known yet passes.
pub(super) fn validate(config: &Value) -> Vec<Diagnostic> {
    let mut problems = missing_secrets(config);
    problems.extend(validate_what_is_there(config));
    problems
}

/// An error for each secret that must be set in one of its two forms and isn't.
pub(super) fn missing_secrets(config: &Value) -> Vec<Diagnostic> {
    let missing = schema::secrets().filter(|(plain, secret)| secret.is_missing(plain, config));
    let error = |(plain, secret): (&Argument, &Secret)| {
        let (path, twin) = (plain.path(), secret.path(plain));
        let detail = format!(
            "One of `{twin}` and `{path}` must be set: `{twin}` (Terraform 1.11 and later) is never stored, `{path}` \
             is stored in state."
        );
        Diagnostic::error("Missing secret", detail).at(path.outside_block())
    };
    missing.map(error).collect()
}

/// Checks all but that.
pub(super) fn validate_what_is_there(config: &Value) -> Vec<Diagnostic> {
    validate_block(&SCHEMA.block, config)
}

/// Checks the configuration of a block that has some or all of the arguments.
pub(super) fn validate_block(block: &Block, config: &Value) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    texts(block, config, &mut problems);
    problems.extend(schema::secrets().filter_map(|(plain, secret)| twins(config, plain, secret)));
    for argument in ARGUMENTS.iter() {
        let value = argument.of(config);
        match argument.check {
            Check::Plain => {}
            Check::Key => problems.extend(key(argument, config)),
            Check::Ccid => problems.extend(ccid(value)),
            Check::Url => problems.extend(url(value, &argument.path())),
            Check::Port => problems.extend(port(value, &argument.path())),
            Check::EmailUrl => problems.extend(email(value, &argument.path())),
            Check::OnDestroy => problems.extend(on_destroy(value)),
            Check::Services => destroy_services(config, &mut problems),
            Check::Duration => problems.extend(valid_duration(value, &argument.path())),
        }
    }
    problems
}

fn error(
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<String>,
    path: &[&str],
) -> Diagnostic {
    Diagnostic::error(summary, detail).at(AttributePath::of(path))
}

fn warning(
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<String>,
    path: &[&str],
) -> Diagnostic {
    Diagnostic::warning(summary, detail).at(AttributePath::of(path))
}

/// What is wrong, or unusual, with a contact center id.
pub(super) fn ccid(value: &Value) -> Option<Diagnostic> {
    let text = value.as_str()?;
    if let Err(problem) = model::ccid(value) {
        Some(problem)
    } else if !is_uuid(text) {
        Some(warning(
            "Contact center id is not a UUID",
            format!(
                "`ccid` is {text:?}. Genesys documents contact center ids as UUIDs, such as \
                 9350e2fc-a1dd-4c65-8d40-1f75a2e00100. Check that it is complete."
            ),
            &["ccid"],
        ))
    } else {
        None
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// Empty or blank text and control characters, wherever the user writes text.
fn texts(block: &Block, config: &Value, problems: &mut Vec<Diagnostic>) {
    block.visit(config, &mut |path, attribute, value| {
        // `ccid` has a stricter rule of its own.
        if attribute.ty != ValueType::String || attribute.name == "ccid" {
            return;
        }
        let Some(text) = value.as_str() else { return };
        let problem = if text.trim().is_empty() {
            Diagnostic::error(
                "Empty argument",
                format!("`{path}` is empty or blank. Set it, or leave it out where it is optional."),
            )
        } else if text.chars().any(char::is_control) {
            Diagnostic::error(
                "Control character in an argument",
                format!(
                    "`{path}` holds a line break or another control character. Where it is read from a file, \
                     `trimspace()` or `chomp()` removes the last line break."
                ),
            )
        } else {
            return;
        };
        problems.push(problem.at(shown_path(attribute, path)));
    });
}

/// A secret and its write-only twin are never both set.
fn twins(config: &Value, plain: &Argument, secret: &Secret) -> Option<Diagnostic> {
    let is_set = |value: &Value| !value.is_null() && !value.is_unknown();
    if !is_set(plain.of(config)) || !is_set(secret.of(plain, config)) {
        return None;
    }
    let (path, twin) = (plain.path(), secret.path(plain));
    let detail = format!(
        "`{path}` and `{twin}` are both set. Set one of them: `{twin}` (Terraform 1.11 and later) is never stored."
    );
    Some(Diagnostic::error("Secret set twice", detail).at(path.outside_block()))
}

/// What nobody sees in a key, in either of its forms.
fn key(argument: &Argument, config: &Value) -> impl Iterator<Item = Diagnostic> {
    let twin = argument.secret.as_ref();
    let twin = twin.map(|secret| (secret.path(argument), secret.of(argument, config)));
    let forms = [(argument.path(), argument.of(config))]
        .into_iter()
        .chain(twin);
    forms.filter_map(|(path, value)| {
        let found = invisible::found_in(value.as_str()?)?;
        let detail = invisible::detail(&format!("`{path}`"), &found);
        Some(Diagnostic::warning(invisible::SUMMARY, detail).at(path.outside_block()))
    })
}

fn url(value: &Value, path: &AttributePath) -> Option<Diagnostic> {
    let text = value.as_str()?;
    // What is blank has been reported as that.
    (!http_url::is_valid(text) && !text.trim().is_empty()).then(|| {
        let detail = format!(
            "`{path}` must be a URL with a scheme and a host, such as http://iwd.iwd:4024."
        );
        Diagnostic::error("Invalid URL", detail).at(path.clone())
    })
}

fn port(value: &Value, path: &AttributePath) -> Option<Diagnostic> {
    let number = value.as_number()?;
    let fits = number
        .as_i64()
        .is_some_and(|port| (1..=i64::from(u16::MAX)).contains(&port));
    (!fits).then(|| {
        let detail = format!("`{path}` is {number}. It must be a whole number from 1 to 65535.");
        Diagnostic::error("Invalid port", detail).at(path.clone())
    })
}

fn email(value: &Value, path: &AttributePath) -> Option<Diagnostic> {
    let text = value.as_str()?;
    (text != NO_EMAIL && !text.trim().is_empty()).then(|| {
        let detail = format!("`{path}` is not `{NO_EMAIL}`. Genesys documents that it should be.");
        Diagnostic::warning("Unusual URL of the email service", detail).at(path.clone())
    })
}

fn on_destroy(value: &Value) -> Option<Diagnostic> {
    let text = value.as_str()?;
    let fits = [DELETE_TENANT, DELETE_SERVICES, KEEP].contains(&text);
    (!fits && !text.trim().is_empty()).then(|| {
        error(
            "Invalid on_destroy",
            format!(
                "`on_destroy` is {text:?}. It must be {DELETE_TENANT:?}, {DELETE_SERVICES:?} or {KEEP:?}."
            ),
            &["on_destroy"],
        )
    })
}

fn destroy_services(config: &Value, problems: &mut Vec<Diagnostic>) {
    const NAME: &str = "destroy_services";
    let value = config.get(NAME);
    if value.is_null() || value.is_unknown() {
        return;
    }
    let mode = config.get("on_destroy");
    if !mode.is_unknown() && mode.as_str() != Some(DELETE_SERVICES) {
        problems.push(error(
            "destroy_services without its mode",
            format!("`destroy_services` only has a meaning with `on_destroy = {DELETE_SERVICES:?}`. Set that, or remove it."),
            &[NAME],
        ));
    }
    if value.as_elements().is_some_and(<[Value]>::is_empty) {
        problems.push(error(
            "Invalid destroy_services",
            "`destroy_services` is empty. Name at least one service, or leave it out for iWD and iWDEmail.",
            &[NAME],
        ));
    }
    services(value, NAME, problems);
}

/// What is wrong with the names of services in that argument, beside that there may be none.
pub(super) fn services(value: &Value, argument: &str, problems: &mut Vec<Diagnostic>) {
    let path = &[argument];
    let invalid = || format!("Invalid {argument}");
    let Some(names) = value.as_elements() else {
        return;
    };
    if names.iter().any(Value::is_null) {
        let detail = format!("`{argument}` holds a null.");
        problems.push(error(invalid(), detail, path));
    }
    let mut seen = HashSet::new();
    for name in names.iter().filter_map(Value::as_str) {
        let is_new = seen.insert(name.trim().to_ascii_lowercase());
        if name.trim().is_empty() || name.contains(',') || name.chars().any(char::is_control) {
            problems.push(error(
                invalid(),
                format!("`{argument}` holds {name:?}. Each service is an element of its own: not blank, without commas."),
                path,
            ));
        } else if !is_new {
            problems.push(error(
                invalid(),
                format!("`{argument}` names {name:?} more than once."),
                path,
            ));
        } else if !KNOWN_SERVICES.contains(&name) {
            problems.push(warning(
                format!("Unknown service in {argument}"),
                format!(
                    "{name:?} is none of the services that Genesys documents: iWD, iWDEmail, GAPI."
                ),
                path,
            ));
        }
    }
}

/// A duration.
pub(super) fn valid_duration(value: &Value, path: &AttributePath) -> Option<Diagnostic> {
    let text = value.as_str()?;
    let problem = duration::parse(text).err()?;
    (!text.trim().is_empty()).then(|| {
        let detail = format!("`{path}` is {text:?}: {problem}.");
        Diagnostic::error("Invalid duration", detail).at(path.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples::tenant_with;
    use super::*;
    use crate::provider::diagnostics::tests::pages;

    /// All that a user can read of a configuration, as one text; a change of it is seen in review.
    #[test]
    fn every_problem_reads_so() {
        let services = |names: &[&str]| {
            let names = names.iter().map(|name| Value::from(*name)).collect();
            Value::set(names)
        };
        let with_services = |services: Value| {
            tenant_with([
                ("on_destroy", DELETE_SERVICES.into()),
                ("destroy_services", services),
            ])
        };
        let configurations = [
            tenant_with([("ccid", "..".into())]),
            tenant_with([("ccid", "100".into())]),
            tenant_with([("api_key", Value::Null)]),
            tenant_with([("iwd.db.password_wo", "secret".into())]),
            tenant_with([("api_key", "key\u{200b}".into())]),
            tenant_with([("name", " ".into())]),
            tenant_with([("iwd.db.user", "a\n".into())]),
            tenant_with([("iwd.url", "iwd.iwd:4024".into())]),
            tenant_with([("iwd.db.port", 0.into())]),
            tenant_with([("iwd_email", Value::object([("url", "http://mail".into())]))]),
            tenant_with([("on_destroy", "delete".into())]),
            tenant_with([("timeouts", Value::object([("create", "5".into())]))]),
            tenant_with([("destroy_services", services(&["iWD"]))]),
            with_services(services(&[])),
            with_services(Value::set(vec![Value::Null])),
            with_services(services(&["iWD,GAPI"])),
            with_services(services(&["iWD", "IWD"])),
            with_services(services(&["Chat"])),
        ];
        let told = configurations.iter().flat_map(validate);
        insta::assert_snapshot!(pages(told));
    }
}
