package main

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// encryptedServer serves by TLS, and by HTTP/2 where that is wanted. It returns what asks it a question.
func encryptedServer(t *testing.T, http2 bool) (*upstream, func(question string) *http.Response) {
	t.Helper()
	u := newUpstream(settings{seed: "test", pace: pace{tokens: 8, gap: time.Millisecond}, pieces: piecesMixed})
	server := httptest.NewUnstartedServer(u.routes())
	server.EnableHTTP2 = http2
	server.StartTLS()
	t.Cleanup(server.Close)
	return u, func(question string) *http.Response {
		body := `{"model":"m","stream":true,"messages":[{"role":"user","content":"` + question + `"}]}`
		request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/chat/completions", strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer k")
		answer, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return answer
	}
}

func TestByTLSTheSameIsAnswered(t *testing.T) {
	_, plain := newTestServer(t, pace{tokens: 8})
	body := `{"model":"m","stream":true,"messages":[{"role":"user","content":"q"}]}`
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, plain+"/v1/chat/completions", strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer k")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	want, _ := io.ReadAll(answer.Body)

	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(name, func(t *testing.T) {
			u, ask := encryptedServer(t, http2)
			answer := ask("q")
			got, err := io.ReadAll(answer.Body)
			if err != nil || string(got) != string(want) {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
			if answer.Proto != name || answer.TLS.Version != tls.VersionTLS13 {
				t.Errorf("answered by %s, TLS %x", answer.Proto, answer.TLS.Version)
			}
			if u.stats.encrypted.Load() != 1 || (u.stats.http2.Load() == 1) != http2 {
				t.Errorf("counted %d by TLS, %d by HTTP/2", u.stats.encrypted.Load(), u.stats.http2.Load())
			}
		})
	}
}

func TestByTLSAResetIsAnError(t *testing.T) {
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(name, func(t *testing.T) {
			u, ask := encryptedServer(t, http2)
			if text, done, err := joined(ask("q [[fault:reset]]").Body); err == nil || done || text == "" {
				t.Errorf("text %q, done %v, error %v", text, done, err)
			}
			for deadline := time.Now().Add(2 * time.Second); u.stats.open.Load() != 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("the stream is counted as open")
				}
			}
			if u.stats.completed.Load() != 0 {
				t.Error("counted as completed")
			}
		})
	}
}

func TestTheSettingOfTLS(t *testing.T) {
	for text, want := range map[string]int{"": 0, "8443": 8443, "0": -1, "https": -1} {
		env := map[string]string{"FIRST_TOKEN_MS": "0", "TOKEN_GAP_MS": "0", "TOKENS": "1", "TLS_PORT": text}
		got, err := settingsFrom(func(name string) string { return env[name] })
		if (err != nil) != (want < 0) || err == nil && got.tlsPort != want {
			t.Errorf("TLS_PORT %q: %d, %v", text, got.tlsPort, err)
		}
	}
}
