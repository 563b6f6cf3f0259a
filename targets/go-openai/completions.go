package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// client asks the upstream for one completion and hands each piece of its text to onText as it comes. It returns an
// *upstreamError, onText's own error, or the context's.
type client interface {
	stream(ctx context.Context, messages []message, onText func(string) error) error
}

type completions struct{ client }

func newCompletions(cfg config) completions {
	switch cfg.client {
	case minimal:
		return completions{newMinimalClient(cfg)}
	case byResponses:
		return completions{responsesClient{newOfficialClient(cfg)}}
	default:
		return completions{newOfficialClient(cfg)}
	}
}

// text is the whole completion at once.
func (c completions) text(ctx context.Context, messages []message) (string, error) {
	var joined strings.Builder
	err := c.stream(ctx, messages, func(text string) error {
		joined.WriteString(text)
		return nil
	})
	return joined.String(), err
}

// idleConnections is how many connections to the upstream are kept. net/http keeps two, so that a fan-out of 200
// would dial for nearly every task.
const idleConnections = 1024

// newTransport limits the silence before the headers. That of a stream is limited by guard.
func newTransport(cfg config) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = idleConnections
	transport.MaxIdleConnsPerHost = idleConnections
	transport.ResponseHeaderTimeout = cfg.silence
	return transport
}

// upstreamError is what a caller is told when the upstream failed for good.
type upstreamError struct {
	status int
	text   string
}

func (e *upstreamError) Error() string { return e.text }

var (
	errSilence   = errors.New("the upstream fell silent")
	errMalformed = &upstreamError{http.StatusBadGateway, "upstream sent a malformed chunk"}
	// A stream without a finish_reason was cut, however tidy its end.
	errEarly = &upstreamError{http.StatusBadGateway, "upstream ended early"}
)

func errAnswered(status int) *upstreamError {
	return &upstreamError{http.StatusBadGateway, fmt.Sprintf("upstream answered %d", status)}
}

// guard cancels a stream whose upstream says nothing for too long: reset the timer whenever it says something.
func guard(cancel context.CancelCauseFunc, silence time.Duration) *time.Timer {
	return time.AfterFunc(silence, func() { cancel(errSilence) })
}

// explain turns the end of a connection into what a caller is told.
func explain(ctx context.Context, err error) error {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(context.Cause(ctx), errSilence), errors.Is(err, os.ErrDeadlineExceeded):
		return &upstreamError{http.StatusGatewayTimeout, "upstream timed out"}
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &timeout) && timeout.Timeout():
		return &upstreamError{http.StatusGatewayTimeout, "upstream timed out"}
	default:
		return &upstreamError{http.StatusBadGateway, "upstream connection broke"}
	}
}
