package main

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// stats counts what reached the upstream, so that a client that caches or skips work is caught.
type stats struct {
	hits      atomic.Int64 // well-formed completion requests, attempts that were made to fail included
	encrypted atomic.Int64 // those of the hits that came by TLS
	http2     atomic.Int64 // those of the hits that came by HTTP/2
	rejected  atomic.Int64 // requests that no client should have sent
	tokens    atomic.Int64 // tokens written
	completed atomic.Int64
	cancelled atomic.Int64 // the client left before the end
	open      atomic.Int64
	epoch     atomic.Int64 // counts resets: how a stream ends that began before one counts no more
	peakOpen  atomic.Int64
	late      atomic.Int64 // tokens that left more than lateAfter behind the script: the upstream was the bottleneck
	early     atomic.Int64 // retries that came before Retry-After allowed them
	faults    map[fault]*atomic.Int64
}

const lateAfter = 5 * time.Millisecond

func newStats() *stats {
	s := &stats{faults: map[fault]*atomic.Int64{}}
	for _, f := range faults {
		s.faults[f] = new(atomic.Int64)
	}
	return s
}

// hit counts a well-formed request, and how it came.
func (s *stats) hit(r *http.Request) {
	s.hits.Add(1)
	if r.TLS != nil {
		s.encrypted.Add(1)
	}
	if r.ProtoMajor == 2 {
		s.http2.Add(1)
	}
}

// streamOpened returns the epoch the stream belongs to, for streamEnded.
func (s *stats) streamOpened() int64 {
	now := s.open.Add(1)
	for peak := s.peakOpen.Load(); now > peak && !s.peakOpen.CompareAndSwap(peak, now); {
		peak = s.peakOpen.Load()
	}
	return s.epoch.Load()
}

func (s *stats) streamEnded(epoch int64, err error) {
	s.open.Add(-1)
	if epoch != s.epoch.Load() {
		return
	}
	switch {
	case err == nil:
		s.completed.Add(1)
	case errors.Is(err, errClientGone):
		s.cancelled.Add(1)
	}
}

func (s *stats) snapshot(p pace) map[string]any {
	byFault := map[string]int64{}
	for f, count := range s.faults {
		byFault[string(f)] = count.Load()
	}
	return map[string]any{
		"hits":             s.hits.Load(),
		"encryptedHits":    s.encrypted.Load(),
		"http2Hits":        s.http2.Load(),
		"rejected":         s.rejected.Load(),
		"tokens":           s.tokens.Load(),
		"completedStreams": s.completed.Load(),
		"cancelledStreams": s.cancelled.Load(),
		"openStreams":      s.open.Load(),
		"peakOpenStreams":  s.peakOpen.Load(),
		"lateTokens":       s.late.Load(),
		"earlyRetries":     s.early.Load(),
		"faults":           byFault,
		// The script, for whoever computes a client's overhead: observed minus scripted.
		"pace": map[string]any{
			"firstTokenMs": p.first.Milliseconds(),
			"tokenGapMs":   p.gap.Milliseconds(),
			"tokens":       p.tokens,
		},
	}
}

// reset forgets all counts. Streams that are open stay open, so they stay counted as such.
func (s *stats) reset() {
	s.epoch.Add(1)
	for _, count := range []*atomic.Int64{
		&s.hits, &s.encrypted, &s.http2, &s.rejected, &s.tokens, &s.completed, &s.cancelled, &s.late, &s.early,
	} {
		count.Store(0)
	}
	s.peakOpen.Store(s.open.Load())
	for _, count := range s.faults {
		count.Store(0)
	}
}

// attempts remembers how often a conversation was tried, for faults that end after some attempts. Two conversations
// with the same messages at the same time share a count.
type attempts struct {
	mutex sync.Mutex
	of    map[uint64]attempt
}

type attempt struct {
	failed    int
	notBefore time.Time // what Retry-After allowed
}

// fails counts one attempt and says whether it is to fail, and whether it came too early.
func (a *attempts) fails(seed uint64, d directive, now time.Time) (failing, tooEarly bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	before, known := a.of[seed]
	// Timers of the client may be coarse: 50 ms early is on time.
	tooEarly = known && now.Add(50*time.Millisecond).Before(before.notBefore)
	if d.times > 0 && before.failed >= d.times {
		delete(a.of, seed)
		return false, tooEarly
	}
	if d.times == 0 && d.fault != faultRateLimit {
		return true, tooEarly // it fails for ever: nothing has to be remembered
	}
	next := attempt{failed: before.failed + 1}
	if d.fault == faultRateLimit {
		next.notBefore = now.Add(time.Duration(d.after) * time.Second)
	}
	a.of[seed] = next
	return true, tooEarly
}

func (a *attempts) reset() {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	clear(a.of)
}
