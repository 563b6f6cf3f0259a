package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
)

// connectionsPerCore is how many queries a core keeps under way: beyond it they only queue in the database.
const connectionsPerCore = 8

type config struct {
	port        int
	cores       int
	memoryBytes int64 // 0: no cap known
	poolSize    int
	databaseURL string
	modelDir    string
}

// configFrom reads the environment; the error names the variable that is wrong.
func configFrom(getenv func(string) string) (config, error) {
	cfg := config{databaseURL: getenv("DATABASE_URL"), modelDir: getenv("MODEL_DIR")}
	if cfg.databaseURL == "" {
		return config{}, fmt.Errorf("DATABASE_URL is not set")
	}
	if cfg.modelDir == "" {
		cfg.modelDir = "/models"
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
		{"DATABASE_POOL", &cfg.poolSize, 0},
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
	if cfg.poolSize == 0 {
		cfg.poolSize = cfg.cores * connectionsPerCore
	}
	return cfg, nil
}

func (c config) apply() {
	runtime.GOMAXPROCS(c.cores)
	if c.memoryBytes > 0 {
		// The rest is for what the collector does not see: ONNX Runtime, stacks of C threads.
		debug.SetMemoryLimit(c.memoryBytes / 10 * 9)
	}
}
