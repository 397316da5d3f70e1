//! What libFuzzer runs: each target within bounded memory.

pub mod targets;

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What any bytes may take, tables that are made once included.
const BASE: usize = 8 << 20;

/// What each byte may take beyond that.
const PER_BYTE: usize = 4 << 10;

/// Tries the bytes, which may not take memory out of proportion.
pub fn within_bounds(target: fn(&[u8]), bytes: &[u8]) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    target(bytes);
    let taken = MEMORY.peak_usage().saturating_sub(before);
    let length = bytes.len();
    assert!(
        taken <= BASE + PER_BYTE * length,
        "{length} bytes took {taken}"
    );
}

/// The program for a target of that name.
#[macro_export]
macro_rules! target {
    ($name:ident) => {
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::within_bounds(
            $crate::targets::$name,
            bytes
        ));
    };
}
