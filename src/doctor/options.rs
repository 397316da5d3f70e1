//! The command line: an option for each setting of the provider that is no secret.

use std::ffi::OsString;

use lexopt::{Arg, Parser};
use serde_json::Value as Json;

use crate::tf_provider::json::{self, Stray};
use crate::tf_provider::schema::{Attribute, Block};
use crate::tf_provider::value::Value;
use crate::tf_provider::value_type::ValueType;

/// Sensitive for the user name and password that may be in it, which are the proxy's own; without them it is an option.
const PROXY: &str = "proxy_url";

/// What the command line asks for.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Invocation {
    Help,
    Examine {
        /// The settings, as the provider block would have them.
        block: Value,
        json: bool,
    },
}

/// Reads the arguments; a problem names options and never their values.
pub(super) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    schema: &Block,
) -> Result<Invocation, String> {
    let (mut block, mut json) = (schema.empty_object(), false);
    let mut parser = Parser::from_args(arguments);
    while let Some(argument) = parser
        .next()
        .map_err(|_| "an option has a value that it doesn't take")?
    {
        let name = match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Invocation::Help),
            Arg::Long("json") => {
                json = true;
                continue;
            }
            Arg::Long(name) => name.to_owned(),
            Arg::Short(name) => return Err(format!("unknown option -{name}")),
            Arg::Value(_) => return Err("it takes options alone".to_owned()),
        };
        let argument = name.replace('-', "_");
        let known = schema
            .attributes
            .iter()
            .find(|attribute| attribute.name == argument);
        let attribute = known.ok_or_else(|| format!("unknown option --{name}"))?;
        if !is_option(attribute) {
            return Err(format!("--{name}: a secret, which is not needed here"));
        }
        let value = if attribute.ty == ValueType::Bool {
            parser.optional_value().unwrap_or_else(|| "true".into())
        } else {
            parser
                .value()
                .map_err(|_| format!("--{name} needs a value"))?
        };
        let text = value
            .into_string()
            .map_err(|_| format!("--{name} must be text in UTF-8"))?;
        let value = json::from_json(&Json::from(text), &attribute.ty, Stray::Refuse);
        let value = value.map_err(|problem| format!("--{name}: {}", problem.mismatch))?;
        block.set_attribute(attribute.name, value);
    }
    Ok(Invocation::Examine { block, json })
}

/// The options, as `--help` lists them.
pub(super) fn listed(schema: &Block) -> String {
    let options = schema
        .attributes
        .iter()
        .filter(|attribute| is_option(attribute));
    let option = |attribute: &Attribute| {
        let value = if attribute.ty == ValueType::Bool {
            ""
        } else {
            " VALUE"
        };
        format!("  {}{value}\n", shown(attribute.name))
    };
    options.map(option).collect()
}

/// The option of a setting.
pub(super) fn shown(name: &str) -> String {
    format!("--{}", name.replace('_', "-"))
}

fn is_option(attribute: &Attribute) -> bool {
    !attribute.sensitive || attribute.name == PROXY
}
