package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	ort "github.com/yalue/onnxruntime_go"
)

// databaseDeadline bounds what one request may spend on the database, connecting included.
const databaseDeadline = 2 * time.Second

var errNoDatabase = &refusal{http.StatusServiceUnavailable, "the database does not answer"}

type service struct {
	store  *featureStore
	scorer *scorer
	// down is whether the last query failed: an outage is logged when it begins and ends, not once a request.
	down atomic.Bool
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /rank", s.rank)
	mux.HandleFunc("GET /health", s.health)
	mux.HandleFunc("GET /info", s.info)
	return mux
}

type output struct {
	ID    int32   `json:"id"`
	Score float32 `json:"score"`
}

func (s *service) rank(w http.ResponseWriter, r *http.Request) {
	request, err := readRanking(w, r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	outputs, err := s.best(r.Context(), request)
	if err != nil {
		s.refuse(w, err)
		return
	}
	answer(w, http.StatusOK, struct {
		Outputs []output `json:"outputs"`
	}{outputs})
}

// best scores the candidates and gives the first `size` of them, best first.
func (s *service) best(ctx context.Context, request ranking) ([]output, error) {
	candidates, missing, err := s.fetch(ctx, request)
	if err != nil {
		return nil, err
	}
	if missing.any() {
		return nil, &refusal{http.StatusNotFound, missing.String()}
	}
	scores, err := s.scorer.score(candidates.input, len(candidates.itemIDs))
	if err != nil {
		return nil, err
	}
	outputs := make([]output, len(scores))
	for i, score := range scores {
		outputs[i] = output{candidates.itemIDs[i], score}
	}
	slices.SortFunc(outputs, func(a, b output) int { return cmp.Compare(b.Score, a.Score) })
	return outputs[:min(request.size, len(outputs))], nil
}

func (s *service) fetch(ctx context.Context, request ranking) (candidates, missing, error) {
	// A client that leaves does not interrupt the query: pgx would have to close the connection, and opening a new one costs
	// more than the 100 µs that are saved.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), databaseDeadline)
	defer cancel()
	found, missing, err := s.store.fetch(ctx, request.userID, request.itemIDs)
	if err != nil {
		if !s.down.Swap(true) {
			log.Printf("database: %v", err)
		}
		return candidates{}, missing, errNoDatabase
	}
	if s.down.Load() && s.down.Swap(false) {
		log.Print("database: answers again")
	}
	return found, missing, nil
}

func (s *service) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), databaseDeadline)
	defer cancel()
	if err := s.store.ping(ctx); err != nil {
		s.refuse(w, errNoDatabase)
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *service) info(w http.ResponseWriter, _ *http.Request) {
	info := describe(map[string]string{"github.com/jackc/pgx/v5": "pgx", "github.com/yalue/onnxruntime_go": "onnxruntime_go"})
	info.Versions["onnxruntime"] = ort.GetVersion()
	info.Threads["ort_intra_op"] = intraOpThreads // the C API sets it and has no way to ask
	info.Pools["database"] = int(s.store.pool.Config().MaxConns)
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
	json.NewEncoder(w).Encode(body) // an error here is a client that left
}

// missing are the ids that no row has.
type missing struct {
	user  *int32
	items []int32
}

func (m missing) any() bool { return m.user != nil || len(m.items) > 0 }

func (m missing) String() string {
	var parts []string
	if m.user != nil {
		parts = append(parts, fmt.Sprintf("unknown user: %d", *m.user))
	}
	if len(m.items) > 0 {
		ids := make([]string, len(m.items))
		for i, id := range m.items {
			ids[i] = strconv.Itoa(int(id))
		}
		parts = append(parts, "unknown items: "+strings.Join(ids, ", "))
	}
	return strings.Join(parts, "; ")
}
