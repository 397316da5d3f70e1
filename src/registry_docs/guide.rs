//! What a guide says of itself above its text.

use super::folder::Files;

/// Where the guides are.
pub(super) const GUIDES: &str = "guides/";

/// A page that is written by hand.
pub(super) struct Guide<'a> {
    /// Its path below `docs/`.
    pub(super) path: &'a str,
    /// Its title.
    pub(super) title: &'a str,
    /// What it is about, in a sentence.
    pub(super) description: &'a str,
    text: &'a str,
}

/// The Registry could not list this guide.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "docs/{0}: a guide begins with page_title: \"…\" and description: \"…\" between two lines of ---"
)]
pub struct NotAGuide(String);

impl<'a> Guide<'a> {
    /// All guides, in the order of their paths.
    pub(super) fn read_all(docs: &'a Files) -> Result<Vec<Self>, NotAGuide> {
        docs.iter()
            .filter(|(path, _)| path.starts_with(GUIDES))
            .map(|(path, text)| Self::read(path, text).ok_or_else(|| NotAGuide(path.clone())))
            .collect()
    }

    fn read(path: &'a str, text: &'a str) -> Option<Self> {
        let (front_matter, _) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
        let field = |name: &str| {
            let value = |line: &'a str| line.strip_prefix(name)?.strip_prefix(": ");
            let value = front_matter.lines().find_map(value)?;
            value.strip_prefix('"')?.strip_suffix('"')
        };
        Some(Self {
            path,
            title: field("page_title")?,
            description: field("description")?,
            text,
        })
    }

    /// Whether it is of use to who reads about this resource.
    pub(super) fn is_about(&self, type_name: &str) -> bool {
        self.text.contains(type_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guide_names_itself_and_what_it_is_about() {
        let text = "---\npage_title: \"Secrets\"\ndescription: \"Where: they go.\"\n---\nUse `iwd_tenant`.\n";
        let guide = Guide::read("guides/secrets.md", text).unwrap();
        assert_eq!(guide.title, "Secrets");
        assert_eq!(guide.description, "Where: they go.");
        assert!(guide.is_about("iwd_tenant") && !guide.is_about("iwd_api_key"));
    }

    #[test]
    fn a_guide_without_a_title_is_refused_by_its_name() {
        let text = "---\ndescription: \"Where they go.\"\n---\n".to_owned();
        let docs = Files::from([("guides/secrets.md".to_owned(), text)]);
        let refused = Guide::read_all(&docs).err().unwrap().to_string();
        assert!(refused.starts_with("docs/guides/secrets.md: "), "{refused}");
    }
}
