package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

const largestBody = 1 << 20

type upstream struct {
	settings settings
	stats    *stats
	attempts *attempts
}

// request is what was asked, in whichever of the API's two forms.
type request struct {
	model      string
	messages   []message
	stream     bool
	usage      bool // asked for in a stream of chat completions; elsewhere it is always told
	obfuscated bool
}

// streamOptions are those that both forms have, but for the usage, which is one of chat completions alone.
type streamOptions struct {
	IncludeUsage       bool  `json:"include_usage"`
	IncludeObfuscation *bool `json:"include_obfuscation"` // on unless it says false
}

func (o streamOptions) obfuscated() bool { return o.IncludeObfuscation == nil || *o.IncludeObfuscation }

// form is one of the API's ways to be asked the same.
type form struct {
	// read understands a body, but not what is missing in it.
	read    func(body []byte) (request, error)
	missing string // what is said where model or messages are missing
	written func(s *stream) writing
}

// writing is a form's answer. What it appends belongs to one stream, in the order of the calls.
type writing interface {
	// begin appends what leaves with the first token, before it.
	begin(buffer []byte) []byte
	token(buffer []byte, token int) []byte
	// end appends what leaves with the last token, behind it.
	end(buffer []byte) []byte
	// malformed is an event that is not JSON.
	malformed() string
	// whole is the answer to who asked for no stream.
	whole() any
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
	mux.HandleFunc("POST /v1/responses", u.respond)
	return mux
}

func (u *upstream) writeStats(w http.ResponseWriter) {
	writeJSON(w, http.StatusOK, u.stats.snapshot(u.settings.pace))
}

func (u *upstream) complete(w http.ResponseWriter, r *http.Request) { u.answer(w, r, chatCompletions) }

func (u *upstream) respond(w http.ResponseWriter, r *http.Request) { u.answer(w, r, responses) }

func (u *upstream) answer(w http.ResponseWriter, r *http.Request, form form) {
	started := time.Now()
	request, asked, ok := u.accept(w, r, form)
	if !ok {
		return
	}
	u.stats.hit(r)
	seed := seedOf(u.settings.seed, request.messages)

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
	s.writing = form.written(s)
	answer := s.answerWhole
	if request.stream {
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
func (u *upstream) accept(w http.ResponseWriter, r *http.Request, form form) (request, directive, bool) {
	reject := func(status int, code, text string) (request, directive, bool) {
		u.stats.rejected.Add(1)
		writeError(w, status, code, text)
		return request{}, directive{}, false
	}
	if key, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !isBearer || key == "" {
		return reject(http.StatusUnauthorized, "invalid_api_key", "No API key: send Authorization: Bearer")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if err != nil {
		return reject(http.StatusRequestEntityTooLarge, "request_too_large", err.Error())
	}
	read, err := form.read(body)
	if err != nil {
		return reject(http.StatusBadRequest, "invalid_json", "The body is not a request that is understood here: "+err.Error())
	}
	if read.model == "" || len(read.messages) == 0 {
		return reject(http.StatusBadRequest, "missing_required_parameter", form.missing)
	}
	asked, err := parseDirectives(read.messages, u.settings.pace)
	if err != nil {
		return reject(http.StatusBadRequest, "bad_directive", err.Error())
	}
	return read, asked, true
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
	request request
	writing writing
	asked   directive
	seed    uint64
	started time.Time
	timer   *time.Timer
}

// answerStreamed writes the tokens as they fall due: what begins a stream leaves with the first token, and what ends it with the
// last. Where pieces are mixed a token between them may wait for the next, and a write may be cut.
func (s *stream) answerStreamed() error {
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
			buffer = s.writing.token(buffer, tokens.next())
			held++
			continue
		}
		if err := s.waitFor(i); err != nil {
			return err
		}
		if s.asked.fault != faultNone && i == s.asked.at {
			return s.fail()
		}
		if i == 0 {
			s.writeStreamHead()
			buffer = s.writing.begin(buffer)
		}
		buffer = s.writing.token(buffer, tokens.next())
		if i == last {
			buffer = s.writing.end(buffer)
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
		return s.fail()
	}
	if err := s.waitFor(s.asked.pace.tokens - 1); err != nil {
		return err
	}
	describe(s.out.Header(), s.seed, s.started)
	writeJSON(s.out, http.StatusOK, s.writing.whole())
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
func (s *stream) fail() error {
	switch s.asked.fault {
	case faultStall:
		<-s.gone
		return errClientGone
	case faultReset:
		return s.reset()
	case faultMalformed:
		s.writeStreamHead()
		if err := s.send([]byte(s.writing.malformed())); err != nil {
			return err
		}
		return errFault
	default: // a truncated stream: the HTTP answer ends tidily, without what ends a stream
		s.writeStreamHead()
		return errFault
	}
}

// reset closes the connection with unsent data thrown away, which the peer sees as a TCP reset. A connection of HTTP/2 belongs to other
// streams as well: there this one is reset.
func (s *stream) reset() error {
	connection, _, err := s.control.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if encrypted, isTLS := connection.(*tls.Conn); isTLS {
		connection = encrypted.NetConn() // without TLS's word of goodbye
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

// promptTokens counts a prompt's token as four bytes, which is near enough to look like one.
func (s *stream) promptTokens() int {
	tokens := 0
	for _, m := range s.request.messages {
		tokens += 4 + len(m.Content)/4
	}
	return tokens
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
