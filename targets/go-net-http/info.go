package main

import (
	"encoding/json"
	"math"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
)

// runtimeInfo is what this process believes about itself. Every value is asked of the runtime when the request comes.
type runtimeInfo struct {
	Language          string            `json:"language"`
	LanguageVersion   string            `json:"languageVersion"`
	Architecture      string            `json:"architecture"`
	Server            string            `json:"server"`
	Framework         *string           `json:"framework"`
	Versions          map[string]string `json:"versions"`
	CPUs              int               `json:"cpus"`
	Workers           int               `json:"workers"`
	Threads           map[string]int    `json:"threads"`
	Pools             map[string]int    `json:"pools"`
	DevelopmentServer bool              `json:"developmentServer"`
	DebugBuild        bool              `json:"debugBuild"`
	HeapLimitBytes    *int64            `json:"heapLimitBytes"`
	Flags             map[string]any    `json:"flags"`
}

func info(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(describe())
}

func describe() runtimeInfo {
	version, _, _ := strings.Cut(strings.TrimPrefix(runtime.Version(), "go"), " ")
	build := buildSettings()
	return runtimeInfo{
		Language:        "go",
		LanguageVersion: version,
		Architecture:    architecture(),
		Server:          "net/http",
		Versions:        map[string]string{},
		CPUs:            runtime.NumCPU(),
		Workers:         1,
		Threads:         map[string]int{"gomaxprocs": runtime.GOMAXPROCS(0)}, // 0 only asks
		Pools:           map[string]int{},
		// Optimisations are on unless somebody asked for a build that a debugger can step through.
		DebugBuild:     strings.Contains(build["-gcflags"], "-N") || build["-race"] == "true",
		HeapLimitBytes: heapLimit(),
		Flags:          map[string]any{"cgo": build["CGO_ENABLED"] == "1"},
	}
}

// architecture is what the binary was compiled for, by the kernel's names.
func architecture() string {
	switch runtime.GOARCH {
	case "amd64":
		return "x86_64"
	case "arm64":
		return "aarch64"
	default:
		return runtime.GOARCH
	}
}

func buildSettings() map[string]string {
	settings := map[string]string{}
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range build.Settings {
			settings[setting.Key] = setting.Value
		}
	}
	return settings
}

// heapLimit is the collector's soft limit, nil when none is set.
func heapLimit() *int64 {
	limit := debug.SetMemoryLimit(-1) // a negative limit only asks
	if limit == math.MaxInt64 {
		return nil
	}
	return &limit
}
