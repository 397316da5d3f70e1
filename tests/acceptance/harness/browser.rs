//! Headless Chromium as a person with a mouse: driven by the `DevTools` protocol, whose messages are JSON, each ended
//! by a zero byte, on two pipes.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, geteuid};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::LIMIT;
use super::terraform::on_path;

const POLL: Duration = Duration::from_millis(20);

/// A browser with one page; dropping it ends it.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    sent: u64,
    complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Why this machine has no browser.
    pub fn obstacle() -> Option<String> {
        let none = "no Chromium: install Debian's package chromium, or set CHROMIUM to its path";
        program().is_none().then(|| none.to_owned())
    }

    /// Opens `url` in a window of this size.
    #[track_caller]
    pub fn open(url: &str, width: u32, height: u32) -> Self {
        let mut browser = Self::start();
        let target = browser.send("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.send("Target.attachToTarget", attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log"] {
            browser.send(&format!("{domain}.enable"), json!({}));
        }
        let screen =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        browser.send("Emulation.setDeviceMetricsOverride", screen);
        browser.send("Page.navigate", json!({"url": url}));
        browser.wait_until("document.readyState === 'complete'");
        browser
    }

    /// The text that a person reads in the element.
    #[track_caller]
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.evaluate(&format!("document.querySelector({selector:?}).innerText"));
        text.as_str().expect("an element has text").to_owned()
    }

    /// Waits until the element's text holds `part`.
    #[track_caller]
    pub fn wait_for(&mut self, selector: &str, part: &str) {
        self.wait_until(&format!(
            "document.querySelector({selector:?}).innerText.includes({part:?})"
        ));
    }

    /// Presses the mouse where the element is.
    #[track_caller]
    pub fn click(&mut self, selector: &str) {
        let find = format!(
            "(() => {{ const element = document.querySelector({selector:?}); element.scrollIntoView();
             const box = element.getBoundingClientRect();
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        );
        let place = self.evaluate(&find);
        for event in ["mousePressed", "mouseReleased"] {
            let click = json!({"type": event, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.send("Input.dispatchMouseEvent", click);
        }
    }

    /// Types `text` in the place of what the field holds.
    #[track_caller]
    pub fn fill(&mut self, selector: &str, text: &str) {
        self.click(selector);
        self.evaluate(&format!("document.querySelector({selector:?}).select()"));
        self.send("Input.insertText", json!({"text": text}));
    }

    /// What is seen, as a PNG.
    #[track_caller]
    pub fn screenshot(&mut self) -> Vec<u8> {
        let picture = self.send("Page.captureScreenshot", json!({"format": "png"}));
        let data = picture["data"].as_str().expect("a picture");
        BASE64_STANDARD.decode(data).expect("a picture in base64")
    }

    /// What an expression of JavaScript gives.
    #[track_caller]
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let arguments = json!({"expression": expression, "returnByValue": true});
        let mut answer = self.send("Runtime.evaluate", arguments);
        let failure = &answer["exceptionDetails"];
        assert!(failure.is_null(), "{expression}: {failure}");
        answer["result"]["value"].take()
    }

    /// What the browser complained of so far: errors of scripts, breaches of the page's policy, dialogs.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// Waits until the expression is true, also across a change of pages.
    #[track_caller]
    fn wait_until(&mut self, expression: &str) {
        let deadline = Instant::now() + LIMIT;
        let safely =
            format!("(() => {{ try {{ return {expression}; }} catch {{ return false; }} }})()");
        while self.evaluate(&safely) != true {
            assert!(Instant::now() < deadline, "still not: {expression}");
            sleep(POLL);
        }
    }

    #[track_caller]
    fn start() -> Self {
        let profile = tempfile::tempdir().expect("a temporary directory");
        let program =
            program().unwrap_or_else(|| panic!("{}", Self::obstacle().unwrap_or_default()));
        // The protocol is spoken on the descriptors 3 and 4, which only a shell can give safely.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#])
            .arg(program)
            .args([
                "--headless",
                "--remote-debugging-pipe",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-sync",
                "--no-first-run",
                "--no-proxy-server",
                "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()));
        if geteuid().is_root() {
            // Chromium refuses to build its sandbox as root.
            command.arg("--no-sandbox");
        }
        let mut child = command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell starts");
        let to = child.stdin.take().expect("a pipe");
        let mut pipe = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, from) = mpsc::channel();
        thread::spawn(move || {
            let mut message = Vec::new();
            while pipe.read_until(0, &mut message).is_ok_and(|read| read > 0) {
                message.pop();
                let message = serde_json::from_slice(&std::mem::take(&mut message));
                if sender.send(message.expect("the protocol is JSON")).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            to,
            from,
            session: None,
            sent: 0,
            complaints: Vec::new(),
            _profile: profile,
        }
    }

    /// Sends one command and returns its result.
    #[track_caller]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "every call hands over a fresh json!(…)"
    )]
    fn send(&mut self, method: &str, arguments: Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": arguments});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let message = format!("{message}\0");
        self.to
            .write_all(message.as_bytes())
            .expect("Chromium listens");
        loop {
            let mut message = self.from.recv_timeout(LIMIT).unwrap_or_else(|error| {
                panic!("{method}: no answer of Chromium ({error})");
            });
            if message["id"] == self.sent {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
            let event = message["method"].as_str().unwrap_or_default();
            if [
                "Runtime.exceptionThrown",
                "Log.entryAdded",
                "Page.javascriptDialogOpening",
            ]
            .contains(&event)
            {
                self.complaints.push(message["params"].to_string());
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Ok(id) = i32::try_from(self.child.id()) {
            let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
        }
        drop(self.child.wait());
    }
}

fn program() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        return Some(named.into());
    }
    let path = env::var_os("PATH");
    let mut names = ["chromium", "chromium-browser", "google-chrome"].into_iter();
    names.find_map(|name| on_path(name, path.as_ref()))
}
