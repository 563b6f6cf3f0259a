package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
)

// officialClient is OpenAI's. It adds what the client leaves to its user: a limit on silence, and the suspicion that a
// stream without a finish_reason was cut.
type officialClient struct {
	openai  openai.Client
	model   string
	silence time.Duration
}

func newOfficialClient(cfg config) *officialClient {
	return &officialClient{
		openai: openai.NewClient(
			option.WithBaseURL(cfg.baseURL.String()),
			option.WithAPIKey(cfg.apiKey),
			// The client's own timeout spans the whole stream and is never retried. The transport's ends with the headers and is.
			option.WithHTTPClient(&http.Client{Transport: newTransport(cfg)}),
		),
		model:   cfg.model,
		silence: cfg.silence,
	}
}

func (c *officialClient) stream(ctx context.Context, messages []message, onText func(string) error) error {
	return follow(ctx, c.silence, func(ctx context.Context) *ssestream.Stream[openai.ChatCompletionChunk] {
		return c.openai.Chat.Completions.NewStreaming(ctx, openai.ChatCompletionNewParams{
			Model:    c.model,
			Messages: paramsOf(messages),
		})
	}, func(chunk *openai.ChatCompletionChunk) (last bool, err error) {
		for _, choice := range chunk.Choices {
			last = last || choice.FinishReason != ""
			if choice.Delta.Content == "" {
				continue
			}
			if err := onText(choice.Delta.Content); err != nil {
				return last, err
			}
		}
		return last, nil
	})
}

// follow reads one of the client's streams to its end. take says of each event whether it is the completion's last.
func follow[T any](
	ctx context.Context, silence time.Duration, open func(context.Context) *ssestream.Stream[T], take func(*T) (last bool, err error),
) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	stream := open(ctx)
	defer stream.Close()
	watchdog := guard(cancel, silence)
	defer watchdog.Stop()

	finished := false
	for stream.Next() {
		watchdog.Reset(silence)
		event := stream.Current()
		last, err := take(&event)
		if err != nil {
			return err
		}
		finished = finished || last
	}
	if err := stream.Err(); err != nil {
		return explainOfficial(ctx, err)
	}
	if !finished {
		return errEarly
	}
	return nil
}

func explainOfficial(ctx context.Context, err error) error {
	var answered *openai.Error
	if errors.As(err, &answered) {
		return errAnswered(answered.StatusCode)
	}
	var malformed *json.SyntaxError
	if errors.As(err, &malformed) {
		return errMalformed
	}
	return explain(ctx, err)
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
