package main

// modelBytes is what ONNX Runtime holds outside the collector's sight: weights, and room for one run a core.
const modelBytes = 160 << 20

// defaultBatch is how many texts are computed together at most: beyond it a batch gains nothing more, and each text in it waits longer.
const defaultBatch = 32

type config struct {
	caps
	batchSize int
	modelDir  string
}

// configFrom reads the environment; the error names the variable that is wrong.
func configFrom(env func(string) string) (config, error) {
	settings := settings{env: env}
	cfg := config{
		caps:      settings.caps(),
		batchSize: settings.number("BATCH_SIZE", defaultBatch, 1),
		modelDir:  settings.text("MODEL_DIR", "/models/minilm"),
	}
	return cfg, settings.err
}
