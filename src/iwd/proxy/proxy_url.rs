//! The URL of a proxy, as strict as may be: the HTTP library goes without a proxy where it can't read one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use url::Host;

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// The URL of a proxy. `Display` and `Debug` leave out user name and password.
#[derive(Clone)]
pub struct ProxyUrl {
    url: SecretString,
    /// The same without user name and password.
    address: String,
}

/// Why a text is not the URL of a proxy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvalidProxyUrl {
    /// Quotes around it.
    #[error("must not stand in quotes")]
    Quoted,
    /// A blank or a control character, perhaps at the end.
    #[error(
        "must not hold blanks, line breaks or other control characters, not even at its end; a user name or password \
         has them percent-encoded, such as %20"
    )]
    Blank,
    /// Another scheme, or none.
    #[error("must begin with http://, https://, socks5:// or socks5h://")]
    Scheme,
    /// A user name or a password with a character that a URL doesn't have.
    #[error(
        "must have user name and password percent-encoded, such as %2F for a slash, where they hold anything but \
         letters from A to Z, digits and -._~!$&'()*+,;="
    )]
    Credentials,
    /// No host, or none that can be.
    #[error("must name a host, and a port if need be, as http://proxy.example.com:3128 does")]
    Host,
}

impl ProxyUrl {
    /// Reads a URL with its scheme.
    pub fn parse(text: &str) -> Result<Self, InvalidProxyUrl> {
        if ['"', '\'']
            .iter()
            .any(|quote| text.starts_with(*quote) && text.ends_with(*quote))
        {
            return Err(InvalidProxyUrl::Quoted);
        }
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(InvalidProxyUrl::Blank);
        }
        let (scheme, rest) = text.split_once("://").ok_or(InvalidProxyUrl::Scheme)?;
        if !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(InvalidProxyUrl::Scheme);
        }
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, after) = rest.split_at(end);
        let (credentials, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        // One of these three stands in the password then, and what is before it would be taken for the host.
        if after.contains('@') || !are_credentials(credentials) {
            return Err(InvalidProxyUrl::Credentials);
        }
        if !may_be_host(host) {
            return Err(InvalidProxyUrl::Host);
        }
        let url = Url::parse(&format!("{scheme}://{authority}"));
        Self::of(url.map_err(|_| InvalidProxyUrl::Host)?).ok_or(InvalidProxyUrl::Host)
    }

    /// The same, where no scheme means `http`.
    pub(super) fn parse_lenient(text: &str) -> Result<Self, InvalidProxyUrl> {
        match Self::parse(text) {
            Err(InvalidProxyUrl::Scheme) if !text.contains("://") => {
                Self::parse(&format!("http://{text}"))
            }
            parsed => parsed,
        }
    }

    /// `None` where the HTTP library would go without it.
    fn of(url: Url) -> Option<Self> {
        url.as_str().parse::<hyper::Uri>().ok()?;
        let mut address = url.clone();
        address.set_username("").ok()?;
        address.set_password(None).ok()?;
        Some(Self {
            url: String::from(url).into(),
            address: address.as_str().trim_end_matches('/').to_owned(),
        })
    }

    /// The same proxy, called without user name and password.
    pub fn without_credentials(&self) -> Self {
        Self {
            url: self.address.clone().into(),
            address: self.address.clone(),
        }
    }

    /// Its address, without user name and password.
    pub fn address(&self) -> Url {
        Url::parse(&self.address).expect("it was made of a URL")
    }

    /// Whether it speaks SOCKS.
    pub fn is_socks(&self) -> bool {
        self.address.starts_with("socks")
    }

    /// The whole URL as the HTTP library needs it for that endpoint: with `socks5` it would look up an address as if it
    /// were a name, and `socks5h` differs for names only.
    pub fn to(&self, endpoint: &Url) -> SecretString {
        let url = self.url.expose_secret();
        match (endpoint.host(), url.strip_prefix("socks5://")) {
            (Some(Host::Ipv4(_) | Host::Ipv6(_)), Some(rest)) => format!("socks5h://{rest}").into(),
            _ => self.url.clone(),
        }
    }

    /// The user name and the password in it, as written, as meant and as sent. The name may be a token.
    pub fn credentials(&self) -> Vec<SecretString> {
        credentials(self.url.expose_secret())
    }
}

