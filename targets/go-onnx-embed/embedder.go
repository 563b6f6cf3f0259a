package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	ort "github.com/yalue/onnxruntime_go"
)

const (
	dimensions     = 384
	intraOpThreads = 1
)

// embedder is all-MiniLM-L6-v2: the tokenizer, and the graph with pooling and normalisation in it.
type embedder struct {
	tokens  *wordPiece
	session *session
	batches *batcher
}

// session is the graph in ONNX Runtime. Runs may overlap; the batcher makes one a core. A cgo call keeps its thread, and without that
// limit the runtime would start more of them than there are cores.
type session struct{ graph *ort.DynamicAdvancedSession }

type embedding struct {
	values    []float32
	truncated bool
}

// newEmbedder loads the model for as long as the process lives: a run may still be under way when that ends, so nothing is destroyed.
func newEmbedder(dir string, batchSize, cores int) (*embedder, error) {
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
	graph, err := ort.NewDynamicAdvancedSession(
		filepath.Join(dir, "model.onnx"), []string{"input_ids", "attention_mask"}, []string{"embedding"}, options)
	if err != nil {
		return nil, err
	}
	session := &session{graph}
	return &embedder{tokens, session, &batcher{model: session, size: batchSize, cores: cores}}, nil
}

// embed gives the text's embedding, of unit length; an error that is a *refusal is the client's.
func (e *embedder) embed(ctx context.Context, text string) (embedding, error) {
	ids, truncated := e.tokens.encode(text)
	if len(ids) == 2 { // [CLS] and [SEP]
		return embedding{}, badRequest("text is empty")
	}
	values, err := e.batches.embed(ctx, ids)
	return embedding{values, truncated}, err
}

// run computes the texts in one run of the graph, each padded to the longest.
func (s *session) run(texts [][]int64) ([][]float32, error) {
	rows, longest := len(texts), 0
	for _, ids := range texts {
		longest = max(longest, len(ids))
	}
	// What is left at 0 is [PAD], which the mask takes out.
	padded, mask := make([]int64, rows*longest), make([]int64, rows*longest)
	for row, ids := range texts {
		copy(padded[row*longest:], ids)
		for i := range ids {
			mask[row*longest+i] = 1
		}
	}
	values := make([]float32, rows*dimensions)
	if err := s.compute(int64(rows), int64(longest), padded, mask, values); err != nil {
		return nil, err
	}
	return slices.Collect(slices.Chunk(values, dimensions)), nil
}

func (s *session) compute(rows, longest int64, ids, mask []int64, into []float32) error {
	idTensor, err := ort.NewTensor(ort.NewShape(rows, longest), ids)
	if err != nil {
		return err
	}
	defer idTensor.Destroy()
	maskTensor, err := ort.NewTensor(ort.NewShape(rows, longest), mask)
	if err != nil {
		return err
	}
	defer maskTensor.Destroy()
	output, err := ort.NewTensor(ort.NewShape(rows, dimensions), into)
	if err != nil {
		return err
	}
	defer output.Destroy()
	return s.graph.Run([]ort.Value{idTensor, maskTensor}, []ort.Value{output})
}
