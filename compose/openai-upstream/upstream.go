package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const largestBody = 1 << 20

type upstream struct {
	settings settings
	stats    *stats
	attempts *attempts
}

type completionRequest struct {
	Model         string    `json:"model"`
	Messages      []message `json:"messages"`
	Stream        bool      `json:"stream"`
	StreamOptions struct {
		IncludeUsage       bool  `json:"include_usage"`
		IncludeObfuscation *bool `json:"include_obfuscation"` // on unless it says false
	} `json:"stream_options"`
}

func newUpstream(settings settings) *upstream {
	return &upstream{settings: settings, stats: newStats(), attempts: &attempts{of: map[uint64]attempt{}}}
}

func (u *upstream) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) { u.writeStats(w) })
	mux.HandleFunc("POST /stats/reset", func(w http.ResponseWriter, _ *http.Request) {
		u.stats.reset()
		u.attempts.reset()
		u.writeStats(w)
	})
	mux.HandleFunc("POST /v1/chat/completions", u.complete)
	return mux
}

func (u *upstream) writeStats(w http.ResponseWriter) {
	writeJSON(w, http.StatusOK, u.stats.snapshot(u.settings.pace))
}

func (u *upstream) complete(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	request, asked, ok := u.accept(w, r)
	if !ok {
		return
	}
	u.stats.hits.Add(1)
	seed := seedOf(u.settings.seed, request.Messages)

	if asked.fault != faultNone {
		if failing, tooEarly := u.failing(seed, asked, started); !failing {
			asked.fault = faultNone
		} else {
			u.stats.faults[asked.fault].Add(1)
			if tooEarly {
				u.stats.early.Add(1)
			}
		}
		if asked.refuse(w, seed, started) {
			return
		}
	}

	epoch := u.stats.streamOpened()
	s := &stream{
		upstream: u, out: w, control: http.NewResponseController(w), gone: r.Context().Done(),
		request: request, asked: asked, seed: seed, started: started,
	}
	answer := s.answerWhole
	if request.Stream {
		answer = s.answerStreamed
	}
	err := errAborted
	// A fault may end the connection by a panic, which must not leave the stream counted as open.
	defer func() { u.stats.streamEnded(epoch, err) }()
	err = answer()
}

func (u *upstream) failing(seed uint64, asked directive, now time.Time) (failing, tooEarly bool) {
	if !asked.chosen(seed) {
		return false, false
	}
	return u.attempts.fails(seed, asked, now)
}

