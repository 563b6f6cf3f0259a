package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const ending = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"

func piece(content string) string {
	return `data: {"id":"a","choices":[{"index":0,"delta":{"content":` + content + `},"finish_reason":null}]}` + "\n\n"
}

// pieces are written as they stand, each as a write of its own.
func answering(pieces ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, piece := range pieces {
			io.WriteString(w, piece)
			http.NewResponseController(w).Flush()
			time.Sleep(time.Millisecond) // so that it is a read of its own as well
		}
	}
}

// failing answers a status so many times, and after that well.
func failing(times int32, status int, header ...string) http.HandlerFunc {
	var asked atomic.Int32
	good := answering(piece(`"good"`), ending)
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) > times {
			good(w, r)
			return
		}
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, `{"error":{"message":"no"}}`)
	}
}

// asked runs a test with each client against an upstream of its own.
func asked(t *testing.T, upstream func() http.HandlerFunc, silence string, check func(t *testing.T, completions completions)) {
	t.Helper()
	for _, client := range []string{official, minimal} {
		t.Run(client, func(t *testing.T) {
			server := httptest.NewServer(upstream())
			defer server.Close()
			check(t, newCompletions(configOf(t, client, server.URL, silence)))
		})
	}
}

func configOf(t *testing.T, client, upstream, silence string) config {
	t.Helper()
	env := map[string]string{
		"CLIENT": client, "OPENAI_BASE_URL": upstream + "/v1", "OPENAI_API_KEY": "key", "OPENAI_MODEL": "model",
		"UPSTREAM_TIMEOUT_MS": silence,
	}
	cfg, err := configFrom(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

var question = []message{{"system", "Be short."}, {"user", "What is \"1\" <and> 2?"}}

func TestBothClientsAnswerTheSame(t *testing.T) {
	whole := piece(`"a \u00e9\ud83c\udf0d"`) + piece(`"\nb"`) + ending
	for name, tc := range map[string]struct {
		upstream http.HandlerFunc
		want     string
	}{
		"an event a write":                         {answering(piece(`"a "`), piece(`"b"`), ending), "a b"},
		"all events in one write":                  {answering(whole), "a é🌍\nb"},
		"writes that end inside of events":         {answering(strings.SplitAfter(whole, "e")...), "a é🌍\nb"},
		"lines that end in CRLF":                   {answering(strings.ReplaceAll(whole, "\n", "\r\n")), "a é🌍\nb"},
		"a role, a null, a comment":                {answering(": hello\n\n", piece("null"), piece(`"a"`), ending), "a"},
		"data in two lines, and no space":          {answering("data:{\"choices\":\ndata:[{\"delta\":{\"content\":\"a\"}}]}\n\n", ending), "a"},
		"a chunk larger than a buffer":             {answering(piece(`"`+strings.Repeat("a", 20_000)+`"`), ending), strings.Repeat("a", 20_000)},
		"a chunk without choices":                  {answering(piece(`"a"`), `data: {"choices":[],"usage":{"total_tokens":3}}`+"\n\n", ending), "a"},
		"members that nobody asked for":            {answering(`data: {"obfuscation":"x","usage":null,"choices":[{"delta":{"content":"a","refusal":null}}]}`+"\n\n", ending), "a"},
		"an event that no empty line ends is none": {answering(piece(`"a"`), ending, `data: {"choices":`), "a"},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, func() http.HandlerFunc { return tc.upstream }, "", func(t *testing.T, completions completions) {
				if got, err := completions.text(t.Context(), question); got != tc.want || err != nil {
					t.Errorf("got %q, %v, want %q", got, err, tc.want)
				}
			})
		})
	}
}

func TestBothClientsFailTheSame(t *testing.T) {
	hijacked := func(w http.ResponseWriter, r *http.Request) {
		answering(piece(`"a"`))(w, r)
		connection, _, _ := http.NewResponseController(w).Hijack()
		connection.Close()
	}
	silent := func(w http.ResponseWriter, r *http.Request) {
		answering(piece(`"a"`))(w, r)
		<-r.Context().Done()
	}
	for name, tc := range map[string]struct {
		upstream func() http.HandlerFunc
		silence  string
		status   int
		text     string
	}{
		"no finish_reason":       {func() http.HandlerFunc { return answering(piece(`"a"`)) }, "", 502, "upstream ended early"},
		"no finish_reason, done": {func() http.HandlerFunc { return answering(piece(`"a"`), "data: [DONE]\n\n") }, "", 502, "upstream ended early"},
		"a malformed chunk":      {func() http.HandlerFunc { return answering(`data: {"choices":[{"delta"` + "\n\n") }, "", 502, "upstream sent a malformed chunk"},
		"an error in the stream": {func() http.HandlerFunc { return answering(`data: {"error":{"message":"no"}}` + "\n\n") }, "", 502, "upstream connection broke"},
		"a cut connection":       {func() http.HandlerFunc { return hijacked }, "", 502, "upstream connection broke"},
		"silence in the stream":  {func() http.HandlerFunc { return silent }, "50", 504, "upstream timed out"},
		"400 is not tried again": {func() http.HandlerFunc { return failing(1, 400) }, "", 502, "upstream answered 400"},
		"429 for ever":           {func() http.HandlerFunc { return failing(9, 429, "Retry-After-Ms", "1") }, "", 502, "upstream answered 429"},
		"500 and told not to try again": {
			func() http.HandlerFunc { return failing(1, 500, "X-Should-Retry", "false") }, "", 502, "upstream answered 500",
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, tc.upstream, tc.silence, func(t *testing.T, completions completions) {
				_, err := completions.text(t.Context(), question)
				var failed *upstreamError
				if !errors.As(err, &failed) || failed.status != tc.status || failed.text != tc.text {
					t.Errorf("got %v, want %d %s", err, tc.status, tc.text)
				}
			})
		})
	}
}

