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
    let mut program = program();
    program.arg("convert").args(sources);
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
    // The folder has one tenant in a file of its own and in a command line.
    let (code, stdout, stderr) = convert(&[folder.path()], "");
    assert_eq!((code, &*stdout), (1, ""));
    assert!(
        stderr.contains("body: the tenant 9350e2fc-a1dd-4c65-8d40-1f75a2e0010a is in")
            && stderr.contains("a.sh too"),
        "{stderr}"
    );
    fs::remove_file(folder.path().join("a.sh")).unwrap();
    let (code, stdout, _) = convert(&[folder.path()], "");
    assert_eq!((code, stdout.matches("import {").count()), (0, 2));
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
