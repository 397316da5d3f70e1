//! What becomes of each option of curl.

/// What becomes of an option.
pub(super) enum Use {
    /// It sets the body.
    Body {
        may_be_file: bool,
    },
    /// It sets a body that is no JSON.
    OtherBody,
    Header,
    Method,
    Url,
    /// It follows redirects.
    Redirect,
    /// It changes nothing that the provider could do, and has a value or none.
    Nothing {
        has_value: bool,
    },
    /// A setting of the provider, by that name, does the same; it has a value or none.
    Setting {
        name: &'static str,
        has_value: bool,
    },
}

/// Options that are not known, and may have a secret behind them.
const SECRET_OPTIONS: [&str; 10] = [
    "login-options",
    "mail-auth",
    "proxy-header",
    "proxy-pass",
    "proxy-tlspassword",
    "proxy-tlsuser",
    "tlspassword",
    "tlsuser",
    "url-query",
    "variable",
];

/// What becomes of the option of one letter.
pub(super) fn of_short(name: char) -> Option<Use> {
    of_long(match name {
        'd' => "data",
        'F' => "form",
        'T' => "upload-file",
        'H' => "header",
        'X' => "request",
        'k' => "insecure",
        'E' => "cert",
        'x' => "proxy",
        'U' => "proxy-user",
        'm' => "max-time",
        'u' => "user",
        'A' => "user-agent",
        'b' => "cookie",
        'o' => "output",
        'w' => "write-out",
        'f' => "fail",
        'g' => "globoff",
        'i' => "include",
        'L' => "location",
        'N' => "no-buffer",
        'O' => "remote-name",
        'q' => "disable",
        's' => "silent",
        'S' => "show-error",
        'v' => "verbose",
        'V' => "version",
        '#' => "progress-bar",
        '0' => "http1.0",
        '1' => "tlsv1",
        '4' => "ipv4",
        '6' => "ipv6",
        _ => return None,
    })
}

/// What becomes of the option of that name, written without `--`.
pub(super) fn of_long(name: &str) -> Option<Use> {
    let setting = |name, has_value| Use::Setting { name, has_value };
    Some(match name {
        "data" | "data-ascii" | "data-binary" | "json" => Use::Body { may_be_file: true },
        "data-raw" => Use::Body { may_be_file: false },
        "data-urlencode" | "form" | "form-string" | "upload-file" | "get" | "head" => {
            Use::OtherBody
        }
        "header" => Use::Header,
        "request" => Use::Method,
        "url" => Use::Url,
        "insecure" => setting("insecure_skip_verify", false),
        "cacert" => setting("ca_cert_file", true),
        "cert" => setting("client_cert_file", true),
        "key" | "pass" => setting("client_key_file", true),
        "proxy" | "preproxy" | "socks5" | "socks5-hostname" | "proxy-user" => {
            setting("proxy_url", true)
        }
        "noproxy" => setting("proxy_url", true),
        "max-time" | "connect-timeout" => setting("request_timeout", true),
        "retry" => setting("max_retries", true),
        "retry-delay" | "retry-max-time" => setting("retry_min_wait", true),
        "user" | "oauth2-bearer" | "cookie" | "user-agent" => setting("headers", true),
        "output" | "write-out" | "stderr" | "trace" | "trace-ascii" => {
            Use::Nothing { has_value: true }
        }
        "location" | "post301" | "post302" | "post303" => Use::Redirect,
        "fail" | "fail-with-body" | "fail-early" | "globoff" | "include" | "show-headers"
        | "no-buffer" | "remote-name" | "disable" | "silent" | "show-error" | "verbose"
        | "progress-bar" | "no-progress-meter" | "http1.0" | "http1.1" | "http2" | "tlsv1"
        | "tlsv1.2" | "tlsv1.3" | "ipv4" | "ipv6" | "compressed" | "retry-connrefused"
        | "retry-all-errors" | "no-keepalive" | "version" => Use::Nothing { has_value: false },
        _ => return None,
    })
}

/// An option that is not known, without what may be the value of another one that it begins with.
pub(super) fn without_value(option: &str) -> String {
    let name = option.trim_start_matches('-');
    let is_option = |name| SECRET_OPTIONS.contains(&name) || of_long(name).is_some();
    let begins = |end: &usize| name.get(..*end).is_some_and(is_option);
    let is_end = |c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c));
    let known = (1..=name.len()).rev().find(begins);
    let known = known.filter(|end| !goes_on(&name[*end..]));
    match known.or_else(|| name.find(is_end)) {
        Some(end) => format!("--{}…", &name[..end]),
        None => option.to_owned(),
    }
}

/// Whether the name of an option may go on so, as `--key` does in `--key-type`; a value hardly does.
fn goes_on(rest: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
    let is_word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase()) && part.chars().all(is_part)
    };
    rest.is_empty() || rest.strip_prefix('-').is_some_and(is_word)
}
