//! What a certificate says to people: whose it is, who vouches for it, for which names, and until when.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method's path is of one lifetime, and the reader's callbacks take any"
)]

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use yasna::models::ObjectIdentifier;
use yasna::tags::{
    TAG_BMPSTRING, TAG_GENERALIZEDTIME, TAG_IA5STRING, TAG_PRINTABLESTRING, TAG_UTCTIME,
    TAG_UTF8STRING,
};
use yasna::{ASN1Result, BERReader, BERReaderSeq, Tag};

use crate::iwd::mask::is_unprintable;

/// The extension that names whom a certificate is for (RFC 5280, 4.2.1.6).
const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];

/// The parts of a name that are shown, as RFC 4514 abbreviates them.
const NAME_PARTS: [(&[u64], &str); 3] = [
    (&[2, 5, 4, 3], "CN"),
    (&[2, 5, 4, 11], "OU"),
    (&[2, 5, 4, 10], "O"),
];

/// A certificate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Certificate {
    pub(super) subject: String,
    pub(super) issuer: String,
    /// Hosts and addresses.
    pub(super) names: Vec<String>,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
}

impl Certificate {
    /// Reads one in DER; `None` where it is no certificate.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        yasna::parse_der(der, |reader| {
            reader.read_sequence(|parts| {
                let certificate = parts.next().read_sequence(to_be_signed)?;
                skip_rest(parts)?;
                Ok(certificate)
            })
        })
        .ok()?
    }
}

/// What a server could write into its certificate neither steers the terminal, nor turns the direction of text, nor hides.
impl fmt::Display for Certificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain =
            |text: &str| text.replace(|c: char| is_unprintable(c) || c.is_control(), "\u{fffd}");
        write!(
            out,
            "{}, issued by {}",
            plain(&self.subject),
            plain(&self.issuer)
        )?;
        write!(
            out,
            ", valid from {} to {}",
            self.not_before, self.not_after
        )?;
        if !self.names.is_empty() {
            write!(out, ", for {}", plain(&self.names.join(", ")))?;
        }
        Ok(())
    }
}

fn to_be_signed(parts: &mut BERReaderSeq<'_, '_>) -> ASN1Result<Option<Certificate>> {
    // The version, which the first one doesn't have.
    parts.read_optional(|part| part.read_tagged(Tag::context(0), |part| part.read_der()))?;
    let _serial_number = parts.next().read_der()?;
    let _algorithm = parts.next().read_der()?;
    let issuer = name(parts.next())?;
    let validity = parts
        .next()
        .read_sequence(|times| Ok((time(times.next())?, time(times.next())?)))?;
    let subject = name(parts.next())?;
    let _key = parts.next().read_der()?;
    for unique_id in [1, 2] {
        parts.read_optional(|part| {
            part.read_tagged_implicit(Tag::context(unique_id), |part| part.read_bitvec_bytes())
        })?;
    }
    let names = parts.read_optional(|part| part.read_tagged(Tag::context(3), alternative_names))?;
    let (Some(not_before), Some(not_after)) = validity else {
        return Ok(None);
    };
    Ok(Some(Certificate {
        subject,
        issuer,
        names: names.unwrap_or_default(),
        not_before,
        not_after,
    }))
}

fn skip_rest(parts: &mut BERReaderSeq<'_, '_>) -> ASN1Result<()> {
    while parts.read_optional(|part| part.read_der())?.is_some() {}
    Ok(())
}

fn time(reader: BERReader<'_, '_>) -> ASN1Result<Option<Timestamp>> {
    let seconds = match reader.lookahead_tag()? {
        TAG_UTCTIME => reader.read_utctime()?.datetime().unix_timestamp(),
        TAG_GENERALIZEDTIME => reader.read_generalized_time()?.datetime().unix_timestamp(),
        _ => reader.read_der().map(|_| i64::MAX)?,
    };
    Ok(Timestamp::from_second(seconds).ok())
}

