// Command server embeds texts with all-MiniLM-L6-v2 in ONNX Runtime.
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
		log.Fatalf("go-onnx-embed: %v", err)
	}
}

func run() error {
	cfg, err := configFrom(os.Getenv)
	if err != nil {
		return err
	}
	cfg.apply()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	embedder, err := newEmbedder(cfg.modelDir, cfg.cores)
	if err != nil {
		return err
	}
	defer embedder.close()

	server := &http.Server{
		Addr:    net.JoinHostPort("", strconv.Itoa(cfg.port)),
		Handler: (&service{embedder}).routes(),
		// A client that never finishes its headers must not hold a connection for ever.
		ReadHeaderTimeout: 10 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	deadline, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(deadline); errors.Is(err, context.DeadlineExceeded) {
		return server.Close()
	} else {
		return err
	}
}
