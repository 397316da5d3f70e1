use super::super::fingerprint::Fingerprint;
use super::super::object_id::ObjectId;
use super::super::samples::{tenant, tenant_with};
use super::*;

/// A change of a tenant that was provisioned before, with nothing write-only unless said otherwise.
#[derive(Clone)]
struct Case {
    prior: Value,
    planned: Value,
    config: Value,
    private: PrivateState,
}

impl Case {
    fn unchanged() -> Self {
        Self {
            prior: tenant(),
            planned: tenant(),
            config: tenant(),
            private: PrivateState::of(ObjectId::from("a")),
        }
    }

    fn planned<const N: usize>(values: [(&str, Value); N]) -> Self {
        Self {
            planned: tenant_with(values),
            ..Self::unchanged()
        }
    }

    /// The password is write-only now, and `sent` was the last one that was sent.
    fn write_only(self, password: impl Into<Value>, sent: Option<&str>) -> Self {
        let config = |password: Value| {
            tenant_with([
                ("iwd.db.password", Value::Null),
                ("iwd.db.password_wo", password),
            ])
        };
        let mut case = self;
        for object in [&mut case.prior, &mut case.planned] {
            super::super::samples::set(object, "iwd.db.password", Value::Null);
        }
        case.private.write_only = sent.and_then(|sent| fingerprint(&config(sent.into())));
        case.config = config(password.into());
        case
    }

    fn versioned(self, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        let mut case = self;
        case.prior
            .set_attribute("secrets_wo_version", before.into());
        case.planned
            .set_attribute("secrets_wo_version", after.into());
        case
    }

