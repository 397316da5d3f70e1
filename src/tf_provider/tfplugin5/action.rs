//! Invoking an action: its work, and the events that tell of it.

use futures_util::{Stream, stream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, OrError, error_answer};
use super::error_reply::ErrorReply;
use super::generated::invoke_action::{Event, Request, event};
use super::registry::Invocable;
use super::{decode, encode};
use crate::tf_provider::action::{InvokeRequest, Progress};
use crate::tf_provider::config_check::{self, WriteOnly};
use crate::tf_provider::diagnostic::Diagnostic;

/// Every host that knows actions knows write-only arguments.
pub(super) const WRITE_ONLY: WriteOnly = WriteOnly::Allowed;

/// Carries an action out; its last event is the answer.
pub(super) async fn invoke(
    invocable: &Invocable,
    request: &Request,
    progress: Progress,
    stop: CancellationToken,
    end: CancellationToken,
) -> Answer<Event> {
    let typed = &invocable.typed;
    let config = decode::value("configuration", request.config.as_ref(), &typed.ty).or_error()?;
    if !config.is_wholly_known() {
        return error_answer(Diagnostic::error(
            "Action configuration not known",
            "Terraform invoked the action before all of its configuration was known. Nothing was done. Apply again.",
        ));
    }
    // Of what was not known when it was planned, nobody has seen the values yet.
    let mut problems = config_check::check(&typed.schema.block, &config, WRITE_ONLY);
    problems.extend(invocable.action.validate(&config));
    problems.retain(Diagnostic::is_error);
    if !problems.is_empty() {
        return Err(problems);
    }
    let diagnostics = invocable
        .action
        .invoke(InvokeRequest {
            config,
            progress,
            stop,
            end,
        })
        .await;
    Ok(Event::error_reply(encode::diagnostics(diagnostics)))
}

/// An action under way, as its events tell of it.
struct Invocation {
    work: JoinHandle<Event>,
    completed: Option<Event>,
    messages: UnboundedReceiver<String>,
    stop: CancellationToken,
}

/// The events of an invocation: its progress until Stop, and then the one that completes it, whatever became of the work.
///
/// Terraform 1.14 and 1.15 take a stream without that one for a success. They crash on an event that follows a failure, and
/// after Stop on one that follows a progress.
pub(super) fn events(
    work: JoinHandle<Event>,
    messages: UnboundedReceiver<String>,
    stop: CancellationToken,
) -> impl Stream<Item = Event> {
    let invocation = Invocation {
        work,
        completed: None,
        messages,
        stop,
    };
    stream::unfold(Some(invocation), async |invocation| {
        Some(invocation?.next().await)
    })
}

impl Invocation {
    /// The next event, and what follows it.
    async fn next(mut self) -> (Event, Option<Self>) {
        loop {
            tokio::select! {
                biased;
                completed = &mut self.work, if self.completed.is_none() => {
                    self.completed = Some(completed.unwrap_or_else(|_| ended_early()));
                    // What was reported before counts, and nothing from now on.
                    self.messages.close();
                }
                Some(message) = self.messages.recv() => if !self.stop.is_cancelled() {
                    return (progress(message), Some(self));
                },
                else => return (self.completed.take().unwrap_or_else(ended_early), None),
            }
        }
    }
}

fn progress(message: String) -> Event {
    Event {
        r#type: Some(event::Type::Progress(event::Progress { message })),
    }
}

fn ended_early() -> Event {
    Event::error_reply(encode::diagnostics(vec![Diagnostic::error(
        "Action ended early",
        "The provider ended while the action was under way, so it is not known what was done. Apply again.",
    )]))
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn what_was_reported_before_stop_and_not_yet_told_is_not_told_after_it() {
        let ((progress, messages), stop) = (Progress::channel(), CancellationToken::new());
        let work = tokio::spawn(async { Event::error_reply(Vec::new()) });
        let mut events = pin!(events(work, messages, stop.clone()));
        progress.report("one");
        progress.report("two");
        let told = events.next().await.and_then(|event| event.r#type);
        assert!(matches!(told, Some(event::Type::Progress(one)) if one.message == "one"));
        stop.cancel();
        let told = events.next().await.and_then(|event| event.r#type);
        assert!(matches!(told, Some(event::Type::Completed(_))), "{told:?}");
        assert_eq!(events.next().await, None);
    }

    #[tokio::test]
    async fn work_that_is_ended_from_outside_has_failed() {
        let work = tokio::spawn(std::future::pending());
        work.abort();
        let (_, messages) = Progress::channel();
        let mut events = pin!(events(work, messages, CancellationToken::new()));
        let told = events.next().await.and_then(|event| event.r#type);
        let Some(event::Type::Completed(completed)) = told else {
            panic!("not completed: {told:?}");
        };
        assert_eq!(completed.diagnostics[0].summary, "Action ended early");
        assert_eq!(events.next().await, None);
    }
}
