//! PEM as people have it: with a byte order mark, any line ends, blanks around the lines, and text in any encoding
//! beside the blocks.

use encoding_rs::UTF_8;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN ";
const MARK: char = '\u{feff}';
const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
/// The version that a PKCS #12 container begins with.
const PKCS12_VERSION: &[u8] = &[0x02, 0x01, 0x03];

/// What is wrong with what should be PEM.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PemError {
    /// Nothing of what is wanted is in it.
    #[error(
        "there is none in PEM form, between a line -----BEGIN …----- and a line -----END …-----"
    )]
    Missing,
    /// A block is cut off or holds something else than its label says.
    #[error("one is broken")]
    Broken,
    /// Some would be passed over: two that share a line, or of another label.
    #[error(
        "{begun} begin, but only {read} can be read; each -----BEGIN …----- and each -----END …----- needs a line of its \
         own"
    )]
    Unread {
        /// How many begin.
        begun: usize,
        /// How many of them can be read.
        read: usize,
    },
}

/// What a file holds that is DER instead of PEM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Der {
    /// A certificate.
    Certificate,
    /// A private key.
    Key,
    /// Certificates without a key (PKCS #7).
    Pkcs7,
    /// A certificate with its key (PKCS #12), as in `.p12` and `.pfx` files.
    Pkcs12,
}

/// What a type of the TLS library is called in PEM.
pub(super) trait Labelled: PemObject {
    /// The end of its label.
    const LABEL: &'static str;
}

impl Labelled for CertificateDer<'static> {
    const LABEL: &'static str = "CERTIFICATE";
}

impl Labelled for PrivateKeyDer<'static> {
    const LABEL: &'static str = "PRIVATE KEY";
}

/// The text of a file with PEM. What is no text stands outside of the blocks, and doesn't matter.
pub fn decode(file: &[u8]) -> Result<String, Der> {
    match Der::of(file) {
        Some(der) => Err(der),
        None => Ok(UTF_8.decode(file).0.into_owned()),
    }
}

/// All of that type in a text, at least one.
pub(super) fn all<T: Labelled>(text: &str) -> Result<Vec<T>, PemError> {
    // The library reads no line that a blank or a mark precedes (rustls/pemfile#40).
    let is_blank = |c: char| c.is_whitespace() || c == MARK;
    let lines = text
        .split(['\n', '\r'])
        .map(|line| line.trim_matches(is_blank));
    let lines = Zeroizing::new(lines.collect::<Vec<_>>().join("\n"));
    let found: Vec<T> = T::pem_slice_iter(lines.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| PemError::Broken)?;
    let begun = lines.lines().map(begun::<T>).sum();
    match found.len() {
        0 => Err(PemError::Missing),
        read if read < begun => Err(PemError::Unread { begun, read }),
        _ => Ok(found),
    }
}

/// How many blocks of a type begin in a line, wherever in it. The library passes over what is no line of its own, and
/// other labels (rustls/rustls#2079).
fn begun<T: Labelled>(line: &str) -> usize {
    let commented_out = line.trim_start_matches(['#', ' ', '\t']);
    if line.starts_with('#') && commented_out.starts_with(BEGIN) {
        return 0;
    }
    let labels = line.split(BEGIN).skip(1);
    labels
        .filter_map(|rest| rest.split_once("-----"))
        .filter(|(label, _)| label.ends_with(T::LABEL))
        .count()
}

impl Der {
    fn of(file: &[u8]) -> Option<Self> {
        let is_sequence = file.first() == Some(&SEQUENCE);
        // Text may begin with that byte, too: it is a zero.
        let holds_pem = || {
            file.windows(BEGIN.len())
                .any(|part| part == BEGIN.as_bytes())
        };
        let inner = content(file).filter(|_| is_sequence && !holds_pem())?;
        if inner.starts_with(PKCS12_VERSION) {
            return Some(Self::Pkcs12);
        }
        if PrivateKeyDer::try_from(file).is_ok() {
            return Some(Self::Key);
        }
        match inner.first() {
            Some(&OBJECT_IDENTIFIER) => Some(Self::Pkcs7),
            // An encrypted key begins with its algorithm.
            Some(&SEQUENCE) if content(inner)?.first() == Some(&OBJECT_IDENTIFIER) => {
                Some(Self::Key)
            }
            Some(&SEQUENCE) => Some(Self::Certificate),
            _ => None,
        }
    }
}

