package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// respond asks by POST /v1/responses. members follow the model.
func respond(u *upstream, members string) *piecesOf {
	request := httptest.NewRequest(http.MethodPost, "/v1/responses", strings.NewReader(`{"model":"m"`+members+`}`))
	request.Header.Set("Authorization", "Bearer k")
	out := &piecesOf{header: http.Header{}}
	u.respond(out, request)
	return out
}

type event struct {
	Type     string
	Number   int `json:"sequence_number"`
	Delta    string
	Text     string
	Part     struct{ Text string }
	Item     struct{ Content []struct{ Text string } }
	Response struct {
		Status string
		Output []struct{ Content []struct{ Text string } }
		Usage  *struct {
			Output int `json:"output_tokens"`
		}
	}
	Obfuscation string
}

func eventsOf(t *testing.T, out *piecesOf) []event {
	t.Helper()
	var events []event
	for text := range strings.SplitSeq(strings.TrimSuffix(string(slices.Concat(out.pieces...)), "\n\n"), "\n\n") {
		name, data, _ := strings.Cut(text, "\n")
		var read event
		if err := json.Unmarshal([]byte(strings.TrimPrefix(data, "data: ")), &read); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if name != "event: "+read.Type {
			t.Errorf("%s has the type %s", name, read.Type)
		}
		events = append(events, read)
	}
	return events
}

func TestResponsesAreStreamedAsEvents(t *testing.T) {
	u := newUpstream(settings{pace: pace{tokens: 3}})
	events := eventsOf(t, respond(u, `,"input":"q","stream":true`))
	var types []string
	text := ""
	for i, event := range events {
		types = append(types, event.Type)
		text += event.Delta
		if event.Number != i {
			t.Errorf("event %d has the number %d", i, event.Number)
		}
		if (event.Obfuscation != "") != (event.Delta != "") {
			t.Errorf("%s: obfuscation %q", event.Type, event.Obfuscation)
		}
	}
	want := []string{
		"response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
		"response.output_text.delta", "response.output_text.delta", "response.output_text.delta",
		"response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
	}
	if !slices.Equal(types, want) {
		t.Errorf("got %v", types)
	}
	last := events[len(events)-1].Response
	ended := []string{events[7].Text, events[8].Part.Text, events[9].Item.Content[0].Text, last.Output[0].Content[0].Text}
	if slices.ContainsFunc(ended, func(whole string) bool { return whole != text }) || text == "" {
		t.Errorf("streamed %q, ended by %q", text, ended)
	}
	if events[0].Response.Status != "in_progress" || events[0].Response.Usage != nil || last.Status != "completed" || last.Usage.Output != 3 {
		t.Errorf("began as %v, ended as %v", events[0].Response, last)
	}
}

func TestBothFormsAnswerTheSame(t *testing.T) {
	u := newUpstream(settings{seed: "test", pace: pace{tokens: 40}, pieces: piecesMixed})
	want, done, err := joined(strings.NewReader(string(slices.Concat(asked(u, "q", "").pieces...))))
	if !done || err != nil {
		t.Fatal(done, err)
	}
	for name, members := range map[string]string{
		"a text":          `,"input":"q"`,
		"a message":       `,"input":[{"role":"user","content":"q"}]`,
		"its type":        `,"input":[{"type":"message","role":"user","content":"q"}]`,
		"a part":          `,"input":[{"role":"user","content":[{"type":"input_text","text":"q"}]}]`,
		"no obfuscation":  `,"input":"q","stream_options":{"include_obfuscation":false}`,
		"what it ignores": `,"input":"q","store":false,"temperature":0.2`,
	} {
		t.Run(name, func(t *testing.T) {
			text := ""
			for _, event := range eventsOf(t, respond(u, members+`,"stream":true`)) {
				text += event.Delta
			}
			var whole struct {
				Output []struct{ Content []struct{ Text string } }
			}
			if err := json.Unmarshal(slices.Concat(respond(u, members).pieces...), &whole); err != nil {
				t.Fatal(err)
			}
			if text != want || whole.Output[0].Content[0].Text != want {
				t.Errorf("streamed %q, whole %q, want %q", text, whole.Output, want)
			}
		})
	}
}

func TestInstructionsAreASystemMessage(t *testing.T) {
	for _, members := range []string{
		`"instructions":"Be short.","input":"q"`,
		`"input":[{"role":"system","content":"Be short."},{"role":"user","content":"q"}]`,
	} {
		read, err := readResponses([]byte(`{"model":"m",` + members + `}`))
		if want := []message{{"system", "Be short."}, {"user", "q"}}; err != nil || !slices.Equal(read.messages, want) {
			t.Errorf("%s: %v, %v", members, read.messages, err)
		}
	}
}

func TestResponsesFailAsTheyAreAsked(t *testing.T) {
	u := newUpstream(settings{pace: pace{tokens: 8}})
	server := httptest.NewServer(u.routes())
	defer server.Close()
	for input, want := range map[string]struct {
		status   int
		deltas   int
		isError  bool
		contains string
	}{
		"q":                      {status: 200, deltas: 8, contains: "response.completed"},
		"[[fault:429]]":          {status: 429, contains: "rate_limit_exceeded"},
		"[[fault:500]]":          {status: 500, contains: "server_error"},
		"[[fault:truncate]]":     {status: 200, deltas: 4},
		"[[fault:malformed]]":    {status: 200, deltas: 4, contains: "\"delta\"\n\n"},
		"[[fault:reset at=2]]":   {status: 200, deltas: 2, isError: true},
		"[[fault:no-such-case]]": {status: 400, contains: "bad_directive"},
	} {
		t.Run(input, func(t *testing.T) {
			request, _ := http.NewRequest(http.MethodPost, server.URL+"/v1/responses", strings.NewReader(`{"model":"m","stream":true,"input":"`+input+`"}`))
			request.Header.Set("Authorization", "Bearer k")
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			text := string(body)
			if answer.StatusCode != want.status || (err != nil) != want.isError || !strings.Contains(text, want.contains) {
				t.Errorf("%d, %v: %s", answer.StatusCode, err, text)
			}
			if deltas := strings.Count(text, `"logprobs":[],"obfuscation"`); deltas != want.deltas {
				t.Errorf("%d deltas", deltas)
			}
			if want.contains == "" && strings.Contains(text, "response.completed") {
				t.Error("a cut stream says that it is complete")
			}
		})
	}
}

func TestResponsesRefuse(t *testing.T) {
	u := newUpstream(settings{pace: pace{tokens: 2}})
	for _, members := range []string{
		``, `,"input":""`, `,"input":[]`, `,"input":7`, `,"messages":[{"role":"user","content":"q"}]`,
		`,"input":[{"role":"user","content":[{"type":"text","text":"q"}]}]`,
	} {
		if text := string(slices.Concat(respond(u, members).pieces...)); !strings.Contains(text, `"invalid_request_error"`) {
			t.Errorf("%s: %s", members, text)
		}
	}
	if rejected := u.stats.rejected.Load(); rejected != 6 {
		t.Errorf("%d rejected", rejected)
	}
}
