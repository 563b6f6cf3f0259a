//! Threads that embed, beside those that serve: a run of the model takes milliseconds, and would hold up every connection of
//! the thread it ran on.

use std::{
    error::Error,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use tokio::sync::oneshot;

use crate::embedder::Embedding;

pub type Answer = Result<Option<Embedding>, Box<dyn Error + Send + Sync>>;

struct Job {
    text: String,
    answer: oneshot::Sender<Answer>,
}

pub struct Pool {
    jobs: Sender<Job>,
    threads: usize,
}

impl Pool {
    /// A thread for each of the functions, which embed one text at a time.
    pub fn start(embedders: Vec<impl FnMut(&str) -> Answer + Send + 'static>) -> Self {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let threads = embedders.len();
        for embed in embedders {
            let queue = queue.clone();
            thread::spawn(move || work(embed, &queue));
        }
        Self { jobs, threads }
    }

    pub fn threads(&self) -> usize {
        self.threads
    }

    pub async fn embed(&self, text: String) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(Job { text, answer })?;
        answered.await?
    }
}

/// Takes the oldest job, one at a time, until the pool is gone.
fn work(mut embed: impl FnMut(&str) -> Answer, queue: &Mutex<Receiver<Job>>) {
    loop {
        // The lock ends with the statement: others may take jobs while this one is computed.
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { text, answer }) = job else { return };
        // Whoever left is not computed for.
        if !answer.is_closed() {
            let _ = answer.send(embed(&text));
        }
    }
}
