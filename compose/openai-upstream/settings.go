package main

import (
	"fmt"
	"strconv"
	"time"
)

// pace is the script of one stream.
type pace struct {
	first  time.Duration // from the request's last byte to the first token
	gap    time.Duration // between tokens
	tokens int
}

// due is when token i is to leave, counted from the request.
func (p pace) due(i int) time.Duration { return p.first + time.Duration(i)*p.gap }

type settings struct {
	port    int
	tlsPort int // 0: no TLS
	seed    string
	pace    pace
	pieces  pieces
}

// settingsFrom reads the environment. Nothing has a default that a scenario could forget to state, except the ports and
// how streams are cut, which change no answer.
func settingsFrom(env func(string) string) (settings, error) {
	number := func(name string, low, high int) (int, error) {
		value, err := strconv.Atoi(env(name))
		if err != nil || value < low || value > high {
			return 0, fmt.Errorf("%s is %q: give a whole number from %d to %d", name, env(name), low, high)
		}
		return value, nil
	}
	port := func(name string, fallback int) (int, error) {
		if env(name) == "" {
			return fallback, nil
		}
		return number(name, 1, 65535)
	}
	plainPort, err := port("PORT", 8080)
	if err != nil {
		return settings{}, err
	}
	tlsPort, err := port("TLS_PORT", 0)
	if err != nil {
		return settings{}, err
	}
	first, err := number("FIRST_TOKEN_MS", 0, 600_000)
	if err != nil {
		return settings{}, err
	}
	gap, err := number("TOKEN_GAP_MS", 0, 600_000)
	if err != nil {
		return settings{}, err
	}
	tokens, err := number("TOKENS", 1, 100_000)
	if err != nil {
		return settings{}, err
	}
	pieces, err := piecesFrom(env("PIECES"))
	if err != nil {
		return settings{}, err
	}
	return settings{
		port:    plainPort,
		tlsPort: tlsPort,
		seed:    env("SEED"),
		pieces:  pieces,
		pace:    pace{first: time.Duration(first) * time.Millisecond, gap: time.Duration(gap) * time.Millisecond, tokens: tokens},
	}, nil
}
