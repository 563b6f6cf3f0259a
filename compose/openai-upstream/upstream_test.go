package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func newTestServer(t *testing.T, p pace) (*upstream, string) {
	t.Helper()
	u := newUpstream(settings{seed: "test", pace: p})
	server := httptest.NewServer(u.routes())
	t.Cleanup(server.Close)
	return u, server.URL
}

func post(t *testing.T, ctx context.Context, url, question string, stream bool) *http.Response {
	t.Helper()
	body, _ := json.Marshal(map[string]any{
		"model": "m", "stream": stream,
		"messages": []message{{"system", "You are a helpful assistant."}, {"user", content(question)}},
	})
	request, _ := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", strings.NewReader(string(body)))
	request.Header.Set("Authorization", "Bearer k")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return answer
}

// joined reads a stream like a client would; done says whether [DONE] came, err how the body ended.
func joined(body io.Reader) (text string, done bool, err error) {
	lines := bufio.NewScanner(body)
	for lines.Scan() {
		data, isData := strings.CutPrefix(lines.Text(), "data: ")
		if !isData {
			continue
		}
		if data == "[DONE]" {
			return text, true, nil
		}
		var chunk struct {
			Choices []struct{ Delta struct{ Content string } }
		}
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			return text, false, err
		}
		text += chunk.Choices[0].Delta.Content
	}
	return text, false, lines.Err()
}

func TestStreamedAndWholeAnswersHaveTheSameText(t *testing.T) {
	_, url := newTestServer(t, pace{tokens: 200})
	streamed, done, err := joined(post(t, t.Context(), url, "What is the number 1?", true).Body)
	if !done || err != nil {
		t.Fatalf("done %v, error %v", done, err)
	}
	var whole struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.NewDecoder(post(t, t.Context(), url, "What is the number 1?", false).Body).Decode(&whole); err != nil {
		t.Fatal(err)
	}
	if streamed != whole.Choices[0].Message.Content || len(streamed) < 200 {
		t.Fatalf("streamed %q, whole %q", streamed, whole.Choices[0].Message.Content)
	}
}

func TestTokensLeaveByTheScript(t *testing.T) {
	_, url := newTestServer(t, pace{first: 60 * time.Millisecond, gap: 10 * time.Millisecond, tokens: 5})
	started := time.Now()
	joined(post(t, t.Context(), url, "q", true).Body)
	if took := time.Since(started); took < 100*time.Millisecond || took > time.Second {
		t.Fatalf("took %s, scripted are 100 ms", took)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		question   string
		status     int
		retryAfter string
		isDone     bool
		isError    bool
	}{
		{question: "q", status: 200, isDone: true},
		{question: "q [[not a directive]]", status: 200, isDone: true},
		{question: "q [[fault:429 after=7]]", status: 429, retryAfter: "7"},
		{question: "q [[fault:500]]", status: 500},
		{question: "q [[fault:reset]]", status: 200, isError: true},
		{question: "q [[fault:malformed]]", status: 200, isError: true},
		{question: "q [[fault:truncate]]", status: 200},
		{question: "q [[fault:429 share=0]]", status: 200, isDone: true},
		{question: "q [[fault:bogus]]", status: 400},
		{question: "q [[fault:429 times=x]]", status: 400},
	} {
		t.Run(c.question, func(t *testing.T) {
			_, url := newTestServer(t, pace{tokens: 8, gap: time.Millisecond})
			answer := post(t, t.Context(), url, c.question, true)
			_, done, err := joined(answer.Body)
			if answer.StatusCode != c.status || answer.Header.Get("Retry-After") != c.retryAfter {
				t.Errorf("status %d, Retry-After %q", answer.StatusCode, answer.Header.Get("Retry-After"))
			}
			if done != c.isDone || (err != nil) != c.isError {
				t.Errorf("done %v, error %v", done, err)
			}
		})
	}
}

func TestAFaultEndsAfterTheAskedAttempts(t *testing.T) {
	u, url := newTestServer(t, pace{tokens: 2})
	var statuses []int
	for range 4 {
		statuses = append(statuses, post(t, t.Context(), url, "q [[fault:429 times=2 after=1]]", true).StatusCode)
	}
	// The fourth call starts over: the count ends with the first answer that went well.
	if statuses[0] != 429 || statuses[1] != 429 || statuses[2] != 200 || statuses[3] != 429 {
		t.Fatalf("statuses %v", statuses)
	}
	if u.stats.early.Load() != 1 {
		t.Fatalf("early retries: %d; the second call ignored Retry-After", u.stats.early.Load())
	}
}

