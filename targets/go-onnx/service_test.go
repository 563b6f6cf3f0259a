package main

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestParseRankingRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"a missing user":            {`{"item_ids":[1],"size":1}`, 400},
		"an id in quotes":           {`{"user_id":"1","item_ids":[1],"size":1}`, 400},
		"an id with a fraction":     {`{"user_id":1.5,"item_ids":[1],"size":1}`, 400},
		"an id beyond 32 bits":      {`{"user_id":3000000000,"item_ids":[1],"size":1}`, 400},
		"a null among the items":    {`{"user_id":1,"item_ids":[1,null],"size":1}`, 400},
		"an empty list":             {`{"user_id":1,"item_ids":[],"size":1}`, 400},
		"a size of zero":            {`{"user_id":1,"item_ids":[1],"size":0}`, 400},
		"text after the object":     {`{"user_id":1,"item_ids":[1],"size":1}x`, 400},
		"more than 1000 item ids":   {`{"user_id":1,"size":1,"item_ids":[1` + strings.Repeat(",1", 1000) + `]}`, 413},
		"nesting without an end":    {strings.Repeat("[", 100_000), 400},
		"something that is no JSON": {"\xff\xfe", 400},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseRanking([]byte(test.body))
			var refused *refusal
			if !errors.As(err, &refused) || refused.status != test.status {
				t.Errorf("got %v, want a refusal with %d", err, test.status)
			}
		})
	}
}

func TestParseRankingKeepsTheFirstOfEachItem(t *testing.T) {
	request, err := parseRanking([]byte(`{"user_id":7,"item_ids":[3,1,3,2,1],"size":10}`))
	if err != nil || request.userID != 7 || request.size != 10 || !slices.Equal(request.itemIDs, []int32{3, 1, 2}) {
		t.Errorf("got %+v, %v", request, err)
	}
}

func TestMissingNamesEveryID(t *testing.T) {
	user := int32(9)
	got := missing{user: &user, items: []int32{4, -1}}.String()
	if want := "unknown user: 9; unknown items: 4, -1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDecodeRealsReadsThePostgresArrayFormat(t *testing.T) {
	want := []float32{0.5, -1, math.SmallestNonzeroFloat32}
	raw := binary.BigEndian.AppendUint32(nil, 1)
	for _, word := range []uint32{0, 700, 3, 1} {
		raw = binary.BigEndian.AppendUint32(raw, word)
	}
	for _, value := range want {
		raw = binary.BigEndian.AppendUint32(raw, 4)
		raw = binary.BigEndian.AppendUint32(raw, math.Float32bits(value))
	}
	got := make([]float32, len(want))
	if err := decodeReals(got, raw); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if err := decodeReals(make([]float32, 4), raw); err == nil {
		t.Error("an array of another length must be an error")
	}
}