    fn at(&self, decide: fn(&Inputs<'_>) -> Change) -> Change {
        self.with_inputs(decide)
    }

    fn with_inputs<T>(&self, decide: impl FnOnce(&Inputs<'_>) -> T) -> T {
        let last_sent = self.private.write_only.clone();
        decide(&Inputs {
            prior: &self.prior,
            planned: &self.planned,
            replaces: false,
            private: &self.private,
            write_only: &WriteOnlyValues::of(&self.config, last_sent),
        })
    }

    fn unseen(&self) -> Option<Unseen> {
        let change = self.at(at_plan);
        self.with_inputs(|inputs| unseen(change, inputs))
    }

    /// At apply, where the plan left it open.
    fn at_apply_of_open_plan(mut self) -> Change {
        self.planned.set_attribute("revision", Value::UNKNOWN);
        self.at(at_apply)
    }
}

fn fingerprint(config: &Value) -> Option<Fingerprint> {
    WriteOnlyValues::of(config, None).fingerprint().unwrap()
}

#[test]
fn without_write_only_values_what_iwd_gets_decides() {
    use Change::{Nothing, Send, StateOnly, Undecided};
    for (path, value, change) in [
        ("name", "t100".into(), Nothing),
        ("name", "t101".into(), Send),
        ("name", Value::UNKNOWN, Undecided),
        ("api_key", "another".into(), Send),
        ("iwd.db.port", 5433.into(), Send),
        ("iwd.db.port", Value::UNKNOWN, Undecided),
        ("iwd", Value::UNKNOWN, Undecided),
        ("iwd_email", Value::object([("url", "N/A".into())]), Send),
        // What is there now was not there before, whatever is in it.
        ("gws", Value::object([("url", Value::UNKNOWN)]), Send),
        (
            "reprovision_triggers",
            Value::object([("a", "1".into())]),
            Send,
        ),
        ("reprovision_triggers", Value::UNKNOWN, Undecided),
        ("secrets_wo_version", "1".into(), Send),
        ("on_destroy", "keep".into(), StateOnly),
        ("on_destroy", Value::UNKNOWN, StateOnly),
        ("deletion_protection", true.into(), StateOnly),
        (
            "destroy_services",
            Value::set(vec!["iWD".into()]),
            StateOnly,
        ),
        (
            "timeouts",
            Value::object([("create", "1m".into())]),
            StateOnly,
        ),
    ] {
        let case = Case::planned([(path, value)]);
        assert_eq!(
            case.at(at_plan),
            change,
            "{path} {:?}",
            case.planned.get(path)
        );
    }
    // One certain change makes the rest certain.
    for path in ["name", "iwd.url"] {
        let case = Case::planned([(path, "other".into()), ("iwd.db.port", Value::UNKNOWN)]);
        assert_eq!(case.at(at_plan), Send, "{path}");
    }
}

#[test]
fn a_value_differs_for_certain_where_a_known_part_does() {
    use Differs::{No, Perhaps, Yes};
    let set = |element: Value| Value::set(vec![element]);
    let object = |name, value: Value| Value::object([(name, value)]);
    for (prior, planned, expected) in [
        ("a".into(), "a".into(), No),
        ("a".into(), "b".into(), Yes),
        (Value::Null, Value::UNKNOWN, Perhaps),
        (set("a".into()), set("b".into()), Yes),
        (set("a".into()), set(Value::UNKNOWN), Perhaps),
        (
            object("a", "1".into()),
            object("a", Value::UNKNOWN),
            Perhaps,
        ),
        (object("a", "1".into()), object("b", Value::UNKNOWN), Yes),
    ] {
        assert_eq!(differs(&prior, &planned), expected);
    }
}

#[test]
fn what_was_never_sent_or_may_not_have_arrived_is_sent() {
    let mut uncertain = Case::unchanged();
    uncertain.private.uncertain = true;
    assert_eq!(uncertain.at(at_plan), Change::Send);
    let mut imported = Case::unchanged();
    imported.prior.set_attribute("revision", Value::Null);
    assert_eq!(imported.at(at_plan), Change::Send);
}

#[test]
fn a_plan_whose_only_change_is_the_revision_has_a_reason_and_no_other_has_one() {
    use Unseen::{PrivateStateLost, RequestInDoubt, SecretsDiffer, SecretsUnknown};
    let plain = Case::unchanged;
    let secret = |password: &str, sent| plain().write_only(password, sent);
    let in_doubt = |mut case: Case| {
        case.private.uncertain = true;
        case
    };
    let lost = |mut case: Case| {
        case.private = PrivateState::read(b"damaged");
        case
    };
    let unknown = || plain().write_only(Value::UNKNOWN, Some("a"));
    let versioned = || secret("b", Some("a")).versioned("1", "1");
    let no_record = || {
        let mut case = secret("a", None);
        case.private = PrivateState::read(b"");
        case
    };
    let gone = Case {
        config: tenant(),
        ..plain().write_only("a", Some("a"))
    };
    for (what, case, reason) in [
        ("nothing", plain(), None),
        ("the same secrets", secret("a", Some("a")), None),
        ("others", secret("b", Some("a")), Some(SecretsDiffer)),
        ("none any more", gone, Some(SecretsDiffer)),
        ("the first ones", secret("a", None), Some(SecretsDiffer)),
        ("no record", no_record(), Some(PrivateStateLost)),
        ("unknown", unknown(), Some(SecretsUnknown)),
        ("others, with a version", versioned(), None),
        ("doubt", in_doubt(plain()), Some(RequestInDoubt)),
        (
            "doubt, the same",
            in_doubt(secret("a", Some("a"))),
            Some(RequestInDoubt),
        ),
        (
            "doubt, others",
            in_doubt(secret("b", Some("a"))),
            Some(RequestInDoubt),
        ),
        ("doubt, unknown", in_doubt(unknown()), Some(RequestInDoubt)),
        (
            "doubt, with a version",
            in_doubt(versioned()),
            Some(RequestInDoubt),
        ),
        ("unreadable", lost(plain()), Some(PrivateStateLost)),
        (
            "unreadable, unknown",
            lost(unknown()),
            Some(PrivateStateLost),
        ),
    ] {
        assert_eq!(case.unseen(), reason, "{what}");
        for (path, value) in [
            ("name", Value::from("t101")),
            ("name", Value::UNKNOWN),
            ("on_destroy", "keep".into()),
            ("secrets_wo_version", "2".into()),
        ] {
            let mut more = case.clone();
            super::super::samples::set(&mut more.planned, path, value);
            assert_eq!(more.unseen(), None, "{what} and {path}");
        }
        let mut new = case;
        new.prior = Value::Null;
        assert_eq!(new.unseen(), None, "{what} of a new object");
    }
}

#[test]
fn the_hash_of_write_only_values_decides_and_leaves_every_update_open() {
    use Change::{Nothing, Undecided};
    for (password, sent, change) in [
        (Value::from("a"), Some("a"), Nothing),
        (Value::from("b"), Some("a"), Undecided),
        (Value::from("a"), None, Undecided),
        (Value::UNKNOWN, Some("a"), Undecided),
    ] {
        let case = Case::unchanged().write_only(password.clone(), sent);
        assert_eq!(case.at(at_plan), change, "{password:?} {sent:?}");
        for (path, value) in [("name", "t101"), ("on_destroy", "keep")] {
            let case = Case::planned([(path, value.into())]).write_only(password.clone(), sent);
            assert_eq!(case.at(at_plan), Undecided, "{path} {password:?} {sent:?}");
        }
    }
    // What ignore_changes hides decides nothing.
    let ignored = Case::unchanged().write_only(Value::Null, Some("a"));
    assert_eq!(ignored.at(at_plan), Nothing);
}

#[test]
fn with_a_version_its_change_alone_decides() {
    use Change::{Nothing, Send, StateOnly, Undecided};
    for (after, change) in [
        (Value::from("1"), Nothing),
        ("2".into(), Send),
        (Value::UNKNOWN, Undecided),
    ] {
        let case = Case::unchanged().write_only("b", Some("a"));
        assert_eq!(case.versioned("1", after).at(at_plan), change);
    }
    let kept = Case::planned([("on_destroy", "keep".into())]).write_only("b", Some("a"));
    assert_eq!(kept.versioned("1", "1").at(at_plan), StateOnly);
}

#[test]
fn the_apply_does_what_was_planned_and_decides_what_was_left_open() {
    use Change::{Send, StateOnly};
    for (revision, change) in [(1, StateOnly), (2, Send)] {
        let case = Case::planned([("revision", revision.into())]);
        assert_eq!(case.at(at_apply), change);
    }
    for (password, change) in [("a", StateOnly), ("b", Send)] {
        let case = Case::unchanged().write_only(password, Some("a"));
        assert_eq!(case.at_apply_of_open_plan(), change, "{password}");
        let renamed = Case::planned([("name", "t101".into())]).write_only(password, Some("a"));
        assert_eq!(renamed.at_apply_of_open_plan(), Send, "{password}");
    }
    assert_eq!(Case::unchanged().at_apply_of_open_plan(), StateOnly);
}

#[test]
fn a_new_object_is_created() {
    let mut new = Case::unchanged();
    new.prior = Value::Null;
    assert_eq!(new.at(at_plan), Change::Create);
    assert_eq!(new.at(at_apply), Change::Create);
    let case = Case::unchanged();
    let write_only = WriteOnlyValues::of(&case.config, None);
    let replaced = at_plan(&Inputs {
        prior: &case.prior,
        planned: &case.planned,
        replaces: true,
        private: &case.private,
        write_only: &write_only,
    });
    assert_eq!(replaced, Change::Create);
}

#[test]
fn the_revision_shows_the_change_and_stays_where_nothing_may_be_sent() {
    let prior = tenant_with([("revision", 3.into())]);
    for (change, revision, may_send) in [
        (Change::Nothing, Value::from(3), false),
        (Change::StateOnly, 3.into(), false),
        (Change::Undecided, Value::UNKNOWN, true),
        (Change::Send, 4.into(), true),
        (Change::Create, 1.into(), true),
    ] {
        assert_eq!(change.revision(&prior), revision, "{change:?}");
        assert_eq!(change.may_send(), may_send, "{change:?}");
    }
    let imported = tenant_with([("revision", Value::Null)]);
    assert_eq!(Change::Send.revision(&imported), 1.into());
    assert_eq!(Change::Create.revision(&Value::Null), 1.into());
}

#[test]
fn each_revision_has_another_one_after_it() {
    let number = |text: &str| Value::Number(text.parse().unwrap());
    for (revision, next) in [
        ("1", "2"),
        ("9223372036854775807", "9223372036854775808"),
        ("18446744073709551614", "18446744073709551615"),
        ("18446744073709551615", "1"),
        ("1e400", "1"),
        ("1.5", "1"),
        ("-1", "1"),
        ("0", "1"),
    ] {
        let prior = tenant_with([("revision", number(revision))]);
        assert_eq!(Change::Send.revision(&prior), number(next), "{revision}");
        let mut case = Case::planned([("revision", number(next))]);
        case.prior = prior;
        assert_eq!(case.at(at_apply), Change::Send, "{revision}");
    }
}
