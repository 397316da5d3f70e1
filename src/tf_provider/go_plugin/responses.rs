//! Responses on their way out, so that a shutdown can wait until the host has them.
//!
//! A response is sent when its last HTTP/2 frame has been written and flushed. The server tells nobody, so the frames are
//! counted where they pass.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Bytes, http};

use crate::tf_provider::shutdown::PendingResponse;

/// The responses of one connection. Clones are one.
#[derive(Clone, Default)]
pub(super) struct Responses(Arc<Mutex<Progress>>);

#[derive(Default)]
struct Progress {
    frames: FrameReader,
    /// Responses of which the server has the last frame, and those of which it has written it.
    handed_over: u64,
    written: u64,
    /// Changes among those that are handed over.
    pending: Vec<PendingResponse>,
}

impl Responses {
    /// Watches a response until the server has all of it.
    pub(super) fn track(&self, mut response: http::Response<Body>) -> http::Response<TrackedBody> {
        let pending = response.extensions_mut().remove();
        let responses = Some(self.clone());
        response.map(|body| TrackedBody {
            body,
            responses,
            pending,
        })
    }

    /// Takes note of bytes that the server has written.
    pub(super) fn wrote<'a>(&self, bytes: impl Iterator<Item = &'a [u8]>) {
        let mut progress = self.progress();
        for bytes in bytes {
            progress.written += progress.frames.ended_streams(bytes);
        }
    }

    /// Takes note that all bytes written so far have left the process.
    pub(super) fn flushed(&self) {
        let mut progress = self.progress();
        if progress.written >= progress.handed_over {
            progress.pending.clear();
        }
    }

    /// Takes note that nothing is sent any more.
    pub(super) fn closed(&self) {
        self.progress().pending.clear();
    }

    fn hand_over(&self, pending: Option<PendingResponse>) {
        let mut progress = self.progress();
        progress.handed_over += 1;
        progress.pending.extend(pending);
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a response. What the server drops before the end is not sent, and nobody waits for it.
pub(super) struct TrackedBody {
    body: Body,
    /// Until the last frame is handed over.
    responses: Option<Responses>,
    pending: Option<PendingResponse>,
}

impl TrackedBody {
    fn hand_over(&mut self) {
        if let Some(responses) = self.responses.take() {
            responses.hand_over(self.pending.take());
        }
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let goes_on = matches!(&frame, Some(Ok(frame)) if !frame.is_trailers());
        if !goes_on || self.body.is_end_stream() {
            self.hand_over();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        // A response of headers alone has no frame to poll.
        if self.body.is_end_stream() {
            self.hand_over();
        }
    }
}

/// Reads the frames of HTTP/2 in pieces of any size.
#[derive(Default)]
struct FrameReader {
    header: [u8; Self::HEADER],
    /// Bytes of the header that are there.
    filled: usize,
    /// Bytes of the payload that are still to come.
    payload: usize,
}

impl FrameReader {
    /// Length, type, flags and stream (RFC 9113, 4.1).
    const HEADER: usize = 9;

    /// The number of streams that end in these bytes.
    fn ended_streams(&mut self, mut bytes: &[u8]) -> u64 {
        let mut ended = 0;
        loop {
            let payload = self.payload.min(bytes.len());
            self.payload -= payload;
            bytes = &bytes[payload..];
            let missing = (Self::HEADER - self.filled).min(bytes.len());
            self.header[self.filled..self.filled + missing].copy_from_slice(&bytes[..missing]);
            self.filled += missing;
            bytes = &bytes[missing..];
            if self.filled < Self::HEADER {
                return ended;
            }
            self.filled = 0;
            let [a, b, c, kind, flags, ..] = self.header;
            self.payload = u32::from_be_bytes([0, a, b, c]) as usize;
            ended += u64::from(ends_stream(kind, flags));
        }
    }
}

fn ends_stream(kind: u8, flags: u8) -> bool {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;
    const END_STREAM: u8 = 1;
    match kind {
        DATA | HEADERS => flags & END_STREAM != 0,
        RST_STREAM => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tf_provider::shutdown::Shutdown;

    /// A frame with its payload.
    fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let header = [length[1], length[2], length[3], kind, flags, 0, 0, 0, 1];
        [&header, payload].concat()
    }

    #[test]
    fn the_ends_of_streams_are_found_in_pieces_of_any_size() {
        let bytes = [
            frame(4, 1, b"settings"),
            frame(1, 4, b"headers"),
            frame(0, 0, &[1; 300]),
            frame(1, 5, b""),
            frame(0, 1, &[3; 40]),
            frame(3, 0, b"code"),
            frame(6, 1, b"ping"),
        ]
        .concat();
        for size in 1..=bytes.len() {
            let mut reader = FrameReader::default();
            let ended = bytes.chunks(size).map(|bytes| reader.ended_streams(bytes));
            assert_eq!(ended.sum::<u64>(), 3, "in pieces of {size}");
        }
    }

    /// A unary response as tonic makes it: an empty body here, which ends with its headers.
    fn response(shutdown: &Shutdown) -> http::Response<Body> {
        let mut response = http::Response::new(Body::empty());
        response
            .extensions_mut()
            .insert(shutdown.pending_response());
        response
    }

    #[test]
    fn a_response_is_pending_until_its_last_frame_is_flushed() {
        let (shutdown, responses) = (Shutdown::default(), Responses::default());
        let (first, second) = (
            responses.track(response(&shutdown)),
            responses.track(response(&shutdown)),
        );
        drop(first);
        drop(second);
        let end = frame(1, 5, b"");
        let told: Vec<bool> = [&end, &end]
            .into_iter()
            .map(|end| {
                responses.wrote([&end[..]].into_iter());
                responses.flushed();
                shutdown.has_pending()
            })
            .collect();
        assert_eq!(told, [true, false]);
    }

    #[test]
    fn a_response_that_is_given_up_is_not_waited_for() {
        let (shutdown, responses) = (Shutdown::default(), Responses::default());
        let unread = response(&shutdown).map(|_| Body::new("never read".to_owned()));
        drop(responses.track(unread));
        assert!(!shutdown.has_pending());
        drop(responses.track(response(&shutdown)));
        assert!(shutdown.has_pending());
        responses.closed();
        assert!(!shutdown.has_pending());
    }
}
