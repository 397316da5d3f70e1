//! What the SDK does for any provider, shown with providers of the tests' own.

mod awkward;
mod conformance;
mod faulty;
mod plan;
mod replies;
