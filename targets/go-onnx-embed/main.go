// Command server embeds texts with all-MiniLM-L6-v2 in ONNX Runtime.
package main

import (
	"log"
	"os"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatalf("go-onnx-embed: %v", err)
	}
}

func run() error {
	cfg, err := configFrom(os.Getenv)
	if err != nil {
		return err
	}
	cfg.apply(modelBytes)

	ctx, stop := untilTerm()
	defer stop()

	embedder, err := newEmbedder(cfg.modelDir, cfg.batchSize, cfg.cores)
	if err != nil {
		return err
	}
	return serve(ctx, cfg.port, (&service{embedder}).routes())
}
