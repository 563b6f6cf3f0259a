package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxTokens is what the model reads, [CLS] and [SEP] included.
	maxTokens = 256
	// maxWordRunes is the longest word that is taken apart; a longer one is unknown.
	maxWordRunes = 100
)

// wordPiece is BERT's uncased tokenizer, with the rules of Hugging Face's tokenizers: clean, strip accents, lower-case, split at
// spaces and punctuation, then take each word apart into the longest pieces that the vocabulary has.
type wordPiece struct {
	starts        map[string]int64 // pieces a word can begin with
	continuations map[string]int64 // pieces it can go on with, without their "##"
	special       map[string]int64 // tokens with a meaning of their own, found in a text as they are written
	cls, sep, unk int64
}

// loadWordPiece reads a vocabulary: one piece a line, the line's number is its id.
func loadWordPiece(path string) (*wordPiece, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	w := &wordPiece{map[string]int64{}, map[string]int64{}, map[string]int64{}, 0, 0, 0}
	lines := bufio.NewScanner(file)
	for id := int64(0); lines.Scan(); id++ {
		if piece, found := strings.CutPrefix(lines.Text(), "##"); found {
			w.continuations[piece] = id
		} else {
			w.starts[lines.Text()] = id
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	for _, token := range []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"} {
		id, found := w.starts[token]
		if !found {
			return nil, fmt.Errorf("%s has no %s", path, token)
		}
		w.special[token] = id
	}
	w.cls, w.sep, w.unk = w.special["[CLS]"], w.special["[SEP]"], w.special["[UNK]"]
	return w, nil
}

// encode gives the text's tokens between [CLS] and [SEP], at most maxTokens, and whether there were more. It stops reading
// where the tokens are full, so a long text costs no more than a short one.
func (w *wordPiece) encode(text string) (ids []int64, truncated bool) {
	ids = append(make([]int64, 0, 64), w.cls)
	for text != "" && len(ids) < maxTokens {
		before, token, after := w.cutSpecial(text)
		ids = w.encodeWords(ids, before)
		if token != "" {
			ids = append(ids, w.special[token])
		}
		text = after
	}
	if len(ids) >= maxTokens {
		// The last place is [SEP]'s: a token that took it is one too many.
		ids, truncated = ids[:maxTokens-1], true
	}
	return append(ids, w.sep), truncated
}

// cutSpecial finds the first special token in a text; without one, everything comes before it.
func (w *wordPiece) cutSpecial(text string) (before, token, after string) {
	for at := 0; ; at++ {
		offset := strings.IndexByte(text[at:], '[')
		if offset < 0 {
			return text, "", ""
		}
		at += offset
		// The longest is [MASK].
		if end := strings.IndexByte(text[at:min(at+len("[MASK]"), len(text))], ']'); end >= 0 {
			if token := text[at:][:end+1]; w.special[token] != 0 || token == "[PAD]" {
				return text[:at], token, text[at+end+1:]
			}
		}
	}
}

// encodeWords appends the tokens of a text without special tokens, until there are maxTokens.
func (w *wordPiece) encodeWords(ids []int64, text string) []int64 {
	// The whole word is kept only as far as it matters: a longer one is unknown whatever its end.
	word := make([]byte, 0, 64)
	runes := 0
	flush := func() {
		if runes > 0 {
			ids = w.encodeWord(ids, word, runes)
		}
		word, runes = word[:0], 0
	}
	add := func(r rune) {
		if runes++; runes <= maxWordRunes {
			word = utf8.AppendRune(word, r)
		}
	}
	alone := func(r rune) {
		flush()
		add(r)
		flush()
	}
	var raw [utf8.UTFMax]byte
	var parts []byte
	for _, r := range text {
		switch {
		case len(ids) >= maxTokens:
			return ids
		case r < utf8.RuneSelf && isLetterOrDigit(byte(r)):
			add(unicode.ToLower(r))
		case isDropped(r):
		case unicode.IsSpace(r):
			flush()
		case r < utf8.RuneSelf:
			alone(r) // what is left of ASCII is punctuation
		default:
			ideograph := isCJK(r)
			if ideograph {
				flush()
			}
			// The letter and its accents apart, a Hangul syllable in its letters, a variant as the character it stands for.
			parts = norm.NFD.Append(parts[:0], raw[:utf8.EncodeRune(raw[:], r)]...)
			for rest := parts; len(rest) > 0; {
				part, size := utf8.DecodeRune(rest)
				rest = rest[size:]
				switch {
				case unicode.Is(unicode.Mn, part): // an accent
				case isPunctuation(part):
					alone(part)
				default:
					add(unicode.ToLower(part))
				}
			}
			if ideograph {
				flush()
			}
		}
	}
	flush()
	return ids
}

// encodeWord appends a word's pieces, the longest first, or [UNK] when something is left over.
func (w *wordPiece) encodeWord(ids []int64, word []byte, runes int) []int64 {
	if runes > maxWordRunes {
		return append(ids, w.unk)
	}
	before := len(ids)
	pieces := w.starts
	for len(word) > 0 {
		end := len(word)
		id, found := pieces[string(word)]
		for !found {
			_, size := utf8.DecodeLastRune(word[:end])
			if end -= size; end == 0 {
				return append(ids[:before], w.unk)
			}
			id, found = pieces[string(word[:end])]
		}
		ids = append(ids, id)
		word = word[end:]
		pieces = w.continuations
	}
	return ids
}

func isLetterOrDigit(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// isDropped is for characters that are not there: control characters other than white space, formatting, private use.
func isDropped(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case unicode.ReplacementChar:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co)
}

// isPunctuation also takes ASCII's symbols, which Unicode does not count as punctuation.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r != 0x7F && !isLetterOrDigit(byte(r))
	}
	return unicode.IsPunct(r)
}

// isCJK is for ideographs, each of which is a word. Kana and Hangul are written in words.
func isCJK(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x2A6DF ||
		r >= 0x2A700 && r <= 0x2B73F || r >= 0x2B740 && r <= 0x2B81F || r >= 0x2B920 && r <= 0x2CEAF ||
		r >= 0xF900 && r <= 0xFAFF || r >= 0x2F800 && r <= 0x2FA1F
}