/// The whole URL, user name and password included.
impl ExposeSecret<str> for ProxyUrl {
    fn expose_secret(&self) -> &str {
        self.url.expose_secret()
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.address)
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// User name and password before the host, as written, as meant and as sent, whether or not the text is a URL.
pub(super) fn credentials(text: &str) -> Vec<SecretString> {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let Some((credentials, _)) = after_scheme.rsplit_once('@') else {
        return Vec::new();
    };
    let (name, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let [name_meant, password_meant] =
        [name, password].map(|written| percent_decode_str(written).decode_utf8_lossy());
    let sent = STANDARD.encode(format!("{name_meant}:{password_meant}"));
    let all = [name, password, &name_meant, &password_meant, &sent];
    all.map(SecretString::from).into()
}

fn are_credentials(text: &str) -> bool {
    let is_clean = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%".contains(c);
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    text.chars().all(is_clean)
        && text.split('%').skip(1).all(is_escape)
        && percent_decode_str(text).decode_utf8().is_ok()
}

/// Whether the URL library reads a host and a port here and mends nothing: it takes quotes, and an end for a port.
fn may_be_host(text: &str) -> bool {
    let is_clean = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c) || !c.is_ascii();
    !text.is_empty() && !text.ends_with(':') && text.chars().all(is_clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parsed: Result<ProxyUrl, InvalidProxyUrl>) -> Result<String, InvalidProxyUrl> {
        parsed.map(|url| url.to_string())
    }

    #[test]
    fn a_proxy_is_shown_without_credentials() {
        for (text, address) in [
            ("http://proxy:3128", "http://proxy:3128"),
            ("HTTP://Proxy.Example.com/", "http://proxy.example.com"),
            ("https://u:canary@proxy", "https://proxy"),
            ("http://canary@proxy:3128/?a#b", "http://proxy:3128"),
            ("socks5://127.0.0.1", "socks5://127.0.0.1"),
            (
                "socks5h://u:canary%40b@[fd00::1]:1080",
                "socks5h://[fd00::1]:1080",
            ),
            ("http://u:canary@b:c@proxy", "http://proxy"),
            (
                "http://u:canary-._~!$&'()*+,;=%C3%A4@my_proxy",
                "http://my_proxy",
            ),
            ("http://u:@proxy", "http://proxy"),
            (
                "http://bücher.example:3128",
                "http://xn--bcher-kva.example:3128",
            ),
        ] {
            let parsed = ProxyUrl::parse(text);
            assert!(!format!("{parsed:?}").contains("canary"), "{text}");
            assert_eq!(shown(parsed).as_deref(), Ok(address), "{text}");
        }
    }

    #[test]
    fn a_proxy_without_its_credentials_is_the_same_one() {
        for scheme in SCHEMES {
            let proxy = ProxyUrl::parse(&format!("{scheme}://me:canary@proxy:3128")).unwrap();
            let without = proxy.without_credentials();
            assert_eq!(without.to_string(), proxy.to_string());
            assert!(without.credentials().is_empty());
            let whole = without.to(&Url::parse("http://iwd").unwrap());
            let whole = whole.expose_secret().trim_end_matches('/');
            assert_eq!(whole, format!("{scheme}://proxy:3128"));
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        use InvalidProxyUrl::{Blank, Credentials, Host, Quoted, Scheme};
        for (text, problem) in [
            ("\"http://proxy:3128\"", Quoted),
            ("'http://proxy'", Quoted),
            ("http://proxy:3128 ", Blank),
            ("http://proxy:3128\r", Blank),
            (" http://proxy", Blank),
            ("http://proxy:31\u{a0}28", Blank),
            ("http://u:a b@proxy", Blank),
            ("http://u:a\0@proxy", Blank),
            ("", Scheme),
            ("proxy:3128", Scheme),
            ("//proxy", Scheme),
            ("http:proxy", Scheme),
            ("http:/proxy", Scheme),
            ("ftp://proxy", Scheme),
            ("socks4://proxy", Scheme),
            ("http://u:ä@proxy", Credentials),
            ("http://ä@proxy", Credentials),
            ("http://u:\"@proxy", Credentials),
            ("http://u:a%@proxy", Credentials),
            ("http://u:a%2@proxy", Credentials),
            ("http://u:a%zz@proxy", Credentials),
            ("http://u:a%E4@proxy", Credentials),
            ("http://u:a/b@proxy", Credentials),
            ("http://u:1/b@proxy", Credentials),
            ("http://u:1?b@proxy", Credentials),
            ("http://u:1#b@proxy", Credentials),
            ("http://u:a\\b@proxy", Credentials),
            ("http://", Host),
            ("http:///proxy", Host),
            ("http://:3128", Host),
            ("http://u:p@", Host),
            ("http://u:p@:3128", Host),
            ("http://proxy:", Host),
            ("http://proxy:port", Host),
            ("http://proxy:65536", Host),
            ("http://proxy\\a", Host),
            ("http://proxy\"", Host),
            ("http://proxy;3128", Host),
            ("http://[::1", Host),
            ("http://::1", Host),
            ("http://[fe80::1%25eth0]", Host),
            ("http://10.0.0.256", Host),
            ("socks5://bücher.example", Host),
        ] {
            assert_eq!(shown(ProxyUrl::parse(text)), Err(problem), "{text:?}");
        }
        let long = format!("http://u:{}@proxy", "a".repeat(70_000));
        assert_eq!(shown(ProxyUrl::parse(&long)), Err(Host));
    }

    #[test]
    fn an_address_is_not_looked_up_before_the_proxy_is_asked_for_it() {
        for (proxy, endpoint, url) in [
            (
                "socks5://u:p@proxy",
                "http://[fd00::1]",
                "socks5h://u:p@proxy",
            ),
            ("socks5://proxy", "https://10.0.0.1", "socks5h://proxy"),
            ("socks5://proxy", "http://iwd", "socks5://proxy"),
            ("socks5h://proxy", "http://[fd00::1]", "socks5h://proxy"),
            ("http://proxy", "http://[fd00::1]", "http://proxy/"),
        ] {
            let endpoint = Url::parse(endpoint).unwrap();
            let whole = ProxyUrl::parse(proxy).unwrap().to(&endpoint);
            assert_eq!(whole.expose_secret(), url, "{proxy} {endpoint}");
        }
    }

    #[test]
    fn where_the_scheme_may_be_left_out_it_is_http() {
        for (text, result) in [
            ("proxy", Ok("http://proxy")),
            ("proxy:3128", Ok("http://proxy:3128")),
            ("127.0.0.1:3128/", Ok("http://127.0.0.1:3128")),
            ("u:p@proxy:3128", Ok("http://proxy:3128")),
            ("socks5h://proxy", Ok("socks5h://proxy")),
            ("http:proxy", Err(InvalidProxyUrl::Host)),
            ("http:/proxy", Err(InvalidProxyUrl::Host)),
            ("//proxy", Err(InvalidProxyUrl::Host)),
            ("proxy:", Err(InvalidProxyUrl::Host)),
            ("ftp://proxy", Err(InvalidProxyUrl::Scheme)),
            ("ftp:proxy", Err(InvalidProxyUrl::Host)),
            ("\"proxy\"", Err(InvalidProxyUrl::Quoted)),
            ("proxy ", Err(InvalidProxyUrl::Blank)),
            ("u:a/b@proxy", Err(InvalidProxyUrl::Credentials)),
        ] {
            let parsed = shown(ProxyUrl::parse_lenient(text));
            assert_eq!(parsed, result.map(ToOwned::to_owned), "{text:?}");
        }
    }
}
