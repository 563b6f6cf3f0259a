package main

import (
	"math"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
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

func (s *service) info(w http.ResponseWriter, _ *http.Request) {
	version, _, _ := strings.Cut(strings.TrimPrefix(runtime.Version(), "go"), " ")
	settings, versions := buildInfo()
	versions["onnxruntime"] = ort.GetVersion()
	answer(w, http.StatusOK, runtimeInfo{
		Language:        "go",
		LanguageVersion: version,
		Architecture:    architecture(),
		Server:          "net/http",
		Versions:        versions,
		CPUs:            runtime.NumCPU(),
		Workers:         1,
		Threads: map[string]int{
			"gomaxprocs":   runtime.GOMAXPROCS(0), // 0 only asks
			"ort_intra_op": intraOpThreads,        // the C API sets it and has no way to ask
		},
		Pools: map[string]int{"model_runs": cap(s.embedder.slots)},
		// Optimisations are on unless somebody asked for a build that a debugger can step through.
		DebugBuild:     strings.Contains(settings["-gcflags"], "-N") || settings["-race"] == "true",
		HeapLimitBytes: heapLimit(),
		Flags:          map[string]any{"cgo": settings["CGO_ENABLED"] == "1"},
	})
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

// buildInfo gives the compiler's settings and the versions of the direct dependencies, by their short names.
func buildInfo() (settings, versions map[string]string) {
	settings, versions = map[string]string{}, map[string]string{}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return settings, versions
	}
	for _, setting := range build.Settings {
		settings[setting.Key] = setting.Value
	}
	names := map[string]string{"github.com/yalue/onnxruntime_go": "onnxruntime_go", "golang.org/x/text": "x/text"}
	for _, module := range build.Deps {
		if name, direct := names[module.Path]; direct {
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
