package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	mostTasks       = 100_000
	mostConcurrency = 10_000
)

// batchRequest is the article's script: n questions, c of them under way at any time.
type batchRequest struct {
	Tasks       int    `json:"tasks"`
	Concurrency int    `json:"concurrency"`
	Seed        int    `json:"seed"`   // moves the numbers that are asked about
	Suffix      string `json:"suffix"` // ends every question
}

func (r *batchRequest) check() error {
	switch {
	case r.Tasks < 1 || r.Tasks > mostTasks:
		return fmt.Errorf("tasks must be from 1 to %d", mostTasks)
	case r.Concurrency < 1 || r.Concurrency > mostConcurrency:
		return fmt.Errorf("concurrency must be from 1 to %d", mostConcurrency)
	case r.Seed < 0:
		return fmt.Errorf("seed must not be negative")
	}
	return nil
}

func (r *batchRequest) question(task int) []message {
	return []message{
		{Role: "system", Content: "You are a helpful assistant."},
		{Role: "user", Content: fmt.Sprintf("What is the number %d?%s", r.Seed+task+1, r.Suffix)},
	}
}

type batchAnswer struct {
	Tasks  int    `json:"tasks"`
	OK     int    `json:"ok"`
	Failed int    `json:"failed"`
	Digest string `json:"digest"` // SHA-256 of the texts in task order, a line each; a failed task's line is empty
}

type batchHandler struct{ completions completions }

func (h batchHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request batchRequest
	if !readJSON(w, r, &request) {
		return
	}
	started := time.Now()
	answer := h.run(r, &request)
	if r.Context().Err() != nil {
		return // the client went away, and its tasks with it
	}
	w.Header().Set("X-Wall-Ms", strconv.FormatInt(time.Since(started).Milliseconds(), 10))
	writeJSON(w, http.StatusOK, answer)
}

func (h batchHandler) run(r *http.Request, request *batchRequest) batchAnswer {
	texts := make([]string, request.Tasks)
	failed := make([]bool, request.Tasks)
	places := make(chan struct{}, request.Concurrency)
	var tasks sync.WaitGroup

	for i := range request.Tasks {
		places <- struct{}{}
		if r.Context().Err() != nil {
			break
		}
		tasks.Go(func() {
			defer func() { <-places }()
			text, err := h.completions.text(r.Context(), request.question(i))
			texts[i], failed[i] = text, err != nil
		})
	}
	tasks.Wait()

	answer := batchAnswer{Tasks: request.Tasks}
	digest := sha256.New()
	for i, text := range texts {
		if failed[i] {
			answer.Failed++
			text = "" // what came before it failed does not count
		} else {
			answer.OK++
		}
		io.WriteString(digest, text+"\n")
	}
	answer.Digest = hex.EncodeToString(digest.Sum(nil))
	return answer
}
