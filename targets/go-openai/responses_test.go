package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func event(kind, members string) string {
	return fmt.Sprintf("event: %s\ndata: {\"type\":%q,%s,\"sequence_number\":1}\n\n", kind, kind, members)
}

func delta(text string) string {
	return event("response.output_text.delta", `"item_id":"a","output_index":0,"content_index":0,"logprobs":[],"delta":`+text)
}

var (
	created   = event("response.created", `"response":{"id":"a","object":"response","error":null,"output":[]}`)
	completed = event("response.completed", `"response":{"id":"a","object":"response","error":null,"output":[]}`)
)

func answered(t *testing.T, upstream http.HandlerFunc) (string, error) {
	t.Helper()
	server := httptest.NewServer(upstream)
	defer server.Close()
	return newCompletions(configOf(t, byResponses, server.URL, "")).text(t.Context(), question)
}

func TestResponsesAreJoined(t *testing.T) {
	text, err := answered(t, answering(created, delta(`"a "`), delta(`"\u00e9\n"`), completed))
	if text != "a é\n" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestResponsesFail(t *testing.T) {
	for name, tc := range map[string]struct {
		upstream http.HandlerFunc
		text     string
	}{
		"no end":                 {answering(created, delta(`"a"`)), "upstream ended early"},
		"a malformed event":      {answering(created, "event: response.output_text.delta\ndata: {\"type\"\n\n"), "upstream sent a malformed chunk"},
		"a response that failed": {answering(created, event("response.failed", `"response":{"id":"a"}`)), "upstream connection broke"},
		"an error":               {answering(created, event("error", `"code":"x","message":"no"`)), "upstream connection broke"},
		"429 for ever":           {failing(9, 429, "Retry-After-Ms", "1"), "upstream answered 429"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answered(t, tc.upstream)
			var failed *upstreamError
			if !errors.As(err, &failed) || failed.status != 502 || failed.text != tc.text {
				t.Errorf("got %v, want %s", err, tc.text)
			}
		})
	}
}

func TestResponsesAreAskedWithTheConversation(t *testing.T) {
	var asked struct {
		Model  string
		Stream bool
		Input  []message
	}
	path := ""
	answered(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		path = r.URL.Path
		if err := json.Unmarshal(body, &asked); err != nil {
			t.Error(err)
		}
		answering(created, completed)(w, r)
	})
	if path != "/v1/responses" || asked.Model != "model" || !asked.Stream || fmt.Sprint(asked.Input) != fmt.Sprint(question) {
		t.Errorf("asked %s for %+v", path, asked)
	}
}
