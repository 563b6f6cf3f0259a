package main

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Names are in Go's canonical form, so that they can be put into the map as they are. Nothing is ever limited, so all but
// the counts of what is left are the same in every answer.
var steadyHeaders = map[string][]string{
	"Openai-Version":                 {"2020-10-01"},
	"X-Ratelimit-Limit-Requests":     {"10000"},
	"X-Ratelimit-Limit-Tokens":       {"2000000"},
	"X-Ratelimit-Remaining-Requests": {"9999"},
	"X-Ratelimit-Remaining-Tokens":   {"1999900"},
	"X-Ratelimit-Reset-Requests":     {"6ms"},
	"X-Ratelimit-Reset-Tokens":       {"3ms"},
}

// describe sets what an answer says of itself: the limits, the time it took so far, and an id for support.
func describe(header http.Header, seed uint64, started time.Time) {
	for name, value := range steadyHeaders {
		header[name] = value
	}
	header["Openai-Processing-Ms"] = []string{strconv.FormatInt(time.Since(started).Milliseconds(), 10)}
	// Not the completion's id: the one names a call, the other what it made.
	header["X-Request-Id"] = []string{fmt.Sprintf("req_%016x%016x", ^seed, seed)}
}

// limited replaces what a request that came too early is told. Clients read the milliseconds first.
func limited(header http.Header, seconds int) {
	header["Retry-After"] = []string{strconv.Itoa(seconds)}
	header["Retry-After-Ms"] = []string{strconv.Itoa(seconds * 1000)}
	header["X-Ratelimit-Remaining-Requests"] = []string{"0"}
	header["X-Ratelimit-Reset-Requests"] = []string{strconv.Itoa(seconds) + "s"}
}
