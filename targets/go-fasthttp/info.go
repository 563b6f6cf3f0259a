// Copied from templates/go/info.go: change it there, then run node scripts/copy-templates.mjs.

package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"strings"
)

// runtimeInfo is what this process believes about itself, the answer of GET /info.
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

// describe asks the runtime for every value. A target adds what only it knows: versions, threads and pools of its own.
//
// The names are those of the linked modules whose versions are told, by their paths.
func describe(names map[string]string) runtimeInfo {
	version, _, _ := strings.Cut(strings.TrimPrefix(runtime.Version(), "go"), " ")
	settings, versions := buildInfo(names)
	return runtimeInfo{
		Language:        "go",
		LanguageVersion: version,
		Architecture:    architecture(),
		Server:          "net/http",
		Versions:        versions,
		CPUs:            runtime.NumCPU(),
		Workers:         1,
		Threads:         map[string]int{"gomaxprocs": runtime.GOMAXPROCS(0)}, // 0 only asks
		Pools:           map[string]int{},
		// Optimisations are on unless somebody asked for a build that a debugger can step through.
		DebugBuild:     strings.Contains(settings["-gcflags"], "-N") || settings["-race"] == "true",
		HeapLimitBytes: heapLimit(),
		Flags:          map[string]any{"cgo": settings["CGO_ENABLED"] == "1"},
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

// buildInfo gives the compiler's settings, and the versions of the modules that have names.
func buildInfo(names map[string]string) (settings, versions map[string]string) {
	settings, versions = map[string]string{}, map[string]string{}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return settings, versions
	}
	for _, setting := range build.Settings {
		settings[setting.Key] = setting.Value
	}
	for _, module := range build.Deps {
		if name, named := names[module.Path]; named {
			versions[name] = strings.TrimPrefix(module.Version, "v")
		}
	}
	return settings, versions
}

// heapLimit is the collector's soft limit, nil when none is set.
func heapLimit() *int64 {
	limit := debug.SetMemoryLimit(-1) // a negative limit only asks
	if limit == math.MaxInt64 {
		return nil
	}
	return &limit
}
