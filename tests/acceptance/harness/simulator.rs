//! The simulated IWD API, started for one test and ended with it.

use std::fs::{File, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::process::LIMIT;
use super::{Json, http};

/// The only `x-api-key` that the simulator of a test accepts.
pub const API_KEY: &str = "5e0c7a52-1f0b-4d8e-9d0c-0f6f3a1c9b7e";

const LOG: &str = "simulator.log";

const POLL: Duration = Duration::from_millis(5);

/// An `iwd-simulator` process; dropping it ends it.
pub struct Simulator {
    child: Child,
    endpoint: String,
    folder: TempDir,
    launch: Launch,
}

/// How it was started, and is started again.
#[derive(Default)]
struct Launch {
    arguments: Vec<String>,
    environment: Vec<(String, PathBuf)>,
    detached: bool,
}

impl Simulator {
    /// Starts a simulator on a free port with an empty database.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with_key(API_KEY)
    }

    /// Starts a simulator that accepts `api_key` as its `x-api-key`.
    #[track_caller]
    pub fn start_with_key(api_key: &str) -> Self {
        Self::launch(Launch::default().with(&["--api-key", api_key]))
    }

    /// Starts a simulator with options of the test's own.
    #[track_caller]
    pub fn start_for_any_key(options: &[&str]) -> Self {
        Self::launch(Launch::default().with(options))
    }

    /// Starts a simulator with further options.
    #[track_caller]
    pub fn start_with(options: &[&str]) -> Self {
        Self::launch(
            Launch::default()
                .with(&["--api-key", API_KEY])
                .with(options),
        )
    }

    /// Starts a simulator with further options that trusts the CAs in a file alone.
    #[track_caller]
    pub fn start_trusting(ca: PathBuf, options: &[&str]) -> Self {
        let environment = vec![("SSL_CERT_FILE".to_owned(), ca)];
        let launch = Launch {
            environment,
            ..Launch::default()
        };
        Self::launch(launch.with(&["--api-key", API_KEY]).with(options))
    }

    /// Starts a simulator that outlives this process once it is [left behind](Simulator::leave_running).
    #[track_caller]
    pub fn start_detached(api_key: &str) -> Self {
        let launch = Launch {
            detached: true,
            ..Launch::default()
        };
        Self::launch(launch.with(&["--api-key", api_key]))
    }

    #[track_caller]
    fn launch(launch: Launch) -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let (child, endpoint) = launch.spawn(folder.path(), "127.0.0.1:0");
        Self {
            child,
            endpoint,
            folder,
            launch,
        }
    }

    /// The base URL, without a path.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The ccid of every tenant it holds.
    #[track_caller]
    pub fn tenants(&self) -> Vec<String> {
        let list = self
            .get("/_simulator/tenants")
            .expect("the list of tenants");
        serde_json::from_value(list).expect("a list of ccids")
    }

    /// All that it holds of one tenant.
    #[track_caller]
    pub fn tenant(&self, ccid: &str) -> Option<Json> {
        self.get(&format!("/_simulator/tenants/{ccid}"))
    }

    /// All that it holds of one tenant, secrets masked.
    #[track_caller]
    pub fn tenant_masked(&self, ccid: &str) -> Option<Json> {
        self.get(&format!("/_simulator/tenants/{ccid}?masked=true"))
    }

    /// The body it last received for one tenant.
    #[track_caller]
    pub fn body(&self, ccid: &str) -> Json {
        let tenant = self.tenant(ccid);
        tenant.unwrap_or_else(|| panic!("the simulator has no tenant {ccid}"))["body"].take()
    }

    /// Every provisioning request it received, as `{method, path, query, headers, body, status}`, oldest first.
    #[track_caller]
    pub fn requests(&self) -> Vec<Json> {
        let list = self.get("/_simulator/requests");
        serde_json::from_value(list.expect("the requests")).expect("a list of requests")
    }

    /// The methods of the requests it received, oldest first.
    #[track_caller]
    pub fn methods(&self) -> Vec<String> {
        let requests = self.requests().into_iter();
        requests
            .map(|request| request["method"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Waits until it has received `count` requests.
    #[track_caller]
    pub fn wait_for_requests(&self, count: usize) {
        let deadline = Instant::now() + LIMIT;
        while self.requests().len() < count {
            assert!(Instant::now() < deadline, "still no {count} requests");
            sleep(POLL);
        }
    }

    /// Sends a body with `PUT`, as a client with its key does; returns status and answer.
    #[track_caller]
    pub fn put(&self, body: &Json) -> (u16, Json) {
        let request = http::local()
            .put(self.url("/iwd/v3/provisioning"))
            .header("x-api-key", API_KEY)
            .header("content-type", "application/json; charset=utf-8");
        let answer = request.body(body.to_string()).send();
        let answer = answer.expect("the simulator answers");
        let (status, text) = (answer.status().as_u16(), answer.text());
        let text = text.expect("an answer arrives whole");
        (status, serde_json::from_str(&text).unwrap_or(Json::Null))
    }

    /// Forgets the requests it received.
    #[track_caller]
    pub fn forget_requests(&self) {
        self.expect_done(http::local().delete(self.url("/_simulator/requests")));
    }

    /// Makes requests go wrong; the guide on the simulator has the fields of a fault.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "every call hands over a fresh json!(…)"
    )]
    pub fn fault(&self, fault: Json) {
        let request = http::local()
            .post(self.url("/_simulator/faults"))
            .header("content-type", "application/json");
        self.expect_done(request.body(fault.to_string()));
    }

    /// Ends all faults.
    #[track_caller]
    pub fn no_more_faults(&self) {
        self.expect_done(http::local().delete(self.url("/_simulator/faults")));
    }

    /// Kills it as a crash would and starts it again with the same address and data.
    #[track_caller]
    pub fn kill_and_restart(&mut self) {
        end(&mut self.child);
        let address = self.endpoint.trim_start_matches("http://");
        (self.child, _) = self.launch.spawn(self.folder.path(), address);
    }

    /// Where it logs a line for each request; what it logged before a restart stays in it.
    pub fn log_file(&self) -> PathBuf {
        self.folder.path().join(LOG)
    }

    /// Leaves the process running; its data directory stays, and is returned.
    pub fn leave_running(mut self) -> PathBuf {
        let detached = self.launch.detached;
        assert!(detached, "only a detached simulator outlives its test");
        self.folder.disable_cleanup(true);
        let folder = self.folder.path().to_owned();
        std::mem::forget(self);
        folder
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.endpoint)
    }

    #[track_caller]
    fn get(&self, path: &str) -> Option<Json> {
        let answer = http::local()
            .get(self.url(path))
            .send()
            .expect("the simulator answers");
        if answer.status().as_u16() == 404 {
            return None;
        }
        let answer = answer.error_for_status().expect("the simulator agrees");
        let text = answer.text().expect("an answer arrives whole");
        Some(serde_json::from_str(&text).expect("the simulator speaks JSON"))
    }

    #[track_caller]
    fn expect_done(&self, request: reqwest::blocking::RequestBuilder) {
        let answer = request.send().expect("the simulator answers");
        let status = answer.status();
        assert!(
            status.is_success(),
            "{status} from {}: {}",
            self.endpoint,
            answer.text().unwrap_or_default()
        );
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

impl Launch {
    fn with(mut self, options: &[&str]) -> Self {
        self.arguments
            .extend(options.iter().map(ToString::to_string));
        self
    }

    #[track_caller]
    fn spawn(&self, folder: &Path, address: &str) -> (Child, String) {
        // Files, because a pipe would break when a detached simulator outlives this process.
        let [out, log] = ["simulator.out", LOG].map(|name| folder.join(name));
        let appended = OpenOptions::new().create(true).append(true).open(&log);
        let mut command = Command::new(env!("CARGO_BIN_EXE_iwd-simulator"));
        command
            .args(["--listen", address, "--data"])
            .arg(folder.join("simulator.db"))
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::create(&out).expect("a file for its output"))
            .stderr(appended.expect("a file for its log"));
        if self.detached {
            command.process_group(0);
        } else {
            command.arg("--exit-with-parent");
        }
        let mut child = command.spawn().expect("the simulator starts");
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline && child.try_wait().is_ok_and(|status| status.is_none()) {
            if let Some(endpoint) = endpoint(&read(&out)) {
                return (child, endpoint.to_owned());
            }
            sleep(POLL);
        }
        end(&mut child);
        panic!(
            "the simulator did not say where it listens:\n{}{}",
            read(&out),
            read(&log)
        );
    }
}

/// The address in the first line of what the simulator printed, once that line is whole.
fn endpoint(printed: &str) -> Option<&str> {
    let (line, _) = printed.split_once('\n')?;
    line.strip_prefix("iwd-simulator listening on ")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Kills the process and waits for it; one that has ended already is left as it is.
fn end(child: &mut Child) {
    drop(child.kill());
    drop(child.wait());
}
