//! What a person reads for each kind of failure.

mod keys;
mod kinds;
mod proxies;

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;

use self::kinds::*;
use super::*;
use crate::iwd::error::{GaveUp, Obstacle, ReplyBody, Way};
use crate::iwd::proxy::{ProxyName, ProxySource};
use crate::iwd::tls::{TlsError, TlsFailure};
use crate::provider::config::Argument;

fn reply(status: u16, text: &str) -> Reply {
    Reply {
        status: StatusCode::from_u16(status).unwrap(),
        body: match text {
            "" => ReplyBody::Empty,
            text => ReplyBody::Text(text.to_owned()),
        },
        retry_after: None,
    }
}

fn unreadable(obstacle: Obstacle) -> Reply {
    Reply {
        body: ReplyBody::Unreadable {
            obstacle,
            length: 312,
            content_type: Some("text/html".to_owned()),
        },
        ..reply(404, "")
    }
}

fn failed(operation: Operation, error: Error) -> Failure {
    Failure {
        may_have_arrived: error.may_have_arrived(),
        error,
        gave_up: GaveUp::NotRetryable,
        operation,
        ccid: "9350e2fc".parse().unwrap(),
        method: operation.method(),
        url: Url::parse("http://iwd.iwd:4024/iwd/v3/provisioning").unwrap(),
        way: Way::default(),
        attempts: 1,
        elapsed: Duration::from_millis(120),
        parameter: None,
    }
}

/// What is told of a failure with a key for all tenants.
fn told_of(failed: &Failure) -> Diagnostic {
    failure(failed, KeySource::ApiKey(Argument::in_block("api_key")))
}

fn through(address: &str, source: ProxySource) -> Way {
    Way {
        proxy: Some(ProxyName {
            address: address.to_owned(),
            source,
        }),
        overridden: None,
    }
}

fn failed_behind_a_proxy(error: Error) -> Failure {
    let source = ProxySource::Variable("HTTPS_PROXY".to_owned());
    Failure {
        way: through("http://proxy.example:3128", source),
        ..failed(Operation::Update, error)
    }
}

#[test]
fn each_kind_says_what_happened_and_what_to_do() {
    let kinds = [
        without_an_answer(),
        during_the_tls_handshake(),
        with_an_answer(),
        with_an_answer_that_can_not_be_read(),
    ];
    for (error, problem, happened, to_do) in kinds.concat() {
        for operation in [Operation::Create, Operation::Update] {
            let told = told_of(&failed(operation, error.clone()));
            assert_eq!(
                told.summary,
                format!("Error {} tenant: {problem}", in_progress(operation))
            );
            for part in [
                "Tenant 9350e2fc, P",
                "http://iwd.iwd:4024/iwd/v3/provisioning",
                happened,
                to_do,
            ] {
                assert!(
                    told.detail.contains(part),
                    "{part}\nis missing in\n{}",
                    told.detail
                );
            }
            assert!(told.is_error() && told.path.is_root());
            assert!(!told.detail.contains("proxy"), "{}", told.detail);
        }
    }
}

#[test]
fn of_a_certificate_for_many_hosts_the_first_ones_are_named() {
    let told_of = |count: usize| {
        let names = (1..=count).map(|number| format!("h{number}.example"));
        let failure = TlsFailure::OtherNames(names.collect());
        told_of(&failed(Operation::Create, Error::Tls(failure))).detail
    };
    let ten = told_of(10);
    assert!(ten.contains("h9.example, h10.example.\n"), "{ten}");
    let many = told_of(4_000);
    let end = "h9.example, h10.example and 3990 others.\n";
    assert!(
        many.contains(end) && !many.contains("h11.example"),
        "{many}"
    );
}

#[test]
fn where_iwd_is_not_reached_an_endpoint_that_does_not_hold_is_told() {
    let told_of = |error| {
        let mut failed = failed(Operation::Create, error);
        failed.way.overridden = Some("IWD_ENDPOINT".to_owned());
        told_of(&failed).detail
    };
    let part = "`endpoint` in the provider block holds; IWD_ENDPOINT names another address";
    for error in [Error::Dns, Error::Refused, Error::Lost { sent: false }] {
        let told = told_of(error);
        assert!(told.contains(part), "{told}");
    }
    for error in [
        Error::Rejected(reply(400, "")),
        Error::Lost { sent: true },
        Error::AtProxy(Box::new(Error::Dns)),
    ] {
        let told = told_of(error);
        assert!(!told.contains("IWD_ENDPOINT"), "{told}");
    }
}

