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
    /// Every thread calls `embed`, for one text at a time.
    pub fn start(threads: usize, embed: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let embed = Arc::new(embed);
        for _ in 0..threads {
            let (embed, queue) = (embed.clone(), queue.clone());
            thread::spawn(move || work(&*embed, &queue));
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
fn work(embed: &impl Fn(&str) -> Answer, queue: &Mutex<Receiver<Job>>) {
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
