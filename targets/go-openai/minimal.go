package main

import (
	"bytes"
	"context"
	"encoding/json/jsontext"
	"encoding/json/v2"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// minimalClient does the least that gives the same answers as the official one: net/http's transport, a reader of events, and of each
// chunk no more than the text and whether it is the last. It retries as the official client does.
type minimalClient struct {
	transport *http.Transport
	endpoint  *url.URL
	header    http.Header // of all requests: net/http only reads it
	model     string
	silence   time.Duration
	readers   sync.Pool // of *eventReader
}

func newMinimalClient(cfg config) *minimalClient {
	transport := newTransport(cfg)
	transport.DisableCompression = true // a compressed stream would come in pieces of its own
	return &minimalClient{
		transport: transport,
		endpoint:  cfg.baseURL.JoinPath("chat/completions"),
		header: http.Header{
			"Accept":        {"text/event-stream"},
			"Authorization": {"Bearer " + cfg.apiKey},
			"Content-Type":  {"application/json"},
		},
		model:   cfg.model,
		silence: cfg.silence,
		readers: sync.Pool{New: func() any { return newEventReader() }},
	}
}

type completionRequest struct {
	Model    string    `json:"model"`
	Messages []message `json:"messages"`
	Stream   bool      `json:"stream"`
}

// chunk is what is read of a completion.chunk.
type chunk struct {
	Choices []struct {
		Delta struct {
			Content string `json:"content"`
		} `json:"delta"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Error jsontext.Value `json:"error"`
}

var (
	errReported = errors.New("the upstream reported an error in its stream")
	doneMark    = []byte("[DONE]")
)

func (c *minimalClient) stream(ctx context.Context, messages []message, onText func(string) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	body, err := json.Marshal(completionRequest{c.model, messages, true})
	if err != nil {
		return err
	}
	response, err := c.ask(ctx, body)
	if err != nil {
		return explain(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		return errAnswered(response.StatusCode)
	}
	watchdog := guard(cancel, c.silence)
	defer watchdog.Stop()
	events := c.readers.Get().(*eventReader)
	defer c.readers.Put(events)
	events.reset(response.Body)

	finished, done := false, false
	for {
		data, err := events.next()
		switch {
		case err == io.EOF && finished:
			return nil
		case err == io.EOF:
			return errEarly
		case err != nil:
			return explain(ctx, err)
		}
		watchdog.Reset(c.silence)
		// Nothing follows it, but a connection is used again only when its answer was read to the end.
		if done = done || bytes.HasPrefix(data, doneMark); done {
			continue
		}
		var chunk chunk
		if err := json.Unmarshal(data, &chunk, jsontext.AllowDuplicateNames(true)); err != nil {
			return errMalformed
		}
		if len(chunk.Error) > 0 && chunk.Error.Kind() != 'n' { // null is no error
			return explain(ctx, errReported)
		}
		for _, choice := range chunk.Choices {
			finished = finished || choice.FinishReason != ""
			if choice.Delta.Content == "" {
				continue
			}
			if err := onText(choice.Delta.Content); err != nil {
				return err
			}
		}
	}
}

// ask gives the first answer that is good, or the last one of those that may be tried.
func (c *minimalClient) ask(ctx context.Context, body []byte) (*http.Response, error) {
	const retries = 2
	for attempt := 0; ; attempt++ {
		response, err := c.transport.RoundTrip(c.request(ctx, body))
		if ctx.Err() != nil || attempt == retries || err == nil && !isPassing(response) {
			return response, err
		}
		pause := pauseBefore(response, attempt)
		if response != nil {
			// What is short is read to its end, so that the connection is used again.
			io.CopyN(io.Discard, response.Body, 64<<10)
			response.Body.Close()
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *minimalClient) request(ctx context.Context, body []byte) *http.Request {
	fresh := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	first, _ := fresh()
	return (&http.Request{
		Method: http.MethodPost, URL: c.endpoint, Host: c.endpoint.Host, Header: c.header,
		Body: first, ContentLength: int64(len(body)),
		GetBody: fresh, // for a kept connection that turns out to be closed
	}).WithContext(ctx)
}

// isPassing says whether an answer may be another one when it is asked for again.
func isPassing(response *http.Response) bool {
	switch response.Header.Get("X-Should-Retry") {
	case "true":
		return true
	case "false":
		return false
	}
	switch status := response.StatusCode; status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return true
	default:
		return status >= http.StatusInternalServerError
	}
}

// pauseBefore is how long to wait before another attempt: what the upstream asks for, up to a minute, or half a second that doubles.
func pauseBefore(response *http.Response, attempt int) time.Duration {
	if response != nil {
		if pause, asked := pauseAsked(response.Header); asked && pause >= 0 && pause < time.Minute {
			return pause
		}
	}
	pause := min(500*time.Millisecond<<attempt, 8*time.Second)
	return pause - rand.N(pause/4)
}

func pauseAsked(header http.Header) (time.Duration, bool) {
	if ms, err := strconv.ParseFloat(header.Get("Retry-After-Ms"), 64); err == nil {
		return time.Duration(ms * float64(time.Millisecond)), true
	}
	after := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(after, 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), true
	}
	at, err := http.ParseTime(after)
	return time.Until(at), err == nil
}
