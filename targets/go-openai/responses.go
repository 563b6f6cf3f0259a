package main

import (
	"context"

	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/responses"
)

// responsesClient asks by POST /v1/responses, the API's newer form, through the same client.
type responsesClient struct{ *officialClient }

func (c responsesClient) stream(ctx context.Context, messages []message, onText func(string) error) error {
	return follow(ctx, c.silence, func(ctx context.Context) *ssestream.Stream[responses.ResponseStreamEventUnion] {
		return c.openai.Responses.NewStreaming(ctx, responses.ResponseNewParams{
			Model: c.model,
			Input: responses.ResponseNewParamsInputUnion{OfInputItemList: inputOf(messages)},
		})
	}, func(event *responses.ResponseStreamEventUnion) (last bool, err error) {
		switch event.Type {
		case "response.output_text.delta":
			return false, onText(event.Delta)
		case "response.completed", "response.incomplete":
			return true, nil
		case "response.failed", "error":
			return false, explain(ctx, errReported)
		default:
			return false, nil
		}
	})
}

func inputOf(messages []message) responses.ResponseInputParam {
	input := make(responses.ResponseInputParam, len(messages))
	for i, m := range messages {
		input[i] = responses.ResponseInputItemParamOfMessage(m.Content, responses.EasyInputMessageRole(m.Role))
	}
	return input
}
