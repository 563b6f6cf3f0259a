package main

import "time"

// config is what the container's environment says.
type config struct {
	caps
	baseURL string
	apiKey  string
	model   string
	silence time.Duration // the longest silence of the upstream that is waited for
}

func configFrom(env func(string) string) (config, error) {
	settings := settings{env: env}
	cfg := config{
		caps:    settings.caps(),
		baseURL: settings.required("OPENAI_BASE_URL"),
		apiKey:  settings.required("OPENAI_API_KEY"),
		model:   settings.required("OPENAI_MODEL"),
		silence: time.Duration(settings.number("UPSTREAM_TIMEOUT_MS", 60_000, 1)) * time.Millisecond,
	}
	return cfg, settings.err
}
