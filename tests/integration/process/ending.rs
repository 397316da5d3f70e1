//! What ends the process, what does not, and what is answered before.

use super::*;
use crate::harness::host::HANG;
use crate::iwd_client::CREATED;
use crate::iwd_client::server::{Server, Turn};

/// Longer than any test.
const AN_HOUR: u64 = 3_600_000;

#[tokio::test]
async fn shutdown_ends_it_well() {
    let host = Host::start().await;
    assert_eq!(host.shutdown().await.code(), Some(0));
}

fn signal(pid: u32, signal: nix::sys::signal::Signal) {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap());
    nix::sys::signal::kill(pid, signal).unwrap();
}

#[tokio::test]
async fn signals_do_not_end_it_while_its_host_lives() {
    use nix::sys::signal::Signal::{SIGINT, SIGPIPE, SIGTERM};
    let mut host = Host::start().await;
    for number in [SIGINT, SIGTERM, SIGPIPE, SIGINT, SIGINT] {
        signal(host.pid(), number);
    }
    host.plan(&Json::Null, &plain(), &[])
        .await
        .expect_no_error();
}

#[tokio::test]
async fn stop_is_answered_at_once_and_what_is_in_flight_counts() {
    let api = Server::start([Turn::Pause, CREATED, CREATED]).await;
    let mut host = Host::configured_for(&api.url).await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    let create = host.begin_apply(&Json::Null, &plan.state, &plain(), &plan.private);
    api.asked(1).await;
    let stopped = host.provider.stop(wire::stop::Request {}).await.unwrap();
    assert_eq!(stopped.into_inner().error, "");

    // Only now does the API answer.
    assert!(!create.is_finished());
    api.go_on();
    let applied = create.await.unwrap();
    applied.expect_no_error();
    assert_eq!(applied.at("/id"), CCID);
    // What comes after a stop is served.
    host.change(
        &applied.state,
        &with(&plain(), "/name", "t101"),
        &applied.private,
    )
    .await
    .expect_no_error();
}

#[tokio::test]
async fn what_is_in_flight_is_answered_before_the_process_ends() {
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    let renamed = with(&plain(), "/name", "t101");
    let plan = host.plan(&created.state, &renamed, &created.private).await;
    api.fault(json!({"delay_ms": AN_HOUR, "apply": true})).await;
    let update = host.begin_apply(&created.state, &plan.state, &renamed, &plan.private);
    api.asked_after(1).await;

    // A second Ctrl-C: Terraform ends without waiting for what is under way.
    let status = host.shutdown().await;
    assert!(status.success(), "{status}");
    let update = update.await.unwrap();
    let error = update.expect_error("Error updating tenant: stopped");
    assert!(error.detail.contains("may have taken effect"), "{error:?}");
    assert_eq!(update.state, created.state);

    // What IWD holds is not known, so the next plan sends again.
    let mut host = Host::start().await;
    let plan = host.plan(&update.state, &plain(), &update.private).await;
    assert_eq!(plan.at("/revision"), 2);
}

#[tokio::test]
async fn stop_ends_a_wait_at_once() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    host.configure_with(
        &json!({"endpoint": api.url(), "retry_min_wait": "1h", "retry_max_wait": "1h"}),
    )
    .await;
    api.fault(json!({"times": 0, "status": 503, "headers": {"Retry-After": "3600"}}))
        .await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    let mut stopper = host.provider.clone();
    let stop = async {
        api.asked_after(0).await;
        stopper.stop(wire::stop::Request {}).await.unwrap();
    };
    let config = plain();
    let (applied, ()) = tokio::join!(
        host.apply(&Json::Null, &plan.state, &config, &plan.private),
        stop
    );
    assert_eq!(applied.state, Json::Null);
    assert_eq!(applied.diagnostics.len(), 1);
    assert_eq!(api.requests().await.len(), 1);
}

#[tokio::test]
async fn it_ends_when_its_host_is_killed() {
    // A shell stands for the host, which is killed hard while the provider runs.
    let script = format!(
        "\"{}\" </dev/null & echo $!; wait",
        env!("CARGO_BIN_EXE_terraform-provider-iwd")
    );
    let mut host = Command::new("sh")
        .args(["-c", &script])
        .env(
            "TF_PLUGIN_MAGIC_COOKIE",
            "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
        )
        .env("PLUGIN_PROTOCOL_VERSIONS", "5")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(host.stdout.take().unwrap()));
    let first = lines.next().unwrap().unwrap();
    let second = lines.next().unwrap().unwrap();
    let pid = [&first, &second]
        .into_iter()
        .find_map(|line| line.parse::<i32>().ok())
        .unwrap();
    host.kill().unwrap();
    host.wait().unwrap();
    let provider = nix::unistd::Pid::from_raw(pid);
    let ended = async {
        while nix::sys::signal::kill(provider, None).is_ok() && !is_zombie(pid) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let ended = tokio::time::timeout(HANG, ended).await;
    ended.expect("the provider doesn't outlive its host");
}

#[test]
fn it_ends_when_its_host_was_gone_before_it_began() {
    // The shell stands for the host. It ends before the provider is told to begin, and with it the reader of the handshake.
    let script = format!(
        "exec 3<&0; (read begin <&3; exec \"{}\" </dev/null) &",
        env!("CARGO_BIN_EXE_terraform-provider-iwd")
    );
    let mut host = Command::new("sh")
        .args(["-c", &script])
        .env_clear()
        .env(COOKIE.0, COOKIE.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut begin = host.stdin.take().unwrap();
    assert!(host.wait().unwrap().success());
    drop(host.stdout.take());
    std::io::Write::write_all(&mut begin, b"begin\n").unwrap();
    // Standard error ends with the provider.
    let told = std::io::read_to_string(host.stderr.take().unwrap()).unwrap();
    assert!(told.contains("cannot tell where to connect"), "{told}");
}

/// Whether the process has ended and only waits for its new parent.
fn is_zombie(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit(')')
            .next()
            .is_some_and(|rest| rest.trim_start().starts_with('Z'))
    })
}
