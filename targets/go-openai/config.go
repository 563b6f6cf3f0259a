package main

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Names of clients.
const (
	official    = "official"
	byResponses = "responses" // the official one, by the API's newer form
	minimal     = "minimal"
)

// config is what the container's environment says.
type config struct {
	caps
	client  string
	baseURL *url.URL
	apiKey  string
	model   string
	silence time.Duration // the longest silence of the upstream that is waited for
}

func configFrom(env func(string) string) (config, error) {
	settings := settings{env: env}
	cfg := config{
		caps:    settings.caps(),
		client:  settings.text("CLIENT", official),
		apiKey:  settings.required("OPENAI_API_KEY"),
		model:   settings.required("OPENAI_MODEL"),
		silence: time.Duration(settings.number("UPSTREAM_TIMEOUT_MS", 60_000, 1)) * time.Millisecond,
	}
	base, err := url.Parse(settings.required("OPENAI_BASE_URL"))
	if err != nil {
		settings.fail(fmt.Errorf("OPENAI_BASE_URL is no address: %w", err))
	}
	cfg.baseURL = base
	if clients := []string{official, byResponses, minimal}; !slices.Contains(clients, cfg.client) {
		settings.fail(fmt.Errorf("CLIENT is %q, want one of %q", cfg.client, clients))
	}
	return cfg, settings.err
}
