//! The manners of the process: how it starts, who gets in, how it ends.

mod debug_mode;
mod ending;
mod files;
mod log;

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value as Json, json};

use futures_util::StreamExt;

use super::harness::api::Api;
use super::harness::generated::plugin::grpc_broker_client::GrpcBrokerClient;
use super::harness::generated::plugin::grpc_stdio_client::GrpcStdioClient;
use super::harness::generated::tfplugin5 as wire;
use super::harness::host::{COOKIE, Host, program};
use super::harness::tenant::{CCID, plain, with};

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
        told.contains("Terraform provider")
            && told.contains("`terraform-provider-iwd --help`")
            && !told.contains("panic"),
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

#[cfg(target_os = "linux")]
#[tokio::test]
async fn plans_of_many_tenants_take_little_memory() {
    use super::harness::tenant::{with, write_only};
    let api = Api::start().await;
    let mut host = Host::configured_for(api.url()).await;
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
