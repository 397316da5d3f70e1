//! Finds each setting in the provider block or the environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Display;

use super::{Environment, SecretMap, Setting};
use crate::provider::{http_url, invisible, schema};
use crate::tf_provider::diagnostic::Diagnostic;
use crate::tf_provider::number::Number;
use crate::tf_provider::path::AttributePath;
use crate::tf_provider::value::Value;

const INVALID: &str = "Invalid provider setting";

/// What is wrong with a value, as what follows its name.
pub(super) struct Problem {
    pub(super) text: String,
    /// Whether the value holds a secret although the argument is none.
    pub(super) is_secret: bool,
}

impl<T: Into<String>> From<T> for Problem {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            is_secret: false,
        }
    }
}

/// Where a setting comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// The provider block.
    Block,
    /// The environment variable of this name.
    Variable(String),
    /// Neither, so that its default holds.
    Default,
}

/// Which setting it is, and where its value was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::provider) struct Argument {
    name: &'static str,
    is_from_environment: bool,
}

/// A value and where it was found.
pub(super) struct Found<T> {
    pub(super) setting: Setting<T>,
    pub(super) argument: Argument,
}

impl Found<String> {
    /// Neither in the block nor in the environment.
    pub(super) fn unset(name: &'static str) -> Self {
        Self {
            setting: Setting::Unset,
            argument: Argument::in_block(name),
        }
    }
}

pub(super) struct Reader<'a> {
    block: &'a Value,
    env: Environment<'a>,
    pub(super) problems: Vec<Diagnostic>,
    /// Where each setting that was asked for was found.
    pub(super) origins: BTreeMap<&'static str, Origin>,
}

impl Argument {
    /// A setting that the provider block has, or nothing has.
    pub(in crate::provider) const fn in_block(name: &'static str) -> Self {
        Self {
            name,
            is_from_environment: false,
        }
    }

    /// A setting that its environment variable has.
    pub(in crate::provider) const fn in_environment(name: &'static str) -> Self {
        Self {
            name,
            is_from_environment: true,
        }
    }

    /// An error about it; `problem` is what follows its name.
    pub(super) fn invalid(self, problem: impl Display) -> Diagnostic {
        let name = self.name();
        self.point(Diagnostic::error(INVALID, format!("{name}: {problem}.")))
    }

    pub(super) fn warning(self, summary: &'static str, detail: &str) -> Diagnostic {
        self.point(Diagnostic::warning(summary, detail))
    }

    /// As people find it: the argument, or the variable.
    pub(in crate::provider) fn name(self) -> String {
        match self.variable() {
            Some(variable) => format!("environment variable {variable}"),
            None => format!("`{}`", self.name),
        }
    }

    /// The environment variable that it was found in.
    pub(in crate::provider) fn variable(self) -> Option<String> {
        self.is_from_environment.then(|| variable(self.name))
    }

