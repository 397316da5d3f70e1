//! The body of a provisioning request, read by the rows of the schema: what a tenant's script or generic resource sent.

use serde_json::Value as Json;

use super::placeholder::is_placeholder;
use super::schema::{self, Argument, SCHEMA, Secret};
use crate::iwd::body::NO_GWS_API_KEY;
use crate::iwd::model::{Ccid, InvalidCcid};
use crate::tf_provider::invalid_value::Mismatch;
use crate::tf_provider::json::{self, Stray};
use crate::tf_provider::value::Value;

/// The place of the one secret that has a value for "not set".
const GWS_API_KEY: &str = "tenant.gws.secret.apikey";

/// What a body says.
pub(super) struct RequestBody {
    /// What is no secret, in the places of the schema; what the body doesn't say, or says in another type, is null.
    pub(super) object: Value,
    /// The secrets that it holds, each with its name on the wire.
    pub(super) secrets: Vec<(&'static Argument, &'static Secret, &'static str)>,
    /// What has no place in the schema, or doesn't fit it.
    pub(super) misfits: Vec<Misfit>,
}

/// A part of a body that is not taken over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Misfit {
    /// Its place in the body, such as `iwd.db.port`.
    pub(super) path: String,
    /// What is wrong with it.
    pub(super) problem: Mismatch,
}

/// Why a body is none of a tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoTenant {
    /// It is no JSON object.
    #[error("the body is not a JSON object")]
    NotObject,
    /// There is no `tenant.ccid`.
    #[error("the body has no `tenant.ccid`")]
    NoCcid,
    /// There is one that the provider does not accept.
    #[error("`tenant.ccid` is not a contact center id: {0}")]
    Ccid(InvalidCcid),
    /// Something else was to fill it in.
    #[error(
        "`tenant.ccid` holds a placeholder (`$…`, `%…%` or `{{{{…}}}}`), which a shell or a template filled in until now: put the \
         tenant's contact center id in its place"
    )]
    Placeholder,
}

impl RequestBody {
    /// Whether it holds the secret of that name on the wire.
    pub(super) fn has_secret(&self, wire: &str) -> bool {
        self.secrets.iter().any(|(_, _, name)| *name == wire)
    }
}

/// The tenant that the body is about.
pub(super) fn ccid(body: &Json) -> Result<Ccid, NoTenant> {
    if !body.is_object() {
        return Err(NoTenant::NotObject);
    }
    let ccid = body.pointer("/tenant/ccid").and_then(Json::as_str);
    let ccid = ccid.ok_or(NoTenant::NoCcid)?;
    ccid.parse().map_err(|invalid| {
        if is_placeholder(ccid) {
            NoTenant::Placeholder
        } else {
            NoTenant::Ccid(invalid)
        }
    })
}

/// What the body has at a place such as `iwd.db.port`; null where it has nothing there.
pub(super) fn at<'a>(body: &'a Json, wire: &str) -> &'a Json {
    let found = wire.split('.').try_fold(body, |json, name| json.get(name));
    found.unwrap_or(&Json::Null)
}

/// Whether a text is no secret, since there is nothing in it.
pub(super) fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// What the body says.
pub(super) fn read(body: &Json) -> RequestBody {
    let mut said = RequestBody {
        object: SCHEMA.block.empty_object(),
        secrets: Vec::new(),
        misfits: Vec::new(),
    };
    strays(body, &mut Vec::new(), &mut said.misfits);
    for (argument, wire) in schema::sent() {
        match json::from_json(at(body, wire), &argument.attribute.ty, Stray::Drop) {
            Ok(Value::Null) => {}
            Ok(value) => said.take(argument, wire, value),
            Err(error) => said.misfits.push(Misfit {
                path: wire.to_owned(),
                problem: error.mismatch,
            }),
        }
    }
    said
}

impl RequestBody {
    fn take(&mut self, argument: &'static Argument, wire: &'static str, value: Value) {
        let is_default = argument.attribute.default.as_ref() == Some(&value);
        // A block that may be left out stands for what only it can say.
        if let [outer, ..] = argument.block
            && !argument.block_stands(&self.object)
            && !is_default
        {
            let nulls = schema::nulls_of(outer);
            self.object.set_attribute(outer, nulls);
        }
        match &argument.secret {
            None => argument.set(&mut self.object, value),
            // What is sent where it is not set.
            Some(_) if wire == GWS_API_KEY && value.as_str() == Some(NO_GWS_API_KEY) => {}
            Some(_) if value.as_str().is_some_and(is_blank) => {}
            Some(secret) => self.secrets.push((argument, secret, wire)),
        }
    }
}

