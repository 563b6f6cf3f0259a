package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"unicode/utf8"
)

const largestBody = 1 << 20

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type chatRequest struct {
	Messages []message `json:"messages"`
}

func (r chatRequest) check() error {
	if len(r.Messages) == 0 {
		return errors.New("messages must be a list of at least one message")
	}
	for i, m := range r.Messages {
		if _, known := roles[m.Role]; !known {
			return fmt.Errorf("messages[%d].role is %q", i, m.Role)
		}
		if m.Content == "" {
			return fmt.Errorf("messages[%d].content must be text", i)
		}
	}
	return nil
}

type chatHandler struct{ completions completions }

func (h chatHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request chatRequest
	if !readJSON(w, r, &request) {
		return
	}
	if r.URL.Query().Get("stream") == "1" {
		h.passOn(w, r, request)
		return
	}
	text, err := h.completions.text(r.Context(), request.Messages)
	if err != nil {
		writeFailure(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, text)
}

// passOn writes the completion as server-sent events while it comes. The status is decided by the first token: until
// then a failure is an ordinary answer, afterwards it is an event.
func (h chatHandler) passOn(w http.ResponseWriter, r *http.Request, request chatRequest) {
	events := newEventWriter(w)
	err := h.completions.stream(r.Context(), request.Messages, func(text string) error {
		return events.send("", tokenEvent{text})
	})
	switch {
	case err == nil:
		events.done()
	case !events.begun:
		writeFailure(w, r, err)
	case r.Context().Err() == nil:
		events.send("error", errorEvent{err.Error()})
	}
}

type tokenEvent struct {
	Content string `json:"content"`
}

type errorEvent struct {
	Error string `json:"error"`
}

type eventWriter struct {
	out     http.ResponseWriter
	control *http.ResponseController
	encoder *json.Encoder
	begun   bool
}

func newEventWriter(out http.ResponseWriter) *eventWriter {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false) // it goes into an event, not into a page
	return &eventWriter{out: out, control: http.NewResponseController(out), encoder: encoder}
}

func (e *eventWriter) begin() {
	e.begun = true
	e.out.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	e.out.Header().Set("Cache-Control", "no-cache")
}

func (e *eventWriter) send(name string, data any) error {
	if !e.begun {
		e.begin()
	}
	if name != "" {
		fmt.Fprintf(e.out, "event: %s\n", name)
	}
	io.WriteString(e.out, "data: ")
	if err := e.encoder.Encode(data); err != nil { // ends with the line's newline
		return err
	}
	io.WriteString(e.out, "\n")
	return e.control.Flush()
}

func (e *eventWriter) done() {
	if !e.begun { // a completion of no text at all
		e.begin()
	}
	io.WriteString(e.out, "data: [DONE]\n\n")
}

// checked is a request body that knows when it makes no sense.
type checked interface{ check() error }

// readJSON fills into from the request's body. When that is not possible it has answered, and returns false.
func readJSON(w http.ResponseWriter, r *http.Request, into checked) bool {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		writeError(w, http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB")
		return false
	}
	switch {
	case err != nil:
	case !utf8.Valid(body): // encoding/json would replace what is wrong and go on
		err = errors.New("the body is not UTF-8")
	default:
		if err = json.Unmarshal(body, into); err == nil {
			err = into.check()
		}
	}
	if err != nil {
		writeError(w, http.StatusBadRequest, err.Error())
		return false
	}
	return true
}

// writeFailure answers for a completion that failed. A client that went away gets nothing: nobody would read it.
func writeFailure(w http.ResponseWriter, r *http.Request, err error) {
	var upstream *upstreamError
	switch {
	case errors.As(err, &upstream):
		writeError(w, upstream.status, upstream.text)
	case r.Context().Err() == nil:
		log.Printf("completion failed: %v", err)
		writeError(w, http.StatusInternalServerError, "internal error")
	}
}

func writeError(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, map[string]string{"error": text})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // only values of our own are written
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}
