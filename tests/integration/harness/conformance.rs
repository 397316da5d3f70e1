//! What Terraform enforces in a plan and in its apply, after `objchange.AssertPlanValid` and
//! `objchange.AssertObjectCompatible`, on the values of `values.rs`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use super::generated::tfplugin5::schema::nested_block::NestingMode;
use super::generated::tfplugin5::schema::{Attribute, Block, NestedBlock};
use super::values::{TYPE, UNKNOWN};

/// What Terraform would say of that plan; nothing for one that it accepts.
pub(crate) fn plan_problems(
    block: &Block,
    prior: &Json,
    config: &Json,
    planned: &Json,
) -> Vec<String> {
    let mut problems = Problems::default();
    problems.type_of("planned", &type_of(block), planned);
    if problems.0.is_empty() {
        problems.plan("", block, prior, config, planned);
    }
    problems.0
}

/// What Terraform would say of that state after that plan; nothing for one that it accepts.
pub(crate) fn apply_problems(block: &Block, planned: &Json, actual: &Json) -> Vec<String> {
    let mut problems = Problems(state_problems(block, actual));
    if problems.0.is_empty() {
        problems.0 = compatible_problems(block, planned, actual);
    }
    problems.0
}

/// What the first plan promises and the second, made when all is known, does not keep.
pub(crate) fn compatible_problems(block: &Block, planned: &Json, actual: &Json) -> Vec<String> {
    let mut problems = Problems::default();
    problems.object("", block, planned, actual);
    problems.0
}

/// What Terraform would say of any state that it is to store.
pub(crate) fn state_problems(block: &Block, state: &Json) -> Vec<String> {
    let mut problems = Problems::default();
    problems.type_of("state", &type_of(block), state);
    if has_unknown(state) {
        problems.say("state", "it holds something unknown");
    }
    problems.stored("", block, state);
    problems.0
}

/// The value with sets sorted, without repetition, and numbers as text: equal for Terraform is then equal.
pub(crate) fn canonical(ty: &Json, value: &Json) -> Json {
    if is_unknown(value) || value.is_null() {
        return value.clone();
    }
    if let Some(inner) = value.get(TYPE) {
        return json!({TYPE: inner, "value": canonical(inner, &value["value"])});
    }
    let kind = ty.get(0).unwrap_or(ty);
    match (kind.as_str().expect("a type"), value) {
        ("number", Json::Number(number)) => number.to_string().into(),
        ("list", Json::Array(elements)) => elements
            .iter()
            .map(|element| canonical(&ty[1], element))
            .collect(),
        ("set", Json::Array(elements)) => {
            let sorted: BTreeSet<String> = elements
                .iter()
                .map(|element| canonical(&ty[1], element).to_string())
                .collect();
            sorted.into_iter().map(Json::from).collect()
        }
        ("map", Json::Object(entries)) => entries
            .iter()
            .map(|(key, entry)| (key.clone(), canonical(&ty[1], entry)))
            .collect::<Map<_, _>>()
            .into(),
        ("object", Json::Object(entries)) => entries
            .iter()
            .map(|(name, entry)| (name.clone(), canonical(&ty[1][name], entry)))
            .collect::<Map<_, _>>()
            .into(),
        _ => value.clone(),
    }
}

/// The type of a block's value.
pub(crate) fn type_of(block: &Block) -> Json {
    let attributes = block
        .attributes
        .iter()
        .map(|attribute| (attribute.name.clone(), attribute_type(attribute)));
    let blocks = block
        .block_types
        .iter()
        .map(|nested| (nested.type_name.clone(), nested_type(nested)));
    json!(["object", attributes.chain(blocks).collect::<Map<_, _>>()])
}