/// Whatever in the body no row has a place for.
fn strays<'a>(json: &'a Json, path: &mut Vec<&'a str>, found: &mut Vec<Misfit>) {
    let is_below = |wire: &str| {
        let mut names = wire.split('.');
        path.iter()
            .all(|step| names.next() == Some(step))
            .then(|| names.next().is_some())
    };
    let mut places = schema::sent().filter_map(|(_, wire)| is_below(wire));
    let problem = match (places.next(), json) {
        (None, _) => Mismatch::UnknownAttribute,
        (Some(true), Json::Object(entries)) => {
            for (name, entry) in entries {
                path.push(name);
                strays(entry, path, found);
                path.pop();
            }
            return;
        }
        (Some(true), Json::Null) | (Some(false), _) => return,
        (Some(true), _) => Mismatch::Expected("an object"),
    };
    found.push(Misfit {
        path: shown(path),
        problem,
    });
}

/// A path as people write it in JavaScript or `jq`.
fn shown(path: &[&str]) -> String {
    let mut shown = String::new();
    for name in path {
        let is_plain = name.chars().all(|c| c.is_alphanumeric() || c == '_');
        match (is_plain && !name.is_empty(), shown.is_empty()) {
            (true, true) => shown.push_str(name),
            (true, false) => shown.extend([".", name]),
            (false, _) => shown.extend(["[", &Json::from(*name).to_string(), "]"]),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn misfits(body: &Json) -> Vec<String> {
        let misfits = read(body).misfits;
        let shown = |misfit: &Misfit| format!("{}: {}", misfit.path, misfit.problem);
        misfits.iter().map(shown).collect()
    }

    #[test]
    fn what_has_no_place_in_the_schema_is_named_with_its_path() {
        let unknown = "the schema has no attribute of that name";
        for (body, expected) in [
            (json!({"tenant": {"id": "1"}, "iwd": null}), vec![]),
            (json!({"tenants": []}), vec![format!("tenants: {unknown}")]),
            (
                json!({"tenant": {"apiKey2": "canary", "gws": {"data": {"a.b": 1}}}}),
                vec![
                    format!("tenant.apiKey2: {unknown}"),
                    format!("tenant.gws.data[\"a.b\"]: {unknown}"),
                ],
            ),
            (
                json!({"iwd": {"db": "host=pg"}}),
                vec!["iwd.db: expected an object".to_owned()],
            ),
            (
                json!({"iwd": {"db": {"port": "x", "ssl": "yes", "host": ["pg"], "password": {}}}}),
                vec![
                    "iwd.db.host: expected a string".to_owned(),
                    "iwd.db.port: expected a number".to_owned(),
                    "iwd.db.password: expected a string".to_owned(),
                    "iwd.db.ssl: expected a bool".to_owned(),
                ],
            ),
        ] {
            assert_eq!(misfits(&body), expected, "{body}");
        }
    }

    #[test]
    fn an_optional_block_stands_where_the_body_says_what_only_it_can_say() {
        for (body, gws, iwd_email) in [
            (json!({}), false, false),
            (
                json!({"tenant": {"gws": {}}, "iwdEmail": {"url": "N/A"}}),
                false,
                false,
            ),
            (
                json!({"tenant": {"gws": {"gwsUrl": "http://gws"}}}),
                true,
                false,
            ),
            (
                json!({"tenant": {"gws": {"secret": {"token": "t"}}}}),
                true,
                false,
            ),
            (json!({"iwdEmail": {"url": "http://email"}}), false, true),
        ] {
            let object = read(&body).object;
            let stands = |name| !object.get(name).is_null();
            assert_eq!(
                (stands("gws"), stands("iwd_email")),
                (gws, iwd_email),
                "{body}"
            );
        }
    }

    #[test]
    fn a_secret_is_known_to_be_there_and_no_more() {
        let body = json!({
            "tenant": {"apiKey": "canary", "gws": {"secret": {"apikey": "none", "token": "none", "clientSecret": ""}}},
            "iwd": {"db": {"password": 12, "user": "u"}},
        });
        let said = read(&body);
        let secrets: Vec<_> = said.secrets.iter().map(|(_, _, wire)| *wire).collect();
        assert_eq!(
            secrets,
            [
                "tenant.apiKey",
                "tenant.gws.secret.token",
                "iwd.db.password"
            ]
        );
        assert_eq!(said.object.at(&["iwd", "db", "user"]).as_str(), Some("u"));
        assert!(said.object.at(&["iwd", "db", "password"]).is_null());
    }
}
