//! Reads an answer to its end, where async-openai leaves it at `[DONE]`. By TLS the end comes apart from that. Over HTTP/2 an answer
//! that is left is reset, and what still comes of it is an error: of those a connection bears 1,024, and ends with all streams on it.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{body::Bytes, http};
use http_body::{Body as HttpBody, Frame};
use reqwest::{Body, Response};
use tokio::{runtime::Handle, time::timeout};

/// How long the rest may take.
const LONGEST: Duration = Duration::from_secs(1);
const DONE: &[u8] = b"[DONE]";
/// `[DONE]` and the longest ends of two lines, wherever it was cut.
const KEPT: usize = 16;

pub fn read_to_end(answer: Response) -> Response {
    let answer: http::Response<Body> = answer.into();
    answer.map(|body| Body::wrap(WholeBody { body, last: Vec::new(), has_ended: false })).into()
}

struct WholeBody<B: HttpBody<Data = Bytes> + Default + Send + Unpin + 'static> {
    body: B,
    /// The last bytes that came.
    last: Vec<u8>,
    has_ended: bool,
}

impl<B: HttpBody<Data = Bytes> + Default + Send + Unpin + 'static> HttpBody for WholeBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    self.last.extend_from_slice(&data[data.len().saturating_sub(KEPT)..]);
                    let before = self.last.len().saturating_sub(KEPT);
                    self.last.drain(..before);
                }
            }
            Some(Err(_)) | None => self.has_ended = true,
        }
        Poll::Ready(frame)
    }
}

/// What is left before `[DONE]` is not wanted any more, and cancelled.
impl<B: HttpBody<Data = Bytes> + Default + Send + Unpin + 'static> Drop for WholeBody<B> {
    fn drop(&mut self) {
        if self.has_ended || !self.last.windows(DONE.len()).any(|bytes| bytes == DONE) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let mut rest = mem::take(&mut self.body);
        let read = poll_fn(move |context| {
            loop {
                let Some(Ok(_)) = ready!(Pin::new(&mut rest).poll_frame(context)) else { return Poll::Ready(()) };
            }
        });
        runtime.spawn(timeout(LONGEST, read));
    }
}

#[cfg(test)]
mod tests {
    use std::{
        convert::Infallible,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use tokio::{runtime::Builder, task::yield_now};

    use super::*;

    #[derive(Default)]
    struct Pieces {
        left: Vec<&'static str>,
        read: Arc<AtomicUsize>,
    }

    impl HttpBody for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.read.fetch_add(1, Ordering::Relaxed);
            let piece = (!self.left.is_empty()).then(|| self.left.remove(0));
            Poll::Ready(piece.map(|text| Ok(Frame::data(Bytes::from_static(text.as_bytes())))))
        }
    }

    /// How often a body was read that was left after some of its pieces.
    fn reads(pieces: &[&'static str], left_after: usize) -> usize {
        let read = Arc::new(AtomicUsize::new(0));
        let body = Pieces { left: pieces.to_vec(), read: read.clone() };
        Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
            let mut whole = WholeBody { body, last: Vec::new(), has_ended: false };
            for _ in 0..left_after {
                poll_fn(|context| Pin::new(&mut whole).poll_frame(context)).await;
            }
            drop(whole);
            yield_now().await;
        });
        read.load(Ordering::Relaxed)
    }

    #[test]
    fn what_follows_done_is_read_when_the_answer_is_left() {
        assert_eq!(reads(&["data: 1\n\n", "data: [DONE]\n\n", ""], 2), 4);
        assert_eq!(reads(&["data: 1\n\ndata: [DO", "NE", "]\n\n"], 3), 4);
    }

    #[test]
    fn an_answer_that_is_left_before_its_end_is_not_read_on() {
        assert_eq!(reads(&["data: 1\n\n", "data: 2\n\n", "data: [DONE]\n\n"], 1), 1);
        assert_eq!(reads(&["data: [DONE]\n\n"], 2), 2);
    }
}
