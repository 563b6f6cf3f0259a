package main

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
)

const maxBodyBytes = 4 << 20

// refusal is an answer other than 200, as the client sees it.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func badRequest(format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// readText takes a request's body apart; every error is a *refusal.
func readText(w http.ResponseWriter, r *http.Request) (string, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return "", &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d bytes", maxBodyBytes)}
	} else if err != nil {
		return "", badRequest("the body ended early")
	}
	return parseText(body)
}

// parseText wants one object with a string in `text`. The second version of encoding/json refuses what is no UTF-8 and half of a surrogate
// pair, where the first puts U+FFFD in their place.
func parseText(body []byte) (string, error) {
	var wire struct {
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return "", badRequest("%v", err)
	}
	if wire.Text == nil {
		return "", badRequest("text is missing")
	}
	return *wire.Text, nil
}