    /// Terraform prints the line that a diagnostic points at, so none points at a secret.
    pub(super) fn point(self, diagnostic: Diagnostic) -> Diagnostic {
        if self.is_from_environment || schema::is_sensitive(self.name) {
            diagnostic
        } else {
            diagnostic.at(AttributePath::of(&[self.name]))
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(block: &'a Value, env: Environment<'a>) -> Self {
        Self {
            block,
            env,
            problems: Vec::new(),
            origins: BTreeMap::new(),
        }
    }

    /// Warns of what nobody sees in a text that `what` names; once for all that is alike in a setting.
    pub(super) fn warn_of_invisible(&mut self, argument: Argument, what: &str, text: &str) {
        let Some(found) = invisible::found_in(text) else {
            return;
        };
        let detail = invisible::detail(&format!("{}: {what}", argument.name()), &found);
        let warning = argument.warning(invisible::SUMMARY, &detail);
        if !self.problems.contains(&warning) {
            self.problems.push(warning);
        }
    }

    pub(super) fn is_in_block(&self, name: &str) -> bool {
        !self.block.get(name).is_null()
    }

    /// A text that must not be empty.
    pub(super) fn text(&mut self, name: &'static str) -> Found<String> {
        let found = self.text_or_empty(name);
        if matches!(&found.setting, Setting::Known(text) if text.trim().is_empty()) {
            return self.refuse(found.argument, "must not be empty");
        }
        found
    }

    /// A text that may be empty in the block, where that has a meaning.
    pub(super) fn text_or_empty(&mut self, name: &'static str) -> Found<String> {
        let read = |value: &Value| value.as_str().map(str::to_owned);
        self.in_block(name, read)
            .unwrap_or_else(|| self.in_environment(name))
    }

    /// The environment variable that has another value than what was found in the block.
    pub(super) fn overridden(&self, found: &Found<String>) -> Option<String> {
        let Argument {
            name,
            is_from_environment: false,
        } = found.argument
        else {
            return None;
        };
        let variable = variable(name);
        let value = (self.env)(&variable).filter(|value| !value.is_empty())?;
        let other = value.to_str().and_then(http_url::parse);
        let is_same =
            matches!(&found.setting, Setting::Known(text) if http_url::parse(text) == other);
        (!is_same).then_some(variable)
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Found<bool> {
        if let Some(found) = self.in_block(name, Value::as_bool) {
            return found;
        }
        let Found { setting, argument } = self.in_environment(name);
        let setting = match setting {
            Setting::Known(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Setting::Known(true),
                "false" | "0" => Setting::Known(false),
                _ => return self.refuse(argument, "must be true or false"),
            },
            _ => Setting::Unset,
        };
        Found { setting, argument }
    }

    pub(super) fn number(&mut self, name: &'static str) -> Found<Number> {
        if let Some(found) = self.in_block(name, |value| value.as_number().cloned()) {
            return found;
        }
        let Found { setting, argument } = self.in_environment(name);
        let setting = match setting {
            Setting::Known(text) => match text.parse() {
                Ok(number) => Setting::Known(number),
                Err(_) => return self.refuse(argument, "must be a number"),
            },
            _ => Setting::Unset,
        };
        Found { setting, argument }
    }

    /// A map of secrets, in the environment a JSON object. An element that is null is none.
    pub(super) fn map(&mut self, name: &'static str) -> Found<SecretMap> {
        if let Some(found) = self.in_block(name, elements) {
            return found;
        }
        let Found { setting, argument } = self.in_environment(name);
        let setting = match setting {
            Setting::Known(text) => match serde_json::from_str::<BTreeMap<String, String>>(&text) {
                Ok(map) => Setting::Known(
                    map.into_iter()
                        .map(|(name, value)| (name, Setting::Known(value.into())))
                        .collect(),
                ),
                // The parser's message could quote a secret.
                Err(_) => {
                    return self.refuse(
                        argument,
                        r#"must be a JSON object of strings, such as {"name": "value"}"#,
                    );
                }
            },
            _ => Setting::Unset,
        };
        Found { setting, argument }
    }

    /// What a value means; what is wrong with it becomes a problem.
    pub(super) fn meaning<T, U>(
        &mut self,
        found: Found<T>,
        parse: impl Fn(T) -> Result<U, Problem>,
    ) -> Setting<U> {
        match found.setting {
            Setting::Unset => Setting::Unset,
            Setting::Unknown => Setting::Unknown,
            Setting::Known(value) => match parse(value) {
                Ok(meaning) => Setting::Known(meaning),
                Err(problem) => {
                    let mut diagnostic = found.argument.invalid(problem.text);
                    if problem.is_secret {
                        diagnostic.path = AttributePath::ROOT;
                    }
                    self.problems.push(diagnostic);
                    Setting::Unset
                }
            },
        }
    }

    /// `None` where the block does not set it.
    fn in_block<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<Found<T>> {
        let value = self.block.get(name);
        if value.is_null() {
            return None;
        }
        self.origins.insert(name, Origin::Block);
        Some(Found {
            // Terraform sees to the types, so what can't be read is unknown.
            setting: read(value).map_or(Setting::Unknown, Setting::Known),
            argument: Argument::in_block(name),
        })
    }

    fn in_environment(&mut self, name: &'static str) -> Found<String> {
        let value = (self.env)(&variable(name)).filter(|value| !value.is_empty());
        let argument = match value {
            Some(_) => Argument::in_environment(name),
            None => Argument::in_block(name),
        };
        let origin = argument
            .variable()
            .map_or(Origin::Default, Origin::Variable);
        self.origins.insert(name, origin);
        let setting = match value.map(OsString::into_string) {
            None => Setting::Unset,
            Some(Ok(text)) => Setting::Known(text),
            Some(Err(_)) => return self.refuse(argument, "must be text in UTF-8"),
        };
        Found { setting, argument }
    }

    fn refuse<T>(&mut self, argument: Argument, problem: &str) -> Found<T> {
        self.problems.push(argument.invalid(problem));
        Found {
            setting: Setting::Unset,
            argument,
        }
    }
}

/// The environment variable of a setting.
pub fn variable(name: &str) -> String {
    format!("IWD_{}", name.to_ascii_uppercase())
}

fn elements(value: &Value) -> Option<SecretMap> {
    let element = |(name, value): (&String, &Value)| {
        let setting = match value {
            Value::Null => return None,
            Value::String(text) => Setting::Known(text.as_str().into()),
            _ => Setting::Unknown,
        };
        Some((name.clone(), setting))
    };
    Some(value.as_map()?.iter().filter_map(element).collect())
}
