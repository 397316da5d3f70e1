//! What the end waits for, and what it does not wait for.

use std::pin::Pin;

use tokio::io::ReadBuf;

use super::*;

/// Grace periods that no test waits out.
const ENDLESS: GracePeriods = GracePeriods {
    finish: Duration::from_hours(1),
    cancel: Duration::from_hours(1),
    close: Duration::from_hours(1),
    write_state: Duration::ZERO,
};

#[tokio::test]
async fn the_end_does_not_wait_for_streams_that_are_open() {
    let host = TerraformCertificate::generate();
    let plugin = Plugin::started_by_with(&host, ENDLESS);
    let channel = plugin.channel(&host).await;
    let (mut stdio, mut stdio_too) = (stdio(&channel).await, stdio(&channel).await);
    let (mut broker, mut broker_too) = (broker(&channel).await, broker(&channel).await);

    shut_down(&channel).await;
    plugin.ended().await;

    assert!(stdio.message().await.unwrap().is_none());
    assert!(stdio_too.message().await.unwrap().is_none());
    assert!(broker.message().await.unwrap().is_none());
    assert!(broker_too.message().await.unwrap().is_none());
}

#[tokio::test]
async fn streams_stay_open_and_silent_until_the_end() {
    let host = TerraformCertificate::generate();
    let plugin = Plugin::started_by(&host);
    let channel = plugin.channel(&host).await;
    let (mut stdio, mut broker) = (stdio(&channel).await, broker(&channel).await);
    // What the server had to say on this connection before the answer has come by then.
    let health = status(&mut HealthClient::new(channel), "plugin").await;
    assert_eq!(health, Ok(ServingStatus::Serving));
    assert!(stdio.message().now_or_never().is_none());
    assert!(broker.message().now_or_never().is_none());
}

#[tokio::test]
async fn the_end_does_not_wait_for_a_call_that_hangs() {
    let host = TerraformCertificate::generate();
    let plugin = Plugin::started_by(&host);
    let channel = plugin.channel(&host).await;
    let hanging = tokio::spawn(call(channel.clone(), "/test.Provider/Hang"));
    soon(plugin.called.cancelled()).await;

    shut_down(&channel).await;
    plugin.ended().await;
    assert!(!hanging.is_finished());
    hanging.abort();
}

#[cfg(unix)]
#[tokio::test]
async fn the_end_waits_until_the_response_of_a_change_is_sent() {
    for path in ["/test.Provider/Change", "/test.Provider/StreamedChange"] {
        let plugin = Plugin::start(&[("TF_PLUGIN_MAGIC_COOKIE", COOKIE)], ENDLESS);
        let reads = CancellationToken::new();
        let stalled = channel(Stalled::until(&reads, plugin.unix_socket().await)).await;
        let change = tokio::spawn(call(stalled, path));
        soon(plugin.called.cancelled()).await;

        let other = plugin.unix_channel().await;
        let mut shutting_down = tokio::spawn(async move { shut_down(&other).await });
        let a_while = Duration::from_millis(300);
        assert!(
            timeout(a_while, &mut shutting_down).await.is_err(),
            "{path}"
        );

        reads.cancel();
        let response = soon(change).await.unwrap().unwrap();
        assert_eq!(response.data.len(), Scripted::LARGE);
        soon(shutting_down).await.unwrap();
        plugin.ended().await;
    }
}

/// A client's end of a connection from which nothing is read before `reads` is cancelled.
struct Stalled<T> {
    io: T,
    reads: Option<BoxFuture<'static, ()>>,
}

impl<T> Stalled<T> {
    fn until(reads: &CancellationToken, io: T) -> Self {
        let reads = reads.clone().cancelled_owned().boxed();
        Self {
            io,
            reads: Some(reads),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Stalled<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(reads) = &mut self.reads {
            ready!(reads.poll_unpin(context));
            self.reads = None;
        }
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Stalled<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
