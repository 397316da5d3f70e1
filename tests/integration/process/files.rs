//! Files of the settings that never come or never end.

use super::*;

#[tokio::test]
async fn a_file_that_never_comes_holds_up_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("ca.pem");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRUSR).unwrap();
    let mut host = Host::start().await;
    host.configure_with(&json!({"endpoint": "https://127.0.0.1:9", "ca_cert_file": pipe}))
        .await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    let hurried = json!({"create": "100ms", "update": null, "delete": null});
    let hurried = with(&plan.state, "/timeouts", hurried);
    let late = host.apply(&Json::Null, &hurried, &plain(), &[]).await;
    let error = late.expect_error("Error creating tenant: timed out reading certificates and keys");
    assert!(error.detail.contains("`ca_cert_file`"), "{error:?}");

    let mut waiting = Vec::new();
    for _ in 0..8 {
        waiting.push(host.begin_apply(&Json::Null, &plan.state, &plain(), &plan.private));
    }
    // Nothing shows that they wait, so they are told to stop until they do.
    while waiting.iter().any(|call| !call.is_finished()) {
        host.provider.stop(wire::stop::Request {}).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for call in waiting {
        let error = call.await.unwrap();
        let error = error.expect_error("Error creating tenant: stopped");
        assert!(error.detail.contains("Nothing was sent"), "{error:?}");
    }

    let status = host.shutdown().await;
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn an_apply_that_waits_for_a_file_is_answered_before_the_process_ends() {
    use std::os::unix::fs::OpenOptionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("ca.pem");
    let mode = nix::sys::stat::Mode::S_IRUSR | nix::sys::stat::Mode::S_IWUSR;
    nix::unistd::mkfifo(&pipe, mode).unwrap();
    let mut host = Host::start().await;
    host.configure_with(&json!({"endpoint": "https://127.0.0.1:9", "ca_cert_file": pipe}))
        .await;
    let plan = host.plan(&Json::Null, &plain(), &[]).await;
    let waiting = host.begin_apply(&Json::Null, &plan.state, &plain(), &plan.private);
    // A pipe can be opened so once somebody reads it; held open, it never ends.
    let mut writer = std::fs::OpenOptions::new();
    writer
        .write(true)
        .custom_flags(nix::fcntl::OFlag::O_NONBLOCK.bits());
    let _held = loop {
        match writer.open(&pipe) {
            Ok(pipe) => break pipe,
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
    };
    let status = host.shutdown().await;
    assert!(status.success(), "{status}");
    let error = waiting.await.unwrap();
    let error = error.expect_error("Error creating tenant: stopped");
    assert!(error.detail.contains("Nothing was sent"), "{error:?}");
}

#[tokio::test]
async fn a_file_without_an_end_is_no_certificate() {
    let mut host = Host::start().await;
    host.configure_with(&json!({"endpoint": "https://127.0.0.1:9", "ca_cert_file": "/dev/zero"}))
        .await;
    let refused = host.change(&Json::Null, &plain(), &[]).await;
    let error = refused.expect_error("Error reading a file of the provider settings");
    assert!(error.detail.contains("larger than 16 MiB"), "{error:?}");
}
