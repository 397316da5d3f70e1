//! What can be set, and the command line that sets it.

use std::ffi::OsString;
use std::path::PathBuf;

use secrecy::SecretString;

/// How the simulator behaves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The `x-api-key` values accepted; when empty, any that is not blank.
    pub api_keys: Vec<SecretString>,
    /// Whether a tenant is refused whose database doesn't take its credentials.
    pub verify_db: bool,
    /// Whether each request is written to stderr as one line, without secrets.
    pub log: bool,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Invocation {
    /// To explain the simulator.
    Help,
    /// To say the version.
    Version,
    /// To serve.
    Serve(Arguments),
}

/// What `iwd-simulator` needs to start.
#[derive(Debug)]
pub struct Arguments {
    /// Host and port to listen on; port 0 lets the system choose.
    pub listen: String,
    /// The database file.
    pub data: PathBuf,
    /// A file with the tenants to start with.
    pub seed: Option<PathBuf>,
    /// Whether to end when the process that started this one is gone.
    pub exit_with_parent: bool,
    /// The rest.
    pub options: Options,
}

/// A command line that makes no sense.
#[derive(PartialEq, Eq, Debug, thiserror::Error)]
pub enum UsageError {
    /// Not one of the options.
    #[error("unknown argument {0}, see --help")]
    Unknown(String),
    /// An option without its value.
    #[error("{0} needs a value, see --help")]
    NoValue(String),
    /// Bytes of another encoding.
    #[error("an argument is not text in UTF-8, see --help")]
    NotText,
}

/// The text of `--help`.
pub const HELP: &str = "\
Simulates the provisioning API of Genesys IWD, for trying things out and for tests.

Usage: iwd-simulator [OPTIONS]

Options:
  --listen HOST:PORT   where to listen, port 0 for any free one [default: 127.0.0.1:4024]
  --data FILE          database file [default: iwd-simulator.db]
  --seed FILE          start with the tenants of FILE: one request body, or an array of them
  --verify-db          log in to each tenant's database, and refuse a tenant where that fails
  --api-key KEY        accept this x-api-key only; repeat for several [default: any]
  --exit-with-parent   end when the process that started this one is gone (Unix)
  --version            print the version
  --help               print this help