// accept reads a request as strictly as the API does; what it refuses it has answered.
func (u *upstream) accept(w http.ResponseWriter, r *http.Request) (completionRequest, directive, bool) {
	var request completionRequest
	reject := func(status int, code, text string) (completionRequest, directive, bool) {
		u.stats.rejected.Add(1)
		writeError(w, status, code, text)
		return completionRequest{}, directive{}, false
	}
	if key, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !isBearer || key == "" {
		return reject(http.StatusUnauthorized, "invalid_api_key", "No API key: send Authorization: Bearer")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if err != nil {
		return reject(http.StatusRequestEntityTooLarge, "request_too_large", err.Error())
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return reject(http.StatusBadRequest, "invalid_json", "The body is not a completion request: "+err.Error())
	}
	if request.Model == "" || len(request.Messages) == 0 {
		return reject(http.StatusBadRequest, "missing_required_parameter", "model and messages are required")
	}
	asked, err := parseDirectives(request.Messages, u.settings.pace)
	if err != nil {
		return reject(http.StatusBadRequest, "bad_directive", err.Error())
	}
	return request, asked, true
}

var (
	errClientGone = errors.New("the client went away")
	errAborted    = errors.New("the handler did not return")
)
var errFault = errors.New("failed as asked")

// stream is one completion under way.
type stream struct {
	*upstream
	out     http.ResponseWriter
	control *http.ResponseController
	gone    <-chan struct{}
	request completionRequest
	asked   directive
	seed    uint64
	started time.Time
	timer   *time.Timer
}

// answerStreamed writes the tokens as they fall due: role and first token leave together, and so do the last token,
// finish_reason and [DONE]. Where pieces are mixed a token between them may wait for the next, and a write may be cut.
func (s *stream) answerStreamed() error {
	head, tail := s.chunkHead(), s.chunkTail()
	tokens := tokenStream(s.seed)
	buffer := make([]byte, 0, 1024)
	last := s.asked.pace.tokens - 1
	// What a fault follows is complete before it, so that a client can be asked for exactly that.
	cutter := newCutter(s.settings.pieces, s.seed)
	if s.asked.fault != faultNone {
		cutter = newCutter(piecesEvents, s.seed)
	}
	held := 0

	for i := 0; i <= last; i++ {
		if i > 0 && i < last && cutter.holds() {
			buffer = tail.appendToken(buffer, head, tokens.next())
			held++
			continue
		}
		if err := s.waitFor(i); err != nil {
			return err
		}
		if s.asked.fault != faultNone && i == s.asked.at {
			return s.fail(head)
		}
		if i == 0 {
			s.writeStreamHead()
			buffer = tail.appendChunk(buffer, head, `{"role":"assistant","content":"","refusal":null}`, "null")
		}
		buffer = tail.appendToken(buffer, head, tokens.next())
		if i == last {
			buffer = tail.appendChunk(buffer, head, `{}`, `"stop"`)
			if s.request.StreamOptions.IncludeUsage {
				buffer = append(append(append(buffer, head...), `[],"usage":`...), s.usage()...)
				if tail.obfuscated {
					buffer = append(buffer, steadyPadding...)
				}
				buffer = append(buffer, "}\n\n"...)
			}
			buffer = append(buffer, "data: [DONE]\n\n"...)
		}
		rest := buffer
		if at := cutter.cut(len(rest)); at > 0 {
			if err := s.send(rest[:at]); err != nil {
				return err
			}
			rest = rest[at:]
		}
		if err := s.send(rest); err != nil {
			return err
		}
		s.stats.tokens.Add(int64(1 + held))
		held = 0
		buffer = buffer[:0]
	}
	return nil
}

// answerWhole takes as long as the streamed form and answers once.
func (s *stream) answerWhole() error {
	if s.asked.fault != faultNone {
		return s.fail("")
	}
	if err := s.waitFor(s.asked.pace.tokens - 1); err != nil {
		return err
	}
	describe(s.out.Header(), s.seed, s.started)
	writeJSON(s.out, http.StatusOK, map[string]any{
		"id": s.id(), "object": "chat.completion", "created": created, "model": s.request.Model,
		"choices": []any{map[string]any{
			"index": 0, "finish_reason": "stop", "logprobs": nil,
			"message": map[string]any{
				"role": "assistant", "content": textOf(s.seed, s.asked.pace.tokens), "refusal": nil,
			},
		}},
		"usage": json.RawMessage(s.usage()),
	})
	s.stats.tokens.Add(int64(s.asked.pace.tokens))
	return nil
}

// waitFor sleeps until token i is due. The script counts from the request, so a late token does not delay the rest.
func (s *stream) waitFor(i int) error {
	due := s.started.Add(s.asked.pace.due(i))
	if wait := time.Until(due); wait > 0 {
		if err := s.sleep(wait); err != nil {
			return err
		}
	}
	if time.Since(due) > lateAfter {
		s.stats.late.Add(1)
	}
	return nil
}

func (s *stream) sleep(wait time.Duration) error {
	// One timer a stream, not one a token.
	if s.timer == nil {
		s.timer = time.NewTimer(wait)
	} else {
		s.timer.Reset(wait)
	}
	select {
	case <-s.timer.C:
		return nil
	case <-s.gone:
		s.timer.Stop()
		return errClientGone
	}
}

// fail does what the message asked for, at the point it asked for.
func (s *stream) fail(head string) error {
	switch s.asked.fault {
	case faultStall:
		<-s.gone
		return errClientGone
	case faultReset:
		return s.reset()
	case faultMalformed:
		s.writeStreamHead()
		if err := s.send([]byte(head + `[{"index":0,"delta":{"content"` + "\n\n")); err != nil {
			return err
		}
		return errFault
	default: // a truncated stream: the HTTP answer ends tidily, with no finish_reason and no [DONE]
		s.writeStreamHead()
		return errFault
	}
}

// reset closes the connection with unsent data thrown away, which the peer sees as a TCP reset.
func (s *stream) reset() error {
	connection, _, err := s.control.Hijack()
	if err != nil {
		return fmt.Errorf("cannot take the connection over: %w", err)
	}
	if tcp, isTCP := connection.(*net.TCPConn); isTCP {
		tcp.SetLinger(0)
	}
	connection.Close()
	return errFault
}

func (s *stream) writeStreamHead() {
	header := s.out.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-cache")
	describe(header, s.seed, s.started)
}

func (s *stream) send(buffer []byte) error {
	if _, err := s.out.Write(buffer); err != nil {
		return errClientGone
	}
	if err := s.control.Flush(); err != nil {
		return errClientGone
	}
	return nil
}

const created = 1_700_000_000 // fixed: the same request gets the same bytes

func (s *stream) id() string { return fmt.Sprintf("chatcmpl-%016x", s.seed) }

// chunkHead is what all chunks of a stream begin with, up to and including `"choices":`.
func (s *stream) chunkHead() string {
	model, _ := json.Marshal(s.request.Model) // a string always marshals
	return `data: {"id":"` + s.id() + `","object":"chat.completion.chunk","created":` + strconv.Itoa(created) +
		`,"model":` + string(model) + `,"service_tier":"default","system_fingerprint":"fp_bakeoff","choices":`
}

// chunkTail is what the client asked to stand behind the choices of a chunk.
type chunkTail struct {
	usage      bool
	obfuscated bool
}

func (s *stream) chunkTail() chunkTail {
	asked := s.request.StreamOptions
	return chunkTail{usage: asked.IncludeUsage, obfuscated: asked.IncludeObfuscation == nil || *asked.IncludeObfuscation}
}

func (t chunkTail) appendToken(buffer []byte, head string, token int) []byte {
	buffer = append(buffer, head...)
	buffer = append(buffer, `[{"index":0,"delta":{"content":`...)
	buffer = append(buffer, encoded[token]...)
	buffer = append(buffer, `},"logprobs":null,"finish_reason":null}]`...)
	return t.append(buffer, padding[token])
}

func (t chunkTail) appendChunk(buffer []byte, head, delta, finish string) []byte {
	buffer = append(buffer, head...)
	buffer = append(buffer, `[{"index":0,"delta":`...)
	buffer = append(buffer, delta...)
	buffer = append(buffer, `,"logprobs":null,"finish_reason":`...)
	buffer = append(buffer, finish...)
	return t.append(append(buffer, "}]"...), steadyPadding)
}

// append ends a chunk: until the last one usage is null, where it was asked for at all.
func (t chunkTail) append(buffer []byte, padding string) []byte {
	if t.usage {
		buffer = append(buffer, `,"usage":null`...)
	}
	if t.obfuscated {
		buffer = append(buffer, padding...)
	}
	return append(buffer, "}\n\n"...)
}

// usage counts a prompt's token as four bytes, which is near enough to look like one.
func (s *stream) usage() string {
	prompt := 0
	for _, m := range s.request.Messages {
		prompt += 4 + len(m.Content)/4
	}
	n := s.asked.pace.tokens
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, prompt, n, prompt+n)
}

// writeError answers as the API does: its type goes by the status, and a failure of its own has no code.
func writeError(w http.ResponseWriter, status int, code, text string) {
	kind, named := "invalid_request_error", any(code)
	switch {
	case status == http.StatusTooManyRequests:
		kind = "requests"
	case status >= 500:
		kind, named = "server_error", nil
	}
	writeJSON(w, status, map[string]any{
		"error": map[string]any{"message": text, "type": kind, "param": nil, "code": named},
	})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value)
}
