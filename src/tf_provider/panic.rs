//! Panics: an answer for the call they happen in, and never their message, which may hold a secret.

use std::backtrace::Backtrace;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};

use futures_util::FutureExt as _;
use tracing::error;

/// More frames than that tell nothing more.
const MAX_FRAMES: usize = 50;

tokio::task_local! {
    /// The place where the call of this task panicked; set while one is in progress.
    static PANICKED_AT: Arc<OnceLock<String>>;
}

/// A call that panicked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("internal error in {rpc} at {location}")]
pub(super) struct Panicked {
    /// The call's name in the protocol.
    pub(super) rpc: &'static str,
    /// File, line and column; `an unknown place` when no hook is installed.
    pub(super) location: String,
}

/// Runs a call to its end, or to its panic, which is logged and becomes the error.
///
/// It knows the panics of its own task. A call that spawns a task wraps what that task does.
pub(super) async fn catch<T>(
    rpc: &'static str,
    call: impl Future<Output = T> + Send,
) -> Result<T, Panicked> {
    let place = Arc::new(OnceLock::new());
    let call = AssertUnwindSafe(call).catch_unwind();
    PANICKED_AT
        .scope(Arc::clone(&place), call)
        .await
        .map_err(|_message| {
            let location = place.get().map_or("an unknown place", String::as_str);
            error!(rpc, location, "internal error");
            Panicked {
                rpc,
                location: location.to_owned(),
            }
        })
}

/// Installs the hook that keeps panic messages to itself.
///
/// Inside [`catch`] it notes the place and prints nothing. Elsewhere nobody would hear of the panic, so it
/// prints to standard error what Terraform shows to its user: a line that starts with `panic: `, and the
/// stack behind it.
pub(super) fn install_hook(program: &'static str) {
    panic::set_hook(Box::new(move |panic| {
        let location = location(panic);
        let noted = PANICKED_AT.try_with(|place| {
            // Only the first panic tells the cause.
            let _ = place.set(location.clone());
        });
        if noted.is_err() {
            let mut stderr = std::io::stderr();
            // There is no place left to complain at when a write fails.
            let _ = stderr.write_all(headline(program, &location).as_bytes());
            // Finding the symbols takes a tenth of a second, and the process may end meanwhile.
            let backtrace = Backtrace::force_capture().to_string();
            let _ = stderr.write_all(stack(&thread::current(), &backtrace).as_bytes());
        }
    }));
}

fn location(panic: &PanicHookInfo<'_>) -> String {
    panic
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string)
}

fn headline(program: &str, location: &str) -> String {
    format!("panic: {program}: internal error at {location}\n")
}

/// The symbols of a backtrace's text, without their numbers and files, one to a line.
fn stack(thread: &Thread, backtrace: &str) -> String {
    let mut lines = format!("\nthread {}:\n", thread.name().unwrap_or("unnamed"));
    let symbols = backtrace
        .lines()
        .filter_map(|line| line.trim_start().split_once(": "))
        .filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|(_, symbol)| symbol)
        // What a stripped binary knows of itself.
        .filter(|symbol| *symbol != "<unknown>");
    for symbol in symbols.take(MAX_FRAMES) {
        lines.push_str(symbol);
        lines.push('\n');
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[tokio::test]
    async fn a_call_that_ends_well_gives_its_answer() {
        assert_eq!(catch("Configure", async { 7 }).await, Ok(7));
    }

    #[test]
    fn a_report_starts_as_terraform_expects() {
        assert_eq!(
            headline("terraform-provider-iwd", "src/x.rs:10:5"),
            "panic: terraform-provider-iwd: internal error at src/x.rs:10:5\n"
        );
    }

    #[test]
    fn a_stack_names_the_symbols_that_are_known() {
        let backtrace = concat!(
            "   0: iwd::client::send\n",
            "             at ./src/iwd/client.rs:10:5\n",
            "   1: <unknown>\n",
            "  12: main\n",
        );
        let alone = thread::Builder::new().name("worker".to_owned());
        let stack = alone
            .spawn(move || stack(&thread::current(), backtrace))
            .unwrap();
        assert_eq!(
            stack.join().unwrap(),
            "\nthread worker:\niwd::client::send\nmain\n"
        );
    }

    /// The hook is one for the whole process, so a process of its own shows what it does.
    fn run_alone(test: &str) -> String {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "--test-threads=1"])
            .arg(format!(
                "{}::{test}",
                module_path!().split_once("::").unwrap().1
            ))
            .output()
            .unwrap();
        let ran = String::from_utf8_lossy(&output.stdout).contains("1 passed");
        assert!(output.status.success() && ran, "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    #[test]
    fn a_panic_in_a_call_is_an_answer_and_prints_nothing() {
        let printed = run_alone("panics_in_a_call");
        assert_eq!(printed, "");
    }

    #[tokio::test]
    #[ignore = "run alone by a_panic_in_a_call_is_an_answer_and_prints_nothing"]
    async fn panics_in_a_call() {
        install_hook("terraform-provider-iwd");
        let first: Result<(), _> = catch("Configure", async { panic!("hunter2") }).await;
        let first = first.unwrap_err();
        assert_eq!(first.rpc, "Configure");
        assert!(first.location.contains("panic.rs:"), "{first}");
        assert_eq!(
            catch("Configure", async { "still here" }).await,
            Ok("still here")
        );
    }

    #[test]
    fn a_panic_elsewhere_is_reported_without_its_message() {
        let printed = run_alone("panics_elsewhere");
        let first = printed.lines().next().unwrap();
        assert!(
            first.starts_with("panic: terraform-provider-iwd: internal error at "),
            "{printed}"
        );
        assert!(first.contains("panic.rs:"), "{printed}");
        assert!(printed.contains("panics_elsewhere"), "{printed}");
        assert!(!printed.contains("hunter2"), "{printed}");
    }

    #[test]
    #[ignore = "run alone by a_panic_elsewhere_is_reported_without_its_message"]
    fn panics_elsewhere() {
        install_hook("terraform-provider-iwd");
        assert!(thread::spawn(|| panic!("hunter2")).join().is_err());
    }
}
