//! The manners of the process: how it starts, who gets in, how it ends.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value as Json, json};

use futures_util::StreamExt;

use super::harness::api::Api;
use super::harness::generated::plugin::grpc_broker_client::GrpcBrokerClient;
use super::harness::generated::plugin::grpc_stdio_client::GrpcStdioClient;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::{COOKIE, Debugged, HANG, Host, program};
use super::harness::tenant::{CCID, plain, with};
use super::iwd_client::CREATED;
use super::iwd_client::server::{Server, Turn};

/// Longer than any test.
const AN_HOUR: u64 = 3_600_000;

#[tokio::test]
async fn the_handshake_names_a_loopback_port_and_a_certificate() {
    let host = Host::start().await;
    let fields: Vec<_> = host.handshake.split('|').collect();
    assert_eq!(&fields[..3], ["1", "5", "tcp"]);
    assert!(fields[3].starts_with("127.0.0.1:"));
    assert_eq!(fields[4], "grpc");
    assert!(fields[5].len() > 50 && !fields[5].contains('='));
    assert_eq!(fields.len(), 6);
}

#[tokio::test]
async fn without_tls_it_is_a_socket_in_a_directory_of_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let mut host = Host::start_without_tls().await;
    let fields: Vec<String> = host.handshake.split('|').map(str::to_owned).collect();
    assert_eq!((fields[2].as_str(), fields[5].as_str()), ("unix", ""));
    let directory = std::path::Path::new(&fields[3])
        .parent()
        .unwrap()
        .to_owned();
    let mode = std::fs::metadata(&directory).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    host.plan(&Json::Null, &plain(), &[])
        .await
        .expect_no_error();
    host.shutdown().await;
    assert!(!directory.exists());
}

#[tokio::test]
async fn shutdown_ends_it_well() {
    let host = Host::start().await;
    assert_eq!(host.shutdown().await.code(), Some(0));
}

#[tokio::test]
async fn the_streams_of_go_plugin_stay_open_until_the_end_and_say_nothing() {
    let host = Host::start().await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stdio = GrpcStdioClient::new(host.channel());
        streams.push(stdio.stream_stdio(()).await.unwrap().into_inner());
        let mut broker = GrpcBrokerClient::new(host.channel());
        broker
            .start_stream(futures_util::stream::pending())
            .await
            .unwrap();
    }
    assert_eq!(host.shutdown().await.code(), Some(0));
    for mut stream in streams {
        // Either way, nothing was said.
        assert!(matches!(stream.next().await, None | Some(Err(_))));
    }
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
    let mut host = Host::start().await;
    host.configure(&api.url).await;
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

