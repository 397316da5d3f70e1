//! The commands `doctor` and `convert` with every secret there is.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;

use super::echo::EchoServer;
use super::faults;
use super::life::{Findings, Life, Source};
use super::places::{self, Form};
use crate::canaries::Search;
use crate::canaries::settings;
use crate::harness::host::program;
use crate::harness::tenant::CCID;

#[tokio::test]
async fn doctor_tells_and_sends_no_secret() {
    let server = EchoServer::start().await;
    let mut settings = settings::settings("http://iwd.example:4024", &server.address, &[CCID]);
    let variables = settings::environment(&mut settings);
    server.remember(settings.known());
    let search = Search::over(settings.secrets);
    let mut findings = Findings::default();
    for (number, fault) in faults::others().into_iter().enumerate() {
        server.answer(move |echo| fault.answer(echo.as_bytes()));
        let mut doctor = program();
        doctor.arg("doctor").envs(variables.iter().cloned());
        if number % 2 == 0 {
            doctor.arg("--json");
        }
        let told = tokio::task::spawn_blocking(move || doctor.output().unwrap())
            .await
            .unwrap();
        assert!(server.requests().len() > number, "{fault}: {told:?}");
        server.expect_echo(&search);
        findings.look(&search, &format!("after {fault}"), &text(&told));
    }
    findings.look(&search, "in requests", &server.requests().concat());
    findings.expect_none();
}

#[tokio::test]
async fn convert_tells_no_secret() {
    let mut life = Life::begin(Source::Block, "http://iwd.example:4024").await;
    let tenant = places::arguments("iwd_tenant", Form::Stored, 1);
    let created = life.host.change(&Json::Null, &tenant.config, &[]).await;
    created.expect_no_error();
    let request = life.server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let headers = head
        .lines()
        .skip(1)
        .map(|line| format!("-H {} ", shell_words::quote(line)));
    let headers: String = headers.collect();
    let curl = format!(
        "curl -X POST {headers} http://iwd/iwd/v3/provisioning -d {}",
        shell_words::quote(body)
    );
    let search = Search::over([tenant.secrets, life.settings.secrets].concat());
    let mut findings = Findings::default();
    let requests = [body.to_owned(), curl.clone()];
    for request in &requests {
        let told = convert(request);
        assert!(told.status.success(), "{told:?}");
        findings.look(&search, "of a request", &text(&told));
    }
    for broken in [
        format!("{curl}\n{curl}"),
        curl.replace("-X", "--cert"),
        format!("{curl} --data-raw '"),
        curl.replace(" -d ", " -u "),
        body[..body.len() / 2].to_owned(),
        body.replace("\"password\":", "\"password\":[],\"p\":"),
        body.replace("\"iwd\":", "\"iwd\":["),
    ] {
        findings.look(&search, "of a broken request", &text(&convert(&broken)));
    }
    findings.expect_none();
}

fn convert(input: &str) -> Output {
    let mut convert: Command = program();
    let convert = convert.args(["convert", "-"]).stdin(Stdio::piped());
    let mut child = convert
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has read enough may have ended.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    let all = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8_lossy(&all).into_owned()
}
