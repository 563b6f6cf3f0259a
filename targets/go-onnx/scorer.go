package main

import (
	"errors"

	ort "github.com/yalue/onnxruntime_go"
)

// scorer holds the one session that all requests share. Each runs it on its own thread: scoring 20 rows takes about 50 µs, and
// handing them to another thread would cost as much again.
type scorer struct {
	session *ort.DynamicAdvancedSession
	// slots has one token a core. A cgo call keeps its thread, and without a limit the runtime would start more of them
	// than there are cores.
	slots chan struct{}
}

const intraOpThreads = 1

func newScorer(model string, cores int) (*scorer, error) {
	ort.SetSharedLibraryPath("libonnxruntime.so.1")
	if err := ort.InitializeEnvironment(); err != nil {
		return nil, err
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer options.Destroy()
	// Cores are filled by concurrent requests; threads inside one would only fight over them.
	if err := errors.Join(options.SetIntraOpNumThreads(intraOpThreads), options.SetInterOpNumThreads(1)); err != nil {
		return nil, err
	}
	session, err := ort.NewDynamicAdvancedSession(model, []string{"features"}, []string{"score"}, options)
	if err != nil {
		return nil, err
	}
	return &scorer{session: session, slots: make(chan struct{}, cores)}, nil
}

// score gives one score a row of the input (rows × 40).
func (s *scorer) score(input []float32, rows int) ([]float32, error) {
	features, err := ort.NewTensor(ort.NewShape(int64(rows), rowFeatures), input)
	if err != nil {
		return nil, err
	}
	defer features.Destroy()
	scores := make([]float32, rows)
	output, err := ort.NewTensor(ort.NewShape(int64(rows), 1), scores)
	if err != nil {
		return nil, err
	}
	defer output.Destroy()

	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	return scores, s.session.Run([]ort.Value{features}, []ort.Value{output})
}

func (s *scorer) close() {
	s.session.Destroy()
	ort.DestroyEnvironment()
}