func TestAClientThatLeavesIsCounted(t *testing.T) {
	u, url := newTestServer(t, pace{first: time.Minute, tokens: 1})
	ctx, leave := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer leave()
	body := `{"model":"m","stream":true,"messages":[{"role":"user","content":"q"}]}`
	request, _ := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/chat/completions", strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer k")
	if _, err := http.DefaultClient.Do(request); err == nil {
		t.Fatal("answered before its script")
	}
	for deadline := time.Now().Add(2 * time.Second); u.stats.cancelled.Load() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not counted as cancelled")
		}
	}
	if open := u.stats.open.Load(); open != 0 {
		t.Fatalf("%d streams open", open)
	}
}

func TestAsciiJSONDecodesToTheToken(t *testing.T) {
	for i, token := range vocabulary {
		var decoded string
		if err := json.Unmarshal([]byte(encoded[i]), &decoded); err != nil || decoded != token {
			t.Errorf("%s decodes to %q, want %q (%v)", encoded[i], decoded, token, err)
		}
	}
}

// piecesOf is what the answer to a question was written in, and the answer.
type piecesOf struct {
	header http.Header
	pieces [][]byte
}

func (p *piecesOf) Header() http.Header { return p.header }
func (p *piecesOf) WriteHeader(int)     {}
func (p *piecesOf) Flush()              {}
func (p *piecesOf) Write(data []byte) (int, error) {
	p.pieces = append(p.pieces, bytes.Clone(data))
	return len(data), nil
}

func asked(u *upstream, question, options string) *piecesOf {
	text, _ := json.Marshal(question)
	body := `{"model":"m","stream":true` + options + `,"messages":[{"role":"user","content":` + string(text) + `}]}`
	request := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer k")
	out := &piecesOf{header: http.Header{}}
	u.complete(out, request)
	return out
}

func TestMixedPiecesAreNotEventsAndHoldTheSameBytes(t *testing.T) {
	p := pace{tokens: 16}
	whole, mixed := newUpstream(settings{pace: p}), newUpstream(settings{pace: p, pieces: piecesMixed})
	const questions = 2000
	written, cut, joint := 0, 0, 0
	for i := range questions {
		question := fmt.Sprintf("What is the number %d?", i)
		byEvents, byPieces := asked(whole, question, "").pieces, asked(mixed, question, "").pieces
		if len(byEvents) != p.tokens {
			t.Fatalf("%d writes for %d tokens", len(byEvents), p.tokens)
		}
		if !bytes.Equal(slices.Concat(byEvents...), slices.Concat(byPieces...)) {
			t.Fatalf("%q: other bytes in other pieces", question)
		}
		written += len(byPieces)
		for at, piece := range byPieces {
			if at < len(byPieces)-1 && !bytes.HasSuffix(piece, []byte("\n\n")) {
				cut++
			}
			// The first and the last write hold more than a token anyway.
			if at > 1 && at < len(byPieces)-2 && bytes.Count(piece, []byte("data: ")) > 1 {
				joint++
			}
		}
	}
	if cut < questions || joint < questions {
		t.Errorf("%d cut and %d joint pieces in %d streams", cut, joint, questions)
	}
	if writes := float64(written) / questions; writes < 0.98*16 || writes > 1.02*16 {
		t.Errorf("%.2f writes a stream of 16 tokens: it costs something else", writes)
	}
}

func TestTheSameConversationIsCutTheSameWay(t *testing.T) {
	u := newUpstream(settings{pace: pace{tokens: 32}, pieces: piecesMixed})
	first, second := asked(u, "q", "").pieces, asked(u, "q", "").pieces
	if !slices.EqualFunc(first, second, bytes.Equal) {
		t.Error("two answers to one question were cut in other places")
	}
	if u.stats.tokens.Load() != 64 || u.stats.completed.Load() != 2 {
		t.Errorf("%d tokens, %d streams", u.stats.tokens.Load(), u.stats.completed.Load())
	}
}

