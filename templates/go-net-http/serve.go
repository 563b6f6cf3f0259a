// Copied from templates/go-net-http/serve.go: change it there, then run node scripts/copy-templates.mjs.

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"
)

// serve answers at the port until the context is done, and then lets requests in flight finish.
func serve(ctx context.Context, port int, handler http.Handler) error {
	server := &http.Server{
		Addr:    net.JoinHostPort("", strconv.Itoa(port)),
		Handler: handler,
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
	if err := server.Shutdown(deadline); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
