//! One line on standard error for each request, without header, query or body: those hold secrets.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use super::connection::Interruption;
use super::shared::{Note, Simulator};

/// In a request's extensions: the fault that it meets, in words.
#[derive(Clone, Default)]
pub(super) struct MetFault(Arc<OnceLock<String>>);

impl MetFault {
    pub(super) fn set(&self, fault: String) {
        // A request meets one fault at most.
        let _ = self.0.set(fault);
    }
}

/// Writes the line of a request, also of one whose client left before its answer.
pub(super) async fn log(
    State(simulator): State<Simulator>,
    mut request: Request,
    next: Next,
) -> Response {
    if !simulator.options.log {
        return next.run(request).await;
    }
    let mut line = Line {
        what: format!("{} {}", request.method(), request.uri().path()),
        started: Instant::now(),
        met: MetFault::default(),
        outcome: "no answer, the client left".to_owned(),
        note: String::new(),
    };
    request.extensions_mut().insert(line.met.clone());
    let response = next.run(request).await;
    line.answered(&response);
    response
}

/// Written when it is dropped, since the rest of a request is where its client leaves.
struct Line {
    what: String,
    started: Instant,
    met: MetFault,
    outcome: String,
    note: String,
}

impl Line {
    fn answered(&mut self, response: &Response) {
        self.outcome = match response.extensions().get::<Interruption>() {
            Some(Interruption { ending, .. }) => format!("{ending:?}"),
            None => response.status().as_u16().to_string(),
        };
        if let Some(Note(text)) = response.extensions().get() {
            self.note = format!(": {}", text.escape_debug());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self {
            what,
            outcome,
            note,
            ..
        } = self;
        let took = self.started.elapsed().as_millis();
        let fault = self.met.0.get();
        let fault = fault.map_or_else(String::new, |fault| format!(" (fault: {fault})"));
        // A closed stderr is no reason to stop answering.
        let _ = writeln!(io::stderr(), "{what} {outcome} {took}ms{fault}{note}");
    }
}
