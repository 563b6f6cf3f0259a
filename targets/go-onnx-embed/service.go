package main

import (
	"encoding/json/v2"
	"errors"
	"log"
	"net/http"
	"strconv"

	ort "github.com/yalue/onnxruntime_go"
)

type service struct{ embedder *embedder }

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /embed", s.embed)
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("GET /info", s.info)
	return mux
}

func (s *service) embed(w http.ResponseWriter, r *http.Request) {
	text, err := readText(w, r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	embedding, err := s.embedder.embed(r.Context(), text)
	if r.Context().Err() != nil {
		return // the client has left
	}
	if err != nil {
		s.refuse(w, err)
		return
	}
	if embedding.truncated {
		w.Header().Set("X-Truncated-To-Tokens", strconv.Itoa(maxTokens))
	}
	answer(w, http.StatusOK, struct {
		Embedding []float32 `json:"embedding"`
	}{embedding.values})
}

// health answers at once: the model is loaded before the port is open.
func (s *service) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *service) info(w http.ResponseWriter, _ *http.Request) {
	info := describe(map[string]string{"github.com/yalue/onnxruntime_go": "onnxruntime_go", "golang.org/x/text": "x/text"})
	info.Versions["onnxruntime"] = ort.GetVersion()
	info.Threads["ort_intra_op"] = intraOpThreads // the C API sets it and has no way to ask
	info.Pools["model_runs"] = s.embedder.batches.cores
	info.Flags["batch_size"] = s.embedder.batches.size
	answer(w, http.StatusOK, info)
}

func (s *service) refuse(w http.ResponseWriter, err error) {
	var known *refusal
	if !errors.As(err, &known) {
		log.Print(err)
		known = &refusal{http.StatusInternalServerError, "internal error"}
	}
	answer(w, known.status, map[string]string{"error": known.message})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.MarshalWrite(w, body) // an error here is a client that left
}
