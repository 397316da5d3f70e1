//! What the SDK does for any provider, shown with providers of the tests' own.

mod actions;
mod awkward;
mod conformance;
mod faulty;
mod misshapen;
mod plan;
mod replies;
