//! From the start of the process to its handshake.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::figure::{Figure, Goal, median};
use super::raw::host::COOKIE;
use super::resources::{mebibytes, milliseconds, resident_of};

const PAIRS: usize = 101;

/// Size, time and memory.
pub(crate) fn measure(provider: &Path) -> Vec<Figure> {
    let certificate = certificate();
    let mut times = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..PAIRS {
        let mut command = Command::new(provider);
        command
            .env_clear()
            .envs([COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "5")])
            .env("PLUGIN_CLIENT_CERT", &certificate);
        let (own, memory) = first_line(&mut command);
        let (echo, _) = first_line(Command::new("/bin/echo").arg("1|5|tcp"));
        times.push((own, echo));
        resident.push(memory);
    }
    let bytes = provider.metadata().unwrap().len();
    vec![
        Figure::new(
            "size",
            mebibytes(i64::try_from(bytes / 1024).unwrap()),
            "MiB",
        )
        .goal(Goal::AtMost(8.0)),
        Figure::of_pairs("start to handshake", "ms", "/bin/echo", &times).goal(Goal::AtMost(1.2)),
        Figure::new("resident at the handshake", median(resident), "MiB").goal(Goal::AtMost(4.5)),
    ]
}

/// Milliseconds until a program's first line is there, and the memory that it has then.
fn first_line(command: &mut Command) -> (f64, f64) {
    let began = Instant::now();
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let took = milliseconds(began.elapsed());
    assert!(line.starts_with("1|5|tcp"), "{line:?} is no handshake");
    let memory = if line.contains("|grpc|") {
        resident_of(child.id())
    } else {
        0.0
    };
    child.kill().unwrap();
    child.wait().unwrap();
    (took, memory)
}

/// A certificate as Terraform's.
fn certificate() -> String {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
    let names = vec!["localhost".to_owned()];
    let parameters = rcgen::CertificateParams::new(names).unwrap();
    parameters.self_signed(&key).unwrap().pem()
}