func TestAFaultFollowsWholeEvents(t *testing.T) {
	u := newUpstream(settings{pace: pace{tokens: 16}, pieces: piecesMixed})
	for i := range 50 {
		pieces := asked(u, fmt.Sprintf("%d [[fault:truncate at=5]]", i), "").pieces
		if len(pieces) != 5 {
			t.Fatalf("%d pieces for five tokens", len(pieces))
		}
	}
}

func TestMixedPiecesKeepToTheScript(t *testing.T) {
	u := newUpstream(settings{pace: pace{first: 30 * time.Millisecond, gap: 5 * time.Millisecond, tokens: 9}, pieces: piecesMixed})
	started := time.Now()
	asked(u, "q", "")
	if took := time.Since(started); took < 70*time.Millisecond || took > time.Second {
		t.Fatalf("took %s, scripted are 70 ms", took)
	}
}

func TestMembersOfChunks(t *testing.T) {
	for _, c := range []struct {
		options           string
		usage, obfuscated bool
	}{
		{"", false, true},
		{`,"stream_options":{"include_obfuscation":false}`, false, false},
		{`,"stream_options":{"include_usage":true}`, true, true},
	} {
		t.Run(c.options, func(t *testing.T) {
			u := newUpstream(settings{pace: pace{tokens: 40}})
			lines := strings.Split(string(slices.Concat(asked(u, "q", c.options).pieces...)), "\n\n")
			if lines[len(lines)-2] != "data: [DONE]" || lines[len(lines)-1] != "" {
				t.Fatalf("ends in %q", lines[len(lines)-2:])
			}
			chunks := lines[:len(lines)-2]
			for i, line := range chunks {
				var chunk map[string]any
				if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &chunk); err != nil {
					t.Fatalf("%s: %v", line, err)
				}
				usage, hasUsage := chunk["usage"]
				text, hasText := chunk["obfuscation"].(string)
				if hasText != c.obfuscated || hasText && text == "" {
					t.Errorf("obfuscation %q", text)
				}
				isLast := i == len(chunks)-1
				if hasUsage != c.usage || c.usage && (usage != nil) != isLast {
					t.Errorf("chunk %d of %d: usage %v", i, len(chunks), usage)
				}
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	_, url := newTestServer(t, pace{tokens: 2})
	answer := post(t, t.Context(), url, "q", true)
	for _, name := range []string{"openai-processing-ms", "x-request-id", "x-ratelimit-remaining-requests", "x-ratelimit-reset-tokens"} {
		if answer.Header.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}
	limited := post(t, t.Context(), url, "q [[fault:429 after=3]]", true)
	for name, want := range map[string]string{
		"retry-after": "3", "retry-after-ms": "3000", "x-should-retry": "true", "x-ratelimit-remaining-requests": "0",
	} {
		if got := limited.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestErrorsHaveTheTypeOfTheAPI(t *testing.T) {
	_, url := newTestServer(t, pace{tokens: 2})
	for question, want := range map[string][2]any{
		"[[fault:429]]":   {"requests", "rate_limit_exceeded"},
		"[[fault:500]]":   {"server_error", nil},
		"[[fault:bogus]]": {"invalid_request_error", "bad_directive"},
	} {
		var answer struct{ Error struct{ Type, Code any } }
		if err := json.NewDecoder(post(t, t.Context(), url, question, true).Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		if answer.Error.Type != want[0] || answer.Error.Code != want[1] {
			t.Errorf("%s: type %v, code %v", question, answer.Error.Type, answer.Error.Code)
		}
	}
}

func TestContentInPartsIsItsText(t *testing.T) {
	for _, c := range []struct {
		written string
		text    string
		refused bool
	}{
		{`"a b"`, "a b", false},
		{`null`, "", false},
		{`[{"type":"text","text":"a "},{"type":"text","text":"b"}]`, "a b", false},
		{`[]`, "", false},
		{`[{"type":"image_url","image_url":{"url":"x"}}]`, "", true},
		{`[{"type":"text"}]`, "", true},
		{`7`, "", true},
	} {
		var read message
		err := json.Unmarshal([]byte(`{"role":"user","content":`+c.written+`}`), &read)
		if (err != nil) != c.refused || string(read.Content) != c.text {
			t.Errorf("%s: %q, error %v", c.written, read.Content, err)
		}
	}
}
