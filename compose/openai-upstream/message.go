package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

type message struct {
	Role    string  `json:"role"`
	Content content `json:"content"`
}

// content is a message's text, however it was written: as a string, as a list of parts of the type text, or null.
type content string

func (c *content) UnmarshalJSON(data []byte) error { return c.read(data, "text") }

// read takes parts of these types.
func (c *content) read(data []byte, types ...string) error {
	if len(data) == 0 || data[0] != '[' {
		return json.Unmarshal(data, (*string)(c))
	}
	var parts []struct {
		Type string  `json:"type"`
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	var text strings.Builder
	for i, part := range parts {
		if !slices.Contains(types, part.Type) || part.Text == nil {
			return fmt.Errorf("part %d of a content has the type %q: only %v is understood here", i, part.Type, types)
		}
		text.WriteString(*part.Text)
	}
	*c = content(text.String())
	return nil
}
