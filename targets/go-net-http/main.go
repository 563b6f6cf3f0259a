// Command server answers the predict scenario with nothing but Go's standard library.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"
)

const prediction = "Prediction: Iris-Setosa"

// drain is how long requests in flight may take after a TERM before their connections are cut.
const drain = time.Second

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatalf("go-net-http: %v", err)
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

	server := &http.Server{
		Addr:    net.JoinHostPort("", strconv.Itoa(cfg.port)),
		Handler: routes(),
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

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /predict", predict)
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("GET /info", info)
	return mux
}

func predict(w http.ResponseWriter, _ *http.Request) {
	// Without it net/http sniffs the type from the body of every answer.
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, prediction)
}

func health(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusOK)
}

// config is what the container's environment says.
type config struct {
	port        int
	cores       int
	memoryBytes int64 // 0: no cap is known
}

func configFrom(env func(string) string) (config, error) {
	var cfg config
	for _, setting := range []struct {
		name     string
		fallback int64
		min      int64
		set      func(int64)
	}{
		{"PORT", 8080, 1, func(n int64) { cfg.port = int(n) }},
		{"CORES", int64(runtime.NumCPU()), 1, func(n int64) { cfg.cores = int(n) }},
		{"MEMORY_BYTES", 0, 0, func(n int64) { cfg.memoryBytes = n }},
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
