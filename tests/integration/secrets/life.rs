//! A provider with every secret in use, and all that it says.

use std::fmt::Write as _;

use serde_json::json;

use super::echo::EchoServer;
use super::faults::Fault;
use crate::canaries::Search;
use crate::canaries::encodings::Encoding;
use crate::canaries::settings::{self, Planted};
use crate::harness::host::Host;
use crate::harness::reply::Reply;
use crate::harness::tenant::CCID;

/// Where the settings stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Block,
    Environment,
}

/// A provider with every secret in use, and the server that it talks to, which is its proxy.
pub(super) struct Life {
    pub(super) host: Host,
    pub(super) server: EchoServer,
    pub(super) settings: Planted,
}

/// All that came to light, by the place of the secret.
#[derive(Default)]
pub(super) struct Findings(Vec<String>);

impl Life {
    /// Configures one with its settings there.
    pub(super) async fn begin(source: Source, endpoint: &str) -> Self {
        let server = EchoServer::start().await;
        let mut settings = settings::settings(endpoint, &server.address, &[CCID]);
        settings.config["max_retries"] = 1.into();
        settings.config["retry_min_wait"] = "1ms".into();
        settings.config["retry_max_wait"] = "2ms".into();
        let variables = match source {
            Source::Block => Vec::new(),
            Source::Environment => settings::environment(&mut settings),
        };
        let block = match source {
            Source::Block => settings.config.clone(),
            Source::Environment => json!({}),
        };
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let mut host = Host::start_with(&variables).await;
        assert_eq!(host.configure_with(&block).await, []);
        // IWD knows the keys of the provider and of others.
        server.remember(settings.known());
        Self {
            host,
            server,
            settings,
        }
    }

    /// Does something once for each fault in each encoding. What it tells quotes answers and must hold no canary, nor must
    /// the log.
    pub(super) async fn suffer(
        self,
        tenant: &[&Planted],
        cases: impl IntoIterator<Item = (Fault, Encoding)>,
        act: impl AsyncFnMut(&mut Host) -> String,
    ) {
        let masked = self.look_at_all(tenant, cases, act).await;
        assert!(masked > 0, "no answer was quoted");
    }

    /// The same where answers are not quoted, so that nothing has to be masked.
    pub(super) async fn suffer_unquoted(
        self,
        tenant: &[&Planted],
        cases: impl IntoIterator<Item = (Fault, Encoding)>,
        act: impl AsyncFnMut(&mut Host) -> String,
    ) {
        let masked = self.look_at_all(tenant, cases, act).await;
        assert_eq!(masked, 0, "an answer was quoted");
    }

    /// How often something was masked.
    async fn look_at_all(
        mut self,
        tenant: &[&Planted],
        cases: impl IntoIterator<Item = (Fault, Encoding)>,
        mut act: impl AsyncFnMut(&mut Host) -> String,
    ) -> usize {
        let planted = tenant.iter().copied().chain([&self.settings]);
        let search = Search::over(planted.flat_map(|it| it.secrets.clone()));
        let (mut findings, mut masked) = (Findings::default(), 0);
        for (fault, (encoding, encode)) in cases {
            self.server.answer(move |echo| fault.answer(&encode(echo)));
            let before = self.server.requests().len();
            let told = act(&mut self.host).await;
            assert!(
                self.server.requests().len() > before,
                "{fault}: nothing was sent: {told}"
            );
            self.server.expect_echo(&search);
            masked += usize::from(told.contains("(masked)"));
            findings.look(&search, &format!("after {fault} in {encoding}"), &told);
        }
        let log = self.host.ended().await;
        assert!(log.contains("\"@level\":\"trace\""), "the log is not whole");
        findings.look(&search, "in the log", &log);
        findings.expect_none();
        masked
    }
}

impl Findings {
    /// Looks for secrets in what was told at that place.
    pub(super) fn look(&mut self, search: &Search, place: &str, told: &str) {
        let found = search.find(told.as_bytes()).into_iter();
        self.0
            .extend(found.map(|(secret, around)| format!("{secret} {place}: {around:?}")));
    }

    /// Fails the test if any came to light.
    #[track_caller]
    pub(super) fn expect_none(&self) {
        let all = self.0.join("\n");
        assert!(self.0.is_empty(), "{} came to light:\n{all}", self.0.len());
    }
}

/// What a reply tells: all but what Terraform stores by the schema.
pub(super) fn told(reply: &Reply) -> String {
    let mut told = String::from_utf8_lossy(&reply.private).into_owned();
    for diagnostic in &reply.diagnostics {
        write!(
            told,
            "\n{}\n{}\n{:?}",
            diagnostic.summary, diagnostic.detail, diagnostic.attribute
        )
        .unwrap();
    }
    told
}