#[cfg(unix)]
#[test]
fn with_too_few_files_to_serve_it_says_so_instead_of_where_to_connect() {
    for files in [8, 12, 24] {
        let mut shell = Command::new("sh");
        let command = format!("ulimit -n {files} && exec \"$0\"");
        let started = shell
            .args(["-c", &command, program().get_program().to_str().unwrap()])
            .env_clear()
            .env(COOKIE.0, COOKIE.1)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let told = String::from_utf8(started.stderr).unwrap();
        assert_eq!(started.status.code(), Some(1), "{told}");
        assert_eq!(started.stdout, b"", "{told}");
        assert!(told.contains("Raise the limit of open files"), "{told}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_standard_error_that_nobody_reads_holds_up_no_call() {
    let api = Api::start().await;
    let (mut host, _unread) = Host::start_unread().await;
    host.configure_with(&json!({
        "endpoint": api.url(), "retry_min_wait": "1ms", "retry_max_wait": "1ms", "max_retries": 60,
    }))
    .await;
    api.fault(json!({"status": 503, "times": 0})).await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_error("Error creating tenant: IWD is unavailable");
    assert_eq!(api.requests().await.len(), 61);
    assert!(host.shutdown().await.success());
}

#[tokio::test]
async fn what_is_in_flight_is_answered_before_the_process_ends() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    host.configure(api.url()).await;
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

#[test]
fn by_hand_it_explains_itself() {
    let run = |arguments: &[&str]| {
        program()
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    let bare = run(&[]);
    assert_eq!(bare.status.code(), Some(1));
    assert!(bare.stdout.is_empty());
    let told = String::from_utf8(bare.stderr).unwrap();
    assert!(
        told.contains("Terraform provider") && !told.contains("panic"),
        "{told}"
    );
    let version = run(&["--version"]);
    assert!(version.status.success());
    let commit = option_env!("IWD_COMMIT").unwrap_or("unknown");
    let told = String::from_utf8(version.stdout).unwrap();
    let program = concat!("terraform-provider-iwd ", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        told,
        format!("{program} (commit {commit}, {})\n", env!("TARGET"))
    );
    assert!(run(&["--help"]).status.success());
    for nonsense in [&["--nonsense"][..], &["--version", "please"]] {
        let refused = run(nonsense);
        assert_eq!(refused.status.code(), Some(1));
        assert!(refused.stdout.is_empty());
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(
            told.contains("doesn't know") && told.contains("--help"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn every_log_line_is_one_that_the_host_can_read_and_holds_no_secret() {
    let api = Api::start().await;
    let mut host = Host::start().await;
    host.configure_with(&json!({"endpoint": api.url(), "api_key": "canary-provider-key", "headers": {"x-gate": "canary-header"}}))
        .await;
    api.fault(
        json!({"status": 503, "body": "{{body}} {{x-api-key}}", "headers": {"Retry-After": "0"}}),
    )
    .await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_no_error();
    let mut lines = Vec::new();
    for _ in 0..100 {
        lines = host.stderr().lines().map(str::to_owned).collect();
        if lines
            .iter()
            .any(|line| line.contains("ApplyResourceChange"))
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(
        lines
            .iter()
            .any(|line| line.contains("ApplyResourceChange")),
        "nothing was logged"
    );
    for line in &lines {
        let entry: Json = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        for key in ["@level", "@message", "@module", "@timestamp"] {
            assert!(entry[key].is_string(), "{key} in {line}");
        }
        assert!(!line.contains("canary"), "{line}");
    }
}

#[tokio::test]
async fn the_log_tells_the_whole_story_of_a_create() {
    let api = Api::start().await;
    let mut host = Host::start_with(&[("IWD_MAX_RETRIES", "3")]).await;
    let keys = json!({(CCID): "canary-own-key"});
    host.configure_with(&json!({"endpoint": api.url(), "tenant_api_keys": keys}))
        .await;
    let created = host.change(&Json::Null, &plain(), &[]).await;
    created.expect_no_error();
    let entries = host.log_until("the request succeeded").await;
    let of = |message| {
        let is_it = move |entry: &&Json| entry["@message"] == message;
        entries.iter().filter(is_it)
    };
    let settings: Vec<_> = of("provider setting")
        .filter(|entry| {
            ["endpoint", "max_retries", "tenant_api_keys"]
                .contains(&entry["setting"].as_str().unwrap())
        })
        .map(|entry| {
            json!([
                entry["@level"],
                entry["setting"],
                entry["source"],
                entry["value"]
            ])
        })
        .collect();
    let endpoint = format!("{}/", api.url());
    assert_eq!(
        settings,
        [
            json!(["debug", "endpoint", "provider block", endpoint]),
            json!([
                "debug",
                "max_retries",
                "environment variable IWD_MAX_RETRIES",
                "3"
            ]),
            json!(["debug", "tenant_api_keys", "provider block", null]),
        ]
    );
    let ended = of("the attempt ended").next().expect("an attempt");
    assert_eq!(ended["@level"], "debug");
    for (field, value) in [
        ("tf_rpc", json!("ApplyResourceChange")),
        (
            "key",
            json!("the entry for this ccid in `tenant_api_keys` of the provider block"),
        ),
        ("method", json!("POST")),
        ("url", json!(format!("{endpoint}iwd/v3/provisioning"))),
        ("attempt", json!(1)),
        ("proxy", json!("none")),
        ("connection", json!("new")),
        ("status", json!(200)),
    ] {
        assert_eq!(ended[field], value, "{field} in {ended}");
    }
    for field in ["elapsed_ms", "received_bytes"] {
        assert!(ended[field].is_u64(), "{field} in {ended}");
    }
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

#[cfg(target_os = "linux")]
#[tokio::test]
async fn plans_of_many_tenants_take_little_memory() {
    use super::harness::tenant::{with, write_only};
    let api = Api::start().await;
    let mut host = Host::start().await;
    host.configure(api.url()).await;
    let created = host.change(&Json::Null, &write_only(), &[]).await;
    for number in 0..150 {
        let ccid = format!("tenant-{number}");
        let state = with(
            &with(&created.state, "/ccid", ccid.as_str()),
            "/id",
            ccid.as_str(),
        );
        let config = with(&write_only(), "/ccid", ccid.as_str());
        let plan = host.plan(&state, &config, &created.private).await;
        assert_eq!(plan.state, state);
    }
    let kilobytes = host.peak_memory();
    assert!(kilobytes < 64 * 1024, "{kilobytes} kB");
}

#[tokio::test]
async fn in_debug_mode_it_serves_anyone_it_told_until_it_is_interrupted() {
    let debugged = Debugged::start();
    let provider = &debugged.told["registry.terraform.io/iwd/iwd"];
    assert_eq!(
        (&provider["ProtocolVersion"], &provider["Test"]),
        (&json!(5), &json!(true))
    );
    assert_eq!(provider["Pid"], debugged.pid());
    for _ in 0..2 {
        let mut client = debugged.connect().await;
        let schema = client
            .provider
            .get_schema(wire::get_provider_schema::Request {})
            .await
            .unwrap()
            .into_inner();
        assert!(schema.resource_schemas.contains_key("iwd_tenant"));
    }
    let socket = debugged.socket();
    assert_eq!(debugged.interrupt().code(), Some(0));
    assert!(!std::path::Path::new(&socket).exists());
}

/// Each alias, and each walk, has a connection of its own.
#[tokio::test]
async fn in_debug_mode_each_connection_is_a_provider_of_its_own() {
    let debugged = Debugged::start();
    let (north, south) = (Api::start().await, Api::start().await);
    let mut aliases = [debugged.connect().await, debugged.connect().await];
    for (alias, api) in aliases.iter_mut().zip([&north, &south]) {
        assert_eq!(alias.configure(api.url()).await, []);
    }
    // One ccid at two endpoints is two tenants. Both are planned before either is applied.
    let mut plans = Vec::new();
    for alias in &mut aliases {
        plans.push(alias.plan(&Json::Null, &plain(), &[]).await);
    }
    let mut created = Vec::new();
    for (alias, plan) in aliases.iter_mut().zip(&plans) {
        plan.expect_no_error();
        let config = plain();
        let create = alias.apply(&Json::Null, &plan.state, &config, &plan.private);
        created.push(create.await);
    }
    for (alias, created) in aliases.iter_mut().zip(&created) {
        created.expect_no_error();
        let destroyed = alias.change(&created.state, &Json::Null, &created.private);
        destroyed.await.expect_no_error();
    }
    for api in [&north, &south] {
        assert_eq!(api.methods().await, ["POST", "DELETE"]);
    }
    assert!(debugged.interrupt().success());
}

/// Jitter entropy of the crypto library would cost 22 ms at every start; `.cargo/config.toml` leaves it out.
#[test]
fn the_crypto_library_is_built_without_jitter_entropy() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_terraform-provider-iwd")).unwrap();
    let names = |name: &[u8]| binary.windows(name.len()).any(|bytes| bytes == name);
    assert!(names(b"aws_lc_"), "the binary has no symbols to look at");
    assert!(!names(b"jent_"), "jitterentropy is in it");
}

/// hyper's own date panics where the clock's year has not four digits.
#[tokio::test]
async fn an_answer_tells_no_date() {
    let mut host = Host::start().await;
    let answered = host.provider.stop(wire::stop::Request {}).await.unwrap();
    let told = answered.metadata().get("date").expect("a date");
    assert_eq!(told, "Thu, 01 Jan 1970 00:00:00 GMT");
}
