package main

import (
	"errors"
	"strings"
	"testing"
)

func TestParseTextRefuses(t *testing.T) {
	for name, body := range map[string]string{
		"an empty body":              "",
		"null":                       "null",
		"a list":                     `["a"]`,
		"no text":                    "{}",
		"a text that is null":        `{"text":null}`,
		"a text that is a number":    `{"text":17}`,
		"a text that is a list":      `{"text":["a"]}`,
		"JSON that ends early":       `{"text":"a`,
		"text after the object":      `{"text":"a"} x`,
		"what is no UTF-8":           "{\"text\":\"gr\xfc\"}",
		"half a surrogate pair":      `{"text":"\ud83d"}`,
		"nesting without an end":     strings.Repeat("[", 100_000),
		"a member in capital letter": `{"TEXT":"a"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseText([]byte(body))
			var refused *refusal
			if !errors.As(err, &refused) || refused.status != 400 {
				t.Errorf("got %v, want a refusal with 400", err)
			}
		})
	}
}

func TestParseTextIgnoresOtherMembers(t *testing.T) {
	text, err := parseText([]byte(`{"model":"x","text":"h\u00e4\ud83d\ude42","n":[1]}`))
	if err != nil || text != "hä🙂" {
		t.Errorf("got %q, %v", text, err)
	}
}
