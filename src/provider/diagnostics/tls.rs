//! TLS connections that did not come about.

use std::time::SystemTime;

use jiff::Timestamp;
use reqwest::Url;

use super::place::Place;
use super::text::quantity;
use crate::iwd::tls::TlsFailure;

/// No more names of a certificate are told.
const MOST_NAMES: usize = 10;

/// What happened, in a sentence or two.
pub(super) fn what_happened(failure: &TlsFailure, place: &Place) -> String {
    let Place {
        host,
        authority: server,
    } = place;
    match failure {
        TlsFailure::NotTls => {
            format!(
                "{server} does not speak TLS: what it answered to the handshake is something else."
            )
        }
        TlsFailure::Handshake { problem, .. } => {
            format!("The TLS handshake with {server} failed: {problem}.")
        }
        TlsFailure::UnknownHost => format!(
            "The TLS handshake with {server} failed: it serves no host of the name {host} (unrecognized name)."
        ),
        TlsFailure::Identity {
            alert,
            was_given: false,
        } => format!("{server} refuses a TLS connection without a client certificate: {alert}."),
        TlsFailure::Identity {
            alert,
            was_given: true,
        } => {
            format!("{server} does not accept the client certificate: {alert}.")
        }
        TlsFailure::UnknownIssuer { lacks_system_roots } => {
            let told = format!(
                "The certificate of {server} was issued by none of the CAs that are trusted (unknown issuer)."
            );
            let lacks = " No CA certificates were found on this machine, so only those given with `ca_cert_file` or \
                         `ca_cert_pem` are trusted.";
            told + if *lacks_system_roots { lacks } else { "" }
        }
        TlsFailure::OtherIssuerKey => format!(
            "The certificate of {server} names a trusted CA as its issuer, but was not signed with that CA's key (bad \
             signature)."
        ),
        TlsFailure::Expired { not_after, now } => format!(
            "The certificate of {server}, or one between it and its CA, has expired: it was valid until {}, and this \
             machine's clock says {}.",
            date(*not_after),
            date(*now)
        ),
        TlsFailure::NotYetValid { not_before, now } => format!(
            "The certificate of {server}, or one between it and its CA, is not valid yet: it will be from {} on, and this \
             machine's clock says {}.",
            date(*not_before),
            date(*now)
        ),
        TlsFailure::OtherNames(names) if names.is_empty() => format!(
            "The certificate of {server} names no host in a subjectAltName, so it is for none at all: the common name (CN) \
             does not count."
        ),
        TlsFailure::OtherNames(names) => {
            format!(
                "The certificate of {server} is not for {host}, only for {}.",
                first(names)
            )
        }
        TlsFailure::OtherUses(uses) => format!(
            "The certificate of {server} is not for a server: its extended key usage allows nothing but {}.",
            uses.join(", ")
        ),
        TlsFailure::IsCa => format!(
            "The certificate of {server} is that of a CA (basicConstraints CA:TRUE), which may issue certificates of \
             servers but not be one."
        ),
        TlsFailure::Version1 => format!(
            "The certificate of {server} is of X.509 version 1, which has no subjectAltName and so is for no host at all."
        ),
        TlsFailure::Certificate(problem) => {
            format!("The certificate of {server} is not accepted: {problem}.")
        }
        TlsFailure::Other(problem) => format!("The TLS connection failed: {problem}."),
    }
}

/// As many of the names as people read.
fn first(names: &[String]) -> String {
    let (shown, others) = names.split_at(names.len().min(MOST_NAMES));
    let shown = shown.join(", ");
    match u32::try_from(others.len()).unwrap_or(u32::MAX) {
        0 => shown,
        others => format!("{shown} and {}", quantity(others, "other")),
    }
}

