package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
)

const (
	maxCandidates = 1000
	maxBodyBytes  = 1 << 20
)

// ranking is a valid request: at least one candidate, none twice.
type ranking struct {
	userID  int32
	itemIDs []int32
	size    int
}

// refusal is an answer other than 200, as the client sees it.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

func badRequest(format string, args ...any) *refusal {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

var errTooMany = &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("at most %d item_ids", maxCandidates)}

// readRanking takes a request's body apart; every error is a *refusal.
func readRanking(w http.ResponseWriter, r *http.Request) (ranking, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return ranking{}, errTooMany
	} else if err != nil {
		return ranking{}, badRequest("the body ended early")
	}
	return parseRanking(body)
}

func parseRanking(body []byte) (ranking, error) {
	// Pointers, because encoding/json turns a missing number and a null into 0, and 0 is an id like any other.
	var wire struct {
		UserID  *int32   `json:"user_id"`
		ItemIDs []*int32 `json:"item_ids"`
		Size    *int32   `json:"size"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return ranking{}, badRequest("%v", err)
	}
	switch {
	case wire.UserID == nil:
		return ranking{}, badRequest("user_id is missing")
	case len(wire.ItemIDs) == 0:
		return ranking{}, badRequest("item_ids is missing or empty")
	case slices.Contains(wire.ItemIDs, nil):
		return ranking{}, badRequest("item_ids holds a null")
	case wire.Size == nil || *wire.Size < 1:
		return ranking{}, badRequest("size is missing or below 1")
	case len(wire.ItemIDs) > maxCandidates:
		return ranking{}, errTooMany
	}
	return ranking{userID: *wire.UserID, itemIDs: distinct(wire.ItemIDs), size: int(*wire.Size)}, nil
}

// distinct keeps the first of each id, in order.
func distinct(ids []*int32) []int32 {
	seen := make(map[int32]struct{}, len(ids))
	kept := make([]int32, 0, len(ids))
	for _, id := range ids {
		if _, twice := seen[*id]; !twice {
			seen[*id] = struct{}{}
			kept = append(kept, *id)
		}
	}
	return kept
}
