//! A tenant for the tests of its decisions.

use super::schema::SCHEMA;
use crate::tf_provider::value::Value;

/// The ccid of [`tenant`].
pub(super) const CCID: &str = "9350e2fc-a1dd-4c65-b2a4-1d2f8c3e5a70";

/// A tenant with the required arguments, as configuration and, applied once, as state.
pub(super) fn tenant() -> Value {
    let mut tenant = SCHEMA.block.empty_object();
    for (path, value) in [
        ("id", CCID.into()),
        ("revision", 1.into()),
        ("short_id", "100".into()),
        ("name", "t100".into()),
        ("ccid", CCID.into()),
        ("api_key", "tenant-key".into()),
        ("on_destroy", "delete_tenant".into()),
        ("deletion_protection", false.into()),
        ("iwd.url", "http://iwd.iwd:4024".into()),
        ("iwd.db.host", "postgres.infra".into()),
        ("iwd.db.port", 5432.into()),
        ("iwd.db.database", "iwd-100".into()),
        ("iwd.db.user", "iwd-100".into()),
        ("iwd.db.password", "password".into()),
        ("iwd.db.ssl", false.into()),
        ("iwd.api_keys.tenant", "api-key".into()),
    ] {
        set(&mut tenant, path, value);
    }
    tenant
}

/// The same tenant with other values.
pub(super) fn tenant_with<const N: usize>(values: [(&str, Value); N]) -> Value {
    let mut tenant = tenant();
    for (path, value) in values {
        set(&mut tenant, path, value);
    }
    tenant
}

/// Sets what stands at that path.
pub(super) fn set(object: &mut Value, path: &str, value: Value) {
    match path.split_once('.') {
        None => object.set_attribute(path, value),
        Some((block, path)) => {
            let mut inner = object.get(block).clone();
            set(&mut inner, path, value);
            object.set_attribute(block, inner);
        }
    }
}
