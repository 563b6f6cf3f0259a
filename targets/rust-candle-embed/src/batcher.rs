//! Computes together what waits together, on threads beside those that serve: a run of the model takes milliseconds, and would hold
//! up every connection of the thread it ran on.
//!
//! What arrives while all threads are busy is the next batch: nobody waits for a batch to fill, a single request goes at once, and
//! batches grow with the load.

use std::{
    iter,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use tokio::sync::oneshot;

use crate::runs::Answer;

struct Job {
    text: String,
    answer: oneshot::Sender<Answer>,
}

pub struct Batcher {
    jobs: Sender<Job>,
    threads: usize,
    size: usize,
}

impl Batcher {
    /// A thread for each of the functions, which give one answer a text, in order, for `size` texts at most.
    pub fn start(embedders: Vec<impl FnMut(&[String]) -> Vec<Answer> + Send + 'static>, size: usize) -> Self {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let threads = embedders.len();
        for embed in embedders {
            let queue = queue.clone();
            thread::spawn(move || work(embed, &queue, size));
        }
        Self { jobs, threads, size }
    }

    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The most texts of a batch.
    pub fn size(&self) -> usize {
        self.size
    }

    pub async fn embed(&self, text: String) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job { text, answer })?;
        answered.await?
    }
}

/// Takes one batch after the other, until the batcher is gone.
fn work(mut embed: impl FnMut(&[String]) -> Vec<Answer>, queue: &Mutex<Receiver<Job>>, size: usize) {
    while let Some(batch) = next_batch(queue, size) {
        let (texts, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|job| (job.text, job.answer)).unzip();
        for (answer, embedded) in answers.into_iter().zip(embed(&texts)) {
            let _ = answer.send(embedded); // to nobody when the client left meanwhile
        }
    }
}

/// What waits, the oldest first, `size` at most; waits itself when nothing does. `None` when the batcher is gone.
fn next_batch(queue: &Mutex<Receiver<Job>>, size: usize) -> Option<Vec<Job>> {
    // Others take the next batch while this one is computed: the lock ends here.
    let queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let first = queue.recv().ok()?;
        let waiting = iter::once(first).chain(queue.try_iter());
        // Whoever left is not computed for.
        let batch: Vec<Job> = waiting.filter(|job| !job.answer.is_closed()).take(size).collect();
        if !batch.is_empty() {
            return Some(batch);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::task::{JoinHandle, yield_now};

    use super::*;
    use crate::runs::Embedding;

    /// A model that says what came together and waits to be told to go on. It embeds a text as its length, and fails at "bad".
    struct Model {
        batches: mpsc::Receiver<Vec<String>>,
        go: mpsc::Sender<()>,
        batcher: Arc<Batcher>,
    }

    impl Model {
        fn of_size(size: usize) -> Self {
            let (came, batches) = mpsc::channel();
            let (go, may_go) = mpsc::channel();
            let embed = move |texts: &[String]| {
                came.send(texts.to_vec()).unwrap();
                may_go.recv().unwrap();
                texts.iter().map(|text| embedded(text)).collect()
            };
            Self { batches, go, batcher: Arc::new(Batcher::start(vec![embed], size)) }
        }

        /// Asks, and returns when the text waits.
        async fn ask(&self, text: &str) -> JoinHandle<Answer> {
            let (batcher, text) = (self.batcher.clone(), text.to_owned());
            let asked = tokio::spawn(async move { batcher.embed(text).await });
            yield_now().await; // of a runtime with one thread: the task runs until it waits for its answer
            asked
        }

        fn batch(&self) -> Vec<String> {
            self.batches.recv().unwrap()
        }

        fn go(&self) {
            self.go.send(()).unwrap();
        }
    }

    fn embedded(text: &str) -> Answer {
        match text {
            "bad" => Err("bad text".into()),
            "" => Ok(None),
            _ => Ok(Some(Embedding { values: vec![text.len() as f32], truncated_to: None })),
        }
    }

    async fn value_of(asked: JoinHandle<Answer>) -> f32 {
        asked.await.unwrap().unwrap().unwrap().values[0]
    }

    #[tokio::test]
    async fn one_text_goes_at_once_and_what_arrives_meanwhile_is_one_batch() {
        let model = Model::of_size(32);
        let first = model.ask("a").await;
        assert_eq!(model.batch(), ["a"]);
        let (second, third) = (model.ask("bb").await, model.ask("ccc").await);
        model.go();
        assert_eq!(model.batch(), ["bb", "ccc"]);
        model.go();
        assert_eq!(value_of(first).await, 1.0);
        assert_eq!((value_of(second).await, value_of(third).await), (2.0, 3.0));
    }

    #[tokio::test]
    async fn no_batch_is_larger_than_its_size() {
        let model = Model::of_size(2);
        let mut asked = vec![model.ask("a").await];
        assert_eq!(model.batch(), ["a"]);
        for text in ["bb", "ccc", "dddd"] {
            asked.push(model.ask(text).await);
        }
        model.go();
        assert_eq!(model.batch(), ["bb", "ccc"]);
        model.go();
        assert_eq!(model.batch(), ["dddd"]);
        model.go();
        for (asked, length) in asked.into_iter().zip([1.0, 2.0, 3.0, 4.0]) {
            assert_eq!(value_of(asked).await, length);
        }
    }

    #[tokio::test]
    async fn an_error_reaches_its_own_request_only() {
        let model = Model::of_size(32);
        let first = model.ask("a").await;
        assert_eq!(model.batch(), ["a"]);
        let (bad, empty, good) = (model.ask("bad").await, model.ask("").await, model.ask("bb").await);
        model.go();
        model.batch();
        model.go();
        assert_eq!(bad.await.unwrap().unwrap_err().to_string(), "bad text");
        assert_eq!(empty.await.unwrap().unwrap(), None);
        assert_eq!((value_of(first).await, value_of(good).await), (1.0, 2.0));
    }

    #[tokio::test]
    async fn a_request_that_is_dropped_stops_no_other_and_is_not_computed() {
        let model = Model::of_size(32);
        let first = model.ask("a").await;
        assert_eq!(model.batch(), ["a"]);
        let (waiting, good) = (model.ask("bb").await, model.ask("ccc").await);
        first.abort(); // while it is computed
        waiting.abort(); // while it waits
        yield_now().await;
        model.go();
        assert_eq!(model.batch(), ["ccc"]);
        model.go();
        assert_eq!(value_of(good).await, 3.0);
    }
}
