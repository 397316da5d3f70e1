//! What the simulator holds for a tenant, in words, and how that differs from before.

use serde_json::Value;

/// What IWD holds for a tenant: itself, its services and its API keys, by name.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Holdings(Vec<String>);

impl Holdings {
    /// Reads what the simulator tells of a tenant; nothing where it has none.
    pub(crate) fn of(tenant: Option<&Value>) -> Self {
        let Some(tenant) = tenant else {
            return Self::default();
        };
        let text = |name: &str| tenant["tenant"][name].as_str().unwrap_or_default();
        let names = |of: &str| {
            let entries = tenant[of].as_object().into_iter().flatten();
            entries.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
        };
        let mut held = vec![format!("tenant {}, id {}", text("name"), text("id"))];
        held.push(format!("services {}", names("services").join(", ")));
        held.extend(
            names("apiKeys")
                .into_iter()
                .map(|name| format!("API key {name:?}")),
        );
        Self(held)
    }

    /// What came and went since `before`, a line each.
    pub(crate) fn since(&self, before: &Self) -> Vec<String> {
        let only = |these: &Self, those: &Self, sign: char| -> Vec<String> {
            let mut lines = these.0.clone();
            lines.retain(|line| !those.0.contains(line));
            lines.iter().map(|line| format!("{sign} {line}")).collect()
        };
        [only(before, self, '-'), only(self, before, '+')].concat()
    }

    /// Whether there is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
