package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

// fakeModel gives a text its first token and its length for an embedding. It keeps every run until gate lets it go, fails on texts of the
// length that it was told, and knows what it was asked for.
type fakeModel struct {
	gate    chan struct{} // nil: nothing is kept
	failing int           // length of a text that makes a run fail

	mu      sync.Mutex
	asked   [][]int64 // first tokens of each run
	running int
	most    int // runs at a time
}

var errModel = errors.New("the model failed")

func (m *fakeModel) run(texts [][]int64) ([][]float32, error) {
	m.begin(texts)
	if m.gate != nil {
		<-m.gate
	}
	m.end()
	embeddings := make([][]float32, len(texts))
	for i, ids := range texts {
		if len(ids) == m.failing {
			return nil, errModel
		}
		embeddings[i] = []float32{float32(ids[0]), float32(len(ids))}
	}
	return embeddings, nil
}

func (m *fakeModel) begin(texts [][]int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	firsts := make([]int64, len(texts))
	for i, ids := range texts {
		firsts[i] = ids[0]
	}
	m.asked = append(m.asked, firsts)
	m.running++
	m.most = max(m.most, m.running)
}

func (m *fakeModel) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running--
}

// textOf has as many tokens as it is told; the first one tells it from others.
func textOf(first int64, length int) []int64 {
	ids := make([]int64, length)
	ids[0] = first
	return ids
}

func TestWhatWaitsIsComputedTogether(t *testing.T) {
	for name, tc := range map[string]struct {
		size, cores, texts int
		want               [][]int64 // first tokens of each run
	}{
		"a single text goes at once":                  {32, 1, 1, [][]int64{{0}}},
		"what comes while one is computed is a batch": {32, 1, 5, [][]int64{{0}, {1, 2, 3, 4}}},
		"a batch has a most, and the oldest go first": {3, 1, 8, [][]int64{{0}, {1, 2, 3}, {4, 5, 6}, {7}}},
		"two cores compute two batches":               {32, 2, 6, [][]int64{{0}, {1}, {2, 3, 4, 5}}},
		"one at a time is no batching":                {1, 1, 4, [][]int64{{0}, {1}, {2}, {3}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				model := &fakeModel{gate: make(chan struct{})}
				batcher := &batcher{model: model, size: tc.size, cores: tc.cores}
				for first := range tc.texts {
					go batcher.embed(t.Context(), textOf(int64(first), 8))
					synctest.Wait() // so that they come in this order
				}
				close(model.gate)
				synctest.Wait()
				if !reflect.DeepEqual(model.asked, tc.want) {
					t.Errorf("got %v, want %v", model.asked, tc.want)
				}
				if model.most > tc.cores || batcher.computing != 0 || len(batcher.waiting) != 0 {
					t.Errorf("%d runs at a time, %d still computing, %d still waiting", model.most, batcher.computing, len(batcher.waiting))
				}
			})
		})
	}
}

func TestRunsHoldTextsOfSimilarLength(t *testing.T) {
	for name, tc := range map[string]struct{ lengths, want []int }{
		"nothing":                              {nil, nil},
		"one text":                             {[]int{17}, []int{1}},
		"equal lengths":                        {[]int{9, 9, 9}, []int{3}},
		"a quarter of padding":                 {[]int{6, 12}, []int{2}},
		"more than a quarter":                  {[]int{4, 10}, []int{1, 1}},
		"padding that is cheaper than a run":   {[]int{93, 100}, []int{2}},
		"padding that is dearer than a run":    {[]int{91, 100}, []int{1, 1}},
		"a long one among short ones":          {[]int{12, 256, 11, 12, 10}, []int{4, 1}},
		"two runs, in which ever order":        {[]int{20, 5, 20, 5}, []int{2, 2}},
		"at most a thousand tokens":            {[]int{256, 256, 256, 256, 256, 255}, []int{4, 2}},
		"not as many as fit, where that costs": {[]int{20, 20, 20, 24, 24, 24}, []int{3, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int
			for _, run := range runs(jobsOf(tc.lengths)) {
				got = append(got, len(run))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got runs of %v texts, want %v", got, tc.want)
			}
		})
	}
}

func TestRunsHoldEveryTextOnceAndAtMostAQuarterOfPadding(t *testing.T) {
	random := rand.New(rand.NewPCG(17, 1))
	for range 2_000 {
		lengths := make([]int, random.IntN(40))
		for i := range lengths {
			lengths[i] = 3 + random.IntN(1+random.IntN(maxTokens-2))
		}
		batch := jobsOf(lengths)
		seen := map[*job]int{}
		for _, run := range runs(batch) {
			tokens, longest := 0, 0
			for _, job := range run {
				seen[job]++
				tokens += len(job.ids)
				longest = max(longest, len(job.ids))
			}
			padded := longest * len(run)
			if padding := padded - tokens; 4*padding > padded || padded > mostTokens {
				t.Fatalf("%d of %d tokens are padding in %v", padding, padded, lengths)
			}
		}
		for _, job := range batch {
			if seen[job] != 1 {
				t.Fatalf("a text of %d tokens is in %d runs of %v", len(job.ids), seen[job], lengths)
			}
		}
	}
}