fn name(reader: BERReader<'_, '_>) -> ASN1Result<String> {
    let mut shown = Vec::new();
    reader.read_sequence_of(|set| {
        set.read_set_of(|pair| {
            pair.read_sequence(|parts| {
                let kind = parts.next().read_oid()?;
                let value = text(parts.next())?;
                let part = NAME_PARTS.iter().find(|(oid, _)| is(&kind, oid));
                if let (Some((_, part)), Some(value)) = (part, value) {
                    shown.push(format!("{part}={value}"));
                }
                Ok(())
            })
        })
    })?;
    shown.reverse();
    Ok(if shown.is_empty() {
        "(no name)".to_owned()
    } else {
        shown.join(",")
    })
}

fn text(reader: BERReader<'_, '_>) -> ASN1Result<Option<String>> {
    match reader.lookahead_tag()? {
        TAG_UTF8STRING => reader.read_utf8string().map(Some),
        TAG_PRINTABLESTRING => reader.read_printable_string().map(Some),
        TAG_IA5STRING => reader.read_ia5_string().map(Some),
        TAG_BMPSTRING => reader.read_bmp_string().map(Some),
        _ => reader.read_der().map(|_| None),
    }
}

fn alternative_names(reader: BERReader<'_, '_>) -> ASN1Result<Vec<String>> {
    let mut names = Vec::new();
    reader.read_sequence_of(|extension| {
        extension.read_sequence(|parts| {
            let kind = parts.next().read_oid()?;
            parts.read_optional(|part| part.read_bool())?;
            let value = parts.next().read_bytes()?;
            if is(&kind, SUBJECT_ALT_NAME) {
                names = yasna::parse_der(&value, general_names)?;
            }
            Ok(())
        })
    })?;
    Ok(names)
}

fn general_names(reader: BERReader<'_, '_>) -> ASN1Result<Vec<String>> {
    let (dns, ip) = (Tag::context(2), Tag::context(7));
    let mut names = Vec::new();
    reader.read_sequence_of(|name| {
        match name.lookahead_tag()? {
            tag if tag == dns => {
                names.push(name.read_tagged_implicit(dns, |part| part.read_ia5_string())?);
            }
            tag if tag == ip => names.extend(address(
                &name.read_tagged_implicit(ip, |part| part.read_bytes())?,
            )),
            _ => drop(name.read_der()?),
        }
        Ok(())
    })?;
    Ok(names)
}

fn address(bytes: &[u8]) -> Option<String> {
    let address = match bytes.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
        _ => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?),
    };
    Some(address.to_string())
}

fn is(oid: &ObjectIdentifier, components: &[u64]) -> bool {
    oid.components() == components
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

    use super::*;

    fn made(names: &[&str]) -> Vec<u8> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Example");
        params
            .distinguished_name
            .push(DnType::CommonName, "IWD\u{1b}[2J\n\u{202e}\u{200b}");
        (params.not_before, params.not_after) =
            (date_time_ymd(2020, 1, 2), date_time_ymd(2051, 3, 4));
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn a_certificate_says_whose_it_is_for_which_names_and_how_long() {
        let read = Certificate::read(&made(&[
            "iwd.example.com",
            "*.iwd",
            "192.0.2.1",
            "2001:db8::1",
        ]))
        .unwrap();
        assert_eq!(
            read.to_string(),
            "O=Example,CN=IWD\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}, issued by O=Example,CN=IWD\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}, \
             valid from 2020-01-02T00:00:00Z to 2051-03-04T00:00:00Z, for iwd.example.com, *.iwd, 192.0.2.1, 2001:db8::1"
        );
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        let whole = made(&["iwd"]);
        for der in [
            &b""[..],
            b"0\x00",
            &whole[..whole.len() - 1],
            &[&whole[..], b"\x00"].concat(),
        ] {
            assert_eq!(Certificate::read(der), None);
        }
    }
}
