// Command server passes chat completions on from an OpenAI-compatible service through OpenAI's own Go client.
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatalf("go-openai: %v", err)
	}
}

func run() error {
	cfg, err := configFrom(os.Getenv)
	if err != nil {
		return err
	}
	cfg.apply(0)

	ctx, stop := untilTerm()
	defer stop()
	return serve(ctx, cfg.port, routes(cfg))
}

func routes(cfg config) http.Handler {
	completions := newCompletions(cfg)
	mux := http.NewServeMux()
	mux.Handle("POST /chat", chatHandler{completions})
	mux.Handle("POST /batch", batchHandler{completions})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /info", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, info(cfg.client)) })
	return mux
}

func info(client string) runtimeInfo {
	names := map[string]string{"github.com/openai/openai-go/v3": "openai-go"}
	if client == minimal {
		names = nil // linked, and not used
	}
	info := describe(names)
	info.Pools["upstream_idle_connections"] = idleConnections
	info.Flags["client"] = client
	return info
}
