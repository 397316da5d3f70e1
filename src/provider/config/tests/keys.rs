//! Which key a tenant gets.

use super::*;

#[test]
fn the_key_of_the_tenant_comes_before_the_key_for_all() {
    let keys = map([
        ("t1", "own".into()),
        ("t2", Value::UNKNOWN),
        ("t3", Value::Null),
    ]);
    let settings = settings_of(&block([
        ("tenant_api_keys", keys),
        ("api_key", "all".into()),
    ]));
    assert_eq!(key_of(&settings, "t1").as_deref(), Some("own"));
    assert!(matches!(
        settings.key_for(&"t2".parse().unwrap()),
        KeyLookup::Unknown
    ));
    assert_eq!(key_of(&settings, "t3").as_deref(), Some("all"));
    assert_eq!(key_of(&settings_of(&block([])), "t1"), None);

    let unknown = settings_of(&block([
        ("tenant_api_keys", Value::UNKNOWN),
        ("api_key", "all".into()),
    ]));
    assert!(matches!(
        unknown.key_for(&"t1".parse().unwrap()),
        KeyLookup::Unknown
    ));
}

#[test]
fn a_key_says_where_it_was_found() {
    let source = |settings: &Settings, ccid: &str| match settings.key_for(&ccid.parse().unwrap()) {
        KeyLookup::Known(key) => key.source,
        other => panic!("{other:?}"),
    };
    let block = block([
        ("tenant_api_keys", map([("t1", "own".into())])),
        ("api_key", "all".into()),
    ]);
    let settings = settings_of(&block);
    let entry = KeySource::TenantApiKeys(Argument::in_block("tenant_api_keys"));
    assert_eq!(source(&settings, "t1"), entry);
    let for_all = KeySource::ApiKey(Argument::in_block("api_key"));
    assert_eq!(source(&settings, "t2"), for_all);

    let env = environment([
        ("IWD_TENANT_API_KEYS", r#"{"t1":"own"}"#),
        ("IWD_API_KEY", "all"),
    ]);
    let settings = resolve(&Value::Null, &env).unwrap();
    let entry = KeySource::TenantApiKeys(Argument::in_environment("tenant_api_keys"));
    assert_eq!(source(&settings, "t1"), entry);
    let for_all = KeySource::ApiKey(Argument::in_environment("api_key"));
    assert_eq!(source(&settings, "t2"), for_all);
}

#[test]
fn a_key_under_another_spelling_of_the_ccid_is_used_unless_two_are_there() {
    let keys = map([
        ("AB", "upper".into()),
        ("cD", "one".into()),
        ("Cd", "other".into()),
    ]);
    let settings = settings_of(&block([
        ("tenant_api_keys", keys),
        ("api_key", "all".into()),
    ]));
    assert_eq!(key_of(&settings, "ab").as_deref(), Some("upper"));
    assert_eq!(key_of(&settings, "AB").as_deref(), Some("upper"));
    assert_eq!(key_of(&settings, "cD").as_deref(), Some("one"));
    assert_eq!(key_of(&settings, "ef").as_deref(), Some("all"));
    assert!(matches!(
        settings.key_for(&"cd".parse().unwrap()),
        KeyLookup::Ambiguous
    ));
}
