package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// completions asks the upstream. It adds to the client what the client leaves to its user: a limit on silence, and
// the suspicion that a stream without a finish_reason was cut.
type completions struct {
	client  openai.Client
	model   string
	silence time.Duration
}

// idleConnections is how many connections to the upstream are kept. net/http keeps two, so that a fan-out of 200
// would dial for nearly every task.
const idleConnections = 1024

func newCompletions(cfg config) *completions {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = idleConnections
	transport.MaxIdleConnsPerHost = idleConnections
	// The client's own timeout spans the whole stream and is never retried. This one ends with the headers and is.
	transport.ResponseHeaderTimeout = cfg.silence
	return &completions{
		client: openai.NewClient(
			option.WithBaseURL(cfg.baseURL),
			option.WithAPIKey(cfg.apiKey),
			option.WithHTTPClient(&http.Client{Transport: transport}),
		),
		model:   cfg.model,
		silence: cfg.silence,
	}
}

// upstreamError is what a caller is told when the upstream failed for good.
type upstreamError struct {
	status int
	text   string
}

func (e *upstreamError) Error() string { return e.text }

var errSilence = errors.New("the upstream fell silent")

// stream asks for one completion and hands each piece of text to onText as it comes. It returns an *upstreamError,
// onText's own error, or the context's.
func (c *completions) stream(ctx context.Context, messages []message, onText func(string) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	stream := c.client.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
		Model:    c.model,
		Messages: paramsOf(messages),
	})
	defer stream.Close()
	watchdog := time.AfterFunc(c.silence, func() { cancel(errSilence) })
	defer watchdog.Stop()

	finished := false
	for stream.Next() {
		watchdog.Reset(c.silence)
		for _, choice := range stream.Current().Choices {
			finished = finished || choice.FinishReason != ""
			if choice.Delta.Content == "" {
				continue
			}
			if err := onText(choice.Delta.Content); err != nil {
				return err
			}
		}
	}
	if err := stream.Err(); err != nil {
		return explain(ctx, err)
	}
	if !finished {
		return &upstreamError{http.StatusBadGateway, "upstream ended early"}
	}
	return nil
}

// text is the whole completion at once.
func (c *completions) text(ctx context.Context, messages []message) (string, error) {
	var joined strings.Builder
	err := c.stream(ctx, messages, func(text string) error {
		joined.WriteString(text)
		return nil
	})
	return joined.String(), err
}

// explain turns what the client reports into what a caller is told.
func explain(ctx context.Context, err error) error {
	var (
		answered  *openai.Error
		malformed *json.SyntaxError
		timeout   interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &answered):
		return &upstreamError{http.StatusBadGateway, fmt.Sprintf("upstream answered %d", answered.StatusCode)}
	case errors.Is(context.Cause(ctx), errSilence), errors.Is(err, os.ErrDeadlineExceeded):
		return &upstreamError{http.StatusGatewayTimeout, "upstream timed out"}
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &malformed):
		return &upstreamError{http.StatusBadGateway, "upstream sent a malformed chunk"}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &upstreamError{http.StatusGatewayTimeout, "upstream timed out"}
	default:
		return &upstreamError{http.StatusBadGateway, "upstream connection broke"}
	}
}

func paramsOf(messages []message) []openai.ChatCompletionMessageParamUnion {
	params := make([]openai.ChatCompletionMessageParamUnion, len(messages))
	for i, m := range messages {
		params[i] = roles[m.Role](m.Content)
	}
	return params
}

// roles are those that a caller may use, each with how the client writes it.
var roles = map[string]func(string) openai.ChatCompletionMessageParamUnion{
	"system":    openai.SystemMessage[string],
	"developer": openai.DeveloperMessage[string],
	"user":      openai.UserMessage[string],
	"assistant": openai.AssistantMessage[string],
}
