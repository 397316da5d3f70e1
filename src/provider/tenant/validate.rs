//! What can be wrong with the configuration of a tenant; all of it is reported in one run.

use super::model;
use super::schema::{DELETE_SERVICES, DELETE_TENANT, KEEP, SCHEMA, SECRETS, Secret};
use crate::iwd::body::NO_EMAIL;
use crate::provider::http_url;
use crate::tf_provider::config_check::shown_path;
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::duration;
use crate::tf_provider::path::AttributePath;
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
    let missing = SECRETS.iter().filter(|secret| secret.is_missing(config));
    let error = |secret: &Secret| {
        let path = AttributePath::of(secret.block);
        let (plain, twin) = (
            path.attribute(secret.plain),
            path.attribute(secret.write_only),
        );
        let detail = format!(
            "One of `{twin}` and `{plain}` must be set: `{twin}` (Terraform 1.11 and later) is never stored, `{plain}` \
             is stored in state."
        );
        Diagnostic::error("Missing secret", detail).at(path.up(1))
    };
    missing.map(error).collect()
}

/// Checks all but that.
pub(super) fn validate_what_is_there(config: &Value) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    problems.extend(ccid(config.get("ccid")));
    texts(config, &mut problems);
    problems.extend(SECRETS.iter().filter_map(|secret| twins(config, secret)));
    for path in [
        &["gws", "url"][..],
        &["gws", "auth_url"],
        &["gws", "auth_redirect_url"],
        &["iwd", "url"],
    ] {
        problems.extend(url(config, path));
    }
    problems.extend(port(config.at(&["iwd", "db", "port"])));
    problems.extend(email(config.at(&["iwd_email", "url"])));
    problems.extend(on_destroy(config.get("on_destroy")));
    services(config, &mut problems);
    for name in ["create", "update", "delete"] {
        problems.extend(timeout(config, name));
    }
    problems
}

fn error(summary: &'static str, detail: impl Into<String>, path: &[&str]) -> Diagnostic {
    Diagnostic::error(summary, detail).at(AttributePath::of(path))
}

fn warning(summary: &'static str, detail: impl Into<String>, path: &[&str]) -> Diagnostic {
    Diagnostic::warning(summary, detail).at(AttributePath::of(path))
}

fn ccid(value: &Value) -> Option<Diagnostic> {
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
fn texts(config: &Value, problems: &mut Vec<Diagnostic>) {
    SCHEMA.block.visit(config, &mut |path, attribute, value| {
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
fn twins(config: &Value, secret: &Secret) -> Option<Diagnostic> {
    let block = config.at(secret.block);
    let is_set = |name| !block.get(name).is_null() && !block.get(name).is_unknown();
    if !is_set(secret.plain) || !is_set(secret.write_only) {
        return None;
    }
    let path = AttributePath::of(secret.block);
    let (plain, twin) = (
        path.attribute(secret.plain),
        path.attribute(secret.write_only),
    );
    let detail = format!(
        "`{plain}` and `{twin}` are both set. Set one of them: `{twin}` (Terraform 1.11 and later) is never stored."
    );
    Some(Diagnostic::error("Secret set twice", detail).at(path.up(1)))
}

fn url(config: &Value, path: &[&str]) -> Option<Diagnostic> {
    let text = config.at(path).as_str()?;
    // What is blank has been reported as that.
    (http_url::parse(text).is_none() && !text.trim().is_empty()).then(|| {
        error(
            "Invalid URL",
            format!(
                "`{}` must be a URL with a scheme and a host, such as http://iwd.iwd:4024.",
                path.join(".")
            ),
            path,
        )
    })
}

fn port(value: &Value) -> Option<Diagnostic> {
    let number = value.as_number()?;
    let fits = number
        .as_i64()
        .is_some_and(|port| (1..=i64::from(u16::MAX)).contains(&port));
    (!fits).then(|| {
        error(
            "Invalid port",
            format!("`iwd.db.port` is {number}. It must be a whole number from 1 to 65535."),
            &["iwd", "db", "port"],
        )
    })
}

fn email(value: &Value) -> Option<Diagnostic> {
    let text = value.as_str()?;
    (text != NO_EMAIL && !text.trim().is_empty()).then(|| {
        warning(
            "Unusual URL of the email service",
            "`iwd_email.url` is not `N/A`. Genesys documents that it should be.",
            &["iwd_email", "url"],
        )
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

fn services(config: &Value, problems: &mut Vec<Diagnostic>) {
    const PATH: &[&str] = &["destroy_services"];
    let value = config.get("destroy_services");
    if value.is_null() || value.is_unknown() {
        return;
    }
    let mode = config.get("on_destroy");
    if !mode.is_unknown() && mode.as_str() != Some(DELETE_SERVICES) {
        problems.push(error(
            "destroy_services without its mode",
            format!("`destroy_services` only has a meaning with `on_destroy = {DELETE_SERVICES:?}`. Set that, or remove it."),
            PATH,
        ));
    }
    let Some(names) = value.as_elements() else {
        return;
    };
    let invalid = "Invalid destroy_services";
    if names.is_empty() {
        problems.push(error(
            invalid,
            "`destroy_services` is empty. Name at least one service, or leave it out for iWD and iWDEmail.",
            PATH,
        ));
    }
    if names.iter().any(Value::is_null) {
        problems.push(error(invalid, "`destroy_services` holds a null.", PATH));
    }
    let known: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
    for (position, name) in known.iter().enumerate() {
        if name.trim().is_empty() || name.contains(',') || name.chars().any(char::is_control) {
            problems.push(error(
                invalid,
                format!("`destroy_services` holds {name:?}. Each service is an element of its own: not blank, without commas."),
                PATH,
            ));
        } else if known[..position]
            .iter()
            .any(|other| other.trim().eq_ignore_ascii_case(name.trim()))
        {
            problems.push(error(
                invalid,
                format!("`destroy_services` names {name:?} more than once."),
                PATH,
            ));
        } else if !KNOWN_SERVICES.contains(name) {
            problems.push(warning(
                "Unknown service in destroy_services",
                format!(
                    "{name:?} is none of the services that Genesys documents: iWD, iWDEmail, GAPI."
                ),
                PATH,
            ));
        }
    }
}

fn timeout(config: &Value, name: &str) -> Option<Diagnostic> {
    let text = config.at(&["timeouts", name]).as_str()?;
    let problem = duration::parse(text).err()?;
    (!text.trim().is_empty()).then(|| {
        error(
            "Invalid duration",
            format!("`timeouts.{name}` is {text:?}: {problem}."),
            &["timeouts", name],
        )
    })
}
