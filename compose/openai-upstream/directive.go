package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// fault is what a request asked to go wrong.
type fault string

const (
	faultNone        fault = ""
	faultRateLimit   fault = "429"       // 429 with Retry-After
	faultServerError fault = "500"       // 500 with a JSON error
	faultStall       fault = "stall"     // silence, for as long as the client stays
	faultReset       fault = "reset"     // a TCP reset
	faultMalformed   fault = "malformed" // a chunk that is not JSON
	faultTruncate    fault = "truncate"  // a tidy end without finish_reason and [DONE]
)

var faults = []fault{faultRateLimit, faultServerError, faultStall, faultReset, faultMalformed, faultTruncate}

// directive is what a user's message asks of the upstream, written into the message itself because a client under
// test passes nothing else on:
//
//	[[fault:429]]                  every attempt
//	[[fault:429 times=2 after=3]]  the first two attempts, with Retry-After: 3
//	[[fault:reset at=4]]           after four tokens
//	[[fault:500 share=0.25]]       a quarter of all conversations, chosen by their seed
//	[[pace:first=300 gap=100]]     another cadence, in milliseconds
type directive struct {
	fault fault
	at    int     // tokens sent before the fault
	times int     // attempts that fail; 0: all of them
	after int     // seconds in Retry-After
	share float64 // of the conversations
	pace  pace
}

func parseDirectives(messages []message, scripted pace) (directive, error) {
	found := directive{pace: scripted, after: 1, share: 1}
	for _, m := range messages {
		if m.Role != "user" {
			continue
		}
		rest := string(m.Content)
		for {
			_, after, opened := strings.Cut(rest, "[[")
			inner, tail, closed := strings.Cut(after, "]]")
			if !opened || !closed {
				break
			}
			if err := found.read(inner); err != nil {
				return directive{}, err
			}
			rest = tail
		}
	}
	return found, nil
}

func (d *directive) read(inner string) error {
	kind, rest, _ := strings.Cut(inner, ":")
	words := strings.Fields(rest)
	switch kind {
	case "fault":
		if len(words) == 0 || !isFault(words[0]) {
			return fmt.Errorf("unknown fault in [[%s]]; there are %v", inner, faults)
		}
		d.fault = fault(words[0])
		if d.fault == faultReset || d.fault == faultMalformed || d.fault == faultTruncate {
			d.at = 4
		}
		words = words[1:]
	case "pace":
	default:
		return nil // two brackets are no crime in a conversation
	}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		if err := d.set(key, value); err != nil {
			return fmt.Errorf("%w in [[%s]]", err, inner)
		}
	}
	return nil
}

func (d *directive) set(key, value string) error {
	if key == "share" {
		share, err := strconv.ParseFloat(value, 64)
		d.share = share
		return err
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < 0 {
		return fmt.Errorf("%s=%s is not a whole number", key, value)
	}
	switch key {
	case "at":
		d.at = number
	case "times":
		d.times = number
	case "after":
		d.after = number
	case "first":
		d.pace.first = time.Duration(number) * time.Millisecond
	case "gap":
		d.pace.gap = time.Duration(number) * time.Millisecond
	default:
		return fmt.Errorf("unknown key %s", key)
	}
	return nil
}

// chosen says whether the conversation belongs to the share that fails.
func (d directive) chosen(seed uint64) bool {
	return float64(seed>>11)/(1<<53) < d.share
}

func isFault(word string) bool {
	for _, known := range faults {
		if word == string(known) {
			return true
		}
	}
	return false
}

// refuse answers the faults that are whole responses; false means that the fault is one of the stream's.
func (d directive) refuse(w http.ResponseWriter, seed uint64, started time.Time) bool {
	status, code, text := http.StatusTooManyRequests, "rate_limit_exceeded", "Rate limit reached, as the message asked"
	switch d.fault {
	case faultRateLimit:
	case faultServerError:
		status, code, text = http.StatusInternalServerError, "server_error", "The server had an error, as the message asked"
	default:
		return false
	}
	describe(w.Header(), seed, started)
	if d.fault == faultRateLimit {
		limited(w.Header(), d.after)
	}
	// Both may go well the next time, and a client that listens to this header is told so.
	w.Header()["X-Should-Retry"] = []string{"true"}
	writeError(w, status, code, text)
	return true
}