/// What may help; `setting` names the server, which has this URL.
pub(super) fn what_to_do(failure: &TlsFailure, url: &Url, setting: &str) -> String {
    let advice = match failure {
        TlsFailure::NotTls => return format!("{}.", maybe_plain(setting)),
        TlsFailure::Handshake {
            may_want_identity, ..
        } => return supported(*may_want_identity),
        TlsFailure::UnknownHost => {
            return format!(
                "Use a name in {setting} for which the server, or the ingress before it, is set up."
            );
        }
        TlsFailure::Identity {
            was_given: false, ..
        } => "Set `client_cert_pem` and `client_key_pem` (or their files) in the provider block.",
        TlsFailure::Identity {
            was_given: true, ..
        } => {
            "Check that the certificate in `client_cert_pem` or `client_cert_file` is valid, is for client authentication, \
             and is from a CA that the server trusts; the certificates between the two belong there too, below it."
        }
        TlsFailure::UnknownIssuer { .. } => {
            "If the certificate is from a CA of your own, give that CA's certificate with `ca_cert_pem` or \
             `ca_cert_file`. If it is from a CA that everyone trusts, the server may not send the certificates between \
             the two."
        }
        TlsFailure::OtherIssuerKey => {
            "The CA may have been made anew under its old name: give the certificate of the one that issued the server's \
             certificate with `ca_cert_pem` or `ca_cert_file`."
        }
        TlsFailure::Expired { .. } => {
            "Renew the server's certificate. If the clock is wrong, correct it."
        }
        TlsFailure::NotYetValid { .. } => {
            "If the clock is wrong, correct it. Otherwise the server needs a certificate that is valid now."
        }
        TlsFailure::OtherNames(names) if names.is_empty() => return named_certificate(url),
        TlsFailure::OtherNames(_) => {
            return format!(
                "Use a name in {setting} that the certificate is for. {}",
                named_certificate(url)
            );
        }
        TlsFailure::OtherUses(_) => {
            "Give the server a certificate for server authentication (serverAuth)."
        }
        TlsFailure::IsCa => {
            "Have the CA issue a certificate to the server, without CA:TRUE, and trust the CA with `ca_cert_pem` or \
             `ca_cert_file`. A self-signed certificate without CA:TRUE can be trusted so itself."
        }
        TlsFailure::Version1 => {
            return format!(
                "{} `openssl x509 -req` makes one of version 3 if it gets the extensions with -extfile.",
                named_certificate(url)
            );
        }
        TlsFailure::Certificate(_) => "Give the server another certificate.",
        TlsFailure::Other(_) => "Check the TLS settings of the server and of the provider block.",
    };
    advice.to_owned()
}

/// What may help where the server that `setting` names ended the connection during the handshake; `who` should be running.
pub(super) fn hang_up(setting: &str, who: &str) -> String {
    let plain = maybe_plain(setting);
    format!("{plain} and that {who} running. {}", supported(false))
}

fn maybe_plain(setting: &str) -> String {
    format!(
        "It may speak plain HTTP: then begin {setting} with http://. Otherwise check the port in {setting}"
    )
}

fn supported(may_want_identity: bool) -> String {
    let wants = " A server that wants a client certificate may end the handshake so, too: set `client_cert_pem` and \
                 `client_key_pem` (or their files) for it.";
    let supported = "The provider speaks TLS 1.3 and TLS 1.2, with the cipher suites and key exchanges that the guide \
                     \"Running it\" lists: the server, or what stands before it, must allow one of each.";
    supported.to_owned() + if may_want_identity { wants } else { "" }
}

fn named_certificate(url: &Url) -> String {
    let kind = match url.host() {
        Some(url::Host::Domain(_)) | None => "DNS name",
        Some(_) => "IP address",
    };
    let name = url.host_str().unwrap_or_default();
    let name = name.trim_matches(['[', ']']);
    format!(
        "For {name}, the server needs a certificate with the {kind} {name} in its subjectAltName."
    )
}

/// `2026-11-26 20:33:22 UTC`.
fn date(time: SystemTime) -> String {
    let shown =
        Timestamp::try_from(time).map(|time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
    shown.unwrap_or_else(|_| "a time beyond all calendars".to_owned())
}
