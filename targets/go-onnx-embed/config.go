package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
)

// modelBytes is what ONNX Runtime holds outside the collector's sight: weights, and room for one text a core.
const modelBytes = 160 << 20

type config struct {
	port        int
	cores       int
	memoryBytes int64 // 0: no cap known
	modelDir    string
}

// configFrom reads the environment; the error names the variable that is wrong.
func configFrom(getenv func(string) string) (config, error) {
	cfg := config{modelDir: getenv("MODEL_DIR")}
	if cfg.modelDir == "" {
		cfg.modelDir = "/models/minilm"
	}
	var memory int
	for _, number := range []struct {
		name     string
		target   *int
		fallback int
	}{
		{"PORT", &cfg.port, 8080},
		{"CORES", &cfg.cores, 1},
		{"MEMORY_BYTES", &memory, 0},
	} {
		text := getenv(number.name)
		if text == "" {
			*number.target = number.fallback
			continue
		}
		value, err := strconv.Atoi(text)
		if err != nil || value < 1 {
			return config{}, fmt.Errorf("%s is %q, not a whole number above 0", number.name, text)
		}
		*number.target = value
	}
	cfg.memoryBytes = int64(memory)
	return cfg, nil
}

func (c config) apply() {
	runtime.GOMAXPROCS(c.cores)
	if own := (c.memoryBytes - modelBytes) / 10 * 9; own > 0 {
		debug.SetMemoryLimit(own)
	}
}
