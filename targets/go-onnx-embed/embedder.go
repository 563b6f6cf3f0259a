package main

import (
	"errors"
	"path/filepath"

	ort "github.com/yalue/onnxruntime_go"
)

const (
	dimensions     = 384
	intraOpThreads = 1
)

// embedder is all-MiniLM-L6-v2: the tokenizer, and the graph with pooling and normalisation in it. All requests share one session.
type embedder struct {
	tokens  *wordPiece
	session *ort.DynamicAdvancedSession
	// slots has one token a core. A cgo call keeps its thread, and without a limit the runtime would start more of them
	// than there are cores.
	slots chan struct{}
}

type embedding struct {
	values    []float32
	truncated bool
}

func newEmbedder(dir string, cores int) (*embedder, error) {
	tokens, err := loadWordPiece(filepath.Join(dir, "vocab.txt"))
	if err != nil {
		return nil, err
	}
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
	session, err := ort.NewDynamicAdvancedSession(
		filepath.Join(dir, "model.onnx"), []string{"input_ids", "attention_mask"}, []string{"embedding"}, options)
	if err != nil {
		return nil, err
	}
	return &embedder{tokens: tokens, session: session, slots: make(chan struct{}, cores)}, nil
}

// embed gives the text's embedding, of unit length; an error that is a *refusal is the client's.
func (e *embedder) embed(text string) (embedding, error) {
	ids, truncated := e.tokens.encode(text)
	if len(ids) == 2 { // [CLS] and [SEP]
		return embedding{}, badRequest("text is empty")
	}
	values, err := e.run(ids)
	return embedding{values, truncated}, err
}

func (e *embedder) run(ids []int64) ([]float32, error) {
	mask := make([]int64, len(ids))
	for i := range mask {
		mask[i] = 1 // nothing is padding
	}
	shape := ort.NewShape(1, int64(len(ids)))
	idTensor, err := ort.NewTensor(shape, ids)
	if err != nil {
		return nil, err
	}
	defer idTensor.Destroy()
	maskTensor, err := ort.NewTensor(shape, mask)
	if err != nil {
		return nil, err
	}
	defer maskTensor.Destroy()
	values := make([]float32, dimensions)
	output, err := ort.NewTensor(ort.NewShape(1, dimensions), values)
	if err != nil {
		return nil, err
	}
	defer output.Destroy()

	e.slots <- struct{}{}
	defer func() { <-e.slots }()
	return values, e.session.Run([]ort.Value{idTensor, maskTensor}, []ort.Value{output})
}

func (e *embedder) close() {
	e.session.Destroy()
	ort.DestroyEnvironment()
}
