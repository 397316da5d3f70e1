//! Lines on their way to standard error. Its reader may be slow or gone, which must hold up no call.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

/// The bytes of lines that may wait; what comes when there are more is dropped.
const MOST_WAITING: usize = 4 << 20;

/// Hands lines to a thread that writes them, and never waits for it.
#[derive(Clone)]
pub(super) struct Writer {
    entries: Sender<Entry>,
    waiting: Arc<Waiting>,
}

/// The lines between the two sides.
#[derive(Default)]
struct Waiting {
    bytes: AtomicUsize,
    dropped: AtomicU64,
}

enum Entry {
    Line(String),
    /// To be told once all lines before it are written.
    Flush(SyncSender<()>),
}

impl Writer {
    /// Starts the thread. `dropped` makes the line that says how many lines were dropped.
    pub(super) fn start(
        output: impl Write + Send + 'static,
        dropped: impl Fn(u64) -> String + Send + 'static,
    ) -> Self {
        let (entries, received) = channel();
        let waiting = Arc::new(Waiting::default());
        let seen = Arc::clone(&waiting);
        // Without threads there is no log, and soon nothing else.
        let _ = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(output, &received, &seen, dropped));
        Self { entries, waiting }
    }

    /// Hands over a line.
    pub(super) fn write(&self, line: String) {
        let length = line.len();
        let before = self.waiting.bytes.fetch_add(length, Ordering::AcqRel);
        let fits = before + length <= MOST_WAITING;
        if !fits || self.entries.send(Entry::Line(line)).is_err() {
            self.waiting.bytes.fetch_sub(length, Ordering::AcqRel);
            self.waiting.dropped.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Waits until all lines so far are written, but no longer than that.
    pub(super) fn flush(&self, limit: Duration) {
        let (written, done) = sync_channel(1);
        if self.entries.send(Entry::Flush(written)).is_ok() {
            let _ = done.recv_timeout(limit);
        }
    }
}

fn write_all(
    mut output: impl Write,
    entries: &Receiver<Entry>,
    waiting: &Waiting,
    dropped: impl Fn(u64) -> String,
) {
    // Without a host that reads there is nobody to be told of what fails.
    for entry in entries {
        let line = match entry {
            Entry::Line(line) => line,
            Entry::Flush(written) => {
                let _ = written.send(());
                continue;
            }
        };
        let _ = output.write_all(line.as_bytes());
        waiting.bytes.fetch_sub(line.len(), Ordering::AcqRel);
        let lost = waiting.dropped.swap(0, Ordering::AcqRel);
        if lost > 0 {
            let _ = output.write_all(dropped(lost).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use super::*;

    /// Longer than anything here takes, unless it hangs.
    const HANG: Duration = Duration::from_mins(2);

    /// A standard error that takes nothing before it may.
    struct Reader {
        written: Arc<Mutex<Vec<u8>>>,
        reads: Receiver<()>,
    }

    impl Write for Reader {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // Once nobody tells it to wait, it reads on.
            let _ = self.reads.recv();
            self.written.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_nobody_reads_hold_up_nobody_and_are_counted() {
        let (goes_on, reads) = channel();
        let written = Arc::new(Mutex::new(Vec::new()));
        let reader = Reader {
            written: Arc::clone(&written),
            reads,
        };
        let writer = Writer::start(reader, |count| format!("{count} dropped\n"));
        let line = format!("{}\n", "x".repeat(1023));
        let fit = MOST_WAITING / line.len();
        for _ in 0..fit + 7 {
            writer.write(line.clone());
        }
        writer.flush(Duration::ZERO);
        assert_eq!(written.lock().unwrap().len(), 0);

        drop(goes_on);
        writer.write("later\n".to_owned());
        writer.flush(HANG);
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let told: u64 = lines
            .iter()
            .filter_map(|line| line.strip_suffix(" dropped"))
            .map(|count| count.parse::<u64>().unwrap())
            .sum();
        let whole = lines.iter().filter(|line| line.len() == 1023).count();
        let later = lines.iter().filter(|line| **line == "later").count();
        assert_eq!(whole, fit);
        assert_eq!(told + u64::try_from(later).unwrap(), 8);
    }

    #[test]
    fn lines_keep_their_order() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let (_, reads) = channel();
        let reader = Reader {
            written: Arc::clone(&written),
            reads,
        };
        let writer = Writer::start(reader, |_| String::new());
        let mut expected = String::new();
        for number in 0..100 {
            let line = format!("{number}\n");
            expected.push_str(&line);
            writer.write(line);
        }
        writer.flush(HANG);
        assert_eq!(*written.lock().unwrap(), expected.as_bytes());
    }
}
