package main

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// model computes several texts at once, each given by its tokens, none without any.
type model interface {
	// run gives one embedding a text, in order.
	run(texts [][]int64) ([][]float32, error)
}

// batcher gives the model one batch a core at a time. What arrives meanwhile is the next batch: no text waits for a batch
// to fill, a single one goes at once, and batches grow with the load.
type batcher struct {
	model model
	size  int // the most texts in a batch
	cores int // batches at a time

	mu        sync.Mutex
	waiting   []*job
	computing int
}

// job is one request's text while it waits and is computed.
type job struct {
	ctx  context.Context // of the request: done when the client has left
	ids  []int64
	done chan struct{} // closed when what follows is there

	values []float32
	err    error
}

// embed gives the text's embedding when a batch with it was computed, or the context's error as soon as that is done.
func (b *batcher) embed(ctx context.Context, ids []int64) ([]float32, error) {
	job := &job{ctx: ctx, ids: ids, done: make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, job)
	if b.computing < b.cores {
		b.computing++
		go b.compute()
	}
	b.mu.Unlock()

	select {
	case <-job.done:
		return job.values, job.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// compute works until nothing waits.
func (b *batcher) compute() {
	for batch := b.next(); batch != nil; batch = b.next() {
		// A client that left meanwhile needs no embedding.
		batch = slices.DeleteFunc(batch, func(job *job) bool { return job.ctx.Err() != nil })
		for _, run := range runs(batch) {
			texts := make([][]int64, len(run))
			for i, job := range run {
				texts[i] = job.ids
			}
			embeddings, err := b.model.run(texts)
			for i, job := range run {
				if job.err = err; err == nil {
					job.values = embeddings[i]
				}
			}
		}
		for _, job := range batch {
			close(job.done)
		}
	}
}

// next takes the texts that have waited longest; nil when nothing waits, and then the caller has stopped computing.
func (b *batcher) next() []*job {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.waiting) == 0 {
		b.computing--
		return nil
	}
	batch := b.waiting[:min(b.size, len(b.waiting))]
	b.waiting = slices.Clone(b.waiting[len(batch):]) // the batch is changed in place: it shares nothing with what waits
	return batch
}

// runs parts a batch into runs of the model: of texts of similar length, since all are padded to the longest of their run.
// At most a quarter of a run's tokens is padding; texts of very different lengths are better computed apart.
func runs(batch []*job) [][]*job {
	sorted := slices.SortedStableFunc(slices.Values(batch), func(a, b *job) int { return cmp.Compare(len(a.ids), len(b.ids)) })
	var parts [][]*job
	first, tokens := 0, 0
	for i, job := range sorted {
		// Sorted, so this one is the longest so far and all would be padded to it.
		if padded := len(job.ids) * (i - first + 1); i > first && 4*(tokens+len(job.ids)) < 3*padded {
			parts = append(parts, sorted[first:i])
			first, tokens = i, 0
		}
		tokens += len(job.ids)
	}
	if len(sorted) > 0 {
		parts = append(parts, sorted[first:])
	}
	return parts
}