/// What stands in the element that `der` begins with, if it is whole.
fn content(der: &[u8]) -> Option<&[u8]> {
    let (&first, rest) = der.get(1..)?.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            let fold = |length: usize, &byte: &u8| length << 8 | usize::from(byte);
            (length.iter().fold(0, fold), rest)
        }
        _ => return None,
    };
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(vec!["iwd".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn certificates(file: &[u8]) -> Result<usize, PemError> {
        all::<CertificateDer<'_>>(&decode(file).unwrap()).map(|found| found.len())
    }

    #[test]
    fn pem_is_read_however_it_was_saved() {
        let (pem, _) = certificate();
        let indented = pem.replace('\n', "\t \n\t ");
        let utf_16: Vec<u8> = (format!("\u{feff}{pem}").encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for (how, file) in [
            ("as openssl does", pem.clone().into_bytes()),
            ("with a mark", format!("\u{feff}{pem}").into_bytes()),
            ("with CRLF", pem.replace('\n', "\r\n").into_bytes()),
            ("with CR", pem.replace('\n', "\r").into_bytes()),
            ("indented, with tabs", format!("\t{indented}").into_bytes()),
            ("without a last line end", pem.trim_end().into()),
            ("in UTF-16", utf_16),
            ("after Latin-1", [b"# Z\xfcrich\n", pem.as_bytes()].concat()),
            ("before Latin-1", [pem.as_bytes(), b"\xe9\xff\0"].concat()),
        ] {
            assert_eq!(certificates(&file), Ok(1), "{how}");
        }
        let marked = format!("{pem}\u{feff}{pem}");
        assert_eq!(certificates(marked.as_bytes()), Ok(2));
    }

    #[test]
    fn no_block_is_passed_over() {
        let (pem, key) = certificate();
        let glued = format!("{}{pem}", pem.trim_end());
        let unread = |begun, read| Err(PemError::Unread { begun, read });
        assert_eq!(certificates(glued.as_bytes()), unread(2, 1));
        let behind_text = format!("{pem}CN = iwd{pem}");
        assert_eq!(certificates(behind_text.as_bytes()), unread(2, 1));
        let trusted = pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
        assert_eq!(
            certificates((pem.clone() + &trusted).as_bytes()),
            unread(2, 1)
        );
        let cut = pem.replace("-----END CERTIFICATE-----", "");
        let end_is_cut = format!("{pem}{cut}");
        assert_eq!(certificates(end_is_cut.as_bytes()), Err(PemError::Broken));
        // The library takes the two for one, which is base64 or not.
        assert!(certificates(format!("{cut}{pem}").as_bytes()).is_err());

        let commented_out = pem.replace('\n', "\n# ");
        let others = format!("# {commented_out}\n{key}{pem}");
        assert_eq!(certificates(others.as_bytes()), Ok(1));
        let parameters =
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        let keys = all::<PrivateKeyDer<'_>>(&format!("{parameters}{key}{pem}"));
        assert_eq!(keys.map(|keys| keys.len()), Ok(1));
        for other in ["", "no PEM", &key, &trusted] {
            assert_eq!(certificates(other.as_bytes()), Err(PemError::Missing));
        }
    }

    #[test]
    fn der_is_told_by_what_converts_it() {
        let made = rcgen::generate_simple_self_signed(vec!["iwd".to_owned()]).unwrap();
        let encrypted = [0x30, 6, 0x30, 4, 6, 2, 0x2a, 3];
        let pkcs12 = [0x30, 7, 2, 1, 3, 0x30, 2, 5, 0];
        let pkcs7 = [0x30, 4, 6, 2, 0x2a, 3];
        let sec1 = [0x30, 5, 2, 1, 1, 4, 0];
        for (file, der) in [
            (made.cert.der().to_vec(), Some(Der::Certificate)),
            (made.signing_key.serialize_der(), Some(Der::Key)),
            (sec1.to_vec(), Some(Der::Key)),
            (encrypted.to_vec(), Some(Der::Key)),
            (pkcs12.to_vec(), Some(Der::Pkcs12)),
            (pkcs7.to_vec(), Some(Der::Pkcs7)),
            (made.cert.pem().into_bytes(), None),
            (b"0 s:CN = iwd\n".to_vec(), None),
            (format!("0@0 \n{}", made.cert.pem()).into_bytes(), None),
            (b"0".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(Der::of(&file), der, "{file:?}");
        }
    }
}
