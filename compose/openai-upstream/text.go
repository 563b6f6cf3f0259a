package main

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf16"
)

// vocabulary has 64 tokens, so that the top six bits of a random number choose one. Beside plain words it has what
// trips an encoder: quotes, a backslash, a newline, HTML's characters, an accent, CJK, and an emoji beyond 16 bits.
var vocabulary = [64]string{
	" the", " number", " is", " a", " prime", " and", " it", " comes",
	" after", " before", " ten", " one", " of", " in", " natural", " order",
	" which", " follows", " from", " every", " even", " odd", " sum", " of two",
	" squares", " that", " we", " count", " twice", " once", " never", " always",
	" between", " zero", " and one", " half", " double", " plus", " minus", " times",
	" divided", " by", " itself", " only", " so", " then", " hence", " thus",
	",", ".", ";", ":", " (", ")", "\n", "\n\n",
	" \"quoted\"", " back\\slash", " <b>&amp;</b>", " café", " größer", " 数字", " число", " 🌍",
}

// encoded holds each token as a JSON string in plain ASCII, as OpenAI's own servers write it.
var encoded = func() (out [64]string) {
	for i, token := range vocabulary {
		out[i] = asciiJSON(token)
	}
	return out
}()

// letters are what obfuscation is made of: it only has to be no word.
const letters = "k3Vq9ZtB7mXw2LrC8nPd5HsJ4fGyT6vQ"

// padding holds, for each token, the member that makes chunks alike in length, so that nobody on the way can tell tokens
// by it. The API adds it unless a client declines.
var padding = func() (out [64]string) {
	for i, token := range encoded {
		from := i % 16
		out[i] = obfuscation(letters[from : from+max(1, 16-len(token))])
	}
	return out
}()

// steadyPadding is that of chunks without a token.
var steadyPadding = obfuscation(letters[:8])

func obfuscation(text string) string { return `,"obfuscation":"` + text + `"` }

// seedOf turns a conversation into the seed of its answer: the same messages get the same text, whoever asks.
func seedOf(salt string, messages []message) uint64 {
	hash := fnv.New64a()
	hash.Write([]byte(salt))
	for _, m := range messages {
		// Zero bytes keep ("ab","c") and ("a","bc") apart.
		hash.Write([]byte("\x00" + m.Role + "\x00" + string(m.Content)))
	}
	return hash.Sum64()
}

// tokenStream yields indexes into the vocabulary: Knuth's MMIX generator, of which the high bits are the good ones.
type tokenStream uint64

func (s *tokenStream) next() int {
	*s = *s*6364136223846793005 + 1442695040888963407
	return int(*s >> 58)
}

// textOf is the whole answer of n tokens.
func textOf(seed uint64, n int) string {
	var text strings.Builder
	tokens := tokenStream(seed)
	for range n {
		text.WriteString(vocabulary[tokens.next()])
	}
	return text.String()
}

func asciiJSON(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r < 0x20 || r > 0x7e:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&out, `\u%04x`, unit)
			}
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}
