//! The command `convert`, as a process: sources, streams and exit codes.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use super::harness::host::program;

const BODY: &str = r#"{"tenant": {"id": "1", "name": "t1", "ccid": "CCID", "apiKey": "canary-a"},
    "iwd": {"url": "http://iwd", "apiKeys": {"IWD_APIKEY_TENANT": "canary-b"},
            "db": {"host": "pg", "port": 1, "database": "d", "user": "u", "password": "canary-c", "ssl": true}}}"#;

fn convert(sources: &[&Path], stdin: &str) -> (i32, String, String) {
    convert_in(Path::new("."), sources, stdin)
}

fn convert_in(folder: &Path, sources: &[&Path], stdin: &str) -> (i32, String, String) {
    let mut program = program();
    program.arg("convert").args(sources).current_dir(folder);
    let pipes = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    // A program that reads nothing may have ended.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(
        !stdout.contains("canary") && !stderr.contains("canary"),
        "{stdout}{stderr}"
    );
    (status.code().unwrap(), stdout, stderr)
}

fn body(ccid: &str) -> String {
    BODY.replace("CCID", ccid)
}

#[test]
fn standard_input_a_file_and_a_folder_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (file, hidden) = (folder.path().join("b.json"), folder.path().join(".c"));
    fs::write(&file, body("9350e2fc-a1dd-4c65-8d40-1f75a2e0010b")).unwrap();
    fs::write(hidden, "not read").unwrap();
    let script = format!("curl http://iwd -d @{}", file.display());
    fs::write(folder.path().join("a.sh"), script.replace("b.json", "body")).unwrap();
    fs::write(
        folder.path().join("body"),
        body("9350e2fc-a1dd-4c65-8d40-1f75a2e0010a"),
    )
    .unwrap();
    for (sources, stdin, ccids) in [
        (
            vec![Path::new("-")],
            body("9350e2fc-a1dd-4c65-8d40-1f75a2e0010c"),
            vec!["9350e2fc-a1dd-4c65-8d40-1f75a2e0010c"],
        ),
        (
            vec![&file],
            String::new(),
            vec!["9350e2fc-a1dd-4c65-8d40-1f75a2e0010b"],
        ),
        (
            vec![&file, Path::new("-")],
            body("9350e2fc-a1dd-4c65-8d40-1f75a2e0010c"),
            vec![
                "9350e2fc-a1dd-4c65-8d40-1f75a2e0010b",
                "9350e2fc-a1dd-4c65-8d40-1f75a2e0010c",
            ],
        ),
    ] {
        let (code, stdout, stderr) = convert(&sources, &stdin);
        assert_eq!((code, &*stderr), (0, ""), "{stdout}");
        let ids: Vec<_> = stdout
            .lines()
            .filter(|line| line.starts_with("  id = "))
            .collect();
        let expected: Vec<_> = ccids
            .iter()
            .map(|ccid| format!("  id = \"{ccid}\""))
            .collect();
        assert_eq!(ids, expected);
    }
    // A command line and the file of its body are one request.
    let (code, stdout, stderr) = convert(&[folder.path()], "");
    assert_eq!((code, &*stderr), (0, ""));
    assert_eq!(stdout.matches("import {").count(), 2, "{stdout}");
    let again = folder.path().join("again.json");
    fs::copy(folder.path().join("body"), &again).unwrap();
    let (code, stdout, stderr) = convert(&[folder.path()], "");
    assert_eq!((code, &*stdout), (1, ""));
    let told = "again.json: the tenant 9350e2fc-a1dd-4c65-8d40-1f75a2e0010a is in";
    assert!(
        stderr.contains(told) && stderr.contains("a.sh too"),
        "{stderr}"
    );
}

#[test]
fn the_body_of_a_command_line_is_looked_for_beside_it_and_in_the_working_folder() {
    let (beside, working) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let script = beside.path().join("a.sh");
    fs::write(&script, "curl http://iwd -d @body.json").unwrap();
    let converted = |sources: &[&Path]| convert_in(working.path(), sources, "");
    let (code, _, stderr) = converted(&[&script]);
    assert!(
        code == 1 && stderr.contains("the body is in the file body.json: No such file"),
        "{stderr}"
    );
    let body = body("9350e2fc-a1dd-4c65-8d40-1f75a2e0010a");
    for folder in [working.path(), beside.path()] {
        let file = folder.join("body.json");
        fs::write(&file, &body).unwrap();
        let (code, stdout, stderr) = converted(&[&script, &file]);
        assert_eq!(
            (code, stdout.matches("import {").count()),
            (0, 1),
            "{stderr}"
        );
        fs::remove_file(&file).unwrap();
    }
    for folder in [working.path(), beside.path()] {
        fs::write(folder.join("body.json"), &body).unwrap();
    }
    let (code, _, stderr) = converted(&[&script]);
    assert!(
        code == 1 && stderr.contains("another one in the working folder"),
        "{stderr}"
    );
}

#[test]
fn a_body_that_is_no_file_is_refused_and_what_never_ends_is_not_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    nix::unistd::mkfifo(&folder.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for name in ["pipe", "/dev/zero"] {
        let script = format!("curl http://iwd -d @{name}");
        let (code, _, stderr) = convert_in(folder.path(), &[Path::new("-")], &script);
        let told = format!("the body is in the file {name}: it is no file");
        assert!(code == 1 && stderr.contains(&told), "{stderr}");
    }
    let (code, _, stderr) = convert(&[Path::new("/dev/zero")], "");
    assert!(
        code == 1 && stderr.contains("/dev/zero: it has more than 1 MiB"),
        "{stderr}"
    );
}

#[test]
fn what_can_not_be_read_is_named_and_leaves_no_half_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("a.json"),
        body("9350e2fc-a1dd-4c65-8d40-1f75a2e0010a"),
    )
    .unwrap();
    fs::write(folder.path().join("README.md"), "canary").unwrap();
    fs::write(folder.path().join("binary"), b"\xff\xfe").unwrap();
    fs::create_dir(folder.path().join("more")).unwrap();
    nix::unistd::mkfifo(&folder.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let (code, stdout, stderr) = convert(&[folder.path(), Path::new("no-such-file")], "");
    assert_eq!((code, &*stdout), (1, ""));
    for told in [
        "README.md: it is neither a request's body",
        "binary: it is no text in UTF-8",
        "more: it is no file",
        "pipe: it is no file",
        "no-such-file: No such file or directory",
    ] {
        assert!(stderr.contains(told), "{told}: {stderr}");
    }
    let empty = folder.path().join("more");
    let (code, _, stderr) = convert(&[&empty], "");
    assert!(
        code == 1 && stderr.contains("the folder holds no file"),
        "{stderr}"
    );
    let (code, _, stderr) = convert(&[], "");
    assert!(code == 2 && stderr.contains("convert --help"), "{stderr}");
}
