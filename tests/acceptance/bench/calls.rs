//! Calls of the protocol through mutual TLS, with some in flight at once.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use super::figure::{Figure, Goal, quantile};
use super::raw::api::Api;
use super::raw::generated::tfplugin5::plan_resource_change::Request;
use super::raw::host::Host;
use super::raw::reply::errors;
use super::raw::tenant::{plain, proposed, with, write_only};
use super::raw::values::to_wire;
use super::resources::{cpu_of, milliseconds};

/// How many calls are in flight.
const IN_FLIGHT: [usize; 3] = [1, 10, 25];
/// How long each of them is measured.
const LASTS: Duration = Duration::from_secs(3);

/// The second tenant's.
const OTHER_CCID: &str = "9350e2fc-a1dd-4c65-8d40-1f75a2e00200";

/// Plans a second and their latency.
pub(crate) fn measure(provider: &Path) -> Vec<Figure> {
    Runtime::new().unwrap().block_on(async {
        let api = Api::start().await;
        let mut host = Host::start_by(Command::new(provider), &[]).await;
        assert_eq!(host.configure(api.url()).await, []);
        let mut figures = Vec::new();
        let changed = with(&plain(), "/name", "t101");
        let changing = request(&mut host, &plain(), &changed).await;
        // Until pools and caches are filled.
        plans(&host, &changing, 1, Duration::from_millis(500)).await;
        for in_flight in IN_FLIGHT {
            figures.extend(
                plans(&host, &changing, in_flight, LASTS)
                    .await
                    .figures(in_flight),
            );
        }
        // Where all else is as it was, a hash tells whether the secrets are too.
        let other = with(&write_only(), "/ccid", OTHER_CCID);
        let unchanged = request(&mut host, &other, &other).await;
        let hashed = plans(&host, &unchanged, 10, LASTS).await;
        figures.push(Figure::new(
            "plans with a hash a second of the provider's CPU, 10 in flight",
            hashed.a_second_of_cpu(),
            "",
        ));
        assert!(host.shutdown().await.success());
        figures
    })
}

/// What some time of calls came to.
struct Calls {
    latencies: Vec<f64>,
    wall: Duration,
    cpu: Duration,
}

impl Calls {
    #[expect(clippy::cast_precision_loss, reason = "there are not so many calls")]
    fn a_second_of(&self, time: Duration) -> f64 {
        self.latencies.len() as f64 / time.as_secs_f64()
    }

    fn a_second_of_cpu(&self) -> f64 {
        self.a_second_of(self.cpu)
    }

    fn figures(&self, in_flight: usize) -> Vec<Figure> {
        let latency = |share| quantile(self.latencies.iter().copied(), share);
        let what = |of: &str| format!("plans, {in_flight} in flight: {of}");
        let a_second_of_cpu = Figure::new(
            what("a second of the provider's CPU"),
            self.a_second_of_cpu(),
            "",
        );
        vec![
            Figure::new(what("a second"), self.a_second_of(self.wall), ""),
            match in_flight {
                10 => a_second_of_cpu.goal(Goal::AtLeast(6000.0)),
                _ => a_second_of_cpu,
            },
            Figure::new(what("half take less than"), latency(0.5), "ms"),
            Figure::new(what("99 of 100 take less than"), latency(0.99), "ms"),
        ]
    }
}

/// The request for a plan of a tenant that was created as `before` says, and is to be as `after` says.
async fn request(host: &mut Host, before: &Json, after: &Json) -> Request {
    let created = host.change(&Json::Null, before, &[]).await;
    Request {
        type_name: "iwd_tenant".to_owned(),
        prior_state: Some(to_wire(&created.state)),
        proposed_new_state: Some(to_wire(&proposed(&created.state, after))),
        config: Some(to_wire(after)),
        prior_private: created.private,
        ..Default::default()
    }
}

async fn plans(host: &Host, request: &Request, in_flight: usize, lasts: Duration) -> Calls {
    let (before, began) = (cpu_of(host.pid()), Instant::now());
    let mut callers = JoinSet::new();
    for _ in 0..in_flight {
        let (mut provider, request) = (host.provider.clone(), request.clone());
        callers.spawn(async move {
            let mut latencies = Vec::new();
            while began.elapsed() < lasts {
                let called = Instant::now();
                let reply = provider
                    .plan_resource_change(request.clone())
                    .await
                    .unwrap();
                latencies.push(milliseconds(called.elapsed()));
                assert_eq!(errors(&reply.into_inner().diagnostics).next(), None);
            }
            latencies
        });
    }
    let latencies = callers.join_all().await.concat();
    Calls {
        latencies,
        wall: began.elapsed(),
        cpu: cpu_of(host.pid()).saturating_sub(before),
    }
}
