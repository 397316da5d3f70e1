//! An answer of IWD that is searched for secrets before anybody sees it.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use super::figure::{Figure, median};
use super::raw::api::Api;
use super::raw::host::Host;
use super::raw::tenant::plain;
use super::resources::milliseconds;

/// How many keys the settings hold.
const KEYS: [usize; 2] = [0, 5000];
/// More than the provider reads of an answer.
const ANSWER: usize = 33 * 1024;
const ANSWERS: usize = 11;

/// How long an apply takes that IWD refuses in a long text.
pub(crate) fn measure(provider: &Path) -> Vec<Figure> {
    let runtime = Runtime::new().unwrap();
    let measured = KEYS.map(|keys| {
        let times = runtime.block_on(refused(provider, keys));
        let what = format!("an apply whose answer of 32 KiB is searched for {keys} keys");
        Figure::new(what, median(times), "ms")
    });
    measured.into()
}

async fn refused(provider: &Path, keys: usize) -> Vec<f64> {
    let api = Api::start().await;
    let mut host = Host::start_by(Command::new(provider), &[]).await;
    let key = |tenant: usize| {
        (
            format!("t{tenant}"),
            json!(format!("C0FFEE-{tenant:04}-canary")),
        )
    };
    let settings = json!({
        "endpoint": api.url(),
        "api_key": "canary-key",
        "tenant_api_keys": (0..keys).map(key).collect::<serde_json::Map<_, _>>(),
    });
    assert_eq!(host.configure_with(&settings).await, []);
    let config = plain();
    let plan = host.plan(&Json::Null, &config, &[]).await;
    let words = "{\"detail\": \"no such thing as %22C0FFEE%22 here\"} ".repeat(ANSWER / 40);
    let mut times = Vec::new();
    for _ in 0..ANSWERS {
        api.fault(json!({"status": 400, "body": &words[..ANSWER]}))
            .await;
        let began = Instant::now();
        let reply = host.apply(&Json::Null, &plan.state, &config, &plan.private);
        let reply = reply.await;
        times.push(milliseconds(began.elapsed()));
        reply.expect_error("Error creating tenant: request rejected");
    }
    times
}
