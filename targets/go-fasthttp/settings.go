// Copied from templates/go/settings.go: change it there, then run node scripts/copy-templates.mjs.

package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
)

// settings reads what the container's environment says. err is of the first variable that is wrong.
type settings struct {
	env func(string) string
	err error
}

// number is the whole number that a variable says, the fallback where it says nothing.
func (s *settings) number(name string, fallback, least int) int {
	text := s.env(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		s.fail(fmt.Errorf("%s is %q, want a whole number of at least %d", name, text, least))
		return fallback
	}
	return n
}

// text is what a variable says, the fallback where it says nothing.
func (s *settings) text(name, fallback string) string {
	if text := s.env(name); text != "" {
		return text
	}
	return fallback
}

// required is what a variable says that the service cannot do without.
func (s *settings) required(name string) string {
	text := s.env(name)
	if text == "" {
		s.fail(fmt.Errorf("%s is not set", name))
	}
	return text
}

func (s *settings) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// caps are what every container is told.
type caps struct {
	port        int
	cores       int
	memoryBytes int64 // 0: no cap is known
}

func (s *settings) caps() caps {
	return caps{
		port:        s.number("PORT", 8080, 1),
		cores:       s.number("CORES", runtime.NumCPU(), 1),
		memoryBytes: int64(s.number("MEMORY_BYTES", 0, 0)),
	}
}

// apply makes the runtime keep to the caps. Go sees a cpuset but not always a quota, and never a memory cap.
//
// The outside is what the process holds out of the collector's sight, in bytes.
func (c caps) apply(outside int64) {
	runtime.GOMAXPROCS(c.cores)
	// A tenth is for what the collector does not count either: stacks of threads, the binary, kernel buffers.
	if own := (c.memoryBytes - outside) / 10 * 9; own > 0 {
		debug.SetMemoryLimit(own)
	}
}
