//! The providers that a Terraform started, as Linux knows them.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

const POLL: Duration = Duration::from_millis(10);

/// The processes of the group `group` but its leader, which is Terraform: its providers.
pub(crate) fn providers(group: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").expect("Linux shows its processes");
    let ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    ids.filter(|id| *id != group && is_alive_in(*id, group))
        .collect()
}

/// Waits until the providers of `group` have ended by themselves, and returns those that do not.
pub(crate) fn left(group: u32, limit: Duration) -> Vec<u32> {
    let began = Instant::now();
    loop {
        let left = providers(group);
        if left.is_empty() || began.elapsed() > limit {
            return left;
        }
        sleep(POLL);
    }
}

/// Sends SIGKILL to one process; one that has ended in the meantime takes none.
pub(crate) fn kill_hard(id: u32) -> bool {
    let id = Pid::from_raw(i32::try_from(id).expect("a process id"));
    kill(id, Signal::SIGKILL).is_ok()
}

fn is_alive_in(id: u32, group: u32) -> bool {
    // `1234 (name) S 1 1200 …`: state, parent, group; the name may hold anything.
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let Some((_, fields)) = stat.rsplit_once(") ") else {
        return false;
    };
    let fields: Vec<_> = fields.split(' ').collect();
    fields[0] != "Z" && fields[2] == group.to_string()
}
