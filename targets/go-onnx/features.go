package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	userFeatures = 16
	itemFeatures = 24
	rowFeatures  = userFeatures + itemFeatures

	userQuery  = "SELECT features FROM users WHERE id = $1"
	itemsQuery = "SELECT id, features FROM items WHERE id = ANY($1)"
)

// featureStore reads features over a pool of connections. pgx prepares each statement once a connection and asks for
// binary results.
type featureStore struct{ pool *pgxpool.Pool }

// newFeatureStore does not wait for the database: connections are made when they are needed, and again after an outage.
func newFeatureStore(ctx context.Context, url string, connections int) (*featureStore, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = int32(connections)
	cfg.ConnConfig.ConnectTimeout = databaseDeadline
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return &featureStore{pool}, nil
}

func (s *featureStore) close() { s.pool.Close() }

func (s *featureStore) ping(ctx context.Context) error { return s.pool.Ping(ctx) }

// candidates are the rows that were found: the model's input (one row of 40 an item) and the item each row belongs to.
type candidates struct {
	itemIDs []int32
	input   []float32
}

// fetch gives the candidates in the order the database answers, and the ids that have no row. Both queries travel in one
// round trip.
func (s *featureStore) fetch(ctx context.Context, userID int32, itemIDs []int32) (candidates, missing, error) {
	var batch pgx.Batch
	batch.Queue(userQuery, userID)
	batch.Queue(itemsQuery, itemIDs)
	results := s.pool.SendBatch(ctx, &batch)
	defer results.Close()

	user, err := readUser(results)
	if err != nil {
		return candidates{}, missing{}, err
	}
	found, err := readItems(results, len(itemIDs))
	if err != nil {
		return candidates{}, missing{}, err
	}
	if unknown := without(itemIDs, found.itemIDs); user == nil || len(unknown) > 0 {
		gone := missing{items: unknown}
		if user == nil {
			gone.user = &userID
		}
		return candidates{}, gone, nil
	}
	for row := range found.itemIDs {
		copy(found.input[row*rowFeatures:], user)
	}
	return found, missing{}, nil
}

// readUser gives nil when there is no such user.
func readUser(results pgx.BatchResults) ([]float32, error) {
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var user []float32
	for rows.Next() {
		user = make([]float32, userFeatures)
		if err := decodeReals(user, rows.RawValues()[0]); err != nil {
			return nil, err
		}
	}
	return user, rows.Err()
}

// readItems fills in each item's part of the input and leaves the user's part open.
func readItems(results pgx.BatchResults, most int) (candidates, error) {
	rows, err := results.Query()
	if err != nil {
		return candidates{}, err
	}
	defer rows.Close()
	found := candidates{make([]int32, 0, most), make([]float32, most*rowFeatures)}
	for rows.Next() {
		raw := rows.RawValues()
		row := found.input[len(found.itemIDs)*rowFeatures:][:rowFeatures]
		if err := decodeReals(row[userFeatures:], raw[1]); err != nil {
			return candidates{}, err
		}
		found.itemIDs = append(found.itemIDs, int32(binary.BigEndian.Uint32(raw[0])))
	}
	return found, rows.Err()
}

// without gives the wanted ids that were not found, in the order they were asked for.
func without(wanted, found []int32) []int32 {
	if len(wanted) == len(found) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(wanted), func(id int32) bool { return slices.Contains(found, id) })
}

// decodeReals writes a binary real[] where the model reads it. Scanning into a []float32 would allocate a slice a row and
// visit every element through an interface.
//
// The wire form is big-endian: dimensions, a flag for nulls, the element's type, then length and lower bound of each dimension, then every
// element behind its own length.
func decodeReals(into []float32, raw []byte) error {
	const header, element = 20, 8
	if len(raw) != header+element*len(into) ||
		binary.BigEndian.Uint32(raw[0:]) != 1 || // one dimension
		binary.BigEndian.Uint32(raw[4:]) != 0 || // no nulls
		binary.BigEndian.Uint32(raw[8:]) != pgtype.Float4OID {
		return fmt.Errorf("features is not a real[%d]", len(into))
	}
	raw = raw[header:]
	for i := range into {
		into[i] = math.Float32frombits(binary.BigEndian.Uint32(raw[i*element+4:]))
	}
	return nil
}
