package main

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// chatCompletions is POST /v1/chat/completions.
var chatCompletions = form{
	read:    readChatCompletion,
	missing: "model and messages are required",
	written: func(s *stream) writing { return newChunks(s) },
}

func readChatCompletion(body []byte) (request, error) {
	var read struct {
		Model         string        `json:"model"`
		Messages      []message     `json:"messages"`
		Stream        bool          `json:"stream"`
		StreamOptions streamOptions `json:"stream_options"`
	}
	err := json.Unmarshal(body, &read)
	return request{
		model: read.Model, messages: read.Messages, stream: read.Stream,
		usage: read.StreamOptions.IncludeUsage, obfuscated: read.StreamOptions.obfuscated(),
	}, err
}

// chunks writes an answer as chat completions do: a chunk a token, before them one with the role, behind them one with the
// finish_reason, perhaps one with the usage, and [DONE].
type chunks struct {
	*stream
	head string // what all chunks begin with, up to and including `"choices":`
}

func newChunks(s *stream) chunks {
	model, _ := json.Marshal(s.request.model) // a string always marshals
	c := chunks{stream: s}
	c.head = `data: {"id":"` + c.id() + `","object":"chat.completion.chunk","created":` + strconv.Itoa(created) +
		`,"model":` + string(model) + `,"service_tier":"default","system_fingerprint":"fp_bakeoff","choices":`
	return c
}

func (c chunks) id() string { return fmt.Sprintf("chatcmpl-%016x", c.seed) }

func (c chunks) begin(buffer []byte) []byte {
	return c.chunk(buffer, `{"role":"assistant","content":"","refusal":null}`, "null")
}

func (c chunks) token(buffer []byte, token int) []byte {
	buffer = append(buffer, c.head...)
	buffer = append(buffer, `[{"index":0,"delta":{"content":`...)
	buffer = append(buffer, encoded[token]...)
	buffer = append(buffer, `},"logprobs":null,"finish_reason":null}]`...)
	return c.close(buffer, padding[token])
}

func (c chunks) end(buffer []byte) []byte {
	buffer = c.chunk(buffer, `{}`, `"stop"`)
	if c.request.usage {
		buffer = append(append(append(buffer, c.head...), `[],"usage":`...), c.usageTold()...)
		if c.request.obfuscated {
			buffer = append(buffer, steadyPadding...)
		}
		buffer = append(buffer, "}\n\n"...)
	}
	return append(buffer, "data: [DONE]\n\n"...)
}

func (c chunks) malformed() string { return c.head + `[{"index":0,"delta":{"content"` + "\n\n" }

func (c chunks) whole() any {
	return map[string]any{
		"id": c.id(), "object": "chat.completion", "created": created, "model": c.request.model,
		"choices": []any{map[string]any{
			"index": 0, "finish_reason": "stop", "logprobs": nil,
			"message": map[string]any{
				"role": "assistant", "content": textOf(c.seed, c.asked.pace.tokens), "refusal": nil,
			},
		}},
		"usage": json.RawMessage(c.usageTold()),
	}
}

func (c chunks) chunk(buffer []byte, delta, finish string) []byte {
	buffer = append(buffer, c.head...)
	buffer = append(buffer, `[{"index":0,"delta":`...)
	buffer = append(buffer, delta...)
	buffer = append(buffer, `,"logprobs":null,"finish_reason":`...)
	buffer = append(buffer, finish...)
	return c.close(append(buffer, "}]"...), steadyPadding)
}

// close ends a chunk: until the last one usage is null, where it was asked for at all.
func (c chunks) close(buffer []byte, padding string) []byte {
	if c.request.usage {
		buffer = append(buffer, `,"usage":null`...)
	}
	if c.request.obfuscated {
		buffer = append(buffer, padding...)
	}
	return append(buffer, "}\n\n"...)
}

func (c chunks) usageTold() string {
	prompt, answer := c.promptTokens(), c.asked.pace.tokens
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, prompt, answer, prompt+answer)
}