#[test]
fn an_answer_before_the_end_of_the_operation_is_told_with_what_came_after() {
    let told = told_of(&Failure {
        gave_up: GaveUp::CutShort {
            timeout: Duration::from_millis(3_500),
            limit: Duration::from_millis(420),
            told: Some(3),
        },
        attempts: 4,
        elapsed: Duration::from_millis(3_500),
        parameter: Some("iwd.db.host"),
        ..failed(
            Operation::Create,
            Error::Unavailable(reply(503, "iwd.db.host does not answer")),
        )
    });
    assert_eq!(told.summary, "Error creating tenant: IWD is unavailable");
    assert_eq!(told.path.to_string(), "iwd.db.host");
    for part in [
        "The answer was 503 Service Unavailable:\n\niwd.db.host does not answer",
        "4 attempts in 3.5s; the timeout of 3.5s for the whole operation left the last one only 420ms, in which no \
         complete answer came. What is told above came of attempt 3.",
        "names the parameter iwd.db.host",
    ] {
        assert!(
            told.detail.contains(part),
            "{part}\nis missing in\n{}",
            told.detail
        );
    }
}

#[test]
fn a_detail_reads_from_what_to_why_to_what_next() {
    let told = told_of(&Failure {
        gave_up: GaveUp::OutOfTime {
            timeout: Duration::from_mins(5),
        },
        attempts: 12,
        elapsed: Duration::from_secs(290),
        ..failed(
            Operation::Create,
            Error::Unavailable(reply(503, "no healthy upstream")),
        )
    });
    assert_eq!(told.summary, "Error creating tenant: IWD is unavailable");
    assert_eq!(
        told.detail,
        "Tenant 9350e2fc, POST http://iwd.iwd:4024/iwd/v3/provisioning\n\n\
         The answer was 503 Service Unavailable:\n\n\
         no healthy upstream\n\n\
         12 attempts in 4m50s; the timeout of 5m for the whole operation leaves no time for another.\n\n\
         The tenant may have been provisioned all the same; it is not in the state. Applying again is safe: the API \
         treats a repeated create as an update.\n\n\
         Check that IWD is running and well, and the gateway or ingress before it. If it only needs longer, raise the \
         resource's `timeouts`."
    );
}

#[test]
fn it_says_why_there_was_no_further_attempt() {
    let hour = Duration::from_hours(1);
    let minute = Duration::from_mins(1);
    for (gave_up, text) in [
        (GaveUp::NotRetryable, "1 attempt in 120ms."),
        (
            GaveUp::RetriesUsed,
            "1 attempt in 120ms; `max_retries` of the provider allows no more.",
        ),
        (
            GaveUp::LimitedRetriesUsed,
            "after such an answer there are two more",
        ),
        (
            GaveUp::AskedToWait {
                wait: hour,
                left: minute,
            },
            "the server asks to wait 1h (Retry-After), and 1m are left",
        ),
        (
            GaveUp::OutOfTime { timeout: minute },
            "the timeout of 1m for the whole operation",
        ),
        (
            GaveUp::CutShort {
                timeout: minute,
                limit: Duration::from_secs(2),
                told: None,
            },
            "; the timeout of 1m for the whole operation left the last one only 2s.",
        ),
    ] {
        let told = told_of(&Failure {
            gave_up,
            ..failed(Operation::Update, Error::Refused)
        });
        assert!(told.detail.contains(text), "{}", told.detail);
    }
    let unsent = Failure {
        attempts: 0,
        ..failed(Operation::Update, Error::InvalidKey)
    };
    assert!(told_of(&unsent).detail.contains("Nothing was sent."));
}

#[test]
fn it_says_whether_the_tenant_may_exist_or_have_changed() {
    for (operation, may, text) in [
        (
            Operation::Create,
            true,
            "The tenant may have been provisioned all the same",
        ),
        (Operation::Create, false, "Nothing was provisioned."),
        (
            Operation::Update,
            true,
            "The change may have taken effect all the same",
        ),
        (Operation::Update, false, "The tenant was not changed."),
        (
            Operation::Delete,
            true,
            "It may have been deleted all the same",
        ),
        (Operation::Delete, false, "Nothing was deleted."),
    ] {
        let told = told_of(&Failure {
            may_have_arrived: may,
            ..failed(operation, Error::Dns)
        });
        assert!(told.detail.contains(text), "{}", told.detail);
        assert!(told.detail.contains("again is safe"), "{}", told.detail);
    }
}

