//! Finds the addresses of a host.
//!
//! The system's resolver does, but for `localhost`. In a static binary that is musl's, which is asked for complete names only:
//! by itself it waits for a name server for seconds where none is configured, passes over long lines of its files, tries the
//! search domains for short names alone, and none after one that has no answer.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::cause::{self, NoNameServer, UnusableOption};
use super::connecting;

/// The dots from which on a name is looked up as it stands, unless configured.
const NDOTS: usize = 1;

/// After that time no further name is asked for: a name server that is silent takes five seconds for each.
const LONGEST_SEARCH: Duration = Duration::from_secs(8);

/// The resolver of the HTTP client.
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let finding = tokio::task::spawn_blocking(move || find(&host));
            let found = connecting::resolving(finding).await?;
            let found =
                found.inspect_err(|error| connecting::note_unresolved(cause::of_lookup(error)))?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn find(host: &str) -> io::Result<Vec<SocketAddr>> {
    let files = cfg!(target_env = "musl").then(Files::read);
    let found = match way_to(host, files.as_ref()) {
        Way::Known(addresses) => addresses.into_iter().map(|ip| (ip, 0).into()).collect(),
        Way::Ask(names) => ask(&names)?,
        Way::None => return Err(io::Error::other(NoNameServer)),
        Way::Unusable(option) => return Err(io::Error::other(UnusableOption(option))),
    };
    let is_here = |address| UdpSocket::bind((address, 0)).is_ok();
    Ok(usable(found, is_here))
}

/// All but the loopback addresses that this machine lacks, such as `::1` without IPv6: the HTTP library tells of the
/// address that it tried last, and that one would hide why the others failed.
fn usable(mut addresses: Vec<SocketAddr>, is_here: impl Fn(IpAddr) -> bool) -> Vec<SocketAddr> {
    let is_loopback = |address: &SocketAddr| address.ip().is_loopback();
    if addresses
        .iter()
        .any(|address| is_loopback(address) && is_here(address.ip()))
    {
        addresses.retain(|address| !is_loopback(address) || is_here(address.ip()));
    }
    addresses
}

/// The addresses of the first of these names that has any.
fn ask(names: &[String]) -> io::Result<Vec<SocketAddr>> {
    let began = Instant::now();
    let look_up = |name: &str| (name, 0).to_socket_addrs();
    let found = first_found(names, look_up, || began.elapsed() < LONGEST_SEARCH)?;
    Ok(found.collect())
}

