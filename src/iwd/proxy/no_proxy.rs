//! `NO_PROXY`, by Go's rules.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;
use reqwest::Url;
use url::Host;

/// Whether requests to the endpoint must not go through a proxy that the environment names.
pub(super) fn excludes(no_proxy: &str, endpoint: &Url) -> bool {
    let Some(host) = endpoint.host().map(|host| canonical(&host)) else {
        return false;
    };
    let port = endpoint
        .port_or_known_default()
        .unwrap_or_default()
        .to_string();
    is_local(&host)
        || no_proxy
            .split(',')
            .any(|entry| covers(entry.trim(), &host, &port))
}

/// Whether it never leaves this machine.
fn is_local(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost",
        address => address_of(address).is_some_and(|address| address.is_loopback()),
    }
}

fn covers(entry: &str, host: &Host, port: &str) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(network) = entry.parse::<IpNet>() {
        return address_of(host).is_some_and(|address| network.contains(&address));
    }
    let (name, only_port) = split_port(entry);
    if only_port.is_some_and(|only| only != port) {
        return false;
    }
    let parent = name.strip_prefix("*.").or_else(|| name.strip_prefix('.'));
    match (read(parent.unwrap_or(name)), host) {
        (Some(Host::Domain(name)), Host::Domain(host)) => match host.strip_suffix(&name) {
            Some("") => parent.is_none(),
            Some(before) => before.ends_with('.'),
            None => false,
        },
        (Some(address), host) => parent.is_none() && address == *host,
        (None, _) => false,
    }
}

/// An entry's host and its port. The colons of an IPv6 address begin no port, unless it stands in brackets.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, Some(port).filter(|port| !port.is_empty()))
        }
        _ => (entry, None),
    }
}

/// A host as in a URL, or an IPv6 address without brackets.
fn read(name: &str) -> Option<Host> {
    let bare = name.parse::<Ipv6Addr>().map(Host::Ipv6);
    let host = bare.or_else(|_| Host::parse(name)).ok()?;
    Some(canonical(&host))
}

/// An IPv4 address that is written as one of IPv6 as what it is, and a name without the dot of its root.
fn canonical(host: &Host<impl AsRef<str>>) -> Host {
    let address = match host {
        Host::Domain(name) => return Host::Domain(name.as_ref().trim_end_matches('.').to_owned()),
        Host::Ipv4(address) => IpAddr::V4(*address),
        Host::Ipv6(address) => address.to_canonical(),
    };
    match address {
        IpAddr::V4(address) => Host::Ipv4(address),
        IpAddr::V6(address) => Host::Ipv6(address),
    }
}