func TestRunsAreTheCheapestOfAllWays(t *testing.T) {
	random := rand.New(rand.NewPCG(17, 2))
	for range 500 {
		lengths := make([]int, 1+random.IntN(9))
		for i := range lengths {
			lengths[i] = 3 + random.IntN(1+random.IntN(maxTokens-2))
		}
		got := 0
		for _, run := range runs(jobsOf(lengths)) {
			got += runCost + len(run[len(run)-1].ids)*len(run)
		}
		if want := cheapest(lengths); got != want {
			t.Fatalf("runs of %v cost %d, want %d", lengths, got, want)
		}
	}
}

// cheapest tries every way to cut texts, the shortest first, into runs that are allowed.
func cheapest(lengths []int) int {
	sorted := slices.Sorted(slices.Values(lengths))
	least := math.MaxInt
	for cuts := range 1 << (len(sorted) - 1) { // a bit a place between two texts
		total, tokens, count := 0, 0, 0
		for i, length := range sorted {
			tokens, count = tokens+length, count+1
			if i < len(sorted)-1 && cuts&(1<<i) == 0 {
				continue
			}
			if 4*tokens < 3*length*count || length*count > mostTokens {
				total = math.MaxInt / 2
				break
			}
			total += runCost + length*count
			tokens, count = 0, 0
		}
		least = min(least, total)
	}
	return least
}

func jobsOf(lengths []int) []*job {
	jobs := make([]*job, len(lengths))
	for i, length := range lengths {
		jobs[i] = &job{ids: textOf(int64(i), length)}
	}
	return jobs
}

func TestEveryTextGetsItsOwnEmbedding(t *testing.T) {
	const clients, each = 24, 60
	for _, tc := range []struct{ size, cores int }{{1, 1}, {2, 1}, {7, 2}, {32, 1}, {32, 4}} {
		t.Run(fmt.Sprintf("%d texts, %d cores", tc.size, tc.cores), func(t *testing.T) {
			model := &fakeModel{}
			batcher := &batcher{model: model, size: tc.size, cores: tc.cores}
			var all sync.WaitGroup
			for client := range clients {
				all.Go(func() {
					random := rand.New(rand.NewPCG(uint64(client), 3))
					for n := range each {
						first, length := int64(client*each+n), 3+random.IntN(200)
						got, err := batcher.embed(t.Context(), textOf(first, length))
						if want := []float32{float32(first), float32(length)}; err != nil || !slices.Equal(got, want) {
							t.Errorf("got %v, %v, want %v", got, err, want)
						}
					}
				})
			}
			all.Wait()
			texts := 0
			for _, run := range model.asked {
				texts += len(run)
				if len(run) > tc.size {
					t.Errorf("a run of %d texts", len(run))
				}
			}
			if texts != clients*each || model.most > tc.cores {
				t.Errorf("%d texts computed, %d runs at a time", texts, model.most)
			}
		})
	}
}

func TestAnErrorReachesItsOwnRunOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		model := &fakeModel{gate: make(chan struct{}), failing: 100}
		batcher := &batcher{model: model, size: 32, cores: 1}
		lengths := []int{8, 9, 100, 9, 8, 100} // the first goes alone, the rest is one batch of two runs
		errs := make([]error, len(lengths))
		for i, length := range lengths {
			go func() { _, errs[i] = batcher.embed(t.Context(), textOf(int64(i), length)) }()
			synctest.Wait()
		}
		close(model.gate)
		synctest.Wait()
		for i, length := range lengths {
			if failed := errs[i] != nil; failed != (length == 100) {
				t.Errorf("text %d of %d tokens: %v", i, length, errs[i])
			}
		}
		if got, err := batcher.embed(t.Context(), textOf(7, 8)); err != nil || got[0] != 7 {
			t.Errorf("the next text got %v, %v", got, err)
		}
	})
}

func TestAClientThatLeavesIsNotComputed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		model := &fakeModel{gate: make(chan struct{})}
		batcher := &batcher{model: model, size: 32, cores: 1}
		leaving, leave := context.WithCancel(t.Context())
		errs := make([]error, 4)
		for i, ctx := range []context.Context{t.Context(), t.Context(), leaving, t.Context()} {
			go func() { _, errs[i] = batcher.embed(ctx, textOf(int64(i), 8)) }()
			synctest.Wait()
		}
		leave()
		synctest.Wait()
		if !errors.Is(errs[2], context.Canceled) {
			t.Errorf("the one that left got %v", errs[2])
		}
		close(model.gate)
		synctest.Wait()
		if want := [][]int64{{0}, {1, 3}}; !reflect.DeepEqual(model.asked, want) {
			t.Errorf("got %v, want %v", model.asked, want)
		}
		if errs[0] != nil || errs[1] != nil || errs[3] != nil {
			t.Errorf("the others got %v", errs)
		}
	})
}
