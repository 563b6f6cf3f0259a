package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"
)

// config is what the container's environment says.
type config struct {
	port        int
	cores       int
	memoryBytes int64 // 0: no cap is known
	baseURL     string
	apiKey      string
	model       string
	silence     time.Duration // the longest silence of the upstream that is waited for
}

func configFrom(env func(string) string) (config, error) {
	cfg := config{baseURL: env("OPENAI_BASE_URL"), apiKey: env("OPENAI_API_KEY"), model: env("OPENAI_MODEL")}
	if cfg.baseURL == "" || cfg.apiKey == "" || cfg.model == "" {
		return config{}, fmt.Errorf("OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL are required")
	}
	for _, setting := range []struct {
		name     string
		fallback int64
		min      int64
		set      func(int64)
	}{
		{"PORT", 8080, 1, func(n int64) { cfg.port = int(n) }},
		{"CORES", int64(runtime.NumCPU()), 1, func(n int64) { cfg.cores = int(n) }},
		{"MEMORY_BYTES", 0, 0, func(n int64) { cfg.memoryBytes = n }},
		{"UPSTREAM_TIMEOUT_MS", 60_000, 1, func(n int64) { cfg.silence = time.Duration(n) * time.Millisecond }},
	} {
		n := setting.fallback
		if text := env(setting.name); text != "" {
			var err error
			if n, err = strconv.ParseInt(text, 10, 64); err != nil || n < setting.min {
				return config{}, fmt.Errorf("%s is %q, want a whole number of at least %d", setting.name, text, setting.min)
			}
		}
		setting.set(n)
	}
	return cfg, nil
}

// apply makes the runtime keep to the caps. Go sees a cpuset but not always a quota, and never a memory cap.
func (c config) apply() {
	runtime.GOMAXPROCS(c.cores)
	if c.memoryBytes > 0 {
		// The rest is for what the collector does not count: stacks of threads, the binary, kernel buffers.
		debug.SetMemoryLimit(c.memoryBytes / 10 * 9)
	}
}
