//! Bounds the work that a text can cause.

/// How much work may still be done.
#[derive(Debug)]
pub(super) struct Budget(usize);

/// The text is made so that a search would not end in good time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooMuch;

impl Budget {
    /// Enough for any text of that length that is not made to be hard.
    pub(super) fn of(length: usize) -> Self {
        Self(2_000_000 + 8 * length)
    }

    /// Takes one step.
    pub(super) fn spend(&mut self) -> Result<(), TooMuch> {
        self.0 = self.0.checked_sub(1).ok_or(TooMuch)?;
        Ok(())
    }

    /// How many steps may still be taken.
    #[cfg(test)]
    pub(super) fn left(&self) -> usize {
        self.0
    }
}
