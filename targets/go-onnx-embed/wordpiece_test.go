package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// vocabulary is a small one; a piece's id is its place in it.
var vocabulary = []string{
	"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "un", "##aff", "##able", "cafe", "hello", "[", ",", "漢", "字", "##a", "strasse",
}

func newWordPiece(t *testing.T) *wordPiece {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vocab.txt")
	if err := os.WriteFile(path, []byte(strings.Join(vocabulary, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := loadWordPiece(path)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEncode(t *testing.T) {
	w := newWordPiece(t)
	for name, test := range map[string]struct {
		text string
		want string
	}{
		"a word is its longest pieces":            {"unaffable", "un ##aff ##able"},
		"a word with a rest is unknown":           {"unaffx a", "[UNK] a"},
		"case and accents do not count":           {"CAFÉ cafe\u0301", "cafe cafe"},
		"punctuation is a word":                   {"a,a", "a , a"},
		"so is an ideograph":                      {"a漢字a", "a 漢 字 a"},
		"a compatibility ideograph is its origin": {"\uFA47", "漢"},
		"white space of any kind separates":       {"a\u00a0a\u3000a\n", "a a a"},
		"what is not visible is not there":        {"he\u00adl\u200blo\u0000", "hello"},
		"special tokens mean themselves":          {"a[MASK]a [SEP]", "a [MASK] a [SEP]"},
		"but only as they are written":            {"[mask", "[ [UNK]"},
		"100 letters are a word":                  {strings.Repeat("a", 100), "a" + strings.Repeat(" ##a", 99)},
		"101 letters are none":                    {strings.Repeat("a", 101), "[UNK]"},
		"ß stays":                                 {"Straße", "[UNK]"},
		"nothing is nothing":                      {" \t\u200b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			ids, truncated := w.encode(test.text)
			pieces := make([]string, len(ids))
			for i, id := range ids {
				pieces[i] = vocabulary[id]
			}
			if got, want := strings.Join(pieces, " "), strings.Join(strings.Fields("[CLS] "+test.want+" [SEP]"), " "); got != want || truncated {
				t.Errorf("got %q, truncated %v, want %q", got, truncated, want)
			}
		})
	}
}

func TestEncodeCutsAtTheModelsLimit(t *testing.T) {
	w := newWordPiece(t)
	for words, truncated := range map[int]bool{253: false, 254: false, 255: true, 100_000: true} {
		ids, got := w.encode(strings.Repeat("a ", words))
		if want := min(words+2, maxTokens); len(ids) != want || got != truncated || ids[len(ids)-1] != w.sep {
			t.Errorf("%d words: got %d tokens, truncated %v, want %d and %v", words, len(ids), got, want, truncated)
		}
	}
	ids, truncated := w.encode(strings.Repeat("a ", 253) + "unaff [MASK]")
	if !truncated || !slices.Equal(ids[254:], []int64{6, w.sep}) {
		t.Errorf("got %v, truncated %v: a word may be cut in its middle", ids[254:], truncated)
	}
}
