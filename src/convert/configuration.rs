//! The configuration as HCL, and a template for the values of its variables.

use hcl_edit::expr::Expression;
use hcl_edit::structure::Block as HclBlock;

use super::hcl::{self, Contents};
use super::names::Names;
use super::printable;
use super::stack::{Keys, ProviderBlock, Stack, Tenant};
use crate::provider::{ADDRESS, Converted};
use crate::tf_provider::schema::{Attribute, Block};
use crate::tf_provider::value::Value;

/// Write-only arguments and ephemeral variables are Terraform's from here on.
const TERRAFORM: &str = ">= 1.11";

const TEMPLATE: &str = "\
Values of the variables: put these lines without `# ` into secrets.auto.tfvars, fill them in, and keep that file out of
version control; or set each as TF_VAR_… in the environment. The tenant's requests until now hold them: take the old
keys, since customers and IWD Data Mart use them.";

/// A variable, and how its value looks before there is one.
struct Variable {
    name: String,
    description: String,
    ty: Expression,
    /// Whether its value may reach write-only arguments and providers alone.
    is_ephemeral: bool,
    empty: Expression,
}

/// The variables of a configuration, no two of one name.
#[derive(Default)]
struct Variables {
    all: Vec<Variable>,
    names: Names,
}

/// The configuration with the template.
pub(super) fn write(stack: &Stack) -> String {
    let mut variables = Variables::default();
    let mut blocks = vec![
        (String::new(), requirements()),
        provider(&stack.provider, &mut variables),
    ];
    let mut resources = Vec::new();
    for tenant in &stack.tenants {
        resources.push((String::new(), import(tenant)));
        resources.push((comment(&tenant.remarks), resource(tenant, &mut variables)));
    }
    let Variables { all, .. } = variables;
    blocks.extend(all.iter().map(|variable| (String::new(), variable.block())));
    blocks.extend(resources);
    let template = all
        .into_iter()
        .fold(Contents::default(), |template, variable| {
            template.attribute(&variable.name, variable.empty)
        });
    let values = hcl::commented(&template.into_text());
    format!(
        "{}\n{}#\n{values}",
        hcl::file(blocks),
        hcl::commented(TEMPLATE)
    )
}

impl Variables {
    /// Declares the variable, and refers to it.
    fn declare(&mut self, mut variable: Variable) -> Expression {
        variable.name = self.names.unique(&variable.name);
        let reference = hcl::reference(&["var", &variable.name]);
        self.all.push(variable);
        reference
    }
}

impl Variable {
    fn text(name: String, description: String) -> Self {
        Self {
            name,
            description,
            ty: hcl::reference(&["string"]),
            is_ephemeral: true,
            empty: "".into(),
        }
    }

    fn map<'a>(name: &str, description: &str, keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            ty: hcl::map_of_strings(),
            empty: hcl::object(keys.into_iter().map(|key| (key, "".into()))),
            ..Self::text(name.to_owned(), description.to_owned())
        }
    }

    fn block(&self) -> HclBlock {
        let mut contents = Contents::default()
            .attribute("description", self.description.as_str())
            .attribute("type", self.ty.clone())
            .attribute("sensitive", true);
        if self.is_ephemeral {
            contents = contents.attribute("ephemeral", true);
        }
        contents.into_block("variable", &[&self.name])
    }
}

fn requirements() -> HclBlock {
    let source = ADDRESS
        .split_once('/')
        .map_or(ADDRESS, |(_, source)| source);
    let version = env!("CARGO_PKG_VERSION")
        .rsplit_once('.')
        .map_or("0", |(minor, _)| minor);
    let requirement = hcl::object([
        ("source", source.into()),
        ("version", format!("~> {version}").into()),
    ]);
    Contents::default()
        .attribute("required_version", TERRAFORM)
        .block(
            "required_providers",
            Contents::default().attribute("iwd", requirement),
        )
        .into_block("terraform", &[])
}

