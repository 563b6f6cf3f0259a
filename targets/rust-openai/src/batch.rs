//! The article's fan-out: a task for each question, and a semaphore that lets so many run.

use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::{sync::Semaphore, task::JoinSet};

use crate::{
    bodies::{BatchOrder, Message, Role},
    completions::Completions,
};

#[derive(Serialize)]
pub struct BatchAnswer {
    tasks: usize,
    ok: usize,
    failed: usize,
    /// SHA-256 of the texts in the order of the tasks, a line each; a failed task's line is empty.
    digest: String,
}

/// Dropping the future aborts all tasks, and with them their upstream streams.
pub async fn run(completions: Arc<Completions>, order: BatchOrder) -> BatchAnswer {
    let places = Arc::new(Semaphore::new(order.concurrency));
    let mut running = JoinSet::new();
    for task in 0..order.tasks {
        let (completions, places, messages) = (completions.clone(), places.clone(), question(&order, task));
        running.spawn(async move {
            let _place = places.acquire().await.expect("nobody closes the semaphore");
            (task, completions.text(messages).await.ok())
        });
    }

    let mut texts = vec![None; order.tasks];
    while let Some(outcome) = running.join_next().await {
        let (task, text) = outcome.expect("a task neither panics nor is aborted while it is waited for");
        texts[task] = text;
    }

    let mut digest = Sha256::new();
    for text in &texts {
        digest.update(text.as_deref().unwrap_or_default());
        digest.update("\n");
    }
    let ok = texts.iter().flatten().count();
    BatchAnswer { tasks: order.tasks, ok, failed: order.tasks - ok, digest: format!("{:x}", digest.finalize()) }
}

fn question(order: &BatchOrder, task: usize) -> Vec<Message> {
    let text = format!("What is the number {}?{}", order.seed + task as u64 + 1, order.suffix);
    vec![
        Message { role: Role::System, content: "You are a helpful assistant.".to_owned() },
        Message { role: Role::User, content: text },
    ]
}