#[test]
fn a_parameter_that_the_answer_names_is_pointed_at() {
    let rejected = |operation, parameter| {
        let error = Error::Rejected(reply(400, "iwd.db.host is required"));
        told_of(&Failure {
            parameter: Some(parameter),
            ..failed(operation, error)
        })
    };
    let told = rejected(Operation::Create, "iwd.db.host");
    assert_eq!(told.path.to_string(), "iwd.db.host");
    assert!(
        told.detail
            .contains("names the parameter iwd.db.host, which is `iwd.db.host`.")
    );
    let told = rejected(Operation::Update, "tenant.id");
    assert_eq!(told.path.to_string(), "short_id");
    let told = rejected(Operation::Update, "iwd.db.password");
    assert_eq!(told.path.to_string(), "iwd");
    assert!(
        told.detail
            .contains("`iwd.db.password` or `iwd.db.password_wo`")
    );
    assert!(rejected(Operation::Delete, "tenant.ccid").path.is_root());
}

#[test]
fn a_tenant_that_was_not_there_says_who_answered_and_what_to_check() {
    let ccid = "9350e2fc".parse().unwrap();
    let url = Url::parse("http://h/iwd/v3/provisioning/9350e2fc?deleteTenant=true").unwrap();
    let told = not_there(&ccid, &url, &reply(404, "default backend - 404"));
    assert!(!told.is_error());
    assert_eq!(told.summary, "The tenant to delete was not there");
    assert_eq!(
        told.detail,
        "Tenant 9350e2fc, DELETE http://h/iwd/v3/provisioning/9350e2fc?deleteTenant=true\n\n\
         The answer was 404 Not Found, but not with the JSON that IWD answers:\n\n\
         default backend - 404\n\n\
         Such an answer counts as deleted, so Terraform has forgotten the tenant. But another server may answer so \
         too, and then the tenant lives on. Check that `endpoint` leads to IWD, its path prefix included, and whether \
         Digital Channels still has the tenant. If it does, correct `endpoint`, apply the tenant's configuration again \
         (a create of what is there is an update), and destroy it again."
    );
}

#[test]
fn settings_that_make_no_client_are_told() {
    let told = settings(&SettingsError::Tls(TlsError::Mismatch));
    assert!(
        told.detail
            .starts_with("the client key does not belong to the client certificate")
    );
}

/// All that a user can read of a call that failed, as one text; a change of it is seen in review.
#[test]
fn every_failure_reads_so() {
    let kinds = [
        without_an_answer(),
        during_the_tls_handshake(),
        with_an_answer(),
        with_an_answer_that_can_not_be_read(),
    ];
    let failures = kinds.into_iter().flatten().map(|(error, ..)| error);
    let told = failures.map(|error| told_of(&failed(Operation::Update, error)));
    let ccid = &"9350e2fc".parse().unwrap();
    let url = &Url::parse("https://iwd.example/iwd/v3/provisioning/9350e2fc").unwrap();
    let others = [
        no_key(Operation::Create, ccid),
        no_key(Operation::Delete, ccid),
        unknown_key(Operation::Create, ccid),
        ambiguous_key(Operation::Create, ccid),
        not_there(ccid, url, &reply(404, "no such page")),
        settings(&SettingsError::Http("builder error".to_owned())),
        settings(&SettingsError::Ipv6BehindProxy(ProxyName {
            address: "http://proxy.example:3128".to_owned(),
            source: ProxySource::Configuration,
        })),
        NoRandomness.into(),
    ];
    let proxied = [behind_a_proxy(), from_a_proxy_that_passes_requests_on()].concat();
    let proxied = proxied.into_iter();
    let proxied = proxied.map(|(error, ..)| told_of(&failed_behind_a_proxy(error)));
    insta::assert_snapshot!(pages(told.chain(proxied).chain(others)));
}

/// Diagnostics as Terraform shows them, one below the other.
pub(in crate::provider) fn pages(diagnostics: impl Iterator<Item = Diagnostic>) -> String {
    let page = |diagnostic: Diagnostic| {
        let Diagnostic {
            severity,
            summary,
            detail,
            path,
        } = diagnostic;
        format!("{severity:?}: {summary}\nat: {path}\n\n{detail}\n")
    };
    let rule = format!("\n{}\n", "-".repeat(40));
    diagnostics.map(page).collect::<Vec<_>>().join(&rule)
}