func TestBothClientsTryTwiceMore(t *testing.T) {
	for name, upstream := range map[string]func() http.HandlerFunc{
		"429":                 func() http.HandlerFunc { return failing(2, 429, "Retry-After-Ms", "1") },
		"500":                 func() http.HandlerFunc { return failing(2, 500, "Retry-After", "0") },
		"409":                 func() http.HandlerFunc { return failing(2, 409, "Retry-After-Ms", "1") },
		"400 and told to try": func() http.HandlerFunc { return failing(2, 400, "X-Should-Retry", "true", "Retry-After-Ms", "1") },
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, upstream, "", func(t *testing.T, completions completions) {
				if got, err := completions.text(t.Context(), question); got != "good" || err != nil {
					t.Errorf("got %q, %v", got, err)
				}
			})
		})
	}
}

func TestBothClientsAskTheSame(t *testing.T) {
	var bodies []string
	upstream := func() http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			canonical, err := canonicalJSON(body)
			bodies = append(bodies, fmt.Sprint(r.Method, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), canonical, err))
			answering(ending)(w, r)
		}
	}
	asked(t, upstream, "", func(t *testing.T, completions completions) { completions.text(t.Context(), question) })
	if len(bodies) != 2 || bodies[0] != bodies[1] {
		t.Errorf("got %q", bodies)
	}
}

// canonicalJSON is a body with its members in one order.
func canonicalJSON(body []byte) (string, error) {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return "", err
	}
	canonical, err := json.Marshal(value)
	return string(canonical), err
}

// The official client leaves the end of a stream unread, so what becomes of its connection is for net/http to say.
func TestTheMinimalClientUsesAConnectionAgain(t *testing.T) {
	addresses := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addresses[r.RemoteAddr] = true
		answering(piece(`"a"`), ending)(w, r)
	}))
	defer server.Close()
	completions := newCompletions(configOf(t, minimal, server.URL, ""))
	for range 5 {
		completions.text(t.Context(), question)
	}
	if len(addresses) != 1 {
		t.Errorf("%d connections", len(addresses))
	}
}

func TestAClientThatLeavesEndsTheStream(t *testing.T) {
	gone := make(chan struct{}, 1)
	upstream := func() http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			answering(piece(`"a"`))(w, r)
			<-r.Context().Done()
			gone <- struct{}{}
		}
	}
	asked(t, upstream, "", func(t *testing.T, completions completions) {
		ctx, leave := context.WithCancel(t.Context())
		err := completions.stream(ctx, question, func(string) error { leave(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		select {
		case <-gone:
		case <-time.After(5 * time.Second):
			t.Error("the upstream still streams")
		}
	})
}

func TestAStreamIsPassedOnAsEvents(t *testing.T) {
	upstream := func() http.HandlerFunc {
		return answering(piece(`"a\n<b>"`), piece(`"c"`), `data: {"choices":[{"delta"`+"\n\n")
	}
	asked(t, upstream, "", func(t *testing.T, completions completions) {
		answer := httptest.NewRecorder()
		request := httptest.NewRequest("POST", "/chat?stream=1", strings.NewReader(`{"messages":[{"role":"user","content":"a"}]}`))
		chatHandler{completions}.ServeHTTP(answer, request)
		want := "data: {\"content\":\"a\\n<b>\"}\n\ndata: {\"content\":\"c\"}\n\n" +
			"event: error\ndata: {\"error\":\"upstream sent a malformed chunk\"}\n\n"
		if answer.Body.String() != want {
			t.Errorf("got %q, want %q", answer.Body, want)
		}
	})
}

func TestSettingsRefuse(t *testing.T) {
	good := map[string]string{"OPENAI_BASE_URL": "http://a/v1", "OPENAI_API_KEY": "key", "OPENAI_MODEL": "model"}
	for name, value := range map[string]string{
		"CLIENT": "own", "OPENAI_BASE_URL": "", "OPENAI_MODEL": "", "UPSTREAM_TIMEOUT_MS": "3s", "CORES": "0",
	} {
		env := func(asked string) string {
			if asked == name {
				return value
			}
			return good[asked]
		}
		if _, err := configFrom(env); err == nil {
			t.Errorf("%s=%s was accepted", name, value)
		}
	}
}
