// Command server passes chat completions on from an OpenAI-compatible service through OpenAI's own Go client.
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// drain is how long requests in flight may take after a TERM before their connections are cut.
const drain = time.Second

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
	cfg.apply()

	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()

	server := &http.Server{
		Addr:    net.JoinHostPort("", strconv.Itoa(cfg.port)),
		Handler: routes(newCompletions(cfg)),
		// A client that never finishes its headers must not hold a connection for ever.
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()

	select {
	case err := <-failed:
		return err
	case <-stop.Done():
	}

	deadline, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(deadline); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}

func routes(completions *completions) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /chat", chatHandler{completions})
	mux.Handle("POST /batch", batchHandler{completions})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /info", info)
	return mux
}
