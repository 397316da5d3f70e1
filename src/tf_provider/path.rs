//! The place of a value inside another.

use std::fmt;

/// One step into a value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Step {
    /// Into an object.
    Attribute(String),
    /// Into a map.
    Key(String),
    /// Into a list or tuple, counted from 0.
    Index(usize),
}

/// The steps from a resource's or provider's configuration to one of its values; none for the whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct AttributePath(pub Vec<Step>);

impl AttributePath {
    /// The whole configuration.
    pub const ROOT: Self = Self(Vec::new());

    /// The path through these attributes and blocks.
    pub fn of(names: &[&str]) -> Self {
        Self(
            names
                .iter()
                .map(|name| Step::Attribute((*name).to_owned()))
                .collect(),
        )
    }

    /// This path and one attribute more.
    pub fn attribute(&self, name: &str) -> Self {
        self.then(Step::Attribute(name.to_owned()))
    }

    /// This path and one step more.
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// This path without its last `count` steps, or the root.
    pub fn up(&self, count: usize) -> Self {
        Self(self.0[..self.0.len().saturating_sub(count)].to_vec())
    }

    /// The parent of the block around this attribute, in which nothing can stand on one line with it.
    pub fn outside_block(&self) -> Self {
        let steps = &self.0[..self.0.len().saturating_sub(1)];
        let block = steps
            .iter()
            .rposition(|step| matches!(step, Step::Attribute(_)));
        Self(steps[..block.unwrap_or(0)].to_vec())
    }

    /// Tells whether this is the whole configuration.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }
}

/// As people write it in HCL; a map's key is left out, since it comes from the user's data.
impl fmt::Display for AttributePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => out.write_str(name)?,
                Step::Attribute(name) => write!(out, ".{name}")?,
                Step::Key(_) => out.write_str("[…]")?,
                Step::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_it_is_written_in_hcl() {
        let path = AttributePath::of(&["iwd", "db"]).attribute("host");
        assert_eq!(path.to_string(), "iwd.db.host");
        assert_eq!(path.up(2).to_string(), "iwd");
        assert!(path.up(9).is_root());
    }

    #[test]
    fn the_parent_of_a_repeated_block_is_outside_all_its_elements() {
        let list = AttributePath::of(&["part"]).then(Step::Index(2));
        assert!(list.attribute("secret").outside_block().is_root());
        let map = AttributePath::of(&["a", "b"]).then(Step::Key("k".to_owned()));
        let outside = map.attribute("secret").outside_block();
        assert_eq!(outside, AttributePath::of(&["a"]));
        assert!(AttributePath::of(&["secret"]).outside_block().is_root());
    }
}
