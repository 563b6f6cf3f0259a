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

const (
	// runCost is what a run costs besides its tokens, in tokens: it reads all weights from memory once (README.md).
	runCost = 8
	// mostTokens is how large a run may be, padding included. A larger one is no cheaper, and takes memory.
	mostTokens = 4 * maxTokens
)

// runs parts a batch into runs of the model: of texts of similar length, since all are padded to the longest of their run. At most a
// quarter of a run's tokens is padding, and of all ways to keep that this is the cheapest.
func runs(batch []*job) [][]*job {
	sorted := slices.SortedStableFunc(slices.Values(batch), func(a, b *job) int { return cmp.Compare(len(a.ids), len(b.ids)) })
	// What the n shortest texts cost at least, and where the last run of that way begins.
	cost, begins := make([]int, len(sorted)+1), make([]int, len(sorted)+1)
	for end := 1; end <= len(sorted); end++ {
		longest, tokens := len(sorted[end-1].ids), 0
		for begin := end - 1; begin >= 0; begin-- {
			tokens += len(sorted[begin].ids)
			padded := longest * (end - begin)
			if padded > mostTokens || 4*tokens < 3*padded {
				break // those before are shorter still
			}
			if total := cost[begin] + runCost + padded; begin == end-1 || total < cost[end] {
				cost[end], begins[end] = total, begin
			}
		}
	}
	var parts [][]*job
	for end := len(sorted); end > 0; end = begins[end] {
		parts = append(parts, sorted[begins[end]:end])
	}
	slices.Reverse(parts)
	return parts
}
