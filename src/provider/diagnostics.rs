//! The one place where API errors become text.