fn address_of(host: &Host) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(IpAddr::V4(*address)),
        Host::Ipv6(address) => Some(IpAddr::V6(*address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_excluded(no_proxy: &str, endpoint: &str, expected: bool) {
        let endpoint = Url::parse(endpoint).unwrap();
        let excluded = excludes(no_proxy, &endpoint);
        assert_eq!(excluded, expected, "{no_proxy:?} {endpoint}");
    }

    #[test]
    fn localhost_and_loopback_addresses_are_always_excluded() {
        for local in [
            "http://localhost:4024",
            "https://LOCALHOST",
            "http://localhost.",
            "http://127.0.0.1:4024",
            "http://127.1.2.3",
            "http://127.1",
            "http://[::1]:4024",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert_excluded("", local, true);
        }
        for other in [
            "http://iwd.localhost",
            "http://localhost.example.com",
            "http://128.0.0.1",
            "http://0.0.0.0",
            "http://[::2]",
            "http://[::]",
        ] {
            assert_excluded("", other, false);
        }
    }

    #[test]
    fn a_name_covers_itself_and_its_subdomains() {
        for entry in [
            "example.com",
            "EXAMPLE.com",
            "example.com.",
            " a.test ,\texample.com\r",
        ] {
            for (endpoint, expected) in [
                ("http://example.com", true),
                ("https://Example.COM:8443", true),
                ("http://example.com.", true),
                ("http://iwd.example.com", true),
                ("http://a.iwd.example.com", true),
                ("http://notexample.com", false),
                ("http://example.com.test", false),
                ("http://com", false),
            ] {
                assert_excluded(entry, endpoint, expected);
            }
        }
        assert_excluded("example.com", "http://10.0.0.1", false);
        assert_excluded("iwd", "http://iwd:4024", true);
    }

    #[test]
    fn a_dot_before_a_name_covers_its_subdomains_only() {
        for entry in [".cluster.local", "*.cluster.local", "*.CLUSTER.local."] {
            for (endpoint, expected) in [
                ("http://iwd.cluster.local", true),
                ("http://iwd.svc.cluster.local:4024", true),
                ("http://cluster.local", false),
                ("http://iwdcluster.local", false),
            ] {
                assert_excluded(entry, endpoint, expected);
            }
        }
    }

    #[test]
    fn a_star_alone_covers_everything_and_elsewhere_nothing() {
        for endpoint in ["http://iwd", "https://10.0.0.1", "http://[fd00::1]:4024"] {
            assert_excluded("a.test, * ", endpoint, true);
        }
        for entry in ["*local", "cluster.*", "*:80", "**", "*."] {
            assert_excluded(entry, "http://iwd.cluster.local", false);
        }
    }

    #[test]
    fn a_name_is_the_same_in_unicode_and_in_ascii() {
        for entry in ["bücher.example", "xn--bcher-kva.example", ".Bücher.example"] {
            assert_excluded(entry, "http://iwd.bücher.example", true);
            assert_excluded(entry, "http://iwd.xn--bcher-kva.example", true);
        }
    }

    #[test]
    fn a_port_must_be_the_endpoints() {
        for (entry, endpoint, expected) in [
            ("example.com:4024", "http://example.com:4024", true),
            ("example.com:4024", "http://iwd.example.com:4024", true),
            ("example.com:4024", "http://example.com", false),
            ("example.com:80", "http://example.com", true),
            ("example.com:443", "https://example.com", true),
            ("example.com:443", "http://example.com", false),
            ("example.com:", "http://example.com:4024", true),
            ("example.com:http", "http://example.com", false),
            ("*.example.com:80", "http://iwd.example.com", true),
            ("*.example.com:80", "http://example.com", false),
            ("10.0.0.1:4024", "http://10.0.0.1:4024", true),
            ("10.0.0.1:4024", "http://10.0.0.1", false),
            ("[fd00::1]:4024", "http://[fd00::1]:4024", true),
            ("[fd00::1]:4024", "http://[fd00::1]", false),
            (":80", "http://example.com", false),
        ] {
            assert_excluded(entry, endpoint, expected);
        }
    }

    #[test]
    fn an_address_covers_itself_in_every_notation() {
        for (entry, endpoint, expected) in [
            ("10.0.0.1", "http://10.0.0.1:4024", true),
            ("10.0.0.1", "http://10.0.0.11", false),
            ("10.0.0.1", "http://iwd.10.0.0.1.example.com", false),
            ("10.0.0.1", "http://[::ffff:10.0.0.1]", true),
            ("::ffff:10.0.0.1", "http://10.0.0.1", true),
            ("10.1", "http://10.1", true),
            (".0.0.1", "http://10.0.0.1", false),
            ("fd00::1", "http://[fd00::1]:4024", true),
            ("[fd00::1]", "http://[fd00::1]:4024", true),
            ("FD00:0:0::1", "http://[fd00::1]", true),
            ("fd00::1", "http://[fd00::2]", false),
            ("[fd00::1]", "http://[fd00::2]", false),
            ("[fd00::1", "http://[fd00::1]", false),
        ] {
            assert_excluded(entry, endpoint, expected);
        }
    }

    #[test]
    fn a_network_covers_its_addresses_and_no_names() {
        for (entry, endpoint, expected) in [
            ("10.0.0.0/8", "http://10.200.0.1:4024", true),
            ("10.1.2.3/8", "http://10.200.0.1", true),
            ("10.0.0.0/8", "http://11.0.0.1", false),
            ("10.0.0.0/8", "http://[::ffff:10.0.0.1]", true),
            ("10.0.0.0/30", "http://10.0.0.4", false),
            ("fd00::/8", "http://[fd12::1]", true),
            ("fd00::/8", "http://[fe80::1]", false),
            ("0.0.0.0/0", "http://[fd00::1]", false),
            ("0.0.0.0/0", "http://iwd", false),
            ("10.0.0.0/33", "http://10.0.0.0", false),
        ] {
            assert_excluded(entry, endpoint, expected);
        }
    }

    #[test]
    fn what_is_no_entry_is_passed_over() {
        for no_proxy in [
            "",
            ",",
            " , ",
            ".",
            "[]",
            "a b",
            "http://iwd",
            "10.0.0.300",
            "iwd/8",
        ] {
            assert_excluded(no_proxy, "http://iwd", false);
            let more = format!("{no_proxy},iwd");
            assert_excluded(&more, "http://iwd", true);
        }
    }
}
