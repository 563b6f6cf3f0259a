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
	return serve(ctx, cfg.port, routes(newCompletions(cfg)))
}

func routes(completions *completions) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /chat", chatHandler{completions})
	mux.Handle("POST /batch", batchHandler{completions})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /info", info)
	return mux
}

func info(w http.ResponseWriter, _ *http.Request) {
	info := describe(map[string]string{"github.com/openai/openai-go/v3": "openai-go"})
	info.Pools["upstream_idle_connections"] = idleConnections
	writeJSON(w, http.StatusOK, info)
}