/// What is found of the first of these names that has anything, as long as there `is_time`; the error is that of the first.
fn first_found<T>(
    names: &[String],
    look_up: impl Fn(&str) -> io::Result<T>,
    is_time: impl Fn() -> bool,
) -> io::Result<T> {
    let mut first_error = None;
    for name in names {
        match look_up(name) {
            Ok(found) => return Ok(found),
            Err(error) => first_error = first_error.or(Some(error)),
        }
        if !is_time() {
            break;
        }
    }
    Err(first_error.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}

/// How a host's addresses are found.
#[derive(PartialEq, Eq, Debug)]
enum Way {
    /// These are they.
    Known(Vec<IpAddr>),
    /// The system's resolver knows one of these names.
    Ask(Vec<String>),
    /// Nobody can be asked.
    None,
    /// The system's resolver can't work with this option of its file.
    Unusable(&'static str),
}

/// What musl's resolver goes by.
struct Files {
    hosts: String,
    resolv_conf: Option<String>,
}

impl Files {
    fn read() -> Self {
        Self {
            hosts: text_of("/etc/hosts").unwrap_or_default(),
            resolv_conf: text_of("/etc/resolv.conf"),
        }
    }

    /// The addresses in `/etc/hosts`, as they are written there.
    fn addresses(&self, host: &str) -> Vec<&str> {
        let mut found = Vec::new();
        for line in self.hosts.lines() {
            let entry = line.split('#').next().unwrap_or_default();
            let mut words = entry.split_whitespace();
            let address = words.next();
            if words.any(|name| name.eq_ignore_ascii_case(host)) {
                found.extend(address);
            }
        }
        found
    }
}

/// A file's text, whatever is in its comments.
fn text_of(path: &str) -> Option<String> {
    let bytes = std::fs::read(path).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `files` is there where the system's resolver is musl's.
fn way_to(host: &str, files: Option<&Files>) -> Way {
    if is_localhost(host) {
        return Way::Known(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
    }
    let as_it_stands = Way::Ask(vec![host.to_owned()]);
    let Some(files) = files else {
        return as_it_stands;
    };
    let listed = files.addresses(host);
    let known: Vec<IpAddr> = listed.iter().filter_map(|text| text.parse().ok()).collect();
    if !known.is_empty() {
        return Way::Known(known);
    }
    // musl knows more ways to write an address.
    let is_listed = !listed.is_empty();
    let Some(resolv_conf) = &files.resolv_conf else {
        return if is_listed { as_it_stands } else { Way::None };
    };
    if let Some(option) = unusable_option(resolv_conf) {
        return Way::Unusable(option);
    }
    if is_listed || host.ends_with('.') {
        return as_it_stands;
    }
    let (ndots, domains) = search(resolv_conf);
    let domains = domains.iter().map(|domain| domain.trim_end_matches('.'));
    let longer = domains.filter(|domain| !domain.is_empty());
    let mut names: Vec<String> = longer.map(|domain| format!("{host}.{domain}.")).collect();
    let is_tried_first = host.matches('.').count() >= ndots;
    let at = if is_tried_first { 0 } else { names.len() };
    names.insert(at, format!("{host}."));
    Way::Ask(names)
}

/// An option with which musl's resolver gives up before it asks, or ends the process: it divides by the attempts.
fn unusable_option(resolv_conf: &str) -> Option<&'static str> {
    let lines = resolv_conf.lines().map(str::split_whitespace);
    let options = lines.filter_map(|mut words| (words.next()? == "options").then_some(words));
    let mut options = options.flatten();
    options.find_map(|option| {
        let is_zero = |name| {
            let value = option.strip_prefix(name)?;
            let digits = value.split(|c: char| !c.is_ascii_digit()).next()?;
            let is_zero = !digits.is_empty() && digits.bytes().all(|digit| digit == b'0');
            is_zero.then_some(name)
        };
        is_zero("attempts:").or_else(|| is_zero("timeout:"))
    })
}

/// `ndots` and the search domains; of several lines, the last one holds.
fn search(resolv_conf: &str) -> (usize, Vec<&str>) {
    let (mut ndots, mut domains) = (NDOTS, Vec::new());
    for line in resolv_conf.lines() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("options") => {
                let mut set = words.filter_map(|word| word.strip_prefix("ndots:")?.parse().ok());
                ndots = set.next_back().unwrap_or(ndots);
            }
            Some("search" | "domain") => domains = words.collect(),
            _ => {}
        }
    }
    (ndots, domains)
}

/// Whether the name stands for this machine, whatever a file or a name server says (RFC 6761).
fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next();
    last.is_some_and(|label| label.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn files(hosts: &str, resolv_conf: Option<&str>) -> Files {
        Files {
            hosts: hosts.to_owned(),
            resolv_conf: resolv_conf.map(str::to_owned),
        }
    }

    fn ask(names: &[&str]) -> Way {
        Way::Ask(names.iter().map(|&name| name.to_owned()).collect())
    }

    #[test]
    fn a_loopback_address_that_the_machine_lacks_is_left_out_beside_one_that_it_has() {
        let (v4, v6) = (Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into());
        let far = "fd00::1".parse().unwrap();
        for (lacking, kept) in [
            (vec![], vec![v4, v6, far]),
            (vec![v6], vec![v4, far]),
            (vec![v4, v6], vec![v4, v6, far]),
            (vec![far], vec![v4, v6, far]),
        ] {
            let is_here = |address| !lacking.contains(&address);
            let addresses = [v4, v6, far].map(|ip| (ip, 0).into()).to_vec();
            let usable: Vec<_> = usable(addresses, is_here)
                .iter()
                .map(SocketAddr::ip)
                .collect();
            assert_eq!(usable, kept, "{lacking:?}");
        }
    }

    #[test]
    fn localhost_is_loopback_whatever_the_files_say() {
        let elsewhere = files("192.0.2.1 localhost iwd.localhost", Some(""));
        for host in ["localhost", "LocalHost.", "iwd.localhost"] {
            for files in [None, Some(&elsewhere)] {
                let Way::Known(addresses) = way_to(host, files) else {
                    panic!("{host} is asked for");
                };
                assert!(addresses.iter().all(IpAddr::is_loopback), "{addresses:?}");
                assert_eq!(addresses.len(), 2);
            }
        }
        for host in ["localhost.example.com", "notlocalhost", "iwd.iwd"] {
            assert_eq!(way_to(host, None), ask(&[host]));
        }
    }

    #[test]
    fn without_a_name_server_only_the_hosts_file_is_left() {
        let hosts = "# 192.0.2.9 iwd\n192.0.2.1 iwd.iwd IWD # 10.0.0.1 other\n2001:db8::1\tiwd\nnonsense iwd\n";
        let files = files(hosts, None);
        let known = ["192.0.2.1", "2001:db8::1"].map(|address| address.parse().unwrap());
        assert_eq!(way_to("iwd", Some(&files)), Way::Known(known.to_vec()));
        assert_eq!(
            way_to("iwd.IWD", Some(&files)),
            Way::Known(known[..1].to_vec())
        );
        for host in ["other", "iwd.iwd.svc"] {
            assert_eq!(way_to(host, Some(&files)), Way::None);
        }
    }

    #[test]
    fn the_hosts_file_goes_before_a_name_server() {
        let hosts = format!("192.0.2.1 {} iwd.iwd", "long.name ".repeat(100));
        let files = files(&hosts, Some("nameserver 192.0.2.53"));
        let known = Way::Known(vec!["192.0.2.1".parse().unwrap()]);
        assert_eq!(way_to("iwd.iwd", Some(&files)), known);
        assert_eq!(way_to("iwd", Some(&files)), ask(&["iwd."]));
        let short = self::files("127.1 iwd.iwd", Some("nameserver 192.0.2.53"));
        assert_eq!(way_to("iwd.iwd", Some(&short)), ask(&["iwd.iwd"]));
        let unusable = self::files("127.1 iwd.iwd", Some("options attempts:0"));
        assert_eq!(
            way_to("iwd.iwd", Some(&unusable)),
            Way::Unusable("attempts:")
        );
    }

    #[test]
    fn names_are_asked_for_until_one_is_found_or_the_time_is_over() {
        let names = ["iwd.a.", "iwd.b.", "iwd."].map(str::to_owned);
        for (known, limit, found) in [
            ("iwd.", 3, Ok("iwd.")),
            ("iwd.a.", 1, Ok("iwd.a.")),
            ("iwd.", 2, Err("iwd.a.")),
            ("other.", 3, Err("iwd.a.")),
        ] {
            let asked = Cell::new(0);
            let look_up = |name: &str| {
                asked.set(asked.get() + 1);
                if name == known {
                    Ok(name.to_owned())
                } else {
                    Err(io::Error::other(name.to_owned()))
                }
            };
            let result = first_found(&names, look_up, || asked.get() < limit);
            let result = result.map_err(|error| error.to_string());
            let result = result.as_deref().map_err(String::as_str);
            assert_eq!(result, found, "{known} of {limit}");
        }
    }

    #[test]
    fn options_that_end_the_process_or_the_search_are_named() {
        for (options, unusable) in [
            ("options attempts:0", Some("attempts:")),
            (
                "options ndots:5\noptions timeout:0 attempts:2",
                Some("timeout:"),
            ),
            ("options attempts:00x", Some("attempts:")),
            ("options attempts:1 timeout:1", None),
            ("options attempts: timeout:x", None),
            ("search attempts:0", None),
        ] {
            let way = way_to("iwd.iwd", Some(&files("", Some(options))));
            let found = match way {
                Way::Unusable(option) => Some(option),
                _ => None,
            };
            assert_eq!(found, unusable, "{options}");
        }
    }

    #[test]
    fn the_search_domains_are_tried_for_every_name_that_is_not_complete() {
        let search = "nameserver 192.0.2.53\ndomain old\nsearch a.example b.example.\n";
        let kubernetes = format!("{search}options timeout:1 ndots:5\n");
        for (host, resolv_conf, names) in [
            (
                "iwd",
                search,
                &["iwd.a.example.", "iwd.b.example.", "iwd."][..],
            ),
            (
                "iwd.iwd",
                search,
                &["iwd.iwd.", "iwd.iwd.a.example.", "iwd.iwd.b.example."],
            ),
            ("iwd.iwd.", search, &["iwd.iwd."]),
            (
                "iwd.iwd",
                &kubernetes,
                &["iwd.iwd.a.example.", "iwd.iwd.b.example.", "iwd.iwd."],
            ),
            ("iwd.iwd", "nameserver 192.0.2.53", &["iwd.iwd."]),
            ("iwd.iwd", "search .", &["iwd.iwd."]),
        ] {
            let files = files("", Some(resolv_conf));
            assert_eq!(
                way_to(host, Some(&files)),
                ask(names),
                "{host} {resolv_conf}"
            );
        }
    }
}
