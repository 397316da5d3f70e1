//! What one host may ask for at once, and what it costs.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use super::harness::generated::tfplugin5::DynamicValue;
use super::harness::host::Host;
use super::harness::reply::only_error;
use super::harness::tenant::{plain, with};
use super::harness::values::to_wire;

/// A tenant with that many nulls for services.
fn tenant_with_nulls(count: u32) -> DynamicValue {
    let marked = with(&plain(), "/destroy_services", "here");
    let bytes = to_wire(&marked).msgpack;
    let mark = b"\xa4here";
    let place = bytes.windows(mark.len()).position(|part| part == mark);
    let (before, after) = bytes.split_at(place.expect("the mark"));
    let nulls = vec![0xc0; count as usize];
    let announced = [&[0xdd][..], &count.to_be_bytes()].concat();
    DynamicValue {
        msgpack: [before, &announced, &nulls, &after[mark.len()..]].concat(),
        json: Vec::new(),
    }
}

#[tokio::test]
async fn a_message_of_millions_of_nulls_is_refused_before_they_fill_the_memory() {
    const NULLS: u32 = 16 << 20;
    let mut host = Host::start().await;
    let told = host.validate_bytes(tenant_with_nulls(NULLS), true).await;
    let error = only_error(&told, "Too many values");
    assert!(
        error.detail.contains("more than 100000 values"),
        "{error:?}"
    );
    assert!(error.detail.contains("destroy_services["), "{error:?}");
    let peak = host.peak_memory();
    assert!(peak < 8 * u64::from(NULLS) / 1024, "{peak} KiB");
}

/// One connection, frame by frame (RFC 9113).
struct Frames(UnixStream);

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

impl Frames {
    fn connect(path: &str) -> io::Result<Self> {
        let mut stream = UnixStream::connect(path)?;
        stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")?;
        let mut frames = Self(stream);
        frames.write(SETTINGS, 0, 0, b"")?;
        Ok(frames)
    }

    /// A connection that is served; one that is refused is closed before or after it was written to.
    fn served(path: &str) -> Option<Self> {
        let mut frames = Self::connect(path).ok()?;
        let read = frames.0.read(&mut [0]).ok()?;
        (read > 0).then_some(frames)
    }

    fn write(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
        self.0.write_all(&[&head, payload].concat())
    }

    /// The stream and the payload of the next frame of that kind that acknowledges nothing.
    fn next(&mut self, wanted: u8) -> (u32, Vec<u8>) {
        loop {
            let mut head = [0; 9];
            self.0.read_exact(&mut head).unwrap();
            let [a, b, c, kind, flags, stream @ ..] = head;
            let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
            self.0.read_exact(&mut payload).unwrap();
            if kind == wanted && (kind != SETTINGS || flags & ACK == 0) {
                return (u32::from_be_bytes(stream), payload);
            }
        }
    }

    /// Begins a call whose message never comes. The names of the headers are those of the static table (RFC 7541).
    fn begin_call(&mut self, stream: u32) {
        let path = b"/tfplugin5.Provider/ValidateResourceTypeConfig";
        let text = |text: &[u8]| [&[u8::try_from(text.len()).unwrap()], text].concat();
        let block = [
            vec![0x83, 0x86, 0x04],
            text(path),
            vec![0x01],
            text(b"localhost"),
            vec![0x0f, 0x10],
            text(b"application/grpc"),
        ];
        self.write(HEADERS, END_HEADERS, stream, &block.concat())
            .unwrap();
    }
}

#[tokio::test]
async fn open_calls_are_bounded_beyond_all_use() {
    const MAX_CONCURRENT_STREAMS: u16 = 3;
    const REFUSED_STREAM: u32 = 7;
    let host = Host::start_without_tls().await;
    let mut frames = Frames::connect(host.handshake.split('|').nth(3).unwrap()).unwrap();
    let (_, settings) = frames.next(SETTINGS);
    frames.write(SETTINGS, ACK, 0, b"").unwrap();
    let limit = settings.chunks(6).find_map(|setting| {
        let (name, value) = setting.split_at(2);
        (name == MAX_CONCURRENT_STREAMS.to_be_bytes())
            .then(|| u32::from_be_bytes(value.try_into().unwrap()))
    });
    let limit = limit.expect("a limit");
    assert!((1000..10_000).contains(&limit), "{limit}");
    for call in 0..=limit {
        frames.begin_call(2 * call + 1);
    }
    let refused = (2 * limit + 1, REFUSED_STREAM.to_be_bytes().to_vec());
    assert_eq!(frames.next(RST_STREAM), refused);
}

#[tokio::test]
async fn open_connections_are_bounded_beyond_all_use() {
    let host = Host::start_without_tls().await;
    let path = host.handshake.split('|').nth(3).unwrap();
    let mut open = Vec::new();
    // The host has one already.
    while let Some(frames) = Frames::served(path) {
        open.push(frames);
        assert!(open.len() < 1000, "no limit");
    }
    assert_eq!(open.len(), 255);
    drop(open.pop());
    while Frames::served(path).is_none() {
        tokio::task::yield_now().await;
    }
}
