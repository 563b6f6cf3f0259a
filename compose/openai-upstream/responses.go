package main

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// responses is POST /v1/responses.
var responses = form{
	read:    readResponses,
	missing: "model and input are required",
	written: func(s *stream) writing { return newEvents(s) },
}

func readResponses(body []byte) (request, error) {
	var read struct {
		Model         string        `json:"model"`
		Instructions  string        `json:"instructions"`
		Input         input         `json:"input"`
		Stream        bool          `json:"stream"`
		StreamOptions streamOptions `json:"stream_options"`
	}
	err := json.Unmarshal(body, &read)
	messages := []message(read.Input)
	if read.Instructions != "" && len(messages) > 0 {
		messages = append([]message{{"system", content(read.Instructions)}}, messages...)
	}
	return request{model: read.Model, messages: messages, stream: read.Stream, obfuscated: read.StreamOptions.obfuscated()}, err
}

// input is a conversation: a list of messages, or one user's text. The same one has the same answer as in chat completions.
type input []message

func (i *input) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		var items []struct {
			Role    string       `json:"role"`
			Content inputContent `json:"content"`
		}
		if err := json.Unmarshal(data, &items); err != nil {
			return err
		}
		for _, item := range items {
			*i = append(*i, message{item.Role, content(item.Content)})
		}
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil || text == "" {
		return err
	}
	*i = input{{"user", content(text)}}
	return nil
}

// inputContent is a content whose parts have the types that responses know.
type inputContent content

func (c *inputContent) UnmarshalJSON(data []byte) error {
	return (*content)(c).read(data, "input_text", "output_text")
}

// events writes an answer as responses do: each event has a name and a number, four open the response, its message and the text in it,
// and four close them, of which each has the whole text. No [DONE] follows.
type events struct {
	*stream
	item     string // the member that says whose part an event is
	response string // what the object response has in every event, up to its usage
	number   int
	text     []byte // what was sent so far, as the inside of a JSON string
}

func newEvents(s *stream) *events {
	model, _ := json.Marshal(s.request.model) // a string always marshals
	return &events{
		stream: s,
		item:   fmt.Sprintf(`"item_id":"msg_%016x","output_index":0`, s.seed),
		response: fmt.Sprintf(`{"id":"resp_%016x","object":"response","created_at":%d`, s.seed, created) +
			`,"background":false,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"max_tool_calls":null,"metadata":{}` +
			`,"model":` + string(model) + `,"parallel_tool_calls":true,"previous_response_id":null,"prompt_cache_key":null` +
			`,"reasoning":{"effort":null,"summary":null},"safety_identifier":null,"service_tier":"default","store":true,"temperature":1.0` +
			`,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[],"top_logprobs":0,"top_p":1.0` +
			`,"truncation":"disabled","user":null`,
	}
}

func (e *events) begin(buffer []byte) []byte {
	open := e.object("in_progress", "", "null")
	buffer = e.event(buffer, "response.created", `"response":`+open)
	buffer = e.event(buffer, "response.in_progress", `"response":`+open)
	buffer = e.event(buffer, "response.output_item.added", `"output_index":0,"item":`+e.message("in_progress", ""))
	return e.event(buffer, "response.content_part.added", e.item+`,"content_index":0,"part":`+e.part())
}

func (e *events) token(buffer []byte, token int) []byte {
	text := encoded[token]
	e.text = append(e.text, text[1:len(text)-1]...)
	buffer = append(buffer, "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"content_index\":0,"...)
	buffer = append(buffer, e.item...)
	buffer = append(buffer, `,"delta":`...)
	buffer = append(buffer, text...)
	buffer = append(buffer, `,"logprobs":[]`...)
	if e.request.obfuscated {
		buffer = append(buffer, padding[token]...)
	}
	return e.close(buffer)
}

func (e *events) end(buffer []byte) []byte {
	buffer = e.event(buffer, "response.output_text.done", e.item+`,"content_index":0,"logprobs":[],"text":"`+string(e.text)+`"`)
	buffer = e.event(buffer, "response.content_part.done", e.item+`,"content_index":0,"part":`+e.part())
	message := e.message("completed", e.part())
	buffer = e.event(buffer, "response.output_item.done", `"output_index":0,"item":`+message)
	return e.event(buffer, "response.completed", `"response":`+e.object("completed", message, e.usageTold()))
}

func (e *events) malformed() string {
	return "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\"\n\n"
}

func (e *events) whole() any {
	tokens := tokenStream(e.seed)
	for range e.asked.pace.tokens {
		e.token(nil, tokens.next())
	}
	return json.RawMessage(e.object("completed", e.message("completed", e.part()), e.usageTold()))
}

func (e *events) event(buffer []byte, name, members string) []byte {
	buffer = append(buffer, "event: "+name+"\ndata: {\"type\":\""+name+"\","...)
	return e.close(append(buffer, members...))
}

// close ends an event with its number.
func (e *events) close(buffer []byte) []byte {
	buffer = append(buffer, `,"sequence_number":`...)
	buffer = strconv.AppendInt(buffer, int64(e.number), 10)
	e.number++
	return append(buffer, "}\n\n"...)
}

func (e *events) object(status, output, usage string) string {
	return e.response + `,"status":"` + status + `","output":[` + output + `],"usage":` + usage + `}`
}

func (e *events) message(status, content string) string {
	return fmt.Sprintf(`{"id":"msg_%016x","type":"message","status":"%s","role":"assistant","content":[%s]}`, e.seed, status, content)
}

func (e *events) part() string {
	return `{"type":"output_text","annotations":[],"logprobs":[],"text":"` + string(e.text) + `"}`
}

func (e *events) usageTold() string {
	prompt, answer := e.promptTokens(), e.asked.pace.tokens
	return fmt.Sprintf(`{"input_tokens":%d,"input_tokens_details":{"cache_write_tokens":0,"cached_tokens":0},"output_tokens":%d,`+
		`"output_tokens_details":{"reasoning_tokens":0},"total_tokens":%d}`, prompt, answer, prompt+answer)
}
