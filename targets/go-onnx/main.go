// Command server ranks items for a user: features from PostgreSQL, scores from a RankNet in ONNX Runtime.
package main

import (
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatalf("go-onnx: %v", err)
	}
}

func run() error {
	cfg, err := configFrom(os.Getenv)
	if err != nil {
		return err
	}
	cfg.apply(0) // what ONNX Runtime holds is small

	ctx, stop := untilTerm()
	defer stop()

	scorer, err := newScorer(filepath.Join(cfg.modelDir, "ranknet.onnx"), cfg.cores)
	if err != nil {
		return err
	}
	defer scorer.close()
	store, err := newFeatureStore(ctx, cfg.databaseURL, cfg.poolSize)
	if err != nil {
		return err
	}
	defer store.close()

	return serve(ctx, cfg.port, (&service{store: store, scorer: scorer}).routes())
}
