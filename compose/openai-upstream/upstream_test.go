package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
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
		"messages": []message{{"system", "You are a helpful assistant."}, {"user", question}},
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