As documented by Genesys:
  POST, PUT /iwd/v3/provisioning
      create or update a tenant; answers {\"created\": true}; an error when a required parameter is missing
  DELETE /iwd/v3/provisioning/{ccid}?deleteTenant=true
  DELETE /iwd/v3/provisioning/{ccid}?service=iWD,iWDEmail
      delete a tenant with all services, or the named services; at least one parameter

The simulator's own, where the documentation is silent:
  - status codes, and error bodies {\"error\": {\"code\", \"message\", \"parameters\"}}
  - unknown parameters, blank strings and an incomplete tenant.gws are errors
  - services and API keys that a later request leaves out, or names differently, stay
  - DELETE answers {\"deleted\": true}, and 404 for an unknown ccid; service=GAPI is possible;
    API keys stay when only services are deleted
  - the fields and defaults of the records, the name of the tenant API key
  - status 500 with --verify-db, when PostgreSQL at iwd.db doesn't take the credentials in 5 seconds

For looking inside, without a key:
  GET /                                   a page for people: tenants, requests, faults; no secrets
  GET /_simulator/tenants                 the ccids held
  GET /_simulator/tenants/{ccid}          records and last body; ?masked=true hides secrets
  GET, DELETE /_simulator/requests        requests received, in order; ?masked=true hides secrets
  GET, POST, DELETE /_simulator/faults    faults for the next requests, one object or an array of
      times         how many requests, 0 for all [default: 1]
      method, path, ccid
                    only these requests; path also stands for what is below it
      percent       only so many of a hundred of these, by chance; those of one seed add up
      seed          what the chance is drawn from [default: 0]
      status, headers, body, content_type
                    the answer; {{body}} and {{x-api-key}} in body stand for the request's
      delay_ms      how long the answer takes
      apply         true: the request is performed first; without status its real answer is given
      connection    close or reset: no answer; mid_body: a part of it, sent_bytes of the body
";

/// Reads the arguments after the program's name.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Invocation, UsageError> {
    let mut parsed = Arguments {
        listen: "127.0.0.1:4024".to_owned(),
        data: PathBuf::from("iwd-simulator.db"),
        seed: None,
        exit_with_parent: false,
        options: Options {
            log: true,
            ..Options::default()
        },
    };
    let text = |argument: OsString| argument.into_string().map_err(|_| UsageError::NotText);
    let mut arguments = arguments.into_iter().map(text);
    while let Some(argument) = arguments.next().transpose()? {
        let (name, inline) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        let mut value = || match inline.clone() {
            Some(value) => Ok(value),
            None => match arguments.next() {
                Some(value) => value,
                None => Err(UsageError::NoValue(name.to_owned())),
            },
        };
        match (name, &inline) {
            ("--listen", _) => parsed.listen = value()?,
            ("--data", _) => parsed.data = value()?.into(),
            ("--seed", _) => parsed.seed = Some(value()?.into()),
            ("--verify-db", None) => parsed.options.verify_db = true,
            ("--api-key", _) => parsed.options.api_keys.push(value()?.into()),
            ("--exit-with-parent", None) => parsed.exit_with_parent = true,
            ("--help" | "-h", None) => return Ok(Invocation::Help),
            ("--version" | "-V", None) => return Ok(Invocation::Version),
            _ => return Err(UsageError::Unknown(name.to_owned())),
        }
    }
    Ok(Invocation::Serve(parsed))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Invocation, UsageError> {
        parse(arguments.iter().map(OsString::from))
    }

    fn served(arguments: &[&str]) -> Arguments {
        match parsed(arguments) {
            Ok(Invocation::Serve(arguments)) => arguments,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_arguments_it_listens_on_loopback_and_takes_any_key() {
        let arguments = served(&[]);
        assert_eq!(arguments.listen, "127.0.0.1:4024");
        assert_eq!(arguments.data, PathBuf::from("iwd-simulator.db"));
        assert_eq!(arguments.seed, None);
        assert!(!arguments.exit_with_parent);
        assert!(!arguments.options.verify_db);
        assert!(arguments.options.api_keys.is_empty());
    }

    #[test]
    fn values_come_after_a_space_or_an_equals_sign() {
        let arguments = served(&[
            "--listen=[::1]:0",
            "--data",
            "a=b.db",
            "--api-key",
            "one",
            "--api-key=t=o",
            "--seed=tenants.json",
            "--verify-db",
            "--exit-with-parent",
        ]);
        assert_eq!(arguments.listen, "[::1]:0");
        assert_eq!(arguments.data, PathBuf::from("a=b.db"));
        assert_eq!(arguments.seed, Some(PathBuf::from("tenants.json")));
        assert!(arguments.options.verify_db);
        let keys = arguments.options.api_keys;
        assert_eq!(keys[0].expose_secret(), "one");
        assert_eq!(keys[1].expose_secret(), "t=o");
        assert!(arguments.exit_with_parent);
    }

    #[test]
    fn what_makes_no_sense_is_named_without_its_value() {
        let unknown = |name: &str| Some(UsageError::Unknown(name.to_owned()));
        assert_eq!(parsed(&["--api-keys=secret"]).err(), unknown("--api-keys"));
        assert_eq!(parsed(&["--help=x"]).err(), unknown("--help"));
        assert_eq!(
            parsed(&["--data"]).err(),
            Some(UsageError::NoValue("--data".to_owned()))
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_text_is_refused() {
        use std::os::unix::ffi::OsStringExt as _;

        let no_text = || OsString::from_vec(b"--\xe4".to_vec());
        for arguments in [vec![no_text()], vec!["--data".into(), no_text()]] {
            assert_eq!(parse(arguments).err(), Some(UsageError::NotText));
        }
    }

    #[test]
    fn keys_are_redacted_in_debug() {
        let shown = format!("{:?}", served(&["--api-key", "hunter2"]));
        assert!(!shown.contains("hunter2") && shown.contains("REDACTED"));
    }
}
