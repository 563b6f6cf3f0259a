// Command server answers the predict scenario with nothing but Go's standard library.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
)

const prediction = "Prediction: Iris-Setosa"

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatalf("go-net-http: %v", err)
	}
}

func run() error {
	caps, err := capsFrom(os.Getenv)
	if err != nil {
		return err
	}
	if len(os.Args) > 1 && os.Args[1] == "as-published" {
		return published(caps.port)
	}
	caps.apply(0)

	ctx, stop := untilTerm()
	defer stop()
	return serve(ctx, caps.port, routes())
}

func capsFrom(env func(string) string) (caps, error) {
	settings := settings{env: env}
	caps := settings.caps()
	return caps, settings.err
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

func info(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(describe(nil))
}
