//! The provider's address, and where the Registry serves its pages.

/// Host, namespace and name with slashes between, such as `registry.terraform.io/iwd/iwd`.
#[derive(Clone, Copy)]
pub(super) struct Address<'a>(pub(super) &'a str);

impl<'a> Address<'a> {
    /// The name that a configuration uses.
    pub(super) fn name(self) -> &'a str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Where a reader finds the page at `path` below `docs/`, in its newest version.
    pub(super) fn page(self, path: &str) -> String {
        let (host, provider) = self.0.split_once('/').unwrap_or_default();
        let page = path.strip_suffix(".md").unwrap_or(path);
        format!("https://{host}/providers/{provider}/latest/docs/{page}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_served_below_the_providers_address() {
        let address = Address("registry.terraform.io/x/y");
        assert_eq!(address.name(), "y");
        assert_eq!(
            address.page("guides/z.md"),
            "https://registry.terraform.io/providers/x/y/latest/docs/guides/z"
        );
    }
}
