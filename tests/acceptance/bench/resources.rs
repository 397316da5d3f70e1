//! What processes used, as Linux tells it.

use std::fs;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::unistd::{SysconfVar, sysconf};

/// The CPU time of all children that have been waited for, with theirs, and the most memory that one of them had, in KiB.
pub(crate) fn of_children() -> (Duration, i64) {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let parts = [usage.user_time(), usage.system_time()];
    let seconds = parts.map(|time| {
        let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
        Duration::from_micros(u64::try_from(micros).unwrap())
    });
    (seconds.iter().sum(), usage.max_rss())
}

/// The CPU time of a running process.
pub(crate) fn cpu_of(process: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<_> = fields.split(' ').collect();
    let ticks: u64 = [11, 12]
        .map(|at: usize| fields[at].parse::<u64>().unwrap())
        .iter()
        .sum();
    let a_second = sysconf(SysconfVar::CLK_TCK).unwrap().unwrap();
    Duration::from_secs(ticks) / u32::try_from(a_second).unwrap()
}

/// The resident memory of a running process, in MiB.
pub(crate) fn resident_of(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.unwrap().trim().trim_end_matches(" kB");
    mebibytes(kib.parse().unwrap())
}

/// KiB in MiB.
#[expect(
    clippy::cast_precision_loss,
    reason = "no process has that much memory"
)]
pub(crate) fn mebibytes(kib: i64) -> f64 {
    kib as f64 / 1024.0
}

/// How many connections a server on this port of 127.0.0.1 has.
pub(crate) fn connections_to(port: u16) -> usize {
    const ESTABLISHED: &str = "01";
    let own = format!("0100007F:{port:04X}");
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let entries = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    entries
        .filter(|fields| fields.get(1) == Some(&&*own) && fields.get(3) == Some(&ESTABLISHED))
        .count()
}

/// A time in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
