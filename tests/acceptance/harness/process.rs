//! Programs that run for a bounded time and are always waited for.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// How long anything may take before the test fails: one run, a start, an answer. Only what hangs takes so long.
pub const LIMIT: Duration = Duration::from_mins(2);

const POLL: Duration = Duration::from_millis(1);

/// What a program left behind when it ended.
#[derive(Clone)]
pub struct Output {
    /// The command line, for failure messages.
    pub command: String,
    /// The exit code; `None` when a signal ended the program.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Whether the program exited with 0.
    pub fn success(&self) -> bool {
        self.code == Some(0)
    }

    /// Fails the test unless the program exited with `code`.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert!(
            self.code == Some(code),
            "expected exit code {code} of {self}"
        );
        self
    }

    /// Standard output and standard error as one text, freed of Terraform's frames and line breaks.
    pub fn prose(&self) -> String {
        prose(&format!("{}\n{}", self.stdout, self.stderr))
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            command,
            code,
            stdout,
            stderr,
        } = self;
        let code = code.map_or("none (a signal)".to_owned(), |code| code.to_string());
        write!(
            f,
            "`{command}` (exit code {code})\n--- stdout\n{stdout}\n--- stderr\n{stderr}"
        )
    }
}

/// Undoes the frames and line breaks with which Terraform lays text out for a terminal.
pub fn prose(text: &str) -> String {
    text.lines()
        .map(|line| line.trim_start_matches(['│', '╷', '╵', ' ']))
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A program under way; dropping it kills it and everything it started.
pub struct Running {
    child: Child,
    command: String,
    output: (File, File),
    started: Instant,
    limit: Duration,
    ended: bool,
}

impl Running {
    /// Starts `command` in a process group of its own, its output kept for [`Running::wait`].
    #[track_caller]
    pub fn start(command: &mut Command) -> Self {
        let [stdout, stderr] = [0; 2].map(|_| tempfile::tempfile().expect("a temporary file"));
        let [out, err] = [&stdout, &stderr].map(|file| file.try_clone().expect("a second handle"));
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        Self {
            child,
            command: command_line(command),
            output: (stdout, stderr),
            started: Instant::now(),
            limit: LIMIT,
            ended: false,
        }
    }

    /// Gives the program another limit than [`LIMIT`].
    pub fn limited_to(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Sends SIGINT to the program and all it started, as Ctrl-C at a terminal does.
    pub fn interrupt(&self) {
        self.signal(Signal::SIGINT);
    }

    /// Sends SIGTERM to the program and all it started, as a container's end does.
    pub fn terminate(&self) {
        self.signal(Signal::SIGTERM);
    }

    /// The process id, which is also that of the process group.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether the program is still under way.
    pub fn is_running(&mut self) -> bool {
        self.poll().is_none()
    }

    /// Waits until the program has printed `text`; one that ends without it fails the test.
    #[track_caller]
    pub fn wait_for_text(&mut self, text: &str) {
        self.wait_until(&format!("it printed {text:?}"), |running| {
            printed(&running.output.0).contains(text)
        });
    }

    /// Waits until `is_so`; a program that ends before fails the test, which says in words what was waited for.
    #[track_caller]
    pub fn wait_until(&mut self, words: &str, is_so: impl Fn(&Self) -> bool) {
        loop {
            let is_running = self.is_running();
            if is_so(self) {
                return;
            }
            let in_time = self.started.elapsed() < self.limit;
            assert!(is_running && in_time, "it ended before {words}");
            sleep(POLL);
        }
    }

    /// Waits until the program ends; past the time limit it is killed and the test fails.
    #[track_caller]
    pub fn wait(mut self) -> Output {
        let status = loop {
            if let Some(status) = self.poll() {
                break status;
            }
            if self.started.elapsed() > self.limit {
                self.kill();
                let output = self.collect(None);
                panic!("killed after {:?}: {output}", self.limit);
            }
            sleep(POLL);
        };
        self.collect(status.code())
    }

    fn poll(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().expect("the child can be waited for");
        self.ended |= status.is_some();
        status
    }

    fn collect(&mut self, code: Option<i32>) -> Output {
        let (stdout, stderr) = &mut self.output;
        Output {
            command: self.command.clone(),
            code,
            stdout: read(stdout),
            stderr: read(stderr),
        }
    }

    fn signal(&self, signal: Signal) {
        if self.ended {
            return;
        }
        let id = Pid::from_raw(i32::try_from(self.child.id()).expect("a process id"));
        killpg(id, signal).expect("a child of ours takes signals until it is waited for");
    }

    fn kill(&mut self) {
        if self.poll().is_none() {
            self.signal(Signal::SIGKILL);
            self.child.wait().expect("the child can be waited for");
            self.ended = true;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What stands in a file to which a program still writes, at a place of its own.
fn printed(file: &File) -> String {
    let mut bytes = vec![0; 1 << 20];
    let length = file
        .read_at(&mut bytes, 0)
        .expect("a file of ours can be read");
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

fn read(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().expect("a file of ours can be rewound");
    file.read_to_end(&mut bytes)
        .expect("a file of ours can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn command_line(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let name = program.file_name().unwrap_or_default();
    let words = command.get_args().map(|word| word.to_string_lossy());
    std::iter::once(name.to_string_lossy())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}