/// The type of an attribute.
pub(crate) fn attribute_type(attribute: &Attribute) -> Json {
    serde_json::from_slice(&attribute.r#type).expect("a type")
}

fn nested_type(nested: &NestedBlock) -> Json {
    let object = type_of(inner(nested));
    match nested.nesting() {
        NestingMode::List => json!(["list", object]),
        NestingMode::Set => json!(["set", object]),
        NestingMode::Map => json!(["map", object]),
        _ => object,
    }
}

fn inner(nested: &NestedBlock) -> &Block {
    nested.block.as_ref().expect("a block")
}

fn is_unknown(value: &Json) -> bool {
    value == UNKNOWN
}

fn has_unknown(value: &Json) -> bool {
    match value {
        Json::Array(elements) => elements.iter().any(has_unknown),
        Json::Object(entries) => entries.values().any(has_unknown),
        _ => is_unknown(value),
    }
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn say(&mut self, path: &str, problem: impl std::fmt::Display) {
        self.0.push(format!("{path}: {problem}"));
    }

    fn type_of(&mut self, path: &str, ty: &Json, value: &Json) {
        if value.is_null() || is_unknown(value) || ty == "dynamic" {
            return;
        }
        let kind = ty.get(0).unwrap_or(ty).as_str().expect("a type");
        match (kind, value) {
            ("string" | "number", Json::String(_))
            | ("number", Json::Number(_))
            | ("bool", Json::Bool(_)) => {}
            ("list" | "set", Json::Array(elements)) => {
                for element in elements {
                    self.type_of(path, &ty[1], element);
                }
            }
            ("map", Json::Object(entries)) => {
                for entry in entries.values() {
                    self.type_of(path, &ty[1], entry);
                }
            }
            ("object", Json::Object(entries)) => {
                let attributes = ty[1].as_object().expect("attributes");
                if !entries.keys().eq(attributes.keys()) {
                    self.say(path, "it has other attributes than the schema");
                }
                for (name, entry) in entries {
                    self.type_of(&format!("{path}.{name}"), &ty[1][name], entry);
                }
            }
            _ => self.say(path, format!("{value} is no {ty}")),
        }
    }

    fn plan(&mut self, path: &str, block: &Block, prior: &Json, config: &Json, planned: &Json) {
        if planned.is_null() != config.is_null() {
            return self.say(path, "planned absence for existence, or the reverse");
        }
        if planned.is_null() {
            return;
        }
        for attribute in &block.attributes {
            let name = &attribute.name;
            let at = |object: &Json| canonical(&attribute_type(attribute), &object[name]);
            let (prior, config, planned) = (at(prior), at(config), at(planned));
            let path = format!("{path}.{name}");
            let suppressed = planned == prior && !prior.is_null() && !config.is_null();
            if planned == config && !attribute.write_only || suppressed {
                continue;
            }
            if attribute.write_only {
                if !planned.is_null() {
                    self.say(&path, "a write-only value is planned");
                }
            } else if !(attribute.computed && (!attribute.optional || config.is_null())) {
                self.say(&path, format!("{planned} is neither {config} nor {prior}"));
            }
        }
        for nested in &block.block_types {
            let name = &nested.type_name;
            let path = format!("{path}.{name}");
            self.plan_block(&path, nested, &prior[name], &config[name], &planned[name]);
        }
    }

    fn plan_block(
        &mut self,
        path: &str,
        nested: &NestedBlock,
        prior: &Json,
        config: &Json,
        planned: &Json,
    ) {
        let block = inner(nested);
        if planned.is_null() && nested.nesting() != NestingMode::Single {
            return self.say(path, "a repeated block is null");
        }
        if is_unknown(config) || is_unknown(planned) {
            if planned != config {
                self.say(
                    path,
                    "an unknown block is not echoed, or a known one unknown",
                );
            }
            return;
        }
        match nested.nesting() {
            NestingMode::List => {
                let (planned, config) = (array(planned), array(config));
                if planned.len() != config.len() {
                    return self.say(path, "another number of blocks than configured");
                }
                for (index, (planned, config)) in planned.iter().zip(config).enumerate() {
                    let path = format!("{path}[{index}]");
                    self.plan_element(&path, block, &prior[index], config, planned);
                }
            }
            NestingMode::Map => {
                if !object(planned).keys().eq(object(config).keys()) {
                    return self.say(path, "other blocks than configured");
                }
                for (key, planned) in object(planned) {
                    let path = format!("{path}[{key}]");
                    self.plan_element(&path, block, &prior[key], &config[key], planned);
                }
            }
            NestingMode::Set => {
                if array(planned).iter().any(is_unknown) {
                    self.say(path, "an element is unknown as a whole");
                }
            }
            _ => self.plan(path, block, prior, config, planned),
        }
    }

    fn plan_element(
        &mut self,
        path: &str,
        block: &Block,
        prior: &Json,
        config: &Json,
        planned: &Json,
    ) {
        if is_unknown(planned) {
            self.say(path, "an element is unknown as a whole");
        } else {
            self.plan(path, block, prior, config, planned);
        }
    }

    fn stored(&mut self, path: &str, block: &Block, state: &Json) {
        if state.is_null() {
            return;
        }
        for attribute in block.attributes.iter().filter(|it| it.write_only) {
            if !state[&attribute.name].is_null() {
                let path = format!("{path}.{}", attribute.name);
                self.say(&path, "a write-only value is stored");
            }
        }
        for nested in &block.block_types {
            let (path, value) = (
                format!("{path}.{}", nested.type_name),
                &state[&nested.type_name],
            );
            match (nested.nesting(), value) {
                (NestingMode::Single, _) => self.stored(&path, inner(nested), value),
                (_, Json::Null) => self.say(&path, "a repeated block is null"),
                (NestingMode::Group, _) => self.stored(&path, inner(nested), value),
                (_, Json::Array(elements)) => {
                    for element in elements {
                        self.stored(&path, inner(nested), element);
                    }
                }
                (_, Json::Object(entries)) => {
                    for entry in entries.values() {
                        self.stored(&path, inner(nested), entry);
                    }
                }
                _ => {}
            }
        }
    }

    fn object(&mut self, path: &str, block: &Block, planned: &Json, actual: &Json) {
        if is_unknown(planned) {
            return;
        }
        if planned.is_null() != actual.is_null() {
            return self.say(path, "was present and is absent, or the reverse");
        }
        if planned.is_null() {
            return;
        }
        for attribute in &block.attributes {
            let name = &attribute.name;
            let path = format!("{path}.{name}");
            self.value(
                &path,
                &attribute_type(attribute),
                &planned[name],
                &actual[name],
            );
        }
        for nested in &block.block_types {
            let name = &nested.type_name;
            let path = format!("{path}.{name}");
            self.nested(&path, nested, &planned[name], &actual[name]);
        }
    }

    fn nested(&mut self, path: &str, nested: &NestedBlock, planned: &Json, actual: &Json) {
        let block = inner(nested);
        if is_unknown(planned) {
            return;
        }
        match nested.nesting() {
            NestingMode::List => {
                let (planned, actual) = (array(planned), array(actual));
                if planned.len() != actual.len() {
                    return self.say(path, "the number of blocks changed");
                }
                for (index, (planned, actual)) in planned.iter().zip(actual).enumerate() {
                    self.object(&format!("{path}[{index}]"), block, planned, actual);
                }
            }
            NestingMode::Map => {
                if !object(planned).keys().eq(object(actual).keys()) {
                    return self.say(path, "other blocks than planned");
                }
                for (key, planned) in object(planned) {
                    self.object(&format!("{path}[{key}]"), block, planned, &actual[key]);
                }
            }
            NestingMode::Set => {
                self.set(path, array(planned), array(actual), &|planned, actual| {
                    compatible_problems(block, planned, actual).is_empty()
                });
            }
            _ => self.object(path, block, planned, actual),
        }
    }

    fn value(&mut self, path: &str, ty: &Json, planned: &Json, actual: &Json) {
        if is_unknown(planned) {
            return;
        }
        if planned.is_null() || actual.is_null() {
            if planned != actual {
                self.say(path, format!("was {planned}, but now {actual}"));
            }
            return;
        }
        match (ty[0].as_str(), planned, actual) {
            (Some("set"), Json::Array(planned), Json::Array(actual)) => {
                self.set(path, planned, actual, &|planned, actual| {
                    let mut problems = Self::default();
                    problems.value(path, &ty[1], planned, actual);
                    problems.0.is_empty()
                });
            }
            (Some("list"), Json::Array(planned), Json::Array(actual)) => {
                if planned.len() != actual.len() {
                    self.say(path, "elements vanished or appeared");
                }
                for (planned, actual) in planned.iter().zip(actual) {
                    self.value(path, &ty[1], planned, actual);
                }
            }
            (Some("map" | "object"), Json::Object(planned), Json::Object(actual)) => {
                if !planned.keys().eq(actual.keys()) {
                    self.say(path, "elements vanished or appeared");
                }
                for (key, planned) in planned {
                    let ty = if ty[0] == "map" { &ty[1] } else { &ty[1][key] };
                    self.value(path, ty, planned, actual.get(key).unwrap_or(&Json::Null));
                }
            }
            _ if canonical(ty, planned) == canonical(ty, actual) => {}
            // A dynamic value whose inside was not known.
            _ if has_unknown(planned) && planned[TYPE] == actual[TYPE] => {
                self.value(path, &planned[TYPE], &planned["value"], &actual["value"]);
            }
            _ => self.say(path, format!("was {planned}, but now {actual}")),
        }
    }

    /// Each element must have one on the other side, and there may not be more of them.
    fn set(
        &mut self,
        path: &str,
        planned: &[Json],
        actual: &[Json],
        fits: &dyn Fn(&Json, &Json) -> bool,
    ) {
        let all_planned = planned
            .iter()
            .all(|planned| actual.iter().any(|actual| fits(planned, actual)));
        let all_actual = actual
            .iter()
            .all(|actual| planned.iter().any(|planned| fits(planned, actual)));
        if !all_planned || !all_actual || planned.len() < actual.len() {
            self.say(path, "the elements are not those that were planned");
        }
    }
}

fn array(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn object(value: &Json) -> &Map<String, Json> {
    static EMPTY: LazyLock<Map<String, Json>> = LazyLock::new(Map::new);
    value.as_object().unwrap_or(&EMPTY)
}
