package main

// modelBytes is what ONNX Runtime holds outside the collector's sight: weights, and room for one text a core.
const modelBytes = 160 << 20

type config struct {
	caps
	modelDir string
}

// configFrom reads the environment; the error names the variable that is wrong.
func configFrom(env func(string) string) (config, error) {
	settings := settings{env: env}
	cfg := config{caps: settings.caps(), modelDir: settings.text("MODEL_DIR", "/models/minilm")}
	return cfg, settings.err
}
