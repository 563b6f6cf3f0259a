package main

import (
	"context"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	// readTimeout is for a whole request: a client that never finishes one must not hold a connection for ever.
	readTimeout = 10 * time.Second
	// idleTimeout is for a connection between requests. Without it fasthttp takes the time above, which a client that pauses would meet.
	idleTimeout = 5 * time.Minute
)

// serve answers at the port until the context is done, and then lets requests in flight finish.
func serve(ctx context.Context, port int, handler fasthttp.RequestHandler) error {
	listener, err := net.Listen("tcp", net.JoinHostPort("", strconv.Itoa(port)))
	if err != nil {
		return err
	}
	return serveAt(ctx, listener, handler)
}

func serveAt(ctx context.Context, listener net.Listener, handler fasthttp.RequestHandler) error {
	server := &fasthttp.Server{
		Handler:     handler,
		ReadTimeout: readTimeout,
		IdleTimeout: idleTimeout,
		// Connections that are kept alive are told that it ends, with the answer under way.
		CloseOnShutdown: true,
		// net/http sends none either.
		NoDefaultServerHeader: true,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	deadline, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	// What is still open then is cut when the process ends.
	if err := server.ShutdownWithContext(deadline); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