/// The provider block, with the comment above it.
fn provider(provider: &ProviderBlock, variables: &mut Variables) -> (String, HclBlock) {
    let (mut contents, mut comment) = (Contents::default(), Vec::new());
    let mut take = |contents: Contents, argument: &str, variable: Variable| {
        contents.attribute(argument, variables.declare(variable))
    };
    match &provider.endpoint {
        Some(endpoint) => contents = contents.attribute("endpoint", endpoint.as_str()),
        None => comment.push(
            "`endpoint`, the base URL of IWD, comes from IWD_ENDPOINT unless it is set here.",
        ),
    }
    match &provider.keys {
        Keys::Unknown => comment.push(
            "`api_key` or `tenant_api_keys`, the x-api-key of the requests, comes from IWD_API_KEY or IWD_TENANT_API_KEYS unless it \
             is set here; without any, each tenant's own key is used, which is not there at destroy.",
        ),
        Keys::One => {
            let description = "The x-api-key of the requests.".to_owned();
            contents = take(contents, "api_key", Variable::text("iwd_api_key".to_owned(), description));
        }
        Keys::PerTenant(ccids) => {
            let keys = ccids.iter().map(String::as_str);
            let keys = Variable::map("iwd_tenant_api_keys", "The x-api-key of each tenant, by ccid.", keys);
            contents = take(contents, "tenant_api_keys", keys);
        }
    }
    if !provider.headers.is_empty() {
        let names = provider.headers.iter().map(String::as_str);
        let headers = Variable::map("iwd_headers", "Further headers of the requests.", names);
        contents = take(contents, "headers", headers);
    }
    (
        comment.join("\n"),
        contents.into_block("provider", &["iwd"]),
    )
}

/// Remarks as lines.
fn comment(remarks: &[String]) -> String {
    let lines: Vec<_> = remarks.iter().map(|remark| printable(remark)).collect();
    lines.join("\n")
}

fn import(tenant: &Tenant) -> HclBlock {
    Contents::default()
        .attribute("to", hcl::reference(&["iwd_tenant", &tenant.label]))
        .attribute("id", tenant.converted.ccid.as_str())
        .into_block("import", &[])
}

fn resource(tenant: &Tenant, variables: &mut Variables) -> HclBlock {
    let mut writer = Writer {
        tenant,
        variables,
        path: Vec::new(),
    };
    let contents = writer.block(Converted::schema(), &tenant.converted.config);
    contents.into_block("resource", &["iwd_tenant", &tenant.label])
}

struct Writer<'a> {
    tenant: &'a Tenant,
    variables: &'a mut Variables,
    path: Vec<&'static str>,
}

impl Writer<'_> {
    /// What is set in a block, in the order of the schema.
    fn block(&mut self, schema: &Block, values: &Value) -> Contents {
        let mut contents = Contents::default();
        for attribute in &schema.attributes {
            let value = values.get(attribute.name);
            if value.is_unknown() {
                contents = contents.attribute(attribute.name, self.variable(attribute));
            } else if !value.is_null() {
                contents = contents.attribute(attribute.name, hcl::expression(value));
            }
        }
        for nested in &schema.blocks {
            let values = values.get(nested.name);
            if !values.is_null() {
                self.path.push(nested.name);
                let inner = self.block(&nested.block, values);
                self.path.pop();
                contents = contents.block(nested.name, inner);
            }
        }
        contents
    }

    /// A variable for that argument, named after the tenant and the argument's place.
    fn variable(&mut self, attribute: &Attribute) -> Expression {
        let path = [&self.path[..], &[attribute.name]].concat();
        let name = [self.tenant.label.as_str()]
            .iter()
            .chain(&path)
            .copied()
            .collect::<Vec<_>>()
            .join("_");
        let name = name.strip_suffix("_wo").unwrap_or(&name).to_owned();
        let place = Converted::place_in_body(&path).unwrap_or_default();
        let description = format!("{place} of the tenant {}.", self.tenant.converted.ccid);
        self.variables.declare(Variable {
            is_ephemeral: attribute.write_only,
            ..Variable::text(name, description)
        })
    }
}
